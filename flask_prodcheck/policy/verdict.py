"""What a report concludes: the verdict, where the project stands in the lesson, and the exit code."""

from __future__ import annotations

from collections.abc import Collection

from flask_prodcheck.base import Problem
from flask_prodcheck.findings.finding import Finding, severity_rank
from flask_prodcheck.records import dataclass
from flask_prodcheck.rulekit import Project

READY, NOT_READY, NO_APP = "ready", "not-ready", "no-app"
EXIT_OK, EXIT_FINDINGS, EXIT_USAGE, EXIT_INCOMPLETE = 0, 1, 2, 3

_JUDGED_STEPS = (3, 4, 5, 6)
_LAST_STEP = 7
_SCALING_STEP = 6


@dataclass(frozen=True, slots=True)
class Variables:
    """The lesson's three variables; "none" without an application."""

    server_type: str
    performance: str
    security: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the project stands: ``step`` (None without an application), its variables ``now``, and ``after`` the cures
    that the report shows."""

    step: int | None
    now: Variables
    after: Variables


def verdict(project: Project, findings: Collection[Finding]) -> str:
    """ "not-ready" exactly when an unsuppressed error exists; ``findings`` are all of them, whatever is shown."""
    if any(finding.is_open and finding.severity == "error" for finding in findings):
        return NOT_READY
    return READY if has_app(project) else NO_APP


def has_app(project: Project) -> bool:
    """Whether there is anything to judge: an application that a server could serve, a launch or a call that starts one. One
    that an object keeps is, where something is started of which it is not known what it serves."""
    named = any(not app.kept for app in project.apps)
    may_serve = project.apps and project.unknown_starts
    return bool(named or project.launches or project.run_sites or may_serve)


def standing(project: Project, findings: Collection[Finding], shown: Collection[Finding]) -> Standing:
    """The project's place in the lesson's execution table, from all ``findings``, and after curing those ``shown``."""
    if not has_app(project):
        nothing = Variables("none", "none", "none")
        return Standing(None, nothing, nothing)
    cured = {finding.fingerprint for finding in shown if finding.cure or finding.fix}
    remaining = [finding for finding in findings if finding.fingerprint not in cured]
    step = _step(findings)
    return Standing(step, _variables(step, findings), _variables(_step(remaining), remaining))


def holds(finding: Finding) -> bool:
    """Whether ``finding`` keeps the project at its step: an open error, for scaling also an open warning."""
    if not finding.is_open or finding.step not in _JUDGED_STEPS:
        return False
    return finding.severity == "error" or (finding.step == _SCALING_STEP and finding.severity == "warning")


def exit_code(result: str, shown: Collection[Finding], problems: Collection[Problem], fail_on: str) -> int:
    """3 when something unseen could hide an error, 2 when there is nothing to check, 1 when a shown finding reaches
    ``fail_on``, else 0."""
    if any(problem.blocking for problem in problems):
        return EXIT_INCOMPLETE
    if result == NO_APP:
        return EXIT_USAGE
    if fail_on != "never" and any(
        each.is_open and severity_rank(each.severity) <= severity_rank(fail_on) for each in shown
    ):
        return EXIT_FINDINGS
    return EXIT_OK


def _step(findings: Collection[Finding]) -> int:
    return min((finding.step for finding in findings if holds(finding)), default=_LAST_STEP)


def _variables(step: int, findings: Collection[Finding]) -> Variables:
    affected = {
        what for finding in findings if finding.is_open and finding.severity == "error" for what in finding.affects
    }
    early = step == _JUDGED_STEPS[0]
    return Variables(
        server_type="development" if early else "production",
        performance="low" if early or "performance" in affected else "high",
        security="low" if early or "security" in affected else "high",
    )
