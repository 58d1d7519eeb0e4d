"""How deeply a source nests: the conversion takes some Python frames a level, and libcst's native parser would exhaust
the stack."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.patterns import regex

MAX_EXPRESSION_DEPTH = 200
"""Levels of one expression. Its readers take a few Python frames a level and the default limit is 1000."""

MAX_OPERANDS = 500
"""Operands of one ``and``/``or`` chain."""

MAX_BRACKETS = 100
MAX_OPERATORS = 2000

_OPERATOR = regex(r"\b(?:or|and|not|lambda|if|await)\b|[-+~*/%.&|^<>]")
_BRACKET = regex(r"[()\[\]{}]")


class TooDeepError(Exception):
    """An expression nests beyond what can be converted."""


def is_risky(text: str) -> bool:
    """Whether a source that ``ast`` cannot parse may nest beyond what libcst can take, from its characters alone (strings
    count too)."""
    depth = operators = 0
    for line in text.split("\n"):
        if depth == 0:
            operators = 0
        operators += sum(1 for _ in _OPERATOR.finditer(line))
        if operators > MAX_OPERATORS:
            return True
        for bracket in _brackets(line):
            depth = depth + 1 if bracket in "([{" else max(0, depth - 1)
            if depth > MAX_BRACKETS:
                return True
    return False


def _brackets(line: str) -> Iterator[str]:
    return (match.group() for match in _BRACKET.finditer(line))
