"""The heads of Dockerfiles: what each stage starts, as the service or the pod that runs it without changes has it.

Precedence follows the Dockerfile reference.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Command, ComposeFile, ComposeService, Dockerfile, Stage
from flask_prodcheck.model.launching.base_images import base_script, is_plain_base, lambda_start
from flask_prodcheck.model.launching.beside import platform_starts
from flask_prodcheck.model.launching.built_images import (
    arguments_of_builds,
    builds_of,
    built_stages,
    context_of_builds,
    published_name,
    stage_index,
)
from flask_prodcheck.model.launching.containers import image_place
from flask_prodcheck.model.launching.heads.compose import as_told
from flask_prodcheck.model.launching.heads.development import is_development
from flask_prodcheck.model.launching.heads.head import UNSPLIT, Head
from flask_prodcheck.model.launching.heads.pods import container_of, in_pod
from flask_prodcheck.model.launching.heads.services import (
    given_to_build,
    is_public,
    mounts_of,
    services_of,
    stage_of,
    variables_of,
)
from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.launching.images import Image, build_image, effective_start
from flask_prodcheck.model.launching.place import Place, known_variables
from flask_prodcheck.model.launching.service_scripts import init_of_base, service_starts
from flask_prodcheck.model.launching.words import split
from flask_prodcheck.model.project import Hop, Purpose
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace


def _targets_used(facts: Facts) -> dict[str, set[int]]:
    """The stages of each Dockerfile that a compose service builds by ``target``, or a command of a script or task."""
    used = built_stages(facts)
    for file in facts.compose.values():
        for service in file.services:
            path, index = stage_of(file, service, facts)
            if path is not None and index is not None:
                used.setdefault(path, set()).add(index)
    return used


def _stages_to_start(dockerfile: Dockerfile, used: set[int]) -> list[int]:
    """The stages that something may run: the last one, those that something targets, those that no other stage builds on
    and that say themselves what they start, and one that is called production where the last is called development or test.
    Those for development or tests come last: what they inherit from a stage that others use is not theirs alone."""
    last = len(dockerfile.stages) - 1
    built_on = {stage.base.lower() for stage in dockerfile.stages}
    chosen = {last} | used
    chosen |= {
        index
        for index, stage in enumerate(dockerfile.stages)
        if stage.alias is not None and stage.alias not in built_on and (stage.cmd or stage.entrypoint)
    }
    named = [(index, purpose_of_words(words_of(stage.alias or ""))) for index, stage in enumerate(dockerfile.stages)]
    final = named[last][1]
    if final is not None and final[0] is not Purpose.PRODUCTION:
        chosen |= {index for index, purpose in named if purpose is not None and purpose[0] is Purpose.PRODUCTION}

    def aside(index: int) -> bool:
        purpose = named[index][1]
        return purpose is not None and purpose[0] is not Purpose.PRODUCTION

    return sorted(chosen, key=lambda index: (aside(index), index))


def dockerfile_heads(facts: Facts) -> Iterator[Head]:
    """What each stage that something may run starts."""
    used = _targets_used(facts)
    for path in sorted(facts.dockerfiles):
        dockerfile = facts.dockerfiles[path]
        if not dockerfile.stages:
            continue
        seen: set[tuple[Span, Span | None]] = set()
        for index in _stages_to_start(dockerfile, used.get(path, set())):
            services = [
                (file, service)
                for file, service in services_of(path, facts)
                if stage_of(file, service, facts)[1] in (index, None)
            ]
            context, args = _given_to_build(path, index, services, facts)
            image = build_image(dockerfile, facts, target=index, context=context, args=args)
            begun = effective_start(image) or _base_start(image, dockerfile.stages[index], facts)
            if begun is None:
                continue
            command, argv, shell = begun
            key = _started(image, command)
            if key in seen:
                continue
            seen.add(key)
            plain = [each for each in services if each[1].command is None and each[1].entrypoint is None]
            # Of several services that run the image as it is, one that publishes a port serves: first one that builds it.
            plain.sort(key=lambda each: (not each[1].ports, each[1].build is None))
            own = next((each for each in plain if not is_development(*each)), None)
            named = purpose_of_words(words_of(path))
            if own is None and plain and named is not None and named[0] is not Purpose.PRODUCTION:
                own = plain[0]  # an image for development, run by it
            head = command
            if command.span.file != path:  # of another Dockerfile, whose image this one begins from
                stage = dockerfile.stages[index]
                own_cmd = image.cmd is not None and image.cmd.span.file == path
                head = image.cmd if own_cmd and image.cmd is not None else Command(stage.span, f"FROM {stage.base}", argv=())
            place = image_place(image, facts, Hop(head.span, head.text))
            if head is not command:
                place = place.hop(command.span, command.text)
            published, public = None, None
            pod = container_of(path, facts) if own is None else None
            if own is not None:
                file, service = own
                place = replace(place, mounts=mounts_of(file, service, facts)).with_env(
                    variables_of(file, service, facts, place)
                )
                published, public = tuple(port.container for port in service.ports), is_public(service)
            elif pod is not None:
                place = in_pod(place, pod, facts)
            for start in platform_starts(path, "dockerfile", facts) if own is None else ():
                place = place.with_env(known_variables(start.env, {}))
            names = tuple(filter(None, [dockerfile.stages[index].alias if len(dockerfile.stages) > 1 else None]))
            if head is not image.cmd:
                place = _default_command_hop(place, image, command)
            place = replace(place, args_open=image.cmd is None and _takes_arguments(image.entrypoint))
            if image.entrypoint is None:
                argv = lambda_start(image.base, argv) or argv
            unsplit = image.entrypoint is None and is_plain_base(image.base) and _is_unsplit(argv)
            if unsplit and argv is not None:
                argv = tuple(split(argv[0]))
            yield Head(
                "dockerfile",
                head.span,
                head.text,
                place,
                Command(command.span, command.text, argv=argv, shell=shell),
                names=names,
                published=published,
                public=public,
                container=True,
                options=((UNSPLIT, "true"),) if unsplit else (),
                released=_released(path, key, facts),
                as_it_is=pod is not None or (own is not None and as_told(own[1], image) is None),
            )


def _started(image: Image, command: Command) -> tuple[Span, Span | None]:
    """What a container starts: CMD gives ENTRYPOINT its arguments."""
    return command.span, image.cmd.span if image.cmd is not None else None


def _released(path: str, started: tuple[Span, Span | None], facts: Facts) -> str:
    """The name under which a workflow releases an image of ``path`` that starts what ``started`` says; "" where none does."""
    dockerfile = facts.dockerfiles[path]
    for built in builds_of(path, facts):
        name = published_name(built)
        image = build_image(dockerfile, facts, target=stage_index(dockerfile, built.build.target or "")) if name else None
        begun = effective_start(image) if image is not None else None
        if image is not None and begun is not None and _started(image, begun[0]) == started:
            return name
    return ""


def _given_to_build(
    path: str, index: int, services: Sequence[tuple[ComposeFile, ComposeService]], facts: Facts
) -> tuple[str | None, Mapping[str, str]]:
    """The folder and the arguments that a stage is built with: those of the services that run it, else of what else builds
    it."""
    given = [given_to_build(*each, facts) for each in services]
    dockerfile = facts.dockerfiles[path]
    stages = (index, None) if index == len(dockerfile.stages) - 1 else (index,)
    built = [each for each in builds_of(path, facts) if stage_index(dockerfile, each.build.target or "") in stages]
    context = next((context for context, _ in given if context is not None), context_of_builds(built))
    served = [given for given, each in zip(given, services, strict=True) if not is_development(*each)]
    return context, served[0][1] if served else arguments_of_builds(built)


def _is_unsplit(argv: tuple[str, ...] | None) -> bool:
    return argv is not None and len(argv) == 1 and len(argv[0].split()) > 1


def service_heads(facts: Facts) -> Iterator[Head]:
    """The services that an image writes for the supervisor of its base image, where it starts nothing itself."""
    for path in sorted(facts.dockerfiles):
        if not facts.dockerfiles[path].stages:
            continue
        image = build_image(facts.dockerfiles[path], facts)
        if effective_start(image) is not None:
            continue
        for command in service_starts(image):
            place = image_place(image, facts, Hop(command.span, command.text))
            yield Head("dockerfile", command.span, command.text, place, command, container=True)


def _base_start(
    image: Image, stage: Stage, facts: Facts
) -> tuple[Command, tuple[str, ...] | None, str | None] | None:
    """What the base image starts by itself, where it is one whose start is known, or an init whose services COPY brings,
    and the Dockerfile names none."""
    script = base_script(image.base)
    argv = (script,) if script is not None else init_of_base(image, facts)
    return (Command(stage.span, f"FROM {stage.base}", argv=argv), argv, None) if argv is not None else None


def _takes_arguments(entrypoint: Command | None) -> bool:
    """Whether what a container is started with reaches the program: the text of a shell gets it as ``$0``, ``$1``..."""
    if entrypoint is None or entrypoint.argv is None:
        return False
    words = entrypoint.argv
    is_shell = posixpath.basename(words[0] if words else "") in ("sh", "bash", "dash", "ash", "zsh")
    if not is_shell or len(words) < 3 or not words[1].startswith("-") or not words[1].endswith("c"):
        return True
    return _POSITIONAL.search(words[2]) is not None


_POSITIONAL = regex(r"\$\{?[0-9@*#]")


def _default_command_hop(place: Place, image: Image, command: Command) -> Place:
    """A chain that begins at ENTRYPOINT passes through the CMD that gives its arguments."""
    if image.entrypoint is command and image.cmd is not None and command.argv is not None:
        return place.hop(image.cmd.span, image.cmd.text)
    return place
