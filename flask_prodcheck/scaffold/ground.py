"""What every template of a plan is filled from, found once: the application, its address, its periods, its needs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from flask_prodcheck.base import Known
from flask_prodcheck.edits.drafts import Drafts
from flask_prodcheck.errors import ReadError
from flask_prodcheck.model.project import Launch, Project, Server
from flask_prodcheck.numerals import numeral
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass
from flask_prodcheck.scaffold.health import Health, health_route
from flask_prodcheck.scaffold.package_manager import Installation, installation
from flask_prodcheck.scaffold.python_version import PythonVersion, python_version
from flask_prodcheck.scaffold.requirement import serving_manifest
from flask_prodcheck.scaffold.served_app import ServedApp
from flask_prodcheck.scaffold.settings_file import grace_seconds, port_of
from flask_prodcheck.scaffold.start_command import StartCommand
from flask_prodcheck.scaffold.variables import Variable, variables_of
from flask_prodcheck.scaffold.worker import Worker
from flask_prodcheck.sources.tree import Tree

_PORT = regex(r"(?:.*:)?(\d{1,5})")
_WRITES = (b"instance_relative_config", b"instance_path", b"sqlite:///")


@dataclass(frozen=True, slots=True)
class Ground:
    """``folder`` is where new deploy files stand and a server starts; ``grace`` the seconds that it gives requests in
    flight; ``name`` fits a file, a user, a container and an upstream. ``body`` is the largest request in bytes where the
    configuration limits it. ``writes`` is the folder that the application writes to, "" for none;
    ``top`` the names of the project's own files and folders at the top of the image's files."""

    name: str
    project: Project
    served: ServedApp
    folder: str
    config: str
    port: str
    grace: int
    worker: Worker
    python: PythonVersion
    install: Installation
    health: Health | None
    variables: tuple[Variable, ...]
    body: int | None
    writes: str
    top: frozenset[str]

    def start(self, folder: str) -> StartCommand:
        """The start for a server that begins in the project folder ``folder``."""
        return StartCommand(
            self.served.target, posixpath.relpath(self.config, folder), posixpath.relpath(self.served.cwd, folder)
        )

    def path(self, name: str) -> str:
        """Where a new file ``name`` stands that belongs beside the image's files."""
        return posixpath.normpath(posixpath.join(self.install.folder, name))


def ground(
    project: Project,
    tree: Tree,
    drafts: Drafts,
    served: ServedApp,
    worker: Worker,
    folder: str,
    config: str,
    launches: Sequence[Launch],
    kinds: Sequence[str],
) -> Ground:
    """What the files of ``kinds`` are filled from, for the app ``served`` started in ``folder`` with ``config``."""
    install = installation(project.facts, drafts, serving_manifest(project.facts, folder), folder)
    writes = any(_holds(tree, path, _WRITES) for path in sorted(project.facts.modules))
    # Flask puts the instance folder beside the package, or beside the module (Flask.auto_find_instance_path).
    module = served.app.module
    root = posixpath.dirname(module) or "."
    if posixpath.basename(module) == "__init__.py" or posixpath.join(root, "__init__.py") in project.facts.paths:
        root = served.cwd
    instance = posixpath.normpath(posixpath.join(root, "instance"))
    prefix = "" if install.folder == "." else f"{install.folder}/"
    top = {path[len(prefix) :].partition("/")[0] for path in tree.paths if path.startswith(prefix)}
    limit = next(
        (
            found.value
            for configuration in project.configurations
            if isinstance(found := configuration.get("MAX_CONTENT_LENGTH").value, Known)
        ),
        None,
    )
    return Ground(
        _name(project, tree, folder),
        project,
        served,
        folder,
        config,
        _port(project, launches),
        _grace(project, launches, kinds),
        worker,
        python_version(project, tree, folder),
        install,
        health_route(project, tree, served.app),
        variables_of(project, served.app),
        limit if isinstance(limit, int) and not isinstance(limit, bool) and limit > 0 else None,
        posixpath.relpath(instance, install.folder) if writes else "",
        frozenset(top),
    )


def holds_proxy_fix(project: Project, tree: Tree) -> bool:
    """Whether a module of the project names Werkzeug's ProxyFix."""
    return any(_holds(tree, path, (b"ProxyFix",)) for path in sorted(project.facts.modules))


def _holds(tree: Tree, path: str, marks: Sequence[bytes]) -> bool:
    try:
        data = tree.content.read(path)
    except ReadError:
        return False
    return any(mark in data for mark in marks)


def _name(project: Project, tree: Tree, folder: str) -> str:
    declared = [
        manifest.project_name
        for path, manifest in sorted(project.facts.manifests.items())
        if manifest.project_name and (posixpath.dirname(path) or ".") in (folder, ".")
    ]
    plain = re.sub(r"[^a-z0-9]+", "-", (declared[0] if declared else tree.name).lower()).strip("-")[:30].strip("-")
    return plain if plain[:1].isalpha() else f"app-{plain}".strip("-")


def _own(launches: Sequence[Launch]) -> list[Launch]:
    return [launch for launch in launches if launch.server is Server.GUNICORN]


def _port(project: Project, launches: Sequence[Launch]) -> str:
    for launch in _own(launches):
        bind = launch.setting("bind")
        match = _PORT.fullmatch(bind[0].strip()) if bind is not None else None
        if match is not None and 0 < int(match.group(1)) < 65536:
            return match.group(1)
    return port_of(project, launches)[0]


def _grace(project: Project, launches: Sequence[Launch], kinds: Sequence[str]) -> int:
    for launch in _own(launches):
        set_ = launch.setting("graceful_timeout")
        if set_ is not None and (seconds := numeral(set_[0])) is not None:
            return seconds
        if launch.config_file is not None:
            return 30  # Gunicorn's default, which the project's own settings file leaves in force
    return grace_seconds(project, launches, kinds)
