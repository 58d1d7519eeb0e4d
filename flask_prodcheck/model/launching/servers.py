"""The command lines of the servers other than Gunicorn: which word is the target, which options take a value.

Sources: each server's ``--help`` and documentation (uWSGI Options, waitress-serve runner, Flask CLI, Hypercorn and
Uvicorn deployment pages, Granian README, mod_wsgi-express).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask_prodcheck.model.launching.gunicorn import read_gunicorn
from flask_prodcheck.model.launching.steps import ConsoleRun, Nothing, ServerStart, Step
from flask_prodcheck.model.project import Server

_UWSGI_FLAGS = frozenset(
    [
        "master",
        "M",
        "enable-threads",
        "T",
        "single-interpreter",
        "i",
        "lazy-apps",
        "lazy",
        "die-on-term",
        "vacuum",
        "need-app",
        "thunder-lock",
        "strict",
        "disable-logging",
        "L",
        "http-auto-chunked",
        "http-keepalive",
        "http-websockets",
        "no-orphans",
        "memory-report",
        "auto-procname",
        "manage-script-name",
        "die-on-idle",
        "ignore-sigpipe",
        "ignore-write-errors",
        "disable-write-exception",
        "log-master",
        "log-5xx",
        "log-4xx",
        "log-date",
        "log-x-forwarded-for",
        "wsgi-disable-file-wrapper",
        "post-buffering-warn",
        "cheap",
        "protocol-http",
        "http-raw-body",
        "offload-all",
        "show-config",
        "emperor-tyrant",
        "reload-on-exception",
        "threaded-logger",
        "log-zero",
        "honour-stdin",
        "catch-exceptions",
    ]
)
_UWSGI_SHORT = {
    "w": "module", "s": "socket", "p": "processes", "C": "chmod-socket", "b": "buffer-size", "l": "listen", "H": "home",
    "d": "daemonize", "x": "xml", "y": "yaml", "j": "json", "t": "harakiri", "z": "socket-timeout", "R": "max-requests", "P": "profiler",
}  # fmt: skip


def read_uwsgi_arguments(words: Sequence[str]) -> dict[str, str]:
    """uWSGI arguments as options; a bare configuration file becomes the option of its type (``ini``, ``yaml``...)."""
    options: dict[str, str] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            name, has_value, value = word[2:].partition("=")
        elif word.startswith("-") and len(word) > 1:
            letter, value = word[1], word[2:]
            if letter in _UWSGI_FLAGS:
                options[letter] = "true"
                continue
            name, has_value = _UWSGI_SHORT.get(letter, letter), value
        else:
            named = re.search(r"\.(ini|yaml|yml|json|xml)(?=$|[.:])", word)
            if named is not None:
                options[named.group(1).replace("yml", "yaml")] = word
            elif word.endswith((".py", ".wsgi")):
                options["wsgi-file"] = word
            continue
        if not has_value and name not in _UWSGI_FLAGS and rest and (not rest[0].startswith("-") or rest[0] == "-"):
            value = rest.pop(0)
        options[name] = value or "true"
    return options


def _options(words: Sequence[str], flags: frozenset[str], short: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """Positional words and options of a conventional parser: every option takes a value unless it is in ``flags``."""
    positional: list[str] = []
    options: dict[str, str] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            positional += rest
            break
        if word.startswith("--"):
            name, has_value, value = word[2:].partition("=")
        elif word.startswith("-") and len(word) > 1:
            name, value = short.get(word[:2], word[1]), word[2:]
            has_value = value
        else:
            positional.append(word)
            continue
        if name in flags:
            options[name] = value or "true"
        else:
            options[name] = value if has_value else rest.pop(0) if rest else ""
    return positional, options


_WAITRESS_FLAGS = frozenset(
    [
        "call",
        "help",
        "expose-tracebacks",
        "no-expose-tracebacks",
        "ipv4",
        "no-ipv4",
        "ipv6",
        "no-ipv6",
        "log-untrusted-proxy-headers",
        "no-log-untrusted-proxy-headers",
        "clear-untrusted-proxy-headers",
        "no-clear-untrusted-proxy-headers",
        "log-socket-errors",
        "no-log-socket-errors",
        "asyncore-use-poll",
        "no-asyncore-use-poll",
    ]
)


def _waitress(words: Sequence[str]) -> Step:
    positional, options = _options(words, _WAITRESS_FLAGS, {})
    return ServerStart(
        Server.WAITRESS,
        positional[0] if positional else options.get("app", ""),
        options,
        called="call" in options,
        program="waitress-serve",
    )


_UVICORN_FLAGS = frozenset(
    [
        "reload",
        "factory",
        "proxy-headers",
        "no-proxy-headers",
        "access-log",
        "no-access-log",
        "use-colors",
        "no-use-colors",
        "server-header",
        "no-server-header",
        "date-header",
        "no-date-header",
        "version",
        "help",
    ]
)


def _uvicorn(words: Sequence[str]) -> Step:
    positional, options = _options(words, _UVICORN_FLAGS, {})
    return ServerStart(
        Server.UVICORN,
        positional[0] if positional else "",
        options,
        called="factory" in options,
        paths=tuple(filter(None, [options.get("app-dir")])),
        program="uvicorn",
    )


_HYPERCORN_FLAGS = frozenset(["debug", "reload", "help"])
_HYPERCORN_SHORT = {
    "-b": "bind",
    "-w": "workers",
    "-k": "worker-class",
    "-c": "config",
    "-p": "pid",
    "-m": "umask",
    "-u": "user",
    "-g": "group",
}


def _hypercorn(words: Sequence[str]) -> Step:
    positional, options = _options(words, _HYPERCORN_FLAGS, _HYPERCORN_SHORT)
    target = positional[0] if positional else ""
    called = target.endswith("()")
    if target.count(":") == 2:  # wsgi:module:app; with one colon it is a module of that name
        target = target.removeprefix("wsgi:").removeprefix("asgi:")
    return ServerStart(
        Server.HYPERCORN,
        target,
        options,
        called=called,
        program="hypercorn",
    )


_GRANIAN_FLAGS = frozenset(
    [
        "reload",
        "no-reload",
        "ws",
        "no-ws",
        "access-log",
        "no-access-log",
        "factory",
        "no-factory",
        "log",
        "no-log",
        "respawn-failed-workers",
        "no-respawn-failed-workers",
        "version",
        "help",
    ]
)


def _granian(words: Sequence[str]) -> Step:
    positional, options = _options(words, _GRANIAN_FLAGS, {})
    return ServerStart(
        Server.GRANIAN,
        positional[0] if positional else "",
        options,
        called="factory" in options,
        chdir=options.get("working-dir"),
        program="granian",
    )


def _uwsgi(words: Sequence[str]) -> Step:
    options = read_uwsgi_arguments(words)
    if "help" in options or "version" in options:
        return Nothing("uwsgi")
    return ServerStart(Server.UWSGI, "", options, chdir=options.get("chdir"), program="uwsgi")


_FLASK_GROUP_FLAGS = frozenset(["debug", "no-debug", "version", "help"])
_FLASK_RUN_FLAGS = frozenset(
    [
        "debug",
        "no-debug",
        "reload",
        "no-reload",
        "debugger",
        "no-debugger",
        "with-threads",
        "without-threads",
        "help",
        "eager-loading",
        "lazy-loader",
    ]
)


def read_flask(words: Sequence[str]) -> Step:
    """``flask`` arguments: only ``run`` serves, and what the project gives a command of its own. Group options may stand
    before the command."""
    rest = list(words)
    group: dict[str, str] = {}
    while rest and rest[0].startswith("-"):
        word = rest.pop(0)
        name, has_value, value = word.lstrip("-").partition("=")
        name = {"A": "app", "e": "env-file"}.get(name, name)
        group[name] = "true" if name in _FLASK_GROUP_FLAGS else value if has_value else rest.pop(0) if rest else ""
    if not rest or rest[0] != "run":
        own = ConsoleRun(rest[0], tuple(rest[1:])) if rest else None
        return Nothing(f"flask {rest[0] if rest else ''}".strip(), own)
    _, options = _options(rest[1:], _FLASK_RUN_FLAGS, {"-h": "host", "-p": "port", "-A": "app", "-e": "env-file"})
    return ServerStart(
        Server.FLASK_RUN,
        options.get("app", group.get("app", "")),
        {**group, **options},
        called=True,
        program="flask run",
    )


def _mod_wsgi_express(words: Sequence[str]) -> Step:
    if "start-server" not in words:
        return Nothing("mod_wsgi-express")
    flags = frozenset(
        [
            "log-to-terminal",
            "reload-on-changes",
            "debug-mode",
            "https-only",
            "trust-proxy-headers",
            "startup-log",
            "access-log",
            "http2",
            "help",
            "enable-debugger",
        ]
    )
    positional, options = _options(words[list(words).index("start-server") + 1 :], flags, {})
    target = positional[0] if positional else ""
    return ServerStart(
        Server.MOD_WSGI, target, options, chdir=options.get("working-directory"), program="mod_wsgi-express"
    )


def _daphne(words: Sequence[str]) -> Step:
    positional, options = _options(words, frozenset({"proxy-headers", "nostatic"}), {"-b": "bind", "-p": "port"})
    return ServerStart(Server.OTHER, positional[0] if positional else "", options, program="daphne")


def _lambda_client(words: Sequence[str]) -> Step:
    """AWS's client of the Lambda runtime calls ``module.function`` for each event."""
    module, _, function = (words[0] if words else "").rpartition(".")
    target = f"{module.removeprefix('./').replace('/', '.')}:{function}" if module else ""
    return ServerStart(Server.LAMBDA, target, program="awslambdaric")


READERS = {
    "awslambdaric": _lambda_client,
    "gunicorn": read_gunicorn,
    "uwsgi": _uwsgi,
    "uwsgi-core": _uwsgi,
    "pyuwsgi": _uwsgi,
    "waitress-serve": _waitress,
    "uvicorn": _uvicorn,
    "hypercorn": _hypercorn,
    "granian": _granian,
    "flask": read_flask,
    "mod_wsgi-express": _mod_wsgi_express,
    "daphne": _daphne,
}

#: Servers that can be started as ``python -m NAME``.
MODULES = {
    "gunicorn": "gunicorn", "gunicorn.app.wsgiapp": "gunicorn", "flask": "flask", "waitress": "waitress-serve", "uvicorn": "uvicorn",
    "hypercorn": "hypercorn", "granian": "granian", "daphne": "daphne", "awslambdaric": "awslambdaric",
}  # fmt: skip
