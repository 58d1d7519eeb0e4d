"""Data files of the project that the program loads: JSON, TOML and YAML."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.toml_lines import load_toml, places_of
from flask_prodcheck.facts.yaml_nodes import YamlNode, read_yaml
from flask_prodcheck.model.evaluation.operations import NotPlainError
from flask_prodcheck.model.evaluation.paths import project_path
from flask_prodcheck.model.evaluation.running import Arguments, Frame
from flask_prodcheck.model.evaluation.values import Evaluated, External, Made, depending, known, traced, unknown
from flask_prodcheck.records import dataclass

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

_DEPTH = 20
_LONG = 20_000
_LARGE = 100_000  # of a data file: settings are shorter, and what is longer is read again for every launch
Reader = Callable[[str], "bytes | None"]

FORMATS: Mapping[str, str] = {
    "json.load": "json", "simplejson.load": "json", "tomllib.load": "toml", "tomli.load": "toml", "toml.load": "toml",
    "yaml.safe_load": "yaml", "yaml.full_load": "yaml", "yaml.load": "yaml",
}  # fmt: skip
"""Functions that read a handle, with the format that they read."""
CORE_YAML = "yaml 1.2"
"""The format of YAML files for a library that reads YAML 1.2."""

_EXTENSIONS: Mapping[str, str] = {".json": "json", ".toml": "toml", ".tml": "toml", ".yaml": "yaml", ".yml": "yaml"}


def format_of(path: str) -> str:
    """The format that the ending of ``path`` names, "" for another."""
    return next((name for ending, name in _EXTENSIONS.items() if path.endswith(ending)), "")


def table(machine: Machine, path: str, kind: str) -> dict[object, Evaluated] | None:
    """The keys of the data file ``path``, read by the function ``kind`` (``json.load``) or as its format; None when it
    cannot be read or holds no mapping."""
    data = machine.read(path) if machine.read is not None else None
    if data is None or len(data) > _LARGE:
        return None
    file = machine.placed.get(path, path)
    try:
        loaded, lines = _document(file, data.decode("utf-8"), FORMATS.get(kind, kind))
    except (ValueError, RecursionError, ReadError):
        return None
    return _placed(machine, loaded, _Places(file, lines), ()) if isinstance(loaded, dict) else None


@dataclass(frozen=True, slots=True)
class _Places:
    """The line of each key of a file, by the keys on the way to it."""

    file: str
    lines: Mapping[tuple[str, ...], int]

    def span(self, path: tuple[str, ...]) -> Span:
        return Span(
            self.file, next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), 1)
        )


def _placed(
    machine: Machine, loaded: Mapping[object, object], places: _Places, path: tuple[str, ...]
) -> dict[object, Evaluated]:
    cells: dict[object, Evaluated] = {}
    for key, value in loaded.items():
        below = (*path, str(key))
        nested = isinstance(value, dict) and len(below) < _DEPTH
        made = machine.make("dict", _placed(machine, value, places, below)) if nested else machine.wrap(value)  # type: ignore[arg-type]
        cells[key] = traced(made, places.span(below), f"{'.'.join(below)} in {places.file}", repr(value))
    return cells


def _document(file: str, text: str, kind: str) -> tuple[object, Mapping[tuple[str, ...], int]]:
    """What the file holds, and the lines of its keys. Raises ValueError or ReadError."""
    if kind == "toml":
        return load_toml(text), places_of(text)
    if kind == "json":
        loaded = json.loads(text)
        try:
            return loaded, dict(_lines(read_yaml(file, text)))
        except ReadError:  # characters or tabs that YAML has not: the values are known, their lines are not
            return loaded, {}
    if kind not in ("yaml", CORE_YAML):
        raise ReadError("not a format of data files")
    documents = read_yaml(file, text)
    if len(documents) > 1:
        raise ReadError("several documents")
    return (documents[0].plain(core=kind == CORE_YAML) if documents else {}), dict(_lines(documents))


def _lines(nodes: Iterable[YamlNode], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], int]]:
    for node in nodes if len(path) < _DEPTH else ():
        for key, span, value in node.items():
            yield (*path, key), span.line
            yield from _lines((value,), (*path, key))


OPENED = frozenset({"builtins.open()", "io.open()"})
"""Handles of files."""
_BYTES = frozenset(f"{name}.read()" for name in OPENED)  # all that a file holds, read through such a handle


def text_of_file(machine: Machine, path: str | None) -> Evaluated | None:
    """The text of a file of the project; None where it is not known."""
    data = machine.read(path) if machine.read is not None and path in machine.modules.facts.paths and path else None
    if data is None or path is None or len(data) > _LONG:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    file = machine.placed.get(path, path)
    return traced(known(text.replace("\r\n", "\n")), Span(file, 1), _text_named(file))


def _text_named(file: str) -> str:
    return f"the text of {file}"


def _read_from(machine: Machine, value: Evaluated) -> str | None:
    """The project file all of whose text ``value`` is; None for any other text."""
    first = value.value.origin[0] if value.value.origin else None
    file = first.span.file if first is not None and first.text == _text_named(first.span.file) else None
    whole = text_of_file(machine, file)
    is_whole = whole is not None and machine.key_of(whole) == machine.key_of(value)
    return file if is_whole else None


def opened_path(machine: Machine, item: Made) -> str | None:
    """The project file that ``open(...)`` opened to be read; None for another."""
    try:
        values = [machine.plain(arg) for arg in item.args[:2]]
    except NotPlainError:
        return None
    if not values or (len(values) > 1 and values[1] not in ("r", "rt", "rb")):
        return None
    folder, text = machine.roots[0] if machine.roots else ".", str(values[0])
    return project_path(text) if text.startswith("/") else posixpath.normpath(posixpath.join(folder, text))


def load_handle(name: str) -> Callable[[Machine, Arguments, Frame], Evaluated]:
    """The call of the function ``name`` (``json.load``) with the handle of a file of the project."""

    def load(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
        handle = args.get(0, "fp", "stream")
        item = handle.value.value if handle is not None and isinstance(handle.value, Known) else None
        path = opened_path(machine, item) if isinstance(item, Made) and item.name in OPENED | _BYTES else None
        if handle is not None and isinstance(item, str):
            path = _read_from(machine, handle)
        entries = table(machine, path, name) if path is not None and not _only_text(args) else None
        if entries is not None and handle is not None:
            return depending(machine.make("dict", entries), handle)
        return unknown("what the file holds is not known", *args.all)

    return load


def _only_text(args: Arguments) -> bool:
    """Whether a loader of YAML is named that makes no numbers and no truth values."""
    loader = args.get(1, "Loader")
    item = loader.value.value if loader is not None and isinstance(loader.value, Known) else None
    return loader is not None and not (isinstance(item, External) and not item.name.endswith("BaseLoader"))
