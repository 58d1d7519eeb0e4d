"""PC308: the setting is named as gunicorn names it."""

from __future__ import annotations

import re

from flask_prodcheck.rulekit import Fix, Hit, Project, ReplaceWord, safe

MEANT = re.compile(r'did you mean "?(\w+)"?\?')


def fix(_project: Project, hit: Hit) -> Fix | None:
    meant = MEANT.search(hit.facts["hint"])
    if meant is None:
        return None
    return safe(f"rename it to {meant.group(1)}", ReplaceWord(hit.at, hit.facts["name"], meant.group(1)))
