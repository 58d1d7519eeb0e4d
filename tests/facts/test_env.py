"""The reader of environment files."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.env import read_env


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\n", [("A", "1", 1)]),
        ("# c\n\nexport A=1 # x\nB=\nC\n", [("A", "1", 3), ("B", "", 4), ("C", None, 5)]),
        ("A='x y'\r\nB=\"a\\nb\"\r\n\r\nC=$A/${B:-d}\r\n", [("A", "x y", 1), ("B", "a\nb", 2), ("C", "$A/${B:-d}", 4)]),
        ('A="one\ntwo"\nB=2\n', [("A", "one\ntwo", 1), ("B", "2", 3)]),
        ("\ufeffA=1\n", [("A", "1", 1)]),
        ("A=1\n=bad\nB=2\n", [("A", "1", 1), ("B", "2", 3)]),
        ("A=1\nA=2\n", [("A", "1", 1), ("A", "2", 2)]),
        ("", []),
    ],
)
def test_variables(text: str, expected: list[tuple[str, str | None, int]]) -> None:
    assert [(each.name, each.value, each.span.line) for each in read_env(".env", text).variables] == expected


def test_place() -> None:
    assert read_env(".env", "\n  A=1\n").variables[0].span == Span(".env", 2, 3, 2, 6)


def test_only_wrong_lines_is_a_read_error() -> None:
    with pytest.raises(ReadError) as caught:
        read_env(".env", "# c\n=x\n=y\n")
    assert caught.value.line == 2


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=80), st.text(alphabet="A='\"#\\\n\r $export\x00", max_size=60)))
def test_hostile_text_raises_nothing_else(text: str) -> None:
    with contextlib.suppress(ReadError):
        read_env(".env", text)
