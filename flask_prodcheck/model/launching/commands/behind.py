"""A program that runs the command behind it."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Behind:
    """The command behind a program that runs it: read in place of the program."""

    words: Sequence[str]
