"""The steps of the proof, in order: each looks at the running server and says what it saw."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask_prodcheck.boot.box import Box, Limits
from flask_prodcheck.boot.client import HOST, Answer
from flask_prodcheck.boot.diagnosis import Diagnosis, diagnose
from flask_prodcheck.boot.processes import has_proc, listening
from flask_prodcheck.boot.recipe import NOT_TAKEN, Recipe
from flask_prodcheck.boot.server import CHECK, Route, Server
from flask_prodcheck.findings.redact import redact
from flask_prodcheck.patterns import regex
from flask_prodcheck.reports.style import safe
from flask_prodcheck.verify.check import FAILED, NOTED, PASSED, SKIPPED, Check
from flask_prodcheck.verify.configuration import compared, compared_options
from flask_prodcheck.verify.cookies import BEHIND_HTTPS, cookies
from flask_prodcheck.verify.preparation import made_as_main, preparation, run_preparation

_BOOT = 30.0
_PATIENCE = 35.0  # seconds: MongoDB's driver looks 30 for its server before it says that there is none
_NOTICED = 0.5  # seconds
_LOGGED = 2.0
_AT_ONCE = 8
_SLOW = 1.5
_QUIET_WORDS = regex(r"log_?out|sign_?out|delete|remove|reset|destroy|drop|kill|shutdown|debug|admin", re.IGNORECASE)
_HEALTH = ("/health", "/healthz", "/health/", "/ping", "/status", "/ready", "/readyz")
_SECURITY_HEADERS = (
    "strict-transport-security",
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
)
_FRAME = regex(r'File "([^"]{1,500})", line (\d{1,7}) in ')
NAMES = (
    "check-config",
    "boot",
    "loopback",
    "answers",
    "concurrency",
    "debugger",
    "errors",
    "cookies",
    "headers",
    "proxy",
    "configuration",
    "worker-replaced",
    "graceful-stop",
    "nothing-left",
)
"""The names of the steps, in order."""


class Proof:
    """Runs the steps against one recipe. ``seconds`` bounds the whole, ``path`` is the page to ask for ("" to choose),
    ``shown`` how the interpreter is named; ``commands`` are run first. ``prepare`` becomes the command that the project
    has for what was found missing."""

    def __init__(
        self,
        recipe: Recipe,
        python: Path,
        *,
        seconds: float,
        memory: int,
        path: str = "",
        shown: str = "",
        commands: Sequence[Sequence[str]] = (),
    ) -> None:
        self.recipe = recipe
        self.python = python
        self.path = path
        self.memory = memory
        self.prepare = ""
        self._commands = commands
        self._state: dict[str, object] = {}
        self._python = shown or str(python)
        self.versions: dict[str, str] = {}
        self._end = time.monotonic() + seconds

    def run(self) -> Iterator[Check]:
        """Every check; those after one that everything depends on are skipped."""
        for argv in self._commands:
            box = run_preparation(argv, self.recipe, self.python, self._limits())
            done = self._prepared(shlex.join(argv), box)
            yield done
            if done.status != PASSED:
                yield from _not_reached(NAMES[:-1], "what was to be made ready is not")
                yield _nothing_left(box, stopped=False)
                return
        seconds = max(1.0, min(_BOOT, self._left() - 2))
        loading = Server(self.recipe, self.python, self._limits(), mode=CHECK, hang=max(0.5, seconds - 2))
        with loading:
            loading.box.wait(seconds)
            opened = _foreign_ports(loading) if loading.box.lives else []
            hangs = loading.box.lives
        checked = self._check_config(loading, hangs=hangs, opened=opened, seconds=seconds)
        yield checked
        if checked.status in (FAILED, SKIPPED):
            yield from _not_reached(NAMES[1:-1], "Gunicorn cannot load the application")
            yield _nothing_left(loading.box, stopped=False)
            return
        with Server(self.recipe, self.python, self._limits()) as server:
            yield from self._booted(server)

    def _booted(self, server: Server) -> Iterator[Check]:
        booted = self._boot(server)
        yield booted
        yield _loopback(server)
        if booted.status != PASSED:
            last = ("nothing-left",)
            yield from _not_reached([name for name in NAMES[3:] if name not in last], "the server did not start")
            server.box.end()
            yield _nothing_left(server.box, stopped=False)
            return
        state = self._state = server.state()
        path = asked = self.path or chosen_path(routes_of(state))
        steps: list[tuple[str, Callable[[], Check]]] = [
            ("answers", lambda: self._answers(server, path)),
            ("concurrency", lambda: _concurrency(server, path, self._left())),
            ("debugger", lambda: _debugger(server, asked)),
            ("errors", lambda: _errors(server, bool(state.get("flask")))),
            ("cookies", lambda: cookies(server, asked, self.recipe, state)),
            ("headers", lambda: _headers(server, asked)),
            ("proxy", lambda: _proxy(server, asked, bool(state.get("flask")))),
            ("configuration", lambda: self._configuration(server, server.state() or state)),
            ("worker-replaced", lambda: _worker_replaced(server, self._left())),
            ("graceful-stop", lambda: _graceful_stop(server, self._left())),
        ]
        waits = False
        for place, (name, step) in enumerate(steps):
            if not server.box.lives:
                yield self._ended(name, server.box)
                yield from _not_reached([each for each, _ in steps[place + 1 :]], "the server had ended")
                break
            if name == "concurrency" and waits:
                yield from _not_reached((name,), "its page cannot be served yet")
                continue
            done = step()
            if done.status in (FAILED, SKIPPED):
                server.box.wait(_NOTICED)  # the end of a server shows a little later than its silence
            if name == "answers" and done.status != PASSED:
                waits = done.status == SKIPPED
                asked = server.page("request")  # what is left is asked of a page that is there in any case
            yield done
        server.box.end()
        yield _nothing_left(server.box, stopped=True)

    # --- starting --------------------------------------------------------------------------------------------------

    def _prepared(self, command: str, box: Box) -> Check:
        name = "prepare"
        shown = f"`{safe(command)}`"
        if box.over or box.failure:
            return Check(name, FAILED, f"{shown}: {_why_ended(box.over, box.failure, box)}", _tail(box.output))
        if box.status != 0:
            return self._not_started(name, box.output, f"{shown} ends with status {box.status}")
        return Check(name, PASSED, f"{shown} ended with status 0")

    def _check_config(self, server: Server, *, hangs: bool, opened: list[str], seconds: float) -> Check:
        """What Gunicorn's own check came to; ``opened`` are the ports that a hanging import listens on."""
        name = NAMES[0]
        over, status, failure = server.box.over, server.box.status, server.box.failure
        self.versions = server.versions()
        output = server.box.output
        lacking = [each for each in ("gunicorn", "flask") if self.versions.get(each, "?") == ""]
        broken = server.events("no-server")
        if broken and self.versions.get("gunicorn"):
            said = f"gunicorn {self.versions['gunicorn']} itself cannot be imported by {self._python}: {safe(str(broken[0].get('reason')))}"
            return Check(name, SKIPPED, said)
        if broken or lacking:
            packages = " and ".join(lacking) or "gunicorn"
            return Check(
                name,
                SKIPPED,
                f"{packages}: not installed for {self._python}: install the project's requirements there, or name its interpreter with --python",
            )
        if failure and not self.versions:
            return Check(name, SKIPPED, f"{self._python} could not be started: {safe(failure)}")
        if hangs or over == "seconds":
            where = _hanging_place(output, self.recipe.root)
            ports = f", listening on {', '.join(opened)}" if opened else ""
            said = f"the import of the application did not end within {seconds:.0f} s{where}{ports}"
            return Check(name, FAILED, said, () if where else _tail(output))
        if over or failure:
            return Check(
                name,
                FAILED,
                f"while the application was imported, {_why_ended(over, failure, server.box)}",
                _tail(output),
            )
        loaded = bool(server.events("loaded"))
        if status == 0 and loaded:
            behind = server.box.left
            left = f", and left {behind} process{'' if behind == 1 else 'es'} behind" if behind else ""
            said = f"Gunicorn {self.versions.get('gunicorn', '')} loads {safe(self.recipe.target)}{left}"
            return Check(name, FAILED if left else PASSED, said, tuple(_refused(server)))
        if status == 0:
            return Check(
                name,
                FAILED,
                "the process ended with status 0 before the application was loaded: its import ends the process",
                _tail(output),
            )
        return self._not_started(name, output, f"Gunicorn ends with status {status}")

    def _boot(self, server: Server) -> Check:
        name = "boot"
        started = time.monotonic()
        seconds = min(_BOOT, self._left())
        if not server.ready(seconds):
            if server.box.lives:
                return Check(name, FAILED, f"no worker answered within {seconds:.0f} s", _tail(server.box.output))
            if server.box.over or server.box.failure:
                return self._ended(name, server.box)
            return self._not_started(name, server.box.output, f"the server ended with status {server.box.status}")
        taken = time.monotonic() - started
        workers, wanted = server.workers()
        shown = safe(f"{server.worker()} ".lstrip())
        details = tuple(_refused(server))
        said = f"{workers} {shown}worker{'' if workers == 1 else 's'} up, first answer after {taken:.1f} s"
        if wanted is not None and workers < wanted:
            return Check(name, FAILED, f"{said}, but {wanted} were asked for", details)
        return Check(name, PASSED, said, details)

    def _not_started(self, name: str, output: str, fact: str) -> Check:
        found = self._diagnosis(output)
        if found.environment:
            return Check(name, SKIPPED, self._asks_for(found), _told(found, ()))
        place = f" at {safe(found.place)}" if found.place else ""
        said = f"{fact}: {safe(found.said)}{place}" if found.said else fact
        return Check(name, FAILED, said, () if found.said else _tail(output))

    def _diagnosis(self, output: str) -> Diagnosis:
        recipe = self.recipe
        return diagnose(output, recipe.root, recipe.env, recipe.configuration, recipe.project.facts.paths)

    def _logged(self, box: Box) -> Diagnosis:
        """What the log says of an error that was just answered; it may come a little later than the answer."""
        end = time.monotonic() + _LOGGED
        while not (found := self._diagnosis(box.output)).said and time.monotonic() < end:
            box.wait(0.1)
        return found

    def _ended(self, name: str, box: Box) -> Check:
        if box.over or box.failure:
            return Check(
                name, FAILED, f"the server was ended: {_why_ended(box.over, box.failure, box)}", _tail(box.output)
            )
        return self._not_started(name, box.output, f"the server ended by itself with status {box.status}")

    # --- serving ---------------------------------------------------------------------------------------------------

    def _answers(self, server: Server, path: str) -> Check:
        answer = server.get(path, seconds=min(_PATIENCE, self._left()))
        shown = safe(path)
        if answer.status == 0:
            return Check("answers", FAILED, f"GET {shown}: {answer.failure}", _tail(server.box.output))
        if answer.status >= 500:
            found = self._logged(server.box)
            if found.environment:
                return Check(
                    "answers",
                    SKIPPED,
                    f"GET {shown}: status {answer.status}; {self._asks_for(found)}",
                    _told(found, ()),
                )
            return Check(
                "answers", FAILED, f"GET {shown}: status {answer.status}{': ' + safe(found.said) if found.said else ''}"
            )
        return Check("answers", PASSED, f"GET {shown}: status {answer.status} in {answer.seconds * 1000:.0f} ms")

    def _configuration(self, server: Server, state: dict[str, object]) -> Check:
        found = compared(state, self.recipe.configuration, self.recipe.env)
        options = compared_options(server.settings(), self.recipe.launch, NOT_TAKEN)
        if not options:
            return found
        status = FAILED if found.status == PASSED else found.status
        return Check(
            found.name,
            status,
            f"{found.said}; {len(options)} settings of the server differ",
            (*options, *found.details),
        )

    def _asks_for(self, found: Diagnosis) -> str:
        if found.missing:
            variables = ", ".join(map(safe, found.missing))
            return f"{variables} {'is' if len(found.missing) == 1 else 'are'} not set: give {'it' if len(found.missing) == 1 else 'them'} with --env-file"
        if found.unreachable:
            return f"{safe(found.unreachable)} does not answer here: start it, or name another with --env-file"
        if found.table:
            self.prepare = preparation(self.recipe, self._state)
            lacks = f"its database has no {safe(found.table)}"
            if self.prepare:
                return f"{lacks}: --prepare '{safe(self.prepare)}' runs the project's command first"
            place = made_as_main(self.recipe.project)
            where = f", which {place} makes as the main program only" if place is not None else ""
            return f"{lacks}{where}: make it first, or name the command that does with --prepare"
        return f"{safe(found.module)}: not installed for {self._python}: install the project's requirements there, or name its interpreter with --python"

    # --- limits ----------------------------------------------------------------------------------------------------

    def _left(self) -> float:
        return max(1.0, self._end - time.monotonic())

    def _limits(self) -> Limits:
        return Limits(seconds=self._left(), memory=self.memory)


