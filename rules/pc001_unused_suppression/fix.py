"""PC001: a suppression that silences nothing goes."""

from __future__ import annotations

from flask_prodcheck.rulekit import DropSuppression, Fix, Hit, Project, safe


def fix(_project: Project, hit: Hit) -> Fix | None:
    code = hit.facts["code"]
    return safe(f"remove the suppression of {code}", DropSuppression(hit.at, code))
