"""How a system starts a service by its script: what it runs of the script once this has been read.

Sources: openrc-run(8) ("Variables"); init-d-script(5); OpenWrt, "Init Scripts" and "procd init scripts".
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.facts.types import ShellScript, ShellStmt
from flask_prodcheck.model.launching.chain_end import Ended
from flask_prodcheck.model.launching.shell.sourced import own_functions
from flask_prodcheck.model.project import Hop
from flask_prodcheck.records import replace

#: The functions by which a script says itself how it starts, and the variables that hold the command where it does not.
_CALLED = {
    "rc.common": (("start_service", "start"), ()),
    "openrc": (("start",), ("command", "command_args", "command_args_foreground", "command_args_background")),
    "init-d-script": (("do_start", "do_start_cmd"), ("DAEMON", "DAEMON_ARGS")),
}
#: What a system gives an init script to start a service.
START = ("start",)


#: What makes it do so.
_STARTING = frozenset({"start", "restart", "boot"})


def called_afterwards(script: ShellScript, args: Sequence[str]) -> tuple[ShellStmt, ...]:
    """The statements that the interpreter of ``script`` runs after it where ``args`` ask it to start the service; nothing
    where the script decides by its argument."""
    functions, variables = _CALLED.get(script.service, ((), ())) if not _STARTING.isdisjoint(args) else ((), ())
    own = own_functions(script)
    function = next((own[name] for name in functions if name in own), None)
    if function is not None:
        return parse_command_line(function.name, function.span)
    assigned = {name: command.span for command in every_command(script.body) for name, _ in command.assigns}
    if not variables or variables[0] not in assigned:
        return ()
    text = " ".join(f"${name}" for name in variables if name in assigned)
    return parse_command_line(text, Span(script.path, assigned[variables[0]].line))


def is_called_to_start(script: ShellScript, args: Sequence[str]) -> bool:
    """Whether who calls ``script`` with ``args`` wants it to start a service."""
    return script.service != "" or tuple(args[:1]) == START


def only_one(script: ShellScript, found: list[Ended]) -> list[Ended]:
    """The chains that ``script`` reaches when it is called to start a service, whatever it asks before: of several commands
    that start something none is certain."""
    lines = {hop.span.line for each in found for hop in _last_of(script, each)}
    if len(lines) < 2:
        return found
    return [replace(each, place=replace(each.place, certain=False)) for each in found]


def _last_of(script: ShellScript, ended: Ended) -> list[Hop]:
    return [hop for hop in ended.place.hops if hop.span.file == script.path][-1:]
