"""The files of gunicorn settings in a project, whether a launch reads them or not."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.statements import statements
from flask_prodcheck.facts.syntax import Assign, ClassDef, Name, PyModule
from flask_prodcheck.model.launching.gunicorn import settings_table


def gunicorn_files(facts: Facts) -> Iterator[tuple[str, Span]]:
    """Every Python file that is called after gunicorn and holds settings of it, with the first one's place."""
    for path in sorted(facts.modules):
        if "gunicorn" in posixpath.basename(path).lower() and (first := _first(facts.modules[path])) is not None:
            yield path, first


def _first(module: PyModule) -> Span | None:
    """The first of at least two settings that a file without classes assigns at its top level."""
    found: list[Span] = []
    for statement, context in statements(module.body):
        if isinstance(statement, ClassDef):
            return None
        if isinstance(statement, Assign) and not context.in_main:
            names = [target.id for target in statement.targets if isinstance(target, Name)]
            found += [statement.span for name in names if name in settings_table()]
    return found[0] if len(found) > 1 else None
