"""The source of a Python file as the reader looks at it."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import chain

from flask_prodcheck.facts.python.screen import holds_processes

_SEPARATED = "".join(chr(code) if chr(code).isalnum() or chr(code) in "_\n" else " " for code in range(128))

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
        return frozenset(chain.from_iterable(self._words))

    @cached_property
    def lowered(self) -> str:
        return self.source.lower()

    @cached_property
    def holds_processes(self) -> bool:
        """Whether it may write a file that a process manager reads."""
        return holds_processes(self.source)

    @cached_property
    def _words(self) -> list[list[str]]:
        """The words of each line."""
        if self.is_ascii or unicodedata.is_normalized("NFKC", self.source):
            return _words(self.source)
        # Python takes an identifier by its normal form.
        normal = _words(unicodedata.normalize("NFKC", self.source))
        return [words + others for words, others in zip(_words(self.source), normal, strict=True)]

    def words_in(self, first: int, last: int) -> Iterator[str]:
        """The words of the lines from ``first`` to ``last`` (1-based, both included), as in :attr:`words`."""
        return chain.from_iterable(self._words[first - 1 : last])

    def lines_of(self, words: AbstractSet[str]) -> list[int]:
        """The lines (1-based) that have one of ``words``, as in :attr:`words`."""
        if self.words.isdisjoint(words):
            return []
        return [number for number, line in enumerate(self._words, 1) if not words.isdisjoint(line)]

    def lines_with(self, parts: Sequence[str]) -> list[int]:
        """The lines (1-based) in which one of ``parts``, in lower case, stands in any case."""
        found: set[int] = set()
        for part in parts:
            line, at = 1, 0
            while (after := self.lowered.find(part, at)) >= 0:
                line += self.lowered.count("\n", at, after)
                found.add(line)
                at = after + len(part)
        return sorted(found)

    def has_one_of(self, words: AbstractSet[str], first: int, last: int) -> bool:
        """Whether one of ``words`` is among those of these lines."""
        return not words.isdisjoint(self.words_in(first, last))

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


def _words(source: str) -> list[list[str]]:
    # Other letters stay with their word; outside strings and comments nothing but letters is beyond ASCII. A quarter of
    # the time of a regular expression, which counts because every file is looked at so, and every function in it.
    return [line.split() for line in source.translate(_SEPARATED).split("\n")]
