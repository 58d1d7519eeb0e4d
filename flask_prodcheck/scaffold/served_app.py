"""The one application that production has to serve, and how Gunicorn names it. Refused where that is a guess."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from flask_prodcheck.errors import RefusedError
from flask_prodcheck.model.project import App, Guard, Launch, Project, Server
from flask_prodcheck.model.python.execution.loading import imports_closure
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass
from flask_prodcheck.scaffold.factory import Argument, production_argument
from flask_prodcheck.scaffold.render import render

_MODULE = regex(r"[A-Za-z_0-9][\w-]*(?:\.[A-Za-z_0-9][\w-]*)*")
_DOTTED = regex(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_CONVENTIONAL = frozenset(
    {
        "app",
        "application",
        "server",
        "create_app",
        "make_app",
        "build_app",
        "app_factory",
        "get_app",
        "create_application",
    }
)


@dataclass(frozen=True, slots=True)
class ServedApp:
    """``target`` is what Gunicorn is given when it starts in, or changes to, the project folder ``cwd``; ``app`` is the
    application behind it. ``entry`` is the text of the ``wsgi.py`` that has to be written there, None where the
    application can be named as it is."""

    app: App
    target: str
    cwd: str
    entry: str | None = None
    notes: tuple[str, ...] = ()


def served_app(project: Project, *, entry: bool = False, proxied: bool = False) -> ServedApp:
    """The application of ``project``, through a ``wsgi.py`` where it has to be or ``entry`` asks for one; ``proxied``
    makes that file believe a proxy's headers. Raises :class:`RefusedError` when there is none, or no certain one, saying
    what would make it certain."""
    modules = Modules(project.facts)
    app = _certain(project, modules)
    module = app.ref.partition(":")[0]
    if not _MODULE.fullmatch(module):
        raise RefusedError(f"{app.module} cannot be imported under that name: rename the file, then run this again")
    if app.in_main:
        raise RefusedError(
            f'{app.span}: {app.name} exists only under `if __name__ == "__main__"`, where no server can import it: move '
            "the line that makes it above that block"
        )
    _check_import(project, modules, app)
    argument = _argument(project, modules, app)
    addressable = not app.ref.partition(":")[2].partition("(")[0].count(".") and not app.ref.endswith(
        (".server", ".app")
    )
    already = posixpath.normpath(posixpath.join(app.cwd, "wsgi.py")) in project.facts.paths
    if addressable and not app.required and (not entry or already):
        target = f"{module}:{app.name}"
        if app.form == "factory":
            target = f"{module}:{app.name}({argument.literal if argument is not None else ''})"
        return ServedApp(app, target, app.cwd, notes=argument.notes if argument is not None else ())
    return _through_entry(project, app, module, argument, proxied=proxied)


def _through_entry(project: Project, app: App, module: str, argument: Argument | None, *, proxied: bool) -> ServedApp:
    if not _DOTTED.fullmatch(module):
        raise RefusedError(f"{app.module} cannot be named in an import statement: rename the file, then run this again")
    if any(path.startswith(posixpath.normpath(posixpath.join(app.cwd, "wsgi")) + "/") for path in project.facts.paths):
        raise RefusedError(
            f"{app.span}: this application needs a wsgi.py, but a folder of that name is in the way: write an importable "
            f"`app = ...` beside it yourself, then run this again"
        )
    tail = app.ref.rpartition(")")[2] if app.form == "factory" else app.ref.partition(":")[2].removeprefix(app.name)
    imports = [f"from {module} import {app.name}{' as made' if app.name == 'app' else ''}"]
    name = "made" if app.name == "app" else app.name
    reason = "Gunicorn can name an object of a module, but not an attribute of that object."
    if not tail and not app.required:
        reason = "One place that names it for every server, and for what production adds around it."
    call = ""
    if app.form == "factory":
        call = f"({argument.literal if argument is not None else ''})"
        if app.required:
            reason = "The factory needs to be told what production is."
        if argument is not None and argument.imported:
            imports.append(argument.imported)
    if proxied:
        imports.append("from werkzeug.middleware.proxy_fix import ProxyFix")
    entry = render(
        "wsgi.py",
        {"reason": reason, "imports": sorted(imports), "expression": f"{name}{call}{tail}", "proxied": proxied},
    )
    notes = argument.notes if argument is not None else ()
    return ServedApp(app, "wsgi:app", app.cwd, entry, notes)


def _check_import(project: Project, modules: Modules, app: App) -> None:
    """Refuses an application whose import starts the development server: no other server would ever get to serve it."""
    imported = imports_closure(modules, app.module, (app.cwd,))
    for site in project.run_sites:
        if site.guard is Guard.NONE and site.span.file in imported and not site.span.file.endswith("__main__.py"):
            raise RefusedError(
                f"{site.span}: {site.call}() runs when the module is imported, so no other server gets to serve it: put it "
                'under `if __name__ == "__main__":`, then run this again'
            )


def _argument(project: Project, modules: Modules, app: App) -> Argument | None:
    if app.form != "factory":
        return None
    argument = production_argument(project, modules, app)
    if app.required and argument is None:
        names = ", ".join(app.required)
        raise RefusedError(
            f"{app.span}: {app.name}() needs {names}, and the project does not show which value production uses: give "
            f"{'it a default' if len(app.required) == 1 else 'them defaults'}, or write a wsgi.py with `app = {app.name}(...)`"
        )
    return argument


# --- certainty --------------------------------------------------------------------------------------------------------


def _certain(project: Project, modules: Modules) -> App:
    best = project.best_app
    if best is None:
        raise RefusedError(_no_app(project))
    if best.library:
        raise RefusedError(f"{best.span}: the only application is part of an example, of tests or of the documentation")
    candidates = [app for app in project.apps if not app.library]
    families = _families(candidates, modules)
    launched = _launched(project, candidates)
    started = [family for family in families if any(app in launched for app in family)]
    if len(started) > 1:
        raise RefusedError(_several([family[0] for family in started], "the deploy files start"))
    if started:
        own = [app for app in (best, *launched, *started[0]) if app in started[0]]
        return _named(next((app for app in own if _MODULE.fullmatch(app.ref.partition(":")[0])), own[0]), candidates)
    own = next((family for family in families if best in family), [best])
    rivals = [
        family for family in families if family is not own and _strength(project, family) <= _strength(project, own)
    ]
    if rivals:
        raise RefusedError(_several([best, *(family[0] for family in rivals)], "there are"))
    twins = [app for app in candidates if _is_twin(app, best)]
    if twins:
        raise RefusedError(_several([best, *twins], "there are"))
    return _named(best, candidates)


def _no_app(project: Project) -> str:
    blocking = next((problem for problem in project.problems if problem.blocking), None)
    if blocking is not None:
        return (
            f"no Flask application was found, and {blocking.file}:{blocking.line} could not be read: {blocking.message}"
        )
    if project.kind == "examples":
        return (
            "the only Flask applications are in tests, examples or documentation: give the folder of the one to serve"
        )
    kept = next((app for app in project.apps if app.kept), None)
    if kept is not None:
        return f"{kept.span}: the application is kept in {kept.name}, where no server can import it: the program that makes it has to serve it"
    return "no Flask application was found: there is nothing that a server could be pointed at"


def _several(apps: Sequence[App], lead: str) -> str:
    shown = ", ".join(f"{app.ref.partition('(')[0]} ({app.span})" for app in apps[:4])
    more = f" and {len(apps) - 4} more" if len(apps) > 4 else ""
    folders = sorted({posixpath.dirname(app.module) for app in apps})
    if len(folders) > 1 and all(folders):
        advice = f"give the folder of one, for instance {posixpath.dirname(apps[0].module)}"
    else:
        advice = "name the one to serve in .flaskenv, for instance FLASK_APP=" + apps[0].ref.partition("(")[0]
    return f"{lead} several applications, none more likely than the others: {shown}{more}; {advice}"


def _named(app: App, candidates: Sequence[App]) -> App:
    """``app``, or a plain name of its module for the same object where ``app`` itself is an attribute of another
    (``server = app.server`` of Dash)."""
    if app.form != "global" or "." not in app.ref.partition(":")[2]:
        return app
    plain = [
        other
        for other in candidates
        if other.module == app.module
        and other.form == "global"
        and not other.in_main
        and "." not in other.ref.partition(":")[2]
    ]
    return plain[0] if len(plain) == 1 else app


def _families(apps: Sequence[App], modules: Modules) -> list[list[App]]:
    """``apps`` grouped by imports: modules of which one imports the other speak of one application."""
    closures = {app.module: imports_closure(modules, app.module, (app.cwd,)) for app in apps}
    families: list[list[App]] = []
    for app in apps:
        related = [
            family
            for family in families
            if any(
                other.module == app.module
                or other.module in closures[app.module]
                or app.module in closures[other.module]
                for other in family
            )
        ]
        merged = [app]
        for family in related:
            families.remove(family)
            merged = [*family, *merged]
        families.append(merged)
    return sorted(families, key=lambda family: family[0].span)


def _launched(project: Project, apps: Sequence[App]) -> list[App]:
    """The applications that production launches serve, in the order of the launches."""
    found: list[App] = []
    for launch in project.production:
        app = _app_of(launch, apps)
        if app is not None and launch.resolves is not False and app not in found:
            found.append(app)
    return found


def _app_of(launch: Launch, apps: Sequence[App]) -> App | None:
    if launch.app is not None:
        return next((app for app in apps if (app.span, app.name) == (launch.app.span, launch.app.name)), None)
    if launch.run_site is not None:
        site = launch.run_site
        same = [app for app in apps if app.module == site.span.file]
        return next((app for app in same if app.name == site.receiver), same[0] if len(same) == 1 else None)
    return None


def _strength(project: Project, family: Sequence[App]) -> tuple[int, int]:
    """How much speaks for a family: what FLASK_APP names, a wsgi module, an application, a factory; then how near the
    root it stands. Lower is stronger."""
    return min((_tier(project, app), app.module.count("/")) for app in family)


def _tier(project: Project, app: App) -> int:
    if _is_flask_app(project, app):
        return 0
    if app.in_main:
        return 5
    if app.form == "global":
        return 1 if posixpath.basename(app.module) == "wsgi.py" else 2
    return 4 if app.required else 3


def _is_flask_app(project: Project, app: App) -> bool:
    """Whether FLASK_APP, in an environment file or a launch through the Flask command, names ``app``."""
    for launch in project.launches:
        same = launch.app is not None and (launch.app.span, launch.app.name) == (app.span, app.name)
        if same and launch.server is Server.FLASK_RUN:
            return True
    dotted = app.ref.partition(":")[0]
    for file in project.facts.env_files.values():
        for variable in file.variables:
            if variable.name != "FLASK_APP" or not variable.value:
                continue
            place, _, name = variable.value.strip().partition(":")
            named = name.partition("(")[0]
            if place.removeprefix("./") in (dotted, app.module, app.module.removesuffix(".py")) and named in (
                "",
                app.name,
            ):
                return True
    return False


def _is_twin(app: App, best: App) -> bool:
    """Whether ``app`` is another application of the same module with no better or worse name."""
    return (
        app.module == best.module
        and app.form == best.form
        and (app.span, app.name) != (best.span, best.name)
        and app.kind == best.kind
        and app.in_main == best.in_main
        and not {app.name, best.name} & _CONVENTIONAL
        and len(app.required) == len(best.required)
    )
