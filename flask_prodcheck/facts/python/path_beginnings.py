"""How a path begins: its first parts, as far as they are the same whatever a function is called with.

``os.path.join(FOLDER, "a", name)`` begins with FOLDER and "a".
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from flask_prodcheck.facts.python.walk import walk
from flask_prodcheck.records import dataclass

#: Calls that give the path of their arguments, joined if there are several.
JOINS = frozenset(
    {"join", "safe_join", "joinpath", "str", "Path", "PurePath", "fspath", "abspath", "realpath", "normpath"}
)
#: Methods that give the path that they are called on.
_SAME = frozenset({"resolve", "absolute"})
#: Other calls that are a part by themselves: those that read a setting, or start from a folder of the system.
_READS = frozenset({"get", "getenv", "dirname", "getcwd", "cwd", "expanduser"})
_LONG = 200
_DEPTH = 8

Parts = tuple[list[str], bool]
"""The source texts of the parts that are known, and whether they are all of the path."""


@dataclass(frozen=True, slots=True)
class Locals:
    """The names of a function's own: ``held`` what those stand for that one assignment binds."""

    names: AbstractSet[str]
    held: Mapping[str, ast.expr | None]


def beginning(path: ast.expr, local: Locals) -> tuple[str, ...]:
    """The source texts of the first parts of ``path``; () where not even the first is known."""
    parts, _ = _parts(path, local, 0)
    return tuple(parts) if all(len(part) <= _LONG for part in parts) else ()


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    func = call.func
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""


def _parts(expr: ast.expr, local: Locals, depth: int) -> Parts:
    if depth > _DEPTH:
        return [], False
    if isinstance(expr, ast.Constant):
        return ([repr(expr.value)], True) if isinstance(expr.value, str) else ([], False)
    if isinstance(expr, ast.Name) and expr.id in local.names:
        held = local.held.get(expr.id)
        return ([], False) if held is None else _parts(held, local, depth + 1)
    if isinstance(expr, ast.Call):
        return _of_call(expr, local, depth)
    if isinstance(expr, ast.BinOp):
        if isinstance(expr.op, ast.Div):
            return _joined([expr.left, expr.right], local, depth)
        first = _leftmost(expr) if isinstance(expr.op, ast.Add) else expr.left
        return _before(first, "%" if isinstance(expr.op, ast.Mod) else "", local, depth), False
    if isinstance(expr, ast.JoinedStr) and expr.values:
        head = expr.values[0]
        return _before(head.value if isinstance(head, ast.FormattedValue) else head, "", local, depth), False
    return _outside(expr, local) if isinstance(expr, ast.Name | ast.Attribute | ast.Subscript) else ([], False)


def _of_call(call: ast.Call, local: Locals, depth: int) -> Parts:
    name = called(call)
    on = [call.func.value] if isinstance(call.func, ast.Attribute) else []
    if name in JOINS:
        return _joined([*(on if name == "joinpath" else []), *call.args], local, depth)
    if name in _SAME and on:
        return _parts(on[0], local, depth + 1)
    if name == "format" and on:
        return _before(on[0], "{", local, depth), False
    return _outside(call, local) if name in _READS else ([], False)


def _joined(exprs: Sequence[ast.expr], local: Locals, depth: int) -> Parts:
    found: list[str] = []
    for each in exprs:
        parts, whole = _parts(each, local, depth + 1)
        found += parts
        if not whole:
            return found, False
    return found, True


def _before(first: ast.expr, end: str, local: Locals, depth: int) -> list[str]:
    """The parts of a text that begins with ``first`` and goes on: of a literal the folders in it, up to ``end``."""
    if not isinstance(first, ast.Constant):
        return _parts(first, local, depth + 1)[0]
    if not isinstance(first.value, str):
        return []
    text = first.value.partition(end)[0] if end else first.value
    folder = text.rpartition("/")[0]
    return [repr(folder)] if folder else []


def _outside(expr: ast.expr, local: Locals) -> Parts:
    """``expr`` itself where it hangs on nothing of the function's own."""
    if any(isinstance(node, ast.Name) and node.id in local.names for node in walk(expr)):
        return [], False
    return [ast.unparse(expr)], True


def _leftmost(expr: ast.expr) -> ast.expr:
    while isinstance(expr, ast.BinOp) and isinstance(expr.op, ast.Add):
        expr = expr.left
    return expr
