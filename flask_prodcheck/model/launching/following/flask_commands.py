"""Commands that a project gives to Flask's command line: ``flask serve``.

Source: Flask, "Command Line Interface": custom commands (``app.cli``), and plugins (the entry points of ``flask.commands``).
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.facts.statements import argument, calls_in, nested_statements
from flask_prodcheck.facts.syntax import Attribute, Call, Const, Expr, FunctionDef
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.steps import Nothing
from flask_prodcheck.model.python.command_index import own_name
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.instances.find import instances_of
from flask_prodcheck.model.python.instances.kinds import FLASK_KINDS
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.plugins import plugins_of
from flask_prodcheck.records import dataclass

_REGISTERING = frozenset({"command", "add_command"})


@dataclass(frozen=True, slots=True)
class FlaskCommand:
    """The ``function`` of the file at ``path`` that a command runs with ``args``; ``place`` has the entry point as its hop,
    where one names it."""

    path: str
    function: str
    args: tuple[str, ...]
    place: Place


def flask_command(step: Nothing, place: Place, modules: Modules) -> FlaskCommand | None:
    """What ``step``, a command of Flask's that serves nothing by itself, runs in the project; None where the project gives
    it no such command, or several."""
    if step.own is None or step.name != f"flask {step.own.name}":
        return None
    run = step.own
    declared = [each for each in plugins_of(modules, "flask.commands") if each.entry.name == run.name]
    named = [each.found for each in declared] or list(_registered(run.name, modules))
    functions = {(each.module, each.name) for each in named if _is_plain(each, modules)}
    if len(functions) != 1:
        return None
    ((path, function),) = functions
    for each in declared:
        place = place.hop(each.entry.span, f"{each.entry.name} = {each.entry.module}:{each.entry.function}")
    return FlaskCommand(path, function, run.args, place)


def _is_plain(found: Definition, modules: Modules) -> bool:
    """Whether ``found`` is a function of its module, which runs by its name."""
    return found.kind == "function" and modules.define(found.module, found.name).span == found.span


def _registered(name: str, modules: Modules) -> Iterator[Definition]:
    for module in modules:
        if not module.calls_one_of(_REGISTERING):
            continue
        for stmt, _ in nested_statements(module.body):
            if isinstance(stmt, FunctionDef):
                found = Definition("function", module.path, stmt.name, stmt.span, stmt)
                inner = [each.func if isinstance(each, Call) else each for each in stmt.decorators]
                if any(_is_of_flask(modules, module.path, each, "command") for each in inner) and (
                    own_name(found) == name
                ):
                    yield found
            for call in calls_in(stmt):
                if call.args and _is_of_flask(modules, module.path, call.func, "add_command"):
                    given = argument(call, "name", position=1)
                    target = modules.resolve(module.path, call.args[0])
                    if (given.value if isinstance(given, Const) else own_name(target)) == name:
                        yield target


def _is_of_flask(modules: Modules, path: str, func: Expr, method: str) -> bool:
    """Whether ``func`` is ``app.cli.command``, or another such method of the application's group; a blueprint's commands
    stand below its name."""
    if not isinstance(func, Attribute) or func.attr != method:
        return False
    group = func.value
    if not isinstance(group, Attribute) or group.attr != "cli":
        return False
    made = instances_of(modules).of(path, group.value)
    name = modules.qualified(path, group.value)
    given = modules.resolve(path, group.value)
    is_given = method == "add_command" and given.kind in ("missing", "unknown")  # the parameter of a function
    return (made is not None and made.kind in FLASK_KINDS) or name == "flask.current_app" or is_given
