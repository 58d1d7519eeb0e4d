"""The lesson as text; with a report, also where that project stands in it and what holds it there."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from flask_prodcheck.lesson import Lesson
from flask_prodcheck.policy.report import Report
from flask_prodcheck.reports.execution_table import holding_findings, lesson_rows, project_table, table
from flask_prodcheck.reports.style import Style, safe

_WIDTH = 100


def show_lesson(lesson: Lesson, report: Report | None = None, *, answers: bool = True, color: bool = False) -> str:
    """Concept flow, execution table, variables, key moments, quiz and snapshot; the table of the project in ``report``."""
    return "\n".join(_lesson(lesson, report, Style(color), answers=answers)) + "\n"


def _lesson(lesson: Lesson, report: Report | None, style: Style, *, answers: bool) -> Iterator[str]:
    yield style.strong(lesson.title)
    yield ""
    yield style.strong("Concept flow")
    for number, stage in enumerate(lesson.flow):
        yield f"  {'' if number == 0 else '-> '}{stage}"
    yield ""
    yield style.strong("Execution table")
    yield from table(lesson_rows(lesson), style=style)
    yield ""
    yield style.strong("Variables")
    width = max(len(variable.name) for variable in lesson.variables)
    for variable in lesson.variables:
        yield f"  {variable.name.ljust(width)}  " + ", ".join(f"{when}: {value}" for when, value in variable.samples)
    yield ""
    yield style.strong("Key moments")
    for moment in lesson.moments:
        yield f"  {moment.id} (step {', '.join(str(step) for step in moment.steps)}) {moment.question}"
        yield from textwrap.wrap(
            " ".join(moment.answer.split()), _WIDTH, initial_indent="      ", subsequent_indent="      "
        )
    yield ""
    yield style.strong("Quiz")
    for number, question in enumerate(lesson.quiz, 1):
        yield f"  {number}. {question.question}"
        yield from (f"     {letter}) {choice}" for letter, choice in zip("abcdefgh", question.choices, strict=False))
        if answers:
            yield f"     Answer: {'abcdefgh'[question.answer]}) {question.choices[question.answer]}. {question.why}"
    yield ""
    yield style.strong("Snapshot")
    yield from (f"  - {sentence}" for sentence in lesson.snapshot)
    if report is not None:
        yield ""
        yield from _project(lesson, report, style)


def _project(lesson: Lesson, report: Report, style: Style) -> Iterator[str]:
    yield style.strong(f"This project: {safe(report.name)}")
    if report.standing.step is None:
        yield "  No Flask application found, so it has no place in the lesson."
        return
    yield from project_table(lesson, report, style)
    holding = holding_findings(report)
    if not holding:
        doubts = "; ".join(report.doubts)
        yield f"  Nothing that was found holds it, but {doubts}." if doubts else "  Nothing holds it: the lesson is complete."
        return
    yield ""
    yield style.strong(f"What holds it at step {report.standing.step}")
    for finding in holding:
        yield f"  {style.severity(finding.severity, finding.code)} {safe(str(finding.span))} {safe(finding.message)}"
        yield from textwrap.wrap(f"Cure: {finding.cure}", _WIDTH, initial_indent="      ", subsequent_indent="      ")
