"""PC318: the call is quoted."""

from __future__ import annotations

from flask_prodcheck.rulekit import Fix, Hit, Project, ReplaceWord, safe


def fix(_project: Project, hit: Hit) -> Fix | None:
    target = hit.facts["target"]
    if set("'\"$`\\") & set(target):
        return None
    return safe(f"quote {target}", ReplaceWord(hit.at, target, f"'{target}'"))
