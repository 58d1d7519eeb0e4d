"""The audit of a project as a plan would leave it: a scaffold that makes an error is no cure."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from flask_prodcheck.audit import audit_tree
from flask_prodcheck.edits.changes import Plan
from flask_prodcheck.edits.overlay import overlay
from flask_prodcheck.findings.finding import Finding
from flask_prodcheck.policy.report import Report
from flask_prodcheck.records import dataclass
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.tree import Tree

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Recheck:
    """``report`` on the project after the plan; ``caused`` are its open errors in files that the plan writes or
    edits, and that the project did not have before."""

    report: Report
    caused: tuple[Finding, ...]


def recheck(tree: Tree, plan: Plan, settings: Settings, root: Path, *, force: bool = False) -> Recheck:
    """Audits ``tree`` with ``plan`` made."""
    report = audit_tree(overlay(tree, plan, force=force), settings, root=root)
    changed = {change.path for change in plan.changes}
    suspects = [each for each in report.open_findings if each.severity == "error" and each.span.file in changed]
    if not suspects:
        return Recheck(report, ())
    # What one finding says of the whole project may only have moved to a file of the plan: it counts where there are more.
    before = Counter(
        each.code for each in audit_tree(tree, settings, root=root).open_findings if each.severity == "error"
    )
    after = Counter(each.code for each in report.open_findings if each.severity == "error")
    return Recheck(report, tuple(each for each in suspects if after[each.code] > before[each.code]))


def after_words(found: Recheck) -> str:
    """What the audit says of the project after the plan, one line per error."""
    errors = [each for each in found.report.open_findings if each.severity == "error"]
    if not errors:
        return f"With these changes the audit says: {found.report.verdict}."
    shown = [f"  {each.span} {each.code} {each.message}" for each in errors[:_SHOWN]]
    more = [f"  and {len(errors) - _SHOWN} more"] if len(errors) > _SHOWN else []
    return "\n".join([f"With these changes the audit still says {found.report.verdict}:", *shown, *more])
