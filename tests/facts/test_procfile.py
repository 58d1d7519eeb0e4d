"""The reader of Procfiles."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.procfile import read_procfile
from flask_prodcheck.facts.types import Command, Start


def test_process() -> None:
    assert read_procfile("Procfile", "# the site\nweb:  gunicorn app:app -b :$PORT \n").starts == (
        Start(
            kind="procfile",
            name="web",
            span=Span("Procfile", 2, 1, 2, 33),
            command=Command(
                Span("Procfile", 2, 7, 2, 33), "gunicorn app:app -b :$PORT", shell="gunicorn app:app -b :$PORT"
            ),
            comment="the site",
        ),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web: a\r\nrelease: b\r\n", [("web", "a", "run"), ("release", "b", "release")]),
        ("web: a\nweb: b\n", [("web", "a", "run"), ("web", "b", "run")]),
        ("web:a:b\nmy-worker_2: x: y # z", [("web", "a:b", "run"), ("my-worker_2", "x: y # z", "run")]),
        ("\ufeffweb: a\nnot a process\nempty:\n", [("web", "a", "run")]),
        ("", []),
    ],
)
def test_processes(text: str, expected: list[tuple[str, str, str]]) -> None:
    starts = read_procfile("Procfile", text).starts
    assert [(each.name, each.command.shell if each.command else None, each.role) for each in starts] == expected


def test_nothing_but_wrong_lines_is_a_read_error() -> None:
    with pytest.raises(ReadError) as caught:
        read_procfile("Procfile", "\ngunicorn app\n")
    assert caught.value.line == 2


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=80), st.text(alphabet="web:#\r\n \tx\x00", max_size=60)))
def test_hostile_text_raises_nothing_else(text: str) -> None:
    with contextlib.suppress(ReadError):
        read_procfile("Procfile", text)
