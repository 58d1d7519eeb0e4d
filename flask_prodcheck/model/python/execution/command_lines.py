"""Commands that the words of the command line choose: Flask's own, Flask-Script, argparse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask_prodcheck.base import Span
from flask_prodcheck.facts.statements import argument, call_name, calls_in, statements
from flask_prodcheck.facts.syntax import (
    Attribute,
    Call,
    Compare,
    Const,
    Expr,
    ExprStmt,
    FunctionDef,
    If,
    Name,
    Return,
    Stmt,
    Subscript,
)
from flask_prodcheck.model.project import Hop, Server
from flask_prodcheck.model.python.apps import app_at
from flask_prodcheck.model.python.argparse_options import declared_arguments, default_functions, module_body
from flask_prodcheck.model.python.command_groups import added_command, first_word, subcommand
from flask_prodcheck.model.python.command_index import commands_of
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.docopt_options import docopt_values
from flask_prodcheck.model.python.execution.ways import NEXT, STOP, Ending, Way
from flask_prodcheck.model.python.programs.expressions import evaluate
from flask_prodcheck.model.python.programs.source_text import render
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk


def script_info(walk: Walk, body: Sequence[Stmt], frame: Frame) -> Call | None:
    """The ``ScriptInfo(create_app=...)`` that a group makes for its ``run`` command."""
    for stmt in body:
        if isinstance(stmt, If):
            branches: Sequence[Sequence[Stmt]] = (stmt.body, stmt.orelse)
            test = stmt.test
            if isinstance(test, Compare) and len(test.ops) == 1 and _is_subcommand(test.left):
                op, right = test.ops[0]
                named = evaluate(walk.world, frame, right)
                if op in ("in", "==") and isinstance(named, list | str):
                    branches = (stmt.body if "run" in named else stmt.orelse,)
            for branch in branches:
                if (found := walk.script_info(branch, frame)) is not None:
                    return found
            continue
        for call in calls_in(stmt):
            if walk.modules.qualified(frame.path, call.func, frame.scope.body) == "flask.cli.ScriptInfo":
                return call
    return None


def flask_run(walk: Walk, call: Call, way: Way, path: str = "", loader: Call | None = None) -> int:
    """``loader`` is the call in ``path`` that says which factory the group's commands use."""
    # the way already ends with the call of the group
    hops = way.hops if way.hops and way.hops[-1].span == call.span else (*way.hops, Hop(call.span, render(call)))
    app, factory = None, argument(loader, "create_app") if loader is not None else None
    if loader is not None and factory is not None:
        if loader.span.file == hops[-1].span.file and (way.loader is None or loader is not way.loader[1]):
            hops = (*hops, Hop(loader.span, render(loader)))
        found = walk.modules.resolve(path, factory)
        app = app_at(walk.modules, walk.instances, found.module, found.name) if found.is_project else None
    walk.endings.append(
        Ending(hops, Server.FLASK_RUN, call, None, app.ref if app else "", None, None, way.certain, app=app)
    )
    return STOP


def flask_cli(walk: Walk, call: Call, frame: Frame, way: Way, receiver: Expr) -> int:
    word, rest = subcommand(way.argv)
    here = way.through(call.span, render(call))
    if word == "run":
        return walk.flask_run(call, here)
    if word is not None:
        found = walk.modules.resolve(frame.path, receiver, frame.scope.body)
        target = commands_of(walk.modules, found).get(word)
        if target is not None:
            walk.enter(target, Call(call.span, call.func, (), ()), frame, replace(here, argv=rest), hop=False)
    return STOP


