"""PC203: what is not configured means that debug mode is off."""

from __future__ import annotations

from flask_prodcheck.rulekit import Fix, FlipDefault, Hit, Project, settings_at, unsafe


def fix(project: Project, hit: Hit) -> Fix | None:
    """Where the default of a variable is written; a class that a variable selects, or a file replaces, has no one word
    that could be turned round."""
    own = [each for each in settings_at(project, hit.at, "DEBUG") if each.variable and each.chosen_at is None]
    site = next((each for each in project.run_sites if each.span == hit.at), None)
    if own or (site is not None and any(each.name == "debug" for each in site.node.keywords)):
        return unsafe("make off the default", FlipDefault(hit.at))
    return None
