"""Conditions of shell scripts, decided where the environment and the arguments decide them."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Sequence

from flask_prodcheck.facts.types import ShellTest, Word
from flask_prodcheck.model.launching.words import is_open
from flask_prodcheck.patterns import regex

Expand = Callable[[Word], str]
Holds = Callable[[str, str], bool]

_NUMERIC = {"-eq": "==", "-ne": "!=", "-lt": "<", "-le": "<=", "-gt": ">", "-ge": ">="}


def decide(test: ShellTest, expand: Expand, holds: Holds) -> bool | None:
    """Whether the test succeeds; None when it cannot be decided (an open word, a file that is not seen). ``holds`` says
    of an operator and a path whether a file that answers it is known to be there."""
    result = _expression([(expand(word), word.text) for word in test.words], holds)
    if result is None:
        return None
    return not result if test.negated else result


def _expression(words: Sequence[tuple[str, str]], holds: Holds) -> bool | None:
    """``words`` as (expanded, as written): an operator is one only where it is written without quotes."""
    written = [raw for _, raw in words]
    for operators in (("-o", "||"), ("-a", "&&")):
        at = next((index for index, raw in enumerate(written) if raw in operators), None)
        if at is None:
            continue
        left, right = _expression(words[:at], holds), _expression(words[at + 1 :], holds)
        if operators[1] == "||":
            return True if left or right else False if left is False and right is False else None
        return False if left is False or right is False else True if left and right else None
    if written[:1] == ["!"]:
        inner = _expression(words[1:], holds)
        return None if inner is None else not inner
    texts = [text for text, _ in words]
    if len(texts) == 1:
        return None if is_open(texts[0]) else bool(texts[0])
    if len(texts) == 2:
        return _unary(texts[0], texts[1], holds)
    if len(texts) == 3:
        return _binary(texts[0], texts[1], texts[2])
    return None


def _unary(operator: str, operand: str, holds: Holds) -> bool | None:
    if operator == "-z":
        return None if is_open(operand) else operand == ""
    if operator == "-n":
        return None if is_open(operand) else operand != ""
    if operator in ("-e", "-f", "-d"):
        return True if operand and not is_open(operand) and holds(operator, operand) else None
    return None


def _binary(left: str, operator: str, right: str) -> bool | None:
    if is_open(left) or is_open(right):
        if operator in ("=", "==", "!=") and _cannot_match(left, right):
            return operator == "!="
        return None
    if operator in ("=", "=="):
        return fnmatch.fnmatchcase(left, right) if any(mark in right for mark in "*?[") else left == right
    if operator == "!=":
        return not fnmatch.fnmatchcase(left, right) if any(mark in right for mark in "*?[") else left != right
    if operator in _NUMERIC and re.fullmatch(r"-?\d{1,18}", left) and re.fullmatch(r"-?\d{1,18}", right):
        a, b = int(left), int(right)
        return {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[_NUMERIC[operator]]
    return None


def matches(subject: str, pattern: str) -> bool | None:
    """Whether a ``case`` pattern matches ``subject``; None when either is open."""
    if pattern == "*":
        return True
    if is_open(subject) or is_open(pattern):
        return False if _cannot_match(subject, pattern) else None
    return fnmatch.fnmatchcase(subject, pattern)


_UNKNOWN_PART = regex(r"\$[{(]|[*?\[]")


def _cannot_match(subject: str, pattern: str) -> bool:
    """Whether what both texts are known to begin or to end with already differs (``--workers=${N}`` is not ``&&``)."""
    if "$(" in subject or "$(" in pattern:
        return False  # where the substitution ends is not known
    heads = [_UNKNOWN_PART.split(text, maxsplit=1)[0] for text in (subject, pattern)]
    tails = [re.split(r"[}*?\]]", text)[-1] for text in (subject, pattern)]
    shorter = min(len(head) for head in heads)
    if heads[0][:shorter] != heads[1][:shorter]:
        return True
    if any(
        _UNKNOWN_PART.search(text) is None and len(text) < len(head)
        for text, head in ((subject, heads[1]), (pattern, heads[0]))
    ):
        return True
    shorter = min(len(tail) for tail in tails)
    return shorter > 0 and tails[0][-shorter:] != tails[1][-shorter:]
