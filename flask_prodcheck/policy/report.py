"""The result of an audit: everything the public contract promises, decided and in a stable order."""

from __future__ import annotations

from dataclasses import field

from flask_prodcheck.base import Problem
from flask_prodcheck.findings.finding import Finding
from flask_prodcheck.policy.verdict import READY, Standing
from flask_prodcheck.records import dataclass
from flask_prodcheck.registry.rule import Rule
from flask_prodcheck.rulekit import App, Launch, Purpose, RunSite

NO_START = "nothing here says how production starts"
INCOMPLETE = "not everything could be read"


@dataclass(frozen=True, slots=True)
class Stats:
    """``files`` that were looked at, how many of them were ``parsed``, how many came ``from_cache``, and the time."""

    files: int
    parsed: int
    from_cache: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """``rules`` are those that were run, the user's included. ``findings`` are those the settings let through, suppressed ones included; ``hidden`` counts the open findings
    that select, ignore or the persona left out (the verdict and the lesson count them). ``exit_code`` is that of the
    settings the audit ran with."""

    name: str
    verdict: str
    standing: Standing
    exit_code: int
    apps: tuple[App, ...]
    launches: tuple[Launch, ...]
    run_sites: tuple[RunSite, ...]
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    stats: Stats
    hidden: tuple[Finding, ...] = field(default=())
    kind: str = "application"
    rules: tuple[Rule, ...] = ()

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """The shown findings that no comment suppresses."""
        return tuple(finding for finding in self.findings if finding.is_open)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why less is known than the verdict says, in words: "ready" without a launch of production proves little."""
        started = any(launch.purpose is Purpose.PRODUCTION for launch in self.launches)
        no_start = self.verdict == READY and not started
        incomplete = any(problem.blocking for problem in self.problems)
        return (NO_START,) * no_start + (INCOMPLETE,) * incomplete

    @property
    def suppressed_findings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.is_open)
