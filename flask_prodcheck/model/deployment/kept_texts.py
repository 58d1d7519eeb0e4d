"""Expressions of which the outline of a file keeps the source text, as expressions again."""

from __future__ import annotations

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.facts.syntax import Assign, Attribute, Call, Const, Expr, Subscript

#: Where an expression stands that is read by itself: no file is called so.
NOWHERE = "\0.py"


def parsed(text: str) -> Expr | None:
    """The expression that ``text`` is the source of."""
    try:
        module = read_python(NOWHERE, f"KEY = {text}\n".encode())
    except ReadError:
        return None
    stmt = module.body[0] if module is not None and module.body else None
    return stmt.value if isinstance(stmt, Assign) else None


def config_key(expr: Expr) -> str | None:
    """``app.config["KEY"]``, ``current_app.config.get("KEY")``: the key."""
    if isinstance(expr, Subscript):
        holder, word = expr.value, expr.index
    elif isinstance(expr, Call) and isinstance(expr.func, Attribute) and expr.func.attr == "get" and expr.args:
        holder, word = expr.func.value, expr.args[0]
    else:
        return None
    if not (isinstance(holder, Attribute) and holder.attr == "config" and isinstance(word, Const)):
        return None
    return word.value if isinstance(word.value, str) else None
