"""The source text of an expression of the model, for display: one line, cut at 200 characters."""

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
    Keyword,
    Lambda,
    Name,
    Opaque,
    Starred,
    Subscript,
    Template,
    UnaryOp,
)

Texts = dict[int, tuple[Expr, str]]
"""The text of each expression by its id, with the expression, which has to stay."""

_LIMIT = 200
_DEPTH = 30


def unparse(expr: Expr) -> str:
    """``expr`` as Python source. What is nested too deeply becomes ``...``."""
    text = _text(expr, 0)
    return text if len(text) <= _LIMIT else text[: _LIMIT - 3] + "..."


def written(texts: Texts, expr: Expr) -> str:
    """:func:`unparse`, for what is run again and again: ``texts`` keeps the text of each expression."""
    known = texts.get(id(expr))
    if known is None:
        known = texts[id(expr)] = expr, unparse(expr)
    return known[1]


def _text(expr: Expr, depth: int) -> str:
    if depth > _DEPTH:
        return "..."
    inner = depth + 1
    match expr:
        case Const(value=value):
            return repr(value)[:_LIMIT]
        case Name(id=name):
            return name
        case Attribute(value=value, attr=attr):
            return f"{_text(value, inner)}.{attr}"
        case Starred(value=value):
            return f"*{_text(value, inner)}"
        case Call(func=func, args=args, keywords=keywords):
            parts = [_text(arg, inner) for arg in args[:20]] + [_keyword(word, inner) for word in keywords[:20]]
            return f"{_text(func, inner)}({', '.join(parts)})"
        case Subscript(value=value, index=index):
            return f"{_text(value, inner)}[{_text(index, inner)}]"
        case Collection(kind=kind, items=items):
            text = ", ".join(_text(item, inner) for item in items[:20])
            if kind == "tuple":
                return f"({text},)" if len(items) == 1 else f"({text})"
            return f"[{text}]" if kind == "list" else f"{{{text}}}"
        case Dict(items=items):
            pairs = (
                f"**{_text(value, inner)}" if key is None else f"{_text(key, inner)}: {_text(value, inner)}"
                for key, value in items[:20]
            )
            return f"{{{', '.join(pairs)}}}"
        case BinOp(op=op, left=left, right=right):
            return f"{_group(left, inner)} {op} {_group(right, inner)}"
        case BoolOp(op=op, values=values):
            return f" {op} ".join(_group(value, inner) for value in values[:20])
        case UnaryOp(op=op, operand=operand):
            return f"{op}{' ' if op == 'not' else ''}{_group(operand, inner)}"
        case Compare(left=left, ops=ops):
            return _group(left, inner) + "".join(f" {op} {_group(right, inner)}" for op, right in ops)
        case IfExp(test=test, body=body, orelse=orelse):
            return f"{_group(body, inner)} if {_group(test, inner)} else {_group(orelse, inner)}"
        case Template(parts=parts):
            return "f" + repr("".join(_replaced(part, inner) for part in parts))
        case Lambda(params=params, body=body):
            return f"lambda {', '.join(param.name for param in params)}: {_text(body, inner)}"
        case Opaque(text=text):
            return " ".join(text.split())


def _group(expr: Expr, depth: int) -> str:
    text = _text(expr, depth)
    return f"({text})" if isinstance(expr, BinOp | BoolOp | Compare | IfExp | Lambda) else text


def _replaced(part: Expr, depth: int) -> str:
    if isinstance(part, Const) and isinstance(part.value, str):
        return part.value
    return f"{{{_text(part, depth)}}}"


def _keyword(word: Keyword, depth: int) -> str:
    return f"**{_text(word.value, depth)}" if word.name is None else f"{word.name}={_text(word.value, depth)}"
