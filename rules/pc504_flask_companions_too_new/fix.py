"""PC504: the companions stay below the release that breaks this Flask."""

from __future__ import annotations

from flask_prodcheck.rulekit import AddLine, Fix, Hit, Project, safe


def fix(project: Project, hit: Hit) -> Fix | None:
    """Lines of a requirements file; one that names a companion already is for its owner to change."""
    lines = hit.facts["lines"]
    names = {line.partition("<")[0] for line in lines.split("\n")}
    if not hit.at.file.endswith((".txt", ".in")) or any(each.name in names for each in project.dependencies):
        return None
    return safe(f"add {lines.replace(chr(10), ' and ')}", AddLine(hit.at, lines))
