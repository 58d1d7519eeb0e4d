"""What to boot: the project's own Gunicorn launch as the audit resolved it, else what the scaffold makes of it."""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Mapping
from pathlib import Path

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.edits.write import write
from flask_prodcheck.errors import RefusedError, UsageError
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.findings.published import published_hop
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Configuration, Launch, Project, Server
from flask_prodcheck.policy.decide import launch_order
from flask_prodcheck.records import dataclass, replace
from flask_prodcheck.scaffold.plan import plan
from flask_prodcheck.scaffold.served_app import served_app
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import discover
from flask_prodcheck.sources.tree import Tree

_MOST = 512 * 1024 * 1024
#: Settings that name places and users of the production machine, or that the box decides itself.
NOT_TAKEN = frozenset(
    [
        "bind",
        "ca_certs",
        "certfile",
        "chdir",
        "check_config",
        "config",
        "control_socket",
        "control_socket_disable",
        "control_socket_mode",
        "accesslog",
        "daemon",
        "errorlog",
        "group",
        "keyfile",
        "logconfig",
        "logconfig_dict",
        "logconfig_json",
        "pidfile",
        "print_config",
        "statsd_host",
        "syslog",
        "syslog_addr",
        "umask",
        "user",
        "worker_tmp_dir",
        "wsgi_app",
    ]
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How Gunicorn is started. ``cwd`` is the folder, ``config`` a settings file (absolute) or None, ``options`` the
    settings that do not come from that file, ``env`` the variables of the deploy files; ``undecided`` variables are
    set by files to something that only the deployment knows. ``origin`` says where all this comes from."""

    project: Project
    root: Path
    cwd: Path
    target: str
    config: Path | None
    options: Mapping[str, str]
    env: Mapping[str, str]
    undecided: tuple[str, ...]
    origin: str
    launch: Launch | None
    configuration: Configuration | None
    scaffolded: bool = False
    notes: tuple[str, ...] = ()


def recipe_for(root: Path, settings: Settings, scratch: Path, *, number: int | None = None) -> Recipe:
    """The recipe for the project at ``root``. Where production does not start Gunicorn, the project is copied to the
    folder ``scratch`` and scaffolded there. ``number`` chooses a launch as ``prodcheck graph`` counts them.

    Raises :class:`RefusedError` when there is nothing that could be started with certainty, :class:`UsageError` for a
    number without a launch.
    """
    root = root.absolute()  # what is booted runs in another folder than ours
    tree = discover(root, exclude=settings.exclude)
    project = _linked(tree, settings)
    launch = _chosen(project, number)
    if launch is not None:
        return _of_launch(project, root, launch)
    return scaffolded(project, tree, root, settings, scratch)


def scaffolded(project: Project, tree: Tree, root: Path, settings: Settings, scratch: Path) -> Recipe:
    """The recipe for a copy of ``project`` in ``scratch`` with the scaffold's changes made. Raises
    :class:`RefusedError`."""
    served = served_app(project)
    made = plan(project, tree, "gunicorn")
    replaced = next(iter(sorted(project.production, key=launch_order)), None)
    copy = scratch / "project"
    _copy(tree, root, copy)
    write(made, copy, force=True)
    config = next(
        (change.path for change in made.changes if posixpath.basename(change.path) == "gunicorn.conf.py"), None
    )
    if config is None:
        names = [each.config_file for each in project.production if each.server is Server.GUNICORN and each.config_file]
        config = names[0] if names else None
    changed = _linked(discover(copy, exclude=settings.exclude), settings)
    env, undecided = _variables(replaced)
    return Recipe(
        project=changed,
        root=copy,
        cwd=copy / served.cwd,
        target=served.target,
        config=None if config is None else copy / config,
        options={},
        env=env,
        undecided=undecided,
        origin="the set-up that `prodcheck scaffold gunicorn` writes, in a copy",
        launch=None,
        configuration=_configuration(changed, served.target),
        scaffolded=True,
        notes=made.notes,
    )


def _of_launch(project: Project, root: Path, launch: Launch) -> Recipe:
    folder = launch.cwd if launch.cwd_known or launch.app is None else launch.app.cwd
    env, undecided = _variables(launch)
    options: dict[str, str] = {}
    notes: list[str] = []
    for name, (value, span) in sorted(launch.options.items()):
        if name in NOT_TAKEN or span.file == launch.config_file:
            continue
        if "${" in value:
            notes.append(f"{name} ({span}) is decided by the deployment: the server's default is used")
        elif name == "pythonpath":
            kept = [part for part in value.split(",") if not part.startswith("/")]
            if kept:
                options[name] = ",".join(kept)
        else:
            options[name] = value
    return Recipe(
        project=project,
        root=root,
        cwd=root / folder,
        target=launch.target,
        config=None if launch.config_file is None else root / launch.config_file,
        options=options,
        env=env,
        undecided=undecided,
        origin=f"{launch.end.span} {published_hop(launch.end).text}",
        launch=launch,
        configuration=next((each for each in project.configurations if each.launch == launch), None)
        or _configuration(project, launch.target),
        notes=tuple(notes),
    )


def _chosen(project: Project, number: int | None) -> Launch | None:
    launches = sorted(project.launches, key=launch_order)
    if number is not None:
        if not 1 <= number <= len(launches):
            raise UsageError(f"no launch has the number {number} (`prodcheck graph` lists them)")
        launch = launches[number - 1]
        if launch.server is not Server.GUNICORN or not _is_named(launch):
            raise RefusedError(f"launch {number} does not start Gunicorn with an application that this project shows")
        return launch
    known = [each for each in launches if each.is_production and each.server is Server.GUNICORN and _is_named(each)]
    return min(known, key=lambda each: ("high", "medium", "low").index(each.confidence.value), default=None)


def _is_named(launch: Launch) -> bool:
    return bool(launch.target) and "${" not in launch.target


def _variables(launch: Launch | None) -> tuple[dict[str, str], tuple[str, ...]]:
    if launch is None:
        return {}, ()
    known = {name: value.value for name, value in launch.env.items() if isinstance(value, Known)}
    return known, tuple(sorted(name for name, value in launch.env.items() if isinstance(value, Unknown)))


def _configuration(project: Project, target: str) -> Configuration | None:
    """The effective configuration of the launch with this target, else of the best application."""
    found = [each for each in project.configurations if each.launch is not None and each.launch.target == target]
    best = [each for each in project.configurations if each.app.best]
    return next(iter([*found, *best, *project.configurations]), None)


def _linked(tree: Tree, settings: Settings) -> Project:
    return link(
        parse(tree), name=tree.name, production=settings.production, development=settings.development, read=tree.read
    )


def _copy(tree: Tree, root: Path, target: Path) -> None:
    """Copies the files of the project, without what git ignores. Raises :class:`RefusedError` when that is too much."""
    total = 0
    for path in sorted(tree.paths):
        source = root / path
        try:
            total += source.stat().st_size
            if total > _MOST:
                raise RefusedError("the project is larger than 512 MiB: it is not copied to be tried out")
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / path)
            shutil.copymode(source, target / path)
        except OSError as failure:
            raise RefusedError(f"{path}: cannot be copied: {failure.strerror or failure}") from failure


def with_variables(recipe: Recipe, variables: Mapping[str, str]) -> Recipe:
    """``recipe`` with ``variables`` over those of the deploy files."""
    left = tuple(name for name in recipe.undecided if name not in variables)
    return replace(recipe, env={**recipe.env, **variables}, undecided=left)
