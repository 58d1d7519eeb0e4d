"""Gunicorn's effective settings for a launch: config file, then GUNICORN_CMD_ARGS, then the command line.

Source: gunicorn ``app/base.py`` ``load_config`` (27.0.1) and ``config.py``: only ``./gunicorn.conf.py`` of the folder that
the process starts in is read by itself; unknown names in a file are skipped without a word.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TypeVar

from flask_prodcheck.base import Known, Origin, Span, Unknown, Unset, Value
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.syntax import Assign, FunctionDef, Name, PyModule
from flask_prodcheck.model.evaluation.asked import Asked
from flask_prodcheck.model.evaluation.evaluate import Scope, evaluate_all
from flask_prodcheck.model.evaluation.machine import Machine
from flask_prodcheck.model.evaluation.running import RaisedError
from flask_prodcheck.model.evaluation.values import Ref
from flask_prodcheck.model.launching.gunicorn import parse_arguments, removed_settings, settings_table
from flask_prodcheck.model.launching.place import Place, locate
from flask_prodcheck.model.launching.steps import ServerStart
from flask_prodcheck.model.launching.words import expand, split
from flask_prodcheck.model.project import Setting
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import replace

_Read = TypeVar("_Read")

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
) -> tuple[dict[str, tuple[str, Span]], tuple[Setting, ...], str | None]:
    """Every setting that is given, by its name in a config file, with its place; those of the config file as values; and
    the config file read. A value that cannot be decided is the text ``${...}``."""
    end = place.hops[-1].span
    options: dict[str, tuple[str, Span]] = {}
    for variable, setting in _ENVIRONMENT_DEFAULTS.items():
        value = place.env.get(variable)
        if isinstance(value, Known):
            options[setting] = (value.value, value.origin[-1].span if value.origin else end)
        elif value is not None:
            options[setting] = (f"${{{variable}}}", end)
    path = config_path(start, place, facts)
    in_file = file_settings(path, place, modules) if path is not None else ()
    options.update({each.key: (_text(each), each.span or end) for each in in_file})
    extra = place.variables.get("GUNICORN_CMD_ARGS")
    if extra:
        _, parsed, _ = parse_arguments(split(extra))
        options.update({name: (value, end) for name, value in parsed.items()})
    options.update({name: (value, end) for name, value in start.options.items()})
    return options, in_file, path


def file_variables(path: str, place: Place, modules: Modules) -> dict[str, Value[str]]:
    """The variables that a config file writes into ``os.environ``: the workers inherit them."""
    return _kept(modules, _file_variables, path, place)


def file_settings(path: str, place: Place, modules: Modules) -> tuple[Setting, ...]:
    """The settings that a config file gives, as gunicorn would be handed them; a function is unknown."""
    return _kept(modules, _file_settings, path, place)


def _kept(modules: Modules, read: Callable[[str, Place, Modules], _Read], path: str, place: Place) -> _Read:
    """What ``read`` finds, once for all environments that answer the same to what the file asks: many launches read one
    file, which may import much of the project."""
    known = modules.memo.setdefault(f"gunicorn:{read.__name__}", {})
    ways: list[tuple[Asked[Value[str]], _Read]] = (
        known.setdefault((path, place.cwd), []) if isinstance(known, dict) else []
    )
    found = next((made for asked, made in ways if asked.answers_like(place.env)), None)
    if found is None:
        asked = Asked(place.env)
        found = read(path, replace(place, env=asked), modules)
        ways.append((asked, found))
    return found


def _file_variables(path: str, place: Place, modules: Modules) -> dict[str, Value[str]]:
    machine = Machine(modules, env=place.env, roots=(place.cwd,))
    try:
        machine.run_module(path)
    except RaisedError:
        return {}
    found: dict[str, Value[str]] = {}
    for name, cell in machine.obj(Ref(machine.environ, "environ")).cells.items():
        if isinstance(name, str) and not isinstance(cell.value, Unset):
            origin = cell.value.origin or (Origin(cell.span or Span(path, 1), f"os.environ[{name!r}]"),)
            plain = cell.value.value if isinstance(cell.value, Known) else None
            known = isinstance(plain, str)
            found[name] = Known(str(plain), origin) if known else Unknown("the config file sets it", origin)
    return found


def _file_settings(path: str, place: Place, modules: Modules) -> tuple[Setting, ...]:
    module = modules.module(path)
    if module is None:
        return ()
    known = settings_table()
    found = {
        each.name: Setting(each.name, Unknown("a function"), each.span)
        for each in module.body
        if isinstance(each, FunctionDef) and each.name in known
    }
    names = sorted(set(module.names) & (set(known) | set(removed_settings())) - set(found))
    spans = [_assigned_at(module, name) for name in names]
    given = [Name(span, name) for span, name in zip(spans, names, strict=True)]
    results = evaluate_all(given, Scope(modules, path, env=place.env, roots=(place.cwd,))) if given else []
    for name, span, result in zip(names, spans, results, strict=True):
        found[name] = Setting(name, result.value, span, fallback=result.fallback, variable=result.variable)
    return tuple(found.values())


def _assigned_at(module: PyModule, name: str) -> Span:
    """Where ``module`` gives ``name`` its value, the last time."""
    assigned = (
        each.span
        for each in reversed(module.body)
        if isinstance(each, Assign) and any(isinstance(target, Name) and target.id == name for target in each.targets)
    )
    return next(assigned, Span(module.path, 1))


def _text(setting: Setting) -> str:
    """A value as the command line would write it."""
    if not isinstance(setting.value, Known):
        return "${hook}" if setting.value == Unknown("a function") else f"${{{setting.key}}}"
    value = setting.value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(str(each) for each in value)
    return "" if value is None else str(value)
