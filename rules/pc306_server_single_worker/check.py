"""PC306: one synchronous worker is one request at a time."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    MORE_ARGUMENTS,
    Assign,
    Confidence,
    Hit,
    Known,
    Launch,
    Project,
    PyModule,
    Server,
    calls_in,
    calls_of,
    open_environment,
    served_modules,
    shared_state,
)

# Formats whose platform sets WEB_CONCURRENCY or brings workers of its own.
PLATFORM_WORKERS = frozenset(
    {"procfile", "heroku-yml", "render", "azure", "beanstalk", "app-engine", "railway", "rockcraft"}
)

LOCKS = ("Lock", "RLock")
UWSGI_COUNTS = ("processes", "workers", "p", "threads")
UWSGI_OTHERS = frozenset({"cheaper", "async", "gevent", "asyncio", "coroae", "ugreen", "emperor", "legion"})
UWSGI_FILES = ("ini", "yaml", "xml", "json", "config", "include", "inherit")


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        if launch.kind in PLATFORM_WORKERS or (launch.confidence is Confidence.LOW and not _says_one(launch)):
            continue
        single = (launch.server is Server.GUNICORN and _is_single(launch)) or _is_single_uwsgi(launch, project)
        if single and not _needs_one(launch, project):
            setting = launch.setting("workers", "processes", "p")
            yield Hit(
                at=setting[1] if setting is not None else launch.end.span,
                via=launch.hops,
                facts={"server": launch.server.value},
            )


def _needs_one(launch: Launch, project: Project) -> bool:
    """Whether requests find in the memory of the process what others left there (PC601 says so), or take turns by a lock
    of the process, which would be two locks in two processes, where both the workers and the threads are written as one."""
    written = launch.setting("workers") is not None and launch.setting("threads") is not None
    return any(
        shared_state(module) or (written and _locks(module))
        for configuration in project.configurations
        if configuration.launch is launch
        for module in served_modules(project, configuration)
    )


def _locks(module: PyModule) -> bool:
    """Whether the module makes a lock for all of its functions."""
    made = {id(call) for name in LOCKS for call, _ in calls_of(module, "threading", name)}
    return any(
        isinstance(stmt, Assign) and not made.isdisjoint(map(id, calls_in(stmt))) for stmt in (module.body if made else ())
    )


def _says_one(launch: Launch) -> bool:
    """Whether a configuration file of the project says that there is one worker, however the command comes about."""
    return any(
        each.key == "workers" and isinstance(each.value, Known) and each.value.value == 1
        for each in launch.config_settings
    )


def _is_single_uwsgi(launch: Launch, project: Project) -> bool:
    """uWSGI's defaults are one process and one thread (uWSGI, "Things to know"); other ways to serve several requests at a
    time, option files that are not read here, and an option file that something unseen starts leave it open."""
    if launch.server is not Server.UWSGI or launch.source != "file" or launch.kind == "uwsgi":
        return False
    if any(name.startswith("UWSGI_") for name in launch.env) or open_environment(launch, project.facts):
        return False
    counts = [value[0] for name in UWSGI_COUNTS if (value := launch.setting(name)) is not None]
    if any(count != "1" for count in counts) or not UWSGI_OTHERS.isdisjoint(launch.options):
        return False
    files = [value[0] for name in UWSGI_FILES if (value := launch.setting(name)) is not None]
    return all(_is_read(file, project) for file in files)


def _is_read(file: str, project: Project) -> bool:
    """Whether an option file, as uWSGI takes it (``path:section``), is one of the project's: of sections that it may name,
    only the default is read."""
    path, _, section = file.partition(":")
    return section in ("", "uwsgi") and posixpath.basename(path) in map(posixpath.basename, project.facts.uwsgi)


def _is_single(launch: Launch) -> bool:
    if launch.target_kind == "app" and launch.run_site is None and not launch.target:
        return False
    if launch.resolves and launch.app is None:
        return False  # something of the project that is not known to be an application of Flask's
    if "config" in launch.options and launch.config_file is None:
        return False  # the file that says how many is not in the project
    if MORE_ARGUMENTS in launch.options:
        return False  # a variable may say how many
    worker_class = launch.setting("worker_class")
    if worker_class is not None and worker_class[0] not in ("sync", "gthread"):
        return False
    return all(
        value is None or value[0] == "1" for value in (launch.setting("workers"), launch.setting("threads"))
    ) and (not launch.target.endswith(".py") and ":" in launch.target)
