"""Edits keep every byte they do not name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_prodcheck.edits.text_file import Edit, appended, apply, decode, line_end, line_start, line_stop, plain


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"flask\n", "utf-8"),
        (b"\xef\xbb\xbfflask\r\n", "utf-8"),
        ("\ufeffflask\r\n".encode("utf-16-le"), "utf-16-le"),
        ("\ufeffflask\n".encode("utf-16-be"), "utf-16-be"),
        ("flask\n".encode("utf-16-le"), "utf-16-le"),
        (b"# caf\xe9\nflask\n", "latin-1"),
        (b"", "utf-8"),
    ],
)
def test_decode_is_exact(data: bytes, encoding: str) -> None:
    text, found = decode(data)
    assert found == encoding
    assert text.encode(found) == data


@given(st.binary(max_size=60))
def test_decode_never_loses_a_byte(data: bytes) -> None:
    text, encoding = decode(data)
    assert text.encode(encoding) == data


@pytest.mark.parametrize(
    ("text", "edits", "expected"),
    [
        ("a\r\nb\r\n", [Edit(2, 3, "x\ny")], "a\r\nx\r\ny\r\n"),
        ("\ufeffa\nb", [Edit(0, 1, "z")], "\ufeffz\nb"),
        ("a\nb\r\nc\n", [Edit(4, 5, "C")], "a\nb\r\nC\n"),
        ("ab", [Edit(2, 2, "\nnew"), Edit(2, 2, " more")], "ab more\nnew"),
        ("ab", [Edit(0, 0, "1"), Edit(0, 0, "2")], "12ab"),
        ("ab\ncd", [Edit(3, 5, "X"), Edit(3, 3, "before\n")], "ab\nbefore\nX"),
    ],
)
def test_apply(text: str, edits: list[Edit], expected: str) -> None:
    assert apply(text, edits) == expected


def test_overlapping_edits_are_an_error() -> None:
    with pytest.raises(ValueError, match="overlap"):
        apply("abc", [Edit(0, 2, "x"), Edit(1, 3, "y")])


@given(st.text(alphabet="a\r\n\ufeff", max_size=30))
def test_an_edit_that_changes_nothing_keeps_the_text(text: str) -> None:
    assert apply(text, [Edit(0, 0, "")]) == text
    assert plain(apply(text, [appended(plain(text), "end")])).endswith("end\n")


def test_places() -> None:
    assert [line_start("a\nbc\n", line) for line in (1, 2, 3, 9)] == [0, 2, 5, 5]
    assert [line_stop("a\nbc\n", line) for line in (1, 2)] == [1, 4]
    assert (line_end("a\r\nb\r\nc\n"), line_end("a\n"), line_end("")) == ("\r\n", "\n", "\n")
