"""Groups of commands of click, typer and cyclopts: which command the words choose, and what runs before it.

Sources: click, "Commands and Groups" (``invoke_without_command``, ``Context.invoked_subcommand``); typer, "Typer
Callback"; click-default-group; cyclopts, "Default Command".
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from flask_prodcheck.facts.statements import argument
from flask_prodcheck.facts.syntax import Attribute, Call, Const, Expr, FunctionDef, Name
from flask_prodcheck.model.python.command_groups import (
    CONTEXTS,
    accepting,
    chosen_command,
    class_given,
    own_group_class,
)
from flask_prodcheck.model.python.command_index import callback_of, commands_of, is_flask_run
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.execution.ways import DEPTH, NEXT, STOP, Way
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.instances.scope import Scope
from flask_prodcheck.model.python.programs.loaded import Loaded
from flask_prodcheck.model.python.programs.source_text import render
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.model.python.signature_options import signature_options
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk


def command_of(
    walk: Walk,
    group: Definition,
    call: Call,
    way: Way,
    frame: Frame,
    *,
    group_class: str = "",
    own_class: tuple[Definition, Call] | None = None,
) -> int:
    """The sub-command of a click group that the arguments name. ``own_class``: the project's class that finds it, with the
    call that makes the group."""
    commands = commands_of(walk.modules, group)
    word, rest = _chosen(group, way.argv, commands)
    if word is None:
        return NEXT
    if "${" in word:
        flows = [
            _run(walk, found, call, Frame(found.module, ""), replace(way.doubted(), argv=()))
            for found in accepting(way.argv, commands)
        ]
        return NEXT if not flows else min(flows)
    found = commands.get(word) or commands.get(word.replace("-", "_"))
    if found is None and own_class is not None:
        found = walk.found_command(own_class, group.module, word)
    if found is not None and not is_flask_run(found):
        return _run(walk, found, call, Frame(found.module, frame.name), replace(way, argv=rest))
    if found is not None or (word == "run" and group_class.endswith("FlaskGroup")):
        body = group.node.body if isinstance(group.node, FunctionDef) else ()
        info = walk.script_info(body, Frame(group.module, frame.name, Scope(body)))
        path, loader = (group.module, info) if info is not None else way.loader or (group.module, None)
        return walk.flask_run(call, way, path, loader)
    return STOP


def _chosen(
    group: Definition, argv: tuple[str, ...], commands: Container[str]
) -> tuple[str | None, tuple[str, ...]]:
    """The word that chooses one of ``commands``, the default's where none does, and the arguments of that command."""
    word, rest = chosen_command(argv, commands)
    default = _default_command(group) if word is None or word not in commands else ""
    return (default, argv) if default in commands else (word, rest)


def _default_command(group: Definition) -> str:
    """The command that click-default-group's class runs where no word names one."""
    made, kind = class_given(group)
    if made is None or kind is None or not render(kind).rpartition(".")[2].endswith("DefaultGroup"):
        return ""
    default = argument(made, "default")
    return default.value if isinstance(default, Const) and isinstance(default.value, str) else ""


def group_instance(walk: Walk, made: Instance, call: Call, receiver: Expr, frame: Frame, way: Way) -> int:
    """The call of the object that a group is."""
    found = walk.modules.resolve(frame.path, receiver, frame.scope.body)
    return _group(walk, found, made, call, frame, way.through(call.span, render(call)))


def _group(walk: Walk, group: Definition, made: Instance, call: Call, frame: Frame, way: Way) -> int:
    commands = commands_of(walk.modules, group)
    word, rest = _chosen(group, way.argv, commands)
    callback = callback_of(walk.modules, group)
    if len(commands) == 1 and callback is None and made.kind == "click-group" and word not in commands:
        only = next(iter(commands.values()))
        if made.call is not None and "Typer" in render(made.call.func):
            return _run(walk, only, call, frame, way)
    if callback is not None:
        flow = _called_back(walk, callback, call, word, commands, frame, way)
        if flow == STOP:
            return STOP
    if word is None:
        return STOP
    target = commands.get(word) or commands.get(word.replace("-", "_"))
    if target is None and (own_class := own_group_class(walk.modules, group)) is not None and "${" not in word:
        target = walk.found_command(own_class, group.module, word)
    if target is not None:
        _run(walk, target, call, Frame(target.module, frame.name), replace(way, argv=rest))
        return STOP
    if word == "run" and made.kind == "flask-group":
        return walk.flask_run(call, way)
    if "${" in word:
        if made.kind == "flask-group":
            walk.flask_run(call, way.doubted())
        for other in accepting(way.argv, commands):
            _run(walk, other, call, Frame(other.module, frame.name), replace(way.doubted(), argv=()))
    return STOP


