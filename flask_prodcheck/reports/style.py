"""Words in colour for a terminal, and text from a project made harmless before it is shown."""

from __future__ import annotations

import unicodedata

import click

from flask_prodcheck.records import dataclass

_SEVERITY_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}
_TAB = 4


@dataclass(frozen=True, slots=True)
class Style:
    """Colours words when ``color`` is true, else returns them as they are."""

    color: bool = False

    def severity(self, severity: str, text: str) -> str:
        return self._styled(text, fg=_SEVERITY_COLOURS[severity], bold=True)

    def strong(self, text: str) -> str:
        return self._styled(text, bold=True)

    def faint(self, text: str) -> str:
        return self._styled(text, dim=True)

    def good(self, text: str) -> str:
        return self._styled(text, fg="green", bold=True)

    def _styled(self, text: str, *, fg: str | None = None, bold: bool | None = None, dim: bool | None = None) -> str:
        return click.style(text, fg=fg, bold=bold, dim=dim) if self.color else text


def safe(text: str) -> str:
    """``text`` with control characters, direction marks and bytes that are no text as escapes: a file name or a source
    line must not command the terminal."""
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def safe_source(line: str, column: int, end: int) -> tuple[str, int, int]:
    """A source line made safe, with tabs as blanks, and the (offset, width) in terminal cells of the characters from
    ``column`` to ``end`` (1-based, end exclusive)."""
    shown: list[str] = []
    offset = width = 0
    for number, char in enumerate(line.rstrip("\r\n"), 1):
        text = " " * _TAB if char == "\t" else safe(char)
        cells = sum(
            2 if unicodedata.east_asian_width(each) in "WF" else 0 if unicodedata.combining(each) else 1
            for each in text
        )
        if number < column:
            offset += cells
        elif number < end:
            width += cells
        shown.append(text)
    return "".join(shown), offset, max(width, 1)


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
