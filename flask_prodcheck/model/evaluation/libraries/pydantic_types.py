"""The types of the fields of pydantic's classes: which values a field takes as they are, and what it makes of a text.

What pydantic would convert (a tuple for a list, a number in a text) is not carried out: releases differ in it.
Source: https://docs.pydantic.dev/latest/concepts/conversion_table/
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Unset
from flask_prodcheck.facts.syntax import BinOp, Collection, Const, Expr, Subscript
from flask_prodcheck.model.evaluation.libraries.conversions import converted
from flask_prodcheck.model.evaluation.operations import RefusedError
from flask_prodcheck.model.evaluation.running import Frame
from flask_prodcheck.model.evaluation.unparse import unparse
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    External,
    Made,
    Ref,
    Seq,
    depending,
    known,
    ref_of,
    same,
    unknown,
)
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

SECRETS = frozenset({"pydantic.SecretStr", "pydantic.SecretBytes", "pydantic.types.SecretStr"})
_HIDDEN = "pydantic.SecretStr()"
_NESTED = 20
_PLAIN: Mapping[str, type] = {
    "builtins.str": str, "builtins.int": int, "builtins.float": float, "builtins.bool": bool, "builtins.bytes": bytes,
    "datetime.timedelta": timedelta, "pathlib.Path": PurePosixPath, "pydantic.PositiveInt": int,
    "pydantic.NonNegativeInt": int,
}  # fmt: skip
_READ = (str, int, float, bool)
_CONTAINERS: Mapping[str, str] = {
    "builtins.list": "list", "typing.List": "list", "typing.Sequence": "list", "collections.abc.Sequence": "list",
    "builtins.dict": "dict", "typing.Dict": "dict", "builtins.set": "set", "typing.Set": "set", "builtins.tuple": "tuple",
    "typing.Tuple": "tuple",
}  # fmt: skip
_NUMBER = regex(r"[-+]?[0-9]{1,18}(?:\.[0-9]{1,18})?")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field is said to be: ``name`` is plain (of the type ``plain``), a container of ``parts``, a union of them,
    secret, model (of the class ``model``), choice (one of ``choices``), any, or "" for what is not followed."""

    name: str = ""
    plain: type = object
    parts: tuple[Kind, ...] = ()
    model: Evaluated | None = None
    choices: tuple[object, ...] = ()
    optional: bool = False


_ANY = Kind("any")


def name_of(machine: Machine, expr: Expr, file: str) -> str:
    """The dotted name of something outside of the project that ``expr`` means in the module ``file``; "" for another."""
    meant = machine.evaluate(expr, module_frame(machine, file))
    item = meant.value.value if isinstance(meant.value, Known) else None
    return item.name if isinstance(item, External) else ""


def module_frame(machine: Machine, file: str) -> Frame:
    return Frame(file, machine.imported.get(file, 0))


def parameters(expr: Subscript) -> tuple[Expr, ...]:
    """``A, B`` of ``X[A, B]``."""
    return expr.index.items if isinstance(expr.index, Collection) else (expr.index,)


def kind_of(machine: Machine, expr: Expr, file: str, depth: int = 0) -> Kind:
    """What the annotation ``expr`` says."""
    if depth > _NESTED:
        return Kind()
    if isinstance(expr, BinOp) and expr.op == "|":
        return _union(machine, (expr.left, expr.right), file, depth)
    if isinstance(expr, Subscript):
        name, parts = name_of(machine, expr.value, file), parameters(expr)
        if name in ("typing.Optional", "typing.Union"):
            made = _union(machine, parts, file, depth)
            return replace(made, optional=True) if name == "typing.Optional" else made
        if name in ("typing.Literal", "typing_extensions.Literal"):
            choices = tuple(part.value for part in parts if isinstance(part, Const) and part.value is not None)
            return Kind("choice", choices=choices) if len(choices) == len(parts) else Kind()
        container = _CONTAINERS.get(name, "")
        if container == "tuple" and [unparse(part) for part in parts[1:]] == ["..."]:
            parts = parts[:1]
        if len(parts) != (2 if container == "dict" else 1):
            return Kind()
        return Kind(container, parts=tuple(kind_of(machine, part, file, depth + 1) for part in parts))
    meant = machine.evaluate(expr, module_frame(machine, file))
    item = meant.value.value if isinstance(meant.value, Known) else None
    if isinstance(item, Ref) and item.kind == "class":
        return Kind("model", model=meant) if is_model_class(machine, meant) else Kind()
    if not isinstance(item, External):
        return Kind()
    if item.name in _PLAIN:
        return Kind("plain", _PLAIN[item.name])
    if item.name in _CONTAINERS:
        return Kind(_CONTAINERS[item.name], parts=(_ANY, _ANY))
    if item.name in ("typing.Any", "builtins.object"):
        return _ANY
    return Kind("secret") if item.name in SECRETS and item.name.endswith("Str") else Kind()


