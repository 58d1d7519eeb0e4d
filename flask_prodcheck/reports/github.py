"""Annotations for GitHub Actions: one workflow command per finding.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.findings.finding import Finding
from flask_prodcheck.policy.report import Report
from flask_prodcheck.reports.style import safe

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report) -> str:
    """Workflow commands for the open findings and the problems, and the verdict as a plain last line."""
    lines = [_finding(finding) for finding in report.open_findings]
    lines += [
        _command(
            "error" if each.blocking else "warning",
            "prodcheck: not analysed",
            each.file,
            {"line": each.line},
            each.message,
        )
        for each in report.problems
    ]
    doubts = "; ".join(report.doubts)
    lines.append(f"prodcheck: {report.verdict}{f' ({doubts})' if doubts else ''}")
    return "\n".join(lines) + "\n"


def _finding(finding: Finding) -> str:
    span = finding.span
    place = {"line": span.line, "endLine": span.end_line}
    if span.end_line == span.line:  # GitHub refuses columns of an annotation over several lines
        place |= {"col": span.column, "endColumn": span.end_column}
    return _command(
        _LEVELS[finding.severity], f"{finding.code} {finding.name}", span.file, place, "\n".join(_message(finding))
    )


def _message(finding: Finding) -> Iterator[str]:
    yield finding.message
    for number, hop in enumerate(finding.evidence, 1):
        yield f"{number}. {hop.span}  {' '.join(hop.text.split())}"
    if finding.cure:
        yield finding.cure


def _command(level: str, title: str, file: str, place: dict[str, int], message: str) -> str:
    properties = {"file": file, **{name: str(number) for name, number in place.items()}, "title": title}
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    lines = (safe(line) for line in message.split("\n"))
    return f"::{level} {written}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(safe(text)).replace(":", "%3A").replace(",", "%2C")
