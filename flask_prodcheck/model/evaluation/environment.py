"""The environment of the process, as the program reads and changes it: ``os.environ`` and ``os.getenv``.

Source: https://docs.python.org/3/library/os.html#os.environ
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask_prodcheck.base import Known, Unknown, Unset
from flask_prodcheck.model.evaluation.running import Arguments, RaisedError
from flask_prodcheck.model.evaluation.values import Evaluated, known, merged, unknown
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

_ALWAYS_SET = frozenset({"PATH", "HOME", "PWD", "HOSTNAME", "USER", "LOGNAME", "SHELL", "LANG"})


def environment_value(machine: Machine, name: str) -> Evaluated | None:
    """The variable ``name`` of the process; None when nothing sets it."""
    obj = machine.heap.get(machine.environ)
    cell = obj.cells.get(name) if obj is not None else None
    if cell is not None:
        return None if isinstance(cell.value, Unset) else replace(cell, variables=merged(cell.variables, (name,)))
    value = machine.env.get(name)
    if value is not None and not isinstance(value, Unset):
        found: Evaluated = Evaluated(cast("Known[object] | Unknown", value), (name,))
        return replace(found, guarded=True) if name in machine.required and isinstance(value, Unknown) else found
    if name in machine.required:
        return Evaluated(Unknown(f"{name} has to be set: start-up fails without it"), (name,), guarded=True)
    if name in _ALWAYS_SET:
        return Evaluated(Unknown(f"{name} is set by the system"), (name,))
    return None


def environment_default(name: str, default: Evaluated) -> Evaluated:
    """``default``, standing in for the variable ``name`` that nothing sets."""
    return replace(
        default,
        variables=merged((name,), default.variables),
        absent=merged((name,), default.absent),
        span=None,  # the place of the value is where the variable is read
        expression="",
    )


def environment_get(machine: Machine, name: str, default: Evaluated) -> Evaluated:
    found = environment_value(machine, name)
    return found if found is not None else environment_default(name, default)


def environment_item(machine: Machine, name: str, error: str = "KeyError") -> Evaluated:
    """``os.environ[name]``. Raises the program's ``error`` when nothing sets it."""
    found = environment_value(machine, name)
    if found is None:
        raise RaisedError(error, environment_default(name, known(None)), deliberate=True)
    return found


def environment_has(machine: Machine, name: str) -> bool:
    return environment_value(machine, name) is not None


def environment_names(machine: Machine) -> tuple[str, ...]:
    obj = machine.heap.get(machine.environ)
    names = [*machine.env, *(key for key in (obj.cells if obj is not None else ()) if isinstance(key, str))]
    return tuple(sorted(dict.fromkeys(names)))


def environment_entries(machine: Machine) -> tuple[dict[object, Evaluated], bool]:
    """Every variable that is known to be set, and whether there may be more."""
    cells: dict[object, Evaluated] = {}
    for name in environment_names(machine):
        found = environment_value(machine, name)
        if found is not None:
            cells[name] = found
    return cells, not machine.env_closed or machine.open_environment


def environment_call(machine: Machine, name: str, args: Arguments) -> Evaluated:
    key = machine.key_of(args.positional[0]) if args.positional else machine.key_of(args.keywords.get("key", known(0)))
    if name in ("get", "getenv", "pop", "setdefault"):
        default = args.get(1, "default") or known(None)
        if key is None or not isinstance(key[0], str):
            return unknown("which variable is read is not known", *args.all)
        result = environment_get(machine, key[0], default)
        if key[0] in result.absent:
            machine.read_at[key[0]] = args.span
        given = environment_value(machine, key[0])
        if name == "setdefault" and (given is None or not isinstance(given.value, Known)):
            result = result if given is None else unknown("whether it was set before is not known", given)
            machine.write(
                machine.environ, key[0], machine.controlled(replace(result, variables=merged(result.variables)))
            )
        if name == "pop":
            machine.write(machine.environ, key[0], Evaluated(Unset()))
        return result
    if name == "update":
        for source in args.positional:
            entries = machine.mapping(source)
            if entries is None or entries[1]:
                machine.open_environment = True
            for word, cell in (entries[0] if entries is not None else {}).items():
                machine.write(machine.environ, word, cell)
        for keyword, cell in args.keywords.items():
            machine.write(machine.environ, keyword, cell)
        return known(None)
    cells, opened = environment_entries(machine)
    if name == "copy":
        return machine.make("dict", cells, opened=opened)
    if name in ("items", "keys", "values") and not opened:
        keys, held = [known(key) for key in cells], list(cells.values())
        if name == "items":
            held = [machine.sequence(pair, "tuple") for pair in zip(keys, held, strict=True)]
        return machine.sequence(keys if name == "keys" else held)
    return unknown("the whole environment is not known")
