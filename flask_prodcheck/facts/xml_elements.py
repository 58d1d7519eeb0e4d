"""The elements of an XML document with their lines, for every reader of one: expat, without entities of the document's own.

Source: https://docs.python.org/3/library/xml.html ("XML security"): entities that a document declares can make it grow
without bound.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers import expat

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

#: It names the encoding of the bytes, which are text by now.
_DECLARATION = regex(r"\s*<\?xml[^>]{0,200}\?>")


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its name and attributes as written, the text right inside it, and the number of the element that holds
    it in the document's list (-1 for the outermost)."""

    name: str
    span: Span
    attributes: Mapping[str, str]
    text: str
    parent: int


def without_declaration(text: str) -> str:
    """``text`` with blanks for the declaration in front of it: what follows stands where it stood."""
    found = _DECLARATION.match(text)
    return re.sub(r"[^\n]", " ", found[0]) + text[found.end() :] if found is not None else text


def read_xml(path: str, text: str) -> list[Element]:
    """Every element in the order of the document. Raises :class:`ReadError` for what is no XML, and for a document that
    declares entities."""
    opened: list[tuple[str, Span, Mapping[str, str], int, list[str]]] = []
    stack: list[int] = []
    parser = expat.ParserCreate("utf-8")  # whatever the document says that its bytes were

    def begins(name: str, attributes: dict[str, str]) -> None:
        span = Span(path, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
        stack.append(len(opened))
        opened.append((name, span, attributes, stack[-2] if len(stack) > 1 else -1, []))

    def ends(_: str) -> None:
        stack.pop()

    def characters(data: str) -> None:
        if stack:
            opened[stack[-1]][4].append(data)

    def declared(*_: object) -> None:
        raise ReadError("XML with a document type is not read", parser.CurrentLineNumber)

    parser.StartElementHandler = begins
    parser.EndElementHandler = ends
    parser.CharacterDataHandler = characters
    parser.EntityDeclHandler = declared
    try:
        parser.Parse(without_declaration(text).encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise ReadError(f"invalid XML: {expat.ErrorString(error.code)}", error.lineno) from error
    return [
        Element(name, span, attributes, "".join(parts).strip(), parent)
        for name, span, attributes, parent, parts in opened
    ]
