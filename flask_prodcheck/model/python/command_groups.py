"""Commands of a program: click and typer groups, the Flask CLI, Flask-Script managers, and which one the arguments name.

Sources: click's documentation of groups and options; Flask-Script's ``Manager``.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from flask_prodcheck.facts.statements import argument, call_name, nested_statements
from flask_prodcheck.facts.syntax import Attribute, Call, Const, Expr, ExprStmt, FunctionDef, Name
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.programs.undecided import OPEN

#: What a parameter is called that gets the context of the command.
CONTEXTS = frozenset({"ctx", "context", "click_ctx", "click_context"})


def decorator_name(expr: Expr) -> str:
    inner = expr.func if isinstance(expr, Call) else expr
    return inner.attr if isinstance(inner, Attribute) else inner.id if isinstance(inner, Name) else ""


def command_kind(node: FunctionDef) -> str:
    """ "command" or "group" for a click command, else ""."""
    names = {decorator_name(item) for item in node.decorators}
    if "group" in names:
        return "group"
    return "command" if names & {"command"} else ""


def reads_signature(node: FunctionDef) -> bool:
    """Whether a command's options are its parameters, as typer and cyclopts have it: no decorator says anything of them."""
    return bool(node.params) and all(
        decorator_name(each) in ("command", "callback", "default") for each in node.decorators
    )


def group_class_name(modules: Modules, found: Definition) -> str:
    decorator, kind = class_given(found)
    if decorator is None or kind is None:
        return ""
    target = modules.resolve(found.module, kind)
    if target.kind == "class" and any(base.endswith("FlaskGroup") for base in modules.bases(target)):
        return "FlaskGroup"
    return modules.qualified(found.module, kind) or ""


def group_loader(modules: Modules, found: Definition) -> tuple[str, Call] | None:
    """The decorator of a group that says which application its commands use, and its file."""
    decorator, _ = class_given(found)
    return (found.module, decorator) if decorator is not None and argument(decorator, "create_app") else None


def own_group_class(modules: Modules, found: Definition) -> tuple[Definition, Call] | None:
    """The project's class of a group that finds the commands itself, and the call that makes the group."""
    made, kind = class_given(found)
    owner = modules.resolve(found.module, kind) if kind is not None else None
    if made is None or owner is None or owner.kind != "class":
        return None
    return (owner, made) if modules.class_member(owner, "get_command").kind == "function" else None


def class_given(found: Definition) -> tuple[Call | None, Expr | None]:
    """The call that makes a command of a class, a decorator or the value of a name, and that class."""
    node = found.node
    if isinstance(found.value, Call) and not isinstance(node, FunctionDef):
        return found.value, found.value.func
    for decorator in node.decorators if isinstance(node, FunctionDef) else ():
        kind = argument(decorator, "cls") if isinstance(decorator, Call) else None
        if isinstance(decorator, Call) and kind is not None:
            return decorator, kind
    return None, None


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
    known, which may be options, or that an option in front of them takes, the one that is a command's name."""
    word, rest = subcommand(argv)
    if word is None or word in commands:
        return word, rest
    for at, each in enumerate(argv):
        if each in commands:
            return each, tuple(argv[at + 1 :])
        if "${" not in each and each[:1] != "-" and (at == 0 or argv[at - 1][:1] != "-"):
            break
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
