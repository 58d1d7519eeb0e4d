"""A finding: one primary place, what is wrong there, and the chain that proves it."""

from __future__ import annotations

from dataclasses import field

from flask_prodcheck.base import Span
from flask_prodcheck.records import dataclass
from flask_prodcheck.registry.rule import SEVERITIES
from flask_prodcheck.rulekit import Fix, Hop


@dataclass(frozen=True, slots=True)
class Suppression:
    """The comment that silences a finding, and the reason it gives ("" when it gives none)."""

    reason: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything the public contract says of a finding. ``span`` has its end filled in; ``source`` is the primary
    line as written; ``cure`` the rule's advice; ``evidence`` the chain, the head first."""

    code: str
    name: str
    topic: str
    severity: str
    confidence: str
    persona: str
    span: Span
    message: str
    cure: str
    key_moments: tuple[str, ...]
    step: int
    affects: tuple[str, ...]
    fingerprint: str
    source: str = ""
    evidence: tuple[Hop, ...] = field(default=())
    fix: Fix | None = None
    suppressed: Suppression | None = None

    @property
    def is_open(self) -> bool:
        return self.suppressed is None


def severity_rank(severity: str) -> int:
    """0 for the gravest severity, growing with harmlessness."""
    return SEVERITIES.index(severity)
