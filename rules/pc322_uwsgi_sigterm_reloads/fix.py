"""PC322: SIGTERM stops uWSGI."""

from __future__ import annotations

from flask_prodcheck.rulekit import AddLine, Fix, Hit, Project, safe


def fix(project: Project, hit: Hit) -> Fix | None:
    if hit.at.file not in project.facts.uwsgi or not hit.at.file.endswith((".ini", ".cfg", ".conf")):
        return None
    return safe("add die-on-term", AddLine(hit.at, "die-on-term = true"))
