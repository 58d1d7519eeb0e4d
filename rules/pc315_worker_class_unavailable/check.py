"""PC315: the worker class must exist in the installed gunicorn, and what it imports must be installed."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Hit, Launch, Project, Server, releases, worker_aliases

# The alias that stands for each class of gunicorn's own.
OWN_CLASSES = {
    "gunicorn.workers.geventlet.EventletWorker": "eventlet",
    "gunicorn.workers.ggevent.GeventPyWSGIWorker": "gevent_pywsgi",
    "gunicorn.workers.ggevent.GeventWorker": "gevent",
    "gunicorn.workers.gtornado.TornadoWorker": "tornado",
}

# What a worker imports: any of these distributions brings it.
NEEDS = {
    "eventlet": {"eventlet"},
    "gevent": {"gevent", "gevent-websocket", "geventhttpclient", "grequests", "locust", "zerorpc"},
    "tornado": {"tornado", "jupyter-server", "notebook", "flower", "bokeh", "distributed", "streamlit"},
    "uvicorn": {"uvicorn", "uvicorn-worker", "uvicorn-standard", "fastapi-cli"},
    "uvicorn_worker": {"uvicorn-worker"},
}


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        setting = launch.setting("worker_class")
        if launch.server is not Server.GUNICORN or setting is None:
            continue
        name = OWN_CLASSES.get(setting[0], setting[0])
        if not name or "$" in name or "{" in name or name.startswith("egg:"):
            continue
        found = _missing_class(name, launch, project) or _missing_library(name, launch, project)
        if found is not None:
            severity, reason = found
            if launch.confidence is Confidence.LOW:
                severity = "warning"
            yield Hit(at=setting[1], via=launch.hops, facts={"name": name, "reason": reason}, severity=severity)


def _missing_class(name: str, launch: Launch, project: Project) -> tuple[str, str] | None:
    if "." in name:
        return None
    alias = worker_aliases().get(name)
    if alias is None:
        return "error", "it has none of that name"
    installed = releases(project, "gunicorn", launch)
    if installed is None:
        return None
    if alias.until is not None:
        gone = ".".join(str(part) for part in alias.until)
        if installed.all_from(alias.until):
            return "error", f"it was removed in {gone}"
        if installed.fresh_from(alias.until):
            return "warning", f"it was removed in {gone}, which the requirement lets in"
    if alias.since and installed.all_before(alias.since):
        return "error", f"it came with {'.'.join(str(part) for part in alias.since)}"
    return None


def _missing_library(name: str, launch: Launch, project: Project) -> tuple[str, str] | None:
    """The library of a worker that an image, all of whose installs are known, does not install."""
    library = name.split("_" if name.startswith("gevent_") else ".", maxsplit=1)[0]
    needed = NEEDS.get(library)
    if needed is None or launch.installs is None or project.open_manifests or needed & launch.installs:
        return None
    return "error", f"nothing installs {library}"