def chosen_path(routes: list[Route]) -> str:
    """The page to ask for: ``/`` if it is there, a health check, else the shortest rule without parameters whose name
    promises no side effect."""
    rules = sorted(
        {route.rule for route in routes if not route.arguments and route.endpoint != "static"},
        key=lambda rule: (len(rule), rule),
    )
    for rule in ("/", *_HEALTH):
        if rule in rules:
            return rule
    return next((rule for rule in rules if not _QUIET_WORDS.search(rule)), "/")


def routes_of(state: Mapping[str, object]) -> list[Route]:
    """The routes that a server's state lists."""
    said = state.get("routes")
    return [
        Route(str(each.get("rule")), str(each.get("endpoint")), bool(each.get("arguments")))
        for each in (said if isinstance(said, list) else ())
        if isinstance(each, dict)
    ]


def _loopback(server: Server) -> Check:
    if not has_proc():
        return Check("loopback", NOTED, "which ports are open is not to be seen on this system")
    others = _foreign_ports(server)
    if others:
        return Check("loopback", FAILED, f"the application itself listens on {', '.join(others)}")
    return Check("loopback", PASSED, "the server listens on loopback only, the application opens no port of its own")


def _foreign_ports(server: Server) -> list[str]:
    """The addresses that the project's processes listen on besides the one they were given."""
    sockets = listening([process.pid for process in server.box.members()])
    return sorted(f"{address}:{port}" for address, port in sockets if (address, port) != (HOST, server.port))


