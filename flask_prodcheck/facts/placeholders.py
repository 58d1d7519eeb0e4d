"""Texts that everybody writes where a secret belongs, for somebody to replace."""

from __future__ import annotations

import re

from flask_prodcheck.patterns import regex

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
        "mykey",
        "mypassword",
        "mysecret",
        "mysecretkey",
        "mytoken",
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
_BLANK = r"<[^<>]{0,80}>|\{\{[^{}]{0,80}\}\}|\$\{[^{}]{0,80}\}|__[A-Z0-9_]{3,80}__"
_BLANKS = regex(_BLANK, re.IGNORECASE)
_SHAPES = regex(rf"{_BLANK}|x{{4,}}|\*{{3,}}|\.{{3,}}|your(?:[-_ ][a-z]{{2,20}}){{1,8}}", re.IGNORECASE)


def is_placeholder(value: object) -> bool:
    """Whether ``value`` is a text that everybody writes where a secret belongs ("dev", "change-me", "<your key>")."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if not isinstance(value, str):
        return False
    text = value.strip()
    if not text or len(text) > 100:
        return False
    half = text[: len(text) // 2]
    if text == half * 2 and len(half) > 3:  # as long as a key has to be
        text = half
    if _SHAPES.fullmatch(text):
        return True
    words = [word for word in _LETTERS.split(text.lower().replace("'", "")) if word]
    return bool(words) and all(word in _WORDS for word in words)


def is_blank(value: object) -> bool:
    """Whether ``value`` is marked as what somebody, or a program, fills in ("<your key>", "{{ key }}", "__KEY__")."""
    return isinstance(value, str) and _BLANKS.fullmatch(value.strip()) is not None


def looks_made_up(text: str) -> bool:
    """Whether ``text`` looks like what a person or a generator makes up for a secret: digits, or small and large letters."""
    if any(letter.isspace() for letter in text):
        return False
    return any(letter.isdigit() for letter in text) or (text[1:] != text[1:].lower() and text != text.upper())
