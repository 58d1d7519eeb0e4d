"""The source text of an expression, written out again for display and for the names of what is not decided."""

from __future__ import annotations

from flask_prodcheck.facts.syntax import (
    Attribute,
    BinOp,
    BoolOp,
    Call,
    Collection,
    Compare,
    Const,
    Dict,
    Expr,
    IfExp,
    Lambda,
    Name,
    Starred,
    Subscript,
    Template,
    UnaryOp,
)


def render(expr: Expr, limit: int = 160) -> str:
    """``expr`` written out again, for display; long ones are cut."""
    text = _render(expr, 0)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _render(expr: Expr, depth: int) -> str:
    if depth > 8:
        return "..."

    def inner(item: Expr) -> str:
        return _render(item, depth + 1)

    if isinstance(expr, Const):
        return repr(expr.value) if not isinstance(expr.value, str) else '"' + expr.value.replace("\n", "\\n") + '"'
    if isinstance(expr, Name):
        return expr.id
    if isinstance(expr, Attribute):
        return f"{inner(expr.value)}.{expr.attr}"
    if isinstance(expr, Starred):
        return f"*{inner(expr.value)}"
    if isinstance(expr, Call):
        keywords = [
            f"{item.name}={inner(item.value)}" if item.name else f"**{inner(item.value)}" for item in expr.keywords
        ]
        return f"{inner(expr.func)}({', '.join([*map(inner, expr.args), *keywords])})"
    if isinstance(expr, Subscript):
        return f"{inner(expr.value)}[{inner(expr.index)}]"
    if isinstance(expr, Collection):
        brackets = {"list": "[]", "tuple": "()", "set": "{}"}.get(expr.kind, "[]")
        return brackets[0] + ", ".join(map(inner, expr.items)) + brackets[1]
    if isinstance(expr, Dict):
        return (
            "{"
            + ", ".join(
                f"{inner(key)}: {inner(value)}" if key is not None else f"**{inner(value)}" for key, value in expr.items
            )
            + "}"
        )
    if isinstance(expr, BinOp):
        return f"{inner(expr.left)} {expr.op} {inner(expr.right)}"
    if isinstance(expr, BoolOp):
        return f" {expr.op} ".join(map(inner, expr.values))
    if isinstance(expr, UnaryOp):
        return f"not {inner(expr.operand)}" if expr.op == "not" else expr.op + inner(expr.operand)
    if isinstance(expr, Compare):
        return inner(expr.left) + "".join(f" {op} {inner(right)}" for op, right in expr.ops)
    if isinstance(expr, IfExp):
        return f"{inner(expr.body)} if {inner(expr.test)} else {inner(expr.orelse)}"
    if isinstance(expr, Template):
        return (
            'f"'
            + "".join(str(part.value) if isinstance(part, Const) else "{" + inner(part) + "}" for part in expr.parts)
            + '"'
        )
    if isinstance(expr, Lambda):
        return f"lambda: {inner(expr.body)}"
    return expr.text
