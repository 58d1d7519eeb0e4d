"""``ssh``: a command that the shell of another machine runs.

Source: ssh(1).
"""

from __future__ import annotations

from flask_prodcheck.model.launching.commands.options import Words, drop_options
from flask_prodcheck.model.launching.place import SSH
from flask_prodcheck.model.launching.steps import Nothing, ShellRun, Step

_VALUED = frozenset(f"-{letter}" for letter in "BbcDEeFIiJLlmOoPpQRSWw")


def read_ssh(words: Words) -> Step:
    """``ssh HOST COMMAND``."""
    command = drop_options(drop_options(words, _VALUED)[1:], _VALUED)
    return ShellRun(" ".join(command), shell=SSH) if command else Nothing(SSH)
