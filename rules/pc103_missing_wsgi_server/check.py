"""PC103: an application needs a production server somewhere: started, required or supplied by its platform."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import WSGI_SERVERS, Hit, Project, Server


def check(project: Project) -> Iterator[Hit]:
    app = project.best_app
    if app is None:
        return
    if any(not launch.server.is_development and launch.server is not Server.OTHER for launch in project.launches):
        return
    if WSGI_SERVERS & project.installed:
        return
    flask = next((dep for dep in project.dependencies if dep.name == "flask" and dep.group != "lock"), None)
    at = flask.span if flask is not None else app.span
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
