"""What ``docker run`` starts: the ENTRYPOINT of an image that the project builds, with the arguments of the command."""

from __future__ import annotations

import posixpath

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Command
from flask_prodcheck.model.launching.containers import dockerfile_of_image, image_named, image_place, start_stage
from flask_prodcheck.model.launching.following.environment import given_variables
from flask_prodcheck.model.launching.images import effective_start
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.steps import ContainerRun
from flask_prodcheck.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class InContainer:
    """A command that a container runs: its words, where they are written and where they run."""

    argv: tuple[str, ...]
    span: Span
    place: Place


def in_container(run: ContainerRun, place: Place, facts: Facts) -> InContainer | None:
    """What ``run`` starts; None where the project does not build the image, or nothing names a command."""
    dockerfile = dockerfile_of_image(
        run.image, facts, posixpath.dirname(place.hops[-1].span.file) if place.hops else ".", local=True
    )
    if dockerfile is None:
        return None
    image = image_named(run.image, dockerfile, facts, target=start_stage(facts.dockerfiles[dockerfile]))
    words = tuple(word for each in run.args for word in (place.args if each == "${@}" else (each,)))
    span = place.hops[-1].span
    given = Command(span, place.hops[-1].text, argv=words) if words else None
    begun = effective_start(image, command=given)
    if begun is None:
        return None
    command, argv, shell = begun
    if argv is None:
        argv = ("/bin/sh", "-c", shell or "")
    if not argv:
        return None
    inner = image_place(image, facts, place.hops[-1])
    inner = replace(inner, hops=place.hops, certain=place.certain, hints=place.hints)
    inner = inner.with_env(given_variables(run.environment, run.env_files, place, facts))
    if command is not given:
        inner = inner.hop(command.span, command.text)
    if command is image.entrypoint and given is None and image.cmd is not None and command.argv is not None:
        inner = inner.hop(image.cmd.span, image.cmd.text)  # which gives its arguments
    return InContainer(argv, command.span, inner)
