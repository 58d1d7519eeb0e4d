"""Tables that a program looks things up in: a dictionary as it is written, and the entries that are added to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field

from flask_prodcheck.facts.statements import statements
from flask_prodcheck.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Const,
    Dict,
    Expr,
    ExprStmt,
    FunctionDef,
    Name,
    Stmt,
    Subscript,
)
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.instances.scope import Scope
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """The entries of a dictionary of ``module``. ``is_whole`` is False where keys are added that are not known; ``grows``
    where any are added after it was made."""

    module: str
    entries: dict[object, Expr] = field(default_factory=dict)
    is_whole: bool = True
    grows: bool = False


def table_of(modules: Modules, path: str, expr: Expr, scope: Scope) -> Table | None:
    """The dictionary that ``expr`` names in ``path``; None when it names none, or one that a branch may replace."""
    if isinstance(expr, Name) and expr.id in scope.params:
        return None
    found = modules.resolve(path, expr, scope.body)
    if (
        isinstance(expr, Attribute)
        and isinstance(expr.value, Name)
        and expr.value.id in ("self", "cls")
        and scope.owner
    ):
        found = modules.class_member(scope.owner, expr.attr)
    return table_at(modules, found)


def table_at(modules: Modules, found: Definition) -> Table | None:
    if found.kind != "value" or not isinstance(found.value, Dict) or found.conditional:
        return None
    added = _added(modules, found)
    entries: dict[object, Expr] = {}
    is_whole = True
    for key, value in (*found.value.items, *added):
        if isinstance(key, Const):
            entries[key.value] = value
        else:
            is_whole = False
    return Table(found.module, entries, is_whole, bool(added))


def _added(modules: Modules, found: Definition) -> list[tuple[Expr | None, Expr]]:
    """The entries that the module of a table adds to it; without a key where that is not a literal."""
    known = modules.memo.get(key := f"added:{found.module}")
    if not isinstance(known, dict):
        every: dict[str, list[tuple[Expr | None, Expr]]] = {}
        module = modules.module(found.module)
        for name, entry in _entries(module.body if module is not None else (), at_import=True):
            every.setdefault(name, []).append(entry)
        known = modules.memo[key] = every
    entries: list[tuple[Expr | None, Expr]] = known.get(found.name, [])
    return entries


def _entries(body: Sequence[Stmt], *, at_import: bool) -> Iterator[tuple[str, tuple[Expr | None, Expr]]]:
    """(the name of a table, an entry that is added to it). Those that functions add may or may not be there."""
    for stmt, _ in statements(body):
        if isinstance(stmt, Assign):
            for target in stmt.targets:
                if isinstance(target, Subscript) and (name := _last(target.value)):
                    literal = target.index if at_import and isinstance(target.index, Const) else None
                    yield name, (literal, stmt.value)
        elif isinstance(stmt, ExprStmt) and isinstance(stmt.value, Call) and isinstance(stmt.value.func, Attribute):
            name, call = _last(stmt.value.func.value), stmt.value
            if name and stmt.value.func.attr in ("update", "setdefault", "pop", "clear", "popitem"):
                yield name, (None, call)
        elif isinstance(stmt, FunctionDef | ClassDef):
            yield from _entries(stmt.body, at_import=False)


def _last(expr: Expr) -> str:
    return expr.id if isinstance(expr, Name) else expr.attr if isinstance(expr, Attribute) else ""
