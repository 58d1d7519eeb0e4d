"""The public JSON report, schema 1. A change of its shape needs a new schema number."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask_prodcheck import __version__
from flask_prodcheck.base import Problem, Span
from flask_prodcheck.findings.finding import Finding
from flask_prodcheck.policy.report import Report
from flask_prodcheck.policy.verdict import Variables
from flask_prodcheck.rulekit import App, Launch, RunSite

SCHEMA = 1


def as_data(report: Report) -> dict[str, object]:
    """The report as the contract's object. Paths are relative to the root, lines and columns 1-based."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "prodcheck", "version": __version__},
        "root": ".",
        "verdict": report.verdict,
        "lesson": {
            "step": report.standing.step,
            "now": _variables(report.standing.now),
            "after": _variables(report.standing.after),
        },
        "apps": [app_data(app) for app in report.apps],
        "launches": [launch_data(launch) for launch in report.launches],
        "run_sites": [run_site_data(site) for site in report.run_sites],
        "findings": [finding_data(finding) for finding in report.findings],
        "problems": [problem_data(each) for each in report.problems],
        "stats": {
            "files": report.stats.files,
            "parsed": report.stats.parsed,
            "from_cache": report.stats.from_cache,
            "seconds": report.stats.seconds,
        },
    }


def render(report: Report) -> str:
    """The report as JSON text with a final line end. A name that is not UTF-8 keeps its bytes as escapes."""
    return json.dumps(as_data(report), indent=2, ensure_ascii=True) + "\n"


def finding_data(finding: Finding) -> dict[str, object]:
    """One finding as the contract shows it."""
    span = finding.span
    return {
        "code": finding.code,
        "name": finding.name,
        "topic": finding.topic,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "message": finding.message,
        "key_moments": list(finding.key_moments),
        "step": finding.step,
        "evidence": [{**_place(hop.span), "text": hop.text} for hop in finding.evidence],
        "fix": {"applicability": finding.fix.applicability, "title": finding.fix.title} if finding.fix else None,
        "fingerprint": finding.fingerprint,
        "suppressed": (
            {"reason": finding.suppressed.reason, "file": finding.suppressed.file, "line": finding.suppressed.line}
            if finding.suppressed
            else None
        ),
    }


def app_data(app: App) -> dict[str, object]:
    """One application as the contract shows it."""
    return {"ref": app.ref, **_place(app.span), "name": app.name, "form": app.form, "cwd": app.cwd, "best": app.best}


def launch_data(launch: Launch) -> dict[str, object]:
    """One launch as the contract shows it."""
    return {
        **_place(launch.head.span),
        "command": launch.command,
        "server": launch.server.value,
        "purpose": launch.purpose.value,
        "source": launch.source,
        "target": launch.target,
        "resolves": launch.resolves,
        "confidence": launch.confidence.value,
        "hops": [{**_place(hop.span), "text": hop.text} for hop in launch.hops],
    }


def run_site_data(site: RunSite) -> dict[str, object]:
    """One call that starts a development server as the contract shows it."""
    return {
        **_place(site.span),
        "call": site.call,
        "guard": site.guard.value,
        "debug": site.debug,
        "host": site.host,
        "production": site.production,
    }


def problem_data(problem: Problem) -> dict[str, object]:
    """One problem as the contract shows it."""
    return {**_place(Span(problem.file, problem.line)), "message": problem.message, "blocking": problem.blocking}


def _variables(variables: Variables) -> Mapping[str, str]:
    return {
        "server_type": variables.server_type,
        "performance": variables.performance,
        "security": variables.security,
    }


def _place(span: Span) -> dict[str, object]:
    return {"file": span.file, "line": span.line}
