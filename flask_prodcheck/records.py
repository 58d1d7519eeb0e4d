"""``dataclass(frozen=True, slots=True)`` at a quarter of the cost of defining one.

The standard decorator compiles each method by itself, half a millisecond for a class; for the classes that every audit
loads that was a third of its start. Here the methods of a class are compiled together, and making an object is quicker
too. The classes are the same in all else: their fields are the standard ones, so ``replace``, ``fields``, ``match`` and
comparisons work as with any dataclass.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, order=False, **_given):
        """A decorator for a class without a base that is a dataclass, with plain fields and no methods of its own of the
        names that are made. ``frozen`` and ``slots`` are given for the reader, and always true."""
        return lambda cls: _record(cls, order=order)


_COMPARISONS = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


def _record(cls: Any, *, order: bool) -> Any:
    cls.__doc__ = cls.__doc__ or cls.__name__  # the standard decorator would work one out
    made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    fields = dataclasses.fields(made)
    names = [each.name for each in fields]
    known: dict[str, object] = {"_set": object.__setattr__, "_unset": object()}
    parameters, assignments = [], []
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
        assignments.append(f"_set(self, {each.name!r}, {given})")
    own, others = ("(" + "".join(f"{who}.{name}, " for name in names) + ")" for who in ("self", "other"))
    shown = ", ".join(f"{name}={{self.{name}!r}}" for name in names)
    lines = [
        f"def __init__({', '.join(['self', *parameters])}):",
        *(f"    {line}" for line in (assignments or ["pass"])),
        f"def __repr__(self): return f'{{self.__class__.__qualname__}}({shown})'",
        f"def __hash__(self): return hash({own})",
    ]
    for name, operator in ({"__eq__": "=="} | (_COMPARISONS if order else {})).items():
        lines += [
            f"def {name}(self, other):",
            f"    if other.__class__ is self.__class__: return {own} {operator} {others}",
            "    return NotImplemented",
        ]
    methods: dict[str, Any] = {}
    exec("\n".join(lines), known, methods)  # noqa: S102 - of the field names alone, as the standard library does
    for name, method in (methods | _SHARED).items():
        setattr(made, name, method)
    return made


def _refuse_to_set(_self: object, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, each.name) for each in dataclasses.fields(self)]


def _restore(self: Any, state: list[object]) -> None:
    for each, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


_SHARED = {
    "__setattr__": _refuse_to_set,
    "__delattr__": _refuse_to_delete,
    "__getstate__": _state,
    "__setstate__": _restore,
}

__all__ = ["dataclass"]
