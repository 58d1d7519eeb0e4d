"""What functions bind to their own names, and what these hold: each is worked out once, however often a name is used."""

from __future__ import annotations

from collections.abc import Callable

from flask_prodcheck.facts.syntax import Expr, Name, Stmt, With
from flask_prodcheck.model.python.bindings import Binding
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.instances.scope import Scope, Unasked
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Local:
    """What the function with this ``body``, which is known by its id, binds to one name: ``values``, and the first import."""

    body: tuple[Stmt, ...]
    values: tuple[Expr, ...]
    imported: Binding | None


class LocalNames:
    """The names of functions, for one index."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._bound: dict[tuple[int, str], Local] = {}
        # With the scope, parts of which stand by their ids in the key, and whether a parameter was asked for.
        self._made: dict[tuple[object, ...], tuple[Scope, Instance | None, bool]] = {}

    def bound(self, body: tuple[Stmt, ...], name: str) -> Local:
        """What the function with this ``body`` binds to ``name``."""
        known = self._bound.get((id(body), name))
        if known is None:
            found = self._modules.bindings.in_body(body, name)
            values = tuple([value for item in found if (value := item.value or entered(item.node, name)) is not None])
            imported = next((item for item in found if item.imported is not None), None)
            known = self._bound[id(body), name] = Local(body, values, imported)
        return known

    def remembered(
        self,
        place: tuple[object, ...],
        scope: Scope,
        make: Callable[[], Instance | None],
        is_settled: Callable[[], bool],
    ) -> Instance | None:
        """What ``make`` makes of a name at ``place`` in ``scope``, or made of it before; kept where ``is_settled`` says
        afterwards that it hangs on nothing else."""
        params = scope.params
        noting = params if isinstance(params, Unasked) else None
        given = params if noting is not None else ((name, id(each)) for name, each in params.items())
        key = (*place, id(scope.owner), noting is not None, *given)
        known = self._made.get(key)
        if known is None:
            before = noting.asked if noting is not None else False
            if noting is not None:
                noting.asked = False
            found = make()
            known = scope, found, noting is not None and noting.asked
            if is_settled():
                self._made[key] = known
            if noting is not None:
                noting.asked = before
        if noting is not None:
            noting.asked = noting.asked or known[2]
        return known[1]


def entered(node: Stmt, name: str) -> Expr | None:
    """The object that ``with`` binds to ``name``: servers hand out themselves when they are entered."""
    items = node.items if isinstance(node, With) else ()
    return next((item for item, target in items if isinstance(target, Name) and target.id == name), None)