def flask_script(walk: Walk, call: Call, func: Attribute, frame: Frame, way: Way) -> int:
    """Flask-Script: ``runserver`` is there unless the project replaces it; nothing without a word."""
    word = first_word(way.argv)
    if word is None:
        default = argument(call, "default_command", position=1)
        value = evaluate(walk.world, frame, default) if default is not None else None
        word = value if isinstance(value, str) else None
    if word is None:
        return STOP
    manager = walk.modules.resolve(frame.path, func.value, frame.scope.body)
    rest = way.argv[way.argv.index(word) + 1 :] if word in way.argv else ()
    here = replace(way.through(call.span, render(call)), argv=rest)
    if "${" in word:
        return walk.serve(Server.APP_RUN, call, frame, way.doubted(), call.span)
    command = commands_of(walk.modules, manager).get(word)
    if command is not None:
        walk.enter(command, Call(call.span, call.func, (), ()), Frame(command.module, frame.name), here, hop=False)
        return STOP
    added = added_command(walk.modules, manager, word)
    if added is not None:
        where, value = added
        target = walk.modules.resolve(where, value.func if isinstance(value, Call) else value)
        if target.kind == "class":
            for method in ("run", "__call__", "handle"):
                member = walk.modules.class_member(target, method)
                if member.kind == "function":
                    walk.enter(
                        member,
                        Call(call.span, call.func, (), ()),
                        Frame(where, frame.name),
                        here,
                        owner=target,
                        hop=False,
                    )
                    return STOP
            if any(base.endswith(".Server") for base in walk.modules.bases(target)):
                return walk.serve(Server.APP_RUN, call, frame, way, call.span)
        elif target.kind == "function":
            walk.enter(target, Call(call.span, call.func, (), ()), Frame(where, frame.name), here, hop=False)
            return STOP
        name = target.name if target.kind == "external" else ""
        if not name.endswith(".Server"):
            return STOP
    if word == "runserver" or added is not None:
        return walk.serve(Server.APP_RUN, call, frame, way, call.span)
    return STOP


def parsed_argument(walk: Walk, frame: Frame, reference: str) -> object:
    """The value of ``args.name`` where ``args`` comes from argparse."""
    name, _, attr = reference.partition(".")
    if attr == "invoked_subcommand" and name in frame.scope.params:
        return frame.chosen
    path = walk.declared_in(frame, name)
    if path is None:
        return docopt_argument(walk, frame, name, attr)
    options = declared_arguments(walk.modules, path)
    if attr not in options:
        return OPEN
    variable = options[attr].keyword("env_var")  # of configargparse: it counts where no word does
    if isinstance(variable, Const) and variable.value in walk.world.env:
        return OPEN
    return options[attr].read(walk.world.argv, options)


def docopt_argument(walk: Walk, frame: Frame, name: str, key: str) -> object:
    """The value of ``args[key]`` where ``args`` is what docopt has read by its text."""
    bound = walk.modules.resolve(frame.path, Name(Span(frame.path, 1), name), frame.scope.body)
    call = bound.value
    if bound.kind != "value" or not isinstance(call, Call) or name in frame.scope.params:
        return OPEN
    if walk.modules.qualified(bound.module, call.func, frame.scope.body) != "docopt.docopt":
        return OPEN
    text = argument(call, "doc", "docstring", position=0)
    if argument(call, "argv", position=1) is not None or text is None:
        return OPEN
    module = walk.modules.module(bound.module)
    first = module.body[0] if module is not None and module.body else None
    given: object = None
    if (
        isinstance(text, Name)
        and text.id == "__doc__"
        and isinstance(first, ExprStmt)
        and isinstance(first.value, Const)
    ):
        given = first.value.value
    elif not (isinstance(text, Name) and text.id == "__doc__"):
        # (the text hangs on nothing that is read by it)
        given = evaluate(replace(walk.world, arguments=lambda *_: OPEN), frame, text)
    return docopt_values(given, walk.world.argv).get(key, OPEN) if isinstance(given, str) else OPEN


def declared_in(walk: Walk, frame: Frame, name: str) -> str | None:
    """The file whose arguments ``name`` holds, when it is what argparse has read."""
    known = frame.parsed.get(name)
    if known is not None:
        return known
    elsewhere = _read_elsewhere(walk, frame, name)
    if elsewhere is not None or not walk.is_parsed(frame, name):
        return elsewhere
    if _declares(walk, frame.path):
        return frame.path
    return _parser_elsewhere(walk, frame, name) or frame.path


def _declares(walk: Walk, path: str) -> bool:
    """Whether ``path`` declares arguments of a command line."""
    module = walk.modules.module(path)
    return module is not None and module.calls_one_of(_DECLARING)


#: argparse's method and optparse's.
_DECLARING = frozenset({"add_argument", "add_option"})


