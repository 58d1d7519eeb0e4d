"""Conditions of a running shell: tests, commands whose outcome is plain, and what joins them."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import ShellCommand, ShellList, ShellStmt, ShellTest
from flask_prodcheck.model.launching.place import Place, is_there
from flask_prodcheck.model.launching.shell.expansion import Expander
from flask_prodcheck.model.launching.shell.tests import decide


def outcome_of(condition: Sequence[ShellStmt], place: Place, facts: Facts) -> bool | None:
    """Whether ``condition`` holds at ``place``; None where that is not known."""
    if len(condition) != 1:
        return None
    statement = condition[0]
    if isinstance(statement, ShellTest):
        return decide(statement, Expander(place).text, lambda operator, path: is_there(operator, path, place, facts))
    if isinstance(statement, ShellCommand) and statement.words:
        name = Expander(place).text(statement.words[0])
        return {"true": True, ":": True, "false": False}.get(name)
    if isinstance(statement, ShellList) and statement.op in ("&&", "||"):
        parts = [outcome_of((item,), place, facts) for item in statement.items]
        if statement.op == "&&":
            return False if False in parts else True if all(parts) else None
        return True if True in parts else False if all(part is False for part in parts) else None
    return None
