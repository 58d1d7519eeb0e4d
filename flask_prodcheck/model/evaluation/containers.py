"""Lists, dictionaries and what else holds values: their entries, membership and subscripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Span, Unset
from flask_prodcheck.model.evaluation.applications.entries import config_has, config_item
from flask_prodcheck.model.evaluation.environment import (
    environment_entries,
    environment_get,
    environment_has,
    environment_item,
)
from flask_prodcheck.model.evaluation.libraries.dynaconf import BOX, box_get
from flask_prodcheck.model.evaluation.libraries.views import view_contains, view_entries, view_item
from flask_prodcheck.model.evaluation.operations import NotPlainError
from flask_prodcheck.model.evaluation.production_names import is_production_name
from flask_prodcheck.model.evaluation.running import NONE, RaisedError
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    External,
    Made,
    Obj,
    Ref,
    Seq,
    View,
    agree,
    depending,
    known,
    selected,
    traced,
    unknown,
)
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine


def mapping(machine: Machine, evaluated: Evaluated) -> tuple[dict[object, Evaluated], bool] | None:
    """The entries of a dict or config and whether there may be more; None when it is not one."""
    item = evaluated.value.value if isinstance(evaluated.value, Known) else None
    if isinstance(item, Ref) and item.kind in ("dict", "config"):
        obj = machine.obj(item)
        return {key: selected(cell, evaluated) for key, cell in obj.cells.items()}, obj.open
    if isinstance(item, View):
        held = view_entries(machine, item)
        return (
            ({key: selected(cell, evaluated) for key, cell in held[0].items()}, held[1]) if held is not None else None
        )
    if isinstance(item, Seq) or (isinstance(item, Ref) and item.kind == "list"):
        cells: dict[object, Evaluated] = {}
        for pair in machine.elements(evaluated) or ():
            parts = machine.elements(pair)
            key = key_of(machine, parts[0]) if parts is not None and len(parts) == 2 else None
            if parts is None or key is None:
                return None
            cells[key[0]] = parts[1]
        return cells, machine.elements(evaluated) is None
    return None


def key_of(machine: Machine, evaluated: Evaluated) -> tuple[object] | None:
    """A dict key, in a tuple so that None can be one."""
    try:
        key = machine.plain(evaluated)
        hash(key)
    except (NotPlainError, TypeError):
        item = evaluated.value.value if isinstance(evaluated.value, Known) else None
        return (item,) if isinstance(item, Ref) and item.kind == "class" else None
    return (key,)


def membership(machine: Machine, container: Evaluated, element: Evaluated) -> Evaluated:
    """What ``NAME in os.environ`` depends on."""
    item = container.value.value if isinstance(container.value, Known) else None
    key = key_of(machine, element)
    if isinstance(item, External) and item.name == "os.environ" and key is not None and isinstance(key[0], str):
        return replace(environment_get(machine, key[0], NONE), random=False, guarded=False)
    return NONE


def contains(machine: Machine, container: Evaluated, element: Evaluated) -> bool | None:
    item = container.value.value if isinstance(container.value, Known) else None
    if isinstance(item, External) and item.name == "os.environ":
        key = key_of(machine, element)
        if key is None or not isinstance(key[0], str):
            return None
        return environment_has(machine, key[0])
    if isinstance(item, View):
        return view_contains(machine, item, element)
    if isinstance(item, Ref) and item.kind in ("dict", "config"):
        key = key_of(machine, element)
        if key is None:
            return None
        if item.kind == "config":
            return config_has(machine, item, key[0])
        obj = machine.obj(item)
        cell = obj.cells.get(key[0])
        if cell is not None:
            return None if isinstance(cell.value, Unset) else True
        return None if obj.open else False
    if isinstance(item, str | bytes):
        try:
            return machine.plain(element) in item  # type: ignore[operator]
        except (NotPlainError, TypeError):
            return None
    parts = machine.elements(container)
    if parts is None or not isinstance(element.value, Known):
        return None
    undecided = False
    for part in parts:
        outcome = machine.compare_pair("==", part, element)
        if outcome:
            return True
        undecided = undecided or outcome is None
    return None if undecided else False


def subscript(machine: Machine, container: Evaluated, index: Evaluated) -> Evaluated:
    item = container.value.value if isinstance(container.value, Known) else None
    if isinstance(item, External) and item.name == "os.environ":
        key = key_of(machine, index)
        if key is None or not isinstance(key[0], str):
            return unknown("which variable is read is not known", index)
        return selected(environment_item(machine, key[0]), index)
    if isinstance(item, View):
        return selected(view_item(machine, item, index), container, index)
    if isinstance(item, External):
        return known(item) if item.name[:1].islower() or item.name.startswith("typing.") else unknown("a subscript")
    if isinstance(item, Made) and item.name == "sys.argv" and machine.command:
        # How many words follow, and which, is not asked often enough to be known here.
        first = key_of(machine, index) == (0,)
        return known(f"/usr/local/bin/{machine.command}") if first else unknown("a word of the command")
    if isinstance(item, Ref) and item.kind in ("dict", "config"):
        key = key_of(machine, index)
        if key is None:
            return unknown("which entry is chosen is not known", container, index)
        if item.kind == "config":
            return selected(config_item(machine, item, key[0]), index)
        obj = machine.obj(item)
        cell = obj.cells.get(key[0])
        if cell is None and obj.name == BOX and isinstance(key[0], str):
            cell = box_get(machine, container, key[0])
        if cell is None and not obj.open:
            raise RaisedError("KeyError", depending(NONE, container, index))
        if cell is None or isinstance(cell.value, Unset):
            return unknown("it may not have the entry", container, index)
        note_alternatives(machine, obj, cell, index)
        return selected(cell, container, index)
    if isinstance(item, Ref) and item.kind == "class" and machine.find((known(item),), "__class_getitem__") is None:
        members = machine.obj(item).cells
        key = key_of(machine, index)
        return members.get(key[0], unknown("a member")) if key is not None else unknown("a member", index)
    parts = machine.elements(container)
    if parts is not None and not isinstance(item, str):
        chosen = index.value.value if isinstance(index.value, Known) else None
        if isinstance(chosen, slice):
            kind = item.kind if isinstance(item, Seq) else "list"
            return depending(machine.sequence(parts[chosen], kind), container, index)
        key = key_of(machine, index)
        if key is None or not isinstance(key[0], int):
            return unknown("which element is chosen is not known", container, index)
        try:
            return selected(parts[key[0]], container, index)
        except IndexError:
            raise RaisedError("IndexError", depending(NONE, container, index)) from None
    return machine.plain_result([container, index], lambda values: values[0][values[1]])  # type: ignore[index]


def note_selection(machine: Machine, index: Evaluated) -> None:
    """``index``, made of a default, has chosen between settings."""
    for name in index.absent[:1]:
        origin = index.value.origin
        place = origin[0].span if origin else machine.read_at.get(name)
        if place is not None:
            machine.selected_at.setdefault(name, place)


def note_alternatives(machine: Machine, obj: Obj, chosen: Evaluated, index: Evaluated) -> None:
    """The other classes of a dict from which a variable's default chose one: what they all say is no fallback."""
    item = chosen.value.value if isinstance(chosen.value, Known) else None
    if not index.absent:
        return
    note_selection(machine, index)
    for key, cell in obj.cells.items():
        if isinstance(key, str) and is_production_name(key) and not agree(cell, chosen):
            machine.selectors.setdefault(index.absent[0], key)
    if not isinstance(item, Ref) or item.kind != "class":
        return
    others = [cell.value.value if isinstance(cell.value, Known) else None for cell in obj.cells.values()]
    classes = tuple(other for other in others if isinstance(other, Ref) and other.kind == "class")
    if len(classes) == len(others) and not obj.open:
        machine.alternatives[item.oid] = classes


def update_mapping(machine: Machine, ref: Ref, source: Evaluated, span: Span, text: str) -> None:
    """``ref.update(source)``."""
    entries = mapping(machine, source)
    if entries is None:
        item = source.value.value if isinstance(source.value, Known) else None
        if not (isinstance(item, External) and item.name == "os.environ"):
            machine.loosen(ref.oid, "it is updated with something that is not known", span)
            return
        entries = environment_entries(machine)
    cells, opened = entries
    if opened:
        machine.loosen(ref.oid, "it is updated with something that is not known", span)
    for key, cell in cells.items():
        machine.write(ref.oid, key, machine.controlled(traced(cell, span, text)))
