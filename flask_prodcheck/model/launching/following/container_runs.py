"""What ``docker run`` starts: the ENTRYPOINT of an image that the project builds, with the arguments of the command."""

from __future__ import annotations

import posixpath

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.launching.containers import dockerfile_of_image, image_place, start_stage
from flask_prodcheck.model.launching.following.environment import given_variables
from flask_prodcheck.model.launching.images import build_image
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
    image = build_image(facts.dockerfiles[dockerfile], facts, target=start_stage(facts.dockerfiles[dockerfile]))
    words = [word for each in run.args for word in (place.args if each == "${@}" else (each,))]
    entry = image.entrypoint
    if entry is None or entry.argv is None:
        argv = tuple(words) or (image.cmd.argv if image.cmd is not None else None) or ()
    else:
        argv = (*entry.argv, *words)
    if not argv:
        return None
    inner = image_place(image, facts, place.hops[-1])
    inner = replace(inner, hops=place.hops, certain=place.certain, hints=place.hints)
    inner = inner.with_env(given_variables(run.environment, run.env_files, place, facts))
    if entry is not None:
        inner = inner.hop(entry.span, entry.text)
    return InContainer(argv, entry.span if entry is not None else place.hops[-1].span, inner)
