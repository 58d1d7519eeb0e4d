"""The statements that libcst reads: those that launch or configure, and the f-strings, whose parts ``ast`` misplaces.

They are copied out of the file into one small source of their own, each with its exact columns.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_prodcheck.facts import syntax as s
from flask_prodcheck.facts.python.from_ast import OPAQUE, Text
from flask_prodcheck.facts.python.launching import LAUNCHING
from flask_prodcheck.facts.python.outline import children

MAX_CHARACTERS = 4_000
"""A longer statement is a table of data; libcst would spend its time on what ``ast`` reads as well."""

_SETTINGS = frozenset({"SECRET_KEY", "secret_key", "DEBUG", "debug", "TESTING", "testing", "ENV", "FLASK_ENV"})


@dataclass(frozen=True, slots=True)
class _Piece:
    """One statement or f-string: its node, and the lines copied (text, reduced line)."""

    node: ast.stmt | ast.JoinedStr
    lines: tuple[tuple[str, int], ...]


def read_decisive(
    path: str, tree: ast.Module, text: Text, lines: Sequence[int]
) -> tuple[dict[int, s.Stmt], dict[int, s.Expr]]:
    """What libcst reads of a (reduced) source: statements and f-strings, by the ``id`` of their ``ast`` node.

    ``lines`` maps the lines of ``text`` to the original. What libcst cannot parse is left to ``ast``.
    """
    pieces = list(_pieces(tree, text))
    statements: dict[int, s.Stmt] = {}
    expressions: dict[int, s.Expr] = {}
    if not pieces:
        return statements, expressions
    for piece, read in _read(path, pieces, lines):
        if isinstance(piece.node, ast.JoinedStr):
            if isinstance(read, s.ExprStmt):
                expressions[id(piece.node)] = read.value
        else:
            statements[id(piece.node)] = read.body[0] if isinstance(read, s.If) else read
    return statements, expressions


def _read(path: str, pieces: Sequence[_Piece], lines: Sequence[int]) -> Iterator[tuple[_Piece, s.Stmt]]:
    from flask_prodcheck.facts.python.convert import UnparsableError, convert

    source = "\n".join(line for piece in pieces for line, _ in piece.lines) + "\n"
    numbers = [lines[number - 1] for piece in pieces for _, number in piece.lines]
    try:
        found = convert(path, source, [*numbers, numbers[-1]])
    except UnparsableError:
        # One piece is newer than libcst: the others are still read.
        if len(pieces) > 1:
            middle = len(pieces) // 2
            yield from _read(path, pieces[:middle], lines)
            yield from _read(path, pieces[middle:], lines)
        return
    yield from zip(pieces, found, strict=True)


def _pieces(tree: ast.Module, text: Text) -> Iterator[_Piece]:
    pending: list[ast.AST] = list(reversed(tree.body))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.JoinedStr):
            yield _template(node, text)
        elif isinstance(node, OPAQUE) or type(node).__name__ == "TypeAlias":
            continue
        elif isinstance(node, ast.stmt) and _is_decisive(node) and (piece := _statement(node, text)):
            yield piece
        else:
            pending += reversed(children(node))


def _template(node: ast.JoinedStr, text: Text) -> _Piece:
    line, column, end, end_column = text.place(node)
    written = (" " * column + text.between(line, column, end, end_column)).split("\n")
    return _Piece(node, (("(", line), *zip(written, range(line, end + 1), strict=True), (")", end)))


def _statement(node: ast.stmt, text: Text) -> _Piece | None:
    """The lines of a statement that has them for itself."""
    line, column, end, end_column = text.place(node)
    lead, rest = text.lines[line - 1][:column], text.lines[end - 1][end_column:].strip()
    if lead.strip(" \t") or (rest and not rest.startswith("#")):
        return None
    if line > 1 and text.lines[line - 2].endswith("\\"):
        return None
    written = [(text.lines[number - 1], number) for number in range(line, end + 1)]
    written[-1] = (text.lines[end - 1][:end_column], end)
    if sum(len(item) for item, _ in written) > MAX_CHARACTERS:
        return None
    return _Piece(node, ((("if 1:", line),) if column else ()) + tuple(written))


def _is_decisive(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return any(map(_is_setting, node.targets)) or _launches(node.value)
    if isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        return _is_setting(node.target) or (node.value is not None and _launches(node.value))
    return isinstance(node, (ast.Expr, ast.Return)) and node.value is not None and _launches(node.value)


def _is_setting(target: ast.expr) -> bool:
    if isinstance(target, ast.Subscript):
        return _name(target.value) in ("config", "environ")
    return _name(target) in _SETTINGS


def _launches(value: ast.expr) -> bool:
    if not isinstance(value, ast.Call):
        return False
    name = _name(value.func)
    if name in ("update", "setdefault") and isinstance(value.func, ast.Attribute):
        return _name(value.func.value) in ("config", "environ")
    return name in LAUNCHING


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
