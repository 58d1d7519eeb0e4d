"""The words that a shell script asks for: what it compares in its tests, and the patterns of its ``case`` arms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_prodcheck.facts.types import (
    Lit,
    ShellCase,
    ShellFunction,
    ShellGroup,
    ShellIf,
    ShellList,
    ShellLoop,
    ShellStmt,
    ShellTest,
    Word,
)

_COMPARING = frozenset({"=", "==", "!="})


def words_asked_for(statements: Iterable[ShellStmt]) -> frozenset[str]:
    """Every word that ``statements`` compare something with, in whatever branch, loop or function."""
    return frozenset(_asked(statements))


def _asked(statements: Iterable[ShellStmt]) -> Iterator[str]:
    for each in statements:
        if isinstance(each, ShellTest):
            if any(word.text in _COMPARING for word in each.words):
                yield from map(_plain, each.words)
        elif isinstance(each, ShellIf):
            for condition, body in each.branches:
                yield from _asked((*condition, *body))
            yield from _asked(each.orelse)
        elif isinstance(each, ShellCase):
            for patterns, body in each.arms:
                yield from map(_plain, patterns)
                yield from _asked(body)
        elif isinstance(each, ShellLoop):
            yield from _asked((*each.condition, *each.body))
        elif isinstance(each, (ShellGroup, ShellFunction)):
            yield from _asked(each.body)
        elif isinstance(each, ShellList):
            yield from _asked(each.items)


def _plain(word: Word) -> str:
    texts = [part.text for part in word.parts if isinstance(part, Lit)]
    return "".join(texts) if len(texts) == len(word.parts) else ""
