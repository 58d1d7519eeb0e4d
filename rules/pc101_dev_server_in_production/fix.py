"""PC101: production starts Gunicorn."""

from __future__ import annotations

from flask_prodcheck.rulekit import Fix, Hit, Project, SetUpGunicorn, unsafe


def fix(project: Project, _hit: Hit) -> Fix | None:
    if project.best_app is None:
        return None
    return unsafe("start Gunicorn instead, as `prodcheck scaffold gunicorn` does", SetUpGunicorn())
