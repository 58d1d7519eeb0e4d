"""PC319: the target is a module."""

from __future__ import annotations

from flask_prodcheck.rulekit import Fix, Hit, Project, ReplaceWord, safe


def fix(project: Project, hit: Hit) -> Fix | None:
    target = hit.facts["target"]
    path, _, attribute = target.partition(":")
    module = path.removesuffix(".py")
    launch = next((each for each in project.production if each.head.span == hit.at and each.target == target), None)
    if "/" in module or launch is None:
        return None
    named = f"{module}:{attribute or 'app'}"
    return safe(f"write {named}", ReplaceWord(launch.end.span, target, named))
