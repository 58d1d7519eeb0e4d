"""Where launches come from: every place in the project's deploy files that starts a process, with its surroundings.

A head is not yet a launch: only what is followed to a web server becomes one. Precedence and platform defaults follow
the Dockerfile and compose references and each platform's own documentation.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from flask_prodcheck.base import Span, Unknown, Value
from flask_prodcheck.facts.conditionals import CONDITIONAL
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import (
    Command,
    ComposeFile,
    ComposeService,
    Container,
    Dockerfile,
    EnvVar,
    Stage,
    Start,
    StartFile,
)
from flask_prodcheck.model.evaluation.flask_debug import turns_debug_on
from flask_prodcheck.model.launching.base_images import base_script
from flask_prodcheck.model.launching.beside import platform_starts
from flask_prodcheck.model.launching.build_commands import built_stages
from flask_prodcheck.model.launching.commands import read_command
from flask_prodcheck.model.launching.containers import dockerfile_of_image, image_place, shared_folders
from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.launching.images import (
    Image,
    Mapped,
    build_image,
    effective_start,
    folders_of,
    join,
    stage_index,
    unbuilt_image,
)
from flask_prodcheck.model.launching.place import Place, known_variables, locate
from flask_prodcheck.model.launching.service_scripts import service_starts
from flask_prodcheck.model.launching.steps import PythonRun, ServerStart, TaskRun
from flask_prodcheck.model.launching.words import expand, split
from flask_prodcheck.model.project import Hop, Purpose
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class Head:
    """One place that starts a process. ``command`` is what to follow (None: ``default`` names what a platform starts by
    itself); ``names`` are the words that may say what it is for; ``published`` the ports that a container publishes,
    ``public`` whether on every interface of the host."""

    kind: str
    span: Span
    text: str
    place: Place
    command: Command | None
    names: tuple[str, ...] = ()
    comment: str = ""
    header: str = ""  # what the file says of itself before anything else
    platform: str = ""
    service: str = ""
    published: tuple[str, ...] | None = None
    public: bool | None = None
    container: bool = False
    default: str = ""
    options: tuple[tuple[str, str], ...] = ()
    overrides: Command | None = None  # the image's own command that this one replaces
    development: str = ""  # what in the environment that the file gives says that it is for development


def find_heads(facts: Facts) -> list[Head]:
    """Every head, in a stable order: images, compose, Kubernetes, then the other formats by path."""
    return [
        *_dockerfile_heads(facts),
        *_service_heads(facts),
        *_compose_heads(facts),
        *_kubernetes_heads(facts),
        *_start_heads(facts),
    ]


# --- images ------------------------------------------------------------------------------------------------------------


def _targets_used(facts: Facts) -> dict[str, set[int]]:
    """The stages of each Dockerfile that a compose service builds by ``target``, or a command of a script or task."""
    used = built_stages(facts)
    for file in facts.compose.values():
        for service in file.services:
            path, index = _service_stage(file, service, facts)
            if path is not None and index is not None:
                used.setdefault(path, set()).add(index)
    return used


def _stages_to_start(dockerfile: Dockerfile, used: set[int]) -> list[int]:
    """The stages that something may run: the last one, those that something targets, and one that is called production
    where the last is called development or test. Those for development or tests come last: what they inherit from a stage
    that others use is not theirs alone."""
    last = len(dockerfile.stages) - 1
    chosen = {last} | used
    named = [(index, purpose_of_words(words_of(stage.alias or ""))) for index, stage in enumerate(dockerfile.stages)]
    final = named[last][1]
    if final is not None and final[0] is not Purpose.PRODUCTION:
        chosen |= {index for index, purpose in named if purpose is not None and purpose[0] is Purpose.PRODUCTION}

    def aside(index: int) -> bool:
        purpose = named[index][1]
        return purpose is not None and purpose[0] is not Purpose.PRODUCTION

    return sorted(chosen, key=lambda index: (aside(index), index))


def _dockerfile_heads(facts: Facts) -> Iterator[Head]:
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
                if _service_stage(file, service, facts)[1] in (index, None)
            ]
            context = next(
                (found for file, service in services if (found := _context(file, service)) is not None), None
            )
            args = next((_build_args(service) for file, service in services if not is_development(file, service)), {})
            image = build_image(dockerfile, facts, target=index, context=context, args=args)
            begun = effective_start(image) or _base_start(image, dockerfile.stages[index])
            if begun is None:
                continue
            command, argv, shell = begun
            key = (
                command.span,
                image.cmd.span if image.cmd is not None else None,
            )  # CMD gives ENTRYPOINT its arguments
            if key in seen:
                continue
            seen.add(key)
            plain = [each for each in services if each[1].command is None and each[1].entrypoint is None]
            # Of several services that run the image as it is, one that publishes a port serves.
            plain.sort(key=lambda each: not each[1].ports)
            own = next((each for each in plain if not is_development(*each)), None)
            named = purpose_of_words(words_of(path))
            if own is None and plain and named is not None and named[0] is not Purpose.PRODUCTION:
                own = plain[0]  # an image for development, run by it
            place = image_place(image, facts, Hop(command.span, command.text))
            published, public = None, None
            if own is not None:
                file, service = own
                place = replace(place, mounts=_mounts(file, service, facts)).with_env(
                    _service_variables(file, service, facts, place)
                )
                published, public = tuple(port.container for port in service.ports), _is_public(service)
            elif (pod := _container_of(path, facts)) is not None:
                place = _in_pod(place, pod, facts)
            for start in platform_starts(path, "dockerfile", facts) if own is None else ():
                place = place.with_env(known_variables(start.env, {}))
            names = tuple(filter(None, [dockerfile.stages[index].alias if len(dockerfile.stages) > 1 else None]))
            place = _default_command_hop(place, image, command)
            place = replace(place, args_open=image.entrypoint is not None and image.cmd is None)
            yield Head(
                "dockerfile",
                command.span,
                command.text,
                place,
                Command(command.span, command.text, argv=argv, shell=shell),
                names=names,
                published=published,
                public=public,
                container=True,
            )


def _service_heads(facts: Facts) -> Iterator[Head]:
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


def _base_start(image: Image, stage: Stage) -> tuple[Command, tuple[str, ...] | None, str | None] | None:
    """What the base image starts by itself, where it is one whose start is known and the Dockerfile names none."""
    script = base_script(image.base)
    if script is None:
        return None
    return Command(stage.span, f"FROM {stage.base}", argv=(script,)), (script,), None


def _is_public(service: ComposeService) -> bool | None:
    """Whether compose publishes a port of ``service`` on every interface of the host; None where variables decide."""
    if service.network_mode == "host" or any("$" in port.host_ip + port.published for port in service.ports):
        return None
    return any(not port.host_ip.startswith(("127.", "localhost", "::1", "[::1]")) for port in service.ports)


def _default_command_hop(place: Place, image: Image, command: Command) -> Place:
    """A chain that begins at ENTRYPOINT passes through the CMD that gives its arguments."""
    if image.entrypoint is command and image.cmd is not None and command.argv is not None:
        return place.hop(image.cmd.span, image.cmd.text)
    return place


# --- compose ------------------------------------------------------------------------------------------------------------


def _context(file: ComposeFile, service: ComposeService) -> str | None:
    if service.build is None or "$" in service.build.context or "://" in service.build.context:
        return None
    return join(posixpath.dirname(file.path) or ".", service.build.context)


def _service_dockerfile(file: ComposeFile, service: ComposeService, facts: Facts) -> str | None:
    """The Dockerfile that a service builds, or that builds the image it names."""
    context = _context(file, service)
    if context is not None and service.build is not None:
        path = join(context, service.build.dockerfile or "Dockerfile")
        return path if path in facts.dockerfiles else None
    if service.image is None:
        return None
    builder = _builder(file, service, facts)
    if builder is not None:
        return _service_dockerfile(*builder, facts)
    return dockerfile_of_image(service.image, facts, posixpath.dirname(file.path))


def _development_tag(service: ComposeService) -> str:
    """The tag of the image that ``service`` runs, where it says that the image is for development; "" elsewhere."""
    tag = (service.image or "").rpartition("/")[2].partition(":")[2]
    return tag if _DEVELOPMENT_WORDS & set(words_of(tag)) else ""


def _builder(file: ComposeFile, service: ComposeService, facts: Facts) -> tuple[ComposeFile, ComposeService] | None:
    """The service that builds the image which ``service`` only names: one of its own file first."""
    if service.build is not None or service.image is None:
        return None
    for other_file in (file, *facts.compose.values()):
        for other in other_file.services:
            if other.build is not None and other.image == service.image:
                return other_file, other
    return None


def _target(file: ComposeFile, service: ComposeService, facts: Facts) -> str | None:
    """The stage by name that ``service`` runs: that of its own build, or of the service that builds its image."""
    builder = _builder(file, service, facts)
    build = builder[1].build if builder is not None else service.build
    return build.target if build is not None else None


def _service_stage(file: ComposeFile, service: ComposeService, facts: Facts) -> tuple[str | None, int | None]:
    path = _service_dockerfile(file, service, facts)
    target = _target(file, service, facts)
    if path is None or not target:
        return path, None
    return path, stage_index(facts.dockerfiles[path], target)


def services_of(dockerfile: str, facts: Facts) -> list[tuple[ComposeFile, ComposeService]]:
    return [
        (file, service)
        for file in facts.compose.values()
        for service in file.services
        if _service_dockerfile(file, service, facts) == dockerfile
    ]


def _build_args(service: ComposeService) -> dict[str, str]:
    """The build arguments that a service gives, as far as they are plain."""
    return {
        arg.name: arg.value
        for arg in (service.build.args if service.build is not None else ())
        if arg.value is not None and "$" not in arg.value
    }


def is_development(file: ComposeFile, service: ComposeService) -> bool:
    """Whether ``service`` is for development or tests, by its names and its environment."""
    words = [
        *words_of(file.path),
        *words_of(service.name),
        *(word for profile in service.profiles for word in words_of(profile)),
    ]
    named = purpose_of_words(words)
    if named is not None:
        return named[0] is not Purpose.PRODUCTION
    return bool(_development_environment(file, service) or _development_variable(service))


def _development_variable(service: ComposeService) -> str:
    """The variable of ``service`` by which Flask, or the application, runs for development; "" where there is none."""
    return next(
        (
            f"{var.name}={var.value}"
            for var in service.environment
            if (var.name == "FLASK_DEBUG" and turns_debug_on(var.value or ""))
            or (_NAMES_ENVIRONMENT.search(var.name) and _by_default(var.value or "").lower() in _DEVELOPMENT_WORDS)
        ),
        "",
    )


_DEVELOPMENT_WORDS = frozenset({"dev", "devel", "develop", "development"})
#: Variables that say by a word in which environment a process runs: FLASK_ENV, APP_ENV, ENVIRONMENT.
_NAMES_ENVIRONMENT = regex(r"(?:^|_)ENV(?:IRONMENT)?$")
_WITH_DEFAULT = regex(r"\$\{[A-Za-z_][A-Za-z0-9_]*:?-([^}$]*)\}")


def _by_default(value: str) -> str:
    """``value``, or the default of the one variable that it consists of."""
    found = _WITH_DEFAULT.fullmatch(value)
    return found[1] if found is not None else value


_LOCAL_DEVELOPMENT = regex(r"(?:is[_-])?local[_-]?dev(?:elopment)?(?:[_-]mode)?", re.IGNORECASE)


def _development_environment(file: ComposeFile, service: ComposeService) -> str:
    """What says that the environment of ``service`` is one for development: an environment file that is called so or
    stands in a folder that is, or a variable that switches local development on or holds its name, in any service of
    the file: they run together. "" when nothing does."""
    for each in file.services:
        for reference in each.env_files:
            if _DEVELOPMENT_WORDS & set(words_of(reference.path)):
                return reference.path
        for var in each.environment:
            value = var.value or ""
            switched = _LOCAL_DEVELOPMENT.fullmatch(var.name) and "$" not in value and turns_debug_on(value)
            if switched or _LOCAL_DEVELOPMENT.fullmatch(value):
                return f"{var.name}={var.value}"
    return ""


def _mounts(file: ComposeFile, service: ComposeService, facts: Facts) -> tuple[Mapped, ...]:
    folder = posixpath.dirname(file.path) or "."
    found = []
    for host, inside in service.volumes:
        if host.startswith((".", "/")) and not host.startswith("/"):
            path = join(folder, host)
            if path not in facts.paths and path not in folders_of(facts) and join(".", host) in facts.paths:
                path = join(".", host)  # an override file: paths are those of the file it is merged into
            if not path.startswith(".."):
                found.append(Mapped(posixpath.normpath(inside.split(":")[0]), path))
    return tuple(found)


def _service_variables(file: ComposeFile, service: ComposeService, facts: Facts, place: Place) -> dict[str, Value[str]]:
    """The environment that compose gives a service: its env files, then its own variables (these win)."""
    folder = Place(place.hops, cwd=posixpath.dirname(file.path) or ".")
    project = locate(".env", folder, facts)
    scope = (
        {var.name: var.value for var in facts.env_files[project].variables if var.value is not None}
        if project in facts.env_files and project
        else {}
    )
    found: dict[str, Value[str]] = {}
    for reference in service.env_files:
        path = locate(reference.path, folder, facts)
        if path is not None and path in facts.env_files:
            found.update(known_variables(facts.env_files[path].variables, scope))
    found.update(known_variables(service.environment, scope))
    return found


def merged_service(
    file: ComposeFile, service: ComposeService, facts: Facts, seen: frozenset[tuple[str, str]] = frozenset()
) -> ComposeService:
    """``service`` with what ``extends`` and, for an override file, the base file beside it give it. ``seen`` are the
    services (file and name) that extend it: one that comes back to itself inherits nothing."""
    base: ComposeService | None = None
    folder = posixpath.dirname(file.path) or "."
    seen = seen | {(file.path, service.name)}
    if service.extends is not None:
        other = file if service.extends[0] is None else facts.compose.get(join(folder, service.extends[0]))
        found = next((each for each in other.services if each.name == service.extends[1]), None) if other else None
        if other is not None and found is not None and (other.path, found.name) not in seen:
            base = _moved(merged_service(other, found, facts, seen), posixpath.dirname(other.path) or ".", folder)
    if base is None and service.build is None and service.image is None:
        for other in facts.compose.values():
            if other.path != file.path and (posixpath.dirname(other.path) or ".") == folder:
                base = next(
                    (each for each in other.services if each.name == service.name and (each.build or each.image)), None
                )
                if base is not None:
                    break
    if base is None:
        return service
    return replace(
        service,
        build=service.build or base.build,
        image=service.image or base.image,
        command=service.command if service.command is not None else base.command,
        entrypoint=service.entrypoint if service.entrypoint is not None else base.entrypoint,
        working_dir=service.working_dir or base.working_dir,
        environment=(*base.environment, *service.environment),
        env_files=(*base.env_files, *service.env_files),
        volumes=(*base.volumes, *service.volumes),
        ports=(*base.ports, *service.ports),
        user=service.user or base.user,
    )


def _moved(service: ComposeService, origin: str, folder: str) -> ComposeService:
    """``service`` of a compose file in ``origin`` as one of a file in ``folder``: its paths are those of its own file."""
    if origin == folder:
        return service

    def moved(path: str) -> str:
        relative = not path.startswith("/") and "$" not in path and "://" not in path
        return posixpath.relpath(join(origin, path), folder) if relative else path

    return replace(
        service,
        build=replace(service.build, context=moved(service.build.context)) if service.build is not None else None,
        env_files=tuple(replace(each, path=moved(each.path)) for each in service.env_files),
        volumes=tuple(
            (f"./{moved(host)}" if host.startswith(".") else host, inside) for host, inside in service.volumes
        ),
    )


def _as_built(service: ComposeService) -> Command | None:
    """A development service that builds the image with arguments of its own starts something of its own: the place is
    the first argument, the command the image's."""
    args = service.build.args if service.build is not None else ()
    return Command(args[0].span, f"{args[0].name}: {args[0].value}", argv=()) if args else None


