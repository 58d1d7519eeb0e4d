"""What of a launch its configuration hangs on: what the server imports or runs, with which words, and what it can see."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from flask_prodcheck.base import Origin, Span
from flask_prodcheck.facts.syntax import Expr, Keyword
from flask_prodcheck.model.configuration.image_files import is_copied, is_kept_out
from flask_prodcheck.model.launching.installs import production_dependencies
from flask_prodcheck.model.launching.listening import SETS_PORT
from flask_prodcheck.model.project import App, Entered, Launch, Program, Server
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """What a launch runs: a file, as a script or imported, and the attribute that it serves."""

    path: str | None
    script: bool
    attribute: str


@dataclass(frozen=True, slots=True)
class FlaskRun:
    """What ``flask run`` adds: ``cwd`` where it looks for ``.env`` files, None where it reads none; the options that decide
    on debug mode, with their places."""

    cwd: str | None
    debug: tuple[str, Span] | None
    no_debug: tuple[str, Span] | None


@dataclass(frozen=True, slots=True)
class Start:
    """The start of a program that serves ``app``, but for its environment: two launches with equal starts, in equal
    environments, have the same configuration.

    ``roots``: where its imports are looked for first. ``entered`` and ``program`` as in
    :class:`~flask_prodcheck.model.project.Launch`; ``main`` is the file that runs as the main program, ``stop`` the call
    that serves, after which nothing counts. ``dotenv`` are the ``.env`` files that it can see (None: all), ``supplied``
    is whether something unseen may put another one there, ``layout`` which project path stands at which path of its image,
    ``placed`` which project file stands in the place of another. ``closed``: nothing that is not
    seen can set variables. ``command``: the program that imports the application ("" = not known).
    """

    app: App
    entry: Entry
    roots: tuple[str, ...]
    factory_args: tuple[Expr, ...] = ()
    factory_keywords: tuple[Keyword, ...] = ()
    entered: Entered | None = None
    program: Program | None = None
    main: str | None = None
    stop: Span | None = None
    flask_run: FlaskRun | None = None
    dotenv: frozenset[str] | None = None
    supplied: bool = False
    in_image: bool = False
    layout: tuple[tuple[str, str], ...] = ()
    placed: tuple[tuple[str, str], ...] = ()
    flask_version: str | None = None
    closed: bool = False
    command: str = ""


def start_of(
    modules: Modules,
    app: App,
    launch: Launch | None,
    *,
    target_module: str | None,
    factory_args: tuple[Expr, ...],
    flask_version: str | None,
    placed: Mapping[str, str],
    closed: bool,
) -> Start:
    """The start of ``app`` by ``launch``; without one, by a server that imports ``target_module``."""
    entry = _entry(modules, app, launch, target_module)
    given = tuple(sorted(placed.items()))
    if launch is None:
        return Start(
            app, entry, _roots(app, None), factory_args, placed=given, flask_version=flask_version, closed=closed
        )
    return Start(
        app,
        entry,
        _roots(app, launch),
        factory_args or launch.factory_args,
        launch.factory_keywords,
        launch.entered,
        launch.program,
        _main(launch, entry),
        _stop(launch),
        _flask_run(modules, launch),
        _dotenv_files(modules, launch),
        launch.kind not in SETS_PORT,  # a platform that builds from the repository has what the repository has
        launch.container,
        launch.layout,
        given,
        flask_version,
        closed,
        _command(launch),
    )


def _command(launch: Launch) -> str:
    """The command by which the launch starts its server; "" for a call in a program, and for ``python -m``, which writes
    another path."""
    called = launch.run_site is not None or launch.program is not None or launch.end.span.file.endswith(".py")
    return "" if called or " -m " in f" {launch.end.text} " else _COMMANDS.get(launch.server, "")


#: The commands of servers, which stand in ``sys.argv`` while they import the application.
_COMMANDS = {
    Server.GUNICORN: "gunicorn", Server.WAITRESS: "waitress-serve", Server.GRANIAN: "granian", Server.HYPERCORN: "hypercorn",
    Server.UVICORN: "uvicorn", Server.UWSGI: "uwsgi", Server.FLASK_RUN: "flask",
}  # fmt: skip


def _entry(modules: Modules, app: App, launch: Launch | None, target: str | None) -> Entry:
    """What the launch itself names goes first, then ``target``, then the app's own module."""
    roots = _roots(app, launch)
    named, _, attribute = launch.target.rpartition(":") if launch is not None else ("", "", "")
    if launch is not None and launch.run_site is not None and launch.target.endswith(".py"):
        target = launch.target
    if target is not None and target.endswith(".py"):
        places = [posixpath.normpath(posixpath.join(root, target)) for root in (*roots, ".")]
        path = next((place for place in places if modules.is_file(place)), None)
        if path is not None:
            script = launch is not None and launch.server.is_development and ":" not in launch.target
            return Entry(path, script, app.name)
    path = modules.path_of(named, roots) if named else None
    if path is not None:
        return Entry(path, False, attribute.partition("(")[0].strip() or app.name)
    path = modules.path_of(target, roots) if target else None
    if path is None:
        read = modules.module(app.span.file) is not None
        path = app.span.file if read or modules.is_file(app.span.file) else modules.path_of(app.module, roots)
    return Entry(path, False, app.name)


def _roots(app: App, launch: Launch | None) -> tuple[str, ...]:
    first = launch.cwd if launch is not None and launch.cwd_known else app.cwd
    return tuple(dict.fromkeys((first, app.cwd)))


def _dotenv_files(modules: Modules, launch: Launch) -> frozenset[str] | None:
    """The ``.env`` files that the launch can see: an image has what is copied into it and not kept out."""
    if not launch.container:
        return None
    facts = modules.facts
    return frozenset(
        path for path in facts.env_files if is_copied(path, launch.layout) and not is_kept_out(path, facts.dockerignore)
    )


def _flask_run(modules: Modules, launch: Launch) -> FlaskRun | None:
    """``flask run`` reads ``.env`` and ``.flaskenv`` before the application, where python-dotenv is installed."""
    if launch.server is not Server.FLASK_RUN:
        return None
    installed = launch.installs or frozenset(each.name for each in production_dependencies(modules.facts))
    reads = "python-dotenv" in installed
    return FlaskRun(launch.cwd if reads else None, launch.setting("debug"), launch.setting("no-debug"))


def _main(launch: Launch, entry: Entry) -> str | None:
    """The file that runs as the main program."""
    if launch.entered is not None:
        return None
    if launch.program is not None:
        return launch.program.file if launch.program.main else None
    return entry.path if entry.script else None


def _stop(launch: Launch) -> Span | None:
    """The call that serves: what comes after it does not count."""
    if launch.program is not None:
        return launch.end.span
    return launch.run_site.node.span if launch.run_site is not None else None


def options_of(launch: Launch | None) -> dict[str, Origin]:
    """The options that the command line of ``launch`` gives its program, as pseudo-variables with their place; "" is the
    place of the words that are no options."""
    if launch is None:
        return {}
    place = Origin(launch.head.span, launch.head.text)
    words = launch.program.argv if launch.program is not None else ()
    given = [word.partition("=")[0] for word in words if word.startswith("-") and "${" not in word]
    given += [f"--{name.replace('_', '-')}" for name in (launch.entered.given if launch.entered is not None else ())]
    return dict.fromkeys(("", *given), place)
