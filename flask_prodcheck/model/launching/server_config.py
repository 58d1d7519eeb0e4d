"""Gunicorn's effective settings for a launch: config file, then GUNICORN_CMD_ARGS, then the command line.

Source: gunicorn ``app/base.py`` ``load_config`` (27.0.1) and ``config.py``: only ``./gunicorn.conf.py`` of the folder that
the process starts in is read by itself; unknown names in a file are skipped without a word.
"""

from __future__ import annotations

import posixpath

from flask_prodcheck.base import Known, Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.syntax import Assign, FunctionDef, Name
from flask_prodcheck.model.evaluation.evaluate import Scope, evaluate
from flask_prodcheck.model.launching.gunicorn import parse_arguments, settings_table
from flask_prodcheck.model.launching.place import Place, locate
from flask_prodcheck.model.launching.steps import ServerStart
from flask_prodcheck.model.launching.words import expand, split
from flask_prodcheck.model.python.modules import Modules

#: Environment variables that are gunicorn's defaults for a setting (config.py of 27.0.1).
_ENVIRONMENT_DEFAULTS = {"WEB_CONCURRENCY": "workers", "FORWARDED_ALLOW_IPS": "forwarded_allow_ips"}


def config_path(start: ServerStart, place: Place, facts: Facts) -> str | None:
    """The config file that this start reads, if the project holds it."""
    named = start.options.get("config")
    if named:
        text = expand(named, place.variables).removeprefix("file:")
        if text.startswith("python:"):
            dotted = text.removeprefix("python:").replace(".", "/")
            candidates = [
                posixpath.normpath(posixpath.join(place.cwd, path))
                for path in (f"{dotted}.py", f"{dotted}/__init__.py")
            ]
            return next((path for path in candidates if path in facts.paths), None)
        return locate(text, place, facts)
    path = (
        locate("gunicorn.conf.py", place, facts)
        if place.cwd_known
        else posixpath.normpath(posixpath.join(place.cwd, "gunicorn.conf.py"))
    )
    return path if path in facts.paths else None


def gunicorn_options(
    start: ServerStart, place: Place, facts: Facts, modules: Modules
) -> tuple[dict[str, tuple[str, Span]], str | None]:
    """Every setting that is given, by its name in a config file, with its place; and the config file read. A value that
    cannot be decided is the text ``${...}``."""
    end = place.hops[-1].span
    options: dict[str, tuple[str, Span]] = {}
    for variable, setting in _ENVIRONMENT_DEFAULTS.items():
        value = place.env.get(variable)
        if isinstance(value, Known):
            options[setting] = (value.value, value.origin[-1].span if value.origin else end)
        elif value is not None:
            options[setting] = (f"${{{variable}}}", end)
    path = config_path(start, place, facts)
    if path is not None:
        options.update(file_options(path, place, modules))
    extra = place.variables.get("GUNICORN_CMD_ARGS")
    if extra:
        _, parsed, _ = parse_arguments(split(extra))
        options.update({name: (value, end) for name, value in parsed.items()})
    options.update({name: (value, end) for name, value in start.options.items()})
    return options, path


def file_options(path: str, place: Place, modules: Modules) -> dict[str, tuple[str, Span]]:
    """The settings that a config file gives, as text."""
    module = modules.module(path)
    if module is None:
        return {}
    known = settings_table()
    found: dict[str, tuple[str, Span]] = {}
    for statement in module.body:
        if isinstance(statement, FunctionDef) and statement.name in known:
            found[statement.name] = ("${hook}", statement.span)
    for name in sorted(module.names & set(known)):
        span = next(
            (
                each.span
                for each in reversed(module.body)
                if isinstance(each, Assign)
                and any(isinstance(target, Name) and target.id == name for target in each.targets)
            ),
            Span(path, 1),
        )
        value = evaluate(Name(span, name), Scope(modules, path, env=place.env, roots=(place.cwd,))).value
        if name not in found:
            found[name] = (_text(value.value) if isinstance(value, Known) else f"${{{name}}}", span)
    return found


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(str(each) for each in value)
    return "" if value is None else str(value)
