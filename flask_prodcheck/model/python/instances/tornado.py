"""The application behind a server or an application of Tornado: handed to it, or what one of its rules leads to.

Source: https://www.tornadoweb.org/en/stable/web.html (Application, FallbackHandler).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from flask_prodcheck.facts.statements import call_values, calls_in, statements, subexpressions
from flask_prodcheck.facts.syntax import (
    Attribute,
    AugAssign,
    Call,
    ClassDef,
    Collection,
    Expr,
    FunctionDef,
    Name,
    Return,
    Stmt,
)
from flask_prodcheck.model.python.instances.attributes import Attributes
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.instances.owners import Owners
from flask_prodcheck.model.python.instances.scope import DEPTH, Scope, unknown_params
from flask_prodcheck.model.python.modules import Modules

_ADDING = frozenset({"append", "extend", "insert"})


class Objects(Protocol):
    """Who knows what an expression makes."""

    def of(self, path: str, expr: Expr, scope: Scope, depth: int) -> Instance | None: ...


class Tornado:
    """Answers for one index."""

    def __init__(self, modules: Modules, attributes: Attributes, owners: Owners, objects: Objects) -> None:
        self._modules = modules
        self._attributes = attributes
        self._owners = owners
        self._objects = objects

    def app_behind(self, path: str, call: Call, scope: Scope, depth: int) -> Instance | None:
        """The application behind what ``call`` makes."""
        values = call_values(call)
        held = next(filter(None, (self._objects.of(path, value, scope, depth + 1) for value in values)), None)
        if held is not None:
            return held.inner if held.kind == "tornado" else held
        routed = (
            self._routed(path, rules, where, depth)
            for value in values
            for rules, where in self._rules(path, value, scope, depth)
        )
        return next(filter(None, routed), None)

    def _rules(self, path: str, value: Expr, scope: Scope, depth: int) -> Iterator[tuple[Expr, Scope]]:
        """The lists of which ``value`` consists, and what is added to them later, each with where it stands: as it is
        written, under a name, on ``self``, or returned by a method."""
        if isinstance(value, Collection):
            yield value, scope
        elif isinstance(value, Name):
            named = self._modules.resolve(path, value, scope.body)
            if named.kind == "value" and named.module == path and named.value is not None and depth < DEPTH:
                yield from self._rules(path, named.value, scope, depth + DEPTH // 4)
            module = self._modules.module(path)
            body = scope.body or (module.body if module is not None else ())
            yield from ((each, scope) for each in _added(body, value))
        elif isinstance(value, Attribute) and scope.owner is not None and value.value == Name(value.value.span, "self"):
            yield from self._rules_on_self(value, scope)
        elif isinstance(value, Call) and depth < DEPTH:
            yield from self._rules_returned(path, value, scope, depth)

    def _rules_on_self(self, value: Attribute, scope: Scope) -> Iterator[tuple[Expr, Scope]]:
        node = scope.owner.node if scope.owner is not None else None
        assigned = self._attributes.of_class(node).get(value.attr, ()) if isinstance(node, ClassDef) else ()
        for method in node.body if isinstance(node, ClassDef) else ():
            if isinstance(method, FunctionDef):
                inside = Scope(method.body, unknown_params(method), scope.owner)
                held = [given for at, given in assigned if at is method and given is not None]
                yield from ((each, inside) for each in (*held, *_added(method.body, value)))

    def _rules_returned(self, path: str, call: Call, scope: Scope, depth: int) -> Iterator[tuple[Expr, Scope]]:
        made = self._modules.resolve(path, call.func, scope.body)
        owner = None
        if made.kind != "function" and isinstance(call.func, Attribute):
            owner = self._owners.of(path, call.func.value, scope, depth)
            made = self._modules.class_member(owner, call.func.attr) if owner is not None else made
        if isinstance(made.node, FunctionDef) and made.kind == "function" and made.module == path:
            inside = Scope(made.node.body, unknown_params(made.node), owner)
            for stmt, _ in statements(made.node.body):
                if isinstance(stmt, Return) and stmt.value is not None:
                    yield from self._rules(path, stmt.value, inside, depth + DEPTH // 4)

    def _routed(self, path: str, rules: Expr, scope: Scope, depth: int) -> Instance | None:
        """The application to which one of ``rules`` leads: ``(pattern, FallbackHandler, {"fallback": container})``."""
        for part in subexpressions(rules) if isinstance(rules, Collection) else ():
            made = self._objects.of(path, part, scope, depth + 1) if isinstance(part, (Call, Name, Attribute)) else None
            if made is not None and made.is_app:
                return made
        return None


def _added(body: Sequence[Stmt], target: Expr) -> Iterator[Expr]:
    """What the statements of ``body`` add to the list ``target``: ``append``, ``extend``, ``+=``."""
    shown = _spelled(target)
    for stmt, _ in statements(body):
        if isinstance(stmt, AugAssign) and _spelled(stmt.target) == shown:
            yield stmt.value
        for call in calls_in(stmt):
            if isinstance(call.func, Attribute) and call.func.attr in _ADDING and _spelled(call.func.value) == shown:
                yield from call.args


def _spelled(expr: Expr) -> str:
    if isinstance(expr, Attribute):
        return f"{_spelled(expr.value)}.{expr.attr}"
    return expr.id if isinstance(expr, Name) else ""
