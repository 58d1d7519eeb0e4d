"""The settings that servers other than Gunicorn take from somewhere else than their command line.

Sources: uWSGI manual ("Configuring uWSGI": files, ``env``, ``UWSGI_*`` variables); mod_wsgi ``WSGIDaemonProcess``; NGINX Unit "Python"; Granian
``--help`` (``GRANIAN_*``); waitress "Arguments to waitress.serve".
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from flask_prodcheck.base import Known, Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.syntax import Call
from flask_prodcheck.model.evaluation.evaluate import Scope, evaluate
from flask_prodcheck.model.launching.gunicorn import MORE_ARGUMENTS
from flask_prodcheck.model.launching.place import Place, locate
from flask_prodcheck.model.launching.server_environment import uwsgi_variables
from flask_prodcheck.model.launching.steps import ServerStart
from flask_prodcheck.model.launching.targets import installed_script
from flask_prodcheck.model.launching.uwsgi_files import UWSGI_TARGETS, UwsgiRead, read_with_includes
from flask_prodcheck.model.project import Hop, Server
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import replace

Options = dict[str, tuple[str, Span]]

_FILES = ("ini", "yaml", "json", "xml", "uwsgi")
_PATHS = ("pythonpath", "python-path", "pp")


def uwsgi_settings(
    start: ServerStart, place: Place, options: Options, facts: Facts
) -> tuple[Place, ServerStart, Options, frozenset[str]]:
    """uWSGI's options: of its command, then of the file that it names, then of ``UWSGI_*`` variables; with the files that it
    reads. The place has the lines that lead to the one that says the target as further hops, and the variables that the
    files set."""
    end = place.hops[-1].span
    given = {
        name.removeprefix("UWSGI_").lower().replace("_", "-"): (value, end)
        for name, value in place.variables.items()
        if name.startswith("UWSGI_")
    }
    options = {**given, **options}
    read = _named_file(place, options, facts)
    if read is None:
        return place.with_env(uwsgi_variables(options)), _started(start, options, (), end), options, frozenset()
    every = read.filled()
    in_file = {key: (value, span) for key, value, span in every}
    merged = {**given, **in_file, **{key: value for key, value in options.items() if key not in given}}
    if read.cut:
        merged[MORE_ARGUMENTS] = (read.path, Span(read.path, 1))
    target = next((key for key in UWSGI_TARGETS if key in in_file and key not in start.options), None)
    if target is not None:
        text, span = in_file[target]
        for hop in (*read.led[span], Hop(span, f"{target} = {text}")):
            place = place.hop(hop.span, hop.text)
    place = place.with_env(uwsgi_variables(options, read.options))
    paths = tuple(value for key, value, _ in every if key in _PATHS)
    files = frozenset({read.path, *(span.file for *_, span in every)})
    return place, _started(start, merged, paths, end), merged, files


def _named_file(place: Place, options: Options, facts: Facts) -> UwsgiRead | None:
    """What uWSGI reads of the file that ``options`` name, which may ask for a section of it (``site.ini:web``)."""
    for name in _FILES:
        written = options[name][0] if name in options else ""
        before, _, section = written.partition(":")
        for text, asked in ((written, ""), (before, section)):
            path = locate(text, place, facts) if text else None
            if path is not None and path in facts.uwsgi:
                return read_with_includes(facts.uwsgi[path], place, facts, asked)
    return None


def _started(start: ServerStart, options: Options, paths: tuple[str, ...], end: Span) -> ServerStart:
    plain = {key: value for key, (value, _) in options.items()}
    chdir = options.get("chdir", (start.chdir or "", end))[0] or None
    own = tuple(plain[key] for key in _PATHS if key in plain and plain[key] not in paths)
    return replace(start, options=plain, chdir=chdir, paths=(*own, *paths))


def granian_settings(place: Place, options: Options) -> Options:
    """Granian's options: of its command, then of ``GRANIAN_*`` variables."""
    given = {
        name.removeprefix("GRANIAN_").lower().replace("_", "-"): (value, place.hops[-1].span)
        for name, value in place.variables.items()
        if name.startswith("GRANIAN_")
    }
    return {**given, **options}


def mod_wsgi_start(start: ServerStart, daemon: Mapping[str, str]) -> ServerStart:
    """mod_wsgi with the options of its daemon process: the folder it works in and what Python searches."""
    own = {name: value for name, value in daemon.items() if name not in ("script", "callable", "daemon")}
    paths = tuple(filter(None, own.get("python-path", "").split(":")))
    return replace(start, options={**own, **start.options}, chdir=own.get("home") or start.chdir, paths=paths)


def apache_start(options: Mapping[str, str], place: Place, facts: Facts) -> ServerStart | None:
    """What one line of an Apache configuration, read as ``options``, serves; None where its script is neither a file of
    the project, nor one of Python, nor one that a distribution of the project installs."""
    script = options.get("script", "")
    ours = locate(script, place, facts) is not None or installed_script(script, facts) is not None
    if not ours and not script.endswith((".wsgi", ".py")):
        return None
    served = {"callable-object": options.get("callable", "application")}
    return mod_wsgi_start(ServerStart(Server.MOD_WSGI, script, served, program="mod_wsgi"), options)


def unit_start(options: Mapping[str, str]) -> ServerStart:
    """What an application of NGINX Unit, read as ``options``, serves."""
    return ServerStart(
        Server.OTHER,
        f"{options.get('module', '')}:{options.get('callable', 'application')}",
        called="factory" in options,
        paths=tuple(filter(None, options.get("path", "").split(":"))),
        program="unitd",
    )


def waitress_settings(call: Call | None, place: Place, modules: Modules) -> Options:
    """The keywords of ``waitress.serve(app, host=..., threads=...)``, by the names of its command line. A value that
    cannot be decided, or that the environment could replace, is the text ``${...}``."""
    if call is None:
        return {}
    scope = Scope(modules, call.span.file, env=place.env, roots=(posixpath.dirname(call.span.file) or ".",))
    found: Options = {}
    for keyword in call.keywords:
        if keyword.name is None:
            return {}
        result = evaluate(keyword.value, scope)
        known = isinstance(result.value, Known) and not result.fallback
        text = str(result.value.value) if known and isinstance(result.value, Known) else f"${{{keyword.name}}}"
        found[keyword.name.replace("_", "-")] = (text, keyword.span)
    return found
