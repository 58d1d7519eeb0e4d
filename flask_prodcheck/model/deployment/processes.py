"""How many processes serve an application, on how many hosts, as far as the project's own files say it."""

from __future__ import annotations

from flask_prodcheck.model.project import Launch, Project, Server


def worker_processes(launch: Launch) -> int | None:
    """The number of processes on one host; None when only the running system decides it."""
    if launch.server.is_development:
        return 1
    found = launch.setting("workers", "processes")
    if found is None:
        return 1 if launch.server in (Server.WAITRESS, Server.CHEROOT, Server.BJOERN, Server.GEVENT) else None
    return int(found[0]) if found[0].isascii() and found[0].isdigit() and len(found[0]) < 6 else None


def loads_once(launch: Launch) -> bool:
    """Whether one process imports the application and the workers are forked from it, so that what an import draws or
    starts is there once.

    Sources: gunicorn ``preload_app`` (https://docs.gunicorn.org/en/stable/settings.html#preload-app); uWSGI forks after it
    has loaded the application unless it is told ``lazy-apps`` or ``lazy``
    (https://uwsgi-docs.readthedocs.io/en/latest/ThingsToKnow.html).
    """
    if launch.server is Server.UWSGI:
        return not _is_on(launch, "lazy-apps", "lazy")
    return launch.server is Server.GUNICORN and _is_on(launch, "preload_app")


def _is_on(launch: Launch, *names: str) -> bool:
    """Whether one of the server's switches ``names`` is not off: what cannot be read may be on."""
    found = [launch.setting(name) for name in names]
    return any(each is not None and each[0].lower() not in ("false", "0", "no", "") for each in found)


def replicas(project: Project, launch: Launch) -> int | None:
    """The number of hosts or containers that the head of the launch asks for; None when it does not say."""
    compose = project.facts.compose.get(launch.head.span.file)
    if compose is not None:
        return next((service.replicas for service in compose.services if service.name == launch.service), None)
    manifest = project.facts.kubernetes.get(launch.head.span.file)
    if manifest is not None:
        found = [each for each in manifest.containers if launch.service in (each.name, each.workload)]
        return found[0].replicas if len(found) == 1 else None
    return None


def runs_several(project: Project, launch: Launch) -> bool:
    """Whether more than one process is certain to serve at the same time."""
    return (worker_processes(launch) or 1) > 1 or (replicas(project, launch) or 1) > 1
