"""PC203: what is not configured means that debug mode is off."""

from __future__ import annotations

from flask_prodcheck.rulekit import Fix, FlipDefault, Hit, Project, unsafe


def fix(_project: Project, hit: Hit) -> Fix | None:
    return unsafe("make off the default", FlipDefault(hit.at))
