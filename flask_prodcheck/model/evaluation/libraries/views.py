"""What operations of Python give on the settings objects of libraries: subscripts, attributes, methods, assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.model.evaluation.libraries import confuse, dynaconf, ini_parser
from flask_prodcheck.model.evaluation.running import Arguments, Frame, RaisedError
from flask_prodcheck.model.evaluation.values import Evaluated, View, unknown

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine


def view_item(machine: Machine, view: View, index: Evaluated) -> Evaluated:
    """``view[index]``."""
    if view.library == ini_parser.PARSER:
        return ini_parser.view_item(machine, view, index)
    if view.library == confuse.CONFUSE:
        return confuse.view_item(machine, view, index)
    return dynaconf.view_item(machine, view, index)


def view_attribute(machine: Machine, view: View, name: str) -> Evaluated:
    """``view.name``."""
    if view.library == ini_parser.PARSER:
        return ini_parser.view_attribute(machine, view, name)
    if view.library == confuse.CONFUSE:
        return confuse.view_attribute(machine, view, name)
    return dynaconf.view_attribute(machine, view, name)


def view_method(machine: Machine, view: View, name: str, args: Arguments, frame: Frame) -> Evaluated:
    """``view.name(...)``; a call of the object itself is its ``__call__``."""
    if args.open:
        return unknown("its arguments are not known", *args.all)
    if view.library == ini_parser.PARSER:
        return ini_parser.view_method(machine, view, name, args)
    if view.library == confuse.CONFUSE:
        return confuse.view_method(machine, view, name, args, frame)
    return dynaconf.view_method(machine, view, name, args, frame)


def view_truth(machine: Machine, view: View) -> bool | None:
    """``bool(view)``."""
    if view.library == ini_parser.PARSER:
        return ini_parser.view_truth(machine, view)
    if view.library == confuse.CONFUSE:
        return confuse.view_truth(machine, view)
    return dynaconf.view_truth(machine, view)


def view_contains(machine: Machine, view: View, element: Evaluated) -> bool | None:
    """``element in view``."""
    if view.library == ini_parser.PARSER:
        return ini_parser.view_contains(machine, view, element)
    try:
        found = view_item(machine, view, element)
    except RaisedError as missing:
        return None if missing.cause.absent or missing.cause.files else False
    item = found.value.value if isinstance(found.value, Known) else None
    if isinstance(item, View):
        return machine.truth(confuse.view_method(machine, item, "exists", Arguments(), Frame("", 0)))
    return None if isinstance(found.value, Unknown) else True


def view_set_item(machine: Machine, view: View, index: Evaluated, value: Evaluated) -> None:
    """``view[index] = value``, or of an attribute of that name."""
    key = machine.key_of(index)
    if view.library == ini_parser.PARSER:
        ini_parser.view_set(machine, view, index, value)
    elif view.library == confuse.CONFUSE:
        item = confuse.view_item(machine, view, index).value
        inner = item.value if isinstance(item, Known) and isinstance(item.value, View) else None
        confuse.view_set(machine, inner or view, value if inner else unknown("which key is set is not known", index))
    elif key is not None and isinstance(key[0], str):
        dynaconf.view_set(machine, view, key[0], value)
    else:
        machine.write(view.oid, "loaded", unknown("a setting that is not known is written", index))


def view_entries(machine: Machine, view: View) -> tuple[dict[object, Evaluated], bool] | None:
    """The entries of ``view`` as a mapping gives them, and whether there may be more; None where it gives none."""
    if view.library == ini_parser.PARSER:
        return ini_parser.entries(machine, view)
    return dynaconf.entries(machine, view) if view.library == dynaconf.DYNACONF else None


def view_doubts(machine: Machine, view: View) -> tuple[str | None, tuple[str, ...]]:
    """What may still set a key of ``view``: the prefix of the variables (None: none can), and the files that the project
    lacks."""
    return dynaconf.doubts(machine, view) if view.library == dynaconf.DYNACONF else (None, ())
