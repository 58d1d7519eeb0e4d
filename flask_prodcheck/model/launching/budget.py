"""How far commands are followed: cycles and sheer size end in a note, never in a hang."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask_prodcheck.base import Problem, Span
from flask_prodcheck.model.project import Hop

_MAX_DEPTH = 24
_MAX_STEPS = 6000  # for one head
_MAX_ALL_STEPS = 60_000


class Budget:
    """The steps that following may still take, what is being followed, the notes of what could not be, and the starts of
    which the project does not show what they start."""

    def __init__(self) -> None:
        self.notes: list[Problem] = []
        self.unseen: list[Hop] = []
        self.depth = 0
        self._steps = 0
        self._limit = _MAX_STEPS
        self._all_steps = 0
        self._active: set[tuple[str, tuple[str, ...]]] = set()

    def begin(self, limit: int = _MAX_STEPS) -> None:
        """Start with another head: what the others have used does not count."""
        self._all_steps += self._steps
        self._steps = 0
        self._limit = min(limit, max(_MAX_ALL_STEPS - self._all_steps, 0))

    def enter(self, span: Span) -> bool:
        """Whether one more command may be followed inside the others; :meth:`leave` ends it."""
        if self.depth >= _MAX_DEPTH or self._steps >= self._limit:
            self.note(span, "the launch chain is too long to follow")
            return False
        self._steps += 1
        self.depth += 1
        return True

    def leave(self) -> None:
        self.depth -= 1

    def step(self, span: Span) -> bool:
        """Whether one more statement of a script may be followed."""
        self._steps += 1
        if self._steps > self._limit:
            self.note(span, "the script is too long to follow")
            return False
        return True

    @contextmanager
    def once(self, what: str, args: tuple[str, ...]) -> Iterator[bool]:
        """Whether ``what`` is not being followed with ``args`` already; it is until the block ends."""
        key = (what, args)
        if key in self._active:
            yield False
            return
        self._active.add(key)
        try:
            yield True
        finally:
            self._active.discard(key)

    def note(self, span: Span, message: str) -> None:
        problem = Problem(span.file, span.line, message)
        if problem not in self.notes:
            self.notes.append(problem)

    def note_cycle(self, span: Span) -> None:
        self.note(span, "the launch chain comes back to itself")
