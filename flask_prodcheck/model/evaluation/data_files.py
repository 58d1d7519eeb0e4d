"""Data files of the project that the program loads."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import tomli

from flask_prodcheck.base import Known, Span
from flask_prodcheck.model.evaluation.operations import NotPlainError
from flask_prodcheck.model.evaluation.paths import project_path
from flask_prodcheck.model.evaluation.running import Arguments, Frame
from flask_prodcheck.model.evaluation.values import Evaluated, Made, depending, traced, unknown

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

Reader = Callable[[str], "bytes | None"]


def table(machine: Machine, path: str, kind: str) -> dict[object, Evaluated] | None:
    """The keys of a JSON or TOML file; None when it cannot be read."""
    data = machine.read(path) if machine.read is not None else None
    if data is None:
        return None
    try:
        text = data.decode("utf-8")
        loaded = json.loads(text) if kind.startswith("json") else None
        if kind in ("tomllib.load", "tomli.load", "toml.load"):
            loaded = tomli.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(loaded, dict):
        return None
    lines = text.split("\n")
    file = machine.placed.get(path, path)
    cells: dict[object, Evaluated] = {}
    for key, value in loaded.items():
        if isinstance(key, str):
            line = next((n for n, each in enumerate(lines, 1) if each.lstrip("\t \"'").startswith(key)), 1)
            cells[key] = traced(machine.wrap(value), Span(file, line), f"{key} in {file}", repr(value))
    return cells


def load_handle(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``json.load(handle)`` and its like, of a file of the project."""
    handle = args.get(0, "fp")
    item = handle.value.value if handle is not None and isinstance(handle.value, Known) else None
    if isinstance(item, Made) and item.name in ("builtins.open()", "io.open()") and item.args and handle is not None:
        kind = "json" if args.text.startswith("json") else "tomli.load"
        try:
            path = project_path(str(machine.plain(item.args[0])))
        except NotPlainError:
            path = None
        entries = table(machine, path, kind) if path is not None else None
        if entries is not None:
            return depending(machine.make("dict", entries), handle)
    return unknown("what the file holds is not known", *args.all)
