"""PC501: the Flask that the project installs still gets fixes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.rulekit import Dependency, Hit, Project, newest_allowed

FIRST_WITH_COOKIE_FIX = (2, 2, 5)


def check(project: Project) -> Iterator[Hit]:
    for dependency in _of_the_applications(project):
        newest = newest_allowed(dependency.specifier)
        if newest is not None and newest < FIRST_WITH_COOKIE_FIX:
            yield Hit(at=dependency.span, facts={"version": dependency.specifier})
            return


def _of_the_applications(project: Project) -> list[Dependency]:
    """The requirements of Flask in the folders that hold the applications; where there is none, all of them. A tool, or
    generated code, that stands in a folder of its own has other ones."""
    named = [each for each in project.dependencies if each.name == "flask" and each.group != "lock"]
    folders = [posixpath.dirname(app.span.file) for app in project.apps]
    nearest = [each for each in named if any(_holds(posixpath.dirname(each.span.file), folder) for folder in folders)]
    return nearest or named


def _holds(folder: str, inner: str) -> bool:
    if posixpath.basename(folder) in ("requirements", "requirement", "reqs"):
        folder = posixpath.dirname(folder)
    return not folder or inner == folder or inner.startswith(folder + "/")
