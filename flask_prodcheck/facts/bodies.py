"""The statements of Python files that are read when linking asks for them: most are never asked for."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import field

from flask_prodcheck.base import Problem
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.python import read_statements
from flask_prodcheck.facts.syntax import PyModule, Stmt
from flask_prodcheck.facts.time_limit import time_limit
from flask_prodcheck.records import dataclass, replace
from flask_prodcheck.sources.names import printable
from flask_prodcheck.sources.tree import Content, digest_of


@contextlib.contextmanager
def _depth_of_its_own() -> Iterator[None]:
    """The limit of recursion counted from here: how deeply a file may nest must not hang on who asks for it."""
    limit, depth, frame = sys.getrecursionlimit(), 0, sys._getframe()
    while frame.f_back is not None:
        depth, frame = depth + 1, frame.f_back
    sys.setrecursionlimit(limit + depth)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


@dataclass(frozen=True, slots=True)
class Unread:
    """Statements that are not at hand: none."""

    def statements(self) -> tuple[Stmt, ...]:
        return ()


@dataclass(slots=True)
class Bodies:
    """Reads the statements of files of ``content`` later, each once. ``problems``: the files that were no longer what
    their outlines were made of; an audit that met one is incomplete."""

    content: Content
    problems: list[Problem] = field(default_factory=list)

    def given(self, module: PyModule, digest: str) -> PyModule:
        """``module`` with a source of its statements where it has none; its file has the content of ``digest``."""
        later = isinstance(module.source, Unread)
        return replace(module, source=_Later(self, module.path, digest)) if later else module

    def read(self, path: str, digest: str) -> tuple[Stmt, ...]:
        """The statements of ``path``; none, and a problem, when it cannot be read or holds something else by now."""
        try:
            data = self.content.read(path)
            if digest_of(data) != digest:
                raise ReadError("was changed while it was audited")
            with time_limit(), _depth_of_its_own():
                return read_statements(path, data)
        except ReadError as error:
            self.problems.append(Problem(printable(path), error.line, str(error), blocking=True))
            return ()


@dataclass(slots=True)
class _Later:
    bodies: Bodies
    path: str
    digest: str
    kept: tuple[Stmt, ...] | None = None

    def statements(self) -> tuple[Stmt, ...]:
        if self.kept is None:
            self.kept = self.bodies.read(self.path, self.digest)
        return self.kept
