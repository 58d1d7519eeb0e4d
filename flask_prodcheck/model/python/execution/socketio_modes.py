"""Which server Flask-SocketIO's ``run`` serves with: that of its ``async_mode``, or the best of what is installed.

Source: Flask-SocketIO, "Deployment" and the parameter ``async_mode`` of ``SocketIO``: eventlet goes first, then gevent,
else Werkzeug's development server serves ("threading"). A mode whose package is not installed is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from flask_prodcheck.facts.statements import argument, calls_in, statements, unpacked
from flask_prodcheck.facts.syntax import (
    Assign,
    BoolOp,
    Call,
    Const,
    Expr,
    FunctionDef,
    If,
    IfExp,
    Loop,
    Match,
    Name,
    Stmt,
    Try,
    With,
)
from flask_prodcheck.model.project import Server
from flask_prodcheck.model.python.execution.statements import is_import_error
from flask_prodcheck.model.python.execution.ways import Way
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.instances.scope import Scope, unknown_params
from flask_prodcheck.model.python.programs.expressions import evaluate
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.records import dataclass

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk

_DEPTH = 8
#: Mode -> its server, and what it needs; in the order of preference.
_MODES = {
    "eventlet": (Server.EVENTLET, frozenset({"eventlet"})),
    "gevent": (Server.GEVENT, frozenset({"gevent", "gevent-websocket"})),
    "gevent_uwsgi": (Server.GEVENT, frozenset({"gevent"})),
    "threading": (Server.SOCKETIO_DEV, frozenset()),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The servers that ``run`` may serve with (None: by what is installed, which nobody knows), and whether that one of
    them serves is certain."""

    servers: tuple[Server | None, ...]
    certain: bool = True


def servers_of(walk: Walk, made: Instance, call: Call, frame: Frame) -> Chosen:
    """What ``call`` serves with. Where several production servers may be chosen, the first that is installed."""
    word, assumed = _async_mode(walk, made, frame)
    if isinstance(word, str) and word in _MODES:
        return Chosen((_MODES[word][0],), not assumed)
    if walk.installed is None:
        return Chosen((None,), not assumed)
    best = _best(walk.installed)
    if word is not OPEN:
        return Chosen((best,), not assumed)
    words = _possible_words(walk, made, frame)
    if words is None:
        allows = _allows_werkzeug(walk, call, frame)
        return Chosen((Server.SOCKETIO_DEV if allows else best,), certain=best.is_development and not allows)
    found = {_MODES[each][0] if each in _MODES else best for each in words if _is_installed(each, walk.installed)}
    production = next((server for server, _ in _MODES.values() if server in found and not server.is_development), None)
    possible = [production] if production is not None else []
    if Server.SOCKETIO_DEV in found:
        possible.append(Server.SOCKETIO_DEV)
    return Chosen(tuple(possible) or (best,), len(possible) == 1)


def _best(installed: AbstractSet[str]) -> Server:
    return next(server for server, needs in _MODES.values() if not needs or needs & installed)


def _is_installed(word: object, installed: AbstractSet[str]) -> bool:
    needs = _MODES[word][1] if isinstance(word, str) and word in _MODES else frozenset()
    return not needs or bool(needs & installed)


def _async_mode(walk: Walk, made: Instance, frame: Frame) -> tuple[object, bool]:
    """What ``SocketIO(async_mode=...)`` gets: where the function that makes it puts the word together, as it does so in
    this environment. Whether that hangs on variables which no file sets comes second."""
    mode = argument(made.call, "async_mode") if made.call is not None else None
    if made.call is None or mode is None:
        return None, False
    path = made.module or frame.path
    outside = Frame(path, frame.name)
    word = evaluate(walk.world, outside, mode)
    function = _around(walk, path, made.call) if word is OPEN else None
    if function is None:
        return word, outside.assumed
    trial = type(walk)(walk.modules, path, walk.world.argv, walk.world.env, walk.installed)
    inside = Frame(path, frame.name, Scope(function.body, unknown_params(function)))
    trial.body(function.body, inside, Way())
    return evaluate(trial.world, inside, mode), bool(inside.assumptions) or inside.assumed


