"""Programs that make a command line of functions, classes and objects: python-fire, plac, typer, argh and others.

Sources: the documentation of each (fire.Fire, plac.call, typer.run, argh.dispatch_commands, defopt.run, tyro.cli,
jsonargparse.CLI, absl.app.run).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.base import Span
from flask_prodcheck.facts.statements import argument
from flask_prodcheck.facts.syntax import Attribute, Call, Collection, Const, Dict, Expr, FunctionDef, Name
from flask_prodcheck.model.python.command_groups import first_word
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.execution.ways import NEXT, Way
from flask_prodcheck.model.python.programs.source_text import render
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.model.python.signature_options import signature_options
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk

#: Calls that hand the words of the command line to what they are given.
DISPATCHERS = frozenset(
    {
        "fire.Fire", "fire.core.Fire", "plac.call", "plac.Interpreter.call", "defopt.run", "typer.run", "typer.main.run",
        "argh.dispatch_command", "argh.dispatch_commands", "argh.dispatching.dispatch_command",
        "argh.dispatching.dispatch_commands", "absl.app.run", "tyro.cli", "jsonargparse.CLI", "jsonargparse.auto_cli",
    }
)  # fmt: skip
#: Those that give the function the words themselves.
_UNREAD = frozenset({"absl.app.run"})
_DEPTH = 4


def dispatched(walk: Walk, name: str, call: Call, frame: Frame, way: Way) -> int:
    """What one of :data:`DISPATCHERS` runs."""
    first = argument(call, "component", "funcs", "functions", position=0)
    here = way.through(call.span, render(call))
    if first is None:
        word = first_word(way.argv) if name.startswith("fire.") else None
        if word is None:
            return NEXT
        return _component(walk, name, Name(call.span, word.replace("-", "_")), frame, _behind(here, word), set())
    return _component(walk, name, first, frame, here, set())


def _component(
    walk: Walk,
    name: str,
    expr: Expr,
    frame: Frame,
    way: Way,
    opened: set[tuple[Span, tuple[str, ...]]],
    depth: int = 0,
) -> int:
    """Run what ``expr`` stands for, or the part of it that the words name. ``opened``: the tables that were gone through for
    these words: one may hold itself."""
    word = first_word(way.argv)
    if isinstance(expr, Name) and (table := walk.modules.resolve(frame.path, expr, frame.scope.body)).kind == "value":
        expr = table.value if isinstance(table.value, Dict | Collection) and table.module == frame.path else expr
    if isinstance(expr, Dict | Collection):
        if (expr.span, way.argv) in opened or depth > _DEPTH:
            return NEXT
        opened.add((expr.span, way.argv))
    if isinstance(expr, Dict):
        flow = NEXT
        for key, value in expr.items:
            if isinstance(key, Const) and (word is None or key.value in (word, word.replace("-", "_"))):
                flow = _component(walk, name, value, frame, _behind(way, word), opened, depth + 1)
        return flow
    if isinstance(expr, Collection):
        named = [each for each in expr.items if word is not None and _simple_name(each) == word.replace("-", "_")]
        flow = NEXT
        for each in named or expr.items:
            inner = _behind(way, word) if named else way.doubted()
            flow = _component(walk, name, each, frame, inner, opened, depth + 1)
        return flow
    found = walk.modules.resolve(frame.path, expr, frame.scope.body)
    if found.kind == "function" and isinstance(found.node, FunctionDef):
        return _function(walk, name, found, expr, frame, way, None)
    owner = found if found.kind == "class" else walk.instances.owners.of(frame.path, expr, frame.scope)
    return _member(walk, name, owner, expr, frame, way) if owner is not None else NEXT


def _member(walk: Walk, name: str, owner: Definition, expr: Expr, frame: Frame, way: Way, depth: int = 0) -> int:
    """The method of an object of the class ``owner`` that the words name, or that of an object which it holds."""
    word = first_word(way.argv)
    if word is None or depth > _DEPTH:
        return NEXT
    attr = word.replace("-", "_")
    method = walk.modules.class_member(owner, attr)
    if method.kind == "function" and isinstance(method.node, FunctionDef):
        return _function(walk, name, method, expr, frame, _behind(way, word), owner)
    held = Attribute(expr.span, Name(expr.span, "self"), attr)
    inner = walk.instances.owners.of(owner.module, held, replace(frame.scope, body=(), params={}, owner=owner))
    inner = inner or (method if method.kind == "class" else None)
    return _member(walk, name, inner, expr, frame, _behind(way, word), depth + 1) if inner is not None else NEXT


def _function(
    walk: Walk, name: str, found: Definition, expr: Expr, frame: Frame, way: Way, owner: Definition | None
) -> int:
    node = found.node
    options = signature_options(node, way.argv) if isinstance(node, FunctionDef) and name not in _UNREAD else {}
    return walk.enter(found, Call(expr.span, expr, (), ()), frame, way, owner=owner, hop=False, options=options)


def _behind(way: Way, word: str | None) -> Way:
    """``way`` without ``word``, where it stands first."""
    if word is None or word not in way.argv:
        return way
    at = way.argv.index(word)
    return replace(way, argv=(*way.argv[:at], *way.argv[at + 1 :]))


def _simple_name(expr: Expr) -> str:
    return expr.id if isinstance(expr, Name) else expr.attr if isinstance(expr, Attribute) else ""