def _union(machine: Machine, sides: tuple[Expr, ...], file: str, depth: int) -> Kind:
    inner = [side for side in sides if not (isinstance(side, Const) and side.value is None)]
    parts = tuple(kind_of(machine, side, file, depth + 1) for side in inner)
    optional = len(inner) < len(sides)
    if len(parts) == 1:
        return replace(parts[0], optional=optional or parts[0].optional)
    return Kind("union", parts=parts, optional=optional)


def is_model_class(machine: Machine, meant: Evaluated) -> bool:
    """Whether ``meant`` is a class of pydantic's ``BaseModel`` or ``BaseSettings``."""
    owners = [owner.value.value for owner in machine.mro(meant) if isinstance(owner.value, Known)]
    return any(isinstance(owner, External) and owner.name.startswith("pydantic") for owner in owners)


# --- values ----------------------------------------------------------------------------------------------------------


def checked(machine: Machine, kind: Kind, value: Evaluated) -> Evaluated:
    """A value of the program (an argument, a default that is validated) as the field has it."""
    if not isinstance(value.value, Known) or takes(machine, kind, value):
        return value
    if kind.name == "secret" and isinstance(value.value.value, str):
        return _secret(value)
    return unknown("the field may make something else of it", value)


def takes(machine: Machine, kind: Kind, value: Evaluated) -> bool:
    """Whether a field of ``kind`` has ``value`` as it is; an element that is not known is none that matters."""
    if not isinstance(value.value, Known):
        return not isinstance(value.value, Unset)
    item = value.value.value
    if kind.name == "any" or (item is None and kind.optional):
        return True
    if kind.name == "plain":
        return type(item) is kind.plain
    if kind.name == "choice":
        return any(same(item, choice) for choice in kind.choices)
    if kind.name == "union":
        return _member_takes(machine, kind, value)
    if kind.name == "secret":
        return isinstance(item, Made) and item.name in (_HIDDEN, "pydantic.types.SecretStr()")
    if isinstance(item, Seq):
        return item.kind == kind.name and all(takes(machine, kind.parts[0], each) for each in item.items)
    obj = machine.obj(ref_of(value))
    if kind.name == "model" and kind.model is not None:
        return (
            any(ref_of(kind.model) in map(ref_of, machine.mro(base)) for base in obj.bases) and obj.kind == "instance"
        )
    if obj.open or obj.kind != kind.name or not isinstance(item, Ref):
        return False
    keys = kind.name != "dict" or all(takes(machine, kind.parts[0], known(key)) for key in obj.cells)
    return keys and all(takes(machine, kind.parts[-1], each) for each in obj.cells.values())


def _member_takes(machine: Machine, union: Kind, value: Evaluated) -> bool:
    """Whether a member has ``value`` as it is, and none before it may convert it, as releases before 2 do."""
    several = isinstance(value.value, Known) and isinstance(value.value.value, Ref | Seq)
    for part in union.parts:
        if takes(machine, part, value):
            return True
        if part.name not in (("plain",) if several else ("list", "dict", "set", "tuple")):
            return False
    return False


def parsed(machine: Machine, kind: Kind, found: Evaluated) -> Evaluated:
    """The text of a variable as the field has it."""
    if kind.name == "secret":
        return _secret(found)
    if kind.name in ("list", "dict"):
        return checked(machine, kind, machine.plain_result([found], lambda values: json.loads(str(values[0]))))
    if kind.name == "plain" and kind.plain in _READ:
        made = machine.plain_result([found], lambda values: _converted(kind.plain.__name__, str(values[0])))
        return found if kind.plain is str and isinstance(made.value, Known) else made
    if kind.name == "choice" and all(isinstance(choice, str) for choice in kind.choices):
        made = machine.plain_result([found], lambda values: _chosen(kind, str(values[0])))
        return found if isinstance(made.value, Known) else made
    return unknown("how the field is converted is not known", found)


def _secret(text: Evaluated) -> Evaluated:
    return depending(known(Made(_HIDDEN, (text,))), text)


def _chosen(kind: Kind, text: str) -> str:
    if text not in kind.choices:
        raise ValueError(text)
    return text


def _converted(name: str, text: str) -> object:
    if name not in ("int", "float"):
        return converted(name, text)
    if not _NUMBER.fullmatch(text.strip()) or (name == "int" and "." in text):
        raise RefusedError("a number in another form")
    return converted(name, text.strip())
