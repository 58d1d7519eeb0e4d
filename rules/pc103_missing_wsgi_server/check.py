"""PC103: an application needs a production server somewhere: started, required or supplied by its platform."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    CURE_ON_WINDOWS,
    WSGI_SERVERS,
    Attribute,
    Call,
    Expr,
    FunctionDef,
    Hit,
    Launch,
    Project,
    Server,
    Span,
    every_statement,
    gunicorn_files,
    runs_on_windows,
)

IN_IMAGE = "Production runs the development server, and its image installs no WSGI server to run instead"


def check(project: Project) -> Iterator[Hit]:
    app = project.best_app
    if app is None:
        return
    served = any(not each.server.is_development and not _is_absent(each) for each in project.launches)
    sure = project.kind == "application" and not served
    bare: dict[Span, Launch] = {}
    for launch in filter(_is_bare, project.production):
        bare.setdefault(_requirement(project, launch) or app.span, launch)
    for at in sorted(bare):
        yield Hit(at=at, via=bare[at].hops, severity=None if sure else "warning", message=IN_IMAGE)
    if bare or served or WSGI_SERVERS & project.installed or _only_has_commands(project):
        return
    at = _requirement(project) or app.span
    if scripts := [path for path in sorted(project.facts.modules) if path.endswith(".wsgi")]:
        yield Hit(
            at=at,
            severity="info",
            message="No production server is named, but {script} is an entry script for one",
            facts={"script": scripts[0]},
        )
    elif settings := next(gunicorn_files(project.facts), None):
        started = at != app.span and any(launch.server.is_development for launch in project.launches)
        yield Hit(
            at=at,
            severity="warning" if started else "info",
            message="Nothing here starts or installs gunicorn, but {file} holds its settings",
            facts={"file": settings[0]},
        )
    elif project.unknown_starts:
        yield Hit(
            at=at,
            severity="info",
            message="No production server is visible, but {start} starts something that cannot be seen",
            facts={"start": str(project.unknown_starts[0].span)},
        )
    elif unread := [problem for problem in project.problems if problem.blocking]:
        yield Hit(
            at=at,
            severity="info",
            message="No production server is visible, but {place} could not be read: {reason}",
            facts={"place": f"{unread[0].file}:{unread[0].line}", "reason": unread[0].message},
        )
    elif project.shown_server is not None:
        yield Hit(
            at=at,
            severity="warning" if project.kind == "application" else "info",
            message="No requirement installs a WSGI server; {place} shows how one is started by hand",
            facts={"place": str(project.shown_server.span)},
        )
    else:
        windows = project.production and all(map(runs_on_windows, project.production))
        yield Hit(
            at=at,
            severity=None if project.kind == "application" else "info",
            cure=CURE_ON_WINDOWS if windows else None,
        )


def _only_has_commands(project: Project) -> bool:
    """Whether nothing of the project serves the application or answers a request: it is there for its commands."""
    if project.launches or project.run_sites:
        return False
    modules = project.facts.modules.values()
    if any(module.uses.routes is not None or module.uses.views for module in modules):
        return False
    return any(
        _is_command(decorator)
        for module in modules
        if module.calls_one_of({"command"})
        for statement, _ in every_statement(module)
        if isinstance(statement, FunctionDef)
        for decorator in statement.decorators
    )


def _is_command(decorator: Expr) -> bool:
    """``@app.cli.command("name")``, of an application or a blueprint."""
    func = decorator.func if isinstance(decorator, Call) else None
    owner = func.value if isinstance(func, Attribute) and func.attr == "command" else None
    return isinstance(owner, Attribute) and owner.attr == "cli"


def _is_absent(launch: Launch) -> bool:
    """Whether nobody can say what serves: the program that is started is not in the project."""
    return launch.server is Server.OTHER and launch.missing == "script"


def _is_bare(launch: Launch) -> bool:
    """Whether a development server serves in an image whose distributions are known and hold no other server."""
    return launch.server.is_development and launch.installs is not None and not WSGI_SERVERS & launch.installs


def _requirement(project: Project, launch: Launch | None = None) -> Span | None:
    """The line that asks for Flask: for a launch, that of the manifest nearest above its image's file."""
    found = [dep.span for dep in project.dependencies if dep.name == "flask" and dep.group != "lock"]
    if launch is not None and launch.dockerfile is not None:
        inner = posixpath.dirname(launch.dockerfile)
        folders = {span: posixpath.dirname(span.file) for span in found}
        near = [span for span in found if posixpath.commonpath([folders[span], inner]) == folders[span]]
        found = sorted(near, key=lambda span: -len(folders[span])) or found
    return found[0] if found else None
