"""PC501: the Flask that the project installs still gets fixes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.rulekit import Dependency, Hit, Project, newest_allowed

FIRST_WITH_COOKIE_FIX = (2, 2, 5)

#: The first that works with a Werkzeug whose form parser has limits (2.2.3): Flask 1.1 imports what Werkzeug 2.1 lost.
FIRST_WITH_LIMITED_FORMS = (2,)

#: The files whose releases a lock file beside them settles.
LOCKED = frozenset({"Pipfile", "pyproject.toml"})


def check(project: Project) -> Iterator[Hit]:
    asked = [(dependency, _locked(dependency, project)) for dependency in _of_the_applications(project)]
    newest = [newest_allowed((locked or dependency).specifier) for dependency, locked in asked]
    hopeless = all(each is not None and each < FIRST_WITH_LIMITED_FORMS for each in newest)
    for (dependency, locked), release in zip(asked, newest, strict=True):
        if release is not None and release < FIRST_WITH_COOKIE_FIX:
            yield Hit(
                at=dependency.span,
                via=(locked.span,) if locked is not None else (),
                facts={"version": (locked or dependency).specifier},
                severity="error" if hopeless and project.production else None,
            )
            return


def _locked(dependency: Dependency, project: Project) -> Dependency | None:
    """What the lock file beside the file that asks for Flask says of it; None where there is none, or several."""
    folder, name = posixpath.split(dependency.span.file)
    beside = [
        each
        for each in project.dependencies
        if each.name == dependency.name
        and each.group == "lock"
        and posixpath.dirname(each.span.file) == folder
        and posixpath.basename(each.span.file).startswith("Pipfile") == (name == "Pipfile")
    ]
    return beside[0] if name in LOCKED and len(beside) == 1 else None


def _of_the_applications(project: Project) -> list[Dependency]:
    """The requirements of Flask in the folders that hold the applications; where there is none, all of them. A tool, or
    generated code, that stands in a folder of its own has other ones."""
    named = [each for each in project.dependencies if each.name == "flask" and each.group != "lock"]
    folders = [posixpath.dirname(app.span.file) for app in project.apps]
    nearest = [each for each in named if any(_holds(posixpath.dirname(each.span.file), folder) for folder in folders)]
    files = [each.span.file for each in nearest or named]  # of several for different Pythons none is judged
    return [each for each in nearest or named if not each.marker or files.count(each.span.file) == 1]


def _holds(folder: str, inner: str) -> bool:
    if posixpath.basename(folder) in ("requirements", "requirement", "reqs"):
        folder = posixpath.dirname(folder)
    return not folder or inner == folder or inner.startswith(folder + "/")
