"""Words of a command line after expansion: text in which what cannot be decided stays visible as ``${NAME}``.

A word that still holds ``${`` is *open*: part of it is only known at build or run time.
"""

from __future__ import annotations

import re
import shlex

from flask_prodcheck.base import Known, Origin, Unknown, Value
from flask_prodcheck.patterns import regex

_REFERENCE = regex(
    r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-=?+])([^{}$]*))?\}|([A-Za-z_][A-Za-z0-9_]*)|\(([A-Za-z_][A-Za-z0-9_]*)\))"
)


def is_open(text: str) -> bool:
    """Whether part of ``text`` is undecided."""
    return "${" in text or "$(" in text


def as_value(text: str, origin: tuple[Origin, ...]) -> Value[str]:
    """``text`` as a value: known, or unknown where part of it is undecided."""
    return Unknown(f"depends on {text}", origin, text) if is_open(text) else Known(text, origin)


def expand(text: str, env: dict[str, str], *, parentheses: bool = False) -> str:
    """``text`` with ``$NAME``, ``${NAME}``, ``${NAME:-default}`` (and Kubernetes' ``$(NAME)`` when ``parentheses``)
    replaced from ``env``; a name that ``env`` lacks becomes its default, else stays as ``${NAME}``."""

    def replacement(match: re.Match[str]) -> str:
        braced, op, operand, plain, parens = match.groups()
        if parens is not None and not parentheses:
            return match.group(0)
        name = braced or plain or parens
        known = env.get(name)
        if (op in (":-", ":=") and not known) or (op in ("-", "=") and known is None):
            return operand or ""
        if op in (":+", "+"):
            return (operand or "") if known else ""
        return known if known is not None else f"${{{name}}}"

    return _REFERENCE.sub(replacement, text)


def split(text: str) -> list[str]:
    """POSIX word splitting without a shell (compose strings, systemd, supervisor). Unbalanced quotes: split at blanks."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
