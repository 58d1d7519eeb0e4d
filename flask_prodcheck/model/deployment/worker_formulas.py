"""The least that a formula for the number of workers gives, which counts the processors of the host."""

from __future__ import annotations

from collections.abc import Callable

from flask_prodcheck.base import Unknown
from flask_prodcheck.facts.syntax import Attribute, BinOp, Call, Const, Expr, Name
from flask_prodcheck.model.deployment.kept_texts import parsed
from flask_prodcheck.model.project import Launch

_COUNT = "cpu_count"  # of ``multiprocessing`` and of ``os``: never less than one
_BOUNDS: dict[str, Callable[[list[int]], int]] = {"min": min, "max": max, "int": max}
_MANY = 10_000


def least_workers(launch: Launch) -> int | None:
    """What the configuration file's formula gives on a host with one processor (gunicorn's documentation recommends
    ``multiprocessing.cpu_count() * 2 + 1``); None where it has none, or one of another kind."""
    for setting in launch.config_settings:
        at = launch.setting("workers")
        if setting.key == "workers" and at is not None and setting.span == at[1] and isinstance(setting.value, Unknown):
            text = setting.value.origin[-1].text if setting.value.origin else ""
            formula = text.partition(" = ")[2]
            expr = parsed(formula) if _COUNT in formula else None
            return _least(expr) if expr is not None else None
    return None


def _least(expr: Expr) -> int | None:
    if isinstance(expr, Const):
        return expr.value if isinstance(expr.value, int) and 0 <= expr.value < _MANY else None
    if isinstance(expr, BinOp):
        left, right = _least(expr.left), _least(expr.right)
        if left is None or right is None:
            return None
        return {"+": left + right, "*": left * right}.get(expr.op)
    if isinstance(expr, Call) and not expr.keywords:
        name = expr.func.attr if isinstance(expr.func, Attribute) else expr.func.id if isinstance(expr.func, Name) else ""
        if name == _COUNT and not expr.args:
            return 1
        inside = [_least(each) for each in expr.args]
        known = [each for each in inside if each is not None]
        if name in _BOUNDS and known and (len(known) == len(inside) or name == "max"):
            return _BOUNDS[name](known)
    return None
