"""The heads of development containers: their commands begin in the folder of the container that the project is brought to.

Sources: https://containers.dev/implementors/json_reference/ ("Lifecycle scripts": each command executes from the
``workspaceFolder``; "Docker Compose specific properties": paths are relative to the file);
https://containers.dev/implementors/spec/ ("devcontainer.json": where the file may stand).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import StartFile
from flask_prodcheck.model.launching.folders import folders_of, join
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.heads.processes import start_head
from flask_prodcheck.model.launching.heads.services import merged_service, mounts_of, variables_of
from flask_prodcheck.model.launching.images import Mapped, project_path
from flask_prodcheck.records import replace

_PROJECT = "${localWorkspaceFolder}"


def devcontainer_heads(file: StartFile, facts: Facts) -> Iterator[Head]:
    """The commands of one development container."""
    for start in file.starts:
        yield _inside(start_head(start, facts), facts)


def _inside(head: Head, facts: Facts) -> Head:
    """``head`` in the folder that its file names, with the environment of its service."""
    options = dict(head.options)
    place = head.place
    mapping = _mounted(options.get("workspace_mount", ""), place.cwd)
    for name, path in head.options:
        file = facts.compose.get(join(posixpath.dirname(head.span.file), path)) if name == "compose" else None
        for written in file.services if file is not None else ():
            if file is not None and written.name == options.get("service"):
                service = merged_service(file, written, facts)
                mapping = (*mapping, *mounts_of(file, service, facts))
                place = place.with_env(variables_of(file, service, facts, place))
    folder = project_path(mapping, options.get("workspace", "/"), facts)
    if folder is not None and (folder == "." or folder in folders_of(facts)):
        place = replace(place, cwd=folder)
    return replace(head, place=place)


def _mounted(text: str, project: str) -> tuple[Mapped, ...]:
    """What a ``workspaceMount`` brings into the container: the project, or a folder of it."""
    given = dict(part.split("=", 1) for part in text.split(",") if "=" in part)
    source = given.get("source", given.get("src", ""))
    target = given.get("target", given.get("dst", given.get("destination", "")))
    if not source.startswith(_PROJECT) or not target.startswith("/"):
        return ()
    return (Mapped(posixpath.normpath(target), join(project, source.removeprefix(_PROJECT).lstrip("/") or ".")),)
