"""How deeply a source nests: the conversion takes some Python frames a level, and libcst's native parser would exhaust
the stack."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from flask_prodcheck.facts.python.outline import children

MAX_EXPRESSION_DEPTH = 200
"""Levels of one expression. libcst's positions take several Python frames a level and the default limit is 1000."""

MAX_OPERANDS = 500
"""Operands of one ``and``/``or`` chain, flat in ``ast`` but one level each in libcst; also joined string literals."""

MAX_BRACKETS = 100
MAX_OPERATORS = 2000

_OPERATOR = re.compile(r"\b(?:or|and|not|lambda|if|await)\b|[-+~*/%.&|^<>]")
_BRACKET = re.compile(r"[()\[\]{}]")


class TooDeepError(Exception):
    """An expression nests beyond what can be converted."""


def may_be_deep(node: ast.stmt | ast.expr) -> bool:
    """Whether ``node`` is long enough: a level costs at least one character, so short ones need no walk."""
    return node.end_lineno != node.lineno or (node.end_col_offset or 0) - node.col_offset >= MAX_EXPRESSION_DEPTH


def refuse_deep(statement: ast.stmt) -> None:
    """Raises :class:`TooDeepError` when an expression of ``statement`` (not of the statements inside it) nests too
    deeply."""
    pending: list[ast.AST] = [statement]
    while pending:
        for child in children(pending.pop()):
            if isinstance(child, ast.expr):
                if may_be_deep(child) and _is_deep(child):
                    raise TooDeepError
            elif not isinstance(child, ast.stmt):
                pending.append(child)


def is_risky(text: str) -> bool:
    """The same for a source that ``ast`` cannot parse, from its characters alone (strings count too)."""
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


def _is_deep(root: ast.expr) -> bool:
    level: list[ast.AST] = [root]
    depth = 0
    while level:
        depth += 1
        if depth > MAX_EXPRESSION_DEPTH:
            return True
        below: list[ast.AST] = []
        for node in level:
            if isinstance(node, ast.BoolOp) and len(node.values) > MAX_OPERANDS:
                return True
            below += children(node)
        level = below
    return False