def _read_elsewhere(walk: Walk, frame: Frame, name: str) -> str | None:
    """The file of the project's function that reads the command line and gives back what ``name`` holds, as argparse has
    read it or as a dictionary."""
    bound = walk.modules.resolve(frame.path, Name(Span(frame.path, 1), name), frame.scope.body)
    maker = bound.value.func if bound.kind == "value" and isinstance(bound.value, Call) else None
    if maker is None or name in frame.scope.params:
        return None
    found = walk.modules.resolve(bound.module, maker, frame.scope.body if bound.module == frame.path else ())
    node = found.node
    if found.kind != "function" or not isinstance(node, FunctionDef) or not _declares(walk, found.module):
        return None
    made = walk.modules.bindings.makers_in(node.body)
    given = [stmt.value for stmt, _ in statements(node.body) if isinstance(stmt, Return) and stmt.value is not None]
    plain = [_without_vars(walk, found.module, each) for each in given]
    reads = [
        call_name(each) in _READS
        if isinstance(each, Call)
        else isinstance(each, Name) and not _READS.isdisjoint(made.get(each.id, frozenset()))
        for each in plain
    ]
    return found.module if reads and all(reads) else None


def _without_vars(walk: Walk, path: str, expr: Expr) -> Expr:
    """What ``vars(...)`` is given; ``expr`` itself where it is something else."""
    called = isinstance(expr, Call) and len(expr.args) == 1 and walk.modules.qualified(path, expr.func)
    return expr.args[0] if isinstance(expr, Call) and called == "builtins.vars" else expr


def _parser_elsewhere(walk: Walk, frame: Frame, name: str) -> str | None:
    """The file of the project's function that makes the parser which reads what ``name`` holds."""
    bound = walk.modules.resolve(frame.path, Name(Span(frame.path, 1), name), frame.scope.body)
    value = bound.value.value if isinstance(bound.value, Subscript) else bound.value
    if not isinstance(value, Call) or not isinstance(value.func, Attribute) or value.func.attr not in _READS:
        return None
    parser: Expr | None = value.func.value
    if isinstance(parser, Name):
        parser = walk.modules.resolve(frame.path, parser, frame.scope.body).value
    made = walk.modules.resolve(frame.path, parser.func, frame.scope.body) if isinstance(parser, Call) else None
    is_own = made is not None and made.kind == "function" and _declares(walk, made.module)
    return made.module if made is not None and is_own else None


_READS = frozenset({"parse_args", "parse_known_args"})


def is_parsed(walk: Walk, frame: Frame, name: str) -> bool:
    for body in (frame.scope.body, module_body(walk.modules, frame.path)):
        if not walk.modules.bindings.makers_in(body).get(name, frozenset()).isdisjoint(_READS):
            return True
    return name in ("args", "options", "opts", "ns") and name in frame.scope.params


def chosen_default(walk: Walk, call: Call, func: Attribute, frame: Frame, way: Way) -> int | None:
    """``args.func(args)`` of argparse: the function that the named sub-parser sets as default."""
    if not isinstance(func.value, Name) or not walk.is_parsed(frame, func.value.id):
        return None
    flow = NEXT
    for found, doubt in walk.chosen_functions(func, frame):
        if found.kind == "function":
            flow = max(flow, walk.enter(found, call, frame, way.doubted(doubt)))
    return flow


def chosen_functions(walk: Walk, func: Attribute, frame: Frame) -> list[tuple[Definition, bool]]:
    """The functions and classes that ``args.func`` may be, and whether that is in doubt: what the parser of the
    sub-command sets as default, in this file or, where it says nothing, in one that the program has loaded."""
    if not isinstance(func.value, Name) or not walk.is_parsed(frame, func.value.id):
        return []
    word = first_word(walk.world.argv)
    files = [frame.path]
    if not any(default_functions(walk.modules, frame.path, func.attr)):
        files = [each for each in walk.loaded_files() if each != frame.path]
    chosen: list[tuple[Definition, bool]] = []
    for path in files:
        for parser, target in default_functions(walk.modules, path, func.attr):
            if parser is not None and word is not None and "${" not in word and parser != word:
                continue
            if parser is not None and word is None:
                continue
            found = walk.modules.resolve(path, target)
            if found.kind in ("function", "class"):
                chosen.append((found, parser is None or word is None or "${" in word))
    return chosen


def _is_subcommand(expr: Expr) -> bool:
    return isinstance(expr, Attribute) and expr.attr == "invoked_subcommand"
