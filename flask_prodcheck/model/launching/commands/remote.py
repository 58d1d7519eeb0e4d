"""``ssh``: the command that runs on another machine.

Source: ssh(1).
"""

from __future__ import annotations

from flask_prodcheck.model.launching.commands.options import Words, drop_options

#: Options that take a value.
_VALUES = frozenset(f"-{letter}" for letter in "BbcDEeFIiJLlmOopQRSWw")


def behind_ssh(words: Words) -> Words | None:
    """The command that the shell of the other machine is given; None for a login there."""
    rest = drop_options(drop_options(words, _VALUES)[1:], _VALUES)
    return ["sh", "-c", " ".join(rest)] if rest else None
