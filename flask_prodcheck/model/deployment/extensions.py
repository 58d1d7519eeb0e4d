"""How an extension of Flask is tied to an application later: ``cors = CORS()``, then ``cors.init_app(app)``."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.facts.statements import calls_in
from flask_prodcheck.facts.syntax import Assign, Attribute, Call, Expr, Name, PyModule
from flask_prodcheck.model.deployment.served import every_statement


def init_app_calls(module: PyModule, made: Call, modules: Sequence[PyModule]) -> list[Call]:
    """The calls of ``init_app`` in ``modules`` on an object of a name that ``module`` gives to what ``made`` makes."""
    names = _names_of(module, made)
    return [
        call
        for other in modules
        if names and other.calls_one_of({"init_app"})
        for stmt, _ in every_statement(other)
        for call in calls_in(stmt)
        if isinstance(call.func, Attribute) and call.func.attr == "init_app" and _last_name(call.func.value) in names
    ]


def _names_of(module: PyModule, made: Call) -> frozenset[str]:
    """The names and attributes to which the module binds what the call makes."""
    return frozenset(
        _last_name(target)
        for stmt, _ in every_statement(module)
        if isinstance(stmt, Assign) and stmt.value is made
        for target in stmt.targets
        if isinstance(target, Name | Attribute)
    )


def _last_name(expr: Expr) -> str:
    return expr.id if isinstance(expr, Name) else expr.attr if isinstance(expr, Attribute) else ""
