"""PC103: the project gets Gunicorn."""

from __future__ import annotations

from flask_prodcheck.rulekit import Fix, Hit, Project, SetUpGunicorn, unsafe


def fix(project: Project, _hit: Hit) -> Fix | None:
    if project.best_app is None or project.kind != "application" or project.unknown_starts:
        return None
    return unsafe("set up Gunicorn, as `prodcheck scaffold gunicorn` does", SetUpGunicorn())
