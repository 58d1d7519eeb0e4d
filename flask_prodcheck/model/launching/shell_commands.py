"""The simple commands of shell statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_prodcheck.facts.types import (
    ShellCase,
    ShellCommand,
    ShellFunction,
    ShellGroup,
    ShellIf,
    ShellList,
    ShellLoop,
    ShellStmt,
)


def every_command(statements: Iterable[ShellStmt]) -> Iterator[ShellCommand]:
    """Every simple command of ``statements`` in the order of the text, in whatever condition, branch, loop or function."""
    for each in statements:
        if isinstance(each, ShellCommand):
            yield each
        elif isinstance(each, ShellIf):
            for condition, body in each.branches:
                yield from every_command(condition)
                yield from every_command(body)
            yield from every_command(each.orelse)
        elif isinstance(each, ShellCase):
            for _, body in each.arms:
                yield from every_command(body)
        elif isinstance(each, ShellLoop):
            yield from every_command(each.condition)
            yield from every_command(each.body)
        elif isinstance(each, (ShellGroup, ShellFunction)):
            yield from every_command(each.body)
        elif isinstance(each, ShellList):
            yield from every_command(each.items)
