"""PC101: production starts Gunicorn."""

from __future__ import annotations

from flask_prodcheck.rulekit import Fix, Hit, Project, SetUpGunicorn, unsafe


def fix(project: Project, hit: Hit) -> Fix | None:
    if project.best_app is None or hit.cure is not None:
        return None
    if any(hop.span.file in project.facts.manifests for hop in hit.via):
        return None  # a command of the project's own: its words say no server's that could be replaced
    return unsafe("start Gunicorn instead, as `prodcheck scaffold gunicorn` does", SetUpGunicorn())
