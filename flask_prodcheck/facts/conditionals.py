"""Conditional text of a template (Jinja's ``{% if %}``): what it may be when it is rendered."""

from __future__ import annotations

from flask_prodcheck.patterns import regex

_CONTROL = regex(r"\s*\{%-?\+?\s*(?P<word>\w+)\b[^%]*?\+?-?%\}\s*")
_MOST = 8


#: The option of a :class:`~flask_prodcheck.facts.types.Start` whose command a template decides: one start for each
#: command that it may become, or one with the text as it stands where that cannot be told.
CONDITIONAL = ("conditional", "true")

#: The option of a :class:`~flask_prodcheck.facts.types.Start` that stands in a branch, a loop or a function of its script:
#: its value is what these are called, between blanks.
BRANCH = "branch"


def possible_texts(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """What the command ``text`` may become, and the option that says so (none where nothing is conditional)."""
    if "{%" not in text:
        return (text,), ()
    return tuple(each for each in alternatives(text) if each) or (text,), (CONDITIONAL,)


def is_open_conditional(text: str) -> bool:
    """Whether ``text`` begins a conditional that it does not end."""
    words = [match["word"] for match in _CONTROL.finditer(text)]
    return words.count("if") > words.count("endif")


def alternatives(text: str) -> tuple[str, ...]:
    """The texts that ``text`` may become, each on one line; () where other statements than conditions stand in it, or
    too many of these."""
    pieces: list[str] = []
    at = 0
    for match in _CONTROL.finditer(text):
        pieces += [text[at : match.start()], match["word"]]
        at = match.end()
    pieces.append(text[at:])
    read = _sequence(pieces, 0) if len(pieces) <= _MOST * _MOST else None
    if read is None or read[1] < len(pieces):
        return ()
    return tuple(dict.fromkeys(" ".join(each.split()) for each in read[0]))


def _sequence(pieces: list[str], index: int) -> tuple[list[str], int] | None:
    """The texts from the piece at ``index`` to the control word that ends its branch (or to the end), and where that
    word is. Texts stand at even places, control words at odd ones."""
    found = [pieces[index]]
    index += 1
    while index < len(pieces) and pieces[index] == "if":
        branches: list[str] = []
        closed = False
        while not closed:
            inner = _sequence(pieces, index + 1)
            if inner is None or inner[1] >= len(pieces):
                return None
            texts, end = inner
            branches += texts
            if pieces[end] == "endif":
                closed = True
                if pieces[index] != "else":
                    branches.append("")
            elif pieces[end] not in ("elif", "else"):
                return None
            index = end
        found = [f"{before} {branch} {pieces[index + 1]}" for before in found for branch in branches]
        if len(found) > _MOST:
            return None
        index += 2
    if index < len(pieces) and pieces[index] not in ("elif", "else", "endif"):
        return None
    return found, index
