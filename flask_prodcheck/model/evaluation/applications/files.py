"""Configurations that are read from files."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.syntax import PyModule
from flask_prodcheck.model.evaluation.applications.entries import store_all
from flask_prodcheck.model.evaluation.applications.overrides import file_may_override
from flask_prodcheck.model.evaluation.data_files import table
from flask_prodcheck.model.evaluation.environment import environment_item, environment_value
from flask_prodcheck.model.evaluation.operations import NotPlainError
from flask_prodcheck.model.evaluation.paths import ROOT, project_path, shown_path
from flask_prodcheck.model.evaluation.running import Arguments, Frame, RaisedError
from flask_prodcheck.model.evaluation.values import Evaluated, Function, Made, Method, Obj, Ref, known, unknown

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine


def from_file(machine: Machine, item: Ref, name: Evaluated, kind: str, silent: bool, args: Arguments) -> None:
    """``config.from_pyfile(name)``, and ``config.from_file(name, load)`` with the loader ``kind``."""
    path, shown = _resolve(machine, item, name)
    facts = machine.modules.facts
    present = path is not None and (path in facts.modules or path in facts.paths)
    cells: dict[object, Evaluated]
    if kind == "pyfile" and path is not None and present:
        module = _pyfile(machine, path)
        if module is not None:
            cells, opened = _run_pyfile(machine, module)
            store_all(machine, item, cells, opened, args)
            return
    elif path is not None and present and machine.read is not None:
        cells_read = table(machine, path, kind)
        if cells_read is not None:
            store_all(machine, item, cells_read, False, args)
            return
    asked = path is not None and any(path in cause.files for cause in machine.control)
    outside = path is None and shown.startswith(("/", "~"))
    if (silent or asked or outside) and not present and shown and shown not in machine.required:
        if (outside and not silent) or shown.startswith("~"):
            machine.expected.add(shown)  # the machine, or its user, has to have it, or is asked for it
        file_may_override(machine, item, shown)
        return
    machine.loosen(item.oid, f"{args.text} reads a file that is not known", args.span)


def from_envvar(machine: Machine, item: Ref, name: Evaluated, silent: bool, args: Arguments) -> None:
    """``config.from_envvar(name)``: the file that the variable names."""
    key = machine.key_of(name)
    if key is None or not isinstance(key[0], str):
        machine.loosen(item.oid, f"{args.text} reads a file that is not known", args.span)
        return
    variable = key[0]
    found = environment_value(machine, variable)
    if found is not None and isinstance(found.value, Known) and found.value.value:
        from_file(machine, item, found, "pyfile", silent, args)
    elif found is not None and not isinstance(found.value, Known):
        machine.loosen(item.oid, f"{args.text} reads a file that is not known", args.span)
    elif silent:
        if not machine.env_closed:
            file_may_override(machine, item, f"${variable}")
    else:
        environment_item(machine, variable, "RuntimeError")


def from_own_loader(
    machine: Machine, item: Ref, target: Evaluated, load: Evaluated | None, args: Arguments, frame: Frame
) -> bool:
    """``from_file(name, load=own)`` with a function of the project. False where it is none, or the file is missing."""
    function = load.value.value if load is not None and isinstance(load.value, Known) else None
    path, _ = _resolve(machine, item, target)
    if load is None or not isinstance(function, Function | Method) or path not in machine.modules.facts.paths:
        return False
    handle = known(Made("builtins.open()", (known(f"{ROOT}/{path}"),)))
    entries = machine.mapping(machine.call(load, Arguments((handle,), span=args.span, text=args.text), frame))
    if entries is None:
        return False
    store_all(machine, item, entries[0], entries[1], args)
    return True


def _resolve(machine: Machine, item: Ref, name: Evaluated) -> tuple[str | None, str]:
    """The project file that a loader reads (None when it lies elsewhere) and the name to show."""
    try:
        value = machine.plain(name)
    except NotPlainError:
        return None, ""
    text = str(value)
    root = machine.obj(item).name
    if not text.startswith("/"):
        if not root:
            return None, text
        text = posixpath.join(root, text)
    relative = project_path(text) or _inside_image(machine, text)
    return relative, relative or shown_path(text)


def _inside_image(machine: Machine, text: str) -> str | None:
    """The project file that the image has at the absolute path ``text``."""
    wanted = posixpath.normpath(text)
    for image, repo in reversed(machine.layout):
        if wanted == image:
            return repo
        if wanted.startswith(image.rstrip("/") + "/"):
            inside = posixpath.normpath(posixpath.join(repo, posixpath.relpath(wanted, image)))
            if inside in machine.modules.facts.paths:
                return inside
    return None


def _pyfile(machine: Machine, path: str) -> PyModule | None:
    module = machine.modules.module(path)
    if module is not None or machine.read is None:
        return module
    data = machine.read(path)
    if data is None:
        return None
    from flask_prodcheck.facts.python import read_python

    try:
        return read_python(machine.placed.get(path, path), data)
    except ReadError:
        return None


def _run_pyfile(machine: Machine, module: PyModule) -> tuple[dict[object, Evaluated], bool]:
    start: dict[object, Evaluated] = {
        "__file__": known(f"{ROOT}/{module.path}"),
        "__name__": known("config"),
    }
    oid = machine.new(Obj("module", start, open=module.is_open, name=module.path, file=module.path))
    ends = machine.block(module.body, Frame(module.path, oid))
    ended = ends.get("next")
    if ended is None:
        raised = ends.get("raise")
        if raised is None:
            return {}, True
        machine.heap = raised.heap
        raise RaisedError(raised.name, raised.value, deliberate=raised.deliberate)
    machine.heap = ended.heap
    obj = machine.heap[oid]
    cells = dict(obj.cells)
    for name in module.names:
        if name.isupper() and name not in cells:
            cells[name] = unknown(f"{name} is not read")
    return cells, obj.open
