"""Classes and instances: which class an attribute comes from, what a method is bound to, what a call of a class makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Unknown, Unset
from flask_prodcheck.facts.syntax import ClassDef, FunctionDef, Starred
from flask_prodcheck.model.evaluation.applications.app import app_attribute, new_app
from flask_prodcheck.model.evaluation.external_names import is_enum, is_flask_class, is_plain_base, is_settings_class
from flask_prodcheck.model.evaluation.libraries.dynaconf import BOX, box_get
from flask_prodcheck.model.evaluation.libraries.external import external_attribute, made_attribute
from flask_prodcheck.model.evaluation.libraries.pydantic_settings import DUMPS, is_field, is_model, model_instance
from flask_prodcheck.model.evaluation.libraries.pydantic_types import is_model_class
from flask_prodcheck.model.evaluation.libraries.standard import FIELD
from flask_prodcheck.model.evaluation.libraries.views import view_attribute
from flask_prodcheck.model.evaluation.plain_methods import plain_attribute
from flask_prodcheck.model.evaluation.running import NONE, Arguments, End, Frame, RaisedError, Super
from flask_prodcheck.model.evaluation.unparse import unparse
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    External,
    Function,
    Made,
    Method,
    Obj,
    Ref,
    View,
    known,
    ref_of,
    selected,
    unknown,
)
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

_DATACLASS = "__dataclass_fields__"
_UNREAD = frozenset({"NamedTuple", "TypedDict", "Enum", "IntEnum", "StrEnum", "Flag"})


#: By the heap number of a class, and how many classes below it the look-up began.
_Orders = dict[tuple[int, int], tuple[Evaluated, ...]]


def mro(machine: Machine, base: Evaluated) -> tuple[Evaluated, ...]:
    """The classes in which an attribute is looked up. Something unknown ends the list."""
    return _mro(machine, base, 0, {})


def _mro(machine: Machine, base: Evaluated, depth: int, orders: _Orders) -> tuple[Evaluated, ...]:
    """``orders``: what was found so far. Two classes may have the same bases, which have the same bases."""
    value = base.value
    if not (isinstance(value, Known) and isinstance(value.value, Ref) and value.value.kind == "class") or depth > 20:
        return (base,)
    key = value.value.oid, depth
    if key not in orders:
        orders[key] = _merged(machine, base, machine.obj(value.value).bases, depth, orders)
    return orders[key]


def _merged(
    machine: Machine, base: Evaluated, bases: Sequence[Evaluated], depth: int, orders: _Orders
) -> tuple[Evaluated, ...]:
    chains = [list(_mro(machine, parent, depth + 1, orders)) for parent in bases] + [list(bases)]
    order = [base]
    while any(chains):
        for chain in chains:
            if chain and not any(chain[0] in other[1:] for other in chains):
                head = chain[0]
                break
        else:
            return (*order, unknown("the order of the base classes is not consistent"))
        order.append(head)
        for chain in chains:
            if chain and chain[0] == head:
                chain.pop(0)
    return tuple(order)


def find(machine: Machine, bases: Sequence[Evaluated], name: str, after: int = 0) -> Evaluated | None:
    """The attribute ``name`` of the first class that has it; unknown when a class before cannot be read."""
    for base in bases:
        passed = after == 0
        for owner in mro(machine, base):
            item = owner.value.value if isinstance(owner.value, Known) else None
            if isinstance(item, Ref) and item.kind == "class":
                if not passed:
                    passed = item.oid == after
                    continue
                obj = machine.obj(item)
                if name in obj.cells:
                    return selected(obj.cells[name], base)
                if obj.open:
                    return unknown(f"{name} may be set on {obj.name}")
            elif isinstance(item, External):
                if item.name.startswith("builtins.") or is_plain_base(item.name):
                    continue
                if passed and not is_flask_class(item.name):
                    return unknown(f"{name} may come from {item.name}")
            elif passed:
                return unknown(f"{name} may come from a base class that is not known")
    return None


def attribute(machine: Machine, receiver: Evaluated, name: str) -> Evaluated:
    value = receiver.value
    if not isinstance(value, Known):
        return unknown(value.reason if isinstance(value, Unknown) else "it is not set", receiver)
    item = value.value
    result: Evaluated | None
    if isinstance(item, External):
        return external_attribute(machine, item, name)
    if isinstance(item, View):
        return selected(view_attribute(machine, item, name), receiver)
    if isinstance(item, Super):
        target = ref_of(item.instance)
        if target.kind == "class":
            found = find(machine, (item.instance,), name, item.owner)
            result = bound_to(machine, found, None, item.instance) if found is not None else None
        else:
            found = find(machine, machine.obj(target).bases, name, item.owner)
            result = bound_to(machine, found, item.instance) if found is not None else None
        result = result or known(Method(item.instance, name))
        if isinstance(result.value, Unknown):
            result = known(Method(item.instance, name))
        return result
    if isinstance(item, Ref):
        if item.kind == "module":
            result = machine.module_attribute(item, name)
            if result is None:
                raise RaisedError("AttributeError", receiver)
            return result
        obj = machine.obj(item)
        if item.kind == "class":
            if name == "__name__":
                return known(obj.name)
            result = find(machine, (known(item),), name)
            if result is None:
                if name in ("__dict__", "__mro__", "__members__", "mro"):
                    return unknown(name)
                raise RaisedError("AttributeError", receiver)
            if is_field(machine, receiver, name):
                raise RaisedError("AttributeError", receiver)
            return selected(bound_to(machine, result, None, receiver), receiver)
        if item.kind == "instance":
            cell = obj.cells.get(name)
            if cell is not None and not isinstance(cell.value, Unset):
                return selected(cell, receiver)
            if name == "__class__" and obj.bases:
                return obj.bases[0]
            result = find(machine, obj.bases, name)
            if result is None:
                if name in DUMPS and is_model(machine, receiver):
                    return known(Method(receiver, name))
                if obj.open or find(machine, obj.bases, "__getattr__") is not None:
                    return unknown(f"{name} is not known", receiver)
                raise RaisedError("AttributeError", receiver)
            return selected(bound_to(machine, result, receiver), receiver)
        if item.kind == "dict" and obj.name == BOX:
            inner = box_get(machine, receiver, name)
            return inner if inner is not None else known(Method(receiver, name))
        if item.kind == "app":
            return app_attribute(machine, receiver, item, name)
        return known(Method(receiver, name))
    if isinstance(item, Made | Function):
        return made_attribute(machine, receiver, name)
    if isinstance(item, Method):
        return unknown(f"{name} of a method")
    return plain_attribute(machine, receiver, item, name)


def bound_to(
    machine: Machine, found: Evaluated, receiver: Evaluated | None, owner: Evaluated | None = None
) -> Evaluated:
    item = found.value.value if isinstance(found.value, Known) else None
    if not isinstance(item, Function) or item.flavour == "static" or item.owner == 0:
        return found
    if item.flavour == "class":
        target = owner
        if receiver is not None:
            bases = machine.obj(ref_of(receiver)).bases
            target = bases[0] if bases else None
        return known(Method(target or NONE, item.node.name if isinstance(item.node, FunctionDef) else "", item))
    if receiver is None:
        return found if item.flavour != "property" else unknown("it is a property object")
    if item.flavour == "property":
        return machine.call_function(item, Arguments((receiver,)))
    return known(Method(receiver, item.node.name if isinstance(item.node, FunctionDef) else "", item))


def instantiate(machine: Machine, function: Evaluated, ref: Ref, args: Arguments, frame: Frame) -> Evaluated:
    externals = [
        owner.value.value.name
        for owner in mro(machine, function)
        if isinstance(owner.value, Known) and isinstance(owner.value.value, External)
    ]
    if any(is_flask_class(name) for name in externals):
        made = new_app(machine, args, frame, known(ref))
    elif is_model_class(machine, function) or any(is_settings_class(name) for name in externals):
        return model_instance(machine, function, ref, args)
    elif any(is_enum(name) for name in externals):
        return args.positional[0] if args.positional else unknown("a member of an enumeration")
    else:
        opened = any(not is_plain_base(name) for name in externals)
        made = known(Ref(machine.new(Obj("instance", {}, open=opened, bases=(known(ref),))), "instance"))
    init = find(machine, (known(ref),), "__init__")
    item = init.value.value if init is not None and isinstance(init.value, Known) else None
    if isinstance(item, Function):
        machine.call_function(item, replace(args, positional=(made, *args.positional)))
    elif ref_of(made).kind == "instance" and find(machine, (known(ref),), _DATACLASS) is not None:
        _fill_dataclass(machine, made, ref, args)
    elif ref_of(made).kind == "instance" and args.keywords:
        for key, cell in args.keywords.items():
            machine.write(ref_of(made).oid, key, cell)
    return made


def dataclass_fields(machine: Machine, ref: Ref) -> tuple[str, ...]:
    """The names of the fields of the class ``ref``, those of its bases first; () where it is no dataclass."""
    if find(machine, (known(ref),), _DATACLASS) is None:
        return ()
    names: dict[str, None] = {}
    for owner in reversed(mro(machine, known(ref))):
        if isinstance(owner.value, Known) and isinstance(owner.value.value, Ref):
            names.update(dict.fromkeys(name for name, _ in machine.obj(owner.value.value).annotations))
    return tuple(names)


def _fill_dataclass(machine: Machine, made: Evaluated, ref: Ref, args: Arguments) -> None:
    """What the ``__init__`` that ``dataclass`` writes does."""
    names = dataclass_fields(machine, ref)
    given = {**dict(zip(names, args.positional, strict=False)), **args.keywords}
    for name in names:
        value = given.get(name)
        default = find(machine, (known(ref),), name)
        item = default.value.value if default is not None and isinstance(default.value, Known) else None
        if value is None and isinstance(item, Made) and item.name == FIELD:
            value = machine.call(item.args[0], Arguments(), Frame("", 0)) if item.args else unknown("a field")
        if value is not None:
            machine.write(ref_of(made).oid, name, value)
    after = find(machine, (known(ref),), "__post_init__")
    function = after.value.value if after is not None and isinstance(after.value, Known) else None
    if isinstance(function, Function):
        machine.call_function(function, Arguments((made,)))


def define_class(machine: Machine, stmt: ClassDef, frame: Frame) -> None:
    bases = tuple(machine.evaluate(base, frame) for base in stmt.bases if not isinstance(base, Starred))
    opened = len(bases) < len(stmt.bases) or bool(stmt.keywords)
    # The reader leaves the fields of these out.
    opened = opened or any(unparse(base).rpartition(".")[2] in _UNREAD for base in stmt.bases)
    oid = machine.new(Obj("class", {}, open=False, name=stmt.name, file=frame.file, bases=bases, span=stmt.span))
    inner = Frame(frame.file, frame.module, (oid, *frame.scopes))
    ends = machine.block(stmt.body, inner)
    ended = ends.get("next")
    if ended is None:
        raised = ends.get("raise") or End(machine.heap)
        machine.heap = raised.heap
        raise RaisedError(raised.name, raised.value, deliberate=raised.deliberate)
    machine.heap = ended.heap
    if opened:
        machine.widen(oid)
    if any(unparse(each).partition("(")[0].rpartition(".")[2] == "dataclass" for each in stmt.decorators):
        machine.write(oid, _DATACLASS, known(True))
    machine.bind(stmt.name, machine.controlled(known(Ref(oid, "class"))), frame)
