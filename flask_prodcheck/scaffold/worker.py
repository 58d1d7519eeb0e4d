"""Which Gunicorn worker fits the project's code."""

from __future__ import annotations

from dataclasses import dataclass

from flask_prodcheck.model.project import Project
from flask_prodcheck.model.python.apps import is_test_file

_SHOWN = 4
_STATE = "what the views keep in the process would be lost with it."
_SESSIONS = "every connected client would have to connect again."


@dataclass(frozen=True, slots=True)
class Worker:
    """``name`` is Gunicorn's worker class, ``threads`` its threads per process, ``single`` when there can only be one
    process. ``extra`` and ``below`` are what the requirement needs: an extra of the distribution, the first release
    that no longer fits. ``keep_reason`` says why workers are not recycled ("" when they are)."""

    name: str = "gthread"
    threads: int = 4
    single: bool = False
    long_lived: bool = False
    reason: str = ""
    keep_reason: str = ""
    extra: str = ""
    below: str = "28"
    notes: tuple[str, ...] = ()

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return f"gunicorn{f'[{self.extra}]' if self.extra else ''}>=23,<{self.below}"


def worker_for(project: Project) -> Worker:
    """The worker for the code of ``project``, by what it imports, requires and keeps in memory."""
    imported = {
        name for path, module in project.facts.modules.items() if not is_test_file(path) for name in module.imports
    }
    installed = {dependency.name for dependency in project.dependencies} | project.installed
    if "flask_socketio" in imported:
        return _socketio(installed)
    state = _state(project)
    if "flask_sock" in imported:
        return Worker(threads=100, long_lived=True, keep_reason=_SESSIONS, notes=state)
    return Worker(keep_reason=_STATE if state else "", notes=state)


def _socketio(installed: set[str] | frozenset[str]) -> Worker:
    if "gevent" in installed:
        return Worker(
            name="gevent",
            single=True,
            reason="gevent is among the requirements: Flask-SocketIO uses it, and each connection costs a greenlet instead\n# of a thread.",
            keep_reason=_SESSIONS,
            extra="gevent",
            notes=("Socket.IO: one gevent worker; WebSocket needs simple-websocket or gevent-websocket installed",),
        )
    if "eventlet" in installed:
        return Worker(
            name="eventlet",
            single=True,
            reason="eventlet is among the requirements and Flask-SocketIO prefers it to everything else. Gunicorn 26 dropped\n# this worker: replace eventlet by gevent, or by nothing (threads), to go on.",
            keep_reason=_SESSIONS,
            extra="eventlet",
            below="26",
            notes=(
                (
                    "Socket.IO with eventlet: Gunicorn is held below 26, which dropped that worker; without eventlet among the "
                    "requirements this command sets up threads instead"
                ),
            ),
        )
    threaded = "Socket.IO: one worker with threads"
    missing = "" if "simple-websocket" in installed else "; add simple-websocket, or clients fall back to long polling"
    return Worker(threads=100, single=True, long_lived=True, keep_reason=_SESSIONS, notes=(threaded + missing,))


def _state(project: Project) -> tuple[str, ...]:
    """A note about module-level objects that views change, which several processes do not share."""
    found = sorted(
        (str(mutation.changed), mutation.name)
        for path, module in project.facts.modules.items()
        if not is_test_file(path)
        for mutation in module.mutations
        if mutation.view
    )
    if not found:
        return ()
    shown = ", ".join(f"{name} ({place})" for place, name in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return (
        (
            f"views change objects of the process: {shown}{more}; every worker has its own copy, so keep such state in a "
            "database or Redis, or set WEB_CONCURRENCY=1 until you do"
        ),
    )
