"""Facts become the linked project: apps, run sites, launches, effective configuration, in that order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_prodcheck.base import Value
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.configuration.config import effective_configuration
from flask_prodcheck.model.configuration.installed import installed_modules
from flask_prodcheck.model.evaluation.data_files import Reader
from flask_prodcheck.model.launching.best_app import with_best_app
from flask_prodcheck.model.launching.installs import production_dependencies
from flask_prodcheck.model.launching.launches.find import Launches, find_launches
from flask_prodcheck.model.launching.placed_files import script_files
from flask_prodcheck.model.project import App, Configuration, Launch, Project, RunSite, Server
from flask_prodcheck.model.python.apps import find_apps
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.run_sites.find import find_run_sites
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
    found = find_launches(facts, modules, apps, sites, production=production, development=development, read=read)
    apps = with_best_app(apps, found.launches, modules, facts)
    marked = {(app.span, app.name): app for app in reversed(apps)}
    launches = tuple(
        replace(each, app=marked.get((each.app.span, each.app.name), each.app)) if each.app is not None else each
        for each in found.launches
    )
    sites = _with_reach(sites, launches, found.has_deploy_files)
    reached = {site.span: site for site in reversed(sites)}
    launches = tuple(
        replace(each, run_site=reached.get(each.run_site.span, each.run_site)) if each.run_site is not None else each
        for each in launches
    )
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
        shown_server=found.shown_server,
    )


def _installed(launches: Sequence[Launch], facts: Facts) -> frozenset[str]:
    """The distributions of the production manifests and of the images that production launches run in."""
    names = {dep.name for dep in production_dependencies(facts)}
    for launch in launches:
        names |= launch.installs or frozenset()
    return frozenset(names)


def _with_reach(sites: Sequence[RunSite], launches: Sequence[Launch], has_deploy_files: bool) -> tuple[RunSite, ...]:
    reached = {span for launch in launches if launch.is_production for span in launch.reached}
    otherwise = "no" if has_deploy_files else "no-deploy-files"
    return tuple(replace(site, production="yes" if site.span in reached else otherwise) for site in sites)


def _configurations(
    modules: Modules, apps: Sequence[App], launches: Sequence[Launch], read: Reader | None
) -> tuple[Configuration, ...]:
    """One effective configuration per production launch whose app is known; without any, that of the best app."""
    version = next((dep.specifier for dep in production_dependencies(modules.facts) if dep.name == "flask"), None)
    copied = script_files(modules.facts)
    found: dict[tuple[object, ...], Configuration] = {}
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
            launch.program,
            repr(launch.entered),
        )
        found[key] = (
            replace(found[key], shared=(*found[key].shared, launch))
            if key in found
            else _configuration(modules, app, launch, version, read, copied)
        )
    best = next((each for each in apps if each.best), None)
    if not found and best is not None and not best.kept:
        return (_configuration(modules, best, None, version, read, copied),)
    return tuple(found.values())


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
    """Whether a server can name the app: not one that an object keeps, and one in ``bin/migrate-1.3.py`` serves a program
    that needs its settings."""
    return not app.kept and not app.ref.partition(":")[0].endswith(".py")


def _kind(apps: Sequence[App], found: Launches, sites: Sequence[RunSite]) -> str:
    """ "application", or "library"/"examples" when every app is only an example, a test or a tool's own."""
    started = {site.span.file for site in sites}
    if any(not app.library and (_is_importable(app) or app.span.file in started) for app in apps):
        return "application"
    named = any(not app.kept for app in apps)
    return "application" if found.launches else "examples" if named else "library"
