"""Commands that a template decides: which of them start the same server whichever way it is decided."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.facts.conditionals import CONDITIONAL
from flask_prodcheck.facts.types import Start
from flask_prodcheck.model.launching.commands.read import read_command
from flask_prodcheck.model.launching.steps import ServerStart


def decided(starts: Sequence[Start]) -> list[Start]:
    """``starts`` without those whose command a template decides, but one for each command that starts the same server
    whichever way it is decided."""
    kept: list[Start] = []
    for start in starts:
        if CONDITIONAL in start.options:
            alike = [each for each in starts if each.span == start.span]
            if start is not alike[-1] or not _serve_alike(alike):
                continue
        kept.append(start)
    return kept


def _serve_alike(starts: Sequence[Start]) -> bool:
    steps = [read_command(each.command.argv or ()).step for each in starts if each.command is not None]
    served = {(each.server, each.target) if isinstance(each, ServerStart) else None for each in steps}
    return len(served) == 1 and None not in served
