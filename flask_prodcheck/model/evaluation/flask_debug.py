"""How Flask reads FLASK_DEBUG: everything but nothing, ``0``, ``false`` and ``no`` is on (``helpers.get_debug_flag``)."""

from __future__ import annotations

_OFF = frozenset({"", "0", "false", "no"})


def turns_debug_on(text: str) -> bool:
    """Whether FLASK_DEBUG with this value turns debug mode on."""
    return text.lower() not in _OFF
