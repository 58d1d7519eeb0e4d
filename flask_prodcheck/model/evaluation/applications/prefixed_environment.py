"""Configurations that take the environment variables with a prefix (``from_prefixed_env``)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known
from flask_prodcheck.model.evaluation.applications.defaults import DEFAULTS
from flask_prodcheck.model.evaluation.applications.entries import store
from flask_prodcheck.model.evaluation.applications.overrides import may_override
from flask_prodcheck.model.evaluation.environment import environment_item, environment_names, environment_value
from flask_prodcheck.model.evaluation.running import Arguments
from flask_prodcheck.model.evaluation.values import Evaluated, External, Ref, depending, known, ref_of, unknown

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

_NESTED = 20


def from_prefixed_env(machine: Machine, item: Ref, args: Arguments) -> None:
    """``config.from_prefixed_env(prefix)``."""
    given = args.get(0, "prefix") or known("FLASK")
    key = machine.key_of(given)
    loads = args.get(99, "loads")
    loader = loads.value.value if loads is not None and isinstance(loads.value, Known) else None
    name_of_loader = loader.name if isinstance(loader, External) else "" if loads is not None else "json.loads"
    if key is None or name_of_loader not in ("json.loads", "builtins.str"):
        machine.loosen(item.oid, f"{args.text} sets keys that are not known", args.span)
        return
    prefix = f"{key[0]}_"
    names = [name for name in environment_names(machine) if name.startswith(prefix)]
    if not machine.env_closed or machine.open_environment:
        may_override(machine, item, lambda key: f"{prefix}{key}")
    for name in names:
        found = environment_value(machine, name)
        target = name[len(prefix) :]
        if found is None:
            continue
        value = machine.plain_result([found], _loads) if name_of_loader == "json.loads" else found
        outer, *inner = target.split("__")
        if inner:
            value = _with_part(machine, item, outer, inner, value)
        store(machine, item, outer, value, args.span, args.text)
    for name in sorted(machine.required):
        if name.startswith(prefix) and name not in names:
            store(machine, item, name[len(prefix) :], environment_item(machine, name), args.span, args.text)


def _with_part(machine: Machine, item: Ref, key: str, path: list[str], value: Evaluated) -> Evaluated:
    """The mapping under ``key`` with the entry at ``path`` set, made where it is missing."""
    present = machine.obj(item).cells.get(key)
    held = ref_of(present) if present is not None else Ref(0, "dict")
    if len(path) > _NESTED or held.kind != "dict" or (present is None and (machine.obj(item).open or key in DEFAULTS)):
        return unknown("a part of it is set", value)
    cells = dict(machine.obj(held).cells) if present is not None else {}
    if len(path) > 1:
        inner = machine.make("dict", {path[0]: cells[path[0]]} if path[0] in cells else {})
        value = _with_part(machine, ref_of(inner), path[0], path[1:], value)
    made = machine.make("dict", {**cells, path[0]: value}, opened=present is not None and machine.obj(held).open)
    return depending(made, value)


def _loads(values: list[object]) -> object:
    text = values[0]
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
