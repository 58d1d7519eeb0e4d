"""Constants: the value of a literal expression."""

from __future__ import annotations

from flask_prodcheck.facts.syntax import Call, Const, Expr, Name, UnaryOp
from flask_prodcheck.numerals import numeral


def constant_of(value: Expr) -> tuple[object] | None:
    """The value of a literal expression, wrapped; ``bool("False")`` is True as Python has it."""
    if isinstance(value, Const):
        return (value.value,)
    if isinstance(value, UnaryOp) and value.op == "not":
        inner = constant_of(value.operand)
        return (not inner[0],) if inner is not None else None
    if (
        isinstance(value, Call)
        and isinstance(value.func, Name)
        and value.func.id in ("bool", "int")
        and len(value.args) == 1
    ):
        inner = constant_of(value.args[0])
        if inner is not None and value.func.id == "bool":
            return (bool(inner[0]),)
        return whole_number(inner[0]) if inner is not None else None
    return None


def whole_number(value: object) -> tuple[int] | None:
    """What ``int`` makes of ``value``, where that is not in doubt."""
    if isinstance(value, int):
        return (int(value),)
    text = value.strip() if isinstance(value, str) else ""
    number = numeral(text.removeprefix("-"))
    return None if number is None else (-number if text.startswith("-") else number,)