def _possible_words(walk: Walk, made: Instance, frame: Frame) -> frozenset[object] | None:
    """The words, or None for no choice of its own, that a mode which branches decide may be; None: any."""
    mode = argument(made.call, "async_mode") if made.call is not None else None
    path = made.module or frame.path
    module = walk.modules.module(path)
    if made.call is None or mode is None or module is None:
        return None
    function = _around(walk, path, made.call)
    bodies = [function.body, module.body] if function is not None else [module.body]
    return _words(walk, Frame(path, frame.name), mode, bodies)


def _words(
    walk: Walk, frame: Frame, expr: Expr, bodies: Sequence[Sequence[Stmt]], depth: int = 0
) -> frozenset[object] | None:
    if depth > _DEPTH:
        return None
    if isinstance(expr, Const):
        return frozenset({expr.value})
    given: list[Expr] = []
    if isinstance(expr, IfExp):
        given = [expr.body, expr.orelse]
    elif isinstance(expr, BoolOp) and expr.op == "or":
        given = list(expr.values)
    elif isinstance(expr, Name):
        held = (_held_after(walk, frame, body, expr.id, ()) for body in bodies)
        given = [each for each in next((found for found in held if found), ()) if each is not expr]
    found: set[object] = set()
    for each in given:
        words = _words(walk, frame, each, bodies, depth + 1)
        if words is None:
            return None
        found |= words
    return frozenset(found) if given else None


def _held_after(
    walk: Walk, frame: Frame, body: Sequence[Stmt], name: str, before: tuple[Expr, ...]
) -> tuple[Expr, ...]:
    """The expressions that ``name`` may hold after ``body``, each once; ``before`` are those that it may hold in front of
    it. Of a ``try`` that imports, only one side where it is known what is installed."""

    def after(inner: Sequence[Stmt], held: tuple[Expr, ...]) -> tuple[Expr, ...]:
        return _held_after(walk, frame, inner, name, held)

    for stmt in body:
        if isinstance(stmt, Assign):
            given = [value for target in stmt.targets for bound, value in unpacked(target, stmt.value) if bound == name]
            before = tuple(each for each in given if each is not None) or before
        elif isinstance(stmt, If):
            before = _either(after(stmt.body, before), after(stmt.orelse, before))
        elif isinstance(stmt, With):
            before = after(stmt.body, before)
        elif isinstance(stmt, Loop):
            before = _either(before, after(stmt.body, before), after(stmt.orelse, before))
        elif isinstance(stmt, Match):
            before = _either(before, *(after(case.body, before) for case in stmt.cases))
        elif isinstance(stmt, Try):
            fine = walk.imports_fine(stmt.body, frame)
            handlers = [each for each in stmt.handlers if not (fine and is_import_error(each))]
            held = _either(
                after((*stmt.body, *stmt.orelse), before), *(after(each.body, before) for each in handlers)
            )
            before = after(stmt.final, held)
    return before


def _either(*sides: tuple[Expr, ...]) -> tuple[Expr, ...]:
    return tuple({id(each): each for side in sides for each in side}.values())


def _around(walk: Walk, path: str, call: Call) -> FunctionDef | None:
    """The function of the module at ``path`` whose body ``call`` is in."""
    module = walk.modules.module(path)
    for stmt, _ in statements(module.body) if module is not None else ():
        if isinstance(stmt, FunctionDef) and any(
            inner is call for each, _ in statements(stmt.body) for inner in calls_in(each)
        ):
            return stmt
    return None


def _allows_werkzeug(walk: Walk, call: Call, frame: Frame) -> bool:
    """Whether ``call`` asks for what only the mode "threading" looks at, in production: Werkzeug's server."""
    allows = argument(call, "allow_unsafe_werkzeug")
    return allows is not None and evaluate(walk.world, frame, allows) is True
