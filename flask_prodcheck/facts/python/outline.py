"""The quick outline of a module: the names it binds and what it imports, from ``ast``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.walk import Statements, blocks
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_OPENS = regex(
    r"^\s*(?:exec\(|execfile\(|globals\(\)(?:\[|\.)|vars\(\)(?:\[|\.)|locals\(\)(?:\[|\.update)"
    r"|setattr\(\s*sys\.modules\[|sys\.modules\[\s*__name__\s*\])",
    re.MULTILINE,
)
#: What of :data:`_OPENS` are words: most files have none of them.
_OPENING = frozenset({"exec", "execfile", "globals", "vars", "locals", "modules"})


@dataclass(frozen=True, slots=True)
class Outline:
    """``names`` are bound at module level at run time; ``open_names`` when there may be more that cannot be listed,
    ``stars`` when star imports bind more;
    ``imports`` the first part of every absolute import anywhere in the file."""

    names: frozenset[str]
    open_names: bool
    stars: bool
    imports: frozenset[str]


def outline(found: Statements, text: Text) -> Outline:
    """What a module binds and imports. ``text`` is its source."""
    names: set[str] = set()
    imports: set[str] = set()
    stars = False
    for statement in found.imports:
        if isinstance(statement, ast.Import):
            imports.update([alias.name.partition(".")[0] for alias in statement.names])
        elif statement.module and not statement.level:
            imports.add(statement.module.partition(".")[0])
    for shared in found.shared:
        names.update(shared.names)
    has_walrus = ":=" in text.source
    for node in found.top:
        if isinstance(node, _DEFINITIONS):
            names.add(node.name)
            continue
        if isinstance(node, ast.Import):
            names.update([alias.asname or alias.name.partition(".")[0] for alias in node.names])
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name == "*":
                    stars = True
                else:
                    names.add(alias.asname or alias.name)
        elif not isinstance(node, (ast.Expr, ast.If)):
            for target in _targets(node):
                names.update(_target_names(target))
        if has_walrus:
            names.update(_walrus_names(node))
    is_open = "__getattr__" in names or _opens(text)
    return Outline(frozenset(names), is_open, stars, frozenset(imports))


def _opens(text: Text) -> bool:
    """Whether the source binds names that it does not spell."""
    return not text.words.isdisjoint(_OPENING) and _OPENS.search(text.source) is not None


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
