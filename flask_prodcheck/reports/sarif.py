"""The report as SARIF 2.1.0: the launch chain is a code flow, a suppression comment an in-source suppression.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import quote

from flask_prodcheck import __version__
from flask_prodcheck.base import Problem, Span
from flask_prodcheck.findings.finding import Finding
from flask_prodcheck.policy.report import Report
from flask_prodcheck.registry.rule import Rule
from flask_prodcheck.rulekit import Hop

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
# GitHub code scanning sorts security results by this number: 7.0 and over is high, 4.0 and over is medium.
_SECURITY = {"error": "8.0", "warning": "5.0", "info": "2.0"}
_PRECISION = {"high": "very-high", "medium": "high", "low": "medium"}


def render(report: Report) -> str:
    """One run as SARIF text."""
    return json.dumps(as_data(report), indent=2, ensure_ascii=True) + "\n"


def as_data(report: Report) -> dict[str, object]:
    """The SARIF log object of ``report``."""
    index = {rule.code: number for number, rule in enumerate(report.rules)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "prodcheck",
                        "semanticVersion": __version__,
                        "rules": [_rule(rule) for rule in report.rules],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": not any(problem.blocking for problem in report.problems),
                        "exitCode": report.exit_code,
                        "toolExecutionNotifications": [_notification(problem) for problem in report.problems],
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"ROOT": {"description": {"text": "The audited project's root folder."}}},
                "results": [_result(finding, index) for finding in report.findings],
                "properties": {"verdict": report.verdict},
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, object]:
    tags = [*rule.affects, *rule.moments]
    properties: dict[str, object] = {"tags": tags, "precision": _PRECISION[rule.confidence]}
    if "security" in rule.affects:
        properties["security-severity"] = _SECURITY[rule.severity]
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.slug.split("-")),
        "shortDescription": {"text": rule.slug.replace("-", " ").capitalize() + "."},
        "fullDescription": {"text": " ".join(rule.why.split())},
        "help": {"text": rule.cure},
        "helpUri": rule.references[0],
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": properties,
    }


def _result(finding: Finding, index: dict[str, int]) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": _text(finding.message)},
        "locations": [_location(finding.span)],
        "partialFingerprints": {"prodcheck/v1": finding.fingerprint},
        "properties": {"confidence": finding.confidence, "topic": finding.topic, "step": finding.step},
    }
    if finding.code in index:
        result["ruleIndex"] = index[finding.code]
    if finding.evidence:
        result["codeFlows"] = [{"threadFlows": [{"locations": [_flow_location(hop) for hop in finding.evidence]}]}]
        result["relatedLocations"] = _related(finding.evidence)
    if finding.suppressed is not None:
        comment = finding.suppressed
        result["suppressions"] = [
            {
                "kind": "inSource",
                "status": "accepted",
                **({"justification": _text(comment.reason)} if comment.reason else {}),
                "location": _location(Span(comment.file, comment.line)),
            }
        ]
    return result


def _flow_location(hop: Hop) -> dict[str, object]:
    return {"location": {**_location(hop.span), "message": {"text": _text(hop.text or str(hop.span))}}}


def _related(hops: Iterable[Hop]) -> list[dict[str, object]]:
    return [
        {"id": number, **_location(hop.span), "message": {"text": _text(hop.text or str(hop.span))}}
        for number, hop in enumerate(hops, 1)
    ]


def _location(span: Span) -> dict[str, object]:
    region: dict[str, object] = {"startLine": span.line}
    if span.end_line and span.end_column:
        region |= {"startColumn": span.column, "endLine": span.end_line, "endColumn": span.end_column}
    return {"physicalLocation": {"artifactLocation": _artifact(span.file), "region": region}}


def _artifact(file: str) -> dict[str, object]:
    return {"uri": quote(file.encode("utf-8", "surrogateescape")), "uriBaseId": "ROOT"}


def _text(text: str) -> str:
    """``text`` as valid Unicode: bytes of a name that is not UTF-8 become escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _notification(problem: Problem) -> dict[str, object]:
    return {
        "level": "error" if problem.blocking else "warning",
        "message": {"text": _text(problem.message)},
        "locations": [_location(Span(problem.file, max(problem.line, 1)))],
    }
