"""Comprehensions, which the facts keep as text: the parts of a plain one as expressions of the model.

Only a comprehension whose whole text was kept (facts cut it at 200 characters) and that has one ``for`` is read.
"""

from __future__ import annotations

import ast

from flask_prodcheck.base import Span
from flask_prodcheck.facts.syntax import (
    Attribute,
    BinOp,
    BoolOp,
    Call,
    Collection,
    Compare,
    Const,
    Expr,
    IfExp,
    Keyword,
    Name,
    Opaque,
    Subscript,
    UnaryOp,
)
from flask_prodcheck.records import dataclass

_COMPARE = {
    ast.Eq: "==", ast.NotEq: "!=", ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip

_BINARY = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.BitOr: "|", ast.BitAnd: "&",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comprehension:
    """``kind`` is "list", "set", "dict" or "generator"; ``key`` is None but for a dict."""

    kind: str
    key: Expr | None
    value: Expr
    target: Expr
    source: Expr
    tests: tuple[Expr, ...]


def comprehension(expr: Opaque) -> Comprehension | None:
    """The parts of ``expr``; None when it is something else or too involved."""
    if " for " not in expr.text or " async " in expr.text:
        return None
    try:
        node = ast.parse(f"({expr.text.strip()})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) or len(node.generators) != 1:
        return None
    loop = node.generators[0]
    kinds = {ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict", ast.GeneratorExp: "generator"}
    key = _expr(node.key, expr.span) if isinstance(node, ast.DictComp) else None
    value = _expr(node.value if isinstance(node, ast.DictComp) else node.elt, expr.span)
    tests = tuple(_expr(test, expr.span) for test in loop.ifs)
    return Comprehension(
        kinds[type(node)], key, value, _expr(loop.target, expr.span), _expr(loop.iter, expr.span), tests
    )


def _expr(node: ast.expr, span: Span) -> Expr:
    match node:
        case ast.Constant(value=value) if value is not Ellipsis:
            return Const(span, value)
        case ast.Name(id=name):
            return Name(span, name)
        case ast.Attribute(value=inner, attr=attr):
            return Attribute(span, _expr(inner, span), attr)
        case ast.Call(func=func, args=args, keywords=words) if not any(isinstance(arg, ast.Starred) for arg in args):
            keywords = tuple(Keyword(span, word.arg, _expr(word.value, span)) for word in words)
            return Call(span, _expr(func, span), tuple(_expr(arg, span) for arg in args), keywords)
        case ast.Subscript(value=inner, slice=index) if not isinstance(index, ast.Slice):
            return Subscript(span, _expr(inner, span), _expr(index, span))
        case ast.Tuple(elts=items):
            return Collection(span, "tuple", tuple(_expr(item, span) for item in items))
        case ast.List(elts=items):
            return Collection(span, "list", tuple(_expr(item, span) for item in items))
        case ast.BinOp(op=operator, left=left, right=right) if type(operator) in _BINARY:
            return BinOp(span, _BINARY[type(operator)], _expr(left, span), _expr(right, span))
        case ast.BoolOp(op=op, values=values):
            return BoolOp(span, "and" if isinstance(op, ast.And) else "or", tuple(_expr(one, span) for one in values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return UnaryOp(span, "not", _expr(operand, span))
        case ast.Compare(left=left, ops=ops, comparators=rest):
            pairs = tuple((_COMPARE[type(op)], _expr(one, span)) for op, one in zip(ops, rest, strict=True))
            return Compare(span, _expr(left, span), pairs)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return IfExp(span, _expr(test, span), _expr(body, span), _expr(orelse, span))
        case _:
            names = frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))
            return Opaque(span, ast.unparse(node)[:200], names)
