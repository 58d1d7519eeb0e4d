"""pydantic-settings: classes whose fields come from the environment.

Source: https://docs.pydantic.dev/latest/concepts/pydantic_settings/
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known
from flask_prodcheck.model.evaluation.environment import environment_default, environment_item, environment_value
from flask_prodcheck.model.evaluation.libraries.conversions import converted
from flask_prodcheck.model.evaluation.running import Arguments, Frame
from flask_prodcheck.model.evaluation.unparse import unparse
from flask_prodcheck.model.evaluation.values import Evaluated, Made, Obj, Ref, known, selected, unknown

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

SETTINGS_FIELD = "pydantic.Field()"


def settings_instance(machine: Machine, function: Evaluated, ref: Ref, args: Arguments) -> Evaluated:
    """An instance of a project's ``BaseSettings`` class: each field from the environment, else its default."""
    prefix = ""
    fields: dict[str, tuple[Evaluated | None, str]] = {}
    opened = False
    for owner in reversed(machine.mro(function)):
        item = owner.value.value if isinstance(owner.value, Known) else None
        if not isinstance(item, Ref):
            continue
        obj = machine.obj(item)
        prefix = _settings_prefix(machine, obj.cells.get("model_config"), obj.cells.get("Config")) or prefix
        for name, written in obj.annotations:
            fields[name] = (obj.cells.get(name), unparse(written))
    cells: dict[object, Evaluated] = {}
    for name, (default, annotation) in fields.items():
        if name == "model_config":
            continue
        if name in args.keywords:
            cells[name] = args.keywords[name]
            continue
        cells[name] = _settings_field(machine, name, prefix, default, annotation)
    return selected(known(Ref(machine.new(Obj("instance", cells, opened, bases=(known(ref),))), "instance")), function)


def _settings_prefix(machine: Machine, *sources: Evaluated | None) -> str:
    for source in sources:
        item = source.value.value if source is not None and isinstance(source.value, Known) else None
        cell: Evaluated | None = None
        if isinstance(item, Made):
            cell = next((arg for arg in item.args if isinstance(arg.value, Known)), None)
        elif isinstance(item, Ref):
            cell = machine.obj(item).cells.get("env_prefix")
        if cell is not None and isinstance(cell.value, Known) and isinstance(cell.value.value, str):
            return cell.value.value
    return ""


def _settings_field(machine: Machine, name: str, prefix: str, default: Evaluated | None, annotation: str) -> Evaluated:
    variable = f"{prefix}{name}".upper()
    item = default.value.value if default is not None and isinstance(default.value, Known) else None
    if isinstance(item, Made) and item.name == SETTINGS_FIELD:
        default = None if item.args[0] == known(...) else item.args[0]
        alias = machine.key_of(item.args[1])
        if alias is None:
            return unknown("which variable is read is not known")
        variable = alias[0] if isinstance(alias[0], str) else variable
    elif isinstance(item, Made):
        default = item.args[0] if item.args else None
    found = environment_value(machine, variable) or environment_value(machine, variable.lower())
    if found is None:
        return (
            environment_item(machine, variable, "ValidationError")
            if default is None
            else environment_default(variable, default)
        )
    kind = annotation.replace("Optional[", "").rstrip("]").partition("|")[0].strip()
    if kind in ("str", "int", "float", "bool"):
        return machine.plain_result([found], lambda values: converted(kind, str(values[0])))
    return unknown("how the field is converted is not known", found)


def field_call(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``Field()``: its default and the name of its variable, as far as they are given."""
    default = args.get(0, "default")
    if default is not None and isinstance(default.value, Known) and default.value.value is ...:
        default = None
    alias = args.get(99, "validation_alias", "alias")
    if "default_factory" in args.keywords:
        default = machine.call(args.keywords["default_factory"], replace(args, positional=(), keywords={}), frame)
    return known(Made(SETTINGS_FIELD, (default or known(...), alias or known(None))))
