"""Commands that a template decides: which of them start the same server whichever way it is decided."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.facts.conditionals import CONDITIONAL
from flask_prodcheck.facts.types import Command, Start
from flask_prodcheck.model.launching.commands.read import read_command
from flask_prodcheck.model.launching.steps import ServerStart


def decided(starts: Sequence[Start]) -> list[Start]:
    """``starts`` without those whose command a template decides, but one for each command that starts the same server
    whichever way it is decided."""
    kept: list[Start] = []
    for start in starts:
        if CONDITIONAL in start.options:
            alike = [each for each in starts if each.span == start.span]
            if start is not alike[-1] or not serve_alike([each.command for each in alike if each.command is not None]):
                continue
        kept.append(start)
    return kept


def serve_alike(commands: Sequence[Command]) -> bool:
    """Whether each of ``commands`` starts the same server for the same target."""
    steps = [read_command(each.argv or ()).step for each in commands]
    served = {(each.server, each.target) if isinstance(each, ServerStart) else None for each in steps}
    return len(served) == 1 and None not in served
