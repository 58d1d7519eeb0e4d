"""Numbers as files write them."""

from __future__ import annotations

#: Ports, counts and versions have fewer; ``int`` refuses thousands of digits.
_LONGEST = 9


def numeral(text: str | None) -> int | None:
    """The number that the ASCII digits of ``text`` spell; None for anything else (``str.isdigit`` holds for ``"³"`` too,
    which ``int`` refuses), and for more digits than a port, a count or a version has."""
    if text is None or len(text) > _LONGEST or not text.isascii() or not text.isdigit():
        return None
    return int(text)
