"""A rule as its folder describes it: metadata, teaching text and executed examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from pathlib import Path

from flask_prodcheck.records import dataclass
from flask_prodcheck.rulekit import Fix, Hit, Project

SEVERITIES = ("error", "warning", "info")
CONFIDENCES = ("high", "medium", "low")
PERSONAS = ("regular", "pedantic", "auditor")
STARTS = ("prevented", "needed")
EXAMPLE_KINDS = ("bad", "good", "quiet", "missed")

Check = Callable[[Project], Iterable[Hit]]
Proposal = Callable[[Project, Hit], Fix | None]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A finding that an example must give: the file, a piece of the source line it stands on, and where stated the
    files of its chain, its severity and a piece of its message."""

    file: str
    quote: str
    via: tuple[str, ...] | None = None
    severity: str | None = None
    says: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A small project. ``kind``: "bad" gives exactly ``expect``; "good" and "quiet" (a tempting false positive) give
    nothing; "missed" is a known limit whose ``expect`` is not met yet."""

    name: str
    kind: str
    files: Mapping[str, str]
    expect: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``check`` is None for a hazard that a later room reports itself (``reported_by``), ``fix`` where no cure
    can be applied by the tool. ``start``: "prevented" where an error of the rule says that the launch never serves,
    "needed" where the hazard exists only once it does."""

    code: str
    slug: str
    topic: str
    since: str
    severity: str
    confidence: str
    persona: str
    message: str
    why: str
    cure: str
    references: tuple[str, ...]
    moments: tuple[str, ...]
    step: int
    affects: tuple[str, ...]
    examples: tuple[Example, ...] = ()
    folder: Path = field(default=Path())
    check: Check | None = None
    fix: Proposal | None = None
    reported_by: str = "check"
    start: str = ""
