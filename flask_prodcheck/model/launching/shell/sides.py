"""The sides of a branch that cannot be decided: what the words of its condition say of each."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.facts.types import ShellCommand, ShellList, ShellStmt, ShellTest
from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.project import Purpose


def side(condition: Sequence[ShellStmt], taken: bool, inherited: Sequence[str]) -> tuple[str, ...]:
    """The hint of one side of an undecided condition: its own words where it holds, their opposite where it does not."""
    named = purpose_of_words(_condition_words(condition))
    if named is None:
        return tuple(inherited)
    if taken is not _negated(condition):
        return (named[0].value,)
    return (_OPPOSITE[named[0]],)


def opposite(condition: Sequence[ShellStmt]) -> list[str]:
    named = purpose_of_words(_condition_words(condition))
    if named is None:
        return []
    return [named[0].value] if _negated(condition) else [_OPPOSITE[named[0]]]


_OPPOSITE = {Purpose.PRODUCTION: "development", Purpose.DEVELOPMENT: "production", Purpose.TEST: "production"}


def _condition_words(condition: Sequence[ShellStmt]) -> list[str]:
    texts = [
        each.text
        if isinstance(each, ShellTest | ShellCommand)
        else " ".join(_condition_words(each.items))
        if isinstance(each, ShellList)
        else ""
        for each in condition
    ]
    return words_of(" ".join(texts))


def _negated(condition: Sequence[ShellStmt]) -> bool:
    return any(
        isinstance(each, ShellTest) and (each.negated or "!=" in each.text or "-z " in each.text or "-ne " in each.text)
        for each in condition
    )


def asks_for_root(condition: Sequence[ShellStmt]) -> bool:
    return any(isinstance(each, ShellTest) and "id -u" in each.text for each in condition)


def gives_up(statement: ShellStmt) -> bool:
    """Whether ``statement`` ends the script as failed."""
    words = [word.text for word in statement.words] if isinstance(statement, ShellCommand) else []
    return len(words) == 2 and words[0] in ("exit", "return") and words[1] != "0"
