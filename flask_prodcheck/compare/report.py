"""A comparison as the lesson's execution table with real figures, as bars, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable

from flask_prodcheck.compare.measure import Comparison, Side
from flask_prodcheck.lesson import Lesson
from flask_prodcheck.reports.execution_table import table
from flask_prodcheck.reports.style import Style, safe

SCHEMA = 1
_WIDTH = 40


def render(found: Comparison, lesson: Lesson, *, color: bool = False, unicode: bool = True) -> str:
    """The report as text. ``unicode``: whether the bars may be drawn with block characters."""
    style = Style(color)
    development, production = found.development, found.production
    lines = [
        f"{style.strong(safe(found.target))} under app.run({'debug=True' if found.debug else ''}) and under Gunicorn, GET {safe(found.path)}",
        "",
        *table(rows(found, lesson), style=style),
        "",
        *bars(
            "Requests per second (more is better)",
            ((name, side.rate, f"{side.rate:.0f}") for name, side in _sides(found)),
            unicode=unicode,
        ),
        "",
        *bars(
            "99 of 100 requests answered within (less is better)",
            ((name, side.latency(0.99), _ms(side.latency(0.99))) for name, side in _sides(found)),
            unicode=unicode,
        ),
        "",
        f"Unhandled error, what a visitor sees: app.run() {development.character.error}; Gunicorn {production.character.error}.",
        f"SIGTERM with a request in flight: app.run() {development.character.stop}; Gunicorn {production.character.stop}.",
        f"The process that serves is killed: app.run() {development.character.killed}; Gunicorn {production.character.killed}.",
        "",
        f"Medians of {found.rounds} {'rounds' if found.rounds > 1 else 'round'} in turns, {found.clients} clients at once, a new connection for each request, all on this machine.",
        "",
    ]
    return "\n".join(lines)


def rows(found: Comparison, lesson: Lesson) -> list[tuple[str, ...]]:
    """The lesson's rows; performance and security are what was measured and seen."""
    development, production = found.development, found.production
    figures = {
        1: (f"first answer {development.character.first_answer:.1f} s", f"debugger {'on' if found.debug else 'off'}"),
        2: (_speed(development), f"Server: {development.character.name or '-'}"),
        3: (
            _failed(development),
            f"stop: request {_word(development.character.stop)}; killed: {_word(development.character.killed)}",
        ),
        4: (
            f"first answer {production.character.first_answer:.1f} s, {production.character.workers} workers",
            f"error: {production.character.error}",
        ),
        5: (_speed(production), f"Server: {production.character.name or '-'}"),
        6: (
            _failed(production),
            f"stop: request {_word(production.character.stop)}; killed: {_word(production.character.killed)}",
        ),
    }
    return [
        (
            str(step.number),
            step.action,
            step.server_type,
            *figures.get(step.number, (step.performance, step.security)),
            _result(found, step.number) or step.result,
        )
        for step in lesson.steps
    ]


def bars(title: str, values: Iterable[tuple[str, float, str]], *, unicode: bool = True) -> list[str]:
    """A bar for each ``(name, value, shown)``, the longest for the greatest value."""
    found = list(values)
    most = max((value for _, value, _ in found), default=0.0)
    names = max((len(name) for name, _, _ in found), default=0)
    block = "\u2588" if unicode else "#"
    lines = [title]
    for name, value, shown in found:
        length = max(1, round(_WIDTH * value / most)) if most and value else 0
        lines.append(f"  {name.ljust(names)}  {block * length} {shown}")
    return lines


def render_json(found: Comparison) -> str:
    """One object: both sides with their medians, every run, and what was seen."""
    data = {
        "schema": SCHEMA,
        "target": found.target,
        "path": found.path,
        "debug": found.debug,
        "clients": found.clients,
        "rounds": found.rounds,
        "development": _side(found.development),
        "production": _side(found.production),
    }
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"


def _side(side: Side) -> dict[str, object]:
    character = side.character
    return {
        "requests_per_second": round(side.rate, 1),
        "p50_ms": round(side.latency(0.5) * 1000, 2),
        "p99_ms": round(side.latency(0.99) * 1000, 2),
        "requests": side.requests,
        "failures": side.failures,
        "runs": [
            {
                "requests_per_second": round(run.rate, 1),
                "p50_ms": round(run.percentile(0.5) * 1000, 2),
                "p99_ms": round(run.percentile(0.99) * 1000, 2),
                "failures": run.failures,
            }
            for run in side.runs
        ],
        "server": character.name,
        "workers": character.workers,
        "first_answer_seconds": round(character.first_answer, 2),
        "unhandled_error": character.error,
        "sigterm_in_flight": character.stop,
        "process_killed": character.killed,
    }


def _sides(found: Comparison) -> tuple[tuple[str, Side], ...]:
    return ("app.run()", found.development), ("Gunicorn", found.production)


def _result(found: Comparison, step: int) -> str:
    development, production = found.development, found.production
    if step == 3:
        reasons = [
            *(["errors show code"] if not development.character.error_fit else []),
            *(["a stop loses requests"] if not development.character.stop_fit else []),
            *(["a crash ends it"] if not development.character.killed_fit else []),
        ]
        return ", ".join(reasons)
    if step == 5 and development.rate:
        return f"{production.rate / development.rate:.1f} times the requests of app.run()"
    return ""


def _speed(side: Side) -> str:
    return f"{side.rate:.0f} req/s, p50 {_ms(side.latency(0.5))}, p99 {_ms(side.latency(0.99))}"


def _failed(side: Side) -> str:
    return f"{side.failures} of {side.requests} failed"


def _ms(seconds: float) -> str:
    milliseconds = seconds * 1000
    return f"{milliseconds:.1f} ms" if milliseconds < 10 else f"{milliseconds:.0f} ms"


def _word(text: str) -> str:
    return text.partition(" (")[0].partition(",")[0]
