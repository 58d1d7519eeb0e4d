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
from flask_prodcheck.facts.types import UwsgiConfig
from flask_prodcheck.model.evaluation.evaluate import Scope, evaluate
from flask_prodcheck.model.launching.place import Place, locate
from flask_prodcheck.model.launching.server_environment import uwsgi_variables
from flask_prodcheck.model.launching.steps import ServerStart
from flask_prodcheck.model.launching.targets import installed_script, uwsgi_options
from flask_prodcheck.model.project import Server
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import replace

Options = dict[str, tuple[str, Span]]

_FILES = ("ini", "yaml", "json", "xml", "uwsgi")
_TARGETS = ("module", "wsgi", "wsgi-file", "file", "mount")
_PATHS = ("pythonpath", "python-path", "pp")


def uwsgi_settings(
    start: ServerStart, place: Place, options: Options, facts: Facts
) -> tuple[Place, ServerStart, Options, UwsgiConfig | None]:
    """uWSGI's options: of its command, then of the file that it names, then of ``UWSGI_*`` variables. The place has the
    line of the file that says the target as one more hop, and the variables that the file sets."""
    end = place.hops[-1].span
    given = {
        name.removeprefix("UWSGI_").lower().replace("_", "-"): (value, end)
        for name, value in place.variables.items()
        if name.startswith("UWSGI_")
    }
    options = {**given, **options}
    config = _named_file(place, options, facts)
    if config is None:
        return place.with_env(uwsgi_variables(options)), _started(start, options, (), end), options, None
    in_file = uwsgi_options(config)
    merged = {**given, **in_file, **{key: value for key, value in options.items() if key not in given}}
    target = next((key for key in _TARGETS if key in in_file and key not in start.options), None)
    if target is not None:
        place = place.hop(in_file[target][1], f"{target} = {in_file[target][0]}")
    every = [(key.replace("_", "-"), value, span) for key, value, span in config.options]
    place = place.with_env(uwsgi_variables(options, config))
    return place, _started(start, merged, tuple(value for key, value, _ in every if key in _PATHS), end), merged, config


def _named_file(place: Place, options: Options, facts: Facts) -> UwsgiConfig | None:
    for name in _FILES:
        written = options[name][0] if name in options else ""
        path = locate(written, place, facts) or locate(written.split(":")[0], place, facts) if written else None
        if path is not None and path in facts.uwsgi:
            return facts.uwsgi[path]
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
