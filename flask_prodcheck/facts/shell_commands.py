"""The simple commands of shell statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.types import (
    Command,
    ShellCase,
    ShellCommand,
    ShellFunction,
    ShellGroup,
    ShellIf,
    ShellList,
    ShellLoop,
    ShellStmt,
)


def text_of(command: Command) -> str:
    """The line of a shell form, the words of an exec form."""
    return command.shell if command.shell is not None else " ".join(command.argv or ())


def commands_of(command: Command) -> Sequence[ShellCommand] | None:
    """Every simple command of ``command``, as :func:`every_command` gives them; None when no shell could read the line."""
    try:
        return tuple(every_command(parse_command_line(text_of(command), command.span)))
    except ReadError:
        return None


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
