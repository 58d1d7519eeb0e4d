"""The changes of a plan while it is made: edits of existing files and whole new ones, collected by path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from flask_prodcheck.edits.changes import Change
from flask_prodcheck.edits.text_file import Edit, apply, decode, overlap, plain
from flask_prodcheck.records import dataclass
from flask_prodcheck.sources.tree import Tree


@dataclass(slots=True)
class _Draft:
    before: str | None
    edits: list[Edit] = field(default_factory=list)
    whole: str | None = None
    reasons: list[str] = field(default_factory=list)
    keeps_existing: bool = False
    vital: bool = False


@dataclass(slots=True)
class Drafts:
    """Reads from ``tree``, writes nothing."""

    tree: Tree
    _drafts: dict[str, _Draft] = field(default_factory=dict)

    def exists(self, path: str) -> bool:
        return path in self.tree.paths

    def text(self, path: str) -> str:
        """The plain text of an existing file. Raises :class:`~flask_prodcheck.errors.ReadError`."""
        return plain(self._original(path))

    def edit(self, path: str, edits: Sequence[Edit], why: str) -> bool:
        """Adds ``edits`` (offsets of the plain text) to those of the existing file ``path``; edits that are there
        already count once. False, and nothing added, when they would touch what another edit replaces."""
        draft = self._drafts.setdefault(path, _Draft(self._original(path)))
        new = [edit for edit in edits if edit not in draft.edits]
        if draft.whole is not None or overlap([*draft.edits, *new]):
            return False
        draft.edits += new
        if why not in draft.reasons:
            draft.reasons.append(why)
        return True

    def create(self, path: str, text: str, why: str, *, keeps_existing: bool = False, vital: bool = False) -> None:
        """Gives ``path`` the whole content ``text``."""
        before = self._original(path) if self.exists(path) else None
        self._drafts[path] = _Draft(before, whole=text, reasons=[why], keeps_existing=keeps_existing, vital=vital)

    def changes(self) -> tuple[Change, ...]:
        """One change per file whose text really differs."""
        found: list[Change] = []
        for path, draft in self._drafts.items():
            after = draft.whole if draft.whole is not None else apply(draft.before or "", draft.edits)
            if draft.before is not None and plain(after) == plain(draft.before):
                continue
            why = "; ".join(draft.reasons)
            found.append(Change(path, draft.before, after, why, draft.keeps_existing, draft.vital))
        return tuple(found)

    def _original(self, path: str) -> str:
        draft = self._drafts.get(path)
        if draft is not None and draft.before is not None:
            return draft.before
        return decode(self.tree.content.read(path))[0]
