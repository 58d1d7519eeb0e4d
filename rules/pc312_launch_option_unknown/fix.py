"""PC312: the option is named as gunicorn names it."""

from __future__ import annotations

from flask_prodcheck.rulekit import Fix, Hit, Project, ReplaceWord, safe


def fix(_project: Project, hit: Hit) -> Fix | None:
    meant = hit.facts["meant"]
    return safe(f"write {meant}", ReplaceWord(hit.at, hit.facts["option"], meant)) if meant else None
