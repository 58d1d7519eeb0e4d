"""PC501: the Flask that the project installs still gets fixes."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Project, newest_allowed

FIRST_WITH_COOKIE_FIX = (2, 2, 5)


def check(project: Project) -> Iterator[Hit]:
    for dependency in project.dependencies:
        if dependency.name != "flask" or dependency.group == "lock":
            continue
        newest = newest_allowed(dependency.specifier)
        if newest is not None and newest < FIRST_WITH_COOKIE_FIX:
            yield Hit(at=dependency.span, facts={"version": dependency.specifier})
            return
