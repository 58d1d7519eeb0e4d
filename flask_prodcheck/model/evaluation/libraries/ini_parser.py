"""``configparser``: the INI files of the project that a program reads.

Source: https://docs.python.org/3/library/configparser.html
"""

from __future__ import annotations

import configparser
import posixpath
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Span, Unset
from flask_prodcheck.facts.ini import read_ini
from flask_prodcheck.model.evaluation.data_files import OPENED, opened_path
from flask_prodcheck.model.evaluation.operations import NotPlainError
from flask_prodcheck.model.evaluation.paths import project_path, shown_path
from flask_prodcheck.model.evaluation.running import NONE, Arguments, Frame, RaisedError
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    Made,
    Method,
    Obj,
    Ref,
    View,
    depending,
    known,
    merged,
    selected,
    traced,
    unknown,
)
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

PARSER = "configparser"
_DEFAULT = "DEFAULT"
_LACKING = "lacking"  # of the object: what depends on the files that it read in vain
_MARKS = "marks"  # of the object: how a reference to another value begins ("" = values have none)
_TRUTH: Mapping[str, bool] = configparser.RawConfigParser.BOOLEAN_STATES
_KINDS = {"getint": int, "getfloat": float}
_LONG = 200_000


def parser(name: str) -> Callable[[Machine, Arguments, Frame], Evaluated]:
    """The call of the class ``name``."""
    return lambda machine, args, frame: _parser(machine, name, args)


def _parser(machine: Machine, name: str, args: Arguments) -> Evaluated:
    marks: Evaluated = known("" if name.endswith(".RawConfigParser") else "%")
    chosen = args.keywords.get("interpolation")
    item = chosen.value.value if chosen is not None and isinstance(chosen.value, Known) else None
    if chosen is not None:
        maker = item.name.removesuffix("()") if isinstance(item, Made) else ""
        marks = {
            "configparser.ExtendedInterpolation": known("$"),
            "configparser.BasicInterpolation": known("%"),
        }.get(maker, unknown("how its values refer to each other is not known"))
        if isinstance(chosen.value, Known) and item is None:
            marks = known("")
    cells: dict[object, Evaluated] = {_MARKS: marks}
    oid = machine.new(Obj(PARSER, cells, open=args.open))
    given = args.get(0, "defaults")
    if given is not None and not (isinstance(given.value, Known) and given.value.value is None):
        _take(machine, oid, _DEFAULT, given)
    return known(View(PARSER, oid))


def _take(machine: Machine, oid: int, section: str, table: Evaluated) -> None:
    """The entries of a mapping become options of ``section``."""
    held = machine.mapping(table)
    if held is None or held[1]:
        machine.loosen(oid, "an option that is not known is set")
    machine.write(oid, (section,), known(True))
    for key, cell in (held[0] if held is not None else {}).items():
        machine.write(oid, (section, str(key).lower()), cell)


# --- what a program does with it -------------------------------------------------------------------------------------


def view_item(machine: Machine, view: View, index: Evaluated) -> Evaluated:
    """``parser["section"]`` and ``parser["section"]["option"]``."""
    key = machine.key_of(index)
    if key is None or not isinstance(key[0], str):
        return unknown("which option is read is not known", index)
    if view.path:
        return _option(machine, view, view.path[0], key[0], "KeyError")
    _need_section(machine, view, key[0], "KeyError")
    return known(replace(view, path=(key[0],)))


def view_attribute(machine: Machine, view: View, name: str) -> Evaluated:
    """``parser.name``: a method."""
    return known(Method(known(view), name))


def view_set(machine: Machine, view: View, index: Evaluated, value: Evaluated) -> None:
    """``parser["section"] = {...}`` and ``parser["section"]["option"] = value``."""
    key = machine.key_of(index)
    if key is None or not isinstance(key[0], str):
        machine.loosen(view.oid, "an option that is not known is set")
    elif view.path:
        machine.write(view.oid, (view.path[0], key[0].lower()), machine.controlled(value))
    else:
        _take(machine, view.oid, key[0], value)


def view_truth(machine: Machine, view: View) -> bool | None:
    return True if not view.path else None


