"""Commands of a program: click and typer groups, the Flask CLI, Flask-Script managers, and which one the arguments name.

Sources: click's documentation of groups and options; Flask-Script's ``Manager``.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from flask_prodcheck.facts.statements import argument, call_name, nested_statements, statements
from flask_prodcheck.facts.syntax import Attribute, Call, Collection, Const, Expr, ExprStmt, FunctionDef, Name
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.instances.find import instances_of
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.programs import OPEN

_DECORATORS = frozenset({"command", "group", "option"})
_REGISTERING = _DECORATORS | {"add_command"}
_COLLECTIONS = frozenset({"click.CommandCollection", "click.core.CommandCollection", "rich_click.CommandCollection"})
_NESTED = 4  # collections of collections


def decorator_name(expr: Expr) -> str:
    inner = expr.func if isinstance(expr, Call) else expr
    return inner.attr if isinstance(inner, Attribute) else inner.id if isinstance(inner, Name) else ""


def command_kind(node: FunctionDef) -> str:
    """ "command" or "group" for a click command, else ""."""
    names = {decorator_name(item) for item in node.decorators}
    if "group" in names:
        return "group"
    return "command" if names & {"command"} else ""


def group_class_name(modules: Modules, found: Definition) -> str:
    decorator, kind = _class_given(found)
    if decorator is None or kind is None:
        return ""
    target = modules.resolve(found.module, kind)
    if target.kind == "class" and any(base.endswith("FlaskGroup") for base in modules.bases(target)):
        return "FlaskGroup"
    return modules.qualified(found.module, kind) or ""


def group_loader(modules: Modules, found: Definition) -> tuple[str, Call] | None:
    """The decorator of a group that says which application its commands use, and its file."""
    decorator, _ = _class_given(found)
    return (found.module, decorator) if decorator is not None and argument(decorator, "create_app") else None


def own_group_class(modules: Modules, found: Definition) -> tuple[Definition, Call] | None:
    """The project's class of a group that finds the commands itself, and the call that makes the group."""
    node = found.node
    if isinstance(node, FunctionDef):
        made, kind = _class_given(found)
    else:
        made = found.value if isinstance(found.value, Call) else None
        kind = made.func if made is not None else None
    owner = modules.resolve(found.module, kind) if kind is not None else None
    if made is None or owner is None or owner.kind != "class":
        return None
    return (owner, made) if modules.class_member(owner, "get_command").kind == "function" else None


def _class_given(found: Definition) -> tuple[Call | None, Expr | None]:
    """The decorator that makes a command of a class, and that class."""
    node = found.node
    for decorator in node.decorators if isinstance(node, FunctionDef) else ():
        kind = argument(decorator, "cls") if isinstance(decorator, Call) else None
        if isinstance(decorator, Call) and kind is not None:
            return decorator, kind
    return None, None


def commands_of(modules: Modules, group: Definition, depth: int = 0) -> dict[str, Definition]:
    """The functions that are commands of a group or manager, by the name they are called with; of a collection of groups
    also those of its sources, the first of which wins."""
    index = modules.memo.get("commands")
    if not isinstance(index, dict):
        index = _command_index(modules)
        modules.memo["commands"] = index
    found = dict(index.get((group.module, group.span.line if group.span is not None else 0), {}))
    for source in _sources(modules, group) if depth < _NESTED else ():
        found = {**commands_of(modules, modules.resolve(group.module, source), depth + 1), **found}
    return found


def _sources(modules: Modules, group: Definition) -> Sequence[Expr]:
    """The groups whose commands ``CommandCollection(sources=[...])``, as a value or as the class of a group, offers as
    well; the last first."""
    node = group.node
    made = [group.value, *(node.decorators if isinstance(node, FunctionDef) else ())]
    for call in made:
        if not isinstance(call, Call):
            continue
        sources = argument(call, "sources", position=1 if call is group.value else None)
        kind = call.func if call is group.value else argument(call, "cls")
        name = modules.qualified(group.module, kind) if kind is not None else None
        if isinstance(sources, Collection) and name in _COLLECTIONS:
            return tuple(reversed(sources.items))
    return ()


def _command_index(modules: Modules) -> dict[tuple[str, int], dict[str, Definition]]:
    index: dict[tuple[str, int], dict[str, Definition]] = {}
    for module in modules:
        if not module.calls_one_of(_REGISTERING):
            continue
        for stmt, _ in statements(module.body):
            if isinstance(stmt, FunctionDef):
                for decorator in stmt.decorators:
                    entry = _registered(modules, module.path, stmt, decorator)
                    if entry is not None:
                        owner, name = entry
                        index.setdefault(owner, {})[name] = Definition(
                            "function", module.path, stmt.name, stmt.span, stmt
                        )
            elif isinstance(stmt, ExprStmt) and isinstance(stmt.value, Call):
                _added(modules, module.path, stmt.value, index)
    return index


def _registered(modules: Modules, path: str, node: FunctionDef, decorator: Expr) -> tuple[tuple[str, int], str] | None:
    inner = decorator.func if isinstance(decorator, Call) else decorator
    if not isinstance(inner, Attribute) or inner.attr not in _DECORATORS:
        return None
    receiver = inner.value
    if isinstance(receiver, Attribute) and receiver.attr == "cli":
        owner = modules.resolve(path, receiver.value)
    else:
        owner = modules.resolve(path, receiver)
    if owner.span is None or not owner.is_project:
        return None
    name = node.name.replace("_", "-") if inner.attr != "option" else node.name
    given = decorator.args[0] if isinstance(decorator, Call) and decorator.args and inner.attr != "option" else None
    if isinstance(decorator, Call) and given is None and inner.attr != "option":
        given = argument(decorator, "name")
    if isinstance(given, Const) and isinstance(given.value, str):
        name = given.value
    made = instances_of(modules).of(path, receiver)
    if made is not None and made.kind == "flask-script":
        name = node.name
    return (owner.module, owner.span.line), name


