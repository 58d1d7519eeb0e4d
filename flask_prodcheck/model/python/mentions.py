"""Which names the files of a project use, and for what: the quick look that says where a closer one can find nothing.

A call, or a name, is followed through imports and aliases only to things that are spelled somewhere; the sets here are
made of all spellings, so that what they leave out cannot be what is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flask_prodcheck.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    FunctionDef,
    Import,
    ImportFrom,
    Name,
    Stmt,
)
from flask_prodcheck.model.python.modules import (
    Modules,
    call_name,
    statement_expressions,
    statements,
    subexpressions,
    unpacked,
)


@dataclass(frozen=True, slots=True)
class Mentions:
    """``called``: file -> the simple names of what it calls anywhere. ``aliases``: simple name -> the names that imports
    and assignments anywhere give to what is called so. ``inside``: simple name of a function or class -> every name and
    attribute that one of that name mentions."""

    called: dict[str, set[str]] = field(default_factory=dict)
    aliases: dict[str, set[str]] = field(default_factory=dict)
    inside: dict[str, set[str]] = field(default_factory=dict)

    def spellings(self, names: frozenset[str]) -> frozenset[str]:
        """``names`` and every name that stands for one of them in some file: what resolves to a thing that is called by
        one of ``names`` at home is spelled with one of these."""
        found = set(names)
        pending = list(names)
        while pending:
            for alias in self.aliases.get(pending.pop(), ()):
                if alias not in found:
                    found.add(alias)
                    pending.append(alias)
        return frozenset(found)


def mentions_of(modules: Modules) -> Mentions:
    """The one :class:`Mentions` of ``modules``."""
    found = modules.memo.get("mentions")
    if not isinstance(found, Mentions):
        found = modules.memo["mentions"] = Mentions()
        for module in modules:
            _collect(found, found.called.setdefault(module.path, set()), None, module.body)
    return found


def _collect(found: Mentions, called: set[str], owner: set[str] | None, body: Sequence[Stmt]) -> None:
    """Notes what ``body`` holds; ``owner`` takes the names mentioned in the function or class around it."""
    for stmt, _ in statements(body):
        for name, alias in _aliases(stmt):
            found.aliases.setdefault(name, set()).add(alias)
        for expr in statement_expressions(stmt):
            for part in subexpressions(expr):
                if isinstance(part, Call):
                    called.add(call_name(part))
                elif owner is None:
                    continue
                elif isinstance(part, Name):
                    owner.add(part.id)
                elif isinstance(part, Attribute):
                    owner.add(part.attr)
        if isinstance(stmt, (FunctionDef, ClassDef)):
            if owner is not None:
                owner.add(stmt.name)
            _collect(found, called, found.inside.setdefault(stmt.name, set()), stmt.body)


def _aliases(stmt: Stmt) -> Iterator[tuple[str, str]]:
    """(simple name, the name given to it) for what ``stmt`` makes known under another name."""
    if isinstance(stmt, (Import, ImportFrom)):
        for name, alias in stmt.names:
            if alias is not None:
                yield name.rpartition(".")[2], alias
    elif isinstance(stmt, Assign):
        for target in stmt.targets:
            for name, value in unpacked(target, stmt.value):
                if isinstance(value, (Name, Attribute)):
                    yield _simple(value), name


def _simple(expr: Name | Attribute) -> str:
    return expr.id if isinstance(expr, Name) else expr.attr
