"""Calls of Python's built-in functions.

Source: https://docs.python.org/3/library/functions.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.model.evaluation.applications.handed_over import lose
from flask_prodcheck.model.evaluation.environment import environment_entries
from flask_prodcheck.model.evaluation.libraries.standard import import_module
from flask_prodcheck.model.evaluation.operations import RefusedError, text_of
from flask_prodcheck.model.evaluation.running import Arguments, Frame, RaisedError
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    External,
    Made,
    Seq,
    depending,
    known,
    ref_of,
    selected,
    unknown,
)

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

_TYPES: dict[str, tuple[type, ...]] = {
    "builtins.str": (str,), "builtins.int": (int,), "builtins.bool": (bool,), "builtins.float": (float,),
    "builtins.bytes": (bytes,), "builtins.list": (list,), "builtins.tuple": (tuple,), "builtins.dict": (dict,),
    "builtins.set": (set,),
}  # fmt: skip


def builtin_call(machine: Machine, name: str, args: Arguments, frame: Frame) -> Evaluated:
    first = args.positional[0] if args.positional else None
    if name in ("exit", "quit"):
        return exit_call(machine, args, frame)
    if name == "bool" and first is not None:
        truth = machine.truth(first)
        return unknown("its truth is not known", first) if truth is None else depending(known(truth), first)
    if name in (
        "str",
        "int",
        "float",
        "len",
        "abs",
        "round",
        "min",
        "max",
        "sum",
        "any",
        "all",
        "sorted",
        "repr",
        "bytes",
        "chr",
        "ord",
    ):
        if name in ("str", "bool", "int", "float", "bytes") and first is None:
            return known({"str": "", "int": 0, "float": 0.0, "bytes": b""}.get(name, False))
        return machine.plain_result(list(args.positional), lambda values: _compute(name, values, args.keywords))
    if name in ("list", "tuple", "set", "frozenset"):
        parts = machine.elements(first) if first is not None else ()
        if parts is None:
            return unknown("its elements are not all known", *args.all)
        kind = "set" if name == "frozenset" else name
        return depending(machine.sequence(parts, kind), *args.positional)
    if name == "dict":
        return dict_call(machine, args)
    if name in ("getattr", "hasattr", "setattr"):
        return _attribute_call(machine, name, args)
    if name == "isinstance" and len(args.positional) == 2:
        return _isinstance(machine, args)
    if name == "print":
        return known(None)
    if name == "range":
        return machine.plain_result(list(args.positional), lambda values: range(*cast("list[int]", values)))
    if name in ("enumerate", "zip", "reversed"):
        columns = [machine.elements(arg) for arg in args.positional]
        if not columns or any(column is None for column in columns) or args.keywords:
            return unknown("its elements are not all known", *args.all)
        lists = [column for column in columns if column is not None]
        if name == "reversed":
            return machine.sequence(lists[0][::-1])
        if name == "enumerate":
            return machine.sequence([machine.sequence([known(i), part], "tuple") for i, part in enumerate(lists[0])])
        return machine.sequence([machine.sequence(row, "tuple") for row in zip(*lists, strict=False)])
    if name == "__import__" and first is not None:
        return import_module(machine, first, frame)
    if name.endswith(("Error", "Exception", "Warning")) or name == "SystemExit":
        return known(Made(f"builtins.{name}()"))
    machine.uncertain += 1
    for arg in args.all if name in ("exec", "eval", "map", "vars") else ():
        lose(machine, arg, f"{name}() is not followed", args.span)
    return depending(known(Made(f"builtins.{name}()", args.positional[:4])), *args.all)


_DIGITS = 400  # that a number is rounded to: a float has no more


def _compute(name: str, values: list[object], keywords: object) -> object:
    if keywords:
        raise RefusedError(f"{name}() with keyword arguments is not evaluated")
    if name == "str":
        return text_of(values[0])
    if name == "bytes" and isinstance(values[0], int):
        raise RefusedError("the text is too long")
    if name == "round" and len(values) > 1 and not (isinstance(values[1], int) and abs(values[1]) <= _DIGITS):
        raise RefusedError("the number is too large")
    functions: dict[str, Callable[..., object]] = {
        "int": int, "float": float, "len": len, "abs": abs, "round": round, "min": min, "max": max, "sum": sum,
        "any": any, "all": all, "sorted": sorted, "repr": repr, "bytes": bytes, "chr": chr, "ord": ord,
    }  # fmt: skip
    return functions[name](*values)


def dict_call(machine: Machine, args: Arguments) -> Evaluated:
    cells: dict[object, Evaluated] = {}
    opened = args.open
    for arg in args.positional:
        item = arg.value.value if isinstance(arg.value, Known) else None
        entries = machine.mapping(arg)
        if isinstance(item, External) and item.name == "os.environ":
            entries = environment_entries(machine)
        if entries is None:
            return unknown("its entries are not known", *args.all)
        cells.update(entries[0])
        opened = opened or entries[1]
    cells.update(args.keywords)
    return machine.make("dict", cells, opened=opened)


def _attribute_call(machine: Machine, name: str, args: Arguments) -> Evaluated:
    if len(args.positional) < 2:
        return unknown(f"{name}() is not evaluated")
    target, attr = args.positional[0], args.positional[1]
    key = machine.key_of(attr)
    if key is None or not isinstance(key[0], str):
        if name == "setattr":
            lose(machine, target, "an attribute whose name is not known is set", args.span)
            if ref_of(target).kind in ("instance", "class", "module"):
                machine.loosen(ref_of(target).oid, "an attribute whose name is not known is set", args.span)
        return unknown("which attribute is meant is not known", target, attr)
    if name == "setattr":
        if len(args.positional) == 3:
            machine.set_attribute(target, key[0], machine.controlled(args.positional[2]), args.span)
        return known(None)
    try:
        found = machine.attribute(target, key[0])
    except RaisedError as raised:
        if raised.name != "AttributeError":
            raise
        if name == "hasattr":
            return depending(known(False), target, attr)
        if len(args.positional) == 3:
            return selected(args.positional[2], target, attr)
        raise
    if name == "getattr":
        return selected(found, attr)
    return unknown("whether it has the attribute is not known") if isinstance(found.value, Unknown) else known(True)


def _isinstance(machine: Machine, args: Arguments) -> Evaluated:
    item = args.positional[1].value.value if isinstance(args.positional[1].value, Known) else None
    types: Sequence[object] = [item]
    if isinstance(item, Seq):
        types = [part.value.value if isinstance(part.value, Known) else None for part in item.items]
    wanted = [_TYPES.get(one.name) if isinstance(one, External) else None for one in types]
    if any(one is None for one in wanted):
        return unknown("isinstance() is not evaluated", *args.all)
    flat = tuple(kind for one in wanted if one is not None for kind in one)
    return machine.plain_result([args.positional[0]], lambda values: isinstance(values[0], flat))


def exit_call(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    raise RaisedError("SystemExit", known(None), deliberate=True)
