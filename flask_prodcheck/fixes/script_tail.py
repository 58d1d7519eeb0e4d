"""Whether a command is the last thing that its script does."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.types import ShellCase, ShellCommand, ShellGroup, ShellIf, ShellList, ShellStmt


def ends_script(body: Sequence[ShellStmt], at: Span) -> bool:
    """Whether the command at ``at`` runs last whenever it runs: nothing follows it in its branch, nor any branch it is
    in. Loops and functions have what comes after them elsewhere."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, ShellCommand):
        return not last.background and (last.span.line, last.span.column) == (at.line, at.column)
    if isinstance(last, ShellIf):
        return any(ends_script(branch, at) for _, branch in last.branches) or ends_script(last.orelse, at)
    if isinstance(last, ShellCase):
        return any(ends_script(arm, at) for _, arm in last.arms)
    if isinstance(last, ShellList):
        return last.op == "&&" and not last.background and ends_script(last.items, at)
    return isinstance(last, ShellGroup) and not last.subshell and not last.background and ends_script(last.body, at)


def sets_trap(text: str) -> bool:
    """Whether the script ``text`` has work for its own end, which a process that replaces it would not do."""
    return any(line.strip().startswith("trap ") for line in text.split("\n"))
