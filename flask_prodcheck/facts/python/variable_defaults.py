"""What an expression is when nobody sets the variable that it reads."""

from __future__ import annotations

import ast


def default_of(expr: ast.expr) -> tuple[str, ast.Constant] | None:
    """The variable that ``expr`` reads and the constant that it is otherwise: ``os.environ.get(name, constant)``,
    ``os.getenv(name) or constant``; None for anything else."""
    if isinstance(expr, ast.BoolOp) and isinstance(expr.op, ast.Or) and len(expr.values) == 2:
        read, other = expr.values
        variable = _variable(read)
        return (variable, other) if variable and isinstance(other, ast.Constant) else None
    variable = _variable(expr)
    if variable and isinstance(expr, ast.Call) and len(expr.args) == 2 and isinstance(expr.args[1], ast.Constant):
        return variable, expr.args[1]
    return None


def _variable(expr: ast.expr) -> str:
    if not isinstance(expr, ast.Call) or not expr.args or not isinstance(expr.args[0], ast.Constant):
        return ""
    read = ast.unparse(expr.func)
    name = expr.args[0].value
    reads = read.endswith(("environ.get", "getenv"))
    return name if reads and isinstance(name, str) else ""
