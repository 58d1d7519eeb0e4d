"""PC301: the server that a production launch starts must be installed there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Launch, Project, Server

# The distributions that bring each server's command.
PROVIDERS = {
    Server.GUNICORN: {"gunicorn"},
    Server.UWSGI: {"uwsgi", "pyuwsgi"},
    Server.WAITRESS: {"waitress"},
    Server.GRANIAN: {"granian"},
    Server.HYPERCORN: {"hypercorn"},
    Server.UVICORN: {"uvicorn"},
    Server.BJOERN: {"bjoern"},
}

# Commands of other distributions that bring the server along, and which a third may bring.
BRINGING = frozenset({"talisker.gunicorn", "talisker.gunicorn.gevent", "talisker.gunicorn.eventlet"})

# Platforms that install exactly what the project's manifests name.
MANIFEST_ONLY = frozenset({"procfile", "heroku-yml", "render", "railway", "s2i"})


def check(project: Project) -> Iterator[Hit]:
    required = project.installed
    for launch in project.production:
        providers = PROVIDERS.get(launch.server)
        if providers is None or launch.source == "platform-default" or not BRINGING.isdisjoint(launch.wrappers):
            continue
        installed = launch.installs
        if installed is None and launch.kind in MANIFEST_ONLY and required and not project.open_manifests:
            installed = required if not _assembles(launch, project) else None
        if installed is not None and not providers & installed:
            yield Hit(at=launch.head.span, via=launch.hops, facts={"server": launch.server.value})


def _assembles(launch: Launch, project: Project) -> bool:
    """Whether the project replaces the script by which source-to-image installs."""
    return launch.kind == "s2i" and f"{posixpath.dirname(launch.head.span.file)}/bin/assemble" in project.facts.paths
