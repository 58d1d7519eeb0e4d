"""PC203: what is not configured means that debug mode is off."""

from __future__ import annotations

from flask_prodcheck.rulekit import Fix, FlipDefault, Hit, Project, settings_at, unsafe


def fix(project: Project, hit: Hit) -> Fix | None:
    """Where the default of a variable is written; a class that a variable selects, or a file replaces, has no one word
    that could be turned round."""
    own = [each for each in settings_at(project, hit.at, "DEBUG") if each.variable and each.chosen_at is None]
    if own or any(site.span == hit.at for site in project.run_sites):
        return unsafe("make off the default", FlipDefault(hit.at))
    return None
