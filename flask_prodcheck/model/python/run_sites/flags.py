"""A flag after assignments that one test of the environment decides."""

from __future__ import annotations

from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Flag:
    """The word for a flag after some assignments, and the ``test`` of the environment that decides it, if one does."""

    word: str
    test: str = ""

    def assigned_where(self, decided: str, assigned: str, *, holds: bool, test: str) -> Flag:
        """The flag once ``assigned`` is put into it where ``test``, whose truth is the word ``decided``, ``holds``."""
        if decided in ("true", "false", "unset"):
            return Flag(assigned) if (decided == "true") is holds else self
        before, after = _WORLDS.get(self.word), _WORLDS.get(assigned)
        if (
            decided not in ("env-default-true", "env-default-false")
            or before is None
            or after is None
            or (before[0] is not before[1] and self.test != test)
            or after[0] is not after[1]
        ):
            return Flag("config")
        by_default = (decided == "env-default-true") is holds
        worlds = (after[0], before[1]) if by_default else (before[0], after[1])
        word = next(word for word, each in _WORLDS.items() if each == worlds and word)
        return Flag(word, test if worlds[0] is not worlds[1] else "")


#: What a flag is when the variable that decides it is unset, and when it is set.
_WORLDS = {
    "true": (True, True),
    "false": (False, False),
    "unset": (False, False),
    "": (False, False),
    "env-default-true": (True, False),
    "env-default-false": (False, True),
}
