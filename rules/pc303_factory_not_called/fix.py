"""PC303: the launch calls the factory."""

from __future__ import annotations

from flask_prodcheck.rulekit import CallTarget, Fix, Hit, Project, Server, safe

CALLS = frozenset({Server.GUNICORN.value})  # servers whose target may be a call


def fix(project: Project, hit: Hit) -> Fix | None:
    target = hit.facts["target"]
    launch = next((each for each in project.production if each.head.span == hit.at and each.target == target), None)
    if hit.facts["server"] not in CALLS or launch is None or (launch.app is not None and launch.app.required):
        return None
    return safe(f"start {target}()", CallTarget(launch.end.span, target))
