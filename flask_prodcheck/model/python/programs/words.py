"""Values as words of a command, in which what is not decided stays visible as ``${name}``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask_prodcheck.facts.syntax import Expr
from flask_prodcheck.model.python.programs.bounds import is_small
from flask_prodcheck.model.python.programs.loaded import Loaded
from flask_prodcheck.model.python.programs.source_text import render
from flask_prodcheck.model.python.programs.undecided import OPEN


def text_of(expr: Expr, value: object) -> str:
    """``value`` as a word of a command; ``${name}`` when it is open."""
    if value is OPEN or isinstance(value, list | dict | Loaded):
        return "${" + (re.sub(r"\W+", "_", render(expr)).strip("_") or "value") + "}"
    return str(value)


def joined(separator: str, parts: Sequence[str]) -> object:
    """The text of ``parts``, open where it is too long."""
    return separator.join(parts) if is_small([*parts, *[separator] * len(parts)]) else OPEN