def _concurrency(server: Server, path: str, left: float) -> Check:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        pages = list(pool.map(lambda _: server.get(path, seconds=min(20.0, left)), range(_AT_ONCE)))
        started = time.monotonic()
        slow = list(pool.map(lambda _: server.probe("slow", "0.5", seconds=min(20.0, left)), range(4)))
        taken = time.monotonic() - started
    bad = [page for page in (*pages, *slow) if page.status == 0 or page.status >= 500]
    if bad:
        return Check(
            "concurrency",
            FAILED,
            f"{len(bad)} of {len(pages) + len(slow)} requests at the same time got no good answer: {bad[0].failure or f'status {bad[0].status}'}",
        )
    together = (
        "answered at the same time"
        if taken < 1.0
        else "answered in turns"
        if taken < 1.9
        else "answered one after the other"
    )
    return Check(
        "concurrency",
        PASSED,
        f"{_AT_ONCE} requests at once answered; 4 of half a second each took {taken:.1f} s: {together}",
    )


def _debugger(server: Server, path: str) -> Check:
    resource = server.get(f"{path}?__debugger__=yes&cmd=resource&f=debugger.js")
    console = server.get("/console")
    for answer, what in ((resource, "serves its script"), (console, "offers its console at /console")):
        if answer.status == 200 and any(word in answer.body for word in (b"EVALEX", b"openShell", b"CONSOLE_MODE")):
            return Check("debugger", FAILED, f"Werkzeug's debugger {what}: visitors may run code")
    if resource.status == 0:
        return Check("debugger", SKIPPED, f"it could not be asked: {resource.failure}")
    return Check("debugger", PASSED, "Werkzeug's debugger does not answer")


