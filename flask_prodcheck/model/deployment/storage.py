"""Whether the files that an application writes outlive its container."""

from __future__ import annotations

import posixpath

from flask_prodcheck.facts.types import ComposeService
from flask_prodcheck.model.project import Launch, Project

_HEROKU_FILES = ("app.json", "runtime.txt", ".slugignore", "heroku.yml")


def loses_files(project: Project, launch: Launch) -> bool:
    """Whether the launch runs in a container that no compose file of the project gives a volume, or on a platform that
    starts each process on a fresh disk. False where that cannot be told: other orchestrators mount folders elsewhere,
    and which folder a volume keeps is not compared."""
    if launch.kind == "procfile":
        return _is_dyno(project, launch)
    if not launch.container or launch.kind not in ("dockerfile", "compose"):
        return False
    return not any(
        service.volumes
        for file in project.facts.compose.values()
        for service in file.services
        if service.build is not None or service.name == launch.service or _mounts_into(service, launch)
    )


def _mounts_into(service: ComposeService, launch: Launch) -> bool:
    """Whether ``service``, which runs an image by name, mounts something inside a folder that the launch's image fills:
    then it runs that image."""
    folders = [image.rstrip("/") + "/" for image, _ in launch.layout if image != "/"]
    return any(inside.startswith(folder) for _, inside in service.volumes for folder in folders)


def has_heroku_files(project: Project, launch: Launch) -> bool:
    """Whether files stand beside the launch's Procfile that only Heroku, and what works like it, reads."""
    folder = posixpath.dirname(launch.head.span.file)
    return any(posixpath.join(folder, name) in project.facts.paths for name in _HEROKU_FILES)


def _is_dyno(project: Project, launch: Launch) -> bool:
    """Whether a platform runs the Procfile: it gives the port, or reads files that nothing else does."""
    return "$PORT" in launch.head.text.replace("{", "") or has_heroku_files(project, launch)
