"""A configuration and its entries: made, read, asked for and written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Span, Unset
from flask_prodcheck.model.evaluation.applications.defaults import DEFAULTS
from flask_prodcheck.model.evaluation.running import Arguments, RaisedError
from flask_prodcheck.model.evaluation.values import Evaluated, Obj, Ref, known, traced, unknown

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine


def bare_config(machine: Machine, args: Arguments) -> Evaluated:
    """``flask.Config(root, defaults)`` on its own."""
    root = args.get(0, "root_path")
    folder = root.value.value if root is not None and isinstance(root.value, Known) else ""
    defaults = args.get(1, "defaults")
    entries = machine.mapping(defaults) if defaults is not None else ({}, False)
    cells, opened = entries if entries is not None else ({}, True)
    return known(Ref(machine.new(Obj("config", cells, opened, name=str(folder), bare=True)), "config"))


def config_item(machine: Machine, item: Ref, key: object) -> Evaluated:
    """``app.config[key]``. Raises the program's KeyError."""
    if isinstance(key, str):
        machine.keys_read.append(key)
    obj = machine.obj(item)
    cell = obj.cells.get(key)
    if cell is not None and not isinstance(cell.value, Unset):
        return cell
    if obj.open or cell is not None:
        return unknown(f"whether {key} is set is not known")
    if isinstance(key, str) and key in DEFAULTS and not obj.bare:
        return known(DEFAULTS[key])
    raise RaisedError("KeyError", known(None))


def config_has(machine: Machine, item: Ref, key: object) -> bool | None:
    """``key in app.config``; None when that is not known."""
    obj = machine.obj(item)
    cell = obj.cells.get(key)
    if cell is not None:
        return None if isinstance(cell.value, Unset) else True
    if key in DEFAULTS and not obj.bare:
        return True
    return None if obj.open else False


def store(machine: Machine, item: Ref, key: object, value: Evaluated, span: Span, text: str) -> None:
    """Write one key, with the step that writes it."""
    machine.write(item.oid, key, machine.controlled(traced(value, span, text)))


def store_all(
    machine: Machine, item: Ref, cells: Mapping[object, Evaluated], opened: bool, args: Arguments, upper: bool = True
) -> None:
    """Write all of ``cells``, with ``upper`` only the upper-case keys; ``opened`` when more are set that are not known."""
    if opened:
        machine.loosen(item.oid, f"{args.text} sets keys that are not known", args.span)
    for key, cell in cells.items():
        if not upper or (isinstance(key, str) and key.isupper()):
            if isinstance(cell.value, Unset):
                continue
            store(machine, item, key, cell, args.span, args.text)
