"""PC301: the server joins what the deployment installs."""

from __future__ import annotations

from flask_prodcheck.rulekit import Fix, Hit, Project, RequireGunicorn, safe


def fix(_project: Project, hit: Hit) -> Fix | None:
    if hit.facts["server"] != "gunicorn":
        return None
    return safe("add gunicorn to what is installed", RequireGunicorn(hit.at))
