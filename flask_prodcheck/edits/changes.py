"""What a scaffold would change: whole files before and after, each with its reason."""

from __future__ import annotations

from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One file. ``path`` is relative to the root with ``/``; ``before`` is None for a new file. Both texts hold the
    file's own line ends and, where it has one, its byte order mark. ``keeps_existing``: a file of the user's under this
    name is replaced by force only. ``vital``: the other changes do not work without this one."""

    path: str
    before: str | None
    after: str
    why: str
    keeps_existing: bool = False
    vital: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes in the order they are shown, and ``notes``: what is left to a person, one sentence each."""

    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
