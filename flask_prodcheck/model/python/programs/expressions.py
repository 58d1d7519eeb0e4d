"""Expressions: the values that a Python program computes on the way to a launch, arguments, environment, command lines.

A small evaluator for :mod:`~flask_prodcheck.model.python.execution`; nothing is executed. What cannot be decided is
:data:`~flask_prodcheck.model.python.programs.undecided.OPEN`.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.facts.syntax import (
    Attribute,
    BinOp,
    BoolOp,
    Call,
    Collection,
    Compare,
    Const,
    Dict,
    Expr,
    IfExp,
    Name,
    Starred,
    Subscript,
    Template,
    UnaryOp,
)
from flask_prodcheck.model.python.environments import Surroundings, surroundings_made
from flask_prodcheck.model.python.programs.bounds import SIZE, size
from flask_prodcheck.model.python.programs.calls import called
from flask_prodcheck.model.python.programs.context import Context
from flask_prodcheck.model.python.programs.operators import binary, comparison, logic, unary
from flask_prodcheck.model.python.programs.references import reference, subscription
from flask_prodcheck.model.python.programs.state import Frame, World
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.model.python.programs.words import joined, text_of

_DEPTH = 16
#: What a function is given hangs on what another one is given: a name that is bound again and again hangs on itself.
_WAITING = 8


def evaluate(world: World, frame: Frame, expr: Expr) -> object:
    """The value of ``expr``, or open. Lists are Python lists whose items may be open."""
    if world.effort.value is not None:  # another value hangs on this one
        if world.effort.waiting >= _WAITING:
            return OPEN
        world.effort.waiting += 1
        try:
            return _value(world, frame, expr)
        finally:
            world.effort.waiting -= 1
    world.effort.begin()
    try:
        return _value(world, frame, expr)
    finally:
        world.effort.end()


def _value(world: World, frame: Frame, expr: Expr, depth: int = 0) -> object:
    if depth > _DEPTH or not world.effort.take(1):
        return OPEN
    if isinstance(expr, Const):
        return expr.value
    context, kept = Context(world, frame, depth, _value), world.effort.kept
    inside = context.inside
    if isinstance(expr, (Name, Attribute)):
        return reference(context, expr)
    if isinstance(expr, Call):
        return kept(called(context, expr))
    if isinstance(expr, Collection):
        return kept(_items(context, expr.items))
    if isinstance(expr, Dict):
        if expr.items and all(isinstance(key, Const) for key, _ in expr.items):
            return kept({key.value: inside(value) for key, value in expr.items if isinstance(key, Const)})
        made = _surroundings(context, expr)
        # An empty one is there to be filled, often by a function inside this one.
        return kept(made) if made is not None else OPEN
    if isinstance(expr, Template):
        return kept(joined("", [text_of(part, inside(part)) for part in expr.parts]))
    if isinstance(expr, BinOp):
        made = _surroundings(context, expr) if expr.op == "|" else None
        return kept(made if made is not None else binary(expr, inside(expr.left), inside(expr.right)))
    if isinstance(expr, UnaryOp):
        return unary(context, expr)
    if isinstance(expr, BoolOp):
        return logic(context, expr)
    if isinstance(expr, Compare):
        return comparison(context, expr)
    if isinstance(expr, IfExp):
        test = inside(expr.test)
        return OPEN if test is OPEN else inside(expr.body if test else expr.orelse)
    if isinstance(expr, Subscript):
        return subscription(context, expr)
    return OPEN


def _surroundings(context: Context, expr: BinOp | Dict) -> Surroundings | None:
    frame = context.frame
    return surroundings_made(context.world.modules, frame.path, frame.scope.body, expr, context.inside)


def _items(context: Context, items: Sequence[Expr]) -> object:
    found: list[object] = []
    total = 0
    for item in items:
        if isinstance(item, Starred):
            value = context.inside(item.value)
            more = value if isinstance(value, list) else [text_of(item.value, OPEN)]
        else:
            value = context.inside(item)
            more = [text_of(item, OPEN) if value is OPEN else value]
        found += more
        total += size(more)
        if total > SIZE:
            return OPEN
    return found
