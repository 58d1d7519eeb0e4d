"""Source text without the secrets it publishes: reports travel further than sources do."""

from __future__ import annotations

import re

from flask_prodcheck.patterns import regex

_SECRET_TOPICS = ("secret-", "credentials-", "env-file-")
_QUOTED = regex(r"""(["'])((?:\\.|(?!\1).)*)\1""")
_NAME = regex(r"[A-Z][A-Z0-9_]*")
_BARE = regex(
    r"""\b((?=[A-Z0-9_]*(?:KEY|SECRET|PASS|PWD|TOKEN|DATABASE_UR))[A-Z0-9_]+(?:[ \t]*[=:][ \t]*|[ \t]+))([^\s"'$][^\s"']*)"""
)
_HINT = regex(r"KEY|SECRET|PASS|PWD|TOKEN|CREDENTIAL|SALT|DSN|DATABASE_UR|://[^/\s]{0,300}@", re.IGNORECASE)
_SHOWN = 2
_LIMIT = 1000  # a longer line is cut: nobody reads it, and the patterns stay quick


def is_secret_topic(topic: str) -> bool:
    """Whether findings of ``topic`` stand on lines that hold a secret."""
    return topic.startswith(_SECRET_TOPICS)


def holds_secret(text: str) -> bool:
    """Whether ``text`` names a secret or holds an address with a password: a step of a chain need not."""
    return _HINT.search(text[:_LIMIT]) is not None


def redact(text: str) -> str:
    """``text`` with the values of string literals and of secret variables cut short. Names in capitals stay."""
    return _BARE.sub(_bare, _QUOTED.sub(_quoted, text[:_LIMIT]))


def _quoted(match: re.Match[str]) -> str:
    quote, content = match.groups()
    return match.group() if not content or _NAME.fullmatch(content) else f"{quote}{content[:_SHOWN]}***{quote}"


def _bare(match: re.Match[str]) -> str:
    name, value = match.groups()
    # A call or a look-up is code that fetches the value, not the value.
    return match.group() if any(char in value for char in "([{") else f"{name}{value[:_SHOWN]}***"
