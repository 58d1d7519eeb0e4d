"""Conditions of shell scripts, decided where the environment and the arguments decide them."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Sequence

from flask_prodcheck.facts.types import ShellTest, Word
from flask_prodcheck.model.launching.words import is_open

Expand = Callable[[Word], str]

_NUMERIC = {"-eq": "==", "-ne": "!=", "-lt": "<", "-le": "<=", "-gt": ">", "-ge": ">="}


def decide(test: ShellTest, expand: Expand) -> bool | None:
    """Whether the test succeeds; None when it cannot be decided (an open word, a question about files)."""
    words = [(expand(word), word.text) for word in test.words]
    result = _expression([text for text, _ in words])
    if result is None:
        return None
    return not result if test.negated else result


def _expression(words: Sequence[str]) -> bool | None:
    for operator in ("-o", "||"):
        if operator in words:
            at = list(words).index(operator)
            left, right = _expression(words[:at]), _expression(words[at + 1 :])
            return True if left or right else False if left is False and right is False else None
    for operator in ("-a", "&&"):
        if operator in words:
            at = list(words).index(operator)
            left, right = _expression(words[:at]), _expression(words[at + 1 :])
            return False if left is False or right is False else True if left and right else None
    if words[:1] == ["!"]:
        inner = _expression(words[1:])
        return None if inner is None else not inner
    if len(words) == 1:
        return None if is_open(words[0]) else bool(words[0])
    if len(words) == 2:
        return _unary(words[0], words[1])
    if len(words) == 3:
        return _binary(words[0], words[1], words[2])
    return None


def _unary(operator: str, operand: str) -> bool | None:
    if operator == "-z":
        return None if is_open(operand) else operand == ""
    if operator == "-n":
        return None if is_open(operand) else operand != ""
    return None


def _binary(left: str, operator: str, right: str) -> bool | None:
    if is_open(left) or is_open(right):
        return None
    if operator in ("=", "=="):
        return fnmatch.fnmatchcase(left, right) if any(mark in right for mark in "*?[") else left == right
    if operator == "!=":
        return not fnmatch.fnmatchcase(left, right) if any(mark in right for mark in "*?[") else left != right
    if operator in _NUMERIC and re.fullmatch(r"-?\d+", left) and re.fullmatch(r"-?\d+", right):
        a, b = int(left), int(right)
        return {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[_NUMERIC[operator]]
    return None


def matches(subject: str, pattern: str) -> bool | None:
    """Whether a ``case`` pattern matches ``subject``; None when either is open."""
    if pattern == "*":
        return True
    if is_open(subject) or is_open(pattern):
        return None
    return fnmatch.fnmatchcase(subject, pattern)
