"""Which commands the groups of a project have, and under which names: what decorators and calls register.

Sources: click, "Commands and Groups" and its API of ``Group``; typer, "SubCommands"; Flask-Script's ``Manager``; cyclopts.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import field

from flask_prodcheck.facts.statements import argument, call_name, calls_in, nested_statements, statements
from flask_prodcheck.facts.syntax import (
    Attribute,
    BinOp,
    Call,
    Collection,
    Const,
    Dict,
    Expr,
    ExprStmt,
    FunctionDef,
    Loop,
    Name,
    Stmt,
    Template,
)
from flask_prodcheck.model.python.command_groups import command_kind, decorator_name
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.instances.find import instances_of
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.plugins import group_named, plugins_of
from flask_prodcheck.records import dataclass

_DECORATORS = frozenset({"command", "group", "option"})
#: Decorators of the function that a group runs itself: before its commands (typer), or without one (cyclopts).
_CALLBACKS = frozenset({"callback", "default"})
_ADDING = frozenset({"add_command", "add_typer"})
_REGISTERING = _DECORATORS | _CALLBACKS | _ADDING
_GROUPS = frozenset({"click-group", "flask-group"})
_COLLECTIONS = frozenset({"click.CommandCollection", "click.core.CommandCollection", "rich_click.CommandCollection"})

#: The module and the line that define a group.
_Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class CommandIndex:
    """By group: its ``commands`` by name, the function that it runs itself (``callbacks``, with the decorator), the groups
    whose commands are its own too (``merged``), and the folders whose files it takes commands from (``folders``)."""

    commands: dict[_Key, dict[str, Definition]] = field(default_factory=dict)
    callbacks: dict[_Key, tuple[Definition, Expr]] = field(default_factory=dict)
    merged: dict[_Key, list[Definition]] = field(default_factory=dict)
    folders: dict[_Key, list[Collected]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Collected:
    """The modules of the package ``folder`` that a group imports to take a command of each: what ``attribute`` is there
    ("": all commands). ``by_file``: called like the module."""

    folder: str
    attribute: str = ""
    by_file: bool = False


def commands_of(modules: Modules, group: Definition) -> dict[str, Definition]:
    """The commands of a group or manager by the name they are called with, functions and groups; of a collection of groups
    also those of its sources, the first of which wins."""
    index = _index(modules)
    found: dict[str, Definition] = {}
    for each in reversed(_with_sources(modules, group, index)):
        key = _key(each)
        for collected in reversed(index.folders.get(key, ())):
            found.update(_in_folder(modules, collected))
        found.update(_given(modules, each))
        found.update(index.commands.get(key, {}))
    return found


def _with_sources(modules: Modules, group: Definition, index: CommandIndex) -> list[Definition]:
    """``group`` and those whose commands are its own too, over any number of steps, each once and behind the one it is
    found by."""
    found: dict[_Key, Definition] = {}
    pending = [group]
    while pending:
        each = pending.pop()
        if _key(each) not in found:
            found[_key(each)] = each
            sources = [modules.resolve(each.module, source) for source in _sources(modules, each)]
            pending += reversed([*sources, *index.merged.get(_key(each), ())])
    return list(found.values())


def callback_of(modules: Modules, group: Definition) -> tuple[Definition, Expr] | None:
    """The function that a group runs itself, and the decorator that says so."""
    return _index(modules).callbacks.get(_key(group))


def _key(group: Definition) -> _Key:
    return group.module, group.span.line if group.span is not None else 0


def _index(modules: Modules) -> CommandIndex:
    index = modules.memo.get("commands")
    if not isinstance(index, CommandIndex):
        index = modules.memo["commands"] = CommandIndex()
        for module in modules:
            if not module.calls_one_of(_REGISTERING):
                continue
            _read(modules, module.path, module.body, (), index)
            for stmt, _ in nested_statements(module.body) if module.calls_one_of(_ADDING) else ():
                if isinstance(stmt, FunctionDef):
                    _read(modules, module.path, stmt.body, stmt.body, index)
    return index


def _read(modules: Modules, path: str, body: Sequence[Stmt], scope: Sequence[Stmt], index: CommandIndex) -> None:
    for stmt, _ in statements(body):
        if isinstance(stmt, FunctionDef):
            for decorator in stmt.decorators:
                _registered(modules, path, stmt, decorator, index)
        elif isinstance(stmt, ExprStmt) and isinstance(stmt.value, Call):
            _added(modules, path, stmt.value, body, scope, index)
        elif isinstance(stmt, Loop):
            _added_in_turn(modules, path, stmt, scope, index)


def _registered(modules: Modules, path: str, node: FunctionDef, decorator: Expr, index: CommandIndex) -> None:
    inner = decorator.func if isinstance(decorator, Call) else decorator
    if not isinstance(inner, Attribute) or inner.attr not in _DECORATORS | _CALLBACKS:
        return
    receiver = inner.value
    if isinstance(receiver, Attribute) and receiver.attr == "cli":
        owner = modules.resolve(path, receiver.value)
    else:
        owner = modules.resolve(path, receiver)
    if owner.span is None or not owner.is_project:
        return
    found = Definition("function", path, node.name, node.span, node)
    if inner.attr in _CALLBACKS:
        index.callbacks[_key(owner)] = found, decorator
        return
    made = instances_of(modules).of(path, receiver)
    name = node.name if inner.attr == "option" else _named(decorator) or node.name.replace("_", "-")
    if made is not None and made.kind == "flask-script":
        name = node.name
    index.commands.setdefault(_key(owner), {})[name] = found


def _named(call: Expr) -> str:
    """The name that a decorator, or the call which makes a group, gives."""
    given = argument(call, "name", position=0) if isinstance(call, Call) else None
    return given.value if isinstance(given, Const) and isinstance(given.value, str) else ""


def is_flask_run(command: Definition) -> bool:
    """Whether a command is Flask's own ``run`` (flask/cli.py, ``run_command``)."""
    return command.kind == "external" and command.name == "flask.cli.run_command"


