"""The place of a statement in its file, and the calls of a file with theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_prodcheck.facts.statements import calls_in, statements
from flask_prodcheck.facts.syntax import Call, ClassDef, FunctionDef, Stmt
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.instances.scope import Scope, unknown_params
from flask_prodcheck.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class Where:
    """The place of a statement: the outermost function it is in (None at module level) and the scope there, in which no
    parameter is known; ``inner`` are those of the functions inside the outermost one."""

    scope: Scope
    function: FunctionDef | None = None
    owner: ClassDef | None = None
    in_main: bool = False
    inner: frozenset[str] = frozenset()


def calls_of(path: str, body: Sequence[Stmt], where: Where) -> Iterator[tuple[Call, Where]]:
    """Every call in ``body``, which stands at ``where`` in ``path``, with its own place."""
    for stmt, context in statements(body):
        here = replace(where, in_main=True) if context.in_main and not where.in_main else where
        for call in calls_in(stmt):
            yield call, here
        if isinstance(stmt, FunctionDef):
            known = unknown_params(stmt)
            scope = Scope((*stmt.body, *where.scope.body), {**where.scope.params, **known}, where.scope.owner)
            own = where.inner.union(known) if where.function is not None else where.inner
            yield from calls_of(path, stmt.body, Where(scope, where.function or stmt, where.owner, here.in_main, own))
        elif isinstance(stmt, ClassDef):
            owner = Definition("class", path, stmt.name, stmt.span, stmt)
            scope = replace(where.scope, owner=owner)
            yield from calls_of(path, stmt.body, replace(here, scope=scope, owner=stmt))
