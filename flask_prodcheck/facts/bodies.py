"""The statements of Python files that are read when linking asks for them: most are never asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from typing import Protocol

from flask_prodcheck.base import Problem
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.looked import Looked
from flask_prodcheck.facts.python import read_statements
from flask_prodcheck.facts.recursion import depth_of_its_own
from flask_prodcheck.facts.syntax import PyModule, Stmt
from flask_prodcheck.facts.time_limit import time_limit
from flask_prodcheck.records import dataclass, replace
from flask_prodcheck.sources.names import printable
from flask_prodcheck.sources.tree import Content, digest_of


@dataclass(frozen=True, slots=True)
class Unread:
    """Statements that are not at hand: none."""

    def statements(self) -> tuple[Stmt, ...]:
        return ()

    def look_for(self, words: Iterable[str]) -> None:
        """Nobody asks what was looked for in it."""

    def look_at_names(self) -> None:
        """Nobody asks what was looked at in it."""


class Remembered(Protocol):
    """The statements of files as they were read before."""

    def recall_statements(self, path: str, digest: str, content: bytes) -> object:
        """What :meth:`keep_statements` was given for ``path`` with this ``content`` of that ``digest``, or anything else."""

    def keep_statements(self, read: Iterable[tuple[str, str, bytes, object]]) -> None:
        """Keeps the last of each (path, digest, content, statements) for as long as the file's content is that."""


@dataclass(slots=True)
class Bodies:
    """Gives the statements of files of ``content`` when they are asked for, each once: as ``elsewhere`` or ``remembered``
    has them, else read. ``problems``: the files that were no longer what their outlines were made of; an audit that met one
    is incomplete. ``looked``: what was looked at in the files."""

    content: Content
    elsewhere: Callable[[str], bytes | None] = lambda _: None
    remembered: Remembered | None = None
    problems: list[Problem] = field(default_factory=list)
    new: dict[str, _Later] = field(default_factory=dict)
    looked: Looked = field(default_factory=Looked)

    def given(self, module: PyModule, digest: str) -> PyModule:
        """``module`` with a source of its statements where it has none; its file has the content of ``digest``."""
        if isinstance(module.source, Unread):
            return replace(module, source=_Later(self, module.path, digest))
        if self.remembered is not None:
            return replace(module, source=_Later(self, module.path, digest, module.source.statements()))
        return module

    def read(self, later: _Later) -> tuple[Stmt, ...]:
        """The statements of a file; none, and a problem, when it cannot be read or holds something else by now."""
        path = later.path
        try:
            data = self.content.read(path)
            if digest_of(data) != later.digest:
                raise ReadError("was changed while it was audited")
            known = None
            found = _unpacked(self.elsewhere(path))
            if found is None and self.remembered is not None:
                found = known = self._recalled(later, data, self.remembered)
            if found is None:
                with time_limit(), depth_of_its_own():
                    found = read_statements(path, data)
        except ReadError as error:
            self.problems.append(Problem(printable(path), error.line, str(error), blocking=True))
            return ()
        if known is None:
            self.new[path] = later
        return found

    def _recalled(self, later: _Later, content: bytes, remembered: Remembered) -> tuple[Stmt, ...] | None:
        with depth_of_its_own():
            data = remembered.recall_statements(later.path, later.digest, content)
            if data is None:
                return None
            # Most audits remember nothing.
            from flask_prodcheck.facts.statement_data import from_data

            return from_data(later.path, data)

    def remember(self) -> None:
        """Has the statements remembered that were asked for and were not."""
        if self.remembered is not None and self.new:
            self.remembered.keep_statements(self._noted())

    def _noted(self) -> Iterator[tuple[str, str, bytes, object]]:
        from flask_prodcheck.facts.statement_data import to_data

        for path, later in self.new.items():
            try:
                data = self.content.read(path)
            except ReadError:
                continue
            statements = to_data(path, later.statements()) if digest_of(data) == later.digest else None
            if statements is not None:
                yield path, later.digest, data, statements


def _unpacked(data: bytes | None) -> tuple[Stmt, ...] | None:
    if data is None:
        return None
    # Most audits have nothing to unpack.
    from flask_prodcheck.facts.packed import unpacked

    return unpacked(data)


@dataclass(slots=True)
class _Later:
    bodies: Bodies
    path: str
    digest: str
    kept: tuple[Stmt, ...] | None = None
    is_asked: bool = False

    def statements(self) -> tuple[Stmt, ...]:
        if not self.is_asked:
            self.is_asked = True
            self.bodies.looked.files.add(self.path)
            if self.kept is None:
                self.kept = self.bodies.read(self)
            else:
                self.bodies.new[self.path] = self
        return self.kept or ()

    def look_for(self, words: Iterable[str]) -> None:
        self.bodies.looked.for_words(words)

    def look_at_names(self) -> None:
        self.bodies.looked.files.add(self.path)
