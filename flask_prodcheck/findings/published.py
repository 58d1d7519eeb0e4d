"""Launches and source lines as a report may show them: a secret that a command or a call hands over is cut short."""

from __future__ import annotations

import re

from flask_prodcheck.facts.secrets import is_secret, masked_text, without_passwords
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace
from flask_prodcheck.rulekit import Hop, Launch

# The patterns are linear in a text of any length: names are disjoint, a value ends at the latest where the next of its
# kind begins, and the end of a text ends every value.
_NAME = regex(r"[A-Za-z_][A-Za-z0-9_-]{2,}")
# How a name is set apart from its value: `=` or `:`, the comma of a look-up with a default or of an argument list, the
# blank of an option or of Dockerfile's ENV.
_ASSIGNS = regex(r"""["']?\]?[ \t]*(?:=(?![=>])|:(?![:=/]))[ \t]*|["'][ \t]*,[ \t]*""")
_BLANK = regex(r"[ \t]+")
_TAKES_BLANK = regex(r"(?:--|^[ \t]*(?:ENV|env)[ \t]+)$")
# Strings, with the prefixes that Python has for them, and quotes that stand inside another string.
_QUOTED = regex(
    r"""[bBfFrRtTuU]{0,2}(?:"{3}((?:[^"\\]|\\.|"{1,2}(?!"))*)|'{3}((?:[^'\\]|\\.|'{1,2}(?!'))*)"""
    r"""|"((?:[^"\\]|\\.)*)|'((?:[^'\\]|\\.)*)|\\"([^"\\]*)|\\'([^'\\]*))""",
    re.DOTALL,
)
_BARE = regex(r"""[^\s"',;&|()\[\]{}$`\\][^\s"',;&|()\[\]{}`\\]*""")
_DEFAULT = regex(r"\$\{[A-Za-z0-9_]+:?-([^}$][^}]*)")
_VARIABLE = regex(r"[A-Z][A-Z0-9_]*|\$.*", re.DOTALL)
_PLACE = regex(r"(?:FILE|PATH|NAME|REF|DIR)$", re.IGNORECASE)  # where a secret is, not the secret


def published(text: str, *, code: bool = False) -> str:
    """``text`` without the values of secrets: what stands after a secret's name, and passwords in addresses. The rest
    stays, so that a launch can still be read. In ``code`` (Python) only string literals are values."""
    text = without_passwords(text)
    parts: list[str] = []
    done = 0
    for name in _NAME.finditer(text):
        if name.start() < done or not is_secret(name.group()) or _PLACE.search(name.group()):
            continue
        found = _value_after(text, name, code=code)
        if found is not None and _VARIABLE.fullmatch(text[slice(*found)]) is None:
            start, end = found
            parts += [text[done:start], masked_text(text[start:end])]
            done = end
    return "".join([*parts, text[done:]])


def published_hop(hop: Hop) -> Hop:
    """``hop`` with its text as it may be shown."""
    return replace(hop, text=published(hop.text, code=hop.span.file.endswith((".py", ".pyw"))))


def published_launch(launch: Launch) -> Launch:
    """``launch`` with its command and its chain as they may be shown."""
    return replace(launch, command=published(launch.command), hops=tuple(map(published_hop, launch.hops)))


def _value_after(text: str, name: re.Match[str], *, code: bool) -> tuple[int, int] | None:
    """Where the literal value of ``name`` stands, without its quotes; None where none follows."""
    between = _ASSIGNS.match(text, name.end())
    if between is None and _TAKES_BLANK.search(text, max(0, name.start() - 100), name.start()):
        between = _BLANK.match(text, name.end())
    if between is None:
        return None
    quoted = _QUOTED.match(text, between.end())
    if quoted is None and code:
        return None
    start, end = quoted.span(quoted.lastindex or 0) if quoted is not None else (between.end(), len(text))
    default = _DEFAULT.match(text, start, end)
    if default is not None:
        return default.span(1)
    if quoted is not None:
        return start, end
    bare = _BARE.match(text, between.end())
    return None if bare is None else bare.span()
