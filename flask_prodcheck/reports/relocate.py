"""A report for readers who stand in another folder: GitHub looks files up from the top of the checkout."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.findings.finding import Finding
from flask_prodcheck.policy.report import Report
from flask_prodcheck.records import replace


def relocated(report: Report, prefix: str) -> Report:
    """``report`` with the files of its findings and problems below ``prefix``. Fingerprints stay."""
    if not prefix:
        return report
    return replace(
        report,
        findings=tuple(_finding(each, prefix) for each in report.findings),
        problems=tuple(replace(each, file=f"{prefix}{each.file}") for each in report.problems),
    )


def _finding(finding: Finding, prefix: str) -> Finding:
    comment = finding.suppressed
    return replace(
        finding,
        span=_span(finding.span, prefix),
        evidence=tuple(replace(hop, span=_span(hop.span, prefix)) for hop in finding.evidence),
        suppressed=replace(comment, file=f"{prefix}{comment.file}") if comment is not None else None,
    )


def _span(span: Span, prefix: str) -> Span:
    return replace(span, file=f"{prefix}{span.file}")
