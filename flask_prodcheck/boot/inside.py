"""What runs in the box, with the project's own interpreter: its server, with probes around its application.

A program of its own that imports nothing of prodcheck and keeps to the syntax of old Pythons. Its argument is a file
that says what to do (see :mod:`flask_prodcheck.boot.server`); what it finds out it appends to another, one JSON object a
line. Probes are paths that begin with a random token, so nobody else can ask for them and no route is in their way.
"""

from __future__ import annotations

import sys

# The folder of this file holds names of ours; the project must not meet them.
sys.path.pop(0)

import json
import os
import time
from typing import Any

_DEPTH = 4
_INNER = ("wsgi_app", "app", "application", "server", "flask_app", "_app", "wsgi")
_TEXT = 4000
_PLAIN_MODULES = ("datetime", "decimal", "pathlib")


def main(order_path: str) -> None:
    with open(order_path, encoding="utf-8") as stream:
        order = json.load(stream)
    events = Events(order["events"])
    events.say("python", version=sys.version.split()[0], executable=sys.executable)
    _name_versions(events)
    if order["mode"] == "app-run":
        _app_run(order, events)
    else:
        _gunicorn(order, events)


class Events:
    def __init__(self, path: str) -> None:
        self.path = path

    def say(self, kind: str, **what: object) -> None:
        line = json.dumps(dict(what, event=kind)) + "\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)


def _name_versions(events: Events) -> None:
    try:
        from importlib import metadata
    except ImportError:
        return
    for name in ("gunicorn", "flask", "werkzeug"):
        try:
            events.say("version", name=name, version=metadata.version(name))
        except metadata.PackageNotFoundError:
            events.say("version", name=name, version="")


# --- the servers ------------------------------------------------------------------------------------------------------


def _gunicorn(order: dict[str, Any], events: Events) -> None:
    try:
        from gunicorn.app.wsgiapp import WSGIApplication
    except ImportError as failure:
        events.say("no-server", reason=str(failure))
        sys.exit(97)

    class Boxed(WSGIApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            super().load_config()
            for name, value in order["options"].items():
                self.give(name, value, "option")
            for name, value in order["forced"].items():
                self.give(name, value, "forced")
            if self.cfg.worker_tmp_dir and not os.path.isdir(self.cfg.worker_tmp_dir):
                self.give("worker_tmp_dir", None, "forced")
            for name in ("user", "group"):
                self.give(name, os.geteuid() if name == "user" else os.getegid(), "forced")
            settings = {name: _plain(setting.get()) for name, setting in self.cfg.settings.items()}
            # With threads, "sync" means gthread.
            events.say("settings", settings=settings, worker=str(self.cfg.worker_class_str))

        def give(self, name: str, value: object, kind: str) -> None:
            if name not in self.cfg.settings:
                if kind == "option":
                    events.say("refused", name=name, reason="this release of gunicorn has no such setting")
                return
            try:
                self.cfg.set(name, value)
            except Exception as failure:
                events.say("refused", name=name, reason=str(failure))

        def load(self) -> Any:
            app = super().load()
            events.say("loaded", pid=os.getpid())
            return _probed(app, order)

    sys.argv = ["gunicorn"]
    if order["config"]:
        sys.argv += ["-c", order["config"]]
    if order["mode"] == "check":
        sys.argv.append("--check-config")
        _say_where_it_hangs(order["hang"])
    sys.argv.append(order["target"])
    Boxed("%(prog)s [OPTIONS] [APP_MODULE]", prog="gunicorn").run()


def _app_run(order: dict[str, Any], events: Events) -> None:
    """The development server as ``app.run()`` starts it, with the same probes."""
    sys.path.insert(0, os.getcwd())
    from gunicorn.util import import_app

    app = _flask(import_app(order["target"]))
    if app is None:
        events.say("no-flask")
        sys.exit(96)
    events.say("loaded", pid=os.getpid())
    _hook(app, order["token"])
    app.wsgi_app = Probes(app.wsgi_app, app, order["token"])
    app.run(host="127.0.0.1", port=order["port"], debug=order["debug"], use_reloader=False)


def _say_where_it_hangs(seconds: float) -> None:
    import faulthandler

    faulthandler.dump_traceback_later(seconds)


# --- the probes -------------------------------------------------------------------------------------------------------


def _probed(app: Any, order: dict[str, Any]) -> Probes:
    flask = _flask(app)
    if flask is not None:
        _hook(flask, order["token"])
    return Probes(app, flask, order["token"])


class Probes:
    """The application, and in front of it what answers for the server process: ``state`` and ``slow``."""

    def __init__(self, app: Any, flask: Any, token: str) -> None:
        self.app = app
        self.flask = flask
        self.prefix = "/" + token + "/"

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(self.prefix):
            return self.app(environ, start_response)
        name = path[len(self.prefix) :]
        if name == "state":
            return _answer(start_response, _state(self.flask))
        if name == "slow":
            time.sleep(float(environ.get("QUERY_STRING") or 1))
            return _answer(start_response, {"pid": os.getpid(), "finished": True})
        return self.app(environ, start_response)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.app, name)


