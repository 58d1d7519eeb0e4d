"""Commands that are classes of the project: cleo's and cliff's, which an application object runs, and plumbum's.

Sources: https://cleo.readthedocs.io (``Command.handle``, ``Application.add``); https://plumbum.readthedocs.io/en/latest/cli.html
(``main``, ``subcommand``); https://docs.openstack.org/cliff (``CommandManager``, ``Command.take_action``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask_prodcheck.facts.statements import (
    argument,
    call_name,
    nested_statements,
    statement_expressions,
    statements,
    subexpressions,
)
from flask_prodcheck.facts.syntax import Assign, Attribute, Call, ClassDef, Const, Name
from flask_prodcheck.model.python.command_groups import decorator_name
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.execution.ways import NEXT, Way
from flask_prodcheck.model.python.mentions import mentions_of
from flask_prodcheck.model.python.plugins import plugins_of
from flask_prodcheck.model.python.programs.source_text import render
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk

_CLEO = frozenset({"cleo.commands.command.Command", "cleo.Command", "cleo.commands.Command"})
_PLUMBUM = frozenset({"plumbum.cli.Application", "plumbum.cli.application.Application"})
_CLIFF = frozenset({"cliff.app.App", "cliff.App"})
_MANAGERS = frozenset({"CommandManager"})


def cleo_run(walk: Walk, call: Call, frame: Frame, way: Way) -> int:
    """``Application().run()``: the command whose name the words begin with."""
    for owner in _classes(walk, _CLEO):
        words = _name(owner).split()
        if words and list(way.argv[: len(words)]) == words:
            here = replace(way.through(call.span, render(call)), argv=way.argv[len(words) :])
            return _method(walk, owner, "handle", call, frame, here)
    return NEXT


def plumbum_run(walk: Walk, call: Call, func: Attribute, frame: Frame, way: Way) -> int | None:
    """``Shop.run()``: its ``main``, and then that of the sub-command which the words name. None where it is no such class."""
    owner = walk.modules.resolve(frame.path, func.value, frame.scope.body)
    if owner.kind != "class" or _PLUMBUM.isdisjoint(walk.modules.bases(owner)):
        return None
    here = way.through(call.span, render(call))
    flow = _method(walk, owner, "main", call, frame, here)
    for each in _classes(walk, _PLUMBUM):
        if flow == NEXT and way.argv and _subcommand(walk, each, owner) == way.argv[0]:
            return _method(walk, each, "main", call, frame, replace(here, argv=way.argv[1:]))
    return flow


def cliff_run(walk: Walk, call: Call, func: Attribute, frame: Frame, way: Way) -> int | None:
    """``Shop().run(argv)``: the command that the words begin with, of the group of entry points which the class of the
    application names. None where it is no such object."""
    owner = walk.instances.owners.of(frame.path, func.value, frame.scope)
    if owner is None or _CLIFF.isdisjoint(walk.modules.bases(owner)):
        return None
    words = list(way.argv)
    while words and words[0].startswith("-"):
        words.pop(0)  # options of the application
    plugins = [each for group in _groups(walk, owner) for each in plugins_of(walk.modules, group)]
    for plugin in sorted(plugins, key=lambda each: -each.entry.name.count("_")):
        name = plugin.entry.name.split("_")
        if plugin.found.kind == "class" and words[: len(name)] == name:
            here = replace(way.through(call.span, render(call)), argv=tuple(words[len(name) :]))
            return _method(walk, plugin.found, "take_action", call, Frame(plugin.found.module, frame.name), here)
    return NEXT


def _groups(walk: Walk, owner: Definition) -> Iterator[str]:
    """The groups of the command managers that the class of a cliff application makes."""
    for stmt, _ in nested_statements(owner.node.body) if isinstance(owner.node, ClassDef) else ():
        for expr in statement_expressions(stmt):
            for part in subexpressions(expr):
                name = argument(part, "namespace", position=0) if isinstance(part, Call) else None
                made = isinstance(part, Call) and call_name(part) in _MANAGERS
                if made and isinstance(name, Const) and isinstance(name.value, str):
                    yield name.value


def _method(walk: Walk, owner: Definition, name: str, call: Call, frame: Frame, way: Way) -> int:
    method = walk.modules.class_member(owner, name)
    if method.kind != "function":
        return NEXT
    return walk.enter(method, Call(call.span, call.func, (), ()), frame, way, owner=owner, hop=False)


def _classes(walk: Walk, bases: frozenset[str]) -> Iterator[Definition]:
    """The classes of the project below one of ``bases``."""
    below = mentions_of(walk.modules).holding({name.rpartition(".")[2] for name in bases})
    for module in walk.modules:
        for stmt in module.body if module.gives_one_of(below) else ():
            if isinstance(stmt, ClassDef):
                owner = Definition("class", module.path, stmt.name, stmt.span, stmt)
                if not bases.isdisjoint(walk.modules.bases(owner)):
                    yield owner


def _name(owner: Definition) -> str:
    """The text that the class gives the attribute ``name``."""
    for stmt, _ in statements(owner.node.body) if isinstance(owner.node, ClassDef) else ():
        is_name = isinstance(stmt, Assign) and any(
            isinstance(each, Name) and each.id == "name" for each in stmt.targets
        )
        if is_name and isinstance(stmt, Assign) and isinstance(stmt.value, Const):
            return str(stmt.value.value)
    return ""


def _subcommand(walk: Walk, owner: Definition, above: Definition) -> str:
    """The word for which ``@Above.subcommand("word")`` registers the class."""
    for decorator in owner.node.decorators if isinstance(owner.node, ClassDef) else ():
        if isinstance(decorator, Call) and decorator_name(decorator) == "subcommand" and decorator.args:
            receiver = decorator.func.value if isinstance(decorator.func, Attribute) else decorator.func
            word = decorator.args[0]
            if walk.modules.resolve(owner.module, receiver).node is above.node and isinstance(word, Const):
                return str(word.value)
    return ""