def own_name(target: Definition) -> str:
    """The name that a command has by itself."""
    node = target.node
    if is_flask_run(target):
        return "run"
    if target.kind == "value":
        return _named(target.value) if target.value is not None else ""
    if not isinstance(node, FunctionDef):
        return ""
    names = [_named(each) for each in node.decorators if decorator_name(each) in ("command", "group")]
    return next(filter(None, names), node.name.replace("_", "-"))


def _added(
    modules: Modules, path: str, call: Call, body: Sequence[Stmt], scope: Sequence[Stmt], index: CommandIndex
) -> None:
    """``group.add_command(command, name="x")``, ``app.add_typer(other, name="x")``, ``app.command("x")(function)``."""
    func = call.func
    if isinstance(func, Call) and isinstance(func.func, Attribute) and func.func.attr in ("command", "callback"):
        target = modules.resolve(path, call.args[0], scope) if len(call.args) == 1 else None
        if target is not None and isinstance(target.node, FunctionDef) and target.kind == "function":
            owner = modules.resolve(path, func.func.value, scope)
            if owner.is_project and owner.span is not None:
                name = _named(func) or target.node.name.replace("_", "-")
                index.commands.setdefault(_key(owner), {})[name] = target
        return
    if not isinstance(func, Attribute) or func.attr not in _ADDING or not call.args:
        return
    owner = modules.resolve(path, func.value, scope)
    if owner.span is None or not owner.is_project:
        return
    given = argument(call, "name", position=1 if func.attr == "add_command" else None)
    name = given.value if isinstance(given, Const) and isinstance(given.value, str) else ""
    if not _add(modules, owner, modules.resolve(path, call.args[0], scope), name, func.attr, index):
        folder = _imported_folder(modules, path, body)
        if folder is not None:
            attribute = call.args[0].attr if isinstance(call.args[0], Attribute) else ""
            index.folders.setdefault(_key(owner), []).append(Collected(folder, attribute, given is not None))


def _add(modules: Modules, owner: Definition, target: Definition, name: str, how: str, index: CommandIndex) -> bool:
    if target.kind == "value":
        made = instances_of(modules).of_definition(target)
        if made is None or made.kind not in _GROUPS:
            return False
        name = name or own_name(target)
        if not name:  # typer takes over the commands of an application without a name
            index.merged.setdefault(_key(owner), []).extend([target] if how == "add_typer" else ())
            return True
    elif not is_flask_run(target) and (target.kind != "function" or not isinstance(target.node, FunctionDef)):
        return False
    index.commands.setdefault(_key(owner), {})[name or own_name(target)] = target
    return True


def _added_in_turn(modules: Modules, path: str, loop: Loop, scope: Sequence[Stmt], index: CommandIndex) -> None:
    """``for command in (one, other): group.add_command(command)``, and the same for the entry points of a group."""
    if group := group_named(modules, path, loop.source, scope):
        _add_plugins(modules, path, loop, scope, group, index)
        return
    source: Expr | None = loop.source
    if isinstance(source, Name):
        source = modules.resolve(path, source, scope).value
    if not isinstance(source, Collection) or not isinstance(loop.target, Name):
        return
    for stmt, _ in statements(loop.body):
        for call in calls_in(stmt):
            first = call.args[0] if call.args and call_name(call) in _ADDING else None
            if isinstance(first, Name) and first.id == loop.target.id and isinstance(call.func, Attribute):
                owner = modules.resolve(path, call.func.value, scope)
                for item in source.items if owner.is_project and owner.span is not None else ():
                    _add(modules, owner, modules.resolve(path, item, scope), "", call.func.attr, index)


def _add_plugins(
    modules: Modules, path: str, loop: Loop, scope: Sequence[Stmt], group: str, index: CommandIndex
) -> None:
    """``for point in entry_points(group="shop.commands"): group.add_command(point.load(), point.name)``."""
    for stmt, _ in statements(loop.body):
        for call in calls_in(stmt):
            if call_name(call) not in _ADDING or not isinstance(call.func, Attribute) or not call.args:
                continue
            owner = modules.resolve(path, call.func.value, scope)
            named = len(call.args) > 1 or argument(call, "name") is not None
            for plugin in plugins_of(modules, group) if owner.is_project and owner.span is not None else ():
                _add(modules, owner, plugin.found, plugin.entry.name if named else "", call.func.attr, index)


