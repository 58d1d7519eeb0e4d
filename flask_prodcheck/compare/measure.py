"""Both servers measured in turns, and looked at where they differ: errors, a stop, a killed process."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flask_prodcheck.boot.box import Limits
from flask_prodcheck.boot.client import Answer
from flask_prodcheck.boot.diagnosis import diagnose
from flask_prodcheck.boot.recipe import Recipe
from flask_prodcheck.boot.server import APP_RUN, GUNICORN, Server
from flask_prodcheck.compare.load import Load, median, run_load
from flask_prodcheck.errors import RefusedError
from flask_prodcheck.records import dataclass
from flask_prodcheck.reports.style import safe
from flask_prodcheck.verify.steps import chosen_path, routes_of

_BOOT = 30.0
_BOX = 120.0
_SLOW = 1.5


@dataclass(frozen=True, slots=True)
class Character:
    """What one server does besides serving: ``error`` is what a visitor sees of an unhandled one, ``stop`` what SIGTERM
    does to a request in flight, ``killed`` what follows the death of the process that serves. The flags say whether
    that is fit for production. ``name`` is its Server header."""

    name: str
    workers: int
    first_answer: float
    error: str
    error_fit: bool
    stop: str
    stop_fit: bool
    killed: str
    killed_fit: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One server: its runs and its character."""

    runs: tuple[Load, ...]
    character: Character

    @property
    def rate(self) -> float:
        """Requests per second, the median of the runs."""
        return median(run.rate for run in self.runs)

    def latency(self, share: float) -> float:
        """Seconds, the median over the runs of each one's percentile."""
        return median(run.percentile(share) for run in self.runs)

    @property
    def failures(self) -> int:
        return sum(run.failures for run in self.runs)

    @property
    def requests(self) -> int:
        return sum(len(run.latencies) + run.failures for run in self.runs)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides. ``path`` is the page that was asked for, ``debug`` whether ``app.run`` was given ``debug=True``, as the
    project does."""

    target: str
    path: str
    debug: bool
    clients: int
    rounds: int
    development: Side
    production: Side


def compare(
    recipe: Recipe,
    python: Path,
    *,
    requests: int,
    seconds: float,
    rounds: int,
    clients: int,
    path: str = "",
    progress: Callable[[str], None] = lambda _: None,
) -> Comparison:
    """Measures ``recipe`` in ``rounds`` rounds, each under both servers. Raises :class:`RefusedError` when one of them
    does not start."""
    debug = any(site.debug == "true" for site in recipe.project.run_sites if site.guard.value != "cli")
    runs: dict[str, list[Load]] = {APP_RUN: [], GUNICORN: []}
    page = path
    for number in range(rounds):
        for mode, measured in runs.items():
            progress(f"round {number + 1} of {rounds}: {'Gunicorn' if mode == GUNICORN else 'app.run()'}")
            with _started(recipe, python, mode, debug) as server:
                if mode == GUNICORN:
                    server.workers()  # measured is what runs, not what starts
                page = page or chosen_path(routes_of(server.state()))
                run_load(server.port, page, requests=clients * 4, seconds=2, clients=clients)
                measured.append(run_load(server.port, page, requests=requests, seconds=seconds, clients=clients))
    progress("errors, a stop, a killed process")
    return Comparison(
        target=recipe.target,
        path=page,
        debug=debug,
        clients=clients,
        rounds=rounds,
        development=Side(tuple(runs[APP_RUN]), _character(recipe, python, APP_RUN, debug, page)),
        production=Side(tuple(runs[GUNICORN]), _character(recipe, python, GUNICORN, debug, page)),
    )


@contextlib.contextmanager
def _started(recipe: Recipe, python: Path, mode: str, debug: bool) -> Iterator[Server]:
    with Server(recipe, python, Limits(seconds=_BOX), mode=mode, debug=debug) as server:
        if not server.ready(_BOOT):
            found = diagnose(
                server.box.output, recipe.root, recipe.env, recipe.configuration, recipe.project.facts.paths
            )
            name = "Gunicorn" if mode == GUNICORN else "app.run()"
            asked = f" ({', '.join(found.missing)} is not set: give it with --env-file)" if found.missing else ""
            raise RefusedError(
                f"{name} does not start the application: {safe(found.said) or 'no answer'}{asked}; `prodcheck verify` tells more"
            )
        yield server


def _character(recipe: Recipe, python: Path, mode: str, debug: bool, page: str) -> Character:
    started = time.monotonic()
    with _started(recipe, python, mode, debug) as server:
        first = time.monotonic() - started
        workers = server.workers()[0] if mode == GUNICORN else 1
        name = server.get(page).header("server") or ""
        error, error_fit = _error(server.probe("error"))
        killed, killed_fit = _killed(server, mode) if mode == GUNICORN else ("", False)
        stop, stop_fit = _stop(server)
    if mode == APP_RUN:
        with _started(recipe, python, mode, debug) as server:
            killed, killed_fit = _killed(server, mode)
    return Character(safe(name), workers, first, error, error_fit, stop, stop_fit, killed, killed_fit)


def _error(answer: Answer) -> tuple[str, bool]:
    """What a visitor sees of an unhandled error."""
    if b"EVALEX = true" in answer.body or b"EVALEX = True" in answer.body:
        return "the traceback, with a console that runs code", False
    if b"Traceback" in answer.body or b"raised by prodcheck" in answer.body:
        return "the traceback", False
    if answer.status == 0:
        return f"nothing: {answer.failure}", False
    return f"a plain page, status {answer.status}", answer.status >= 500


def _stop(server: Server) -> tuple[str, bool]:
    """What SIGTERM does to a request in flight."""
    answers: list[Answer] = []
    asking = threading.Thread(target=lambda: answers.append(server.probe("slow", str(_SLOW), seconds=20)))
    asking.start()
    time.sleep(0.5)
    server.box.signal(signal.SIGTERM)
    asking.join(30)
    server.box.wait(30)
    if answers and answers[0].status == 200:
        return "finished", True
    return f"lost ({answers[0].failure if answers else 'no answer'})", False


def _killed(server: Server, mode: str) -> tuple[str, bool]:
    """What follows when the process that answers is killed."""
    victim = server.state().get("pid") if mode == GUNICORN else server.box.pid
    if not isinstance(victim, int) or victim not in [process.pid for process in server.box.members()]:
        return "not seen", False
    started = time.monotonic()
    with contextlib.suppress(OSError):
        os.kill(victim, signal.SIGKILL)
    end = started + 10
    while server.box.lives and time.monotonic() < end:
        if victim not in [process.pid for process in server.box.members()] and server.state(seconds=3):
            return f"replaced, answers again after {time.monotonic() - started:.1f} s", True
        server.box.wait(0.05)
    return "gone, nothing answers", False