def _errors(server: Server, flask: bool) -> Check:
    if not flask:
        return Check("errors", SKIPPED, "the Flask application behind the server is not to be seen")
    answer = server.probe("error")
    if answer.status == 0:
        return Check("errors", FAILED, f"an unhandled error ends the request without an answer: {answer.failure}")
    if b"Traceback" in answer.body or b"raised by prodcheck" in answer.body:
        return Check(
            "errors", FAILED, f"an unhandled error shows its traceback to the visitor (status {answer.status})"
        )
    if answer.status < 500:
        return Check("errors", FAILED, f"an unhandled error is answered with status {answer.status}: nobody notices it")
    return Check("errors", PASSED, f"an unhandled error gives status {answer.status} and no traceback")


def _headers(server: Server, path: str) -> Check:
    answer = server.get(path, headers=BEHIND_HTTPS)
    if answer.status == 0:
        return Check("headers", SKIPPED, f"GET {safe(path)}: {answer.failure}")
    there = [name for name in _SECURITY_HEADERS if answer.header(name) is not None]
    lacking = [name for name in _SECURITY_HEADERS if name not in there]
    server_name = answer.header("server") or "none"
    said = f"Server: {safe(server_name)}; {len(there)} of {len(_SECURITY_HEADERS)} security headers are sent"
    return Check("headers", NOTED, said, (f"not sent: {', '.join(lacking)} (a proxy may add them)",) if lacking else ())


