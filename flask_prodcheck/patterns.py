"""Regular expressions that are compiled when they are first used.

An audit loads two hundred patterns and needs a few dozen: compiling all of them was a sixth of its start.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from re import compile as regex
else:

    def regex(text, flags=0):
        """``re.compile(text, flags)``, later: a fault in ``text`` shows at the first use."""
        return _Pattern(text, flags)


class _Pattern:
    """What an ``re.Pattern`` offers, each method at hand after its first use. Not to be given to functions of ``re``."""

    def __init__(self, text: Any, flags: int) -> None:
        self._source = (text, flags)

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._source), name)  # ``re`` remembers what it has compiled
        self.__dict__[name] = found
        return found


__all__ = ["regex"]
