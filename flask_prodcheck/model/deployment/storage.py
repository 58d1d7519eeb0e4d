"""Whether the files that an application writes outlive its container."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.facts.types import ComposeService
from flask_prodcheck.model.launching.containers import says_another
from flask_prodcheck.model.project import Launch, Project

#: Platforms that start each process on a fresh disk, unless their file mounts one.
#: Sources: https://render.com/docs/disks (an ephemeral file system by default) and
#: https://docs.digitalocean.com/products/app-platform/details/limits/ ("Storage Limits").
_FRESH = frozenset({"render", "digitalocean"})
_HEROKU_FILES = ("app.json", "runtime.txt", ".slugignore", "heroku.yml")


def loses_files(project: Project, launch: Launch) -> bool:
    """Whether the launch runs in a container to which no file of the project gives a volume, or on a platform that starts
    each process on a fresh disk. False where that cannot be told: other orchestrators mount folders elsewhere, and which
    folder a volume keeps is not compared."""
    if launch.kind == "procfile":
        return is_dyno(project, launch) and not any(_on_platforms(project)) and not _may_mount_elsewhere(project)
    if launch.kind in _FRESH and not launch.container:
        return not any(_on_platforms(project))
    if not launch.container or launch.kind not in ("dockerfile", "compose"):
        return False
    if launch.kind == "dockerfile" and (_may_mount_elsewhere(project) or any(_in_pods(project))):
        return False
    return not any(_kept_for(project, launch))


def shares_disk(project: Project, launch: Launch, file: str = "") -> bool:
    """Whether the replicas of the launch may keep ``file``, or their files where its path is not known, in one place: a
    volume of the host that compose runs them on, or a claim of the cluster that is not made anew for each of them, as a
    StatefulSet does."""
    kept = [*_of_services(project, launch)]
    kept += [folder for kind, folder in _in_pods(project) if kind != "StatefulSet"]
    return any(_overlap(file, each) for each in kept) if file.startswith("/") else bool(kept)


def _of_services(project: Project, launch: Launch) -> Iterator[str]:
    for compose in project.facts.compose.values():
        for service in compose.services:
            if service.build is not None or service.name == launch.service or _mounts_into(service, launch):
                yield from (inside for _, inside in service.volumes)


def _kept_for(project: Project, launch: Launch) -> Iterator[str]:
    """The folders that a volume keeps for the launch itself, wherever its image runs."""
    yield from _of_services(project, launch)
    dockerfile = project.facts.dockerfiles.get(launch.dockerfile or "")
    for stage in dockerfile.stages if dockerfile is not None else ():
        yield from stage.volumes
    yield from _on_platforms(project)


def _mounts_into(service: ComposeService, launch: Launch) -> bool:
    """Whether ``service``, which runs an image by name, mounts something inside a folder that the launch's image fills:
    then it runs that image."""
    folders = [image.rstrip("/") + "/" for image, _ in launch.layout if image != "/"]
    return any(inside.startswith(folder) for _, inside in service.volumes for folder in folders)


def loses_folder(project: Project, launch: Launch, folder: str) -> bool:
    """Whether what the launch writes into ``folder`` (relative to the project's root, or an absolute path of the image
    that lies in what the image fills) is lost with the container, or with the disk that a platform starts a process on.
    False where that cannot be told: where a volume lies at, above or below the folder, or somewhere that is not known, and
    where an orchestrator that mounts folders elsewhere may run the image."""
    if launch.kind == "procfile":
        return not folder.startswith("/") and is_dyno(project, launch)
    if launch.kind in _FRESH and not launch.container:
        return not folder.startswith("/") and not any(_on_platforms(project))
    if not launch.container or launch.kind not in ("dockerfile", "compose"):
        return False
    if launch.kind == "dockerfile" and (project.facts.kubernetes or _may_mount_elsewhere(project)):
        return False
    places = _in_image(launch, folder)
    return bool(places) and not any(_overlap(place, kept) for place in places for kept in _kept_folders(project))


def _in_image(launch: Launch, folder: str) -> tuple[str, ...]:
    """The paths at which the image has ``folder``; none where nothing fills it."""
    if folder.startswith("/"):
        inside = any(_holds(image, folder) for image, _ in launch.layout if image != "/")
        return (folder,) if inside else ()
    return tuple(
        posixpath.normpath(posixpath.join(image, folder if repo == "." else folder[len(repo) :].lstrip("/")))
        for image, repo in launch.layout
        if repo == "." or _holds(repo, folder)
    )


def _kept_folders(project: Project) -> Iterator[str]:
    """The folders of containers that some file of the project mounts a volume on."""
    for compose in project.facts.compose.values():
        for service in compose.services:
            yield from (inside for _, inside in service.volumes)
    for dockerfile in project.facts.dockerfiles.values():
        for stage in dockerfile.stages:
            yield from stage.volumes
    yield from _on_platforms(project)


def _on_platforms(project: Project) -> Iterator[str]:
    """The folders on which the file of a platform mounts a disk."""
    for file in project.facts.start_files.values():
        for start in file.starts:
            yield from (value for name, value in start.options if name == "mount")


def _in_pods(project: Project) -> Iterator[tuple[str, str]]:
    """The folders of pods that a volume keeps, each with the kind of its workload; "$" where a template decides. Databases
    and the like keep their own data there."""
    for manifest in project.facts.kubernetes.values():
        for container in manifest.containers:
            if not says_another(container.image.rpartition("/")[2].partition(":")[0], project.facts):
                for folder in container.mounts or (("$",) if container.dynamic else ()):
                    yield container.kind, folder


def _may_mount_elsewhere(project: Project) -> bool:
    """Whether a platform that has volumes, but no file that says so, runs the project."""
    return any(file.kind in ("railway", "nixpacks", "railpack") for file in project.facts.start_files.values())


def _overlap(place: str, kept: str) -> bool:
    kept = kept.rstrip("/") or "/"
    return "$" in kept or not kept.startswith("/") or _holds(kept, place) or _holds(place, kept)


def _holds(folder: str, path: str) -> bool:
    return path == folder.rstrip("/") or path.startswith(folder.rstrip("/") + "/")


def has_heroku_files(project: Project, launch: Launch) -> bool:
    """Whether files stand beside the launch's Procfile that only Heroku, and what works like it, reads."""
    folder = posixpath.dirname(launch.head.span.file)
    return any(posixpath.join(folder, name) in project.facts.paths for name in _HEROKU_FILES)


def is_dyno(project: Project, launch: Launch) -> bool:
    """Whether a platform runs the Procfile: it gives the port, or reads files that nothing else does."""
    return "$PORT" in launch.head.text.replace("{", "") or has_heroku_files(project, launch)