def _as_told(service: ComposeService, image: Image) -> Command | None:
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


def _compose_heads(facts: Facts) -> Iterator[Head]:
    for path in sorted(facts.compose):
        file = facts.compose[path]
        for written in file.services:
            service = merged_service(file, written, facts)
            own = written.command if written.command is not None else written.entrypoint
            as_image, told = False, None  # the image's own command starts it
            dockerfile, index = _service_stage(file, service, facts)
            if dockerfile is not None:
                image = build_image(
                    facts.dockerfiles[dockerfile],
                    facts,
                    target=index,
                    context=_context(file, service),
                    args=_build_args(service),
                )
            else:
                image = None
            if own is None and image is not None:
                as_image = True
                own = told = _as_told(service, image)
                if own is None and is_development(file, service) and _build_args(service):
                    own = _as_built(service)
            if own is None:
                continue
            hop = Hop(own.span, own.text)
            mounts = _mounts(file, service, facts)
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
            place = place.with_env(_service_variables(file, service, facts, place))
            if service.user:
                place = replace(place, user=service.user)
            runs, argv, shell = begun
            if told is None:
                runs = own
            if argv is not None:
                argv = tuple(
                    word.replace("$$", "$")
                    for word in (expand(each, place.variables) if "$$" not in each else each for each in argv)
                )
            yield Head(
                "compose", own.span, own.text, place, Command(runs.span, runs.text, argv=argv, shell=shell), names=(service.name, *service.profiles, *filter(None, [_target(file, service, facts), _development_tag(service)])),
                service=service.name, published=tuple(port.container for port in service.ports), public=_is_public(service), container=True, overrides=original[0] if original is not None else None, header=file.header,
                development=_development_environment(file, service) or (_development_variable(service) if as_image else ""),
            )  # fmt: skip


