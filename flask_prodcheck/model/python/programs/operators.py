"""Operators: what those of Python make of values that may not be decided."""

from __future__ import annotations

import re

from flask_prodcheck.facts.syntax import BinOp, BoolOp, Compare, UnaryOp
from flask_prodcheck.model.python.environments import Surroundings
from flask_prodcheck.model.python.programs.context import Context
from flask_prodcheck.model.python.programs.loaded import Loaded
from flask_prodcheck.model.python.programs.state import is_perhaps_empty
from flask_prodcheck.model.python.programs.undecided import OPEN, is_open_text
from flask_prodcheck.model.python.programs.words import text_of
from flask_prodcheck.model.python.tables import table_of


def binary(expr: BinOp, left: object, right: object) -> object:
    """What the operator of ``expr`` makes of its operands."""
    if expr.op == "+":
        if isinstance(left, list) and isinstance(right, list):
            return [*left, *right]
        if isinstance(left, list):
            return [*left, text_of(expr.right, OPEN)]
        if isinstance(right, list):
            return [text_of(expr.left, OPEN), *right]
        if isinstance(left, str) or isinstance(right, str):
            return text_of(expr.left, left) + text_of(expr.right, right)
        if isinstance(left, int) and isinstance(right, int):
            return left + right
    if expr.op == "%" and isinstance(left, str):
        parts = right if isinstance(right, list) else [right]
        shown = iter(["${value}" if part is OPEN or isinstance(part, Loaded) else str(part) for part in parts])
        return re.sub(r"%(?:\(\w+\))?[sdr]", lambda _: next(shown, "${value}"), left)
    if expr.op == "/" and (isinstance(left, str) or (left is OPEN and isinstance(right, str))):
        return f"{text_of(expr.left, left)}/{text_of(expr.right, right)}"  # a path: nothing else is divided by a text
    return OPEN


def unary(context: Context, expr: UnaryOp) -> object:
    """The value of ``not`` and of a sign."""
    value = context.inside(expr.operand)
    if value is OPEN:
        return OPEN
    if expr.op == "not":
        return OPEN if is_perhaps_empty(context.frame, expr.operand) else not value
    return -value if expr.op == "-" and isinstance(value, int | float) else OPEN


def logic(context: Context, expr: BoolOp) -> object:
    """The value of ``and`` and ``or``."""
    undecided = False
    value: object = OPEN
    for item in expr.values:
        value = context.inside(item)
        if value is OPEN:
            undecided = True
        elif bool(value) == (expr.op == "or"):
            # one deciding operand settles the truth of the whole, whatever the open ones are
            return bool(value) if undecided else value
    return OPEN if undecided else value


def comparison(context: Context, expr: Compare) -> object:
    """The value of a comparison of two values."""
    world, frame = context.world, context.frame
    if len(expr.ops) != 1:
        return OPEN
    op, right_expr = expr.ops[0]
    left = context.inside(expr.left)
    if op in ("in", "not in") and context.qualified(right_expr) == "os.environ":
        if isinstance(left, str):
            if left not in world.env:
                frame.assumed = True
            return (left in world.env) == (op == "in")
        return OPEN
    table = table_of(world.modules, frame.path, right_expr, frame.scope) if op in ("in", "not in") else None
    if table is not None and isinstance(left, str | int) and not is_open_text(left):
        return (left in table.entries) == (op == "in") if left in table.entries or table.is_whole else OPEN
    right = context.inside(right_expr)
    if left is OPEN or right is OPEN or is_open_text(left) or is_open_text(right):
        return OPEN
    if op in ("==", "is"):
        return left == right
    if op in ("!=", "is not"):
        return left != right
    if (
        op in ("in", "not in")
        and isinstance(right, list | dict | str)
        and (not isinstance(right, str) or isinstance(left, str))
        and (not isinstance(right, dict) or isinstance(left, str | int))
    ):
        if isinstance(right, list) and any(is_open_text(item) for item in right):
            return OPEN
        if isinstance(right, Surroundings) and left not in right:
            return OPEN
        found = left in right if not isinstance(right, str) else isinstance(left, str) and left in right
        return found == (op == "in")
    if isinstance(left, int | float) and isinstance(right, int | float):
        return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}.get(op, OPEN)
    return OPEN