def _answer(start_response: Any, what: object) -> list[bytes]:
    body = json.dumps(what).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _hook(app: Any, token: str) -> None:
    """Answers in front of the project's own request hooks, behind everything else that Flask and extensions do."""
    prefix = "/" + token + "/"

    def prodcheck_probe() -> Any:
        import flask

        request = flask.request
        if not request.path.startswith(prefix):
            return None
        name = request.path[len(prefix) :]
        if name == "error":
            raise RuntimeError("raised by prodcheck: " + token)
        said = {
            "scheme": request.scheme,
            "remote_addr": request.remote_addr,
            "host": request.host,
            "root": request.url_root,
        }
        if name == "session":
            try:
                flask.session["prodcheck"] = 1
                said["session"] = "set"
            except Exception as failure:
                said["session"] = str(failure)
        return app.response_class(json.dumps(said), mimetype="application/json")

    app.before_request_funcs.setdefault(None, []).insert(0, prodcheck_probe)


def _flask(app: Any) -> Any:
    """The Flask application inside ``app``, which may be wrapped; None when there is none to be seen."""
    layer = [app]
    for _ in range(_DEPTH):
        below = []
        for each in layer:
            if all(hasattr(each, name) for name in ("url_map", "config", "before_request_funcs", "wsgi_app")):
                return each
            for name in _INNER:
                inner = getattr(each, name, None)
                if inner is not None and callable(inner):
                    # A bound method, as in ``app.wsgi_app = Middleware(app.wsgi_app)``, leads back to its application.
                    below.append(getattr(inner, "__self__", inner))
        layer = below
    return None


def _state(flask: Any) -> dict[str, object]:
    said: dict[str, object] = {"pid": os.getpid(), "flask": flask is not None}
    if flask is None:
        return said
    said["config"] = {str(key): _plain(value) for key, value in list(flask.config.items())[:500]}
    said["routes"] = [
        {"rule": rule.rule, "endpoint": rule.endpoint, "arguments": bool(rule.arguments)}
        for rule in list(flask.url_map.iter_rules())[:2000]
        if "GET" in (rule.methods or ())
    ]
    said["commands"] = _commands(getattr(flask, "cli", None))[:200]
    return said


def _commands(group: Any, before: str = "", depth: int = 2) -> list[str]:
    """The words that call the commands which the application itself adds to ``flask``."""
    found: list[str] = []
    for name, command in sorted((getattr(group, "commands", None) or {}).items()):
        words = before + str(name)
        if getattr(command, "commands", None) is None:
            found.append(words)
        elif depth:
            found += _commands(command, words + " ", depth - 1)
    return found


def _plain(value: Any, depth: int = 3) -> list[object]:
    """``value`` as JSON can hold it: ``["value", ...]``, else ``["shown", text]``, where the text is the type and, of
    types that cannot hold a secret, the value."""
    if value is None or isinstance(value, (bool, int)):
        return ["value", value]
    if isinstance(value, float):
        return ["value", value] if value == value and abs(value) != float("inf") else ["shown", repr(value)]
    if isinstance(value, str):
        return ["value", value[:_TEXT]]
    if isinstance(value, bytes):
        return ["bytes", value[:_TEXT].decode("latin-1")]
    if depth and isinstance(value, (list, tuple)):
        return ["list", [_plain(each, depth - 1) for each in value[:50]]]
    if depth and isinstance(value, dict):
        return ["dict", [[str(key), _plain(each, depth - 1)] for key, each in list(value.items())[:50]]]
    kind = type(value)
    if isinstance(value, type):
        return ["shown", "%s %s" % (kind.__name__, value.__qualname__)]
    return ["shown", "%s %s" % (kind.__name__, value) if kind.__module__ in _PLAIN_MODULES else kind.__name__]


if __name__ == "__main__":
    main(sys.argv[1])
