"""Fixing a project: one fix at a time on a tree in memory, each proven by an audit of the result before it counts."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable
from dataclasses import field
from pathlib import Path

from flask_prodcheck.audit import examine
from flask_prodcheck.edits.actions import SAFE, SetUpGunicorn
from flask_prodcheck.edits.changes import Change, Plan
from flask_prodcheck.edits.overlay import overlay
from flask_prodcheck.edits.text_file import plain
from flask_prodcheck.errors import RefusedError
from flask_prodcheck.findings.finding import Finding
from flask_prodcheck.fixes.perform import perform
from flask_prodcheck.policy.report import Report
from flask_prodcheck.records import dataclass, replace
from flask_prodcheck.rulekit import Project
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.tree import Tree

_MOST = 200  # fixes that are tried in one run


@dataclass(frozen=True, slots=True)
class Applied:
    """A fix that was made: for ``finding``, in ``files``; ``notes`` are what it leaves to a person."""

    finding: Finding
    files: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A fix that was not made, or undone because the audit of its result was not what it promised."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Cured:
    """The result: the ``plan`` of all changes together, what was ``applied`` in order, what was ``refused``, and the
    reports on the project as it ``started`` and as it ``ended``."""

    plan: Plan
    applied: tuple[Applied, ...]
    refused: tuple[Refused, ...]
    started: Report
    ended: Report


@dataclass(slots=True)
class _Work:
    """The tree as changed so far. ``before`` holds the text that each changed file had at the beginning."""

    tree: Tree
    before: dict[str, str | None] = field(default_factory=dict)
    after: dict[str, Change] = field(default_factory=dict)
    reasons: dict[str, list[str]] = field(default_factory=dict)

    def take(self, made: Plan, tree: Tree) -> None:
        for change in made.changes:
            self.before.setdefault(change.path, change.before)
            self.after[change.path] = change
            self.reasons.setdefault(change.path, []).append(change.why)
        self.tree = tree

    def plan(self) -> Plan:
        changes = [
            replace(change, before=self.before[path], why="; ".join(dict.fromkeys(self.reasons[path])))
            for path, change in self.after.items()
        ]
        return Plan(tuple(change for change in changes if change.before != change.after))


def cure(tree: Tree, settings: Settings, root: Path, *, unsafe: bool = False) -> Cured:
    """The fixes for the open findings that ``settings`` show, tried in the order of the report until none is left that
    was not tried. Only those that are safe unless ``unsafe``.

    A fix counts when every file it changed can still be read, the finding is gone and no new error stands in such a
    file; otherwise it is undone. Nothing is written.
    """
    work = _Work(tree)
    report, project = examine(tree, settings, root=root)
    started = report
    applied: list[Applied] = []
    refused: list[Refused] = []
    tried: set[str] = set()
    for _ in range(_MOST):
        finding = next(
            (each for each in report.open_findings if each.fingerprint not in tried and _is_wanted(each, unsafe)), None
        )
        if finding is None:
            break
        tried.add(finding.fingerprint)
        try:
            made = _made(finding, work.tree, project)
            changed = overlay(work.tree, made)
            result, linked = examine(changed, settings, root=root)
            _prove(finding, made, report, result)
        except RefusedError as failure:
            refused.append(Refused(finding, str(failure)))
            continue
        work.take(made, changed)
        applied.append(Applied(finding, tuple(change.path for change in made.changes), made.notes))
        report, project = result, linked
    return Cured(work.plan(), tuple(applied), tuple(refused), started, report)


def _is_wanted(finding: Finding, unsafe: bool) -> bool:
    return finding.fix is not None and (unsafe or finding.fix.applicability == SAFE)


def _made(finding: Finding, tree: Tree, project: Project) -> Plan:
    assert finding.fix is not None
    made = perform(finding.fix, project, tree)
    if any(change.keeps_existing and change.before is not None for change in made.changes):
        raise RefusedError("a file of that name exists: `prodcheck scaffold gunicorn --write --force` replaces it")
    if not made.changes:
        raise RefusedError(made.notes[0] if made.notes else "there is nothing to change")
    return made


# --- the proof -------------------------------------------------------------------------------------------------------


def _prove(finding: Finding, made: Plan, old: Report, new: Report) -> None:
    """Raises :class:`RefusedError` unless ``new``, the audit of the result, shows that ``made`` cured ``finding`` and
    broke nothing."""
    files = {change.path for change in made.changes}
    known = {(problem.file, problem.message) for problem in old.problems}
    for problem in new.problems:
        if problem.file in files and (problem.file, problem.message) not in known:
            raise RefusedError(f"undone: {problem.file} could not be read afterwards: {problem.message}")
    lines = _Lines(made)
    before = Counter(lines.place(each) for each in _all(old))
    after = Counter((each.code, each.span.file, each.span.line) for each in _all(new))
    place = lines.place(finding)
    whole = finding.fix is not None and any(isinstance(action, SetUpGunicorn) for action in finding.fix.actions)
    if after[place] >= before[place]:
        raise RefusedError("undone: the finding was still there afterwards")
    if not whole and _starts(new) != _starts(old):
        raise RefusedError("undone: what the deploy files start would no longer be the same")
    errors = [
        each
        for each in _all(new)
        if each.severity == "error"
        and (whole or each.span.file in files)
        and after[each.code, each.span.file, each.span.line] > before[each.code, each.span.file, each.span.line]
    ]
    if errors:
        raise RefusedError(f"undone: it would bring {errors[0].code} at {errors[0].span}: {errors[0].message}")


def _starts(report: Report) -> Counter[tuple[str, str, str]]:
    return Counter((each.head.span.file, each.server.value, each.purpose.value) for each in report.launches)


def _all(report: Report) -> Iterable[Finding]:
    return (*report.open_findings, *report.hidden)


class _Lines:
    """Where the lines of each changed file stand after a plan."""

    def __init__(self, made: Plan) -> None:
        self._moved: dict[str, dict[int, int]] = {}
        for change in made.changes:
            if change.before is not None:
                old, new = plain(change.before).split("\n"), plain(change.after).split("\n")
                self._moved[change.path] = _moved(old, new)

    def place(self, finding: Finding) -> tuple[str, str, int]:
        """Code, file and line of a finding as the changed file counts."""
        file, line = finding.span.file, finding.span.line
        return finding.code, file, self._moved.get(file, {}).get(line, line)


def _moved(old: list[str], new: list[str]) -> dict[int, int]:
    """The new number of each old line; a line that went has the number of what took its place."""
    found: dict[int, int] = {}
    for _, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for index in range(i1, i2):
            found[index + 1] = j1 + min(index - i1, max(j2 - j1 - 1, 0)) + 1
    return found
