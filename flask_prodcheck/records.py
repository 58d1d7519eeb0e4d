"""``dataclass(slots=True)``, frozen or not, at a sixth of the cost of defining one.

The standard decorator compiles each method of each class by itself, most of a millisecond for a class; for the two hundred
classes that every audit loads that was a third of its start. Here only ``__init__`` is compiled, and that for the first
object. The classes are the same in all else: their fields are the standard ones, so ``replace``, ``fields``, ``match`` and
comparisons work as with any dataclass.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass, replace
else:

    def dataclass(*, frozen=False, order=False, eq=True, slots):  # noqa: ARG001 - said for the reader: always true
        """A decorator for a class without a base that is a dataclass, with plain fields and no methods of its own of the
        names that are made."""
        return lambda cls: _record(cls, frozen=frozen, order=order, eq=eq)

    def replace(record, /, **changes):
        """``dataclasses.replace`` for an object of such a class, in a third of the time."""
        return record.__replace__(**changes)


def _record(cls: Any, *, frozen: bool, order: bool, eq: bool) -> Any:
    namespace = dict(cls.__dict__)
    fields = {name: _field(name, annotation, namespace) for name, annotation in cls.__annotations__.items()}
    names = tuple(fields)
    namespace |= _methods(names, frozen=frozen, order=order, eq=eq)
    namespace |= {
        "__doc__": cls.__doc__ or cls.__name__,  # the standard decorator would work one out
        "__slots__": names,
        "__match_args__": names,
        "__dataclass_fields__": fields,
        "__dataclass_params__": _PARAMETERS[frozen],
    }
    for name in ("__dict__", "__weakref__"):
        namespace.pop(name, None)
    made = type(cls)(cls.__name__, cls.__bases__, namespace)
    made.__qualname__ = cls.__qualname__

    def first(self: Any, *args: Any, **words: Any) -> None:
        # Half of the classes are never made anything of: the method is compiled for the first object.
        made.__init__ = _initialiser(made)
        made.__init__(self, *args, **words)

    def first_replaced(self: Any, /, **changes: Any) -> Any:
        made.__replace__ = _replacer(made)
        return made.__replace__(self, **changes)

    made.__init__, made.__replace__ = first, first_replaced
    return made


def _field(name: str, annotation: Any, namespace: dict[str, Any]) -> Any:
    """The standard description of a field, taken out of the class, where a slot takes its place."""
    given = namespace.pop(name, dataclasses.MISSING)
    found: Any = given if isinstance(given, dataclasses.Field) else dataclasses.field(default=given)
    found.name, found.type, found.kw_only, found._field_type = name, annotation, False, _PLAIN
    return found


@dataclasses.dataclass
class _Standard:
    only: int


@dataclasses.dataclass(frozen=True)
class _StandardFrozen:
    only: int


_PLAIN: Any = _Standard.__dataclass_fields__["only"]._field_type  # type: ignore[attr-defined]
_PARAMETERS: Any = {
    False: _Standard.__dataclass_params__,  # type: ignore[attr-defined]
    True: _StandardFrozen.__dataclass_params__,  # type: ignore[attr-defined]
}


def _initialiser(made: Any) -> Any:
    known: dict[str, object] = {"_unset": object()}
    parameters, assignments = ["self"], []
    for each in dataclasses.fields(made):
        given = each.name
        if each.default_factory is not dataclasses.MISSING:
            known[f"_make_{each.name}"] = each.default_factory
            given = f"(_make_{each.name}() if {each.name} is _unset else {each.name})"
            parameters.append(f"{each.name}=_unset")
        elif each.default is not dataclasses.MISSING:
            known[f"_default_{each.name}"] = each.default
            parameters.append(f"{each.name}=_default_{each.name}")
        else:
            parameters.append(each.name)
        # The slot's own way in, past a frozen class's refusal, at two thirds of the time of object.__setattr__.
        known[f"_set_{each.name}"] = vars(made)[each.name].__set__
        assignments.append(f"    _set_{each.name}(self, {given})")
    lines = [f"def __init__({', '.join(parameters)}):", *(assignments or ["    pass"])]
    exec("\n".join(lines), known)  # noqa: S102 - of the field names alone, as the standard library does
    return known["__init__"]


def _replacer(made: Any) -> Any:
    """What ``copy.replace`` of Python 3.13 asks for: an object with other values in some fields."""
    names = [each.name for each in dataclasses.fields(made)]
    known: dict[str, object] = {f"_set_{name}": vars(made)[name].__set__ for name in names}
    known |= {"_unset": object(), "_new": object.__new__}
    lines = [
        f"def __replace__(self, /, *, {', '.join(f'{name}=_unset' for name in names)}):"
        if names
        else "def __replace__(self, /):"
    ]
    lines.append("    made = _new(self.__class__)")
    lines += [f"    _set_{name}(made, self.{name} if {name} is _unset else {name})" for name in names]
    exec("\n".join([*lines, "    return made"]), known)  # noqa: S102 - of the field names alone
    return known["__replace__"]


def _methods(names: tuple[str, ...], *, frozen: bool, order: bool, eq: bool) -> dict[str, Any]:
    # Of one name an attrgetter gives the value, not a tuple of it.
    values: Callable[[Any], tuple[Any, ...]] = (
        operator.attrgetter(*names) if len(names) > 1 else lambda self: tuple([getattr(self, name) for name in names])
    )

    def compared(by: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Any]:
        return lambda self, other: (
            by(values(self), values(other)) if other.__class__ is self.__class__ else NotImplemented
        )

    def shown(self: Any) -> str:
        inside = ", ".join([f"{name}={value!r}" for name, value in zip(names, values(self), strict=True)])
        return f"{self.__class__.__qualname__}({inside})"

    found: dict[str, Any] = {
        "__repr__": shown,
        "__getstate__": lambda self: list(values(self)),
        "__setstate__": _restore,
    }
    if frozen:
        found |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    if eq:
        found |= {"__eq__": compared(operator.eq), "__hash__": (lambda self: hash(values(self))) if frozen else None}
    for each in ("lt", "le", "gt", "ge") if order else ():
        found[f"__{each}__"] = compared(getattr(operator, each))
    return found


def _refuse_to_set(_self: object, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _restore(self: Any, state: list[object]) -> None:
    for each, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


__all__ = ["dataclass", "replace"]