def _run(walk: Walk, found: Definition, call: Call, frame: Frame, way: Way) -> int:
    """Run the command or the group ``found``."""
    if is_flask_run(found):
        path, loader = way.loader or ("", None)
        return walk.flask_run(call, way, path, loader)
    inner = Call(call.span, call.func, (), ())
    if found.kind == "value":
        made = walk.instances.of_definition(found)
        if made is None or walk.depth > DEPTH:  # a group may be a command of its own
            return NEXT
        walk.deeper()
        try:
            return _group(walk, found, made, inner, frame, way)
        finally:
            walk.depth -= 1
    return walk.enter(found, inner, frame, way, hop=False)


def _called_back(
    walk: Walk,
    callback: tuple[Definition, Expr],
    call: Call,
    word: str | None,
    commands: Container[str],
    frame: Frame,
    way: Way,
) -> int:
    """Run the function that a group runs itself: cyclopts' where no command is named, typer's before every command, and
    without one where it says so."""
    found, decorator = callback
    is_default = isinstance(decorator, Attribute) and decorator.attr == "default"
    is_default = is_default or (isinstance(decorator, Call) and render(decorator.func).endswith(".default"))
    alone = argument(decorator, "invoke_without_command") if isinstance(decorator, Call) else None
    runs_alone = isinstance(alone, Const) and alone.value is True
    if (is_default and word in commands) or (word is None and not is_default and not runs_alone):
        return NEXT
    chosen = word if word in commands or word is None else OPEN
    own = way.argv[: way.argv.index(word)] if word in way.argv and not is_default else way.argv
    options = signature_options(found.node, own) if isinstance(found.node, FunctionDef) else {}
    return walk.enter(found, Call(call.span, call.func, (), ()), frame, way, hop=False, options=options, chosen=chosen)


def found_command(walk: Walk, own_class: tuple[Definition, Call], path: str, word: str) -> Definition | None:
    """The command that the class of a group finds for ``word``: what its ``get_command`` gives back, on an object made
    with what the call in ``path`` gives it."""
    owner, made = own_class
    method, init = (walk.modules.class_member(owner, name) for name in ("get_command", "__init__"))
    names = [param.name for param in method.node.params] if isinstance(method.node, FunctionDef) else []
    if len(names) < 3:
        return None
    attributes: dict[str, object] = {}
    if init.kind == "function" and isinstance(init.node, FunctionDef):
        given = replace(made, args=())  # (click itself takes what stands first)
        values = walk.argument_values(init.node, given, Frame(path, walk.modules.dotted(path) or path))
        walk.tried(init, values, owner=owner, attributes=attributes, trials=0)
    values = dict.fromkeys(names[1:], OPEN) | {names[2]: word}
    results, _ = walk.tried(method, values, owner=owner, attributes=attributes, trials=2)
    loaded = list(dict.fromkeys(each for each in results if isinstance(each, Loaded)))
    found = loaded[0].found(walk.modules) if len(loaded) == 1 else None
    return found if found is not None and found.kind == "function" else None


def click_invoke(walk: Walk, call: Call, func: Attribute, frame: Frame, way: Way) -> int | None:
    """``ctx.invoke(command, ...)`` of click: the command, or the function, with these values and its defaults."""
    first = call.args[0] if call.args else None
    if first is None or not walk.is_click_context(func.value, frame):
        return None
    found = walk.modules.resolve(frame.path, first, frame.scope.body)
    if is_flask_run(found):
        path, loader = way.loader or ("", None)
        return walk.flask_run(call, way, path, loader)
    if found.kind != "function":
        return None
    inner = Call(call.span, first, call.args[1:], call.keywords)
    return walk.enter(found, inner, frame, replace(way.through(call.span, render(call)), argv=()), hop=False)


def is_click_context(walk: Walk, expr: Expr, frame: Frame) -> bool:
    if isinstance(expr, Call):
        return walk.modules.qualified(frame.path, expr.func, frame.scope.body) == "click.get_current_context"
    return isinstance(expr, Name) and expr.id in frame.scope.params and expr.id in CONTEXTS


def invoked_subcommand(walk: Walk, group: Definition, argv: Sequence[str]) -> object:
    """``ctx.invoked_subcommand`` in the function of a group: the command's name, None without one, else open."""
    commands = commands_of(walk.modules, group)
    word, _ = chosen_command(argv, commands)
    if word is None or word in commands:
        return word
    return _default_command(group) or OPEN
