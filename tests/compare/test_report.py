"""A comparison as the lesson's table, as bars and as JSON."""

from __future__ import annotations

import json

from flask_prodcheck.compare.load import Load
from flask_prodcheck.compare.measure import Character, Comparison, Side
from flask_prodcheck.compare.report import bars, render, render_json, rows
from flask_prodcheck.lesson import load_lesson

DEVELOPMENT = Side(
    (Load((0.01,) * 100, 0, 1.0), Load((0.02,) * 50, 1, 1.0), Load((0.03,) * 90, 0, 1.0)),
    Character("Werkzeug/3", 1, 0.5, "the traceback", False, "lost (closed)", False, "gone, nothing answers", False),
)
PRODUCTION = Side(
    (Load((0.004,) * 200, 0, 1.0),) * 3,
    Character(
        "gunicorn",
        3,
        0.9,
        "a plain page, status 500",
        True,
        "finished",
        True,
        "replaced, answers again after 0.1 s",
        True,
    ),
)
FOUND = Comparison("app:app", "/", True, 8, 3, DEVELOPMENT, PRODUCTION)


def test_rows_hold_the_lesson_with_figures() -> None:
    found = rows(FOUND, load_lesson())
    assert [row[:3] for row in found] == [(str(s.number), s.action, s.server_type) for s in load_lesson().steps]
    assert [row[3:5] for row in found] == [
        ("first answer 0.5 s", "debugger on"),
        ("90 req/s, p50 20 ms, p99 20 ms", "Server: Werkzeug/3"),
        ("1 of 241 failed", "stop: request lost; killed: gone"),
        ("first answer 0.9 s, 3 workers", "error: a plain page, status 500"),
        ("200 req/s, p50 4.0 ms, p99 4.0 ms", "Server: gunicorn"),
        ("0 of 600 failed", "stop: request finished; killed: replaced"),
        ("-", "-"),
    ]
    assert found[2][5] == "errors show code, a stop loses requests, a crash ends it"
    assert found[4][5] == "2.2 times the requests of app.run()"


def test_bars() -> None:
    assert bars("t", [("a", 1.0, "1"), ("bb", 4.0, "4"), ("c", 0.0, "0")], unicode=False) == [
        "t",
        f"  a   {'#' * 10} 1",
        f"  bb  {'#' * 40} 4",
        "  c    0",
    ]


def test_text_and_json() -> None:
    text = render(FOUND, load_lesson(), unicode=False)
    assert text.startswith("app:app under app.run(debug=True) and under Gunicorn, GET /\n")
    assert "SIGTERM with a request in flight: app.run() lost (closed); Gunicorn finished.\n" in text
    assert text.isascii()
    data = json.loads(render_json(FOUND))
    assert data["development"]["requests_per_second"] == 90.0
    assert data["production"]["p99_ms"] == 4.0
    assert data["development"]["failures"] == 1