def _proxy(server: Server, path: str, flask: bool) -> Check:
    if not flask:
        return Check("proxy", SKIPPED, "the Flask application behind the server is not to be seen")
    plain = server.get(path)
    moved = (
        f"plain HTTP is redirected to {safe(plain.header('location') or '')}"
        if 300 <= plain.status < 400 and (plain.header("location") or "").startswith("https:")
        else "plain HTTP is answered"
    )
    answer = server.probe("request", headers=BEHIND_HTTPS)
    try:
        said = json.loads(answer.body)
        scheme, client, root = str(said["scheme"]), str(said["remote_addr"]), str(said["root"])
    except (ValueError, KeyError, TypeError):
        return Check(
            "proxy",
            SKIPPED,
            f"a probe behind a simulated proxy was not answered: status {answer.status} {answer.failure}".rstrip(),
        )
    if 300 <= server.get(path, headers=BEHIND_HTTPS).status < 400 and moved.startswith("plain HTTP is redirected"):
        again = server.get(path, headers=BEHIND_HTTPS).header("location") or ""
        if again.startswith("https:") and scheme != "https":
            return Check(
                "proxy",
                FAILED,
                "behind an HTTPS proxy the page redirects to itself for ever: X-Forwarded-Proto is not believed",
            )
    details = (
        f"X-Forwarded-Proto: https is {'believed' if scheme == 'https' else 'not believed: url_for makes http:// addresses'}",
        f"X-Forwarded-For is {'believed' if client == BEHIND_HTTPS['X-Forwarded-For'] else f'not believed: every visitor is {safe(client)}'}",
        f"addresses begin with {safe(root)}",
    )
    return Check(
        "proxy",
        NOTED,
        f"behind an HTTPS proxy the application sees {safe(scheme)} from {safe(client)}; {moved}",
        details,
    )


# --- failing and stopping ---------------------------------------------------------------------------------------------


