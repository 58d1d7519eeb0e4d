"""The statements and expressions of a file's facts, walked: where each statement stands, and what is inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flask_prodcheck.facts.syntax import (
    Assert,
    Assign,
    Attribute,
    AugAssign,
    BinOp,
    BoolOp,
    Call,
    ClassDef,
    Collection,
    Compare,
    Const,
    Dict,
    Expr,
    ExprStmt,
    FunctionDef,
    If,
    IfExp,
    Lambda,
    Loop,
    Match,
    Name,
    Opaque,
    Raise,
    Return,
    Starred,
    Stmt,
    Subscript,
    Template,
    Try,
    UnaryOp,
    With,
)
from flask_prodcheck.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class Context:
    """Where a statement stands: under the main guard, in a branch or handler, and the tests it is under with the value
    each must have."""

    in_main: bool = False
    conditional: bool = False
    tests: tuple[tuple[Expr, bool], ...] = ()


def main_branches(test: Expr) -> tuple[bool, bool]:
    """Whether the body, and the else branch, of ``if test`` run only as the main program."""
    if isinstance(test, UnaryOp) and test.op == "not":
        body, orelse = main_branches(test.operand)
        return orelse, body
    if isinstance(test, BoolOp):
        parts = [main_branches(value) for value in test.values]
        if test.op == "and":
            return any(body for body, _ in parts), all(orelse for _, orelse in parts)
        return all(body for body, _ in parts), any(orelse for _, orelse in parts)
    if isinstance(test, Compare) and len(test.ops) == 1:
        op, right = test.ops[0]
        left = test.left
        if op in ("==", "!="):
            if isinstance(right, Name):
                left, right = right, left
            if _is_dunder_name(left) and isinstance(right, Const) and right.value == "__main__":
                return (True, False) if op == "==" else (False, True)
        if op in ("in", "not in") and _is_dunder_name(left) and isinstance(right, Collection):
            values = {item.value for item in right.items if isinstance(item, Const)}
            if len(values) == len(right.items) and "__main__" in values and values <= {"__main__", "__mp_main__"}:
                return (True, False) if op == "in" else (False, True)
    return False, False


def _is_dunder_name(expr: Expr) -> bool:
    return isinstance(expr, Name) and expr.id == "__name__"


def is_main_test(expr: Expr) -> bool:
    """Whether ``if expr`` guards code that runs only as the main program."""
    return main_branches(expr)[0]


def is_type_checking(expr: Expr) -> bool:
    """``TYPE_CHECKING`` or ``typing.TYPE_CHECKING``, false at run time."""
    return (isinstance(expr, Name) and expr.id == "TYPE_CHECKING") or (
        isinstance(expr, Attribute) and expr.attr == "TYPE_CHECKING"
    )


def statements(body: Sequence[Stmt], context: Context = Context()) -> list[tuple[Stmt, Context]]:
    """Every statement of ``body`` in source order with its context, through branches, loops, ``with`` and ``try``, but
    not into functions and classes. Bodies under ``TYPE_CHECKING`` are left out."""
    found: list[tuple[Stmt, Context]] = []
    _gather(body, context, found)
    return found


def plain_statements(body: Sequence[Stmt]) -> list[Stmt]:
    """The same statements as those of :func:`statements`, in the same order and without contexts."""
    found: list[Stmt] = []
    _gather_plain(body, found)
    return found


def _gather_plain(body: Sequence[Stmt], found: list[Stmt]) -> None:
    for stmt in body:
        found.append(stmt)
        blocks = _BLOCKS.get(type(stmt))
        for block in blocks(stmt) if blocks is not None else ():
            _gather_plain(block, found)


_BLOCKS: Mapping[type[Stmt], Callable[[Any], tuple[Sequence[Stmt], ...]]] = {
    If: lambda stmt: (() if is_type_checking(stmt.test) else stmt.body, stmt.orelse),
    Loop: lambda stmt: (stmt.body, stmt.orelse),
    With: lambda stmt: (stmt.body,),
    Try: lambda stmt: (stmt.body, *[handler.body for handler in stmt.handlers], stmt.orelse, stmt.final),
    Match: lambda stmt: tuple([case.body for case in stmt.cases]),
}


def _gather(body: Sequence[Stmt], context: Context, found: list[tuple[Stmt, Context]]) -> None:
    for stmt in body:
        found.append((stmt, context))
        if type(stmt) not in _BLOCKS:
            continue
        if isinstance(stmt, If):
            in_body, in_else = main_branches(stmt.test)
            typing_only = is_type_checking(stmt.test)
            if not typing_only:
                _gather(stmt.body, _under(context, stmt.test, True, in_body), found)
            if stmt.orelse:
                inner = context if typing_only else _under(context, stmt.test, False, in_else)
                _gather(stmt.orelse, inner, found)
        elif isinstance(stmt, Loop):
            inner = replace(context, conditional=True)
            _gather(stmt.body, inner, found)
            _gather(stmt.orelse, inner, found)
        elif isinstance(stmt, With):
            _gather(stmt.body, context, found)
        elif isinstance(stmt, Try):
            _gather(stmt.body, context, found)
            for handler in stmt.handlers:
                _gather(handler.body, replace(context, conditional=True), found)
            _gather(stmt.orelse, context, found)
            _gather(stmt.final, context, found)
        elif isinstance(stmt, Match):
            for case in stmt.cases:
                _gather(case.body, replace(context, conditional=True), found)


def _under(context: Context, test: Expr, value: bool, main: bool) -> Context:
    return Context(context.in_main or main, context.conditional or not main, (*context.tests, (test, value)))


def statement_expressions(stmt: Stmt) -> tuple[Expr, ...]:
    """The expressions that ``stmt`` itself holds (its header, not the statements nested in it)."""
    held = _HELD.get(type(stmt))
    return held(stmt) if held is not None else ()


_HELD: Mapping[type[Stmt], Callable[[Any], tuple[Expr, ...]]] = {
    Assign: lambda stmt: (stmt.value, *stmt.targets),
    AugAssign: lambda stmt: (stmt.value, stmt.target),
    ExprStmt: lambda stmt: (stmt.value,),
    Return: lambda stmt: (stmt.value,) if stmt.value is not None else (),
    Raise: lambda stmt: (stmt.value,) if stmt.value is not None else (),
    Assert: lambda stmt: (stmt.test,),
    If: lambda stmt: (stmt.test,),
    Loop: lambda stmt: (stmt.source,),
    With: lambda stmt: tuple([item for item, _ in stmt.items]),
    Match: lambda stmt: (stmt.subject, *[case.guard for case in stmt.cases if case.guard is not None]),
    FunctionDef: lambda stmt: (
        *stmt.decorators,
        *[param.default for param in stmt.params if param.default is not None],
    ),
    ClassDef: lambda stmt: (*stmt.decorators, *stmt.bases, *[keyword.value for keyword in stmt.keywords]),
}


def subexpressions(expr: Expr) -> Iterator[Expr]:
    """``expr`` and everything inside it, outermost first; bodies of lambdas are not entered."""
    stack: list[Expr] = [expr]
    while stack:
        item = stack.pop()
        yield item
        inside = _CHILDREN.get(type(item))
        if inside is not None:
            stack += inside(item)[::-1]


def expressions_in(stmt: Stmt) -> list[Expr]:
    """The expressions in the header of ``stmt`` and everything inside them, as in :func:`subexpressions`, in no order of
    use: half the time of that."""
    found = list(statement_expressions(stmt))
    for item in found:  # the list grows while it is read
        inside = _CHILDREN.get(type(item))
        if inside is not None:
            found += inside(item)
    return found


def _pairs(expr: Dict) -> tuple[Expr, ...]:
    return tuple([part for pair in expr.items for part in pair if part is not None])


_CHILDREN: Mapping[type[Expr], Callable[[Any], tuple[Expr, ...]]] = {
    Attribute: lambda expr: (expr.value,),
    Starred: lambda expr: (expr.value,),
    Call: lambda expr: (expr.func, *expr.args, *[keyword.value for keyword in expr.keywords]),
    Subscript: lambda expr: (expr.value, expr.index),
    Collection: lambda expr: expr.items,
    Dict: _pairs,
    BinOp: lambda expr: (expr.left, expr.right),
    BoolOp: lambda expr: expr.values,
    UnaryOp: lambda expr: (expr.operand,),
    Compare: lambda expr: (expr.left, *[right for _, right in expr.ops]),
    IfExp: lambda expr: (expr.test, expr.body, expr.orelse),
    Template: lambda expr: expr.parts,
}


def calls_in(stmt: Stmt) -> list[Call]:
    """The calls in the header of ``stmt``, in the order of :func:`subexpressions`."""
    found: list[Call] = []
    stack = list(statement_expressions(stmt))
    stack.reverse()
    while stack:
        item = stack.pop()
        if isinstance(item, Call):
            found.append(item)
        inside = _CHILDREN.get(type(item))
        if inside is not None:
            stack += inside(item)[::-1]
    return found


def nested_statements(body: Sequence[Stmt]) -> Iterator[tuple[Stmt, Context]]:
    """Every statement of ``body``, those inside functions and classes too. The context is that of the innermost function."""
    pending: list[Sequence[Stmt]] = [body]
    while pending:
        for stmt, context in statements(pending.pop()):
            yield stmt, context
            if isinstance(stmt, FunctionDef | ClassDef):
                pending.append(stmt.body)


def names_read(body: Sequence[Stmt]) -> frozenset[str]:
    """Every name that the statements of ``body`` read, also inside functions and classes."""
    found: set[str] = set()
    for stmt, _ in nested_statements(body):
        expressions = statement_expressions(stmt)
        if isinstance(stmt, Assign):
            expressions = (stmt.value, *(each for each in stmt.targets if not isinstance(each, Name)))
        for expr in expressions:
            for inner in subexpressions(expr):
                if isinstance(inner, Name):
                    found.add(inner.id)
                elif isinstance(inner, Opaque):
                    found |= inner.names
                elif isinstance(inner, Lambda):
                    found |= names_read([Return(inner.span, inner.body)])
    return frozenset(found)


def unpacked(target: Expr, value: Expr | None) -> Iterator[tuple[str, Expr | None]]:
    """The names that assigning ``value`` to ``target`` binds, each with its part of the value."""
    if isinstance(target, Name):
        yield target.id, value
    elif isinstance(target, Starred):
        yield from unpacked(target.value, None)
    elif isinstance(target, Collection):
        starred = any(isinstance(item, Starred) for item in target.items)
        parts = value.items if isinstance(value, Collection) else None
        if parts is not None and any(isinstance(item, Starred) for item in parts):
            parts = None
        for index, item in enumerate(target.items):
            part: Expr | None = None
            if value is not None and not starred:
                if parts is not None and len(parts) == len(target.items):
                    part = parts[index]
                elif parts is None:
                    part = Subscript(value.span, value, Const(value.span, index))
            yield from unpacked(item, part)


def call_name(call: Call) -> str:
    if isinstance(call.func, Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, Name) else ""


def argument(call: Call, *names: str, position: int | None = None) -> Expr | None:
    """The value ``call`` hands to the first of ``names``: a keyword, an entry of a literal ``**{...}``, or by
    position."""
    for keyword in call.keywords:
        if keyword.name in names:
            return keyword.value
    for keyword in call.keywords:
        if keyword.name is None and isinstance(keyword.value, Dict):
            for key, value in keyword.value.items:
                if isinstance(key, Const) and key.value in names:
                    return value
    if position is not None and len(call.args) > position:
        return call.args[position]
    return None


def call_values(call: Call) -> tuple[Expr, ...]:
    """The values that ``call`` hands over, in order."""
    return (*call.args, *(keyword.value for keyword in call.keywords))
