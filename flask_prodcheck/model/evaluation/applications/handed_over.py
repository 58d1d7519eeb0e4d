"""Applications and settings that are handed to something which is not followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Span, Unset
from flask_prodcheck.model.evaluation.applications.configuration_classes import public_attributes
from flask_prodcheck.model.evaluation.applications.entries import store
from flask_prodcheck.model.evaluation.running import Arguments
from flask_prodcheck.model.evaluation.values import Evaluated, Ref, merged, ref_of, selected
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine


def lose(machine: Machine, arg: Evaluated, reason: str, span: Span | None = None) -> None:
    """``arg`` was handed to something that is not followed: an application may have been configured there."""
    item = arg.value.value if isinstance(arg.value, Known) else None
    if isinstance(item, Ref):
        if item.kind == "app":
            machine.widen(machine.obj(item).config)
        elif item.kind in ("config", "dict"):
            machine.widen(item.oid)


def hand_over(machine: Machine, name: str, args: Arguments) -> None:
    """``init_app(app, Settings)`` of something external: it takes the settings of the class, as far as anything shows
    it, for the keys that nothing has set; its own code may replace each (``files`` names it)."""
    given = [ref_of(arg) for arg in args.all]
    target = next((machine.obj(each).config for each in given if each.kind == "app"), 0)
    classes = [arg for arg in args.all if ref_of(arg).kind == "class"]
    for source in classes if target else ():
        for key, cell in (public_attributes(machine, ref_of(source)) or {}).items():
            known_so_far = machine.obj(Ref(target, "config")).cells
            if key not in known_so_far and not isinstance(cell.value, Unset):
                doubted = replace(selected(cell, source), files=merged(cell.files, (f"{name}()",)))
                store(machine, Ref(target, "config"), key, doubted, args.span, args.text)
