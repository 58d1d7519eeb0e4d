"""The parts of f-strings, which ``ast`` misplaces before Python 3.12: where they stand, from the source text.

Only text that Python has parsed already is looked at, so that nothing here has to judge it.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_BETWEEN = regex(r"(?:[ \t\f\n]|\\\n|#[^\n]*)*")
_OPENING = regex(r"([A-Za-z]*)(\"\"\"|'''|\"|')")
_NAMED = regex(r"\\N\{[^{}]*\}")
_OPENERS, _CLOSERS = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a (joined) f-string from ``start`` to ``end`` in its text: a whole plain "literal" beside it, literal
    "text" inside it, or a replacement "field", whose expression ends at ``inner``. ``prefix`` and ``quote`` are those
    of the string that it is in."""

    kind: str
    start: int
    end: int
    prefix: str
    quote: str
    inner: int = 0


def parts_of(text: str) -> Iterator[Part]:
    """The parts of the strings that ``text`` joins, in order."""
    place = 0
    while True:
        between = _BETWEEN.match(text, place)
        place = between.end() if between else place
        opening = _OPENING.match(text, place)
        if opening is None:
            return
        prefix, quote = opening.group(1).lower(), opening.group(2)
        if "f" not in prefix:
            end = _string_end(text, opening.end(), quote)
            yield Part("literal", place, end, prefix, quote)
            place = end
            continue
        place = opening.end()
        while True:
            end = _text_end(text, place, quote, "r" in prefix)
            if end > place:
                yield Part("text", place, end, prefix, quote)
            if end >= len(text) or text[end] != "{":
                place = end + len(quote)
                break
            inner, place = _field(text, end + 1)
            yield Part("field", end, place, prefix, quote, inner)


def _string_end(text: str, place: int, quote: str) -> int:
    """Where the plain string ends whose content begins at ``place``, after the closing quotes."""
    while place < len(text) and not text.startswith(quote, place):
        place += 2 if text[place] == "\\" else 1
    return place + len(quote)


def _text_end(text: str, place: int, quote: str, raw: bool) -> int:
    """Where the literal text ends that begins at ``place`` in an f-string: at a field or at the closing quotes."""
    while place < len(text) and not text.startswith(quote, place):
        character = text[place]
        if character == "\\":
            named = None if raw else _NAMED.match(text, place)
            # In a raw string a brace after a backslash still opens a field.
            place = named.end() if named else place + (1 if text[place + 1 : place + 2] in "{}" else 2)
        elif character in "{}":
            if text[place + 1 : place + 2] != character:
                return place
            place += 2
        else:
            place += 1
    return place


def _field(text: str, place: int) -> tuple[int, int]:
    """(where the expression of a field ends that begins at ``place``, where the field ends, after its brace)."""
    depth = 0
    while place < len(text):
        character = text[place]
        if character in "\"'":
            place = _nested_end(text, place)
            continue
        if character == "#":
            newline = text.find("\n", place)
            place = len(text) if newline < 0 else newline
            continue
        if depth == 0 and character in "}:!" and text[place : place + 2] != "!=":
            return place, _field_end(text, place)
        if character in _OPENERS:
            depth += 1
        elif character in _CLOSERS:
            depth -= 1
        place += 2 if text[place : place + 2] == "!=" else 1
    return place, place


def _field_end(text: str, place: int) -> int:
    """The end of a field from its conversion, format or closing brace on. A format may hold fields of its own."""
    while place < len(text) and text[place] != "}":
        place = _field(text, place + 1)[1] if text[place] == "{" else place + 1
    return place + 1


def _nested_end(text: str, place: int) -> int:
    """The end of a string inside a field, whose quotes begin at ``place`` (since 3.12 they may be those around)."""
    before = place
    while before > 0 and text[before - 1].isalpha():
        before -= 1
    quote = text[place : place + 3] if text[place : place + 3] in ('"""', "'''") else text[place]
    prefix = text[before:place].lower()
    place += len(quote)
    if "f" not in prefix or len(prefix) > 2:
        return _string_end(text, place, quote)
    while True:
        place = _text_end(text, place, quote, "r" in prefix)
        if place >= len(text) or text[place] != "{":
            return place + len(quote)
        place = _field(text, place + 1)[1]
