"""The lesson's execution table for one project: which rows it has passed, where it stands and what holds it there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from flask_prodcheck.findings.finding import Finding
from flask_prodcheck.lesson import Lesson
from flask_prodcheck.policy.report import NO_START, Report
from flask_prodcheck.policy.verdict import holds
from flask_prodcheck.reports.style import Style, safe

HEADINGS = ("Step", "Action", "Server type", "Performance", "Security", "Result")
#: How many findings are named that hold a project at its step.
_NAMED = 6


def table(rows: Iterable[Sequence[str]], *, marked: Collection[int] = (), style: Style | None = None) -> list[str]:
    """Lines of a table with a heading. Rows whose index is in ``marked`` carry a ``>`` and are emphasised."""
    style = style or Style()
    cells = [HEADINGS, *(tuple(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADINGS))]
    lines = []
    for index, row in enumerate(cells):
        text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        here = index - 1 in marked
        lines.append(f"{'>' if here else ' '} {style.strong(text) if here or index == 0 else text}")
        if index == 0:
            lines.append("  " + "  ".join("-" * width for width in widths))
    return lines


def lesson_rows(lesson: Lesson) -> list[tuple[str, ...]]:
    """The rows of the lesson as it is taught."""
    return [(str(s.number), s.action, s.server_type, s.performance, s.security, s.result) for s in lesson.steps]


def project_table(lesson: Lesson, report: Report, style: Style) -> list[str]:
    """The execution table of the audited project: rows below its step as the lesson has them, the row it stands at with
    its own variables, and the rest still ahead."""
    standing = report.standing
    if standing.step is None:
        return []
    rows: list[tuple[str, ...]] = []
    for step in lesson.steps:
        if step.number < standing.step or standing.step == lesson.steps[-1].number:
            rows.append((str(step.number), step.action, step.server_type, step.performance, step.security, step.result))
        elif step.number == standing.step:
            now = standing.now
            rows.append(
                (str(step.number), step.action, now.server_type, now.performance, now.security, "this project is here")
            )
        else:
            rows.append((str(step.number), step.action, "", "", "", "ahead"))
    marked = [index for index, step in enumerate(lesson.steps) if step.number == standing.step]
    now, after = standing.now, standing.after
    lines = table(rows, marked=marked, style=style)
    lines.append("")
    for name in ("server_type", "performance", "security"):
        before, later = getattr(now, name), getattr(after, name)
        change = before if before == later else f"{before} -> {later} after the cures"
        lines.append(f"  {name.replace('_', ' ')}: {change}")
    if NO_START in report.doubts:
        lines.append(f"  assumed from step 4 on: {NO_START}")
    holding = holding_findings(report)
    if holding:
        names = ", ".join(f"{each.code} at {safe(str(each.span))}" for each in holding[:_NAMED])
        if len(holding) > _NAMED:
            names += f" and {len(holding) - _NAMED} more"
        lines.append(f"  held at step {standing.step} by {names}")
    return lines


def holding_findings(report: Report) -> tuple[Finding, ...]:
    """The findings that keep the project at its step, hidden ones too."""
    return tuple(
        each for each in (*report.findings, *report.hidden) if holds(each) and each.step == report.standing.step
    )