def _plugged_in(modules: Modules, group: Definition, decorator: Call) -> Iterator[tuple[str, Definition]]:
    """The commands that click-plugins adds: ``@with_plugins(iter_entry_points("shop.commands"))``."""
    if decorator_name(decorator) != "with_plugins" or not decorator.args:
        return
    named = group_named(modules, group.module, decorator.args[0])
    for plugin in plugins_of(modules, named) if named else ():
        if plugin.found.kind in ("function", "value"):
            yield own_name(plugin.found), plugin.found


def _makers(group: Definition) -> list[Call]:
    """The calls that may make a group: its value, the decorators of its function."""
    node = group.node
    made = [group.value, *(node.decorators if isinstance(node, FunctionDef) else ())]
    return [each for each in made if isinstance(each, Call)]


def _given(modules: Modules, group: Definition) -> dict[str, Definition]:
    """The commands that the call which makes a group is given: ``Group(commands={"serve": serve})``, or a list; and those
    that a decorator of it brings."""
    found: dict[str, Definition] = {}
    for call in _makers(group):
        found |= dict(_plugged_in(modules, group, call))
        commands = argument(call, "commands")
        pairs: list[tuple[str, Expr]] = []
        if isinstance(commands, Dict):
            pairs = [(str(key.value), value) for key, value in commands.items if isinstance(key, Const)]
        elif isinstance(commands, Collection):
            pairs = [("", each) for each in commands.items]
        for name, each in pairs:
            target = modules.resolve(group.module, each)
            if target.kind in ("function", "value"):
                found[name or own_name(target)] = target
    return found


def _sources(modules: Modules, group: Definition) -> Sequence[Expr]:
    """The groups whose commands ``CommandCollection(sources=[...])``, as a value or as the class of a group, offers as
    well; the last first."""
    for call in _makers(group):
        sources = argument(call, "sources", position=1 if call is group.value else None)
        kind = call.func if call is group.value else argument(call, "cls")
        name = modules.qualified(group.module, kind) if kind is not None else None
        if isinstance(sources, Collection) and name in _COLLECTIONS:
            return tuple(reversed(sources.items))
    return ()


# --- commands from the modules of a package


def _imported_folder(modules: Modules, path: str, body: Sequence[Stmt]) -> str | None:
    """The folder of the package all of whose modules ``body`` imports by name: ``import_module(f"shop.commands.{name}")``."""
    for stmt, _ in statements(body):
        for call in calls_in(stmt):
            if call_name(call) == "import_module" and call.args:
                prefix = "".join(_beginning(modules, path, call.args[0]))
                relative = argument(call, "package", position=1) if prefix.startswith(".") else None
                if relative is not None:
                    prefix = "".join(_beginning(modules, path, relative)) + prefix
                found = modules.find_imported(path, prefix.strip("."), 0) if prefix.strip(".") else None
                if found is not None and prefix.endswith("."):
                    return found.rstrip("/") if found.endswith("/") else posixpath.dirname(found)
    return None


def _beginning(modules: Modules, path: str, expr: Expr) -> Iterator[str]:
    """The text that ``expr`` begins with, as far as it is known."""
    if isinstance(expr, Const):
        yield str(expr.value)
    elif isinstance(expr, BinOp) and expr.op == "+":
        yield from _beginning(modules, path, expr.left)
        if isinstance(expr.right, Const):
            yield str(expr.right.value)
    elif isinstance(expr, Template):
        for part in expr.parts:
            known = "".join(_beginning(modules, path, part))
            if not known:
                return
            yield known
    elif isinstance(expr, Name) and expr.id in ("__package__", "__name__"):
        whole = path.endswith("__init__.py") or expr.id == "__name__"
        name = modules.dotted(path) or ""
        yield name if whole else name.rpartition(".")[0]
    elif isinstance(expr, Attribute) and expr.attr == "__name__":
        found = modules.resolve(path, expr.value)
        if found.kind == "module":
            yield modules.dotted(found.module) or ""


def _in_folder(modules: Modules, collected: Collected) -> Iterator[tuple[str, Definition]]:
    """The commands of :class:`Collected` modules by name: those that their files add to no group themselves."""
    for module in modules:
        if posixpath.dirname(module.path) != collected.folder or module.path.endswith("__init__.py"):
            continue
        for stmt in module.body:
            if not isinstance(stmt, FunctionDef) or not command_kind(stmt):
                continue
            if collected.attribute not in ("", stmt.name):
                continue
            loose = [each for each in stmt.decorators if decorator_name(each) in ("command", "group")]
            inner = [each.func if isinstance(each, Call) else each for each in loose]
            if all((modules.qualified(module.path, each) or "").rpartition(".")[2] in _DECORATORS for each in inner):
                found = Definition("function", module.path, stmt.name, stmt.span, stmt)
                file = posixpath.basename(module.path).removesuffix(".py")
                yield file if collected.by_file else own_name(found), found
