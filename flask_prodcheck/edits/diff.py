"""A plan as a unified diff."""

from __future__ import annotations

import difflib

from flask_prodcheck.edits.changes import Change, Plan
from flask_prodcheck.edits.text_file import plain

_NO_NEWLINE = "\\ No newline at end of file\n"


def diff(plan: Plan) -> str:
    """The unified diff of every change, "" when there is none. Line ends and byte order marks, which no change
    touches, are not shown."""
    return "".join(_of(change) for change in plan.changes)


def _of(change: Change) -> str:
    before = [] if change.before is None else _lines(plain(change.before))
    after = _lines(plain(change.after))
    old = "/dev/null" if change.before is None else f"a/{change.path}"
    found = difflib.unified_diff(before, after, old, f"b/{change.path}")
    return "".join(line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}" for line in found)


def _lines(text: str) -> list[str]:
    parts = text.split("\n")
    return [f"{line}\n" for line in parts[:-1]] + parts[-1:] * bool(parts[-1])
