"""PC308: the setting is named as gunicorn names it."""

from __future__ import annotations

from flask_prodcheck.rulekit import Fix, Hit, Project, ReplaceWord, safe


def fix(_project: Project, hit: Hit) -> Fix | None:
    meant = hit.facts["meant"]
    return safe(f"rename it to {meant}", ReplaceWord(hit.at, hit.facts["name"], meant)) if meant else None
