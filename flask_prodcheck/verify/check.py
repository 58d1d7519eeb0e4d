"""What a step of the proof came to."""

from __future__ import annotations

from collections.abc import Iterable

from flask_prodcheck.records import dataclass

PASSED = "passed"
FAILED = "failed"
SKIPPED = "skipped"
NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Check:
    """One step. ``status`` is "passed", "failed", "skipped" (it could not be tried, and ``said`` tells why) or "noted"
    (seen, no judgement). ``said`` is one sentence, ``details`` more lines. ``reached`` is false when an earlier step
    kept this one from being tried."""

    name: str
    status: str
    said: str
    details: tuple[str, ...] = ()
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Verification:
    """The whole proof: ``origin`` says what was booted, ``python`` names the interpreter, ``prepare`` the
    project's command for what was missing ("" when nothing was, or none is known)."""

    origin: str
    target: str
    python: str
    versions: dict[str, str]
    checks: tuple[Check, ...]
    seconds: float
    notes: tuple[str, ...] = ()
    prepare: str = ""

    @property
    def exit_code(self) -> int:
        """0 when all was seen, 1 when something failed, 3 when something could not be tried."""
        return exit_code(self.checks)

    @property
    def verdict(self) -> str:
        return {0: "proven", 1: "failed", 3: "not-tried"}[self.exit_code]


def exit_code(checks: Iterable[Check]) -> int:
    """The exit code for these checks."""
    states = {check.status for check in checks}
    return 1 if FAILED in states else 3 if SKIPPED in states else 0
