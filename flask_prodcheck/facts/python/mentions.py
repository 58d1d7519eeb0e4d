"""The names that the statements of a file use, and for what: what linking asks of every file before it asks for the
statements of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from flask_prodcheck.facts.statements import call_name, expressions_in, plain_statements, unpacked
from flask_prodcheck.facts.syntax import (
    Assign,
    Attribute,
    BoolOp,
    Call,
    ClassDef,
    Collection,
    Expr,
    FunctionDef,
    Global,
    IfExp,
    Import,
    ImportFrom,
    Mentions,
    Name,
    Return,
    Starred,
    Stmt,
    Subscript,
    With,
)
from flask_prodcheck.records import dataclass

#: Attributes and methods through which an object gives itself, or what it holds: of applications, of their wrappers.
_HANDED_ON = frozenset({"app", "server", "wsgi_app", "_get_current_object"})


def mentions(body: Sequence[Stmt]) -> Mentions:
    """What the statements of a whole file mention."""
    found = _Found()
    _collect(found, plain_statements(body), None, None)
    return Mentions(
        " ".join(sorted(found.run - {""})),
        " ".join(sorted(found.called - found.run - {""})),
        " ".join([f"{name} {alias}" for name, alias in found.aliases]),
        _lines(found.inside),
        _lines(found.values),
        " ".join(found.modules),
    )


@dataclass(slots=True)
class _Found:
    """What a walk has gathered; dicts without values keep the order."""

    called: set[str] = field(default_factory=set)
    run: set[str] = field(default_factory=set)
    aliases: dict[tuple[str, str], None] = field(default_factory=dict)
    inside: dict[str, set[str]] = field(default_factory=dict)
    values: dict[str, set[str]] = field(default_factory=dict)
    modules: dict[str, None] = field(default_factory=dict)


def _lines(table: Mapping[str, set[str]]) -> str:
    return "\n".join([" ".join([name, *sorted(names)]) for name, names in table.items()])


def _collect(found: _Found, body: Sequence[Stmt], owner: set[str] | None, shared: frozenset[str] | None) -> None:
    """Notes what the statements ``body`` hold. ``owner`` takes the names mentioned in the function or class around them;
    ``shared`` are the names that this function declares ``global``, None outside of functions, where every name counts."""
    called = found.run if shared is None else found.called
    for stmt in body:
        if isinstance(stmt, (Import, ImportFrom)):
            _note_import(found, stmt)
            continue
        for part in expressions_in(stmt):
            if isinstance(part, Call):
                called.add(call_name(part))
            elif owner is None:
                continue
            elif isinstance(part, Name):
                owner.add(part.id)
            elif isinstance(part, Attribute):
                owner.add(part.attr)
        if isinstance(stmt, (FunctionDef, ClassDef)):
            called.update([_simple(each) for each in stmt.decorators if isinstance(each, (Name, Attribute))])
            if owner is not None:
                owner.add(stmt.name)
            inner = found.inside.setdefault(stmt.name, set())
            inside = plain_statements(stmt.body)
            if isinstance(stmt, ClassDef):
                for base in stmt.bases:
                    found.values.setdefault(stmt.name, set()).update(_names(base))
                _collect(found, inside, inner, None)
            else:
                found.values.setdefault(stmt.name, set()).update(_returned(inside))
                _collect(found, inside, inner, _globals(inside))
        elif isinstance(stmt, (Assign, With)):
            _note_values(found, stmt, shared)


def _note_import(found: _Found, stmt: Import | ImportFrom) -> None:
    for name, alias in stmt.names:
        if alias is not None:
            found.aliases[name.rpartition(".")[2], alias] = None
    if isinstance(stmt, Import):
        found.modules.update([(dotted, None) for dotted, _ in stmt.names])
    else:
        whole = "." * stmt.level + stmt.module
        found.modules[whole] = None
        inside = whole if whole.endswith(".") else f"{whole}."
        found.modules.update([(inside + name, None) for name, _ in stmt.names if name != "*"])


def _note_values(found: _Found, stmt: Assign | With, shared: frozenset[str] | None) -> None:
    for target, whole in _bound(stmt):
        if isinstance(target, Attribute):
            found.values.setdefault(target.attr, set()).update(_names(whole))
        for name, value in unpacked(target, whole):
            if isinstance(value, (Name, Attribute)):
                found.aliases[_simple(value), name] = None
            if shared is None or name in shared:
                found.values.setdefault(name, set()).update(_names(value if value is not None else whole))


def _bound(stmt: Assign | With) -> Iterator[tuple[Expr, Expr]]:
    """(target, what is bound to it) for each target of ``stmt``."""
    if isinstance(stmt, Assign):
        yield from ((target, stmt.value) for target in stmt.targets)
    else:
        yield from ((target, item) for item, target in stmt.items if target is not None)


def _globals(body: Sequence[Stmt]) -> frozenset[str]:
    return frozenset([name for stmt in body if isinstance(stmt, Global) for name in stmt.names])


def _returned(body: Sequence[Stmt]) -> set[str]:
    """The names in what the statements ``body`` of a function return, and in what its own variables among these are made
    of."""
    pending: list[str] = []
    made: dict[str, set[str]] = {}
    for stmt in body:
        if isinstance(stmt, Return) and stmt.value is not None:
            pending += _names(stmt.value)
    for stmt in body if pending else ():
        if isinstance(stmt, (Assign, With)):
            for target, value in _bound(stmt):
                for name, _ in unpacked(target, None):
                    made.setdefault(name, set()).update(_names(value))
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += made.get(name, ())
    return found


def _names(expr: Expr) -> Iterator[str]:
    """The simple names that the object which ``expr`` gives may go by: of a name and an attribute the last part, of a call
    what is called and what it is given; a test, an operator or a text gives none of its parts."""
    pending = [expr]
    while pending:
        item = pending.pop()
        if isinstance(item, Name):
            yield item.id
        elif isinstance(item, Attribute):
            yield item.attr
            if item.attr in _HANDED_ON:
                pending.append(item.value)
        elif isinstance(item, Call):
            pending += (item.func, *item.args, *[keyword.value for keyword in item.keywords])
        elif isinstance(item, IfExp):
            pending += (item.body, item.orelse)
        elif isinstance(item, BoolOp):
            pending += item.values
        elif isinstance(item, (Subscript, Starred)):
            pending.append(item.value)
        elif isinstance(item, Collection):
            pending += item.items


def _simple(expr: Name | Attribute) -> str:
    return expr.id if isinstance(expr, Name) else expr.attr
