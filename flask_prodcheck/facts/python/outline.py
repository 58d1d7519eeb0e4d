"""The quick outline of a module: the names it binds, what it imports, and its definitions, from ``ast``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

_OPENS = re.compile(
    r"^\s*(?:exec\(|execfile\(|globals\(\)(?:\[|\.)|vars\(\)(?:\[|\.)|locals\(\)(?:\[|\.update)"
    r"|setattr\(\s*sys\.modules\[|sys\.modules\[\s*__name__\s*\])",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Outline:
    """``names`` are bound at module level at run time; ``open_names`` when there may be more that cannot be listed;
    ``imports`` the first part of every absolute import anywhere in the file."""

    names: frozenset[str]
    open_names: bool
    imports: frozenset[str]


def outline(tree: ast.Module, text: str) -> Outline:
    """What the module binds and imports. ``text`` is the source of ``tree``."""
    names: set[str] = set()
    imports: set[str] = set()
    is_open = _OPENS.search(text) is not None
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            imports.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.module and not node.level:
                imports.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Global):
            names.update(node.names)
    for node in _module_level(tree.body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Import):
            names.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name == "*":
                    is_open = True
                else:
                    names.add(alias.asname or alias.name)
        else:
            for target in _targets(node):
                names.update(_target_names(target))
            if ":=" in text:
                names.update(_walrus_names(node))
    if "__getattr__" in names:
        is_open = True
    return Outline(frozenset(names), is_open, frozenset(imports))


def blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The statement lists directly inside a statement, in source order."""
    if isinstance(node, ast.Match):
        for case in node.cases:
            yield case.body
        return
    body = getattr(node, "body", None)
    if isinstance(body, list):
        yield body
    for handler in getattr(node, "handlers", ()):
        yield handler.body
    for field in ("orelse", "finalbody"):
        block = getattr(node, field, None)
        if isinstance(block, list) and block:
            yield block


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
    # The list grows while it is read.
    for node in pending:
        yield node
        pending += children(node)


def is_type_checking(test: ast.expr) -> bool:
    """Whether an ``if`` test is ``TYPE_CHECKING`` or ``typing.TYPE_CHECKING``."""
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    pending: list[ast.stmt] = list(tree.body)
    while pending:
        node = pending.pop()
        yield node
        if hasattr(node, "body") or hasattr(node, "cases"):
            for block in blocks(node):
                pending += block


def _module_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    pending = list(body)
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if isinstance(node, ast.If) and is_type_checking(node.test):
            pending += node.orelse
            continue
        for block in blocks(node):
            pending += block


def _targets(node: ast.stmt) -> Iterator[ast.AST]:
    if isinstance(node, ast.Assign):
        yield from node.targets
    elif isinstance(node, ast.AnnAssign):
        if node.value is not None:
            yield node.target
    elif isinstance(node, (ast.AugAssign, ast.For, ast.AsyncFor)):
        yield node.target
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        for item in node.items:
            if item.optional_vars is not None:
                yield item.optional_vars
    elif isinstance(node, ast.Match):
        for case in node.cases:
            yield case.pattern
    elif type(node).__name__ == "TypeAlias":
        yield node.name  # type: ignore[attr-defined]


def _target_names(target: ast.AST) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, (ast.Tuple, ast.List)):
        for item in target.elts:
            yield from _target_names(item)
    elif isinstance(target, ast.Starred):
        yield from _target_names(target.value)
    elif isinstance(target, ast.pattern):
        for node in ast.walk(target):
            name = getattr(node, "name", None) or getattr(node, "rest", None)
            if isinstance(name, str):
                yield name


def _walrus_names(node: ast.stmt) -> Iterator[str]:
    inner = {id(statement) for block in blocks(node) for statement in block}
    pending: list[ast.AST] = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, ast.NamedExpr):
            yield item.target.id
        pending += (child for child in ast.iter_child_nodes(item) if id(child) not in inner)