def view_contains(machine: Machine, view: View, element: Evaluated) -> bool | None:
    """``"section" in parser`` and ``"option" in parser["section"]``."""
    key = machine.key_of(element)
    if key is None or not isinstance(key[0], str):
        return None
    cells = machine.obj(Ref(view.oid, PARSER)).cells
    places: list[object] = [(view.path[0], key[0].lower()), (_DEFAULT, key[0].lower())] if view.path else [(key[0],)]
    found = [cells[place] for place in places if place in cells]
    if any(not isinstance(cell.value, Unset) and not cell.files for cell in found):
        return True
    return None if found or machine.obj(Ref(view.oid, PARSER)).open else False


def view_method(machine: Machine, view: View, name: str, args: Arguments) -> Evaluated:
    """``parser.name(...)`` and ``parser["section"].name(...)``."""
    if name == "read" and not view.path:
        return _read(machine, view, args.get(0, "filenames"))
    if name in ("read_file", "readfp") and not view.path:
        handle = args.get(0, "f", "fp")
        item = handle.value.value if handle is not None and isinstance(handle.value, Known) else None
        path = opened_path(machine, item) if isinstance(item, Made) and item.name in OPENED else None
        _load(machine, view, path, "a file", handle or NONE)
        return NONE
    if name in ("get", "getint", "getfloat", "getboolean"):
        return _get(machine, view, name, args)
    if name == "has_section" and not view.path and args.positional:
        return _answer(view_contains(machine, view, args.positional[0]))
    if name == "has_option" and not view.path and len(args.positional) == 2:
        key = machine.key_of(args.positional[0])
        inner = replace(view, path=(key[0],)) if key is not None else None
        return _answer(view_contains(machine, inner, args.positional[1]) if inner is not None else None)
    if name in ("set", "add_section") and not view.path and args.positional:
        key = machine.key_of(args.positional[0])
        if key is not None and name == "add_section":
            machine.write(view.oid, (key[0],), known(True))
        elif key is not None and len(args.positional) > 2:
            view_set(machine, replace(view, path=(key[0],)), args.positional[1], args.positional[2])
        else:
            machine.loosen(view.oid, "an option that is not known is set")
        return NONE
    if name == "items":
        return _items(machine, view, args)
    if name not in ("sections", "options", "keys", "defaults", "write", "__init__"):
        machine.loosen(view.oid, f"{name}() is not followed")
    return unknown(f"{name}() of a parser is not evaluated")


def _answer(truth: bool | None) -> Evaluated:
    return unknown("whether it is there is not known") if truth is None else known(truth)


def entries(machine: Machine, view: View) -> tuple[dict[object, Evaluated], bool] | None:
    """The options of a section as a mapping gives them; None for the parser itself."""
    if not view.path:
        return None
    obj = machine.obj(Ref(view.oid, PARSER))
    found: dict[object, Evaluated] = {}
    for section in (_DEFAULT, view.path[0]):
        for key, cell in obj.cells.items():
            if isinstance(key, tuple) and len(key) == 2 and key[0] == section:
                found[key[1]] = _interpolated(machine, view, cell)
    return found, obj.open


def _items(machine: Machine, view: View, args: Arguments) -> Evaluated:
    if not view.path and args.positional:
        key = machine.key_of(args.positional[0])
        view = replace(view, path=(key[0],)) if key is not None else view
    held = entries(machine, view)
    if held is None or held[1]:
        return unknown("the options of a section are not all known")
    pairs = [machine.sequence((known(key), cell), "tuple") for key, cell in held[0].items()]
    return machine.sequence(pairs)


# --- one option ------------------------------------------------------------------------------------------------------


def _get(machine: Machine, view: View, name: str, args: Arguments) -> Evaluated:
    words = list(args.positional)
    if view.path:
        section: object = view.path[0]
    else:
        first = args.get(0, "section")
        key = machine.key_of(first) if first is not None else None
        section = key[0] if key is not None else None
        words = words[1:]
    option = words[0] if words else args.keywords.get("option")
    wanted = machine.key_of(option) if option is not None else None
    if not isinstance(section, str) or wanted is None or not isinstance(wanted[0], str):
        return unknown("which option is read is not known", *args.all)
    default = args.keywords.get("fallback")
    if default is None and view.path:  # ``section.get(option)`` is None where there is none, as of a mapping
        default = words[1] if len(words) > 1 else NONE
    try:
        found = _option(machine, view, section, wanted[0], "NoOptionError")
    except RaisedError as missing:
        if default is None:
            raise
        return selected(default, missing.cause)
    if "vars" in args.keywords or "raw" in args.keywords:
        return unknown("how it is read is not known", found)
    if name == "get":
        return found
    if name == "getboolean":
        return machine.plain_result([found], lambda values: _truth(values[0]))
    kind = _KINDS[name]
    return machine.plain_result([found], lambda values: kind(str(values[0])))


