"""The new deploy files of a plan: one function per kind, each fills a template from the ground of the project."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from flask_prodcheck.patterns import regex
from flask_prodcheck.scaffold.dockerfile_edit import exec_form
from flask_prodcheck.scaffold.ground import Ground
from flask_prodcheck.scaffold.render import render
from flask_prodcheck.scaffold.unit_edit import unit_words

_LONGER = 7  # seconds that a supervisor waits beyond the server's own period
_PAUSE = 5  # seconds of Kubernetes' preStop
_MEGABYTE = 1_048_576
_PLAIN = regex(r"[\w./:@%+,-]*")


def dockerfile(ground: Ground, requirement: str = "") -> str:
    """The Dockerfile. ``requirement`` is the server where no manifest of the project names it."""
    install = ground.install
    start = ground.start(install.folder)
    return render(
        "Dockerfile",
        {
            "name": ground.name,
            "python": ground.python,
            "conda": install.manager == "conda",
            "environment": install.environment,
            "system": install.system,
            "install_reason": install.reason,
            "first": install.first,
            "commands": install.commands,
            "later": install.later,
            "requirement": requirement,
            "writes": ground.writes,
            "port": ground.port,
            "health": ground.health,
            "probe": exec_form(("python", "-c", _probe(ground))),
            "command": exec_form(start.argv),
        },
    )


def _probe(ground: Ground) -> str:
    """A health check in Python: it fails with an exception unless the address answers."""
    if ground.health is not None:
        address = f"'http://127.0.0.1:' + (os.environ.get('PORT') or '{ground.port}') + '{ground.health.path}'"
        return f"import os, urllib.request as r; r.urlopen({address}, timeout=4)"
    place = f"('127.0.0.1', int(os.environ.get('PORT') or '{ground.port}'))"
    return f"import os, socket; socket.create_connection({place}, 4).close()"


def dockerignore(ground: Ground) -> str:
    """The file that keeps things out of the image; what the project holds itself under one of the names stays in."""
    keys = any(name.endswith((".pem", ".key")) for name in ground.top)
    return render("dockerignore", {"top": ground.top, "keys": keys})


def compose(ground: Ground) -> str:
    return render(
        "compose.yaml",
        {
            "name": ground.name,
            "port": ground.port,
            "needs_env": bool(ground.variables),
            "grace": ground.grace,
            "stop": ground.grace + _LONGER,
        },
    )


def systemd(ground: Ground) -> str:
    start = ground.start(ground.folder)
    argv = (f"/srv/{ground.name}/.venv/bin/gunicorn", "--bind", f"127.0.0.1:{ground.port}", *start.arguments)
    return render(
        "service",
        {
            "name": ground.name,
            "file": systemd_path(ground),
            "below": "" if ground.folder == "." else f"/{ground.folder}",
            "start": unit_words(argv),
            "needs_env": bool(ground.variables),
            "grace": ground.grace,
            "stop": ground.grace + _LONGER,
        },
    )


def nginx(ground: Ground) -> str:
    body = _MEGABYTE * 10 if ground.body is None else ground.body
    reason = (
        "Larger requests are turned away before they reach the application, whose own MAX_CONTENT_LENGTH says no more."
        if ground.body is not None
        else "Larger requests (uploads) are turned away. The application sets no MAX_CONTENT_LENGTH of its own."
    )
    return render(
        "nginx.conf",
        {
            "name": ground.name,
            "variable": ground.name.replace("-", "_"),
            "port": ground.port,
            "body": f"{-(-body // _MEGABYTE)}m" if body >= _MEGABYTE else f"{-(-body // 1024)}k",
            "body_reason": reason,
            "websocket": ground.worker.long_lived or ground.worker.single,
            "long_lived": ground.worker.long_lived or ground.worker.single or ground.worker.streams,
        },
    )


def kubernetes(ground: Ground) -> str:
    return render(
        "kubernetes.yaml",
        {
            "name": ground.name,
            "single": ground.worker.single,
            "grace": ground.grace,
            "stop": ground.grace + _PAUSE + _LONGER,
            "port": ground.port,
            "health": ground.health,
        },
    )


def environment_example(ground: Ground) -> str:
    return render(
        "env.example",
        {
            "name": ground.name,
            "variables": ground.variables,
            "plain": lambda text: bool(_PLAIN.fullmatch(text)),
            "secret_hint": " Make one: python -c 'import secrets; print(secrets.token_hex())'",
        },
    )


def systemd_path(ground: Ground) -> str:
    return posixpath.normpath(posixpath.join(ground.folder, f"deploy/{ground.name}.service"))


#: The file of each kind that is one file of its own, what it is for, and the text.
FILES: Mapping[str, tuple[Callable[[Ground], str], str, Callable[[Ground], str]]] = {
    "compose": (lambda ground: ground.path("compose.yaml"), "runs the image with its settings", compose),
    "systemd": (systemd_path, "runs the server as a service of the machine", systemd),
    "nginx": (
        lambda ground: posixpath.normpath(posixpath.join(ground.folder, "deploy/nginx.conf")),
        "the proxy that ends TLS in front of the server",
        nginx,
    ),
    "kubernetes": (
        lambda ground: posixpath.normpath(posixpath.join(ground.folder, "deploy/kubernetes.yaml")),
        "runs the image in a cluster",
        kubernetes,
    ),
}
