"""The heads of compose files: services with a command of their own, or that start their image in a way of their own."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Command, ComposeService
from flask_prodcheck.model.launching.commands.read import read_command
from flask_prodcheck.model.launching.containers import image_place
from flask_prodcheck.model.launching.heads.decided import serve_alike
from flask_prodcheck.model.launching.heads.development import (
    development_environment,
    development_tag,
    development_variable,
    is_development,
    stand_in,
)
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.heads.services import (
    build_arguments,
    given_to_build,
    is_public,
    merged_service,
    mounts_of,
    runs_a_sibling,
    stage_of,
    target_of,
    variables_of,
)
from flask_prodcheck.model.launching.images import Image, build_image, effective_start, unbuilt_image
from flask_prodcheck.model.launching.steps import PythonRun, ServerStart, TaskRun
from flask_prodcheck.model.launching.words import expand, split
from flask_prodcheck.model.project import Hop
from flask_prodcheck.records import replace


def _as_built(service: ComposeService) -> Command | None:
    """A development service that builds the image with arguments of its own starts something of its own: the place is
    the first argument, the command the image's."""
    args = service.build.args if service.build is not None else ()
    return Command(args[0].span, f"{args[0].name}: {args[0].value}", argv=()) if args else None


def as_told(service: ComposeService, image: Image) -> Command | None:
    """A service that gives the image the command to run in a variable starts something of its own: the place is the
    variable, the command the image's."""
    begun = effective_start(image)
    if begun is None:
        return None
    text = begun[2] if begun[1] is None else " ".join(begun[1])
    for var in service.environment:
        if f"${var.name}" not in (text or "").replace("${", "$") or not var.value:
            continue
        if isinstance(read_command(split(var.value)).step, ServerStart | PythonRun | TaskRun):
            return Command(var.span, f"{var.name}={var.value}", argv=())
    return None


def compose_heads(facts: Facts) -> Iterator[Head]:
    """The services of compose files that start something of their own."""
    for path in sorted(facts.compose):
        file = facts.compose[path]
        mocked = stand_in(file)
        for written in file.services:
            service = merged_service(file, written, facts)
            if written.choices:
                if not serve_alike(written.choices):
                    continue
                service = replace(service, command=written.choices[-1])
            own = service.command if written.choices else written.command or written.entrypoint
            as_image, told = False, None  # the image's own command starts it
            dockerfile, index = stage_of(file, service, facts)
            if dockerfile is not None:
                context, args = given_to_build(file, service, facts)
                image = build_image(facts.dockerfiles[dockerfile], facts, target=index, context=context, args=args)
            else:
                image = None
                if runs_a_sibling(file, service, facts):
                    continue
            if own is None and image is not None:
                as_image = True
                own = told = as_told(service, image)
                if own is None and is_development(file, service) and build_arguments(service):
                    own = _as_built(service)
            if own is None:
                continue
            hop = Hop(own.span, own.text)
            mounts = mounts_of(file, service, facts)
            folder = posixpath.dirname(path) or "."
            if image is not None:
                place = image_place(image, facts, hop, mounts=mounts, working_dir=service.working_dir)
                begun = effective_start(image, entrypoint=service.entrypoint, command=service.command)
                original = effective_start(image) if not as_image else None
                if begun is not None and begun[0] is image.entrypoint:
                    place = place.hop(
                        image.entrypoint.span, image.entrypoint.text
                    )  # the image's ENTRYPOINT runs with this command
                elif begun is not None and told is not None:
                    place = place.hop(begun[0].span, begun[0].text)
            else:
                blank = unbuilt_image(own.span, service.image or "", context=folder)
                place = image_place(blank, facts, hop, mounts=mounts, working_dir=service.working_dir)
                begun = effective_start(blank, entrypoint=service.entrypoint, command=service.command)
                original = None
            if begun is None:
                continue
            place = place.with_env(variables_of(file, service, facts, place))
            if service.user:
                place = replace(place, user=service.user)
            if written.choices:
                place = replace(place, certain=False)
            runs, argv, shell = begun
            if told is None:
                runs = own
            if argv is not None:
                argv = tuple(
                    word.replace("$$", "$")
                    for word in (expand(each, place.variables) if "$$" not in each else each for each in argv)
                )
            yield Head(
                "compose", own.span, own.text, place, Command(runs.span, runs.text, argv=argv, shell=shell), names=(service.name, *service.profiles, *filter(None, [target_of(file, service, facts), development_tag(service)])),
                service=service.name, published=tuple(port.container for port in service.ports), public=is_public(service), container=True, overrides=original[0] if original is not None else None, header=file.header, stand_in=mocked,
                development=development_environment(file, service) or (development_variable(service) if as_image else ""),
            )  # fmt: skip
