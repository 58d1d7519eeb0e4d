"""Which statements of a module can carry launch or configuration facts, and which are cut."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from flask_prodcheck.facts.python.kept_definitions import kept_definitions
from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.views import is_view
from flask_prodcheck.facts.python.walk import blocks, is_type_checking
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_LARGE_LINES = 200
_LARGE_CHARACTERS = 20_000
_CONFIG_WORDS = regex(r"SECRET|DEBUG|SESSION|COOKIE|CONFIG|environ|getenv|TESTING|flask", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cut:
    """What is left out of a tree. Nodes and blocks are known by their ids: ``dropped`` statements, blocks that nothing
    is left of (``passes``: a ``pass`` stands in their place, at this line and 0-based column), and the functions and
    classes that lost statements (``screened``)."""

    dropped: frozenset[int] = frozenset()
    passes: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    screened: frozenset[int] = frozenset()


def cut(tree: ast.Module, text: Text) -> Cut:
    """What can carry no facts of the module ``tree``, whose source is ``text``."""
    kept = kept_definitions(tree, text)
    # docopt reads the text in front of a module
    usage = tree.body[0] if tree.body and _is_text(tree.body[0]) and "docopt" in text.words else None
    cutter = _Cutter(text.lines, kept, usage)
    cutter.block(tree.body, None)
    return Cut(frozenset(cutter.dropped), cutter.passes, frozenset(cutter.screened))


class _Cutter:
    """Marks what to leave out, as in :class:`Cut`."""

    def __init__(self, lines: Sequence[str], kept: set[int], usage: ast.stmt | None = None) -> None:
        self.lines = lines
        self.kept = kept
        self.usage = usage
        self.dropped: set[int] = set()
        self.passes: dict[int, tuple[int, int]] = {}
        self.screened: set[int] = set()

    def block(self, body: list[ast.stmt], owner: ast.stmt | None, inside: bool = False) -> None:
        """Cut one block. ``owner`` is the definition it belongs to; ``inside``: in the body of a kept function."""
        groups = list(self.groups(body))
        remaining = 0
        for first, group in groups:
            if all(self.is_irrelevant(node, inside) for node in group) and not self.shares_line(first, group):
                self.dropped.update(map(id, group))
                if owner is not None and not all(_is_text(node) for node in group):
                    self.screened.add(id(owner))
                continue
            remaining += 1
            if len(group) == 1:
                self.compound(group[0], owner, inside)
        if not remaining and groups:
            self.pass_in(body, groups[0][0])

    def pass_in(self, body: list[ast.stmt], first: int) -> None:
        """Puts a ``pass`` in place of the whole block, which begins in line ``first``."""
        line = self.lines[first - 1]
        self.passes[id(body)] = first, len(line) - len(line.lstrip(" \t\f"))

    def groups(self, body: list[ast.stmt]) -> Iterator[tuple[int, list[ast.stmt]]]:
        """The statements that share lines, together, with their first line."""
        group: list[ast.stmt] = []
        first = last = 0
        for node in body:
            start, end = self.first_line(node), node.end_lineno or node.lineno
            if group and start <= last:
                group.append(node)
                last = max(last, end)
                continue
            if group:
                yield first, group
            first, last, group = start, end, [node]
        if group:
            yield first, group

    def first_line(self, node: ast.stmt) -> int:
        decorators = getattr(node, "decorator_list", None)
        if not decorators:
            return node.lineno
        line: int = decorators[0].lineno
        while line > 1 and not self.lines[line - 1].lstrip(" \t\f").startswith("@"):
            line -= 1
        return line

    def shares_line(self, first: int, group: list[ast.stmt]) -> bool:
        """Whether the group's lines also belong to something else: a header before it, a continued line."""
        if first >= 2 and self.lines[first - 2].endswith("\\"):
            return True
        line = self.lines[first - 1]
        lead = line[: len(line) - len(line.lstrip(" \t\f"))]
        column = group[0].col_offset
        if getattr(group[0], "decorator_list", None):
            return not line[len(lead) :].startswith("@")
        return column != len(lead)

    def compound(self, node: ast.stmt, owner: ast.stmt | None, inside: bool) -> None:
        inner = blocks(node)
        if not inner or any(self.is_inline(block[0]) for block in inner):
            return
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if (inside and not is_view(node, None)) or id(node) in self.kept:
                self.block(node.body, node, True)
            else:
                self.empty(node.body, node)
        elif isinstance(node, ast.ClassDef):
            if inside or id(node) in self.kept:
                self.block(node.body, node, inside)
            else:
                self.empty(node.body, node)
        elif isinstance(node, ast.If) and is_type_checking(node.test):
            self.empty(node.body, None)
            if node.orelse and not self.is_elif(node.orelse):
                self.block(node.orelse, owner, inside)
        else:
            for block in inner:
                if block is getattr(node, "orelse", None) and self.is_elif(block):
                    self.compound(block[0], owner, inside)
                else:
                    self.block(block, owner, inside)

    def is_inline(self, node: ast.stmt) -> bool:
        """Whether the statement stands on the line of the header before it (never true of ``elif``)."""
        first = self.first_line(node)
        return not self.is_elif([node]) and self.shares_line(first, [node])

    def is_elif(self, block: list[ast.stmt]) -> bool:
        node = block[0]
        return (
            len(block) == 1
            and isinstance(node, ast.If)
            and self.lines[node.lineno - 1].lstrip(" \t\f").startswith("elif")
        )

    def empty(self, body: list[ast.stmt], owner: ast.stmt | None) -> None:
        if len(body) == 1 and isinstance(body[0], ast.Pass):
            return
        self.pass_in(body, self.first_line(body[0]))
        if owner is not None and not all(_is_text(node) or isinstance(node, ast.Pass) for node in body):
            self.screened.add(id(owner))

    def is_irrelevant(self, node: ast.stmt, inside: bool) -> bool:
        if _is_text(node):
            return node is not self.usage
        if inside or not isinstance(node, (ast.Assign, ast.AnnAssign, ast.Expr)):
            return False
        value = node.value
        if not isinstance(value, (ast.Dict, ast.List, ast.Set, ast.Tuple, ast.Constant)):
            return False
        first, last = node.lineno, node.end_lineno or node.lineno
        if last - first <= _LARGE_LINES:
            if last == first and len(self.lines[first - 1]) <= _LARGE_CHARACTERS:
                return False
            if sum(map(len, self.lines[first - 1 : last])) <= _LARGE_CHARACTERS:
                return False
        return not _CONFIG_WORDS.search("\n".join(self.lines[first - 1 : last]))


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, (str, bytes))
    )