def _added(modules: Modules, path: str, call: Call, index: dict[tuple[str, int], dict[str, Definition]]) -> None:
    """``group.add_command(function, name="x")``."""
    func = call.func
    if not isinstance(func, Attribute) or func.attr != "add_command" or not call.args:
        return
    owner = modules.resolve(path, func.value)
    target = modules.resolve(path, call.args[0])
    if owner.span is None or target.kind != "function" or not isinstance(target.node, FunctionDef):
        return
    given = argument(call, "name", position=1)
    name = given.value if isinstance(given, Const) and isinstance(given.value, str) else ""
    for decorator in target.node.decorators:
        if (
            not name
            and isinstance(decorator, Call)
            and decorator.args
            and isinstance(decorator.args[0], Const)
            and decorator_name(decorator) in ("command", "group")
        ):
            name = str(decorator.args[0].value)
    index.setdefault((owner.module, owner.span.line), {})[name or target.node.name.replace("_", "-")] = target


def added_command(modules: Modules, manager: Definition, word: str) -> tuple[str, Expr] | None:
    """What Flask-Script's ``manager.add_command("word", value)`` adds under ``word``, and where."""
    for module in modules:
        if not module.calls_one_of({"add_command"}):
            continue
        for stmt, _ in nested_statements(module.body):
            call = stmt.value if isinstance(stmt, ExprStmt) else None
            if (
                not isinstance(call, Call)
                or call_name(call) != "add_command"
                or len(call.args) < 2
                or not isinstance(call.func, Attribute)
            ):
                continue
            name = call.args[0]
            if (
                isinstance(name, Const)
                and name.value == word
                and modules.resolve(module.path, call.func.value).span == manager.span
            ):
                return module.path, call.args[1]
    return None


_GROUP_OPTIONS = frozenset({"-A", "--app", "-e", "--env-file"})


def subcommand(argv: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """The first word of a group's arguments that is not an option, and what follows it."""
    index = 0
    while index < len(argv):
        word = argv[index]
        if word in _GROUP_OPTIONS:
            index += 2
        elif word.startswith("-"):
            index += 1
        else:
            return word, tuple(argv[index + 1 :])
    return None, ()


def chosen_command(argv: Sequence[str], commands: Container[str]) -> tuple[str | None, tuple[str, ...]]:
    """The word of a group's arguments that chooses one of its ``commands``, and what follows it: behind words that are not
    known, which may be options, the one that is a command's name."""
    word, rest = subcommand(argv)
    if word is not None and "${" in word:
        at = next((at for at, each in enumerate(rest) if each in commands), None)
        if at is not None:
            return rest[at], rest[at + 1 :]
    return word, rest


def accepting(argv: Sequence[str], commands: Mapping[str, Definition]) -> list[Definition]:
    """Of the ``commands`` that a word which is not known may choose, those that take all the options of ``argv``; all
    where none is seen to."""
    given = {word.partition("=")[0] for word in argv if word.startswith("--") and "${" not in word and len(word) > 2}
    found = [each for each in commands.values() if given <= _declared_options(each)]
    return found if given and found else list(commands.values())


def _declared_options(command: Definition) -> set[str]:
    """The long options that click's decorators declare for ``command``."""
    found = {"--help"}
    for decorator in command.node.decorators if isinstance(command.node, FunctionDef) else ():
        if isinstance(decorator, Call) and decorator_name(decorator) == "option":
            names = [arg.value for arg in decorator.args if isinstance(arg, Const) and isinstance(arg.value, str)]
            found.update(part.strip() for name in names for part in name.split("/"))
    return found


def first_word(argv: Sequence[str]) -> str | None:
    return next((word for word in argv if not word.startswith("-")), None)


def click_options(node: FunctionDef, argv: Sequence[str]) -> dict[str, object]:
    """The parameters that ``@click.option`` decorators fill, read from ``argv``."""
    values: dict[str, object] = {}
    for decorator in node.decorators:
        if not isinstance(decorator, Call) or decorator_name(decorator) != "option":
            continue
        names = [arg.value for arg in decorator.args if isinstance(arg, Const) and isinstance(arg.value, str)]
        switches = [part for name in names for part in name.split("/")]
        dest = next((name for name in names if not name.startswith("-")), None)
        long = next((name.split("/")[0] for name in names if name.startswith("--")), names[0] if names else "")
        dest = dest or long.lstrip("-").replace("-", "_")
        default = argument(decorator, "default")
        flag = argument(decorator, "is_flag") is not None or any("/" in name for name in names)
        values[dest] = _read_option(
            switches, argv, flag, default, off={name.split("/")[1].strip() for name in names if "/" in name}
        )
    return values


def _read_option(
    switches: Sequence[str], argv: Sequence[str], flag: bool, default: Expr | None, off: set[str]
) -> object:
    for index, word in enumerate(argv):
        name, has_value, value = word.partition("=")
        if name in switches:
            if flag:
                return name not in off
            if has_value:
                return value
            return argv[index + 1] if index + 1 < len(argv) else OPEN
        if "${" in word:
            return OPEN
    if default is None:
        return False if flag else None
    return default.value if isinstance(default, Const) else OPEN
