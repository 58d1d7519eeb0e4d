"""Methods and attributes of strings, bytes, paths, dictionaries and lists."""

from __future__ import annotations

import datetime as dt
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Unset
from flask_prodcheck.model.evaluation.data_files import text_of_file
from flask_prodcheck.model.evaluation.operations import RefusedError, format_text
from flask_prodcheck.model.evaluation.paths import path_method, project_path
from flask_prodcheck.model.evaluation.running import Arguments
from flask_prodcheck.model.evaluation.values import Evaluated, Method, Ref, Seq, depending, known, selected, unknown

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

_STR = frozenset(
    [
        "lower",
        "upper",
        "strip",
        "lstrip",
        "rstrip",
        "split",
        "rsplit",
        "splitlines",
        "startswith",
        "endswith",
        "replace",
        "format",
        "join",
        "encode",
        "title",
        "capitalize",
        "casefold",
        "isdigit",
        "isnumeric",
        "isdecimal",
        "isalpha",
        "isalnum",
        "isupper",
        "islower",
        "isspace",
        "count",
        "find",
        "index",
        "rfind",
        "removeprefix",
        "removesuffix",
        "partition",
        "rpartition",
        "swapcase",
    ]
)
_BYTES = frozenset(["decode", "hex", "startswith", "endswith", "strip", "split", "replace", "lower", "upper"])


def plain_attribute(machine: Machine, receiver: Evaluated, item: object, name: str) -> Evaluated:
    if isinstance(item, PurePosixPath):
        if name in ("parent", "name", "stem", "suffix"):
            return depending(known(getattr(item, name)), receiver)
        if name == "parents":
            return machine.sequence([known(parent) for parent in item.parents], "tuple")
    if isinstance(item, dt.timedelta) and name in ("days", "seconds", "microseconds"):
        return depending(known(getattr(item, name)), receiver)
    return depending(known(Method(receiver, name)), receiver)


def plain_method(machine: Machine, receiver: Evaluated, name: str, args: Arguments) -> Evaluated:
    """``receiver.name(*args)`` for a str, bytes, path or timedelta."""
    item = receiver.value.value if isinstance(receiver.value, Known) else None
    if args.open:
        return unknown("its arguments are not known", receiver, *args.all)
    if isinstance(item, PurePosixPath) and name == "read_text" and not args.positional:
        text = text_of_file(machine, project_path(str(item)))
        return depending(text, receiver) if text is not None else unknown("read_text() reads the file system", receiver)
    if isinstance(item, PurePosixPath):
        return path_method(machine, receiver, item, name, args)
    allowed = (isinstance(item, str) and name in _STR) or (isinstance(item, bytes) and name in _BYTES)
    if isinstance(item, dt.timedelta) and name == "total_seconds":
        allowed = True
    if isinstance(item, Seq) and name in ("index", "count"):
        allowed = True
    if not allowed:
        return unknown(f"{name}() is not evaluated", receiver, *args.all)
    count = len(args.positional)
    keys = tuple(args.keywords)

    def compute(values: list[object]) -> object:
        target, positional, rest = values[0], values[1 : count + 1], values[count + 1 :]
        if name == "format" and isinstance(target, str):
            return format_text(target, positional, dict(zip(keys, rest, strict=True)))
        if name == "replace" and len(positional) > 1:
            new = positional[1]
            if (
                isinstance(target, str | bytes)
                and isinstance(new, str | bytes)
                and (len(target) + 1) * len(new) > 100_000
            ):
                raise RefusedError("the text is too long")
        if name == "join" and positional and isinstance(target, str):
            parts = positional[0]
            if isinstance(parts, list | tuple | set) and len(target) * len(parts) > 100_000:
                raise RefusedError("the text is too long")
            if isinstance(parts, set) and len(parts) > 1:
                raise RefusedError("the order of a set is not known")
        return getattr(target, name)(*positional, **dict(zip(keys, rest, strict=True)))

    return machine.plain_result([receiver, *args.positional, *args.keywords.values()], compute)


def dict_method(machine: Machine, item: Ref, receiver: Evaluated, name: str, args: Arguments) -> Evaluated:
    """A method of a dict of the program."""
    obj = machine.obj(item)
    if name in ("get", "pop", "setdefault") and args.positional:
        default = args.get(1, "default") or known(None)
        key = machine.key_of(args.positional[0])
        if key is None:
            return unknown("which entry is chosen is not known", receiver, *args.all)
        cell = obj.cells.get(key[0])
        if name == "setdefault" and cell is None and not obj.open:
            machine.write(item.oid, key[0], machine.controlled(default))
        if name == "pop":
            machine.erase(item.oid, key[0])
        if cell is not None and not isinstance(cell.value, Unset):
            machine.note_alternatives(obj, cell, args.positional[0])
            return selected(cell, receiver, args.positional[0])
        if cell is not None or obj.open:
            return unknown("it may not have the entry", receiver, *args.all)
        return selected(default, receiver, args.positional[0])
    if name == "update":
        for source in args.positional:
            machine.update_mapping(item, source, args.span, args.text)
        for word, value in args.keywords.items():
            machine.write(item.oid, word, machine.controlled(value))
        if args.open:
            machine.loosen(item.oid, "it is updated with something that is not known", args.span)
        return known(None)
    if name in ("items", "keys", "values", "copy"):
        if name == "copy":
            return machine.make("dict", dict(obj.cells), opened=obj.open)
        if obj.open or any(isinstance(cell.value, Unset) for cell in obj.cells.values()):
            return unknown("its entries are not all known", receiver)
        if name == "keys":
            return machine.sequence([known(key) for key in obj.cells])
        if name == "values":
            return machine.sequence(list(obj.cells.values()))
        return machine.sequence([machine.sequence([known(key), cell], "tuple") for key, cell in obj.cells.items()])
    machine.loosen(item.oid, f"{name}() is not followed", args.span)
    return unknown(f"{name}() is not evaluated", receiver)


def list_method(machine: Machine, item: Ref, receiver: Evaluated, name: str, args: Arguments) -> Evaluated:
    """A method of a list of the program."""
    obj = machine.obj(item)
    if name == "append" and len(args.positional) == 1 and not obj.open and len(obj.cells) < 2000:
        machine.write(item.oid, len(obj.cells), args.positional[0])
        return known(None)
    if name == "extend" and len(args.positional) == 1 and not obj.open:
        extra = machine.elements(args.positional[0])
        if extra is not None and machine.extend(item.oid, extra):
            return known(None)
    if name in ("index", "count", "copy"):
        return machine.plain_result([receiver, *args.positional], lambda values: getattr(values[0], name)(*values[1:]))
    machine.loosen(item.oid, f"{name}() is not followed", args.span)
    return unknown(f"{name}() is not evaluated", receiver)
