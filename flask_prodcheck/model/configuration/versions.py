"""What a version specifier lets the deployment install."""

from __future__ import annotations

import re

from flask_prodcheck.model.project import Project

Version = tuple[int, ...]

_UPPER = re.compile(r"(===?|~=|<=?|\^|~)\s*v?(\d+(?:\.\d+)*)(\.\*)?")


def _numbers(text: str) -> Version:
    return tuple(int(part) for part in text.split("."))


def newest_allowed(specifier: str) -> Version | None:
    """The newest release that ``specifier`` lets in, as numbers (an exclusive bound counts as itself minus a little:
    ``<2`` gives ``(1, 999)``); None when nothing bounds it from above."""
    found: list[Version] = []
    for operator, text, star in _UPPER.findall(specifier):
        version = _numbers(text)
        if operator in ("==", "===", "<=") and not star:
            found.append(version)
        elif operator == "<":
            found.append(_just_below(version))
        elif operator == "==":
            found.append((*version, 999))
        elif operator in ("~=", "~"):
            found.append((*(version[:-1] if len(version) > 1 else version), 999))
        elif operator == "^":
            lead = next((index for index, part in enumerate(version) if part), len(version) - 1)
            found.append((*version[: lead + 1], 999))
    return min(found) if found else None


def _just_below(version: Version) -> Version:
    last = len(version) - 1
    while last > 0 and version[last] == 0:
        last -= 1
    if version[last] == 0:
        return (0,)
    return (*version[:last], version[last] - 1, 999)


def flask_before(project: Project, version: Version) -> bool:
    """Whether every requirement for Flask keeps it below ``version``; false when nothing bounds it."""
    newest = [newest_allowed(dependency.specifier) for dependency in project.dependencies if dependency.name == "flask"]
    return bool(newest) and all(each is not None and each < version for each in newest)