# --- Kubernetes --------------------------------------------------------------------------------------------------------


def _kubernetes_heads(facts: Facts) -> Iterator[Head]:
    for path in sorted(facts.kubernetes):
        file = facts.kubernetes[path]
        for container in file.containers:
            head = _container_head(container, facts)
            if head is not None:
                yield replace(head, place=_in_pod(head.place, container, facts))


def _in_pod(place: Place, container: Container, facts: Facts) -> Place:
    """``place`` with the environment and the user that a manifest gives ``container``."""
    for name in container.env_from:
        place = place.with_env(known_variables(_config_map(name, container, facts), {}))
    variables = known_variables(container.env, {})
    for variable, name, key in container.references:
        found = known_variables(_config_map(name, container, facts), {}).get(key)
        if found is not None:
            variables[variable] = found
    place = place.with_env(variables)
    user = container.user or ("nonroot" if container.run_as_non_root else None)
    return replace(place, user=user) if user is not None else place


def _config_map(name: str, container: Container, facts: Facts) -> tuple[EnvVar, ...]:
    """The entries of the config map that ``container`` means by ``name``: that of its own file, else of the nearest."""
    own = container.span.file
    found = [
        (path == own, shared_folders(path, own), path, entries)
        for path, file in facts.kubernetes.items()
        for each, entries in file.config_maps
        if each == name
    ]
    return max(found, key=lambda each: each[:3])[3] if found else ()


