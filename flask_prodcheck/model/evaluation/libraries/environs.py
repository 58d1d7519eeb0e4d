"""environs: ``env.bool("DEBUG", False)`` and its like.

A file that ``read_env`` reads stands behind the environment. Releases before 15 also put it into ``os.environ``, later
ones do not: what else reads it from there is unknown.
Source: https://github.com/sloria/environs
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known
from flask_prodcheck.model.evaluation.environment import environment_default, environment_item, environment_value
from flask_prodcheck.model.evaluation.libraries.conversions import converted
from flask_prodcheck.model.evaluation.libraries.dotenv import file_values, nearest_dotenv
from flask_prodcheck.model.evaluation.operations import NotPlainError
from flask_prodcheck.model.evaluation.paths import project_path
from flask_prodcheck.model.evaluation.running import Arguments, Frame
from flask_prodcheck.model.evaluation.values import Evaluated, External, Made, Obj, Ref, known, unknown

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

OBJECT = "environs.Env()"
_SHARED = "environs.env"  # the object that the module itself holds
_OPTIONS = frozenset({"eager", "prefix", "expand_vars"})
_KINDS = frozenset(
    {"str", "int", "bool", "float", "decimal", "list", "dict", "json", "datetime", "date", "time", "timedelta", "path",
     "log_level", "uuid", "url", "enum"}
)  # fmt: skip
_KEYWORDS = frozenset({"default", "subcast", "validate", "delimiter", "metadata", "load_default"})


def is_reader(name: str) -> bool:
    """Whether ``name`` is a method of an environs object, or a call of one."""
    return name == _SHARED or name.startswith((OBJECT, "environs.FlaskEnv()", f"{_SHARED}."))


def new_env(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``Env(prefix="APP_")``."""
    if args.open or args.positional or not set(args.keywords) <= _OPTIONS:
        return unknown("how the variables are read is not known", *args.all)
    expand = args.get(99, "expand_vars") or known(False)
    return known(Made(OBJECT, (args.get(99, "prefix") or known(None), expand)))


def environs_call(machine: Machine, item: External | Made, args: Arguments, frame: Frame) -> Evaluated:
    """``env.kind("NAME", default)``."""
    name = item.name.removeprefix(_SHARED).removeprefix(OBJECT).removeprefix("environs.FlaskEnv()")
    kind = name.lstrip(".") or "str"
    if kind in ("read_env", "read_envfile"):
        return _read_env(machine, args, frame)
    if not args.positional or args.open:
        return unknown(f"environs: {kind}() is not evaluated")
    key = machine.key_of(args.positional[0])
    if kind == "prefixed" and key is not None:
        return known(Made("environs.Env().prefixed()", args.positional[:1]))
    if key is None or not isinstance(key[0], str) or kind not in _KINDS:
        return unknown(f"environs: {kind}() is not evaluated", *args.all)
    prefix, expand = item.args if isinstance(item, Made) and len(item.args) == 2 else (known(None), known(False))
    first = machine.key_of(prefix)
    if first is None or not set(args.keywords) <= _KEYWORDS:
        return unknown(f"environs: {kind}() is not evaluated", *args.all)
    variable = "".join((str(first[0] or ""), *machine.prefixes, key[0]))
    return _value(machine, kind, variable, args, expands=machine.truth(expand) is not False)


def _value(machine: Machine, kind: str, name: str, args: Arguments, *, expands: bool) -> Evaluated:
    default = args.get(1, "default")
    found = _stored(machine, name) or environment_value(machine, name)
    if found is None:
        if default is None:
            return environment_item(machine, name, "EnvError")
        machine.read_at[name] = args.span
        parsed = kind in ("json", "dict") and isinstance(default.value, Known) and isinstance(default.value.value, str)
        if parsed or (expands and not isinstance(default.value, Known)):
            return unknown("how the default is read is not known", environment_default(name, default))
        return environment_default(name, default)
    if expands and not (isinstance(found.value, Known) and "$" not in str(found.value.value)):
        return unknown(f"{name} may refer to another variable", found)
    subcast, delimiter = args.get(2, "subcast"), args.get(99, "delimiter")
    item = subcast.value.value if subcast is not None and isinstance(subcast.value, Known) else None
    inner = item.name.removeprefix("builtins.") if isinstance(item, External) else "str" if subcast is None else "?"
    between = machine.key_of(delimiter) if delimiter is not None else (",",)
    if between is None or not isinstance(between[0], str) or not between[0]:
        return unknown("at what a list is split is not known", found)
    separator = between[0]
    return machine.plain_result([found], lambda values: converted(kind, str(values[0]), inner, separator))


def _read_env(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``env.read_env()``: the nearest ``.env`` above the file that calls it, or the one that is named."""
    where = args.get(0, "path")
    folder, name = posixpath.dirname(frame.file), ".env"
    if where is not None and not (isinstance(where.value, Known) and where.value.value is None):
        try:
            text = str(machine.plain(where))
        except NotPlainError:
            text = "/"
        outer = machine.roots[0] if machine.roots else "."
        path = project_path(text) if text.startswith("/") else posixpath.normpath(posixpath.join(outer, text))
        if path is None:
            machine.open_environment = True
            return unknown("which file is loaded is not known")
        folder, name = posixpath.split(path)
    values = file_values(machine, nearest_dotenv(machine, folder, name))
    if values is None:
        machine.open_environment = True
        return unknown("whether the file exists is not known")
    override = args.get(99, "override")
    for variable, value in values.items():
        given = environment_value(machine, variable)
        if given is None:
            _store(machine, variable, value)
            machine.write(
                machine.environ, variable, unknown("releases of environs differ in whether they set it", value)
            )
        elif override is not None and machine.truth(override) is not False:
            _store(machine, variable, unknown("releases of environs differ in what comes first", value, given))
    return known(True)


def _store(machine: Machine, name: str, value: Evaluated) -> None:
    """Keep a variable of a file, beside the environment of the process."""
    if "environs" not in machine.stores:
        machine.stores["environs"] = machine.new(Obj("environ"))
    machine.write(machine.stores["environs"], name, value)


def _stored(machine: Machine, name: str) -> Evaluated | None:
    return machine.obj(Ref(machine.stores.get("environs", 0), "environ")).cells.get(name)
