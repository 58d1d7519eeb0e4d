"""Calls that start another program.

Source: https://docs.python.org/3/library/os.html#process-management and ``subprocess``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.facts.statements import argument
from flask_prodcheck.facts.syntax import Call, Collection, Const, Dict, Expr
from flask_prodcheck.model.python.execution.ways import Ending, Way
from flask_prodcheck.model.python.programs.expressions import evaluate
from flask_prodcheck.model.python.programs.references import OWN_FILE
from flask_prodcheck.model.python.programs.source_text import render
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.model.python.programs.words import text_of
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk


SPAWNS = regex(r"^os\.(?:spawn[lv]p?e?|posix_spawnp?)$")


#: Those that take the words of the command one by one.
_LISTED = regex(r"^os\.(?:exec|spawn)l")


SHELLS = frozenset(
    {
        "os.system",
        "os.popen",
        "subprocess.getoutput",
        "subprocess.getstatusoutput",
        "pty.spawn",
        "fabric.api.local",
        "fabric.api.run",
        "fabric.api.sudo",
        "fabric.operations.local",
        "fabric.operations.run",
        "fabric.operations.sudo",
        "invoke.run",
    }
)


def exec_call(walk: Walk, name: str, call: Call, frame: Frame, way: Way) -> None:
    args = list(call.args)
    if SPAWNS.match(name) and not name.startswith("os.posix"):
        args = args[1:]
    program = args[0] if args else None
    if program is None:
        return
    if name.endswith("e") or name.startswith("os.posix"):
        way = with_environment(walk, way, args[-1] if _LISTED.match(name) else args[2] if len(args) > 2 else None, frame)
    words: object
    if _LISTED.match(name):
        rest = args[1:-1] if name.endswith("e") else args[1:]
        words = evaluate(walk.world, frame, Collection(call.span, "list", tuple(rest)))
    else:
        words = evaluate(walk.world, frame, args[1]) if len(args) > 1 else OPEN
    first = text_of(program, evaluate(walk.world, frame, program))
    found = [str(word) for word in words] if isinstance(words, list) else [first, "${arguments}"]
    walk.add_ending(call, way, argv=(first, *found[1:]))


def subprocess_call(walk: Walk, name: str, call: Call, frame: Frame, way: Way) -> None:
    command = call.args[0] if call.args else argument(call, "args", "cmd", "command")
    shell = argument(call, "shell")
    through_shell = name in SHELLS or (shell is not None and evaluate(walk.world, frame, shell) not in (False, None))
    walk.start_command(call, command, frame, way, through_shell=through_shell)


def start_command(walk: Walk, call: Call, command: Expr | None, frame: Frame, way: Way, *, through_shell: bool) -> None:
    folder = argument(call, "cwd")
    way = with_environment(walk, way, argument(call, "env"), frame)
    if folder is not None:
        where = evaluate(walk.world, frame, folder)
        way = replace(way, env=("env", "-C", where, *way.env[1:])) if isinstance(where, str) else way
    value = evaluate(walk.world, frame, command) if command is not None else OPEN
    if isinstance(value, list):
        words = tuple(str(word) for word in value)
        if through_shell and len(words) == 1:
            walk.add_ending(call, way, shell=words[0])
        elif words:
            walk.add_ending(call, way, argv=words)
    elif isinstance(value, str) and value.strip():
        if through_shell:
            walk.add_ending(call, way, shell=value)
        else:
            walk.add_ending(call, way, argv=tuple(value.split()))


def with_environment(walk: Walk, way: Way, variables: Expr | None, frame: Frame) -> Way:
    """``way`` with the ``variables`` that are handed to what is started."""
    if isinstance(variables, Dict):
        pairs = [(str(key.value), value) for key, value in variables.items if isinstance(key, Const)]
        return walk.with_variables(way, pairs, frame)
    given = evaluate(walk.world, frame, variables) if variables is not None else OPEN
    if not isinstance(given, dict) or not given:
        return way
    words = [f"{name}={value if isinstance(value, str) else '${value}'}" for name, value in given.items()]
    return replace(way, env=(*(way.env or ("env",)), *words))


def add_ending(
    walk: Walk, call: Call, way: Way, *, argv: tuple[str, ...] | None = None, shell: str | None = None
) -> None:
    here = way.through(call.span, render(call))
    variables = [f"{name}={value}" for name, value in walk.world.exported.items()]
    surrounding = (*(way.env or ("env",)), *variables) if variables else way.env
    if argv is not None:
        argv = (*surrounding, *(OWN_FILE + word if word == walk.path else word for word in argv))
    elif shell is not None and surrounding:
        argv, shell = (*surrounding, "sh", "-c", shell), None
    walk.endings.append(Ending(here.hops, None, call, None, "", argv, shell, way.certain))
