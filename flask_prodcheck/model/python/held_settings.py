"""The settings of an application that a module gives and then decides by (``app.config["DEBUG"] = ...``)."""

from __future__ import annotations

from collections.abc import Iterable

from flask_prodcheck.facts.statements import calls_in
from flask_prodcheck.facts.syntax import Attribute, Call, Const, Expr, Name, Stmt, Subscript
from flask_prodcheck.model.python.instances.scope import Scope
from flask_prodcheck.model.python.modules import Modules

_CONFIG = ".config:"


def setting_name(expr: Expr) -> str:
    """The name by which the setting that ``expr`` stands for is known; "" where it stands for none."""
    if not isinstance(expr, Subscript) or not isinstance(expr.index, Const) or not isinstance(expr.index.value, str):
        return ""
    owner = _owner(expr.value)
    return owner and owner + _CONFIG + expr.index.value


def changed_settings(modules: Modules, path: str, scope: Scope, stmt: Stmt, held: Iterable[str]) -> list[str]:
    """Those of the names ``held`` whose settings ``stmt`` may change: by a method of the configuration, or by a function of
    the project that is given the application, or the configuration."""
    settings = [name for name in held if _CONFIG in name]
    owners: set[str] = set()
    for call in calls_in(stmt) if settings else ():
        if isinstance(call.func, Attribute):
            owners.add(_owner(call.func.value))
        given = _given(call)
        if given and modules.resolve(path, call.func, scope.body).kind != "external":
            owners |= given
    return [name for name in settings if name.partition(_CONFIG)[0] in owners]


def _owner(expr: Expr) -> str:
    """The name of the application whose configuration ``expr`` is; "" for anything else."""
    if isinstance(expr, Attribute) and expr.attr == "config" and isinstance(expr.value, Name):
        return expr.value.id
    return ""


def _given(call: Call) -> set[str]:
    values = (*call.args, *(word.value for word in call.keywords))
    return {each.id if isinstance(each, Name) else _owner(each) for each in values} - {""}
