"""dynaconf: settings from files in sections by environment, then from variables with a prefix.

Keys of the first level are upper case, read in any case; a file's ``[default]`` comes before the section that
``ENV_FOR_DYNACONF`` names and ``[global]`` after it; ``name.local.toml`` follows the files, the variables follow all.
Sources: https://www.dynaconf.com/settings_files/, https://www.dynaconf.com/envvars/,
https://www.dynaconf.com/configuration/
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import tomli

from flask_prodcheck.base import Known, Unset
from flask_prodcheck.model.evaluation.data_files import CORE_YAML, format_of, table
from flask_prodcheck.model.evaluation.environment import (
    environment_default,
    environment_item,
    environment_names,
    environment_value,
)
from flask_prodcheck.model.evaluation.libraries.dotenv import load_dotenv
from flask_prodcheck.model.evaluation.operations import NotPlainError, RefusedError
from flask_prodcheck.model.evaluation.paths import project_path
from flask_prodcheck.model.evaluation.production_names import is_production_name
from flask_prodcheck.model.evaluation.running import Arguments, Frame, RaisedError
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    Made,
    Method,
    Obj,
    Ref,
    View,
    known,
    merged,
    ref_of,
    selected,
    unknown,
)
from flask_prodcheck.records import dataclass, replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

DYNACONF = "dynaconf"
BOX = "dynaconf.DynaBox"
CLASSES = frozenset({"dynaconf.Dynaconf", "dynaconf.LazySettings", "dynaconf.base.LazySettings", "dynaconf.Settings"})
VALIDATOR = "dynaconf.Validator()"
_NESTED = 20
_SWITCHER = "ENV_FOR_DYNACONF"
_OPTIONS = frozenset(
    {"settings_file", "settings_files", "environments", "environment", "envvar_prefix", "env", "env_switcher", "load_dotenv",
     "dotenv_path", "dotenv_override", "root_path", "secrets", "validators", "default_env", "encoding", "silent_errors",
     "dotenv_verbose", "main_env"}
)  # fmt: skip
_REFUSED = frozenset(
    {"merge_enabled", "includes", "preload", "loaders", "core_loaders", "yaml_loader", "filter_strategy", "post_hooks",
     "dotted_lookup", "nested_separator", "index_separator", "auto_cast", "settings_module", "vault_enabled",
     "redis_enabled", "sysenv_fallback", "ignore_unknown_envvars", "envvar", "force_env", "skip_files", "dynaboxify",
     "lowercase_read", "dynaconf_skip_loaders", "fresh_vars", "dynaconf_include", "default_settings_paths"}
)  # fmt: skip
_CHECKS = frozenset(
    {"must_exist", "required", "is_type_of", "gt", "gte", "lt", "lte", "ne", "eq", "is_in", "is_not_in", "condition",
     "len_min", "len_max", "len_eq", "len_ne", "startswith", "endswith", "cont", "messages", "description", "identity"}
)  # fmt: skip
_MERGING = ("dynaconf_merge", "dynaconf_merge_unique")
_HOOKS = "dynaconf_hooks.py"
_TRUE = frozenset({"t", "true", "enabled", "1", "on", "yes"})


def settings(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``Dynaconf(settings_files=[...], ...)``. Nothing is read before something is asked for."""
    opened = args.open or bool(args.positional)
    given: dict[object, Evaluated] = dict(args.keywords.items())
    arguments = machine.make("dict", given, opened=opened)
    oid = machine.new(Obj(DYNACONF, {"arguments": arguments}, file=frame.file, span=args.span))
    return known(View(DYNACONF, oid))


