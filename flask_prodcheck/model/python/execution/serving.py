"""Calls that serve: which application they get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.base import Span
from flask_prodcheck.facts.statements import argument, call_values, statements
from flask_prodcheck.facts.syntax import Assign, Attribute, Call, Collection, Const, Dict, Expr, Name
from flask_prodcheck.model.project import App, Server
from flask_prodcheck.model.python.apps import app_at
from flask_prodcheck.model.python.execution.server_commands import named_app
from flask_prodcheck.model.python.execution.socketio_modes import servers_of
from flask_prodcheck.model.python.execution.ways import STOP, Ending, Way
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.other_frameworks import OTHER_FRAMEWORKS
from flask_prodcheck.model.python.programs.expressions import evaluate
from flask_prodcheck.model.python.programs.source_text import render
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.model.python.programs.words import text_of
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk


def serve(
    walk: Walk,
    server: Server | None,
    call: Call,
    frame: Frame,
    way: Way,
    site: Span | None,
    *,
    socketio: bool = False,
    made: Instance | None = None,
) -> int:
    construction = made.call if made is not None and argument(call, "target_loader") is None else None
    app = named_app(walk, call, frame) or named_app(walk, construction, frame) or walk.given_app(call, frame)
    foreign = _foreign(walk, call, frame) if app is None else ""
    if app is None and not foreign:
        app = _only_app(walk, frame)
    target = app.ref if app is not None else walk.path
    here = way.through(call.span, render(call))
    walk.endings.append(
        Ending(
            here.hops,
            server,
            call,
            site,
            target,
            certain=way.certain,
            socketio=socketio,
            app=app,
            foreign=foreign,
            entered=way.entered,
            program=replace(walk.program, argv=walk.world.argv),
            settings=_settings(walk, made.call, frame) if made is not None and made.call is not None else None,
        )
    )
    return STOP


def _settings(walk: Walk, call: Call, frame: Frame) -> tuple[tuple[str, str, Span], ...] | None:
    """The entries of the dictionary that ``call`` makes a server's object with, as a command line would give them."""
    for value in call_values(call):
        local = walk.modules.resolve(frame.path, value, frame.scope.body) if isinstance(value, Name) else None
        table = local.value if local is not None and local.module == frame.path else value
        if isinstance(table, Dict) and all(isinstance(key, Const) for key, _ in table.items):
            given = [
                (str(key.value), each, evaluate(walk.world, frame, each))
                for key, each in table.items
                if isinstance(key, Const)
            ]
            return tuple(
                (name, str(found).lower() if isinstance(found, bool) else text_of(each, found), each.span)
                for name, each, found in given
                if found is not None
            )
    return None


def given_app(walk: Walk, call: Call, frame: Frame) -> App | None:
    """The application that a serving call gets, when it is a module-level one or a factory's result."""
    receiver = [call.func.value] if isinstance(call.func, Attribute) else []
    return next(filter(None, (walk.app_of(value, frame) for value in (*call_values(call), *receiver))), None)


def _only_app(walk: Walk, frame: Frame) -> App | None:
    """The only application that the file knows: a method of the server's own class gives it."""
    known = [app_at(walk.modules, walk.instances, frame.path, name) for name in walk.modules.bindings.names(frame.path)]
    apps = [app for app in known if app is not None and app.form == "global"]
    return apps[0] if len(apps) == 1 else None


def _foreign(walk: Walk, call: Call, frame: Frame) -> str:
    """The other file in which another framework makes what a serving call gets by its name; "" where none is seen to: what
    the same file makes may serve the application behind it."""
    for value in call_values(call):
        if not isinstance(value, Name | Attribute):
            continue
        found = walk.modules.resolve(frame.path, value, frame.scope.body)
        made = found.value.func if isinstance(found.value, Call) else None
        if made is not None and found.module != frame.path and walk.modules.qualified(found.module, made) in OTHER_FRAMEWORKS:
            return found.module
    return ""


def app_of(walk: Walk, value: Expr, frame: Frame, depth: int = 0) -> App | None:
    if depth > 6:
        return None
    if isinstance(value, Call):
        found = walk.modules.resolve(frame.path, value.func, frame.scope.body)
        if found.kind == "function":
            return app_at(walk.modules, walk.instances, found.module, found.name)
        # A server, a wrapper or a dispatcher made around the application.
        return next(filter(None, (walk.app_of(item, frame, depth + 1) for item in call_values(value))), None)
    if isinstance(value, Dict):
        return next(filter(None, (walk.app_of(item, frame, depth + 1) for _, item in value.items)), None)
    if isinstance(value, Collection):
        return next(filter(None, (walk.app_of(item, frame, depth + 1) for item in value.items)), None)
    if isinstance(value, Name):
        for stmt, _ in statements(frame.scope.body):
            if (
                isinstance(stmt, Assign)
                and any(isinstance(item, Name) and item.id == value.id for item in stmt.targets)
                and stmt.value is not value
            ):
                return walk.app_of(stmt.value, frame, depth + 1)
        if value.id in frame.scope.params:
            return _handed(walk, frame.scope.params[value.id])
        app = app_at(walk.modules, walk.instances, frame.path, value.id)
        if app is not None and not app.in_main:
            return app
        for binding in walk.modules.bindings.of(frame.path, value.id):
            if binding.value is not None and binding.value is not value:
                return walk.app_of(binding.value, frame, depth + 1)
    if isinstance(value, Attribute):
        found = walk.modules.resolve(frame.path, value, frame.scope.body)
        if found.kind in ("value", "function"):
            return app_at(walk.modules, walk.instances, found.module, found.name)
    return None


def _handed(walk: Walk, made: Instance | None) -> App | None:
    """The application that a parameter stands for: the one of its module that the same call makes."""
    if made is None or made.call is None or not made.is_app:
        return None
    for name in walk.modules.bindings.names(made.module):
        if any(binding.value is made.call for binding in walk.modules.bindings.of(made.module, name)):
            return app_at(walk.modules, walk.instances, made.module, name)
    return None


def app_run(walk: Walk, made: Instance, call: Call, frame: Frame, way: Way) -> int:
    if made.kind == "connexion":
        chosen = argument(call, "server")
        if chosen is None and made.call is not None:
            chosen = argument(made.call, "server")
        word = evaluate(walk.world, frame, chosen) if chosen is not None else None
        if word in ("gevent", "tornado", "aiohttp"):
            return walk.serve(Server.GEVENT if word == "gevent" else Server.OTHER, call, frame, way, None)
    return walk.serve(Server.APP_RUN, call, frame, way, call.span)


def socketio_run(walk: Walk, made: Instance, call: Call, frame: Frame, way: Way) -> int:
    """Serves with each server that Flask-SocketIO may choose."""
    chosen = servers_of(walk, made, call, frame)
    for server in chosen.servers:
        walk.serve(server, call, frame, way.doubted(not chosen.certain), call.span, socketio=True)
    return STOP
