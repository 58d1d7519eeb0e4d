"""Statements as bytes, and back: from one process of a run to another, through a pipe that nobody else holds. What is kept
for a later run, in a file, is plain data (:mod:`flask_prodcheck.facts.statement_data`) and never comes here."""

from __future__ import annotations

import dataclasses
import io
import pickle
from collections.abc import Callable, Mapping
from typing import Any

from flask_prodcheck.base import Span
from flask_prodcheck.facts import syntax
from flask_prodcheck.facts.syntax import Stmt

_CLASSES = {
    (each.__module__, each.__qualname__): each
    for each in (Span, *vars(syntax).values())
    if isinstance(each, type) and dataclasses.is_dataclass(each)
}
#: What else the statements of a file hold: the values of literals.
_OTHERS = {("builtins", "complex"): complex, ("builtins", "Ellipsis"): Ellipsis}


def packed(statements: tuple[Stmt, ...]) -> bytes | None:
    """``statements`` as bytes; None when they are nested too deeply for it."""
    stream = io.BytesIO()
    try:
        _Packer(stream, pickle.HIGHEST_PROTOCOL).dump(statements)
    except RecursionError:
        return None
    return stream.getvalue()


def unpacked(data: bytes) -> tuple[Stmt, ...] | None:
    """The statements that :func:`packed` was given; None for other bytes. Whatever they are, nothing but statements, their
    parts and plain values are made of them."""
    try:
        found = _Unpacker(io.BytesIO(data)).load()
    except Exception:
        return None
    is_whole = isinstance(found, tuple) and all(type(each) in _STATEMENTS for each in found)
    return found if is_whole else None


def _reducer(kind: type[Any]) -> Callable[[Any], tuple[object, ...]]:
    """What makes an object again: its class and the values of its fields."""
    names = [each.name for each in dataclasses.fields(kind)]
    known: dict[str, Any] = {"kind": kind}
    values = "".join([f"self.{name}, " for name in names])
    exec(f"def reduced(self): return kind, ({values})", known)  # noqa: S102 - of the field names alone
    reducer: Callable[[Any], tuple[object, ...]] = known["reduced"]
    return reducer


_STATEMENTS = frozenset(syntax.Stmt.__args__)


class _Packer(pickle.Pickler):
    dispatch_table: Mapping[type[Any], Callable[[Any], tuple[object, ...]]] = {  # type: ignore[assignment]
        each: _reducer(each) for each in _CLASSES.values()
    }


class _Unpacker(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        found = _CLASSES.get((module, name)) or _OTHERS.get((module, name))
        if found is None:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a statement")
        return found
