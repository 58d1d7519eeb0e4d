"""Where the nodes of a parsed file stand, as spans."""

from __future__ import annotations

import ast

from flask_prodcheck.base import Span
from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.walk import FunctionNode


class Places:
    """Turns ``ast`` positions into spans."""

    def __init__(self, path: str, text: Text) -> None:
        self.path = path
        self.text = text

    def span(self, node: ast.stmt | ast.expr) -> Span:
        line, column, end, end_column = self.text.place(node)
        return Span(self.path, line, column + 1, end, end_column + 1)

    def header(self, node: FunctionNode | ast.ClassDef) -> Span:
        line, column, _, _ = self.text.place(node)
        return Span(self.path, line, column + 1, line, len(self.text.lines[line - 1].rstrip()) + 1)
