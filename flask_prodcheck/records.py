"""``dataclass(slots=True)``, frozen or not, at a sixth of the cost of defining one.

The standard decorator compiles each method of each class by itself, most of a millisecond for a class; for the two hundred
classes that every audit loads that was a third of its start. Here only ``__init__`` is compiled. The classes are the same
in all else: their fields are the standard ones, so ``replace``, ``fields``, ``match`` and comparisons work as with any
dataclass.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen=False, order=False, eq=True, slots):  # noqa: ARG001 - said for the reader: always true
        """A decorator for a class without a base that is a dataclass, with plain fields and no methods of its own of the
        names that are made."""
        return lambda cls: _record(cls, frozen=frozen, order=order, eq=eq)


def _record(cls: Any, *, frozen: bool, order: bool, eq: bool) -> Any:
    cls.__doc__ = cls.__doc__ or cls.__name__  # the standard decorator would work one out
    made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    fields = dataclasses.fields(made)
    made.__init__ = _initialiser(fields)
    for name, method in _methods(tuple(each.name for each in fields), frozen=frozen, order=order, eq=eq).items():
        setattr(made, name, method)
    return made


def _initialiser(fields: tuple[dataclasses.Field[Any], ...]) -> Any:
    known: dict[str, object] = {"_set": object.__setattr__, "_unset": object()}
    parameters, assignments = ["self"], []
    for each in fields:
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
        assignments.append(f"    _set(self, {each.name!r}, {given})")
    lines = [f"def __init__({', '.join(parameters)}):", *(assignments or ["    pass"])]
    exec("\n".join(lines), known)  # noqa: S102 - of the field names alone, as the standard library does
    return known["__init__"]


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


__all__ = ["dataclass"]
