"""A tree as it would be after a plan, without writing anything."""

from __future__ import annotations

from collections.abc import Mapping

from flask_prodcheck.edits.changes import Plan
from flask_prodcheck.edits.text_file import decode
from flask_prodcheck.records import dataclass, replace
from flask_prodcheck.sources.kinds import HEAD_BYTES, kind_of
from flask_prodcheck.sources.tree import Content, Source, Tree, where_held


@dataclass(frozen=True, slots=True)
class _Overlaid:
    """The bytes of ``files``, else those of ``below``."""

    files: Mapping[str, bytes]
    below: Content

    def read(self, path: str) -> bytes:
        return self.files[path] if path in self.files else self.below.read(path)

    def with_word(self, path: str, word: bytes) -> bytes:
        return where_held(word, self.files[path]) if path in self.files else self.below.with_word(path, word)


def overlay(tree: Tree, plan: Plan, *, force: bool = False) -> Tree:
    """``tree`` as writing ``plan`` would leave it: what exists and may only be replaced by ``force`` stays."""
    files: dict[str, bytes] = {}
    for change in plan.changes:
        if change.keeps_existing and change.before is not None and not force:
            continue
        encoding = "utf-8" if change.before is None else decode(tree.content.read(change.path))[1]
        files[change.path] = change.after.encode(encoding, "replace")
    kept = [source for source in tree.sources if source.path not in files]
    new = [
        Source(path, kind, len(data))
        for path, data in files.items()
        if (kind := kind_of(path, data[:HEAD_BYTES])) is not None
    ]
    return replace(
        tree,
        sources=tuple(sorted([*kept, *new])),
        paths=tree.paths | frozenset(files),
        content=_Overlaid(files, tree.content),
    )