def _truth(value: object) -> bool:
    text = str(value).lower()
    if text not in _TRUTH:
        raise ValueError(f"Not a boolean: {value}")
    return _TRUTH[text]


def _need_section(machine: Machine, view: View, section: str, error: str) -> None:
    obj = machine.obj(Ref(view.oid, PARSER))
    if section != _DEFAULT and (section,) not in obj.cells and not obj.open:
        raise RaisedError(error, _missing(machine, view), deliberate=True)


def _option(machine: Machine, view: View, section: object, option: str, error: str) -> Evaluated:
    """The value of an option. Raises the program's ``error`` where the section, or the option, is not there."""
    _need_section(machine, view, str(section), "NoSectionError" if error == "NoOptionError" else error)
    obj = machine.obj(Ref(view.oid, PARSER))
    cell = obj.cells.get((section, option.lower())) or obj.cells.get((_DEFAULT, option.lower()))
    if cell is None and not obj.open:
        raise RaisedError(error, _missing(machine, view), deliberate=True)
    if cell is None or isinstance(cell.value, Unset):
        return unknown(f"{option} may stand in a file that the project lacks")
    return _interpolated(machine, view, cell)


def _missing(machine: Machine, view: View) -> Evaluated:
    return machine.obj(Ref(view.oid, PARSER)).cells.get(_LACKING, NONE)


def _interpolated(machine: Machine, view: View, cell: Evaluated) -> Evaluated:
    marks = machine.obj(Ref(view.oid, PARSER)).cells.get(_MARKS, NONE)
    mark = marks.value.value if isinstance(marks.value, Known) else None
    text = cell.value.value if isinstance(cell.value, Known) else None
    if not isinstance(text, str) or mark == "" or (isinstance(mark, str) and mark not in text):
        return cell
    if isinstance(mark, str) and text.count(mark) == 2 * text.count(mark * 2):
        return replace(cell, value=Known(text.replace(mark * 2, mark), cell.value.origin))
    return unknown("it refers to another option", cell)


# --- files -----------------------------------------------------------------------------------------------------------


def _read(machine: Machine, view: View, names: Evaluated | None) -> Evaluated:
    """``parser.read(names)``: files that are not there are passed over."""
    given = names.value.value if names is not None and isinstance(names.value, Known) else None
    parts = (names,) if isinstance(given, str | PurePosixPath) else machine.elements(names) if names else None
    if names is None or parts is None:
        machine.loosen(view.oid, "which files are read is not known")
        return unknown("which files are read is not known")
    for part in parts:
        if part is None:
            continue
        try:
            text = str(machine.plain(part))
        except NotPlainError:
            machine.loosen(view.oid, "a file that is not known is read")
            continue
        folder = machine.roots[0] if machine.roots else "."
        inside = text.startswith("/")
        path = project_path(text) if inside else posixpath.normpath(posixpath.join(folder, text))
        _load(machine, view, path, path or shown_path(text), part)
    return unknown("which files are there is not known", names)


def _load(machine: Machine, view: View, path: str | None, shown: str, *parts: Evaluated) -> None:
    """What the file at ``path`` says goes over what is there; one that the project lacks may say anything."""
    data = machine.read(path) if machine.read is not None and path in machine.modules.facts.paths and path else None
    obj = machine.obj(Ref(view.oid, PARSER))
    if data is None or path is None or len(data) > _LONG:
        machine.expected.add(shown)
        doubt = replace(NONE, files=(shown,))
        if shown in machine.required or (path is not None and path in machine.modules.facts.paths):
            machine.loosen(view.oid, f"{shown} is not read")
            return
        cells = {
            key: replace(cell, files=merged((shown,), cell.files)) if key != _MARKS else cell
            for key, cell in obj.cells.items()
        }
        cells[_LACKING] = depending(doubt, obj.cells.get(_LACKING, NONE))
        machine.heap[view.oid] = replace(obj, cells=cells)
        return
    file = machine.placed.get(path, path)
    for section in read_ini(data.decode("utf-8", "replace"), inline=()):
        if section.name:
            machine.write(view.oid, (section.name,), known(True))
        for entry in section.entries:
            place = Span(file, entry.line)
            value = traced(known(entry.value), place, f"{entry.key} in {file}", repr(entry.value))
            machine.write(view.oid, (section.name, entry.key.lower()), machine.controlled(depending(value, *parts)))
