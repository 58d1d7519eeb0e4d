"""PC103: an application needs a production server somewhere: started, required or supplied by its platform."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.rulekit import WSGI_SERVERS, Hit, Launch, Project, Server, Span

IN_IMAGE = "Production runs the development server, and its image installs no WSGI server to run instead"


def check(project: Project) -> Iterator[Hit]:
    app = project.best_app
    if app is None:
        return
    served = any(not each.server.is_development and each.server is not Server.OTHER for each in project.launches)
    bare = [launch for launch in project.production if _is_bare(launch)]
    for at in sorted({_requirement(project, launch) or app.span for launch in bare}):
        launch = next(each for each in bare if (_requirement(project, each) or app.span) == at)
        sure = project.kind == "application" and not served
        yield Hit(at=at, via=launch.hops, severity=None if sure else "warning", message=IN_IMAGE)
    if bare or served or WSGI_SERVERS & project.installed:
        return
    at = _requirement(project) or app.span
    if project.kind != "application":
        yield Hit(at=at, severity="info")
    elif scripts := [path for path in sorted(project.facts.modules) if path.endswith(".wsgi")]:
        yield Hit(
            at=at,
            severity="info",
            message="No production server is named, but {script} is an entry script for one",
            facts={"script": scripts[0]},
        )
    elif project.unknown_starts:
        yield Hit(
            at=at,
            severity="info",
            message="No production server is visible, but {start} starts something that cannot be seen",
            facts={"start": str(project.unknown_starts[0].span)},
        )
    else:
        yield Hit(at=at)


def _is_bare(launch: Launch) -> bool:
    """Whether a development server serves in an image whose distributions are known and hold no other server."""
    return launch.server.is_development and launch.installs is not None and not WSGI_SERVERS & launch.installs


def _requirement(project: Project, launch: Launch | None = None) -> Span | None:
    """The line that asks for Flask: for a launch, that of the manifest nearest above its image's file."""
    found = [dep for dep in project.dependencies if dep.name == "flask" and dep.group != "lock"]
    if launch is not None and launch.dockerfile is not None:
        folder = posixpath.dirname(launch.dockerfile)
        near = [dep for dep in found if _holds(posixpath.dirname(dep.span.file), folder)]
        found = sorted(near, key=lambda dep: -len(posixpath.dirname(dep.span.file))) or found
    return found[0].span if found else None


def _holds(outer: str, inner: str) -> bool:
    return not outer or inner == outer or inner.startswith(f"{outer}/")
