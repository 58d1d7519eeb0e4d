"""What a name of a Python file stands for, once it is followed to where it is defined."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.syntax import Expr, Stmt
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """What a name stands for, after following imports, re-exports and aliases.

    ``kind``: "function", "class", "value", "module" (``module`` is its file, or a folder ending in "/" for a namespace
    package), "external" (``name`` is the dotted name, e.g. "flask.Flask"; builtins are "builtins.bool"), "missing" (the
    file is known whole and does not bind it) or "unknown". ``module`` is the defining file ("" when external), ``node``
    the statement that binds it there, ``value`` the assigned expression of a "value" (an element of an unpacked one is
    a Subscript of it; None when not an assignment: a loop or ``with`` target). ``in_main``: bound under
    ``if __name__ == "__main__"`` only. ``conditional``: bound in a branch, or bound again in one. ``scope``: as for a
    :class:`~flask_prodcheck.model.python.bindings.Binding`; of a class, the body of the function that defines it.
    """

    kind: str
    module: str = ""
    name: str = ""
    span: Span | None = None
    node: Stmt | None = None
    value: Expr | None = None
    in_main: bool = False
    conditional: bool = False
    scope: tuple[Stmt, ...] = ()

    @property
    def is_project(self) -> bool:
        return self.kind in ("function", "class", "value", "module")
