"""``.env`` files: what python-dotenv loads, and what a start writes for the next one.

Source: https://saurabh-kumar.com/python-dotenv/
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from flask_prodcheck.base import Origin, Span
from flask_prodcheck.facts.types import EnvFile, EnvVar
from flask_prodcheck.model.evaluation.environment import environment_value
from flask_prodcheck.model.evaluation.operations import NotPlainError
from flask_prodcheck.model.evaluation.paths import ROOT, project_path
from flask_prodcheck.model.evaluation.running import Arguments, Frame
from flask_prodcheck.model.evaluation.values import Evaluated, External, Made, known, unknown
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

_LONG = 20_000


def nearest_dotenv(machine: Machine, folder: str, name: str = ".env") -> str:
    """The path of the file ``name`` in ``folder`` or the nearest folder above that has one; in the root where none has."""
    while True:
        candidate = posixpath.normpath(posixpath.join(folder, name))
        if candidate in machine.modules.facts.env_files or folder in ("", "."):
            return candidate
        folder = posixpath.dirname(folder)


def load_dotenv(machine: Machine, path: str, override: bool = False) -> bool:
    """Load the ``.env`` file of the project at ``path`` into the environment. False, and an environment that may hold
    more, when the project has none there."""
    values = file_values(machine, path)
    if values is None:
        machine.open_environment = True
        return False
    for name, found in values.items():
        if override or environment_value(machine, name) is None:
            machine.write(machine.environ, name, found)
    return True


def file_values(machine: Machine, path: str) -> dict[str, Evaluated] | None:
    """The variables of the ``.env`` file of the project at ``path``; None when the process has none there."""
    file = machine.written.get(path) or machine.modules.facts.env_files.get(path)
    seen = machine.dotenv is None or path in machine.dotenv or path in machine.written
    if file is None or not seen:
        machine.missed.add(path)
        return None
    hidden = is_hidden(machine, path)
    values: dict[str, Evaluated] = {}
    for variable in file.variables:
        if variable.value is None:  # a name alone: nothing is set, and what stands before is not
            values.pop(variable.name, None)
            continue
        found = unknown(f"{path} is not part of the repository") if hidden else _written(variable)
        values[variable.name] = _from_file(found, variable.span, variable.name)
    return values


def is_hidden(machine: Machine, path: str) -> bool:
    """Whether a ``.env`` file is no part of the repository, so that another one stands in its place in production."""
    tracked = machine.modules.facts.tracked
    return bool(tracked) and path not in tracked and path not in machine.written


def _written(variable: EnvVar) -> Evaluated:
    if variable.value is not None and "${" in variable.value:
        return unknown(f"{variable.name} refers to another variable")
    return known(variable.value)


def _from_file(found: Evaluated, span: object, name: str) -> Evaluated:
    if not isinstance(span, Span):
        return found
    return replace(found, value=replace(found.value, origin=(Origin(span, f"{name}=..."),)), variables=(name,))


def load_dotenv_call(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    where = args.get(0, "dotenv_path", "path")
    override = args.get(99, "override")
    path: str | None = None
    if where is not None:
        try:
            value = machine.plain(where)
        except NotPlainError:
            machine.open_environment = True
            return unknown("which file is loaded is not known")
        if value is not None and value != "":
            text = str(value)
            path = project_path(text) if text.startswith("/") else posixpath.normpath(text)
            if path is None:
                machine.open_environment = True
                return unknown("the file lies outside of the project")
    loaded = load_dotenv(
        machine,
        path if path is not None else nearest_dotenv(machine, posixpath.dirname(frame.file)),
        override is not None and machine.truth(override) is True,
    )
    return known(True) if loaded else unknown("whether the file exists is not known")


def find_dotenv_call(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    folder = posixpath.dirname(frame.file)
    key = machine.key_of(args.positional[0]) if args.positional else (".env",)
    name = str(key[0]) if key is not None else ".env"
    path = nearest_dotenv(machine, folder, name)
    return known(f"{ROOT}/{path}" if path in machine.modules.facts.env_files else "")


def dotenv_values_call(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    where = args.get(0, "dotenv_path")
    key = machine.key_of(where) if where is not None else (".env",)
    text = str(key[0]) if key is not None else ""
    path = project_path(text) if text.startswith("/") else posixpath.join(posixpath.dirname(frame.file), text)
    file = machine.modules.facts.env_files.get(path or "")
    if file is None or is_hidden(machine, file.path):
        return machine.make("dict", {}, opened=True)
    cells: dict[object, Evaluated] = {
        variable.name: _from_file(_written(variable), variable.span, variable.name) for variable in file.variables
    }
    return machine.make("dict", cells)


def note_write(machine: Machine, item: External | Made, args: Arguments) -> None:
    """A start that writes its own ``.env``: the next one reads it."""
    data = args.get(0)
    if not isinstance(item, Made) or not item.args or data is None or data.span is None:
        return
    try:
        path, text = str(machine.plain(item.args[0])), machine.plain(data)
    except NotPlainError:
        return
    if not isinstance(text, str) or not posixpath.basename(path).startswith(".env") or len(text) > _LONG:
        return
    folder = machine.roots[0] if machine.roots else "."
    relative = project_path(path) if path.startswith("/") else posixpath.normpath(posixpath.join(folder, path))
    if relative is None:
        return
    variables = []
    for number, line in enumerate(text.split("\n")):
        name, equals, value = line.strip().partition("=")
        if equals and name.isidentifier():
            place = Span(data.span.file, data.span.line + number)
            variables.append(EnvVar(name, value.strip().strip("\"'"), place))
    machine.writes[relative] = EnvFile(relative, tuple(variables))