def validator(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``Validator("KEY", must_exist=True)``: the keys, where it only looks at their values."""
    if args.open or not set(args.keywords) <= _CHECKS:
        return known(Made(VALIDATOR))
    asked = args.get(99, "must_exist", "required")
    needed = asked is not None and machine.truth(asked) is True
    return known(Made(VALIDATOR, (known(needed), *args.positional)))


@dataclass(frozen=True, slots=True)
class _Options:
    """What the program asks ``Dynaconf`` for. ``environment``: the names of the sections that are chosen."""

    files: tuple[str, ...]
    sections: bool
    environment: Evaluated
    default: str
    prefix: str | None
    root: str
    initial: Mapping[str, Evaluated]
    validators: tuple[Evaluated, ...]


class _NotFollowedError(Exception):
    """The settings are made up in a way that is not followed."""


def loaded(machine: Machine, view: View) -> Ref | None:
    """The settings as a dict of the program; None where they are not known."""
    obj = machine.heap.get(view.oid)
    if obj is None:
        return None
    cell = obj.cells.get("loaded")
    if cell is None:
        try:
            options = _options(machine, obj)
            cell, missing = _load(machine, options)
            machine.write(view.oid, "prefix", known(options.prefix))
            machine.write(view.oid, "missing", replace(known(None), files=missing))
        except _NotFollowedError as reason:
            cell = unknown(str(reason))
        machine.write(view.oid, "loaded", cell)
    ref = ref_of(cell)
    return ref if ref.kind == "dict" else None


def _load(machine: Machine, options: _Options) -> tuple[Evaluated, tuple[str, ...]]:
    """The settings, and the files that are asked for and that the project does not hold."""
    target = Ref(machine.new(Obj("dict", name=BOX)), "dict")
    for key, cell in options.initial.items():
        _put(machine, target, key, cell)
    missing: list[str] = []
    found: list[str] = []
    root = options.root
    for name in options.files:
        path = _find(machine, name, root)
        if path is None:
            missing.append(name)
        else:
            found.append(path)
            root = root or posixpath.dirname(path) or "."
    local = [f"{stem}.local{ending}" for stem, ending in map(posixpath.splitext, found) if not stem.endswith(".local")]
    for path in (*found, *(each for each in local if _is_file(machine, each))):
        _load_file(machine, target, path, options)
    _doubt(machine, target, missing, options)
    _load_variables(machine, target, options)
    _validate(machine, target, options)
    return known(target), tuple(missing)


def _options(machine: Machine, obj: Obj) -> _Options:
    arguments = machine.obj(ref_of(obj.cells["arguments"]))
    if arguments.open:
        raise _NotFollowedError("its options are not known")
    given = {str(key): cell for key, cell in arguments.cells.items()}
    for name in environment_names(machine):
        if name.endswith("_FOR_DYNACONF") and name not in (_SWITCHER, "ENVIRONMENTS_FOR_DYNACONF"):
            raise _NotFollowedError(f"{name} changes how settings are read")
    names = {name.lower().removesuffix("_for_dynaconf"): cell for name, cell in given.items()}
    refused = next((name for name in names if name in _REFUSED), None)
    if refused is not None:
        raise _NotFollowedError(f"{refused} is not followed")
    if "load_dotenv" in names and machine.truth(names["load_dotenv"]) is not False:
        _load_env_file(machine, names)
    switcher = _text(machine, names.get("env_switcher"), _SWITCHER)
    prefix = names.get("envvar_prefix")
    return _Options(
        files=(*_texts(machine, names.get("settings_files") or names.get("settings_file")), *_texts(machine, names.get("secrets"))),
        sections=_sections(machine, names.get("environments") or names.get("environment")),
        environment=_environment(machine, switcher, names.get("env")),
        default=_text(machine, names.get("default_env"), "default").lower(),
        prefix=_prefix(machine, prefix),
        root=_folder(machine, names.get("root_path")),
        initial={key: cell for key, cell in given.items() if key.lower().removesuffix("_for_dynaconf") not in _OPTIONS},
        validators=_all(machine, names.get("validators")),
    )  # fmt: skip


def _plain(machine: Machine, cell: Evaluated) -> object:
    try:
        return machine.plain(cell)
    except NotPlainError:
        raise _NotFollowedError("an option is not known") from None


def _text(machine: Machine, cell: Evaluated | None, default: str) -> str:
    value = _plain(machine, cell) if cell is not None else default
    if not isinstance(value, str):
        raise _NotFollowedError("an option is not known")
    return value


def _texts(machine: Machine, cell: Evaluated | None) -> tuple[str, ...]:
    value = _plain(machine, cell) if cell is not None else None
    if isinstance(value, str):
        value = value.replace(",", ";").split(";")
    parts = value if isinstance(value, list | tuple) else [] if value is None else [value]
    texts = tuple(str(part).strip() for part in parts)
    if any(char in text for text in texts for char in "*?["):
        raise _NotFollowedError("a pattern of settings files is not followed")
    return texts


def _sections(machine: Machine, cell: Evaluated | None) -> bool:
    if environment_value(machine, "ENVIRONMENTS_FOR_DYNACONF") is not None:
        raise _NotFollowedError("ENVIRONMENTS_FOR_DYNACONF changes how settings are read")
    return bool(_plain(machine, cell)) if cell is not None else False


def _all(machine: Machine, cell: Evaluated | None) -> tuple[Evaluated, ...]:
    parts = machine.elements(cell) if cell is not None else ()
    if parts is None:
        raise _NotFollowedError("its validators are not known")
    return parts


def _prefix(machine: Machine, cell: Evaluated | None) -> str | None:
    value = _plain(machine, cell) if cell is not None else "DYNACONF"
    if value is None:
        return None
    if not isinstance(value, str) or not value or "," in value:
        raise _NotFollowedError("variables without a prefix are not followed")
    return value.upper()


def _folder(machine: Machine, cell: Evaluated | None) -> str:
    """``root_path`` as a folder of the project; "" where none is given."""
    if cell is None:
        return ""
    text = str(_plain(machine, cell))
    path = project_path(text) if text.startswith("/") else posixpath.normpath(posixpath.join(_cwd(machine), text))
    if path is None:
        raise _NotFollowedError("its folder lies outside of the project")
    return path


def _cwd(machine: Machine) -> str:
    return machine.roots[0] if machine.roots else "."


def _environment(machine: Machine, switcher: str, given: Evaluated | None) -> Evaluated:
    """The name of the environment: what the program says, else the variable, else ``development``."""
    if given is not None:
        return given
    found = environment_value(machine, switcher)
    return found if found is not None else environment_default(switcher, known("development"))


def _load_env_file(machine: Machine, names: Mapping[str, Evaluated]) -> None:
    path = _find(machine, _text(machine, names.get("dotenv_path"), ".env"), _folder(machine, names.get("root_path")))
    override = names.get("dotenv_override")
    if path is None:
        machine.open_environment = True
        machine.missed.add(".env")
    else:
        load_dotenv(machine, path, override is not None and machine.truth(override) is True)


def _is_file(machine: Machine, path: str) -> bool:
    facts = machine.modules.facts
    visible = path not in facts.env_files or machine.dotenv is None or path in machine.dotenv
    return (path in facts.paths and visible) or path in machine.written


def _find(machine: Machine, name: str, root: str) -> str | None:
    """The file ``name``: in the root, in the current folder and those above it, each with its ``config`` folder."""
    if name.startswith("/"):
        path = project_path(name)
        return path if path is not None and _is_file(machine, path) else None
    for start in (root, _cwd(machine)):
        folder = start
        while folder:
            for inner in (folder, posixpath.join(folder, "config")):
                path = posixpath.normpath(posixpath.join(inner, name))
                if _is_file(machine, path):
                    return path
            folder = "" if folder == "." else posixpath.dirname(folder) or "."
    return None


# --- files -----------------------------------------------------------------------------------------------------------


def _load_file(machine: Machine, target: Ref, path: str, options: _Options) -> None:
    if _is_file(machine, posixpath.normpath(posixpath.join(posixpath.dirname(path), _HOOKS))):
        raise _NotFollowedError(f"{_HOOKS} changes settings")
    if path.endswith(".py"):
        _load_python(machine, target, path, options)
        return
    kind = format_of(path)
    cells = table(machine, path, CORE_YAML if kind == "yaml" else kind) if kind else None
    if cells is None:
        raise _NotFollowedError(f"{path} is not read")
    if not options.sections:
        _load_table(machine, target, cells)
        return
    for name, chosen in _section_names(machine, options, cells):
        for key, cell in cells.items():
            if isinstance(key, str) and key.lower() == name:
                held = machine.mapping(selected(cell, chosen))
                if held is None:
                    raise _NotFollowedError(f"[{key}] of {path} is no table")
                _load_table(machine, target, held[0])


def _section_names(
    machine: Machine, options: _Options, cells: Mapping[object, Evaluated]
) -> Iterator[tuple[str, Evaluated]]:
    """The sections that are read, in order, with what chooses each."""
    chosen = options.environment
    present = {key.lower() for key in cells if isinstance(key, str)}
    production = next((name for name in sorted(present) if is_production_name(name)), None)
    if len(chosen.absent) == 1 and production is not None:
        machine.selectors.setdefault(chosen.absent[0], production)
    certain = known(None)
    names = [(options.default, certain), ((options.prefix or DYNACONF).lower(), certain)]
    names.append((_environment_name(chosen), chosen))
    seen: set[str] = set()
    for name, by in (*names, ("global", certain)):
        if name not in seen:
            seen.add(name)
            yield name, by


def _environment_name(chosen: Evaluated) -> str:
    """The one environment that is chosen; releases differ in what they make of several."""
    name = chosen.value.value if isinstance(chosen.value, Known) else None
    if not isinstance(name, str) or "," in name:
        raise _NotFollowedError("which environment is chosen is not known")
    return name.strip().lower()


def _load_table(machine: Machine, target: Ref, cells: Mapping[object, Evaluated]) -> None:
    if any(isinstance(key, str) and (key.lower().startswith("dynaconf_") or "." in key) for key in cells):
        raise _NotFollowedError("a file merges settings, includes others or names a part of a setting")
    for key, cell in cells.items():
        _put(machine, target, str(key), cell)


def _load_python(machine: Machine, target: Ref, path: str, options: _Options) -> None:
    folder, name = posixpath.split(path)
    names = [name]
    if options.sections:
        names.append(f"{_environment_name(options.environment)}_{name}")
    else:
        names.append(f"main_{name}")
    for each in (*names, f"global_{name}"):
        place = posixpath.join(folder, each)
        if machine.modules.module(place) is None:
            if each == name:
                raise _NotFollowedError(f"{path} is not read")
            continue
        module = machine.obj(ref_of(machine.run_module(place)))
        if module.open:
            raise _NotFollowedError(f"{place} is not known whole")
        own = {key: cell for key, cell in module.cells.items() if isinstance(key, str)}
        _load_table(machine, target, {key: cell for key, cell in own.items() if key.partition("__")[0].isupper()})


def _put(machine: Machine, target: Ref, key: str, cell: Evaluated) -> None:
    """Set one key as ``settings.set()`` does: ``A__b`` is ``b`` inside of ``A``."""
    outer, *inner = key.replace("__", ".").split(".")
    if isinstance(cell.value, Unset):
        return
    value = _parsed(machine, cell)
    if len(inner) > _NESTED:
        inner, value = [], unknown("it is nested too deeply", cell)
    _put_below(machine, target, outer.strip().upper(), inner, value)


def _put_below(machine: Machine, target: Ref, key: str, path: list[str], value: Evaluated) -> None:
    cells = machine.obj(target).cells
    own = next((name for name in cells if isinstance(name, str) and name.lower() == key.lower()), key)
    if not path:
        machine.write(target.oid, own, value)
        return
    held = ref_of(cells[own]) if own in cells else Ref(0, "")
    if own in cells and held.kind != "dict":
        machine.write(target.oid, own, unknown("a part of it is set", cells[own], value))
        return
    inner = Ref(machine.new(replace(machine.obj(held), name=BOX) if held.kind else Obj("dict", name=BOX)), "dict")
    machine.write(target.oid, own, replace(cells[own], value=Known(inner)) if own in cells else known(inner))
    _put_below(machine, inner, path[0], path[1:], value)


def _parsed(machine: Machine, cell: Evaluated, depth: int = 0) -> Evaluated:
    """A value with its ``@int`` and the like carried out, and its mappings as boxes."""
    item = cell.value.value if isinstance(cell.value, Known) else None
    if isinstance(item, str) and item.startswith("@"):
        return machine.plain_result([cell], lambda values: _cast(str(values[0])))
    if isinstance(item, Ref) and item.kind in ("dict", "list"):
        obj = machine.obj(item)
        merges = any(isinstance(key, str) and "dynaconf_merge" in key for key in obj.cells)
        listed = any(isinstance(each.value, Known) and each.value.value in _MERGING for each in obj.cells.values())
        if merges or listed or depth > _NESTED:
            return unknown("it is merged with what was set before, or nested too deeply", cell)
        cells: dict[object, Evaluated] = {key: _parsed(machine, each, depth + 1) for key, each in obj.cells.items()}
        made = Ref(machine.new(replace(obj, cells=cells, name=BOX if item.kind == "dict" else "")), item.kind)
        return replace(cell, value=Known(made, cell.value.origin))
    return cell


def _cast(text: str) -> object:
    """``@int 3``: the converters that need nothing but their text."""
    name, _, rest = text.partition(" ")
    if name == "@bool":
        return rest.strip().lower() in _TRUE
    if name == "@json":
        return json.loads(rest)
    if name in ("@none", "@null", "@note", "@comment"):
        return None
    plain = not rest.startswith("@")
    if name == "@int" and plain:
        return int(rest)
    if name == "@float" and plain:
        return float(rest)
    if name == "@str" and plain:
        return rest
    if name.isalnum() or not name[1:].replace("_", "").isalpha():
        return text
    raise RefusedError(f"{name} is not evaluated")


# --- variables -------------------------------------------------------------------------------------------------------


def _load_variables(machine: Machine, target: Ref, options: _Options) -> None:
    if options.prefix is None:
        return
    for prefix in dict.fromkeys(("DYNACONF", options.prefix)):
        names = [name for name in environment_names(machine) if name.startswith(f"{prefix}_")]
        written = [name.upper() for name in names]
        for name in names:
            found = environment_value(machine, name)
            if found is not None and written.count(name.upper()) > 1:
                found = unknown("variables differ in nothing but their case", found)
            if found is not None:
                value = machine.plain_result([found], lambda values: _toml(str(values[0])))
                _put(machine, target, name[len(prefix) + 1 :], value)
    for name in sorted(machine.required):
        if name.startswith(f"{options.prefix}_"):
            _put(machine, target, name[len(options.prefix) + 1 :], environment_item(machine, name))  # fmt: skip


def _toml(text: str) -> object:
    if text.startswith("@"):
        return text
    text = text.lower() if text.strip() in ("True", "False") else text
    try:
        return tomli.loads(f"key={text}")["key"]
    except (tomli.TOMLDecodeError, KeyError, RecursionError):
        return text


def _doubt(machine: Machine, target: Ref, missing: list[str], options: _Options) -> None:
    """What the files say is a published default, where a variable or a file that the project lacks may replace it."""
    machine.expected.update(missing)
    required = next((name for name in missing if name in machine.required), None)
    if required is not None:
        raise _NotFollowedError(f"{required} has to hold them: start-up fails without it")
    open_environment = options.prefix is not None and (not machine.env_closed or machine.open_environment)
    obj = machine.obj(target)
    cells: dict[object, Evaluated] = {}
    for key, cell in obj.cells.items():
        doubted = replace(cell, files=merged(cell.files, missing))
        if open_environment:
            name = (f"{options.prefix}_{key}",)
            doubted = replace(doubted, variables=merged(doubted.variables, name), absent=merged(doubted.absent, name))
        cells[key] = doubted
    machine.heap[target.oid] = replace(obj, cells=cells, open=obj.open or bool(missing) or open_environment)


def doubts(machine: Machine, view: View) -> tuple[str | None, tuple[str, ...]]:
    """What may still set a setting: the variables' prefix (None: none can), and the files that the project lacks."""
    loaded(machine, view)
    cells = machine.heap[view.oid].cells if view.oid in machine.heap else {}
    prefix, missing = cells.get("prefix"), cells.get("missing")
    named = prefix.value.value if prefix is not None and isinstance(prefix.value, Known) else None
    closed = machine.env_closed and not machine.open_environment
    return (named if isinstance(named, str) and not closed else None), missing.files if missing is not None else ()


def _lacking(machine: Machine, view: View, key: str, default: Evaluated) -> Evaluated:
    """``default``, standing in for the setting ``key`` that nothing sets."""
    prefix, missing = doubts(machine, view)
    result = replace(default, files=merged(default.files, missing))
    return environment_default(f"{prefix}_{key.upper()}", result) if prefix is not None else result


def _validate(machine: Machine, target: Ref, options: _Options) -> None:
    """The keys that a validator asks for: start-up fails without them."""
    for each in options.validators:
        item = each.value.value if isinstance(each.value, Known) else None
        if not isinstance(item, Made) or item.name != VALIDATOR or not item.args:
            raise _NotFollowedError("a validator changes settings")
        for name in item.args[1:] if machine.truth(item.args[0]) else ():
            key = str(_plain(machine, name)).upper()
            if "." in key or "__" in key or key in machine.obj(target).cells or options.prefix is None:
                continue
            raise RaisedError("ValidationError", environment_default(f"{options.prefix}_{key}", known(None)), deliberate=True)  # fmt: skip


# --- what a program does with it -------------------------------------------------------------------------------------


def view_item(machine: Machine, view: View, index: Evaluated) -> Evaluated:
    """``settings["key"]``."""
    key = machine.key_of(index)
    if key is None or not isinstance(key[0], str):
        return unknown("which setting is read is not known", index)
    found = _get(machine, view, key[0])
    if found is None:
        raise RaisedError("KeyError", _lacking(machine, view, key[0], known(None)))
    return found


def view_attribute(machine: Machine, view: View, name: str) -> Evaluated:
    """``settings.name``: a method, or a setting."""
    if view.path or name in _METHODS:
        return known(Method(known(view), name))
    if name == _VALIDATORS:
        return known(replace(view, path=(name,)))
    found = _get(machine, view, name)
    if found is None:
        raise RaisedError("AttributeError", _lacking(machine, view, name, known(None)))
    return found


_METHODS = frozenset(
    {"get", "as_dict", "to_dict", "exists", "set", "setdefault", "update", "keys", "values", "items", "from_env", "reload",
     "configure", "using_env", "setenv", "load_file", "get_fresh", "as_bool", "as_int", "as_float", "as_json", "fresh",
     "current_env", "environ", "store", "unset", "clean", "path_for", "find_file", "flag", "populate_obj", "execute_loaders"}
)  # fmt: skip
_VALIDATORS = "validators"
_CHANGING = frozenset(
    {"reload", "configure", "setenv", "using_env", "load_file", "update", "unset", "clean", "execute_loaders", "setdefault",
     "set", "fresh", "get_fresh", "register"}
)  # fmt: skip


def _get(machine: Machine, view: View, key: str) -> Evaluated | None:
    """The setting ``key`` in any case, ``a.b`` inside of another; None where there certainly is none."""
    ref = loaded(machine, view)
    if ref is None:
        return unknown("how the settings are made up is not known")
    outer, *inner = key.replace("__", ".").split(".")
    current = machine.obj(ref).cells.get(outer.upper())
    if current is None or isinstance(current.value, Unset):
        return None
    for name in inner:
        found = box_get(machine, current, name)
        if found is None or not isinstance(found.value, Known):
            return found
        current = found
    return current


def box_get(machine: Machine, box: Evaluated, name: str) -> Evaluated | None:
    """The entry ``name`` of a mapping whose keys are read in any case; None where there certainly is none."""
    ref = ref_of(box)
    obj = machine.obj(ref)
    cells = obj.cells
    own = name if name in cells else next((k for k in cells if isinstance(k, str) and k.lower() == name.lower()), None)
    if ref.kind != "dict":
        return unknown("a setting of something that is no mapping", box)
    cell = cells.get(own) if own is not None else None
    if cell is not None and not isinstance(cell.value, Unset):
        return selected(cell, box)
    return unknown(f"whether {name} is set is not known", box) if cell is not None or obj.open else None


def view_set(machine: Machine, view: View, key: str, value: Evaluated) -> None:
    """``settings.key = value``."""
    ref = loaded(machine, view)
    if ref is not None:
        _put(machine, ref, key, value)


def view_truth(machine: Machine, view: View) -> bool | None:
    return True


def entries(machine: Machine, view: View) -> tuple[dict[object, Evaluated], bool] | None:
    """All settings, as the program iterates over them, and whether there may be more."""
    ref = loaded(machine, view)
    return (dict(machine.obj(ref).cells), doubts(machine, view) != (None, ())) if ref is not None else None


def view_method(machine: Machine, view: View, name: str, args: Arguments, frame: Frame) -> Evaluated:
    """``settings.name(...)``."""
    first = args.positional[0] if args.positional else None
    key = machine.key_of(first) if first is not None else None
    text = key[0] if key is not None and isinstance(key[0], str) else None
    if view.path and name != "register":
        return unknown(f"dynaconf: {name}() is not evaluated", *args.all)
    if (
        name in ("get", "__call__")
        and text is not None
        and not set(args.keywords) - {"default"}
        and len(args.positional) < 3
    ):
        found = _get(machine, view, text)
        if found is not None:
            return found
        return _lacking(machine, view, text, args.get(1, "default") or known(None))
    if name == "exists" and text is not None:
        found = _get(machine, view, text)
        if found is None and doubts(machine, view) != (None, ()):
            return unknown("whether it is set is not known")
        return known(found is not None) if found is None or isinstance(found.value, Known) else unknown("it may be set")
    if name in ("as_dict", "to_dict") and not args.all:
        return known(view)
    if name == "set" and text is not None and len(args.positional) == 2 and not args.keywords:
        view_set(machine, view, text, machine.controlled(args.positional[1]))
        return known(None)
    if name in ("keys", "values", "items"):
        held = entries(machine, view)
        if held is None or held[1]:
            return unknown("its settings are not all known")
        return machine.call(known(Method(machine.make("dict", held[0]), name)), Arguments(), frame)
    if name in _CHANGING:
        machine.write(view.oid, "loaded", unknown(f"{name}() is not followed"))
    if name == "populate_obj" and first is not None:
        machine.loosen(ref_of(first).oid, "populate_obj() is not followed")
    return unknown(f"dynaconf: {name}() is not evaluated", *args.all)
