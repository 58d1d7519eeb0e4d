"""Which statements bind a name: at the top level of a file, in a function or in a class, none of them followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from flask_prodcheck.base import Span
from flask_prodcheck.facts.statements import Context, call_name, statements, subexpressions, unpacked
from flask_prodcheck.facts.syntax import (
    Assign,
    BoolOp,
    Call,
    ClassDef,
    Const,
    Expr,
    FunctionDef,
    Global,
    IfExp,
    Import,
    ImportFrom,
    Loop,
    Name,
    PyModule,
    Stmt,
    With,
)
from flask_prodcheck.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class Binding:
    """One statement that binds ``name`` at a module's top level (or in a class or function body), not followed. ``scope``:
    the body of the function that binds it there through ``global``, whose own names its value may use."""

    name: str
    node: Stmt
    span: Span
    value: Expr | None = None
    in_main: bool = False
    conditional: bool = False
    imported: tuple[str, int, str | None] | None = None  # (module, level, name or None for a whole module)
    scope: tuple[Stmt, ...] = ()


def bindings(body: Sequence[Stmt]) -> tuple[Binding, ...]:
    """Every binding that the statements of ``body`` make in their own scope, in source order. Star imports are left
    out."""
    found: list[Binding] = []
    for stmt, where in statements(body):
        found.extend(_bound_by(stmt, where))
    return tuple(found)


def _bound_by(stmt: Stmt, where: Context) -> Iterator[Binding]:
    if isinstance(stmt, (FunctionDef, ClassDef)):
        yield Binding(stmt.name, stmt, stmt.span, None, where.in_main, where.conditional)
    elif isinstance(stmt, Import):
        for dotted, alias in stmt.names:
            whole = dotted if alias else dotted.partition(".")[0]
            yield Binding(alias or whole, stmt, stmt.span, None, where.in_main, where.conditional, (whole, 0, None))
    elif isinstance(stmt, ImportFrom):
        for name, alias in stmt.names:
            if name != "*":
                source = (stmt.module, stmt.level, name)
                yield Binding(alias or name, stmt, stmt.span, None, where.in_main, where.conditional, source)
    elif isinstance(stmt, Assign):
        for target in stmt.targets:
            for name, value in unpacked(target, stmt.value):
                yield Binding(name, stmt, stmt.span, value, where.in_main, where.conditional)
    elif isinstance(stmt, Loop) and stmt.target is not None:
        for name, _ in unpacked(stmt.target, None):
            yield Binding(name, stmt, stmt.span, None, where.in_main, True)
    elif isinstance(stmt, With):
        for _, optional in stmt.items:
            if optional is not None:
                for name, _ in unpacked(optional, None):
                    yield Binding(name, stmt, stmt.span, None, where.in_main, where.conditional)


def choose(found: Sequence[Binding]) -> Binding | None:
    """The binding that decides what a name means once its module is imported: the last unconditional one, unless that
    is a ``None`` placeholder and a branch gives the name a value; a binding outside the main guard goes first."""
    outside = [binding for binding in found if not binding.in_main] or list(found)
    if not outside:
        return None
    certain = [binding for binding in outside if not binding.conditional]
    branches = [binding for binding in outside if binding.conditional]
    real = [binding for binding in branches if not _is_none(binding.value)]
    if certain and not (_is_none(certain[-1].value) and real):
        # A branch comes later where the last of all is one.
        return replace(certain[-1], conditional=True) if outside[-1].conditional else certain[-1]
    return replace(real[0] if real else branches[0], conditional=True)


def _is_none(value: Expr | None) -> bool:
    return isinstance(value, Const) and value.value is None


class _ScopeNames(NamedTuple):
    """What a block binds, by name, what it declares ``global``, and the calls that make its names.

    ``body`` keeps the block alive, which is known by its id."""

    body: Sequence[Stmt]
    bound: dict[str, tuple[Binding, ...]]
    shared: frozenset[str]
    made: dict[str, frozenset[str]]


class Bindings:
    """The bindings of all files, memoised: the facts never change under it."""

    def __init__(self, modules: Mapping[str, PyModule]) -> None:
        self._modules = modules
        self._bindings: dict[str, dict[str, tuple[Binding, ...]]] = {}
        self._globals: dict[str, dict[str, tuple[Binding, ...]]] = {}
        self._scopes: dict[int, _ScopeNames] = {}

    def of(self, path: str, name: str) -> tuple[Binding, ...]:
        """Every module-level binding of ``name`` in ``path``, in order; those made by functions through ``global``
        last."""
        table = self._table(path)
        return (*table.get(name, ()), *self._global_table(path).get(name, ()))

    def names(self, path: str) -> tuple[str, ...]:
        """The names that the kept statements of ``path`` bind at module level, in order."""
        return tuple(self._table(path))

    def global_names(self, path: str) -> tuple[str, ...]:
        """The names that functions of ``path`` bind at module level through ``global``."""
        return tuple(self._global_table(path))

    def in_body(self, body: Sequence[Stmt], name: str) -> tuple[Binding, ...]:
        """The bindings of ``name`` that the statements of ``body`` make in their own scope, in source order."""
        return self._scope(body).bound.get(name, ())

    def makers_in(self, body: Sequence[Stmt]) -> dict[str, frozenset[str]]:
        """The simple names of what is called to make each name that ``body`` assigns the result of a call."""
        return self._scope(body).made

    def shared_in(self, body: Sequence[Stmt]) -> frozenset[str]:
        """The names that ``body`` declares ``global``."""
        return self._scope(body).shared

    def _scope(self, body: Sequence[Stmt]) -> _ScopeNames:
        known = self._scopes.get(id(body))
        if known is None:
            collected: dict[str, list[Binding]] = {}
            shared: set[str] = set()
            made: dict[str, frozenset[str]] = {}
            for stmt, where in statements(body):
                for binding in _bound_by(stmt, where):
                    collected.setdefault(binding.name, []).append(binding)
                if isinstance(stmt, Global):
                    shared.update(stmt.names)
                elif isinstance(stmt, Assign) and (called := frozenset(map(call_name, _made_by(stmt.value)))):
                    for part in (part for target in stmt.targets for part in subexpressions(target)):
                        if isinstance(part, Name):
                            made[part.id] = made.get(part.id, frozenset()) | called
            bound = {name: tuple(found) for name, found in collected.items()}
            known = _ScopeNames(body, bound, frozenset(shared), made)
            self._scopes[id(body)] = known
        return known

    def _table(self, path: str) -> dict[str, tuple[Binding, ...]]:
        if path not in self._bindings:
            module = self._modules.get(path)
            collected: dict[str, list[Binding]] = {}
            for binding in bindings(module.body) if module else ():
                collected.setdefault(binding.name, []).append(binding)
            self._bindings[path] = {name: tuple(found) for name, found in collected.items()}
        return self._bindings[path]

    def _global_table(self, path: str) -> dict[str, tuple[Binding, ...]]:
        if path not in self._globals:
            module = self._modules.get(path)
            collected: dict[str, list[Binding]] = {}
            for stmt, _ in statements(module.body) if module else ():
                if not isinstance(stmt, FunctionDef):
                    continue
                inner = [item for item, _ in statements(stmt.body)]
                names = {name for item in inner if isinstance(item, Global) for name in item.names}
                for binding in bindings(stmt.body) if names else ():
                    if binding.name in names:
                        shared = replace(binding, conditional=True, scope=stmt.body)
                        collected.setdefault(binding.name, []).append(shared)
            self._globals[path] = {name: tuple(found) for name, found in collected.items()}
        return self._globals[path]


def _made_by(value: Expr) -> tuple[Call, ...]:
    """The calls one of which gives ``value``."""
    if isinstance(value, Call):
        return (value,)
    chosen = (
        value.values if isinstance(value, BoolOp) else (value.body, value.orelse) if isinstance(value, IfExp) else ()
    )
    return tuple(each for part in chosen for each in _made_by(part))
