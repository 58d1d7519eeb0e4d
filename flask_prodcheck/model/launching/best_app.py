"""The one application that a production server should be pointed at, and by which name."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.syntax import Call, FunctionDef, Name
from flask_prodcheck.model.project import App, Launch, Server
from flask_prodcheck.model.python.apps import flask_app_parts, import_path, imports_by_its_ref, rank_apps
from flask_prodcheck.model.python.bindings import Binding
from flask_prodcheck.model.python.mentions import within_reach
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import replace


def with_best_app(apps: Sequence[App], launches: Sequence[Launch], modules: Modules, facts: Facts) -> tuple[App, ...]:
    """``apps`` with the one marked that a production server should be pointed at: what the project's own production
    launch uses (without any, what another one serves with a server that could), else the one in the module that a broken production launch names, else the likeliest by name and place."""
    production = [launch for launch in launches if launch.is_production]
    sizes = _sizes({launch.app.module for launch in production if launch.app is not None}, modules)
    minor = _minor(sizes)
    serving = production or [launch for launch in launches if not launch.server.is_development]
    trusted = sorted(serving, key=lambda launch: (*_trust(launch, minor), -_size(launch, sizes)))
    candidates = [app for app in apps if not app.library and app.span.file.endswith(".py")]
    importable = [app for app in candidates if imports_by_its_ref(modules, app)]
    wanted = _served(trusted, apps, modules, facts)
    wanted = wanted or _launched_unseen(trusted, candidates, modules, facts)
    if wanted is not None and wanted.required and _is_handed_values(wanted, trusted):
        wanted = _around(wanted, importable, modules, facts, launches) or wanted
    if wanted is None or (importable and not imports_by_its_ref(modules, wanted)):
        named, folder = _flask_app(launches, facts)
        ranked = rank_apps(importable or candidates, modules, named)
        wanted = (
            _beside_a_broken_target(trusted, ranked)
            or _handed_on(named, folder, ranked, modules)
            or _likeliest(ranked, launches)
            or wanted
        )
    if wanted is None:
        return tuple(apps)
    marked = tuple(
        replace(wanted, best=True, library=False) if app.span == wanted.span and app.name == wanted.name else app
        for app in apps
    )
    if not any(app.best for app in marked):
        return (*marked, replace(wanted, best=True))
    return marked


def _served(trusted: Sequence[Launch], apps: Sequence[App], modules: Modules, facts: Facts) -> App | None:
    """What the first of the production launches serves whose target exists. Where a production server serves something
    that is not seen, what a development server beside it serves is another application."""
    hidden = any(not launch.server.is_development and launch.program is not None for launch in trusted)
    for launch in trusted:
        if _runs_a_command_group(launch) or launch.app is None or not launch.resolves:
            continue
        if hidden and launch.server.is_development:
            continue
        wanted = _imported(launch, launch.app, apps, modules)
        if wanted is None and launch.app.span.file.endswith(".py"):
            wanted = _as_launched(launch, launch.app, facts)
        if wanted is not None:
            return wanted
    return None


def _launched_unseen(
    trusted: Sequence[Launch], candidates: Sequence[App], modules: Modules, facts: Facts
) -> App | None:
    """What a production server is given that exists, although it is not seen that it is an application: a function of the
    project gives it. Its module leads to one of the ``candidates``."""
    files = {app.span.file for app in candidates}
    for launch in trusted:
        attribute = launch.target.partition(":")[2]
        name = attribute.removesuffix("()")
        if (
            launch.app is not None
            or not launch.resolves
            or launch.server.is_development
            or launch.program is not None
            or launch.target_kind != "unknown"
            or not launch.module_file.endswith(".py")
            or not name.isidentifier()
            or files.isdisjoint(within_reach(modules, launch.module_file))
        ):
            continue
        bound = modules.bindings.of(launch.module_file, name)
        if not bound or not _from_a_function(bound[-1], modules, launch.module_file):
            continue
        dotted, cwd = import_path(modules, launch.module_file)
        app = App(
            ref=f"{dotted}:{attribute}",
            span=bound[-1].span,
            name=name,
            form="factory" if name != attribute else "global",
            cwd=cwd,
            module=launch.module_file,
            kind="wsgi",
        )
        return _as_launched(launch, app, facts)
    return None


def _from_a_function(binding: Binding, modules: Modules, path: str) -> bool:
    """Whether ``binding`` is a function of the project, or names what one gives back."""
    if isinstance(binding.node, FunctionDef):
        return True
    value = binding.value
    return isinstance(value, Call) and modules.resolve(path, value.func).kind == "function"


def _is_handed_values(app: App, trusted: Sequence[Launch]) -> bool:
    """Whether it is a program that calls the factory: what it hands over is the program's to know."""
    return any(
        launch.program is not None and launch.app is not None and launch.app.span == app.span for launch in trusted
    )