def _container_of(dockerfile: str, facts: Facts) -> Container | None:
    """The container of a manifest that runs the image of ``dockerfile`` with the image's own command: one for
    production, None when the manifests show none."""
    for path in sorted(facts.kubernetes):
        named = purpose_of_words(words_of(path))
        if named is not None and named[0] is not Purpose.PRODUCTION:
            continue
        folder = posixpath.dirname(path)
        for container in facts.kubernetes[path].containers:
            if (
                container.command is None
                and container.args is None
                and dockerfile_of_image(container.image, facts, folder, local=True) == dockerfile
            ):
                return container
    return None


def _container_head(container: Container, facts: Facts) -> Head | None:
    own = container.command or container.args
    if own is None:
        return None
    dockerfile = dockerfile_of_image(container.image, facts, posixpath.dirname(container.span.file)) or (
        next(iter(facts.dockerfiles)) if len(facts.dockerfiles) == 1 else None
    )
    hop = Hop(own.span, own.text)
    if dockerfile is not None:
        image = build_image(facts.dockerfiles[dockerfile], facts)
    else:
        image = unbuilt_image(own.span, container.image)
    place = image_place(image, facts, hop, working_dir=container.working_dir)
    begun = effective_start(image, entrypoint=container.command, command=container.args)
    if begun is None:
        return None
    if begun[0] is image.entrypoint and image.entrypoint is not None:
        place = place.hop(image.entrypoint.span, image.entrypoint.text)
    _, argv, shell = begun
    if argv is not None:
        argv = tuple(expand(word, place.variables, parentheses=True) for word in argv)
    return Head(
        "kubernetes", own.span, own.text, place, Command(own.span, own.text, argv=argv, shell=shell), names=(container.workload, container.name),
        service=container.workload, published=container.ports, container=True,
    )  # fmt: skip


