"""The source of a Python file as the reader looks at it."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Sequence
from functools import cached_property

_SEPARATED = "".join(chr(code) if chr(code).isalnum() or chr(code) == "_" else " " for code in range(128))

Place = tuple[int, int, int, int]


class Text:
    """A source: its lines, its words, and the character columns of what ``ast`` places by UTF-8 bytes."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: Sequence[str] = source.split("\n")
        self.is_ascii = source.isascii()

    @cached_property
    def words(self) -> frozenset[str]:
        """Every identifier of the source is among them (and every other word, those of strings and comments too)."""
        found = frozenset(_words(self.source))
        # Python takes an identifier by its normal form.
        return found if self.is_ascii else found.union(_words(unicodedata.normalize("NFKC", self.source)))

    def words_in(self, first: int, last: int) -> list[str]:
        """The words of the lines from ``first`` to ``last`` (1-based, both included), as in :attr:`words`."""
        source = "\n".join(self.lines[first - 1 : last])
        found = _words(source)
        return found if self.is_ascii else found + _words(unicodedata.normalize("NFKC", source))

    def column(self, line: int, offset: int) -> int:
        """The 0-based character column of a byte offset in a 1-based line."""
        if self.is_ascii:
            return offset
        text = self.lines[line - 1]
        if text.isascii():
            return offset
        return len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "surrogatepass"))

    def offset(self, line: int, column: int) -> int:
        """The byte offset of a 0-based character column in a 1-based line."""
        return len(self.lines[line - 1][:column].encode("utf-8", "surrogatepass"))

    def place(self, node: ast.expr | ast.stmt | ast.ExceptHandler | ast.keyword | ast.pattern) -> Place:
        """(line, column, end line, end column): 1-based lines, 0-based columns in characters."""
        line, end = node.lineno, node.end_lineno or node.lineno
        return line, self.column(line, node.col_offset), end, self.column(end, node.end_col_offset or 0)

    def between(self, line: int, column: int, end: int, end_column: int) -> str:
        """The text of a place."""
        if line == end:
            return self.lines[line - 1][column:end_column]
        return "\n".join([self.lines[line - 1][column:], *self.lines[line : end - 1], self.lines[end - 1][:end_column]])


def _words(source: str) -> list[str]:
    # Other letters stay with their word; outside strings and comments nothing but letters is beyond ASCII. A quarter of
    # the time of a regular expression, which counts because every file is looked at so.
    return source.translate(_SEPARATED).split()
