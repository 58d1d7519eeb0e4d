"""PC103: the project gets Gunicorn."""

from __future__ import annotations

from flask_prodcheck.rulekit import Fix, Hit, Project, SetUpGunicorn, unsafe


def fix(project: Project, hit: Hit) -> Fix | None:
    if project.best_app is None or project.kind != "application" or project.unknown_starts:
        return None
    if hit.cure is not None:  # Gunicorn does not run where the project does
        return None
    if hit.severity is not None:  # another part of the project has its server: which part is meant is not decided
        return None
    return unsafe("set up Gunicorn, as `prodcheck scaffold gunicorn` does", SetUpGunicorn())
