"""What platforms start by themselves when a project's files give no command.

Sources: Google App Engine Python 3 runtime ("Application startup") and Python 2.7 runtime ("Script handlers"), Microsoft Oryx
``frameworks.go``, Elastic Beanstalk "Configuring the WSGI server", nixpacks ``providers/python.rs``, railpack
``core/providers/python``, Passenger manual, Rockcraft "Flask framework",
Toolforge "My first Flask OAuth tool" (uWSGI serves ``app`` of ``www/python/src/app.py``).
"""

from __future__ import annotations

import posixpath

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.installs import production_dependencies
from flask_prodcheck.model.launching.steps import PythonRun, ServerStart
from flask_prodcheck.model.project import Server
from flask_prodcheck.records import dataclass

_ORYX_FILES = ("application.py", "app.py", "run.py", "index.py", "server.py", "wsgi.py")
_RAILPACK_FILES = ("main.py", "app.py", "start.py", "bot.py", "hello.py", "server.py")


@dataclass(frozen=True, slots=True)
class Default:
    """A platform's own start: a server with its target, or a Python program."""

    start: ServerStart | None = None
    python: PythonRun | None = None


def platform_default(head: Head, facts: Facts) -> Default | None:
    """What the platform of ``head`` starts; None when it starts nothing that is known."""
    options = dict(head.options)
    folder = options.get("root") or head.place.cwd
    if head.default == "app-engine" and "script" in options:  # the runtime of Python 2.7 imports it
        module, _, name = options["script"].rpartition(".")
        path = module.replace(".", "/")
        held = _file(folder, f"{path}.py", facts) or _file(folder, f"{path}/__init__.py", facts)
        return Default(ServerStart(Server.OTHER, f"{module}:{name}", program="app engine")) if held else None
    if head.default == "app-engine":
        return _served("main:app") if _file(folder, "main.py", facts) else None
    if head.default == "rockcraft":  # the extension refuses to build without an ``app`` in ``app.py``
        return _served("app:app") if _file(folder, "app.py", facts) else None
    if head.default == "azure":
        return _oryx(folder, facts)
    if head.default == "beanstalk":
        target = (options.get("WSGIPath") or "application").removesuffix(".py").replace("/", ".")
        target = target if ":" in target else f"{target}:application"
        old = any(
            mark in options.get("platform", "").lower().replace(" ", "")
            for mark in (
                "python2.",
                "python3.4",
                "python3.6",
                "preconfigured",
                "amazonlinux2014",
                "amazonlinux2015",
                "amazonlinux2016",
                "amazonlinux2017",
                "amazonlinux2018",
            )
        )
        return Default(
            ServerStart(
                Server.MOD_WSGI if old else Server.GUNICORN, target.replace(":", ":"), program="elastic beanstalk"
            )
        )
    if head.default in ("railway", "railpack", "nixpacks"):
        return _railway(folder, options, facts)
    if head.default == "passenger":
        target = options.get("startup", "passenger_wsgi:application")
        return Default(ServerStart(Server.PASSENGER, target, program="passenger"))
    if head.default == "toolforge":
        return Default(ServerStart(Server.UWSGI, "", {"module": "app", "callable": "app"}, program="toolforge"))
    if head.default == "pythonanywhere":  # a uWSGI process executes the file
        return Default(ServerStart(Server.UWSGI, "", {"wsgi-file": head.span.file}, program="pythonanywhere"))
    if "handler" in options:
        module, _, function = options["handler"].rpartition(".")
        target = f"{module.removeprefix('./').replace('/', '.')}:{function}"
        return Default(ServerStart(Server.LAMBDA, target, program=head.default))
    if head.default in ("zappa", "serverless", "vercel"):
        target = options.get("app_function") or options.get("app") or ""
        module, _, attribute = target.rpartition(".")
        return Default(ServerStart(Server.LAMBDA, f"{module}:{attribute}" if module else "", program=head.default))
    return None


def _served(target: str) -> Default:
    return Default(ServerStart(Server.GUNICORN, target, program="gunicorn"))


def _file(folder: str, name: str, facts: Facts) -> bool:
    return posixpath.normpath(posixpath.join(folder, name)) in facts.paths


def _oryx(folder: str, facts: Facts) -> Default | None:
    prefix = "" if folder == "." else folder + "/"
    for path in sorted(facts.paths):
        if path.startswith(prefix) and path[len(prefix) :].count("/") == 1 and path.endswith("/wsgi.py"):
            return _served(f"{posixpath.basename(posixpath.dirname(path))}.wsgi")
    for name in _ORYX_FILES:
        if _file(folder, name, facts):
            return _served(f"{name.removesuffix('.py')}:app")
    return None


def _railway(folder: str, options: dict[str, str], facts: Facts) -> Default | None:
    if _file(folder, "Dockerfile", facts) or options.get("dockerfile") or _file(folder, "Procfile", facts):
        return None
    names = {dep.name for dep in production_dependencies(facts)}
    if options.get("builder", "").upper() == "NIXPACKS":
        return Default(python=PythonRun(script="main.py")) if _file(folder, "main.py", facts) else None
    for name in _RAILPACK_FILES:
        if _file(folder, name, facts):
            return _served("main:app") if "gunicorn" in names else Default(python=PythonRun(script=name))
    return None