# --- every other format --------------------------------------------------------------------------------------------------

#: Formats whose commands run in the folder that holds the file.
_OWN_FOLDER = frozenset(
    [
        "procfile",
        "makefile",
        "justfile",
        "taskfile",
        "tox",
        "npm",
        "pdm",
        "hatch",
        "package-script",
        "heroku-yml",
        "app-json",
        "app-engine",
        "render",
        "fly",
        "railway",
        "nixpacks",
        "railpack",
        "cloudfoundry",
        "beanstalk",
        "apprunner",
        "digitalocean",
        "replit",
        "vercel",
        "zappa",
        "serverless",
        "sam",
        "devcontainer",
        "batch",
    ]
)


def _start_heads(facts: Facts) -> Iterator[Head]:
    for path in sorted(facts.start_files):
        if facts.start_files[path].kind == "s2i":
            yield from _s2i_head(facts.start_files[path], facts)
        else:
            yield from start_file_heads(_completed(facts.start_files[path], facts), facts)
    yield from _beanstalk_default(facts)
    for path in sorted(facts.manifests):
        for start in facts.manifests[path].starts:
            yield start_head(start, facts)
    for path in sorted(facts.proxies):
        for start in facts.proxies[path].starts:
            yield start_head(start, facts)
    for path in sorted(facts.uwsgi):
        config = facts.uwsgi[path]
        found = config.get("module", "wsgi", "wsgi-file", "file", "mount", "wsgi_file")
        if found is not None:
            place = Place((Hop(found[1], found[0]),), cwd=".", cwd_known=False)
            yield Head(
                "uwsgi", found[1], found[0], place, Command(found[1], found[0], argv=("uwsgi", "/" + path)), names=()
            )
    for path in sorted(facts.paths):
        name = posixpath.basename(path)
        kind = (
            "passenger" if name == "passenger_wsgi.py" else "pythonanywhere" if _PYTHONANYWHERE.fullmatch(name) else ""
        )
        if kind:
            place = Place((Hop(Span(path, 1), name),), cwd=posixpath.dirname(path) or ".")
            yield Head(kind, Span(path, 1), name, place, None, default=kind)


