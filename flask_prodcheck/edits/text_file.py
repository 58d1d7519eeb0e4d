"""Text with its encoding and line ends: edits are made on a plain view of it and keep every other byte."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from flask_prodcheck.records import dataclass

_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters ``start`` to ``end`` of the plain view become ``text`` (whose line ends are ``\\n``)."""

    start: int
    end: int
    text: str


def decode(data: bytes) -> tuple[str, str]:
    """``(text, encoding)`` such that ``text.encode(encoding) == data``: UTF-8, UTF-16 by its mark or its zero bytes
    (Windows shells write it), else Latin-1. A byte order mark stays in the text."""
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.encode(encoding) == data:
            return text, encoding
    return data.decode("latin-1"), "latin-1"


def _candidates(data: bytes) -> tuple[str, ...]:
    if data.startswith(b"\xff\xfe"):
        return ("utf-16-le",)
    if data.startswith(b"\xfe\xff"):
        return ("utf-16-be",)
    if len(data) > 3 and data[1:2] == b"\0" and data[3:4] == b"\0":
        return ("utf-16-le", "utf-8")
    return ("utf-8",)


def plain(text: str) -> str:
    """``text`` as the readers of facts see it: no byte order mark, every line end ``\\n``."""
    return text.removeprefix(_MARK).replace("\r\n", "\n").replace("\r", "\n")


def line_end(text: str) -> str:
    """The line end that most lines of ``text`` have."""
    windows = text.count("\r\n")
    return "\r\n" if windows > text.count("\n") - windows else "\n"


def apply(text: str, edits: Sequence[Edit]) -> str:
    """``text`` with ``edits``, whose offsets are those of ``plain(text)``. New lines take the file's line end. Raises
    :class:`ValueError` when two edits overlap."""
    if overlap(edits):
        raise ValueError("edits overlap")
    offsets = _offsets(text)
    end = line_end(text)
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=_order):
        parts += (text[at : offsets[edit.start]], edit.text.replace("\n", end))
        at = offsets[edit.end]
    return "".join([*parts, text[at:]])


def overlap(edits: Sequence[Edit]) -> bool:
    """Whether two of ``edits`` replace the same character."""
    ordered = sorted(edits, key=_order)
    return any(one.end > other.start for one, other in itertools.pairwise(ordered))


def _order(edit: Edit) -> tuple[int, int, bool]:
    """By place; at one place what goes on the line comes before what begins another."""
    return edit.start, edit.end, edit.text.startswith("\n")


def _offsets(text: str) -> list[int]:
    """For each character of the plain view, and its end, where it stands in ``text``."""
    found: list[int] = []
    index = len(_MARK) if text.startswith(_MARK) else 0
    while index < len(text):
        found.append(index)
        index += 2 if text.startswith("\r\n", index) else 1
    return [*found, len(text)]


def line_start(text: str, line: int) -> int:
    """The offset of the 1-based ``line`` of a plain ``text``; its length when there are fewer lines."""
    offset = 0
    for _ in range(line - 1):
        following = text.find("\n", offset)
        if following < 0:
            return len(text)
        offset = following + 1
    return offset


def line_stop(text: str, line: int) -> int:
    """The offset just past the last character of the 1-based ``line``, before its line end."""
    found = text.find("\n", line_start(text, line))
    return len(text) if found < 0 else found


def appended(text: str, lines: str) -> Edit:
    """The edit that adds ``lines`` at the end of a plain ``text``, on lines of their own."""
    lead = "" if not text or text.endswith("\n") else "\n"
    return Edit(len(text), len(text), f"{lead}{lines}\n")
