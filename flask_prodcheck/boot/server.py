"""A server of the project, running in a box on a free port of loopback, and what can be asked of it."""

from __future__ import annotations

import json
import secrets
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from flask_prodcheck.boot.box import Box, Limits
from flask_prodcheck.boot.client import HOST, Answer, free_port, get
from flask_prodcheck.boot.interpreter import environment
from flask_prodcheck.boot.recipe import Recipe
from flask_prodcheck.records import dataclass, replace

GUNICORN = "gunicorn"
CHECK = "check"
APP_RUN = "app-run"
_INSIDE = Path(__file__).with_name("inside.py")
_OTHERS = 5.0
_MOST_EVENTS = 1024 * 1024
#: What the box decides, whatever the project's settings say: loopback, the foreground, output where it is caught.
_FORCED: Mapping[str, object] = {
    "accesslog": None,
    "certfile": None,
    "control_socket_disable": True,
    "daemon": False,
    "errorlog": "-",
    "keyfile": None,
    "logconfig": None,
    "logconfig_dict": {},
    "logconfig_json": None,
    "pidfile": None,
    "statsd_host": None,
    "syslog": False,
}


@dataclass(frozen=True, slots=True)
class Route:
    """A rule of the running application that GET may ask for."""

    rule: str
    endpoint: str
    arguments: bool


class Server:
    """A context: ``mode`` is "gunicorn", "check" (Gunicorn's own ``--check-config``) or "app-run" (the development
    server, for a comparison; ``debug`` as in ``app.run(debug=...)``)."""

    def __init__(
        self,
        recipe: Recipe,
        python: Path,
        limits: Limits,
        *,
        mode: str = GUNICORN,
        hang: float = 20.0,
        debug: bool = False,
    ) -> None:
        self.recipe = recipe
        self.port = free_port()
        self.token = "prodcheck-" + secrets.token_urlsafe(18)
        self._mode = mode
        self._python = python
        self._limits = limits
        self._hang = hang
        self._debug = debug
        self._kept = b""

    def __enter__(self) -> Server:  # noqa: PYI034 - typing has Self from 3.11 on
        self._folder = tempfile.TemporaryDirectory(prefix="prodcheck-", ignore_cleanup_errors=True)
        scratch = Path(self._folder.name)
        self._events = scratch / "events"
        order = {
            "mode": self._mode,
            "target": self.recipe.target,
            "config": None if self.recipe.config is None else str(self.recipe.config),
            "options": dict(self.recipe.options),
            "forced": {**_FORCED, "bind": [f"{HOST}:{self.port}"]},
            "port": self.port,
            "token": self.token,
            "events": str(self._events),
            "hang": self._hang,
            "debug": self._debug,
        }
        (scratch / "order.json").write_text(json.dumps(order), encoding="utf-8")
        self.box = Box(
            [str(self._python), str(_INSIDE), str(scratch / "order.json")],
            cwd=self.recipe.cwd,
            env=environment(self._python, dict(self.recipe.env), self.port),
            limits=self._limits,
        )
        self.box.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.box.__exit__(kind, error, trace)
        self._kept = self._noted()
        self._folder.cleanup()

    def ready(self, seconds: float) -> bool:
        """Waits until the application answers; whether it did within ``seconds``."""
        end = time.monotonic() + seconds
        while self.box.lives and time.monotonic() < end:
            if self.state(seconds=min(5.0, seconds)):
                return True
            self.box.wait(0.1)
        return False

    def state(self, seconds: float = 10.0) -> dict[str, Any]:
        """What a process of the server says about itself and the application; {} when nothing answers."""
        answer = self.probe("state", seconds=seconds)
        try:
            said = json.loads(answer.body) if answer.status == 200 else {}
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}

    def get(self, path: str, *, headers: Mapping[str, str] | None = None, seconds: float = 10.0) -> Answer:
        """The answer of the server to ``GET path``."""
        return get(self.port, path, headers=headers, seconds=seconds)

    def probe(
        self, name: str, query: str = "", *, headers: Mapping[str, str] | None = None, seconds: float = 10.0
    ) -> Answer:
        """The answer of a probe of :mod:`flask_prodcheck.boot.inside`: state, slow, error, session or request. What it
        says is without the token, which nobody may learn."""
        answer = self.get(f"{self.page(name)}{'?' + query if query else ''}", headers=headers, seconds=seconds)
        return replace(answer, failure=answer.failure.replace(self.token, "..."))

    def page(self, name: str) -> str:
        """The path of a probe."""
        return f"/{self.token}/{name}"

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What the program inside the box noted under ``kind``."""
        found = []
        for line in (self._kept or self._noted()).splitlines():
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if isinstance(said, dict) and said.get("event") == kind:
                found.append(said)
        return found

    def _noted(self) -> bytes:
        try:
            with self._events.open("rb") as stream:
                return stream.read(_MOST_EVENTS)
        except OSError:
            return b""

    def settings(self) -> dict[str, object]:
        """Gunicorn's settings in force, as far as they are plain values."""
        said = self.events("settings")
        return {name: plain(value) for name, value in said[-1]["settings"].items()} if said else {}

    def workers(self) -> tuple[int, int | None]:
        """How many workers live, and how many were asked for (None when that is not known): the first answer comes
        from the first of them, so the others are waited for, at most :data:`_OTHERS` seconds."""
        wanted = self.settings().get("workers")
        known = wanted if isinstance(wanted, int) else None
        end = time.monotonic() + _OTHERS
        while known is not None and len(self.box.children()) < known and time.monotonic() < end:
            self.box.wait(0.1)
        return len(self.box.children()), known

    def worker(self) -> str:
        """The worker class in force, "" when it is not known."""
        said = self.events("settings")
        return str(said[-1].get("worker", "")) if said else ""

    def versions(self) -> dict[str, str]:
        """The releases of gunicorn, flask and werkzeug in the project's interpreter, "" for one that is missing."""
        return {each["name"]: each["version"] for each in self.events("version")}


@dataclass(frozen=True, slots=True)
class Shown:
    """A value that is no plain one: its type and representation."""

    text: str


def plain(encoded: object) -> object:
    """The value that the program inside the box encoded; :class:`Shown` where it only could be described."""
    if not isinstance(encoded, list) or len(encoded) != 2:
        return Shown("?")
    kind, value = encoded
    if kind == "value":
        return value
    if kind == "bytes" and isinstance(value, str):
        return value.encode("latin-1", "replace")
    if kind == "list" and isinstance(value, list):
        return [plain(each) for each in value]
    if kind == "dict" and isinstance(value, list):
        return {str(pair[0]): plain(pair[1]) for pair in value if isinstance(pair, list) and len(pair) == 2}
    return Shown(str(value))
