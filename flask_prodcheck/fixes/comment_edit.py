"""Taking a suppression out of its comment."""

from __future__ import annotations

from flask_prodcheck.edits.text_file import Edit
from flask_prodcheck.errors import RefusedError
from flask_prodcheck.patterns import regex

_CODES = regex(r"prodcheck:[ \t]*ignore[ \t]*\[([^\]\n]*)\]")


def drop_suppression(text: str, start: int, end: int, code: str) -> Edit:
    """The edit that removes ``code`` from the suppression comment ``text[start:end]``: the whole comment, and a line
    that holds nothing else, where it names no other rule. Raises :class:`RefusedError` when it does not name it."""
    match = _CODES.search(text, start, end)
    codes = [each.strip() for each in match.group(1).split(",")] if match is not None else []
    if match is None or code not in codes:
        raise RefusedError(f"no suppression of {code} stands there")
    codes.remove(code)
    if codes:
        return Edit(match.start(1), match.end(1), ", ".join(codes))
    first = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    lead, rest = text[first:start], text[end:stop]
    if not lead.strip() and not rest.strip():
        return Edit(first, min(stop + 1, len(text)), "")
    return Edit(first + len(lead.rstrip(" \t")), end, "")