#: The file that PythonAnywhere writes for a web application, called after its domain.
_PYTHONANYWHERE = regex(r"[a-z0-9_]+_pythonanywhere_com_wsgi\.py")


def _beanstalk_default(facts: Facts) -> Iterator[Head]:
    """What Elastic Beanstalk's Python platform starts where its configuration says nothing of it: ``application`` of
    ``application.py``. A Procfile or an image beside it decides instead."""
    files = [file for _, file in sorted(facts.start_files.items()) if file.kind == "beanstalk"]
    if not files or any(start.name == "web" for file in files for start in file.starts):
        return
    start = Start("beanstalk", "web", Span(files[0].path, 1), None)
    head = start_head(start, facts)
    beside = {posixpath.normpath(posixpath.join(head.place.cwd, name)) for name in _BEANSTALK_STARTS}
    module = facts.modules.get(posixpath.normpath(posixpath.join(head.place.cwd, "application.py")))
    if module is not None and "application" in module.names and not beside & facts.paths:
        yield head


_BEANSTALK_STARTS = ("Procfile", "Dockerfile", "Dockerrun.aws.json", "docker-compose.yml")


def _s2i_head(file: StartFile, facts: Facts) -> Iterator[Head]:
    """What the container of the Python builder of source-to-image starts (``run`` of sclorg/s2i-python-container): the
    script APP_SCRIPT, else the program APP_FILE, else gunicorn with APP_MODULE. The first two are taken by their usual
    names as well. Without any of these variables nothing says that the builder is that of Python; a ``run`` of the
    project's own replaces the builder's."""
    folder = posixpath.dirname(posixpath.dirname(file.path)) or "."
    set_here = {var.name: var for start in file.starts for var in start.env if var.value}
    if not _S2I_DECIDES & set_here.keys() or join(folder, ".s2i/bin/run") in facts.paths:
        return
    value = {name: var.value or "" for name, var in set_here.items()}
    home = join(folder, value.get("APP_HOME", "."))
    script, program = value.get("APP_SCRIPT", "app.sh"), value.get("APP_FILE", "app.py")
    if "APP_SCRIPT" in value or join(home, script) in facts.paths:
        name, argv = "APP_SCRIPT", [script if "/" in script else f"./{script}"]
    elif "APP_FILE" in value or join(home, program) in facts.paths:
        name, argv = "APP_FILE", ["python", program]
    elif target := value.get("APP_MODULE", "wsgi" if join(home, "wsgi.py") in facts.paths else ""):
        config = ["--config", value["APP_CONFIG"]] if "APP_CONFIG" in value else []
        name, argv = "APP_MODULE", ["gunicorn", target, "--bind=0.0.0.0:8080", *config]
    else:
        return
    decisive = set_here.get(name) or next(var for each, var in set_here.items() if each in _S2I_DECIDES)
    text = f"{decisive.name}={decisive.value}"
    counted: dict[str, Value[str]] = {"WEB_CONCURRENCY": Unknown("the builder counts the cores")}
    place = Place((Hop(decisive.span, text),), cwd=home, user="1001").with_env(counted)
    place = place.with_env(known_variables(tuple(set_here.values()), {}))
    yield Head("s2i", decisive.span, text, place, Command(decisive.span, text, argv=tuple(argv)), container=True)


