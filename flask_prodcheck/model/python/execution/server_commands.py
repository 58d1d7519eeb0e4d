"""Calls in code that mean a server's own command: its entry point with words of its own, or an object that reads them.

Sources: the console scripts that each server's distribution declares; ``flask.cli``; gunicorn, "Custom Application".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_prodcheck.facts.statements import argument, call_values, statements
from flask_prodcheck.facts.syntax import Assign, Attribute, Call, Expr, Name
from flask_prodcheck.model.project import App
from flask_prodcheck.model.python.apps import app_at
from flask_prodcheck.model.python.execution.ways import STOP, Way
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.programs.expressions import evaluate
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.patterns import regex

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk

#: The command that a call runs, with the words of its first argument or else those of ``sys.argv``; and how many of the
#: words of a list are not the command's arguments (the program's name).
_COMMANDS: Mapping[str, tuple[str, int]] = {
    "uvicorn.run": ("uvicorn", 0), "uvicorn.main.run": ("uvicorn", 0), "uvicorn.main": ("uvicorn", 0),
    "uvicorn.main.main": ("uvicorn", 0), "gunicorn.app.wsgiapp.run": ("gunicorn", 0),
    "waitress.runner.run": ("waitress-serve", 1), "hypercorn.__main__.main": ("hypercorn", 0),
    "granian.cli.entrypoint": ("granian", 0), "granian.cli.cli": ("granian", 0), "pyuwsgi.run": ("uwsgi", 0),
    "flask.cli.main": ("flask", 0), "flask.cli.cli": ("flask", 0), "flask.cli.cli.main": ("flask", 0),
}  # fmt: skip
#: Classes whose object reads ``sys.argv`` as the server's command does.
_READING = frozenset({"gunicorn.app.wsgiapp.WSGIApplication"})
_REFERENCE = regex(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(?:\(\))?")


def server_command(walk: Walk, name: str, call: Call, frame: Frame, way: Way) -> int | None:
    """The end of the walk at a call of ``name`` that means a server's command; None where it is none, or has no words."""
    if name not in _COMMANDS:
        return None
    program, own = _COMMANDS[name]
    first = argument(call, "args", "argv", "sys_args", position=0)
    given = evaluate(walk.world, frame, first) if first is not None else None
    words: tuple[str, ...] = ()
    if isinstance(given, str):
        words = (given,)
    elif isinstance(given, list):
        words = tuple(str(word) for word in given[own:])
    elif not call.args and not call.keywords:
        words = walk.world.argv
    if not words:
        return None
    walk.add_ending(call, way, argv=(program, *words))
    return STOP


def reading_server(walk: Walk, made: Instance, call: Call, frame: Frame, way: Way) -> int | None:
    """``WSGIApplication().run()`` with the words of the program."""
    maker = walk.modules.qualified(frame.path, made.call.func, frame.scope.body) if made.call is not None else None
    if maker not in _READING or not walk.world.argv:
        return None
    walk.add_ending(call, way, argv=("gunicorn", *walk.world.argv))
    return STOP


def named_app(walk: Walk, call: Call | None, frame: Frame) -> App | None:
    """The application that a value of ``call`` names as text (``"shop.web:app"``), or an attribute of such a value does
    (``config.application_path``)."""
    for value in call_values(call) if call is not None else ():
        for each in (value, *_paths_of(walk, value, frame)):
            text = evaluate(walk.world, frame, each)
            if isinstance(text, str) and _REFERENCE.fullmatch(text):
                module, _, attribute = text.partition(":")
                found = walk.modules.find_imported(frame.path, module, 0)
                app = (
                    app_at(walk.modules, walk.instances, found, attribute.removesuffix("()"))
                    if found is not None
                    else None
                )
                if app is not None:
                    return app
    return None


def _paths_of(walk: Walk, value: Expr, frame: Frame) -> list[Expr]:
    """What the function or the module of ``frame`` sets as ``application_path`` of the object that ``value`` names."""
    if not isinstance(value, Name):
        return []
    module = walk.modules.module(frame.path)
    body = frame.scope.body or (module.body if module is not None else ())
    return [
        stmt.value
        for stmt, _ in statements(body)
        if isinstance(stmt, Assign)
        for target in stmt.targets
        if isinstance(target, Attribute)
        and target.attr == "application_path"
        and isinstance(target.value, Name)
        and target.value.id == value.id
    ]
