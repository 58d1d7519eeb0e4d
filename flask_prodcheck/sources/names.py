"""File names as a report may show them."""

from __future__ import annotations


def printable(path: str) -> str:
    r"""``path`` with control characters and undecodable bytes written as escapes (``\n``, ``\xff``), so that a hostile
    name can neither break a report's lines nor its encoding."""
    return "".join(_escaped(character) for character in path)


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if character.isprintable():
        return character
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
