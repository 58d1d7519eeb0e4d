"""The words that a shell script asks for: what it compares in its tests, and the patterns of its ``case`` arms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flask_prodcheck.facts.shell_commands import every_command
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
    Var,
    Word,
)

_COMPARING = frozenset({"=", "==", "!="})


def words_asked_for(statements: Iterable[ShellStmt]) -> frozenset[str]:
    """Every word that ``statements`` compare something with, in whatever branch, loop or function."""
    return frozenset(map(_plain, _asked(statements)))


def asks_for_arguments(statements: Sequence[ShellStmt]) -> bool:
    """Whether a script decides by what it is called with: it compares an argument with something, or keeps one."""
    kept = (word for command in every_command(statements) for _, word in command.assigns)
    return any(
        isinstance(part, Var) and part.name.isdigit() and part.name != "0"
        for words in (_asked(statements), kept)
        for word in words
        for part in word.parts
    )


def _asked(statements: Iterable[ShellStmt]) -> Iterator[Word]:
    for each in statements:
        if isinstance(each, ShellTest):
            if any(word.text in _COMPARING for word in each.words):
                yield from each.words
        elif isinstance(each, ShellIf):
            for condition, body in each.branches:
                yield from _asked((*condition, *body))
            yield from _asked(each.orelse)
        elif isinstance(each, ShellCase):
            yield each.subject
            for patterns, body in each.arms:
                yield from patterns
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
