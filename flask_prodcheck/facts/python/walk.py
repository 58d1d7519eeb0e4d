"""The statements and nodes of an ``ast`` tree, visited cheaply: every file is walked by every part of the reader."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import field

from flask_prodcheck.records import dataclass

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

# Class of statement -> the fields that hold statements, in source order ("handlers" hold theirs one level down).
_BLOCKS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.FunctionDef: ("body",),
    ast.AsyncFunctionDef: ("body",),
    ast.ClassDef: ("body",),
    ast.With: ("body",),
    ast.AsyncWith: ("body",),
    ast.If: ("body", "orelse"),
    ast.For: ("body", "orelse"),
    ast.AsyncFor: ("body", "orelse"),
    ast.While: ("body", "orelse"),
    ast.Try: ("body", "handlers", "orelse", "finalbody"),
    ast.Match: ("cases",),
}
if hasattr(ast, "TryStar"):
    _BLOCKS[ast.TryStar] = _BLOCKS[ast.Try]
_NONE: list[list[ast.stmt]] = []


def blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    """The statement lists directly inside a statement, in source order."""
    fields = _BLOCKS.get(type(node))
    if fields is None:
        return _NONE
    found = []
    for name in fields:
        block = getattr(node, name)
        if name in ("handlers", "cases"):
            found += [each.body for each in block]
        elif block:
            found.append(block)
    return found


@dataclass(slots=True)
class Statements:
    """The statements of a module by what the readers look for, each in source order: ``top`` those that run in the
    module's own scope (bodies under ``TYPE_CHECKING`` left out), ``functions`` all of them with the class that each is
    a method of, ``imports`` and ``shared`` (``global``) anywhere."""

    top: list[ast.stmt] = field(default_factory=list)
    functions: list[tuple[FunctionNode, ast.ClassDef | None]] = field(default_factory=list)
    imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)
    shared: list[ast.Global] = field(default_factory=list)


def statements_of(tree: ast.Module) -> Statements:
    """The statements of ``tree``, sorted out in one walk."""
    found = Statements()
    pending: list[tuple[ast.stmt, ast.ClassDef | None, bool]] = [(node, None, True) for node in reversed(tree.body)]
    while pending:
        node, owner, is_top = pending.pop()
        if is_top:
            found.top.append(node)
        kind = type(node)
        if kind not in _BLOCKS:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                found.imports.append(node)
            elif isinstance(node, ast.Global):
                found.shared.append(node)
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.functions.append((node, owner))
            owner, is_top = None, False
        elif isinstance(node, ast.ClassDef):
            owner, is_top = node, False
        if is_top and isinstance(node, ast.If) and is_type_checking(node.test):
            pending += [(each, owner, True) for each in reversed(node.orelse)]
            pending += [(each, owner, False) for each in reversed(node.body)]
            continue
        for block in reversed(blocks(node)):
            pending += [(each, owner, is_top) for each in reversed(block)]
    return found


# Fields that never hold a node with something inside, whatever the class.
_BARE_FIELDS = frozenset(
    {"ctx", "op", "ops", "id", "attr", "arg", "asname", "level", "module", "lineno", "kind", "type_comment", "conversion",
     "is_async", "simple", "type_ignores", "rest", "kwd_attrs", "cls_name"}
)  # fmt: skip
_BARE_CLASSES = (ast.Constant, ast.MatchSingleton, ast.Global, ast.Nonlocal, ast.alias)
# Class of node -> the fields that may hold nodes, filled as classes turn up.
_INNER: dict[type[ast.AST], tuple[str, ...]] = {}


def _inner_fields(kind: type[ast.AST]) -> tuple[str, ...]:
    fields = () if issubclass(kind, _BARE_CLASSES) else tuple(each for each in kind._fields if each not in _BARE_FIELDS)
    _INNER[kind] = fields
    return fields


def children(node: ast.AST) -> list[ast.AST]:
    """``ast.iter_child_nodes`` without the nodes that have nothing inside them (operators, contexts): a quarter of the
    time, which counts because every reader walks every tree."""
    found: list[ast.AST] = []
    kind = type(node)
    fields = _INNER.get(kind)
    for name in _inner_fields(kind) if fields is None else fields:
        value = getattr(node, name, None)
        if value.__class__ is list:
            if value:
                found += [item for item in value if isinstance(item, ast.AST) and item._fields]
        elif isinstance(value, ast.AST) and value._fields:
            found.append(value)
    return found


def walk(root: ast.AST) -> Iterator[ast.AST]:
    """``ast.walk`` over :func:`children`, in the same order."""
    pending = [root]
    # The list grows while it is read. What :func:`children` does is written out: most nodes have none.
    for node in pending:
        yield node
        kind = type(node)
        fields = _INNER.get(kind)
        for name in _inner_fields(kind) if fields is None else fields:
            value = getattr(node, name, None)
            if value.__class__ is list:
                if value:
                    pending += [item for item in value if isinstance(item, ast.AST) and item._fields]
            elif isinstance(value, ast.AST) and value._fields:
                pending.append(value)


_BLOCK_FIELDS = frozenset({"body", "orelse", "finalbody"})


def walk_near(root: ast.AST, *lines: Sequence[int]) -> Iterator[ast.AST]:
    """:func:`walk` without the statements that have none of ``lines``, for each of these ascending numbers of lines, among
    their own: most of a file, where ``lines`` are those that hold the words of what is looked for."""
    if not all(lines):
        return
    pending = [root]
    for node in pending:
        yield node
        kind = type(node)
        fields = _INNER.get(kind)
        for name in _inner_fields(kind) if fields is None else fields:
            value = getattr(node, name, None)
            if value.__class__ is list:
                if value and name in _BLOCK_FIELDS:
                    pending += [item for item in value if _has(item, lines)]
                elif value:
                    pending += [item for item in value if isinstance(item, ast.AST) and item._fields]
            elif isinstance(value, ast.AST) and value._fields:
                pending.append(value)


def _has(node: ast.stmt, lines: Sequence[Sequence[int]]) -> bool:
    first, last = first_line(node), node.end_lineno or node.lineno
    for each in lines:
        index = bisect_left(each, first)
        if index == len(each) or each[index] > last:
            return False
    return True


def first_line(node: ast.stmt) -> int:
    """The first line of a statement, that of its first decorator if it has any."""
    decorators = getattr(node, "decorator_list", None)
    return decorators[0].lineno if decorators else node.lineno


def is_type_checking(test: ast.expr) -> bool:
    """Whether an ``if`` test is ``TYPE_CHECKING`` or ``typing.TYPE_CHECKING``."""
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )
