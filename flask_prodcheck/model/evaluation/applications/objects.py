"""Configurations that take the settings of an object: a module, a class, an instance, or a library's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Unset
from flask_prodcheck.model.evaluation.applications.configuration_classes import note_class_selector, whatever_is_chosen
from flask_prodcheck.model.evaluation.applications.entries import store, store_all
from flask_prodcheck.model.evaluation.applications.import_string import imported_object
from flask_prodcheck.model.evaluation.applications.overrides import file_may_override, may_override
from flask_prodcheck.model.evaluation.external_names import is_plain_base
from flask_prodcheck.model.evaluation.libraries.views import view_doubts, view_entries
from flask_prodcheck.model.evaluation.running import Arguments, Frame, RaisedError
from flask_prodcheck.model.evaluation.values import Evaluated, External, Ref, View, agree, known, selected

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine


def from_object(machine: Machine, item: Ref, source: Evaluated, args: Arguments, frame: Frame) -> None:
    """``config.from_object(source)``: the upper-case attributes of a module, class or instance."""
    plain = source.value.value if isinstance(source.value, Known) else None
    target = imported_object(machine, source, frame.file) if isinstance(plain, str) else source
    value = target.value
    found = value.value if isinstance(value, Known) else None
    if isinstance(value, Known) and (found is None or isinstance(found, int | float)):
        return
    if isinstance(found, View):
        from_settings(machine, item, found, args)
        return
    if not isinstance(found, Ref) or found.kind not in ("class", "instance", "module"):
        if isinstance(found, Ref):
            return
        machine.loosen(item.oid, f"{args.text} reads an object that is not known", args.span)
        for key, cell in whatever_is_chosen(machine).items():
            store(machine, item, key, selected(cell, source), args.span, args.text)
        return
    note_class_selector(machine, source, plain, target)
    names: dict[str, None] = {}
    opened = False
    holders = [found]
    if found.kind in ("class", "instance"):
        bases = (target,) if found.kind == "class" else machine.obj(found).bases
        holders = [found] if found.kind == "instance" else []
        for base in bases:
            for owner in machine.mro(base):
                owner_item = owner.value.value if isinstance(owner.value, Known) else None
                if isinstance(owner_item, Ref):
                    holders.append(owner_item)
                elif not (isinstance(owner_item, External) and is_plain_base(owner_item.name)):
                    opened = True
    for holder in holders:
        obj = machine.obj(holder)
        opened = opened or obj.open
        names.update(dict.fromkeys(key for key in obj.cells if isinstance(key, str) and key.isupper()))
    if found.kind == "module":
        module = machine.modules.module(machine.obj(found).file)
        if module is not None:
            names.update(dict.fromkeys(name for name in module.names if name.isupper()))
    if opened:
        machine.loosen(item.oid, f"{args.text} reads an object that is not known whole", args.span)
    alternatives = machine.alternatives.get(found.oid, ())
    for name in names:
        try:
            cell = machine.attribute(target, name)
        except RaisedError as raised:
            if raised.name != "AttributeError":
                raise
            continue
        if isinstance(cell.value, Unset):
            continue
        if not alternatives or any(not _agrees(machine, other, name, cell) for other in alternatives):
            store(machine, item, name, selected(cell, target), args.span, args.text)
            continue
        own = machine.find((known(found),), name)  # whatever was chosen, this is the value
        store(machine, item, name, own or cell, args.span, args.text)


def from_settings(machine: Machine, item: Ref, source: View, args: Arguments) -> None:
    """All settings of a library's object; a variable or a file that the project lacks may set more."""
    held = view_entries(machine, source)
    if held is None:
        machine.loosen(item.oid, f"{args.text} sets keys that are not known", args.span)
        return
    prefix, missing = view_doubts(machine, source)
    if prefix is not None:
        may_override(machine, item, lambda key: f"{prefix}_{key}")
    for file in missing:
        file_may_override(machine, item, file)
    store_all(machine, item, held[0], False, args)


def _agrees(machine: Machine, other: Ref, name: str, cell: Evaluated) -> bool:
    """Whether the class ``other`` says the same; one that only tests use is not asked."""
    if "test" in machine.obj(other).name.lower():
        return True
    found = machine.find((known(other),), name)
    return found is not None and agree(found, cell)
