"""The methods of a configuration.

Facts: https://flask.palletsprojects.com/en/stable/api/ (``flask.Config``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Unset
from flask_prodcheck.model.evaluation.applications.defaults import DEFAULTS
from flask_prodcheck.model.evaluation.applications.entries import config_has, config_item, store, store_all
from flask_prodcheck.model.evaluation.applications.files import from_envvar, from_file, from_own_loader
from flask_prodcheck.model.evaluation.applications.objects import from_object, from_settings
from flask_prodcheck.model.evaluation.applications.prefixed_environment import from_prefixed_env
from flask_prodcheck.model.evaluation.environment import environment_entries
from flask_prodcheck.model.evaluation.running import Arguments, Frame, RaisedError
from flask_prodcheck.model.evaluation.values import Evaluated, External, Ref, View, join, known, selected, unknown

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine


def config_method(machine: Machine, item: Ref, name: str, args: Arguments, frame: Frame) -> Evaluated:
    """``app.config.name(...)``."""
    silent = args.get(1, "silent")
    quiet = silent is not None and machine.truth(silent) is True
    first = args.positional[0] if args.positional else None
    if name == "get" and first is not None:
        return _get(machine, item, first, args.get(1, "default") or known(None))
    if name == "setdefault" and first is not None:
        return _setdefault(machine, item, first, args.get(1, "default") or known(None), args)
    if name in ("update", "from_mapping"):
        _update(machine, item, args, upper=name == "from_mapping")
    elif name == "from_object":
        target = first or args.keywords.get("obj")
        if target is not None:
            from_object(machine, item, target, args, frame)
    elif name == "from_pyfile":
        target = first or args.keywords.get("filename")
        if target is not None:
            from_file(machine, item, target, "pyfile", quiet, args)
    elif name in ("from_file", "from_json", "from_toml", "from_yaml"):
        target = first or args.keywords.get("filename")
        load = args.get(1, "load") if name == "from_file" else known(External(name.removeprefix("from_") + ".load"))
        kind = (
            load.value.value.name
            if load and isinstance(load.value, Known) and isinstance(load.value.value, External)
            else ""
        )
        noise = args.get(2 if name == "from_file" else 1, "silent")
        if target is not None and from_own_loader(machine, item, target, load, args, frame):
            return known(True)
        if target is not None:
            from_file(machine, item, target, kind, noise is not None and machine.truth(noise) is True, args)
    elif name == "from_envvar":
        target = first or args.keywords.get("variable_name")
        if target is not None:
            from_envvar(machine, item, target, quiet, args)
    elif name == "from_prefixed_env":
        from_prefixed_env(machine, item, args)
    elif name == "pop" and first is not None:
        key = machine.key_of(first)
        if key is None:
            machine.loosen(item.oid, "a key that is not known is removed", args.span)
            return unknown("which key is removed is not known")
        value = _get(machine, item, first, args.get(1, "default") or known(None))
        if key[0] in DEFAULTS and not machine.obj(item).bare:
            machine.write(item.oid, key[0], Evaluated(Unset()))
        else:
            machine.erase(item.oid, key[0])
        return value
    elif name in ("items", "keys", "values", "copy", "get_namespace", "__getitem__"):
        return unknown(f"config.{name}() is not evaluated")
    elif name == "__setitem__" and len(args.positional) == 2:
        machine.set_item(known(item), args.positional[0], machine.controlled(args.positional[1]), args.span)
    else:
        machine.widen(item.oid)
    return known(True)


def _get(machine: Machine, item: Ref, key_value: Evaluated, default: Evaluated) -> Evaluated:
    key = machine.key_of(key_value)
    if key is None:
        return unknown("which key is read is not known", key_value)
    try:
        return selected(config_item(machine, item, key[0]), key_value)
    except RaisedError:
        return selected(default, key_value)


def _setdefault(machine: Machine, item: Ref, key_value: Evaluated, default: Evaluated, args: Arguments) -> Evaluated:
    key = machine.key_of(key_value)
    if key is None:
        machine.widen(item.oid)
        return unknown("which key is set is not known")
    present = config_has(machine, item, key[0])
    if present is True:
        return config_item(machine, item, key[0])
    if present is False:
        store(machine, item, key[0], default, args.span, args.text)
    else:
        cell = machine.obj(item).cells.get(key[0]) or unknown("it may be set before")
        store(machine, item, key[0], join(cell, default), args.span, args.text)
    return machine.obj(item).cells[key[0]]


def _update(machine: Machine, item: Ref, args: Arguments, *, upper: bool) -> None:
    for source in args.positional:
        value = source.value.value if isinstance(source.value, Known) else None
        if isinstance(source.value, Known) and value is None:
            continue
        if isinstance(value, View):
            from_settings(machine, item, value, args)
            continue
        entries = machine.mapping(source)
        if isinstance(value, External) and value.name == "os.environ":
            entries = environment_entries(machine)
        if entries is None:
            machine.loosen(item.oid, f"{args.text} sets keys that are not known", args.span)
            continue
        cells: dict[object, Evaluated] = {key: selected(cell, source) for key, cell in entries[0].items()}
        store_all(machine, item, cells, entries[1], args, upper)
    if args.open:
        machine.loosen(item.oid, f"{args.text} sets keys that are not known", args.span)
    words: dict[object, Evaluated] = {}
    words.update(args.keywords.items())
    store_all(machine, item, words, False, args, upper)