_S2I_DECIDES = frozenset({"APP_HOME", "APP_SCRIPT", "APP_FILE", "APP_MODULE"})


def start_file_heads(file: StartFile, facts: Facts) -> Iterator[Head]:
    """The heads of one file of processes."""
    for start in decided(file.starts):
        if start.role == "run":
            yield start_head(start, facts)


def decided(starts: Sequence[Start]) -> list[Start]:
    """``starts`` without those whose command a template decides, but one for each command that starts the same server
    whichever way it is decided."""
    kept: list[Start] = []
    for start in starts:
        if CONDITIONAL in start.options:
            alike = [each for each in starts if each.span == start.span]
            if start is not alike[-1] or not _serve_alike(alike):
                continue
        kept.append(start)
    return kept


def _serve_alike(starts: Sequence[Start]) -> bool:
    steps = [read_command(each.command.argv or ()).step for each in starts if each.command is not None]
    served = {(each.server, each.target) if isinstance(each, ServerStart) else None for each in steps}
    return len(served) == 1 and None not in served


def _completed(file: StartFile, facts: Facts) -> StartFile:
    """Elastic Beanstalk's configuration as the sum of its files: the one start has the target of the file that says it
    and the platform of the file that names it."""
    if file.kind != "beanstalk":
        return file
    web = [start for each in facts.start_files.values() if each.kind == "beanstalk" for start in each.starts]
    web = [start for start in web if start.name == "web" and start.role == "run"]
    said = any("WSGIPath" in dict(start.options) for start in web)
    platform = next((dict(start.options)["platform"] for start in web if "platform" in dict(start.options)), None)
    starts = []
    for start in file.starts:
        if start in web and said and "WSGIPath" not in dict(start.options):
            continue
        named = start in web and platform is not None and "platform" not in dict(start.options)
        starts.append(replace(start, options=(*start.options, ("platform", platform or ""))) if named else start)
    return replace(file, starts=tuple(starts))


def start_head(start: Start, facts: Facts) -> Head:
    """The head of one process."""
    folder = posixpath.dirname(start.span.file) or "."
    while posixpath.basename(folder) in (
        ".ebextensions",
        ".elasticbeanstalk",
        ".platform",
        ".do",
        ".azure",
        ".devcontainer",
    ):
        folder = posixpath.dirname(folder) or "."  # configuration of the folder above it
    own = start.kind in _OWN_FOLDER and not start.span.file.endswith(".mk")
    span = start.command.span if start.command is not None else start.span
    text = start.command.text if start.command is not None else start.name
    place = Place((Hop(span, text),), cwd=folder if own else ".", cwd_known=own)
    if start.kind == "beanstalk":
        beside = [
            each
            for file in facts.start_files.values()
            for each in file.starts
            if each.kind == "beanstalk" and each.name == "environment"
        ]
        for each in beside:
            place = place.with_env(known_variables(each.env, {}))
    if start.kind == "procfile":
        for each in platform_starts(span.file, "procfile", facts):
            place = place.with_env(known_variables(each.env, {}))
    name = start.name if start.kind not in ("fly", "render", "railway", "app-engine", "azure", "beanstalk") else ""
    if start.kind == "zappa" and len(facts.start_files[start.span.file].starts) == 1:
        name = ""  # ``zappa init`` calls the first stage "dev": alone it says nothing
    if CONDITIONAL in start.options:
        place = replace(place, certain=False)
    return Head(
        start.kind, span, text, place, start.command, names=tuple(filter(None, [name])), comment=start.comment, platform=start.kind, service=start.name,
        default="" if start.command is not None or start.kind == "apache" else start.kind, options=start.options,
    )  # fmt: skip


def is_test_place(path: str) -> bool:
    """Whether a deploy file stands in a test suite: it starts what the tests need, not the project."""
    return any(part in ("tests", "test", "testdata", "fixtures") for part in path.split("/")[:-1])
