"""Calls of the standard library that make or read values of a configuration."""

from __future__ import annotations

import ast
import datetime as dt
import json
from typing import TYPE_CHECKING, cast

from flask_prodcheck.base import Known
from flask_prodcheck.model.evaluation.applications.import_string import imported_object
from flask_prodcheck.model.evaluation.operations import RefusedError
from flask_prodcheck.model.evaluation.running import Arguments, Frame
from flask_prodcheck.model.evaluation.values import Evaluated, External, Made, Obj, Ref, known, selected, unknown

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

PARTIAL = "functools.partial()"
FIELD = "dataclasses.field()"


def import_module(machine: Machine, name: Evaluated, frame: Frame) -> Evaluated:
    """``importlib.import_module(name)``."""
    key = machine.key_of(name)
    if key is None or not isinstance(key[0], str):
        return unknown("which module is imported is not known", name)
    dotted = key[0]
    level = len(dotted) - len(dotted.lstrip("."))
    path = machine.locate(frame.file, dotted[level:], level)
    if path is None:
        return selected(known(External(dotted)), name)
    return selected(machine.run_module(path), name)


def import_call(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    return import_module(machine, args.positional[0], frame) if args.positional else unknown("nothing is imported")


def import_string(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    if not args.positional:
        return unknown("nothing is imported")
    return imported_object(machine, args.positional[0], frame.file)


def json_loads(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    if not args.positional or args.keywords:
        return unknown("json.loads() is not evaluated", *args.all)
    return machine.plain_result([args.positional[0]], lambda values: json.loads(cast("str", values[0])))


def json_dumps(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    if len(args.positional) != 1 or args.keywords:
        return unknown("json.dumps() is not evaluated", *args.all)
    return machine.plain_result([args.positional[0]], lambda values: json.dumps(values[0]))


def literal_eval(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    def compute(values: list[object]) -> object:
        text = values[0]
        if not isinstance(text, str) or len(text) > 5000 or text.count("(") + text.count("[") + text.count("-") > 60:
            raise RefusedError("it is too long")
        return ast.literal_eval(text)

    return machine.plain_result(list(args.positional[:1]), compute) if args.positional else unknown("nothing is read")


def timedelta(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    count = len(args.positional)
    keys = tuple(args.keywords)

    def compute(values: list[object]) -> object:
        numbers = [cast("float", value) for value in values]
        return dt.timedelta(*numbers[:count], **dict(zip(keys, numbers[count:], strict=True)))

    return machine.plain_result([*args.positional, *args.keywords.values()], compute)


def field(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``dataclasses.field()``: the default itself, or what holds the factory."""
    if "default" in args.keywords:
        return args.keywords["default"]
    factory = args.keywords.get("default_factory")
    return known(Made(FIELD, (factory,) if factory is not None else ()))


def as_dict(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``dataclasses.asdict()``: the fields of an object by name (not what fields of their own hold: those stay as they are)."""
    value = args.positional[0].value if len(args.positional) == 1 else None
    item = value.value if isinstance(value, Known) else None
    obj = machine.obj(item) if isinstance(item, Ref) and item.kind == "instance" else None
    kind = obj.bases[0].value if obj is not None and len(obj.bases) == 1 else None
    of = kind.value if isinstance(kind, Known) and isinstance(kind.value, Ref) else None
    names = machine.dataclass_fields(of) if of is not None else ()
    if obj is None or of is None or not names:
        return unknown("what is made a dictionary of is not known", *args.all)
    cells: dict[object, Evaluated] = {}
    for name in names:
        cell = obj.cells.get(name) or machine.find((known(of),), name)
        if cell is not None:
            cells[name] = cell
    return machine.make("dict", cells, opened=obj.open or len(cells) < len(names))


def namespace(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    cells: dict[object, Evaluated] = dict(args.keywords.items())
    return known(Ref(machine.new(Obj("instance", cells, args.open)), "instance"))


def partial(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    return known(Made(PARTIAL, args.all)) if not args.keywords and args.positional else unknown("a partial function")


def chain_map(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    tables = [machine.mapping(arg) for arg in args.positional]
    cells: dict[object, Evaluated] = {}
    opened = args.open
    for table in reversed(tables):
        if table is None:
            return unknown("its entries are not known", *args.all)
        cells.update(table[0])
        opened = opened or table[1]
    return machine.make("dict", cells, opened=opened)
