"""confuse: settings in layers, the first one that has a key decides.

``Configuration("app", __name__)`` reads ``config.yaml`` of the user's folder for the application, then
``config_default.yaml`` beside the module. Nothing in a project says what the user's folder holds: each value of a lower
layer is one that it may replace (``files`` names the file).
Source: https://confuse.readthedocs.io/en/latest/usage.html
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Unset
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.yaml_nodes import scalar_of
from flask_prodcheck.model.evaluation.data_files import table
from flask_prodcheck.model.evaluation.environment import environment_default, environment_names, environment_value
from flask_prodcheck.model.evaluation.operations import NotPlainError
from flask_prodcheck.model.evaluation.paths import project_path
from flask_prodcheck.model.evaluation.running import Arguments, Frame, RaisedError
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    External,
    Method,
    Obj,
    Ref,
    Seq,
    View,
    agree,
    depending,
    known,
    merged,
    ref_of,
    selected,
    unknown,
)
from flask_prodcheck.records import dataclass, replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

CONFUSE = "confuse"
CLASSES = frozenset(
    {"confuse.Configuration", "confuse.LazyConfig", "confuse.core.Configuration", "confuse.core.LazyConfig"}
)
_DEFAULTS = "config_default.yaml"
_USER = "config.yaml"
_LAYERS = "layers"
_APP = "app"
_PACKAGE = "package"
_TYPES: Mapping[str, tuple[type, ...]] = {
    "builtins.str": (str,), "builtins.int": (int, float), "builtins.float": (int, float), "builtins.bool": (bool,),
    "builtins.dict": (dict,), "builtins.list": (list,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Layer:
    """One source of settings: a mapping, a ``file`` that the project does not hold, or the environment's variables that
    begin with ``prefix``, nested by ``separator``: ``variables`` holds them by the rest of their names, in lower case."""

    table: Evaluated | None = None
    file: str = ""
    prefix: str | None = None
    separator: str = "__"
    variables: Mapping[str, Evaluated] = field(default_factory=dict)


def configuration(machine: Machine, name: str, args: Arguments, frame: Frame) -> Evaluated:
    """``confuse.Configuration("app", __name__)``."""
    app = args.get(0, "appname")
    key = machine.key_of(app) if app is not None else None
    package = args.get(1, "modname")
    reads = args.get(2, "read")
    if key is None or not isinstance(key[0], str) or args.open or "loader" in args.keywords:
        return unknown("which application's configuration it is is not known", *args.all)
    folder: str | None = None
    if package is not None:
        module = machine.key_of(package)
        if module is None:
            return unknown("whose defaults are read is not known", *args.all)
        folder = _package_folder(machine, module[0], frame)
    start: dict[object, Evaluated] = {_APP: known(key[0]), _PACKAGE: known(folder), _LAYERS: known(Seq("tuple", ()))}
    oid = machine.new(Obj(CONFUSE, start))
    if reads is None or machine.truth(reads) is not False or name.endswith("LazyConfig"):
        _read(machine, oid, user=True, defaults=True)
    return known(View(CONFUSE, oid))


def _package_folder(machine: Machine, module: object, frame: Frame) -> str | None:
    """The folder of ``module``; None for the script itself, and where there is none."""
    own = machine.heap.get(frame.module)
    name = own.cells.get("__name__") if own is not None else None
    if module in ("__main__", None) or not isinstance(module, str):
        return None
    if name is not None and isinstance(name.value, Known) and name.value.value == module:
        return posixpath.dirname(frame.file)
    path = machine.locate(frame.file, module, 0)
    return posixpath.dirname(path) if path is not None else None


def _read(machine: Machine, oid: int, *, user: bool, defaults: bool) -> None:
    name = _held(machine, oid, _APP) or ""
    if user:
        _add(machine, oid, _user_layer(machine, name))
    package = _held(machine, oid, _PACKAGE)
    if defaults and package is not None:
        path = posixpath.join(package, _DEFAULTS)
        if path in machine.modules.facts.paths:
            cells = table(machine, path, "yaml")
            _add(machine, oid, _Layer(machine.make("dict", cells) if cells is not None else _unread(path)))


def _held(machine: Machine, oid: int, key: str) -> str | None:
    """A text that the object itself holds."""
    cell = machine.obj(Ref(oid, CONFUSE)).cells.get(key)
    item = cell.value.value if cell is not None and isinstance(cell.value, Known) else None
    return item if isinstance(item, str) else None


def _unread(path: str) -> Evaluated:
    return unknown(f"{path or 'a file'} is not read")


def _user_layer(machine: Machine, app: str) -> _Layer:
    """The user's own file: in the folder that ``APPDIR`` names, else in one of the system's places."""
    found = environment_value(machine, f"{app.upper()}DIR")
    if found is None:
        return _Layer(file=f"~/.config/{app}/{_USER}")
    text = found.value.value if isinstance(found.value, Known) else None
    path = project_path(posixpath.join(text, _USER)) if isinstance(text, str) else None
    if path is not None and path in machine.modules.facts.paths:
        cells = table(machine, path, "yaml")
        return _Layer(machine.make("dict", cells) if cells is not None else _unread(path))
    return _Layer(unknown(f"which file {app.upper()}DIR names is not known", found))


def _add(machine: Machine, oid: int, layer: _Layer, *, first: bool = False) -> None:
    layers = _layers(machine, oid)
    if layers is None:
        return
    new = (known(layer), *layers) if first else (*layers, known(layer))
    machine.write(oid, _LAYERS, known(Seq("tuple", new)))


def _layers(machine: Machine, oid: int) -> tuple[Evaluated, ...] | None:
    """The layers, the one that decides first; None where a branch that is not decided changed them."""
    obj = machine.heap.get(oid)
    cell = obj.cells.get(_LAYERS) if obj is not None else None
    item = cell.value.value if cell is not None and isinstance(cell.value, Known) else None
    return item.items if isinstance(item, Seq) else None


# --- what a program does with it -------------------------------------------------------------------------------------


def view_item(machine: Machine, view: View, index: Evaluated) -> Evaluated:
    """``config["key"]``."""
    key = machine.key_of(index)
    return (
        known(replace(view, path=(*view.path, key[0]))) if key is not None else unknown("which key is not known", index)
    )


def view_attribute(machine: Machine, view: View, name: str) -> Evaluated:
    """``config.name``: a method."""
    return known(Method(known(view), name))


def view_set(machine: Machine, view: View, value: Evaluated, *, first: bool = True) -> None:
    """``config["key"] = value``: a layer above the others (below them: ``add``)."""
    for key in reversed(view.path):
        value = machine.make("dict", {key: value})
    held = machine.obj(ref_of(value))
    copied = selected(machine.make("dict", held.cells, opened=held.open), value)
    layer = _Layer(copied if held.kind == "dict" else unknown("a layer that is not known", value))
    _add(machine, view.oid, layer, first=first)


def view_method(machine: Machine, view: View, name: str, args: Arguments, frame: Frame) -> Evaluated:
    """``config.name(...)``."""
    first = args.positional[0] if args.positional else None
    if name == "get":
        return _converted(machine, view, args.get(0, "template"))
    if name == "as_str":
        return _converted(machine, view, known(External("builtins.str")))
    if name == "as_number":
        return _converted(machine, view, known(External("builtins.float")))
    if name == "exists":
        return _exists(machine, view)
    if name in ("set", "add") and first is not None:
        view_set(machine, view, machine.controlled(first), first=name == "set")
    elif name == "set_args" and first is not None:
        _set_args(machine, view, first, args)
    elif name == "set_file" and not view.path:
        _add(machine, view.oid, _file_layer(machine, args.get(0, "filename")), first=True)
    elif name == "set_env" and not view.path:
        _set_env(machine, view, args)
    elif name == "read" and not view.path:
        user, defaults = args.get(0, "user"), args.get(1, "defaults")
        _read(
            machine,
            view.oid,
            user=user is None or machine.truth(user) is not False,
            defaults=defaults is None or machine.truth(defaults) is not False,
        )
    elif name == "flatten":
        return _whole(machine, view)
    elif name in ("keys", "items"):
        return _entries(machine, view, name)
    elif name in ("clear", "reload", "read"):
        machine.write(view.oid, _LAYERS, unknown(f"{name}() is not followed"))
    else:
        return unknown(f"confuse: {name}() is not evaluated", *args.all)
    return known(None)


def _entries(machine: Machine, view: View, name: str) -> Evaluated:
    keys = machine.elements(_whole(machine, view))
    if keys is None:
        return unknown("its keys are not all known")
    if name == "keys":
        return machine.sequence(keys)
    return machine.sequence([machine.sequence([key, view_item(machine, view, key)], "tuple") for key in keys])


def _set_args(machine: Machine, view: View, namespace: Evaluated, args: Arguments) -> None:
    """``set_args(parser.parse_args())``: the options that are given; None is none."""
    ref = ref_of(namespace)
    held = machine.obj(ref)
    given = {
        key: cell
        for key, cell in held.cells.items()
        if not (isinstance(cell.value, Known) and cell.value.value is None)
    }
    nested = any(ref_of(cell).kind == "dict" for cell in given.values())
    plain = ref.kind in ("dict", "instance") and not held.open and len(args.all) == 1 and not nested
    view_set(machine, view, machine.make("dict", given) if plain else unknown("the options are not known", namespace))


def _file_layer(machine: Machine, name: Evaluated | None) -> _Layer:
    try:
        text = str(machine.plain(name)) if name is not None else ""
    except NotPlainError:
        text = ""
    folder = machine.roots[0] if machine.roots else "."
    path = project_path(text) if text.startswith("/") else posixpath.normpath(posixpath.join(folder, text))
    cells = table(machine, path, "yaml") if path and path in machine.modules.facts.paths else None
    return _Layer(machine.make("dict", cells) if cells is not None else _unread(text))


def _set_env(machine: Machine, view: View, args: Arguments) -> None:
    prefix, separator = args.get(0, "prefix"), args.get(1, "sep") or known("__")
    text = machine.key_of(prefix) if prefix is not None else None
    between = machine.key_of(separator)
    name = f"{(_held(machine, view.oid, _APP) or '').upper()}_"
    if text is not None and isinstance(text[0], str):
        name = text[0]
    if (prefix is not None and text is None) or between is None or not isinstance(between[0], str) or not between[0]:
        _add(machine, view.oid, _Layer(unknown("which variables are read is not known")), first=True)
        return
    variables: dict[str, Evaluated] = {}
    for each in dict.fromkeys((*environment_names(machine), *sorted(machine.required))):
        found = environment_value(machine, each) if each.startswith(name) else None
        key = each[len(name) :].lower()
        if found is not None:
            several = unknown("variables differ in nothing but their case", variables.get(key, found), found)
            variables[key] = several if key in variables else found
    _add(machine, view.oid, _Layer(prefix=name, separator=between[0], variables=variables), first=True)


# --- looking up ------------------------------------------------------------------------------------------------------


def _found(machine: Machine, view: View) -> Evaluated:
    """What the first layer says that has the key; Unset where none is certain to have it. What stands in doubt before
    is a dependency of it."""
    layers = _layers(machine, view.oid)
    if layers is None:
        return unknown("its layers are not known")
    doubts = known(None)
    for layer in layers:
        item = layer.value.value if isinstance(layer.value, Known) else None
        if not isinstance(item, _Layer):
            return unknown("a layer is not known", layer)
        if item.file:
            machine.expected.add(item.file)
            doubts = replace(doubts, files=merged(doubts.files, (item.file,)))
            if item.file in machine.required:
                return unknown(f"{item.file} has to hold it: start-up fails without it", doubts)
            continue
        found = _variable(machine, view, item) if item.prefix is not None else _inside(machine, view, item.table)
        if found is not None:
            return depending(found, doubts)
        key = _variable_key(view, item)
        if item.prefix is not None and not machine.env_closed and key and key == key.lower():
            doubts = environment_default(f"{item.prefix}{key.upper()}", doubts)
    return depending(Evaluated(Unset()), doubts)


def _inside(machine: Machine, view: View, layer: Evaluated | None) -> Evaluated | None:
    """The value in one layer; None when it has none there."""
    current = layer or unknown("a layer is not known")
    for key in view.path:
        if not isinstance(current.value, Known):
            return current
        ref = ref_of(current)
        if ref.kind != "dict" or not isinstance(key, str):
            return unknown("a key of something that is no mapping", current)
        obj = machine.obj(ref)
        cell = obj.cells.get(key)
        if cell is None:
            return unknown("it may have the key", current) if obj.open else None
        current = selected(cell, current)
    return current


def _variable_key(view: View, layer: _Layer, depth: int | None = None) -> str:
    """The rest of the name of the variable that sets the setting, or the one ``depth`` keys down; one with a letter in
    upper case cannot be set."""
    return layer.separator.join(str(part) for part in view.path[:depth])


def _variable(machine: Machine, view: View, layer: _Layer) -> Evaluated | None:
    if not view.path:
        return unknown("the whole environment is not known")
    key = _variable_key(view, layer)
    found = layer.variables.get(key)
    whole = any(_variable_key(view, layer, n) in layer.variables for n in range(1, len(view.path)))
    below = next((each for each in layer.variables if each.startswith(f"{key}{layer.separator}")), None)
    if whole or below is not None or (found is not None and not all(isinstance(part, str) for part in view.path)):
        return unknown(f"a variable sets a part of it, or it is a part of {key}")
    return machine.plain_result([found], lambda values: _scalar(str(values[0]))) if found is not None else None


def _scalar(text: str) -> object:
    try:
        return scalar_of(text)
    except ReadError:
        return text


def _exists(machine: Machine, view: View) -> Evaluated:
    found = _found(machine, view)
    if isinstance(found.value, Known):
        return depending(known(True), found)
    missing = isinstance(found.value, Unset) and not found.files and not found.absent
    return depending(known(False) if missing else unknown("whether it is set is not known"), found)


def view_truth(machine: Machine, view: View) -> bool | None:
    """``bool(config["key"])``."""
    return machine.truth(_found(machine, view))


def _whole(machine: Machine, view: View) -> Evaluated:
    """The mapping at ``view`` where one layer alone can have it; the others may still add to it."""
    found = _found(machine, view)
    layers = _layers(machine, view.oid) or ()
    tables = [each.value.value for each in layers if isinstance(each.value, Known)]
    certain = [each for each in tables if isinstance(each, _Layer) and not each.file]
    if ref_of(found).kind != "dict" or len(certain) != 1:
        return unknown("several layers make it up", found)
    obj = machine.obj(ref_of(found))
    cells: dict[object, Evaluated] = {key: depending(cell, found) for key, cell in obj.cells.items()}
    return machine.make("dict", cells, opened=obj.open or bool(found.files or found.absent))


@dataclass(frozen=True, slots=True)
class _Template:
    """What ``get()`` is asked for: the types that it takes (none: any), whether a float becomes an int, the default."""

    types: tuple[type, ...] = ()
    whole: bool = False
    default: Evaluated | None = None

    def check(self, value: object) -> object:
        """The value, converted. Raises the program's ConfigTypeError."""
        if self.types and not isinstance(value, self.types):
            raise ConfigTypeError(type(value).__name__)
        return int(value) if self.whole and isinstance(value, float) else value


