"""How much the values of variables may add to a text: variables that hold one another double it with each line."""

from __future__ import annotations

from flask_prodcheck.records import dataclass

_LEAST = 2_000


@dataclass(slots=True)
class Room:
    """The characters that values may still bring into one text: as many as it has itself, at least two thousand."""

    left: int

    @classmethod
    def of(cls, text: str) -> Room:
        return cls(max(_LEAST, len(text)))

    def take(self, value: str, written: str) -> str:
        """``value`` for a reference; the reference as it is ``written`` where there is no room for it."""
        if len(value) > self.left:
            return written
        self.left -= len(value)
        return value
