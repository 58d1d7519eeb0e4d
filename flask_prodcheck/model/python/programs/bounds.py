"""How far the values of programs are followed: how large they may be, and over how many expressions. Those of commands are
small, and what doubles itself a few dozen times has no end.
"""

from __future__ import annotations

from flask_prodcheck.facts.syntax import MAX_BITS
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.records import dataclass

SIZE = 20_000  # characters, and what the items weigh
_ITEM = 16
_NESTED = 8
_SIZED = (str, list, dict, int)
#: The expressions that one value may be put together from, and all values of a program; each counts as often as it is met.
_OF_VALUE, _OF_PROGRAM = 5_000, 100_000
_CHARACTERS = 100  # of a value that take about as long as one expression


def size(value: object) -> int:
    """How many characters ``value`` has, with all that is in it, and :data:`_ITEM` for each item; more than :data:`SIZE` where
    it is beyond one of the bounds."""
    found, pending = 0, [(value, 0)]
    while pending:
        each, depth = pending.pop()
        if isinstance(each, str):
            found += len(each)
        elif isinstance(each, list | dict):
            found += _ITEM * len(each)
            if depth < _NESTED and found <= SIZE:
                inside = each if isinstance(each, list) else (*each, *each.values())
                pending += [(inner, depth + 1) for inner in inside if isinstance(inner, _SIZED)]
            elif each:
                return SIZE + 1
        elif isinstance(each, int) and each.bit_length() > MAX_BITS:
            return SIZE + 1
    return found


def is_small(value: object) -> bool:
    """Whether ``value`` is within the bounds."""
    return size(value) <= SIZE


def bounded(value: object) -> object:
    """``value``, open where it is larger than anything that is followed."""
    return value if is_small(value) else OPEN


@dataclass(slots=True)
class Effort:
    """How many expressions may still be looked at, in the whole program (``left``) and for the value that is being worked out
    (``value``; None: none is), on which ``waiting`` others hang."""

    left: int = _OF_PROGRAM
    value: int | None = None
    waiting: int = 0

    def begin(self) -> None:
        self.value = min(_OF_VALUE, self.left)

    def end(self) -> None:
        self.value = None

    def take(self, count: int) -> bool:
        """Whether ``count`` more may be looked at; they count as seen then."""
        self.left = max(self.left - count, 0)
        self.value = (self.value or 0) - count
        return self.value >= 0

    def kept(self, value: object) -> object:
        """``value``, a new one, open where it is too large, or takes more than is left."""
        found = size(value)
        return value if found <= SIZE and self.take(found // _CHARACTERS) else OPEN
