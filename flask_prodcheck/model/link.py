"""Facts become the linked project: apps, run sites, launches, effective configuration, in that order."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from flask_prodcheck.base import Value
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.syntax import Name
from flask_prodcheck.model.configuration.config import effective_configuration
from flask_prodcheck.model.configuration.installed import installed_modules
from flask_prodcheck.model.evaluation.data_files import Reader
from flask_prodcheck.model.launching.installs import production_dependencies
from flask_prodcheck.model.launching.launches import Launches, find_launches
from flask_prodcheck.model.launching.placed_files import script_files
from flask_prodcheck.model.project import App, Configuration, Launch, Project, RunSite, Server
from flask_prodcheck.model.python.apps import find_apps, rank_apps
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.run_sites import find_run_sites
from flask_prodcheck.records import replace

LOCK_FILES = frozenset({"poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "conda-lock.yml"})


def link(
    facts: Facts,
    *,
    name: str,
    production: tuple[str, ...] = (),
    development: tuple[str, ...] = (),
    read: Reader | None = None,
) -> Project:
    """The project that ``facts`` describe. ``production``/``development`` are the settings' globs that overrule the
    purpose of a launch; ``read`` gives the bytes of a project file, None where it cannot be read."""
    modules = Modules(facts)
    apps = find_apps(modules)
    sites = find_run_sites(modules, apps)
    found = find_launches(facts, modules, apps, sites, production=production, development=development)
    apps = _with_best(apps, found.launches, modules, facts)
    launches = tuple(replace(launch, app=_same(launch.app, apps)) for launch in found.launches)
    sites = _with_reach(sites, launches, found.has_deploy_files)
    launches = tuple(replace(launch, run_site=_site(launch, sites)) for launch in launches)
    return Project(
        name=name,
        facts=facts,
        apps=tuple(app for app in apps if not app.library),
        launches=launches,
        run_sites=tuple(site for site in sites if not site.test),
        configurations=_configurations(modules, apps, launches, read),
        dependencies=production_dependencies(facts),
        kind=_kind(apps, found, sites),
        problems=(*facts.problems, *found.problems),
        installed=_installed(launches, facts),
        open_manifests=any(manifest.open for manifest in facts.manifests.values()),
        has_lock_file=any(path.rsplit("/", 1)[-1] in LOCK_FILES for path in facts.paths),
        unknown_starts=found.unknown_starts,
    )


def _installed(launches: Sequence[Launch], facts: Facts) -> frozenset[str]:
    """The distributions of the production manifests and of the images that production launches run in."""
    names = {dep.name for dep in production_dependencies(facts)}
    for launch in launches:
        names |= launch.installs or frozenset()
    return frozenset(names)


def _same(app: App | None, apps: Sequence[App]) -> App | None:
    """The app of ``apps`` that stands where ``app`` stands (with its ``best`` mark)."""
    if app is None:
        return None
    return next((each for each in apps if each.span == app.span and each.name == app.name), app)


def _with_best(apps: Sequence[App], launches: Sequence[Launch], modules: Modules, facts: Facts) -> tuple[App, ...]:
    """Marks the one app that a production server should be pointed at: what the project's own production launch uses,
    else the likeliest by name and place."""
    wanted: App | None = None
    for launch in sorted(launches, key=_trust):
        if _runs_a_command_group(launch):
            continue
        if not launch.is_production or launch.app is None or not launch.resolves:
            continue
        wanted = _imported(launch, launch.app, apps, modules)
        if wanted is None and launch.app.span.file.endswith(".py"):
            wanted = _as_launched(launch, launch.app, facts)
        if wanted is not None:
            break
    candidates = [app for app in apps if not app.library and app.span.file.endswith(".py")]
    if wanted is None and candidates:
        ranked = rank_apps(candidates, modules, _flask_app(launches, facts))
        wanted = next((app for app in ranked if ranked[0].form == "global" or _is_read(app, launches)), ranked[0])
    if wanted is None:
        return tuple(apps)
    marked = tuple(
        replace(wanted, best=True, library=False) if app.span == wanted.span and app.name == wanted.name else app
        for app in apps
    )
    if not any(app.best for app in marked):
        return (*marked, replace(wanted, best=True))
    return marked


def _is_read(app: App, launches: Sequence[Launch]) -> bool:
    """Whether a program that production starts reads the module of ``app``: of several factories, the one that it calls."""
    return any(launch.is_production and app.span.file in launch.imported for launch in launches)


def _runs_a_command_group(launch: Launch) -> bool:
    """Whether the development server is a command of the project's own: its factory is no target for a server."""
    return launch.server is Server.FLASK_RUN and launch.end.span.file.endswith(".py")


def _imported(launch: Launch, app: App, apps: Sequence[App], modules: Modules) -> App | None:
    """The app itself, as the program addresses it that serves it, where that program only imports it (a server of one's
    own says no target); None where the launch's own words say which app it is."""
    if launch.end.span.file != app.span.file or launch.kind in ("passenger", "pythonanywhere"):
        return None
    found = modules.resolve(app.span.file, Name(app.span, app.name))
    origin = next((each for each in apps if (each.span.file, each.name) == (found.module, found.name)), None)
    if origin is None or origin.span.file == app.span.file:
        return None
    folder = posixpath.dirname(app.span.file)  # Python searches the folder of the program first
    if not folder or not origin.span.file.startswith(folder + "/"):
        return origin
    inside = origin.span.file.removeprefix(folder + "/").removesuffix(".py").removesuffix("/__init__")
    return replace(origin, ref=f"{inside.replace('/', '.')}:{origin.ref.partition(':')[2]}", cwd=folder)


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
        folder = posixpath.dirname(launch.module_file)
        inside = app.span.file.removeprefix(folder + "/").removesuffix(".py").removesuffix("/__init__")
        if folder and app.span.file.startswith(folder + "/"):
            return replace(app, ref=f"{inside.replace('/', '.')}:{app.ref.partition(':')[2]}", cwd=folder)
        return app
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


