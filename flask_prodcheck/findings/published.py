"""Launches and source lines as a report may show them: a secret that a command or a call hands over is cut short."""

from __future__ import annotations

import re
from dataclasses import replace

from flask_prodcheck.model.configuration.secrets import is_secret, masked_text, without_passwords
from flask_prodcheck.rulekit import Hop, Launch

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{2,80}")
# How a name is set apart from its value: `=` or `:`, the comma of a look-up with a default or of an argument list, the
# blank of an option or of Dockerfile's ENV.
_ASSIGNS = re.compile(r"""["']?\]?[ \t]{0,8}(?:=(?![=>])|:(?![:=/]))[ \t]{0,8}|["'][ \t]{0,8},[ \t]{0,8}""")
_BLANK = re.compile(r"[ \t]{1,8}")
_TAKES_BLANK = re.compile(r"(?:--|^[ \t]*(?:ENV|env)[ \t]+)$")
_QUOTED = re.compile(r""""((?:[^"\\]|\\.){0,500})"|'((?:[^'\\]|\\.){0,500})'""")
_BARE = re.compile(r"""[^\s"',;&|()\[\]{}$`\\][^\s"',;&|()\[\]{}`\\]{0,500}""")
_DEFAULT = re.compile(r"\$\{[A-Za-z0-9_]{1,80}:?-([^}]{1,500})\}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*|\$.*", re.DOTALL)
_PLACE = re.compile(r"(?:FILE|PATH|NAME|REF|DIR)$", re.IGNORECASE)  # where a secret is, not the secret
_LIMIT = 4000  # a longer line is cut: nobody reads it, and it stays cheap


def published(text: str, *, code: bool = False) -> str:
    """``text`` without the values of secrets: what stands after a secret's name, and passwords in addresses. The rest
    stays, so that a launch can still be read. In ``code`` (Python) only string literals are values."""
    text = without_passwords(text[:_LIMIT])
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
    if quoted is not None:
        return quoted.span(1 if quoted.group(1) is not None else 2)
    if code:
        return None
    default = _DEFAULT.match(text, between.end())
    if default is not None:
        return default.span(1)
    bare = _BARE.match(text, between.end())
    return None if bare is None else bare.span()