def _around(
    inner: App, importable: Sequence[App], modules: Modules, facts: Facts, launches: Sequence[Launch]
) -> App | None:
    """The application that a server can be pointed at, made with the factory ``inner`` that wants values."""
    ranked = rank_apps([app for app in importable if not app.required], modules, _flask_app(launches, facts)[0])
    return next((app for app in ranked if inner.span.file in within_reach(modules, app.span.file)), None)


def _beside_a_broken_target(trusted: Sequence[Launch], ranked: Sequence[App]) -> App | None:
    """The application in the module that a production launch names with a wrong attribute, or as a path."""
    for launch in trusted:
        if launch.missing == "attribute":
            named = launch.module_file
        elif launch.missing == "path":
            module = launch.target.partition(":")[0].removesuffix(".py")
            named = posixpath.normpath(posixpath.join(launch.cwd, f"{module}.py"))
        else:
            continue
        for app in ranked:
            if app.module == named and app.form == "global" and not app.in_main:
                return app
    return None


def _handed_on(named: str | None, folder: str, ranked: Sequence[App], modules: Modules) -> App | None:
    """The application by the name that FLASK_APP has for it in ``folder``, where that module only imports it: it may do more than hand it
    on (it imports the views). Without a name the command looks for ``app`` and ``application`` first (Flask's
    ``cli.find_best_app``)."""
    module, name = flask_app_parts(named)
    path = modules.locate(module.removesuffix(".py").removeprefix("./").replace("/", "."), (folder,)) if module else None
    if path is None or not path.endswith(".py"):
        return None
    for member in (name,) if name else ("app", "application"):
        found = modules.resolve(path, Name(Span(path, 1, 1, 1, 1), member))
        origin = next((app for app in ranked if (app.span.file, app.name) == (found.module, found.name)), None)
        if origin is not None and origin.form == "global" and origin.span.file != path:
            dotted, cwd = import_path(modules, path)
            return replace(origin, ref=f"{dotted}:{member}", cwd=cwd)
    return None


def _likeliest(ranked: Sequence[App], launches: Sequence[Launch]) -> App | None:
    """The first of ``ranked``; of several factories, the one whose module a program reads that production starts."""
    if not ranked or ranked[0].form == "global":
        return next(iter(ranked), None)
    read = {path for launch in launches if launch.is_production for path in launch.imported}
    return next((app for app in ranked if app.span.file in read), ranked[0])


def _runs_a_command_group(launch: Launch) -> bool:
    """Whether the development server is a command of the project's own: its factory is no target for a server."""
    return launch.server is Server.FLASK_RUN and launch.end.span.file.endswith(".py")


def _imported(launch: Launch, app: App, apps: Sequence[App], modules: Modules) -> App | None:
    """The app itself, as the program addresses it that serves it, where that program only imports it (a server of one's
    own says no target, nor does a file that no server can import by name); None where the launch's own words say which
    app it is."""
    if launch.end.span.file != app.span.file:
        return None
    if launch.program is None and app.span.file.endswith(".py"):
        return None  # the server executes the file
    found = modules.resolve(app.span.file, Name(app.span, app.name))
    origin = next((each for each in apps if (each.span.file, each.name) == (found.module, found.name)), None)
    if origin is None or origin.span.file == app.span.file:
        return None
    passed_on = _passed_on(app, origin, modules)
    if passed_on is not None:
        return passed_on
    if launch.program is not None and not launch.program.main:
        return origin  # a console script: its folder is none that Python searches
    folder = posixpath.dirname(app.span.file)  # Python searches the folder of the program first
    if modules.is_file(f"{folder}/__init__.py"):
        module = origin.span.file.removeprefix(folder + "/").removesuffix(".py").removesuffix("/__init__")
        if module.replace("/", ".") not in modules.absolute_imports(app.span.file):
            return origin  # a module of a package, which imports others as such
    return _from_folder(origin, folder)


