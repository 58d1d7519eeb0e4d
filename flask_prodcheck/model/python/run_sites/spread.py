"""Arguments of a call that come from a mapping: ``**options``."""

from __future__ import annotations

from flask_prodcheck.facts.syntax import Call, Const, Dict, Expr
from flask_prodcheck.model.python.instances.scope import Scope
from flask_prodcheck.model.python.modules import Modules


def opens(call: Call) -> bool:
    """Whether keywords come from something that is not written here."""
    return any(keyword.name is None and not isinstance(keyword.value, Dict) for keyword in call.keywords)


def spread_value(modules: Modules, path: str, spread: Expr, scope: Scope, key: str) -> Expr | None:
    """What the mapping ``spread`` holds under ``key``, where that is written in the project."""
    shown = _dict_of(modules, path, spread, scope)
    for name, value in shown.items if shown is not None else ():
        if isinstance(name, Const) and name.value == key:
            return value
    if isinstance(shown, Dict):
        return None
    found = _call_value(modules, path, spread, scope)
    return (
        next((keyword.value for keyword in found.keywords if keyword.name == key), None) if found is not None else None
    )


def is_closed(modules: Modules, path: str, spread: Expr | None, scope: Scope) -> bool:
    """Whether all entries of ``spread`` are written in the project."""
    return spread is not None and _dict_of(modules, path, spread, scope) is not None


def _dict_of(modules: Modules, path: str, expr: Expr, scope: Scope) -> Dict | None:
    if isinstance(expr, Dict):
        return expr
    found = modules.resolve(path, expr, scope.body)
    return found.value if isinstance(found.value, Dict) else None


def _call_value(modules: Modules, path: str, expr: Expr, scope: Scope) -> Call | None:
    value: Expr | None = expr if isinstance(expr, Call) else modules.resolve(path, expr, scope.body).value
    if isinstance(value, Call) and modules.qualified(path, value.func, scope.body) == "builtins.dict":
        return value
    return None
