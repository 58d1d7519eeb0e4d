"""A verification as text and as JSON."""

from __future__ import annotations

import json

from flask_prodcheck.reports.style import Style, safe
from flask_prodcheck.verify.check import FAILED, NOTED, PASSED, SKIPPED, Check, Verification

SCHEMA = 1
_SIGNS = {PASSED: "ok", FAILED: "FAILED", SKIPPED: "not tried", NOTED: "seen"}
_VERDICTS = {
    "proven": "Proven: everything was seen to work.",
    "failed": "Failed: {failed}.",
    "not-tried": "Not proven: {skipped} could not be tried.",
}


def heading(verification: Verification, style: Style) -> str:
    """What is booted, before the first check."""
    versions = ", ".join(f"{name} {version}" for name, version in verification.versions.items() if version)
    return "".join(
        f"{line}\n"
        for line in (
            f"{style.strong('Boots')} {safe(verification.target)}",
            f"  from {safe(verification.origin)}",
            f"  with {safe(verification.python)}{' (' + versions + ')' if versions else ''}",
            "",
        )
    )


def line(check: Check, style: Style) -> str:
    """One check, with its details below; "" for a step that was not reached, which the closing names."""
    if not check.reached:
        return ""
    sign = _SIGNS[check.status].ljust(9)
    coloured = {
        PASSED: style.good,
        FAILED: lambda text: style.severity("error", text),
        SKIPPED: lambda text: style.severity("warning", text),
        NOTED: style.faint,
    }[check.status](sign)
    details = "".join(f"{' ' * 28}{style.faint(each)}\n" for each in check.details)
    return f"{coloured} {check.name.ljust(17)} {check.said}\n{details}"


def closing(verification: Verification, style: Style) -> str:
    """The verdict."""
    counted = {
        "failed": _names(verification, FAILED),
        "skipped": _names(verification, SKIPPED),
    }
    text = _VERDICTS[verification.verdict].format(**counted)
    behind = [each for each in verification.checks if not each.reached]
    if behind:
        text += f" {', '.join(each.name for each in behind)}: {behind[0].said}."
    notes = "".join(f"note: {safe(note)}\n" for note in verification.notes)
    word = style.good(text) if verification.exit_code == 0 else style.severity("error", text)
    return f"\n{notes}{word} ({verification.seconds:.1f} s)\n"


def render(verification: Verification, *, color: bool = False) -> str:
    """The whole report as text."""
    style = Style(color)
    return (
        heading(verification, style)
        + "".join(line(each, style) for each in verification.checks)
        + closing(verification, style)
    )


def render_json(verification: Verification) -> str:
    """One object: ``verdict`` ("proven", "failed" or "not-tried"), what was booted, and every check."""
    data = {
        "schema": SCHEMA,
        "verdict": verification.verdict,
        "target": verification.target,
        "origin": verification.origin,
        "python": verification.python,
        "versions": verification.versions,
        "checks": [
            {"name": each.name, "status": each.status, "said": each.said, "details": list(each.details)}
            for each in verification.checks
        ],
        "notes": list(verification.notes),
        "prepare": verification.prepare,
        "seconds": verification.seconds,
    }
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"


def _names(verification: Verification, status: str) -> str:
    return ", ".join(each.name for each in verification.checks if each.status == status and each.reached)
