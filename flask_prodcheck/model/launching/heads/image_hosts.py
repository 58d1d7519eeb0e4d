"""The heads of hosts that run images with a command of their own: ECS, Cloud Run, Nomad, and platforms that build the
image themselves.

Sources: Amazon ECS, "Task definition parameters" ("Container definitions": ``command`` is CMD, ``entryPoint`` is ENTRYPOINT);
Nomad, "Docker driver" (``command``, ``args``, ``entrypoint``); Heroku, "Building Docker Images with heroku.yml" (``run``).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Start, StartFile
from flask_prodcheck.model.launching.beside import IMAGE_HOSTS, built_dockerfile
from flask_prodcheck.model.launching.containers import dockerfile_of_image, image_named, image_place, start_stage
from flask_prodcheck.model.launching.heads.decided import decided
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.heads.processes import start_head
from flask_prodcheck.model.launching.images import build_image, effective_start
from flask_prodcheck.model.launching.place import known_variables
from flask_prodcheck.model.project import Hop
from flask_prodcheck.records import replace

#: Formats of which a start may be the command of an image.
IMAGE_KINDS = frozenset({"ecs", "terraform", "nomad"})


def image_heads(file: StartFile, facts: Facts) -> Iterator[Head]:
    """The heads of one file: in the image of the project where it is one, else by themselves."""
    for start in file.starts:
        if start.role == "run":
            yield _in_image(start, facts) or start_head(start, facts)


def process_heads(file: StartFile, facts: Facts) -> Iterator[Head]:
    """The heads of a file of processes: in the image that the platform builds for them, where the file names its Dockerfile,
    else by themselves."""
    for start in decided(file.starts):
        if start.role == "run":
            yield _in_built_image(start, facts) or start_head(start, facts)


def _in_built_image(start: Start, facts: Facts) -> Head | None:
    named = start.kind in IMAGE_HOSTS and "dockerfile" in dict(start.options)
    dockerfile = facts.dockerfiles.get(built_dockerfile(start, start.span.file)) if named else None
    if dockerfile is None or start.command is None or not dockerfile.stages:
        return None
    image = build_image(dockerfile, facts, target=start_stage(dockerfile))
    place = image_place(image, facts, Hop(start.command.span, start.command.text)).with_env(known_variables(start.env, {}))
    return replace(start_head(start, facts), place=place)


def _in_image(start: Start, facts: Facts) -> Head | None:
    options = dict(start.options)
    name, command = options.get("image", ""), start.command
    dockerfile = dockerfile_of_image(name, facts, posixpath.dirname(start.span.file)) if name else None
    if dockerfile is None or command is None:
        return None
    image = image_named(name, dockerfile, facts)
    place = image_place(image, facts, Hop(command.span, command.text), working_dir=start.cwd)
    if "overrides" in options:
        begun = effective_start(image, entrypoint=command)
    else:
        begun = effective_start(image, command=command)
    if begun is None:
        return None
    if begun[0] is image.entrypoint:
        place = place.hop(begun[0].span, begun[0].text)
    place = place.with_env(known_variables(start.env, {}))
    runs = replace(command, argv=begun[1], shell=begun[2])
    head = start_head(start, facts)
    return replace(head, place=replace(place, user=start.user or place.user), command=runs, container=True)
