"""environs: ``env.bool("DEBUG", False)`` and its like.

A file that ``read_env`` reads stands behind the environment. Releases before 15 put it into ``os.environ``, later ones
keep it in the object: what another object, or anything else, reads from there is unknown. So is a default of another type
than is asked for, which releases before 14 convert.
Source: https://github.com/sloria/environs
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.model.evaluation.environment import environment_default, environment_item, environment_value
from flask_prodcheck.model.evaluation.libraries.conversions import converted
from flask_prodcheck.model.evaluation.libraries.dotenv import file_values, nearest_dotenv
from flask_prodcheck.model.evaluation.operations import NotPlainError
from flask_prodcheck.model.evaluation.paths import project_path
from flask_prodcheck.model.evaluation.running import Arguments, Frame
from flask_prodcheck.model.evaluation.values import Evaluated, External, Made, Obj, Ref, known, ref_of, unknown

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

OBJECT = "environs.Env()"
_SHARED = "environs.env"  # the object that the module itself holds
_CLASS = "environs.Env."
_DIFFERS = "releases of environs differ in whether they set it"
_TYPES = {"str": str, "int": int, "float": float, "bool": bool, "list": list, "dict": dict}
_OPTIONS = frozenset({"eager", "prefix", "expand_vars"})
_KINDS = frozenset(
    {"str", "int", "bool", "float", "decimal", "list", "dict", "json", "datetime", "date", "time", "timedelta", "path",
     "log_level", "uuid", "url", "enum"}
)  # fmt: skip
_KEYWORDS = frozenset({"default", "subcast", "validate", "delimiter", "metadata", "load_default"})


def is_reader(name: str) -> bool:
    """Whether ``name`` is a method of an environs object, or a call of one."""
    return name == _SHARED or name.startswith((OBJECT, _CLASS, "environs.FlaskEnv()", f"{_SHARED}."))


def new_env(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``Env(prefix="APP_")``."""
    if args.open or args.positional or not set(args.keywords) <= _OPTIONS:
        return unknown("how the variables are read is not known", *args.all)
    expand = args.get(99, "expand_vars") or known(False)
    store = Ref(machine.new(Obj("environ")), "environ")
    return known(Made(OBJECT, (args.get(99, "prefix") or known(None), expand, known(store))))


def environs_call(machine: Machine, item: External | Made, args: Arguments, frame: Frame) -> Evaluated:
    """``env.kind("NAME", default)``."""
    name = item.name.removeprefix(_SHARED).removeprefix(OBJECT).removeprefix(_CLASS).removeprefix("environs.FlaskEnv()")
    kind = name.lstrip(".") or "str"
    prefix, expand, store = (
        item.args if isinstance(item, Made) and len(item.args) == 3 else (known(None), known(False), _shared(machine))
    )
    if kind in ("read_env", "read_envfile"):
        return _read_env(machine, ref_of(store), args, frame)
    if not args.positional or args.open:
        return unknown(f"environs: {kind}() is not evaluated")
    key = machine.key_of(args.positional[0])
    if kind == "prefixed" and key is not None:
        return known(Made("environs.Env().prefixed()", args.positional[:1]))
    if key is None or not isinstance(key[0], str) or kind not in _KINDS:
        return unknown(f"environs: {kind}() is not evaluated", *args.all)
    first = machine.key_of(prefix)
    if first is None or not set(args.keywords) <= _KEYWORDS:
        return unknown(f"environs: {kind}() is not evaluated", *args.all)
    variable = "".join((str(first[0] or ""), *machine.prefixes, key[0]))
    found = _variable(machine, ref_of(store), variable)
    return _value(machine, kind, variable, found, args, expands=machine.truth(expand) is not False)


def _shared(machine: Machine) -> Evaluated:
    """What the object that the module itself holds has read."""
    if "environs" not in machine.stores:
        machine.stores["environs"] = machine.new(Obj("environ"))
    return known(Ref(machine.stores["environs"], "environ"))


def _variable(machine: Machine, store: Ref, name: str) -> Evaluated | None:
    """A variable of the environment, else of the files that have been read; None when nothing sets it."""
    found, stored = environment_value(machine, name), machine.obj(store).cells.get(name)
    if stored is None or (found is not None and not _is_open(found)):
        return found
    return stored if found is not None else unknown("releases of environs differ in what is left of it", stored)


def _is_open(found: Evaluated) -> bool:
    """Whether a file that was read is all that may have set a variable of the environment."""
    return isinstance(found.value, Unknown) and found.value.reason == _DIFFERS


def _value(
    machine: Machine, kind: str, name: str, found: Evaluated | None, args: Arguments, *, expands: bool
) -> Evaluated:
    default = args.get(1, "default")
    if found is None:
        if default is None:
            return environment_item(machine, name, "EnvError")
        machine.read_at[name] = args.span
        kept = _is_kept(machine, kind, default, args) and not (expands and _may_refer(default))
        default = default if kept else unknown("releases of environs differ in how a default is read", default)
        return environment_default(name, default)
    if (expands and _may_refer(found)) or (isinstance(found.value, Known) and str(found.value.value)[:2] == "{{"):
        return unknown(f"{name} may refer to another variable", found)  # {{ in releases before 9
    subcast, delimiter = args.get(2, "subcast"), args.get(99, "delimiter")
    item = subcast.value.value if subcast is not None and isinstance(subcast.value, Known) else None
    inner = item.name.removeprefix("builtins.") if isinstance(item, External) else "str" if subcast is None else "?"
    if kind == "dict" and (inner != "str" or delimiter is not None):
        return unknown("releases of environs differ in how a dict is read", found)
    between = machine.key_of(delimiter) if delimiter is not None else (",",)
    if between is None or not isinstance(between[0], str) or not between[0]:
        return unknown("at what a list is split is not known", found)
    separator = between[0]
    return machine.plain_result([found], lambda values: converted(kind, str(values[0]), inner, separator))


def _may_refer(text: Evaluated) -> bool:
    return not isinstance(text.value, Known) or "$" in str(text.value.value)


def _is_kept(machine: Machine, kind: str, default: Evaluated, args: Arguments) -> bool:
    """Whether every release gives a default as it is."""
    if not isinstance(default.value, Known) or default.value.value is None:
        return True
    try:
        value = machine.plain(default)
    except NotPlainError:
        return False
    if kind == "json":
        return not isinstance(value, str)
    plain = args.get(2, "subcast") is None or not value
    return type(value) is _TYPES.get(kind) and (plain or kind not in ("list", "dict"))


def _read_env(machine: Machine, store: Ref, args: Arguments, frame: Frame) -> Evaluated:
    """``env.read_env()``: the nearest ``.env`` above the file that calls it, or the one that is named."""
    where, recurse, override = args.get(0, "path"), args.get(1, "recurse"), args.get(99, "override")
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
    above = recurse is None or machine.truth(recurse)
    path = nearest_dotenv(machine, folder, name) if above else posixpath.join(folder, name)
    values = file_values(machine, path)
    if values is None or (above is None and posixpath.dirname(path) != folder):
        machine.open_environment = True
        return unknown("whether the file exists is not known")
    for variable, value in values.items():
        given = environment_value(machine, variable)
        if given is None:
            machine.write(machine.environ, variable, unknown(_DIFFERS, value))
        overrides = override is not None and machine.truth(override) is not False
        if given is None or (overrides and _is_open(given)):
            machine.write(store.oid, variable, value)
        elif overrides:
            both = unknown("releases of environs differ in what comes first", value, given)
            machine.write(machine.environ, variable, both)
    return unknown("releases of environs differ in what read_env() returns")
