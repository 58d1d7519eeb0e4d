"""What a compose service runs and is given: image and stage, mounts and variables, and what it inherits.

Precedence follows the compose reference.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from flask_prodcheck.base import Value
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import ComposeFile, ComposeService
from flask_prodcheck.model.launching.asked_words import words_asked_for
from flask_prodcheck.model.launching.built_images import (
    arguments_of_builds,
    built_as,
    context_of_builds,
    stage_index,
    target_of_builds,
)
from flask_prodcheck.model.launching.containers import dockerfile_of_image, image_place
from flask_prodcheck.model.launching.folders import folders_of, join
from flask_prodcheck.model.launching.images import Mapped, build_image
from flask_prodcheck.model.launching.place import Place, known_variables, locate
from flask_prodcheck.model.project import Hop
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace


def is_public(service: ComposeService) -> bool | None:
    """Whether compose publishes a port of ``service`` on every interface of the host; None where variables decide."""
    if service.network_mode == "host" or any("$" in port.host_ip + port.published for port in service.ports):
        return None
    return any(not port.host_ip.startswith(("127.", "localhost", "::1", "[::1]")) for port in service.ports)


def context_of(file: ComposeFile, service: ComposeService) -> str | None:
    """The folder that ``service`` builds its image from; None where it builds none, or variables or a repository decide."""
    if service.build is None or "$" in service.build.context or "://" in service.build.context:
        return None
    return join(posixpath.dirname(file.path) or ".", service.build.context)


def _service_dockerfile(file: ComposeFile, service: ComposeService, facts: Facts) -> str | None:
    """The Dockerfile that a service builds, or that builds the image it names."""
    context = context_of(file, service)
    if context is not None and service.build is not None:
        path = join(context, service.build.dockerfile or "Dockerfile")
        return path if path in facts.dockerfiles else None
    if service.image is None:
        return None
    builder = _builder(file, service, facts)
    if builder is not None:
        return _service_dockerfile(*builder, facts)
    return dockerfile_of_image(service.image, facts, posixpath.dirname(file.path)) or _told_by_command(service, facts)


def _told_by_command(service: ComposeService, facts: Facts) -> str | None:
    """The one Dockerfile of the project, where the command of ``service`` is a word that the script of its ENTRYPOINT
    asks for: a program of that name is nowhere."""
    words = service.command.argv if service.command is not None else None
    paths = [path for path in facts.dockerfiles if facts.dockerfiles[path].stages]
    if not words or service.entrypoint is not None or len(paths) != 1 or not _WORD.fullmatch(words[0]):
        return None
    image = build_image(facts.dockerfiles[paths[0]], facts)
    given = image.entrypoint.argv if image.entrypoint is not None else None
    inside = image_place(image, facts, Hop(image.span, image.base))
    scripts = [facts.scripts.get(locate(word, inside, facts) or "") for word in given or ()]
    asks = any(script is not None and words[0] in words_asked_for(script.body) for script in scripts)
    return paths[0] if asks else None


#: A word that may be a role and is no path, no option and no assignment.
_WORD = regex(r"[a-z][\w-]*")


def _builder(file: ComposeFile, service: ComposeService, facts: Facts) -> tuple[ComposeFile, ComposeService] | None:
    """The service that builds the image which ``service`` only names: one of its own file first."""
    if service.build is not None or service.image is None:
        return None
    for other_file in (file, *facts.compose.values()):
        for other in other_file.services:
            if other.build is not None and other.image == service.image:
                return other_file, other
    return None


def target_of(file: ComposeFile, service: ComposeService, facts: Facts) -> str | None:
    """The stage by name that ``service`` runs: that of its own build, or of what builds its image."""
    builder = _builder(file, service, facts)
    build = builder[1].build if builder is not None else service.build
    if build is None and service.image is not None:
        return target_of_builds(built_as(service.image, facts))
    return build.target if build is not None else None


def stage_of(file: ComposeFile, service: ComposeService, facts: Facts) -> tuple[str | None, int | None]:
    """The Dockerfile of the image that ``service`` runs, and the stage that it targets by name."""
    path = _service_dockerfile(file, service, facts)
    target = target_of(file, service, facts)
    if path is None or not target:
        return path, None
    return path, stage_index(facts.dockerfiles[path], target)


def services_of(dockerfile: str, facts: Facts) -> list[tuple[ComposeFile, ComposeService]]:
    """The services that run an image of ``dockerfile``, each with its file."""
    return [
        (file, service)
        for file in facts.compose.values()
        for service in file.services
        if _service_dockerfile(file, service, facts) == dockerfile
    ]


def build_arguments(service: ComposeService) -> dict[str, str]:
    """The build arguments that a service gives, as far as they are plain."""
    return {
        arg.name: arg.value
        for arg in (service.build.args if service.build is not None else ())
        if arg.value is not None and "$" not in arg.value
    }


def given_to_build(
    file: ComposeFile, service: ComposeService, facts: Facts
) -> tuple[str | None, Mapping[str, str]]:
    """The folder and the arguments that the image of ``service`` is built with: by itself, by another service, or by what
    else builds images of that name."""
    builder = (file, service) if service.build is not None else _builder(file, service, facts)
    if builder is not None:
        return context_of(*builder), build_arguments(builder[1])
    built = built_as(service.image, facts) if service.image is not None else []
    return context_of_builds(built), arguments_of_builds(built)


def mounts_of(file: ComposeFile, service: ComposeService, facts: Facts) -> tuple[Mapped, ...]:
    """The folders and files of the project that compose mounts into ``service``."""
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


def variables_of(file: ComposeFile, service: ComposeService, facts: Facts, place: Place) -> dict[str, Value[str]]:
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


def runs_a_sibling(file: ComposeFile, service: ComposeService, facts: Facts) -> bool:
    """Whether ``service`` runs the image of another program of the same owner: a service beside it mounts the project over
    an image of the owner that is called otherwise, and this one mounts nothing of it."""
    owner, name = _owner_and_name(service.image or "")
    if service.build is not None or not owner or mounts_of(file, service, facts):
        return False
    others = [
        _owner_and_name(merged.image or "")
        for merged in (merged_service(file, each, facts) for each in file.services)
        if any(each.repo == "." for each in mounts_of(file, merged, facts))
    ]
    own = [other for of, other in others if of == owner]
    return bool(own) and not any(name.startswith(other) or other.startswith(name) for other in own)


def _owner_and_name(image: str) -> tuple[str, str]:
    """The registry with the owner, and the name without its tag; nothing where a variable is in it."""
    owner, _, name = image.rpartition("/")
    return ("", "") if "$" in image else (owner, re.split(r"[:@]", name)[0])