class ConfigTypeError(Exception):
    """confuse's exception: the value is of another type than the program asks for."""


def _converted(machine: Machine, view: View, asked: Evaluated | None) -> Evaluated:
    """``config["key"].get(asked)``: checked, and never converted but a float to an int."""
    found = _found(machine, view)
    template = _template(asked)
    if template is None:
        return unknown("what get() is asked for is not evaluated", found)
    if isinstance(found.value, Unset):
        if template.default is None:
            raise RaisedError("NotFoundError", depending(known(None), found), deliberate=True)
        return depending(template.default, found)
    kind = ref_of(found).kind
    if kind in ("dict", "list"):
        if template.types and template.types not in ((dict,), (list,)):
            raise RaisedError("ConfigTypeError", depending(known(None), found), deliberate=True)
        return found
    checked = machine.plain_result([found], lambda values: template.check(values[0]))
    return found if agree(checked, found) else checked


def _template(asked: Evaluated | None) -> _Template | None:
    """The template that stands for ``asked``; None where it is not known."""
    if asked is None:
        return _Template()
    item = asked.value.value if isinstance(asked.value, Known) else ...
    if isinstance(item, External):
        types = _TYPES.get(item.name)
        return _Template(types, item.name == "builtins.int") if types is not None else None
    if item is None:
        return _Template(default=asked)
    if isinstance(item, int):
        return _Template((int, float), True, asked)
    if isinstance(item, float):
        return _Template((int, float), default=asked)
    return _Template((str,), default=asked) if isinstance(item, str) else None