def _worker_replaced(server: Server, left: float) -> Check:
    name = "worker-replaced"
    workers = server.box.children()
    if not workers:
        return Check(name, SKIPPED, "the workers are not to be seen")
    victim = int(server.state().get("pid") or workers[0])
    if victim not in workers:
        victim = workers[0]
    started = time.monotonic()
    with contextlib.suppress(OSError):
        os.kill(victim, signal.SIGKILL)
    end = started + min(15.0, left)
    while time.monotonic() < end and server.box.lives:
        now = server.box.children()
        if len(now) >= len(workers) and victim not in now and server.state(seconds=3):
            return Check(name, PASSED, f"a killed worker was replaced within {time.monotonic() - started:.1f} s")
        server.box.wait(0.1)
    if not server.box.lives:
        return Check(name, FAILED, "the server ended when one worker was killed")
    return Check(name, FAILED, f"a killed worker was not replaced within {time.monotonic() - started:.0f} s")


def _graceful_stop(server: Server, left: float) -> Check:
    name = "graceful-stop"
    answers: list[Answer] = []
    grace = server.settings().get("graceful_timeout")
    slow = _SLOW if not isinstance(grace, int) or grace > _SLOW else 0.8
    asking = threading.Thread(target=lambda: answers.append(server.probe("slow", str(slow), seconds=min(20.0, left))))
    asking.start()
    time.sleep(0.5)
    started = time.monotonic()
    server.box.signal(signal.SIGTERM)
    ended = server.box.wait(min(20.0 + (grace if isinstance(grace, int) else 30), left))
    taken = time.monotonic() - started
    asking.join(25)
    finished = bool(answers) and answers[0].status == 200 and b"finished" in answers[0].body
    if not ended:
        return Check(name, FAILED, f"the server still ran {taken:.0f} s after SIGTERM")
    if server.box.over or server.box.failure:
        return Check(
            name,
            FAILED,
            f"the server did not stop in time: {_why_ended(server.box.over, server.box.failure, server.box)}",
        )
    if not finished:
        lost = answers[0].failure if answers else "no answer"
        return Check(name, FAILED, f"SIGTERM cut a request in flight: {lost}")
    if server.box.status != 0:
        return Check(name, FAILED, f"after SIGTERM the server ended with status {server.box.status}")
    return Check(
        name, PASSED, f"SIGTERM let a request in flight finish; the server ended after {taken:.1f} s with status 0"
    )


def _nothing_left(box: Box, *, stopped: bool) -> Check:
    if not box.clean:
        return Check("nothing-left", FAILED, "processes of the project could not be ended")
    if stopped and box.left:
        return Check("nothing-left", FAILED, f"{box.left} processes outlived the server and had to be killed")
    return Check("nothing-left", PASSED, "no process is left" if stopped else "no process is left; what ran was ended")


# --- words ------------------------------------------------------------------------------------------------------------


def _not_reached(names: tuple[str, ...] | list[str], why: str) -> Iterator[Check]:
    for name in names:
        yield Check(name, SKIPPED, f"not tried: {why}", reached=False)


def _told(found: Diagnosis, more: tuple[str, ...]) -> tuple[str, ...]:
    place = f" at {safe(found.place)}" if found.place else ""
    return (f"{safe(found.said)}{place}", *more)


def _why_ended(over: str, failure: str, box: Box) -> str:
    if over == "seconds":
        return f"its {box.limits.seconds:.0f} s were over"
    if over == "processes":
        return f"it had more than {box.limits.processes} processes"
    if over == "output":
        return f"it had printed more than {box.limits.output // 1024**2} MiB"
    return safe(failure)


def _hanging_place(output: str, root: Path) -> str:
    """Where the innermost frame of the project stood when the import had hung for a while."""
    real = os.path.realpath(root) + os.sep
    for path, line in _FRAME.findall(output.rpartition("Timeout (")[2]):
        if os.path.realpath(path).startswith(real) and f"{os.sep}site-packages{os.sep}" not in path:
            return f": it waits at {safe(os.path.realpath(path)[len(real) :])}:{line}"
    return ""


def _refused(server: Server) -> Iterator[str]:
    for each in server.events("refused"):
        yield safe(f"gunicorn {each.get('name')}: not taken: {each.get('reason')}")


def _tail(output: str, lines: int = 6) -> tuple[str, ...]:
    kept = [line for line in output.splitlines() if line.strip()][-lines:]
    return tuple(safe(redact(line))[:200] for line in kept)
