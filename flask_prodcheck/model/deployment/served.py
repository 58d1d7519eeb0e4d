"""Which modules of the project serve an application, and what they use of Flask."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from flask_prodcheck.base import Span
from flask_prodcheck.facts.syntax import PyModule
from flask_prodcheck.model.project import Configuration, Project

_TEST = re.compile(
    r"(?:^|/)(?:tests?|testing|examples?|docs?|migrations|alembic)/|(?:^|/)(?:test_|conftest)[^/]*$|_test\.py$"
)


def served_modules(project: Project, configuration: Configuration) -> Iterator[PyModule]:
    """The modules that run when the application of ``configuration`` serves: those its launch imports, and those of the
    package (or folder below the root) that holds it, which a factory may import later. Tests are left out."""
    launch = configuration.launch
    reached = {configuration.app.span.file}
    if launch is not None:
        reached |= launch.imported
        if launch.module_file:
            reached.add(launch.module_file)
    folder = _package(posixpath.dirname(configuration.app.span.file), project.facts.paths)
    for path in sorted(project.facts.modules):
        inside = path in reached or (folder and path.startswith(folder + "/"))
        if inside and (path == configuration.app.span.file or not _TEST.search(path)):
            yield project.facts.modules[path]


def _package(folder: str, paths: frozenset[str]) -> str:
    """The outermost package that holds ``folder``; ``folder`` itself when it is none."""
    outer = folder
    while outer and f"{outer}/__init__.py" in paths:
        folder, outer = outer, posixpath.dirname(outer)
    return folder


def used_by(project: Project, configuration: Configuration, kind: str) -> Span | None:
    """Where the application first uses ``kind`` (a field of :class:`~flask_prodcheck.facts.syntax.Uses`), or None."""
    for module in served_modules(project, configuration):
        found = getattr(module.uses, kind)
        if isinstance(found, Span):
            return found
    return None
