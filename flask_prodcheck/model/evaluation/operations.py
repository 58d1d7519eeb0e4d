"""Python's operators on plain values, with a bound on the size of what they make."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from pathlib import PurePath
from string import Formatter
from typing import Any

from flask_prodcheck.facts.syntax import MAX_BITS

#: The characters of the longest text, and the elements of the longest sequence, that is made.
SIZE = 100_000
LENGTH = 10_000
_BITS = 4096


class NotPlainError(Exception):
    """A value that is not a known Python value."""


class RefusedError(Exception):
    """An operation that is not carried out: its result would be too large."""


_BINARY: dict[str, Callable[[Any, Any], object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "|": operator.or_,
    "&": operator.and_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "**": operator.pow,
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def size(value: object) -> int:
    """The number of elements, or bits, of a value that can grow."""
    if isinstance(value, str | bytes | list | tuple | dict | set):
        return len(value)
    return value.bit_length() if isinstance(value, int) else 1


def binary(op: str, left: object, right: object) -> object:
    """``left op right``. Raises :class:`RefusedError` for a result beyond reason, and what Python raises."""
    function = _BINARY.get(op)
    if function is None:
        raise RefusedError(f"the operator {op} is not evaluated")
    if op in ("**", "<<"):
        bits = size(left) if isinstance(left, int) else 64
        if not isinstance(right, int | float) or abs(right) * (bits if op == "**" else 1) > _BITS:
            raise RefusedError("the number is too large")
    elif op == "*":
        for one, times in ((left, right), (right, left)):
            most = SIZE if isinstance(one, str | bytes) else LENGTH
            if isinstance(one, str | bytes | list | tuple) and (not isinstance(times, int) or len(one) * times > most):
                raise RefusedError("the text is too long")
        if size(left) + size(right) > _BITS and isinstance(left, int) and isinstance(right, int):
            raise RefusedError("the number is too large")
    elif op == "+" and size(left) + size(right) > SIZE and not isinstance(left, int):
        raise RefusedError("the text is too long")
    elif op == "%" and isinstance(left, str | bytes):
        template = left if isinstance(left, str) else left.decode("latin-1")
        if wide(template):
            raise RefusedError("the format is too wide")
        given = right if isinstance(right, tuple) else right.values() if isinstance(right, dict) else [right]
        _fields(template.count("%"), [*given])
    return function(left, right)


def is_too_large(value: object) -> bool:
    """Whether a text, a path or a number is larger than any that is made."""
    if isinstance(value, str | bytes):
        return len(value) > SIZE
    if isinstance(value, int):
        return value.bit_length() > MAX_BITS
    return isinstance(value, PurePath) and len(str(value)) > SIZE


def _fields(count: int, given: Sequence[object]) -> None:
    """Raises :class:`RefusedError` where ``count`` fields that show one of ``given`` make too long a text."""
    if count * max([size(each) for each in given if isinstance(each, str | bytes)], default=0) > SIZE:
        raise RefusedError("the text is too long")


def joined(parts: Sequence[str]) -> str:
    """The parts of an f-string in one text."""
    if sum(map(len, parts)) > SIZE:
        raise RefusedError("the text is too long")
    return "".join(parts)


def wide(template: str) -> bool:
    """Whether a format may ask for a field of more than 999 characters (a width can also be an argument)."""
    run = 0
    for char in template:
        run = run + 1 if char in "0123456789" else 0
        if run > 3:
            return True
    return "*" in template and "%" in template


def format_text(template: str, positional: list[object], keywords: dict[str, object]) -> str:
    """``template.format(...)`` for fields that name an argument and ask for no great width."""
    _fields(template.count("{"), [*positional, *keywords.values()])
    for _, name, spec, _ in Formatter().parse(template):
        if name is not None and not all(part.isalnum() or part == "_" for part in name):
            raise RefusedError("the format is not evaluated")
        if spec and ("{" in spec or wide(spec)):
            raise RefusedError("the format is not evaluated")
    return template.format(*positional, **keywords)


def unary(op: str, operand: Any) -> object:
    """``-x``, ``+x`` or ``~x``."""
    if op == "-":
        negative: object = operator.neg(operand)
        return negative
    result: object = operator.pos(operand) if op == "+" else operator.invert(operand)
    return result


def compare(op: str, left: object, right: object) -> bool:
    """``left op right`` for the orderings and equality."""
    function = _COMPARE.get(op)
    if function is None:
        raise RefusedError(f"the operator {op} is not evaluated")
    return bool(function(left, right))


def text_of(value: object) -> str:
    """What an f-string or ``str()`` shows of ``value``."""
    if isinstance(value, str | int | float | bool | bytes | PurePath) or value is None:
        return str(value)
    if isinstance(value, list | tuple | dict | set) and size(value) < 1000:
        return str(value)
    raise RefusedError(f"the text of a {type(value).__name__} is not evaluated")
