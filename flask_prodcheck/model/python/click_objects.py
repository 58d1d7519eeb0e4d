"""What the commands of a click group hand on in the object of their context: ``ctx.obj = {"app": create_app()}``.

Source: click, "Complex Applications" (``Context.obj``): the group runs first, and its commands find what it kept there.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.facts.statements import statements
from flask_prodcheck.facts.syntax import Assign, Attribute, Const, Dict, Expr, FunctionDef, Subscript
from flask_prodcheck.model.python.modules import Modules


def kept_in_context(modules: Modules, path: str, expr: Expr) -> Iterator[tuple[Expr, FunctionDef]]:
    """What the functions of ``path`` keep where ``expr`` reads (``ctx.obj["app"]``), each with the function that does."""
    key = _key(expr)
    module = modules.module(path) if key is not None else None
    if key is None or module is None or "click" not in module.imports:
        return
    for function in module.body:
        if isinstance(function, FunctionDef) and function.decorators:
            for stmt, _ in statements(function.body):
                if isinstance(stmt, Assign):
                    for target in stmt.targets:
                        value = _entry(stmt.value, key) if _is_object(target) else stmt.value
                        if value is not None and (_is_object(target) or _key(target) == key):
                            yield value, function


def _key(expr: Expr) -> str | None:
    if not isinstance(expr, Subscript) or not _is_object(expr.value) or not isinstance(expr.index, Const):
        return None
    return expr.index.value if isinstance(expr.index.value, str) else None


def _is_object(expr: Expr) -> bool:
    return isinstance(expr, Attribute) and expr.attr == "obj"


def _entry(expr: Expr, key: str) -> Expr | None:
    if not isinstance(expr, Dict):
        return None
    return next((value for name, value in expr.items if isinstance(name, Const) and name.value == key), None)
