"""How secrets are shown."""

from __future__ import annotations

import re

from flask_prodcheck.facts.placeholders import is_placeholder
from flask_prodcheck.patterns import regex

_SECRET_KEY = regex(
    r"SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|PRIVATE|CREDENTIAL|SALT|_KEY$|_KEYS$|DSN|_PASS$|_PWD$", re.IGNORECASE
)
_USERINFO = regex(r"(?<=://)[^/@\s:]*:[^/@\s]+(?=@)")
_SHOWN = 2


def is_secret(key: str) -> bool:
    """Whether the configuration key or variable ``key`` holds something that must not be shown."""
    return _SECRET_KEY.search(key) is not None


def masked(key: str, value: object) -> str:
    """``value`` for a reader: of a secret at most the first two characters, a placeholder whole, and no password of a
    URL. Anything else is shown as Python writes it, cut at 80 characters."""
    if isinstance(value, list | tuple | set | frozenset):
        inside = ", ".join(masked(key, part) for part in list(value)[:5])
        return f"[{inside}]"
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{name!r}: {masked(f'{key}_{name}', part)}" for name, part in list(value.items())[:5])
            + "}"
        )
    if isinstance(value, bytes):
        return f"b{masked(key, value.decode('latin-1'))}"
    if not isinstance(value, str):
        return repr(value)[:80] if not is_secret(key) or value is None or isinstance(value, bool) else "***"
    text = without_passwords(value)
    return repr(masked_text(value)) if is_secret(key) and text == value else repr(text[:80])


def masked_text(secret: str) -> str:
    """At most the first two characters of ``secret``; a placeholder, or nothing, whole."""
    if not secret or is_placeholder(secret):
        return secret
    return f"{secret[:_SHOWN]}***" if len(secret) > 2 * _SHOWN else "***"


def without_passwords(text: str) -> str:
    """``text`` without the passwords of the addresses in it."""
    return _USERINFO.sub(_mask_userinfo, text)


def _mask_userinfo(found: re.Match[str]) -> str:
    return found.group().partition(":")[0] + ":***"
