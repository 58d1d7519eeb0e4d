"""Which Gunicorn worker fits the project's code."""

from __future__ import annotations

from flask_prodcheck.errors import ReadError
from flask_prodcheck.model.project import Project
from flask_prodcheck.model.python.apps import is_test_file
from flask_prodcheck.records import dataclass, replace
from flask_prodcheck.sources.tree import Tree

_SHOWN = 4
#: What computes inside the process (the GIL lets one thread at a time do so), holds a model in memory, or waits for others.
_COMPUTES = frozenset(
    ["numpy", "pandas", "scipy", "sklearn", "cv2", "PIL", "matplotlib", "skimage", "polars", "numba", "xgboost", "lightgbm", "spacy", "nltk", "shap"]
)  # fmt: skip
_MODELS = frozenset(
    [
        "torch",
        "tensorflow",
        "keras",
        "transformers",
        "sentence_transformers",
        "onnxruntime",
        "jax",
        "whisper",
        "diffusers",
    ]
)
_WAITS = frozenset(
    ["requests", "httpx", "urllib3", "aiohttp", "boto3", "botocore", "openai", "anthropic", "sqlalchemy", "flask_sqlalchemy", "psycopg2", "psycopg", "pymysql", "MySQLdb",
     "pymongo", "flask_pymongo", "mongoengine", "redis", "elasticsearch", "peewee", "stripe", "twilio", "google", "grpc", "smtplib", "flask_mail", "ldap3", "paramiko"]
)  # fmt: skip
_STREAMS = (b"text/event-stream", b"stream_with_context")
_MEMORY = "Each process holds its own copy of the model, so memory decides before CPUs do."
_STATE = "what the views keep in the process would be lost with it."
_SESSIONS = "every connected client would have to connect again."


@dataclass(frozen=True, slots=True)
class Worker:
    """``name`` is Gunicorn's worker class, ``threads`` its threads per process, ``single`` when there can only be one
    process; ``most`` caps how many there are else. ``extra`` and ``below`` are what the requirement needs: an
    extra of the distribution, the first release that no longer fits. ``threads_reason`` says why so many threads,
    ``keep_reason`` why workers are not recycled ("" when they are)."""

    name: str = "gthread"
    threads: int = 4
    single: bool = False
    long_lived: bool = False
    streams: bool = False
    most: int = 12
    threads_reason: str = ""
    workers_reason: str = ""
    reason: str = ""
    keep_reason: str = ""
    extra: str = ""
    below: str = "28"
    notes: tuple[str, ...] = ()

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return f"gunicorn{f'[{self.extra}]' if self.extra else ''}>=23,<{self.below}"


def worker_for(project: Project, tree: Tree) -> Worker:
    """The worker for the code of ``project``, by what it imports, requires, streams and keeps in memory."""
    imported = {
        name for path, module in project.facts.modules.items() if not is_test_file(path) for name in module.imports
    }
    installed = {dependency.name for dependency in project.dependencies} | project.installed
    if "flask_socketio" in imported:
        return _socketio(installed)
    state = _state(project)
    if "flask_sock" in imported:
        return Worker(threads=100, long_lived=True, keep_reason=_SESSIONS, notes=state)
    fitting = _by_load(imported, streams=_streams(project, tree))
    return replace(fitting, keep_reason=_STATE if state else "", notes=(*fitting.notes, *state))


def _by_load(imported: set[str], *, streams: bool) -> Worker:
    """The threads and processes for what a request mostly does."""
    if streams:
        return Worker(
            threads=50,
            streams=True,
            threads_reason="The views stream: an open stream holds a thread until its client leaves.",
        )
    models, computes, waits = (sorted(imported & names) for names in (_MODELS, _COMPUTES, _WAITS))
    if models:
        return Worker(
            threads=2,
            most=2,
            threads_reason=f"{_listed(models)} computes: more threads than CPUs only wait for each other.",
            workers_reason=_MEMORY,
        )
    if computes and not waits:
        return Worker(
            threads=2,
            threads_reason=f"{_listed(computes)} computes: processes use the CPUs, threads of one only share it.",
            workers_reason="One per usable CPU and one more, as the code computes.",
        )
    if waits and not computes:
        return Worker(
            threads=8,
            threads_reason=f"Requests mostly wait for others ({_listed(waits)}), and a waiting thread costs little.",
        )
    return Worker()


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN])


def _streams(project: Project, tree: Tree) -> bool:
    """Whether a view sends its answer piece by piece to a client that stays (server-sent events, a generator)."""
    for path, module in project.facts.modules.items():
        if module.uses.routes is None or is_test_file(path):
            continue
        try:
            data = tree.content.read(path)
        except ReadError:
            continue
        if any(mark in data for mark in _STREAMS):
            return True
    return False


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
