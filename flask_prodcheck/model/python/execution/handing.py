"""Functions that are handed to something else, which calls them: threads, processes, greenlets, pools, event loops.

Sources: the ``threading``, ``multiprocessing``, ``concurrent.futures`` and ``asyncio`` documentation of Python;
https://www.gevent.org/api/gevent.greenlet.html and gevent.pool; https://eventlet.readthedocs.io/en/latest/basic_usage.html;
``start_background_task`` of Flask-SocketIO; https://docs.twisted.org/en/stable/core/howto/threading.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_prodcheck.base import Span
from flask_prodcheck.facts.statements import argument
from flask_prodcheck.facts.syntax import (
    Attribute,
    Call,
    Collection,
    Const,
    Dict,
    Expr,
    Keyword,
    Lambda,
    Name,
    Subscript,
)
from flask_prodcheck.model.python.execution.ways import DEPTH, Way
from flask_prodcheck.model.python.programs.expressions import evaluate
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk

#: Where the function stands among the arguments of the call, by what is called; its own arguments follow it.
_FOLLOWED_BY_ARGUMENTS: Mapping[str, int] = {
    "gevent.spawn": 0, "gevent.spawn_raw": 0, "gevent.spawn_later": 1, "gevent.Greenlet": 0, "gevent.greenlet.Greenlet": 0,
    "gevent.Greenlet.spawn": 0, "gevent.Greenlet.spawn_later": 1, "eventlet.spawn": 0, "eventlet.spawn_n": 0,
    "eventlet.spawn_after": 1, "eventlet.greenthread.spawn": 0, "eventlet.greenthread.spawn_n": 0, "asyncio.to_thread": 0,
    "twisted.internet.reactor.callInThread": 0, "twisted.internet.reactor.callWhenRunning": 0,
    "anyio.run": 0, "trio.run": 0, "curio.run": 0, "werkzeug.serving.run_with_reloader": 0,
    "werkzeug._reloader.run_with_reloader": 0, "watchfiles.run_process": 1,
    "twisted.internet.reactor.callLater": 1, "twisted.internet.threads.deferToThread": 0,
}  # fmt: skip
#: The same for methods whose name no other thing has.
_METHODS: Mapping[str, int] = {"run_in_executor": 1, "start_background_task": 0}
#: Methods of pools.
_POOLS: Mapping[str, int] = {"submit": 0, "spawn": 0, "spawn_n": 0, "apply_async": 0}
#: Objects that call a function when they start: where it stands, and where the tuple of its arguments does.
_STARTED_LATER: Mapping[str, tuple[int, int]] = {
    "threading.Thread": (1, 3), "threading.Timer": (1, 2), "multiprocessing.Process": (1, 3),
    "multiprocessing.context.Process": (1, 3), "_thread.start_new_thread": (0, 1), "daemonize.Daemonize": (2, 99),
}  # fmt: skip
#: Classes whose objects do, when they start, what this method of a class below them does.
OWN_METHODS: Mapping[str, str] = {
    "threading.Thread": "run", "multiprocessing.Process": "run", "multiprocessing.context.Process": "run",
    "gevent.Greenlet": "_run", "gevent.greenlet.Greenlet": "_run",
}  # fmt: skip


def hand_on(walk: Walk, name: str, call: Call, frame: Frame, way: Way) -> bool:
    """Follows the function that a call of the external ``name`` is given to be called; False where it is none of these."""
    if name in _STARTED_LATER:
        place, arguments = _STARTED_LATER[name]
        target = argument(call, "target", "function", "action", position=place)
        args = argument(call, "args", position=arguments)
        kwargs = argument(call, "kwargs")
        if target is not None:
            given = args.items if isinstance(args, Collection) else ()
            _follow(walk, target, given, _keywords(call, kwargs), call, frame, way)
        return True
    place_of_function = _FOLLOWED_BY_ARGUMENTS.get(name)
    if place_of_function is None:
        return False
    _hand_on(walk, place_of_function, call, frame, way)
    return True


def hand_to_method(walk: Walk, call: Call, func: Attribute, frame: Frame, way: Way) -> bool:
    """The same for a method of something that makes no application: an event loop, a pool."""
    place = _METHODS.get(func.attr)
    if place is None and func.attr in _POOLS:
        made = walk.instances.of(frame.path, func.value, frame.scope)
        place = _POOLS[func.attr] if made is not None and made.kind == "pool" else None
    if place is None:
        return False
    _hand_on(walk, place, call, frame, way)
    return True


def _hand_on(walk: Walk, place: int, call: Call, frame: Frame, way: Way) -> None:
    if len(call.args) > place:
        _follow(walk, call.args[place], call.args[place + 1 :], call.keywords, call, frame, way)


def _follow(
    walk: Walk,
    target: Expr,
    args: tuple[Expr, ...],
    keywords: tuple[Keyword, ...],
    call: Call,
    frame: Frame,
    way: Way,
) -> None:
    if isinstance(target, Lambda):
        walk.follow_calls(target.body, frame, way)
        return
    walk.one_call(called_through(walk, replace(call, func=target, args=args, keywords=keywords), frame), frame, way)


def called_through(walk: Walk, call: Call, frame: Frame, passed: frozenset[Span] = frozenset()) -> Call:
    """``call`` as the call that it comes to: of what ``functools.partial(function, ...)`` holds, of ``getattr(owner,
    name)`` and of ``globals()[name]`` where the name is known. ``passed`` are the values of names that were looked up on
    the way: in ``print = partial(print, flush=True)`` the inner name is what it was before."""
    func = call.func
    if isinstance(func, Name) and func.id not in frame.scope.params:
        named = walk.modules.resolve(frame.path, func, frame.scope.body)
        value = named.value if named.kind == "value" and named.module == frame.path else None
        if value is not None and value.span not in passed and len(passed) < DEPTH:
            func, passed = value, passed | {value.span}
    maker = walk.modules.qualified(frame.path, func.func) if isinstance(func, Call) else None
    if isinstance(func, Call) and maker == "functools.partial" and func.args:
        inner = replace(
            call, func=func.args[0], args=(*func.args[1:], *call.args), keywords=(*func.keywords, *call.keywords)
        )
        return called_through(walk, inner, frame, passed)
    if isinstance(func, Call) and maker == "builtins.getattr" and len(func.args) > 1:
        name = evaluate(walk.world, frame, func.args[1])
        if isinstance(name, str) and name.isidentifier():
            return replace(call, func=Attribute(func.span, func.args[0], name))
    table = func.value if isinstance(func, Subscript) else None
    if isinstance(func, Subscript) and isinstance(table, Call) and table.func == Name(table.func.span, "globals"):
        name = evaluate(walk.world, frame, func.index)
        if isinstance(name, str) and name.isidentifier():
            return called_through(walk, replace(call, func=Name(func.span, name)), frame, passed)
    return call


def _keywords(call: Call, kwargs: Expr | None) -> tuple[Keyword, ...]:
    pairs = kwargs.items if isinstance(kwargs, Dict) else ()
    return tuple(Keyword(call.span, str(key.value), value) for key, value in pairs if isinstance(key, Const))
