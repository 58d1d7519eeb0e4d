"""Where an expression stands: the function around it, and what is known of its parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from flask_prodcheck.facts.statements import calls_in, statements
from flask_prodcheck.facts.syntax import Call, ClassDef, FunctionDef, Stmt
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass, replace

DEPTH = 16
"""How many steps an object is followed through names, calls and attributes."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: the body of the enclosing function (() at module level), what is known of its
    parameters (None: a parameter of unknown origin), and the class that ``self`` is an instance of."""

    body: tuple[Stmt, ...] = ()
    params: Mapping[str, Instance | None] = field(default_factory=dict)
    owner: Definition | None = None


class Unasked(Mapping[str, Instance | None]):
    """Parameters of which nothing is known, and whether somebody ``asked`` what one is."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, Instance | None] = dict.fromkeys(names)
        self.asked = False

    def __getitem__(self, name: str) -> Instance | None:
        self.asked = True
        return self._names[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def unknown_params(node: FunctionDef) -> dict[str, Instance | None]:
    return {param.name: None for param in node.params}


def all_calls(modules: Modules, path: str) -> Iterator[tuple[Call, Scope]]:
    """Every call of the file with the scope it stands in."""
    module = modules.module(path)
    if module is not None:
        yield from _calls_of(path, module.body, Scope())


def _calls_of(path: str, body: Sequence[Stmt], scope: Scope) -> Iterator[tuple[Call, Scope]]:
    for stmt, _ in statements(body):
        for call in calls_in(stmt):
            yield call, scope
        if isinstance(stmt, FunctionDef):
            seen = (*stmt.body, *scope.body)  # a nested function sees the names of the functions around it
            yield from _calls_of(path, stmt.body, Scope(seen, {**scope.params, **unknown_params(stmt)}, scope.owner))
        elif isinstance(stmt, ClassDef):
            owner = Definition("class", path, stmt.name, stmt.span, stmt)
            yield from _calls_of(path, stmt.body, replace(scope, owner=owner))