def _passed_on(app: App, origin: App, modules: Modules) -> App | None:
    """``origin`` as the module has it from which the program imports it: that one may do more than hand it on (it imports
    the views). None where that is its own module, or a package around it, which is imported with it anyway."""
    bound = [each for each in modules.bindings.of(app.span.file, app.name) if each.imported is not None]
    module, level, member = bound[-1].imported or ("", 0, None) if bound else ("", 0, None)
    source = modules.imported_file(app.span.file, module, level) if member is not None else None
    if source is None or source.endswith("/") or source in (origin.span.file, app.span.file):
        return None
    if source in modules.packages_above(origin.span.file):
        return None
    dotted, cwd = import_path(modules, source)
    return replace(origin, ref=f"{dotted}:{member}", cwd=cwd)


def _from_folder(app: App, folder: str) -> App:
    """``app`` as it is imported from ``folder``, where it is below that."""
    if not folder or not app.span.file.startswith(folder + "/") or app.span.file == f"{folder}/__init__.py":
        return app  # (a package cannot be imported from inside itself)
    inside = app.span.file.removeprefix(folder + "/").removesuffix(".py").removesuffix("/__init__")
    return replace(app, ref=f"{inside.replace('/', '.')}:{app.ref.partition(':')[2]}", cwd=folder)


def _as_launched(launch: Launch, app: App, facts: Facts) -> App:
    """``app`` as the launch addresses it: its own target, from the folder it runs in."""
    if launch.target_kind == "asgi":
        return app  # the adapter around it is nothing that a WSGI server could be pointed at
    if (
        launch.run_site is None
        and launch.module_file
        and app.span.file != launch.module_file
        and ":" not in launch.target
    ):
        return _from_folder(app, posixpath.dirname(launch.module_file))
    module, _, attribute = launch.target.partition(":")
    if not attribute or "${" in launch.target or launch.missing:
        return app
    if module.endswith(".py") and f"{posixpath.dirname(launch.module_file)}/__init__.py" in facts.paths:
        named = (
            f"{app.ref.partition(':')[0]}:{attribute}"  # a file that the server executes, as a module of its package
        )
        return replace(app, ref=named) if app.span.file == launch.module_file else app
    stem = launch.module_file.removesuffix(".py").removesuffix("/__init__")
    dotted = module.removesuffix(".py").replace("/", ".") if not module.endswith(".py") else posixpath.basename(stem)
    tail = dotted.replace(".", "/")
    if stem != tail and not stem.endswith("/" + tail):
        return app
    return replace(app, ref=f"{dotted}:{attribute}", cwd=stem.removesuffix(tail).rstrip("/") or ".")


_KIND_ORDER = ("dockerfile", "compose", "kubernetes", "procfile", "systemd", "supervisor", "circus")


def _sizes(served: AbstractSet[str], modules: Modules) -> Mapping[str, int]:
    """How many files of the project stand behind each of several modules that production serves."""
    return {module: len(within_reach(modules, module)) for module in served} if len(served) > 1 else {}


def _size(launch: Launch, sizes: Mapping[str, int]) -> int:
    return sizes.get(launch.app.module, 0) if launch.app is not None else 0


def _minor(sizes: Mapping[str, int]) -> frozenset[str]:
    """Of the modules that production serves those behind which there is clearly less of the project: a scheduler, or a
    server of the documentation, beside the application that the project is about."""
    most = max(sizes.values(), default=0)
    return frozenset(module for module, size in sizes.items() if size < _CLEARLY_LESS * most)


_CLEARLY_LESS = 0.75


def _trust(launch: Launch, minor: AbstractSet[str]) -> tuple[bool, bool, bool, bool, int, int, str, int, int]:
    """Launches whose app is the project's: production servers before development ones, the main one of several
    applications, plain deploy files first, of these the outermost, and of one file's starts the one in the outermost
    folder."""
    order = _KIND_ORDER.index(launch.kind) if launch.kind in _KIND_ORDER else len(_KIND_ORDER)
    return (
        launch.server.is_development,
        launch.kind in ("entry-point", "python-script"),  # no file says that a deployment calls it
        launch.app is not None and launch.app.module in minor,
        launch.confidence.value != "high",
        order,
        launch.head.span.file.count("/"),
        launch.head.span.file,
        0 if launch.cwd == "." else launch.cwd.count("/") + 1,
        launch.head.span.line,
    )


def _flask_app(launches: Sequence[Launch], facts: Facts) -> tuple[str | None, str]:
    """What FLASK_APP says, in a flask-run launch or an environment file, and the folder in which it says it."""
    for launch in launches:
        if launch.server is Server.FLASK_RUN and launch.target and not _runs_a_command_group(launch):
            return launch.target, launch.cwd
    for path in sorted(facts.env_files):
        for variable in facts.env_files[path].variables:
            if variable.name == "FLASK_APP" and variable.value:
                return variable.value, posixpath.dirname(path) or "."
    return None, "."
