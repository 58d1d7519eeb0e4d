"""How secrets are shown, and what makes one weak."""

from __future__ import annotations

import re

from flask_prodcheck.patterns import regex

_SECRET_KEY = regex(
    r"SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|PRIVATE|CREDENTIAL|SALT|_KEY$|_KEYS$|DSN|_PASS$|_PWD$", re.IGNORECASE
)
_USERINFO = regex(r"(?<=://)[^/@\s:]*:[^/@\s]+(?=@)")
_SHOWN = 2
_LETTERS = regex(r"[^a-z0-9]+")
_WORDS = frozenset(
    [
        "a",
        "abc",
        "abc123",
        "abcd",
        "admin",
        "app",
        "asdf",
        "asdfgh",
        "bad",
        "big",
        "block",
        "bleh",
        "blah",
        "change",
        "changeit",
        "changeme",
        "changethis",
        "company",
        "default",
        "demo",
        "dev",
        "devel",
        "development",
        "devkey",
        "dummy",
        "ever",
        "example",
        "fake",
        "fixme",
        "flask",
        "flaskapp",
        "foo",
        "foobar",
        "for",
        "generate",
        "guess",
        "guessed",
        "hard",
        "hackme",
        "here",
        "if",
        "in",
        "insecure",
        "is",
        "it",
        "its",
        "key",
        "keep",
        "knows",
        "letmein",
        "local",
        "long",
        "me",
        "mine",
        "mysecret",
        "mysecretkey",
        "my",
        "never",
        "no",
        "nobody",
        "not",
        "notsecret",
        "of",
        "ok",
        "or",
        "pass",
        "password",
        "phrase",
        "please",
        "placeholder",
        "production",
        "prod",
        "private",
        "qwerty",
        "random",
        "really",
        "replace",
        "safe",
        "sample",
        "secret",
        "secretkey",
        "secure",
        "session",
        "set",
        "some",
        "something",
        "string",
        "strong",
        "super",
        "supersecret",
        "supersecretkey",
        "temp",
        "temporary",
        "test",
        "testing",
        "the",
        "this",
        "thing",
        "to",
        "todo",
        "token",
        "top",
        "topsecret",
        "unsafe",
        "update",
        "use",
        "very",
        "weak",
        "will",
        "with",
        "word",
        "x",
        "xx",
        "xxx",
        "xxxx",
        "you",
        "your",
        "yourkey",
        "yours",
        "1",
        "12",
        "123",
        "1234",
        "12345",
        "123456",
        "1234567",
        "12345678",
        "123456789",
        "value",
        "dont",
        "do",
        "only",
        "put",
        "insert",
        "and",
        "enter",
        "somewhere",
        "someone",
        "can",
        "from",
        "hell",
    ]
)
_SHAPES = regex(
    r"<[^<>]{0,80}>|\{\{[^{}]{0,80}\}\}|\$\{[^{}]{0,80}\}|x{4,}|\*{3,}|\.{3,}|your(?:[-_ ][a-z]{2,20}){1,8}"
    r"|__[A-Z0-9_]{3,80}__",
    re.IGNORECASE,
)


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


def is_placeholder(value: object) -> bool:
    """Whether ``value`` is a text that everybody writes where a secret belongs ("dev", "change-me", "<your key>")."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if not isinstance(value, str):
        return False
    text = value.strip()
    if not text or len(text) > 100:
        return False
    if _SHAPES.fullmatch(text):
        return True
    words = [word for word in _LETTERS.split(text.lower().replace("'", "")) if word]
    return bool(words) and all(word in _WORDS for word in words)