def _trust(launch: Launch) -> tuple[bool, bool, bool, int, str, int]:
    """Launches whose app is the project's: production servers before development ones, plain deploy files first."""
    order = _KIND_ORDER.index(launch.kind) if launch.kind in _KIND_ORDER else len(_KIND_ORDER)
    return (
        launch.server.is_development,
        launch.kind in ("entry-point", "python-script"),  # no file says that a deployment calls it
        launch.confidence.value != "high",
        order,
        launch.head.span.file,
        launch.head.span.line,
    )


def _flask_app(launches: Sequence[Launch], facts: Facts) -> str | None:
    """What FLASK_APP says, in a flask-run launch or an environment file."""
    for launch in launches:
        if launch.server is Server.FLASK_RUN and launch.target and not _runs_a_command_group(launch):
            return launch.target
    for path in sorted(facts.env_files):
        for variable in facts.env_files[path].variables:
            if variable.name == "FLASK_APP" and variable.value:
                return variable.value
    return None


def _site(launch: Launch, sites: Sequence[RunSite]) -> RunSite | None:
    if launch.run_site is None:
        return None
    return next((site for site in sites if site.span == launch.run_site.span), launch.run_site)


def _with_reach(sites: Sequence[RunSite], launches: Sequence[Launch], has_deploy_files: bool) -> tuple[RunSite, ...]:
    reached = {launch.run_site.span for launch in launches if launch.is_production and launch.run_site is not None}
    otherwise = "no" if has_deploy_files else "no-deploy-files"
    return tuple(replace(site, production="yes" if site.span in reached else otherwise) for site in sites)


def _configurations(
    modules: Modules, apps: Sequence[App], launches: Sequence[Launch], read: Reader | None
) -> tuple[Configuration, ...]:
    """One effective configuration per production launch whose app is known; without any, that of the best app."""
    version = next((dep.specifier for dep in production_dependencies(modules.facts) if dep.name == "flask"), None)
    copied = script_files(modules.facts)
    found: list[Configuration] = []
    seen: set[tuple[object, ...]] = set()
    for launch in launches:
        app = launch.app
        if app is None and (launch.run_site is not None or launch.server is Server.FLASK_RUN):
            app = next((each for each in apps if each.best), None)
        if not launch.is_production or app is None:
            continue
        key = (
            app.span,
            app.name,
            launch.server,
            tuple(sorted((name, repr(value)) for name, value in launch.env.items())),
            launch.target,
        )
        if key in seen:
            continue
        seen.add(key)
        found.append(_configuration(modules, app, launch, version, read, copied))
    best = next((each for each in apps if each.best), None)
    if not found and best is not None:
        found.append(_configuration(modules, best, None, version, read, copied))
    return tuple(found)


def _configuration(
    modules: Modules,
    app: App,
    launch: Launch | None,
    version: str | None,
    read: Reader | None,
    copied: Mapping[str, str],
) -> Configuration:
    own = launch.env if launch is not None else {}

    def followed(placed: Mapping[str, str], env: Mapping[str, Value[str]]) -> Configuration:
        return effective_configuration(
            installed_modules(modules, placed, read),
            app,
            launch=launch,
            env=env,
            flask_version=version,
            target_module=app.module,
            factory_args=launch.factory_args if launch is not None else (),
            read=(lambda path: read(placed.get(path, path))) if read is not None else None,
            placed=placed,
        )

    if launch is not None and launch.container:
        found = followed(launch.placed, own)
        without = {name: value for name, value in own.items() if not _is_beside(value, modules.facts)}
        chosen = found.get("DEBUG").variable
        if launch.kind == "dockerfile" and chosen in own and chosen not in without:
            return replace(found, alone=followed(launch.placed, without))
        return found
    found = followed(copied, own)
    return replace(found, weaker=(*found.weaker, followed({}, own))) if copied else found


def _is_beside(value: Value[str], facts: Facts) -> bool:
    """Whether a compose file, a manifest or a file that these name sets the variable, and not the image itself."""
    places = {step.span.file for step in value.origin}
    return not places.isdisjoint({*facts.compose, *facts.kubernetes, *facts.env_files})


def _is_importable(app: App) -> bool:
    """Whether a server can name the app: one in ``bin/migrate-1.3.py`` serves a program that needs its settings."""
    return not app.ref.partition(":")[0].endswith(".py")


def _kind(apps: Sequence[App], found: Launches, sites: Sequence[RunSite]) -> str:
    """ "application", or "library"/"examples" when every app is only an example, a test or a tool's own."""
    started = {site.span.file for site in sites}
    if any(not app.library and (_is_importable(app) or app.span.file in started) for app in apps):
        return "application"
    return "application" if found.launches else "examples" if apps else "library"
