"""Imports: running a module of the project, finding what a name of it means, and what an import binds."""

from __future__ import annotations

import posixpath
import sys
from typing import TYPE_CHECKING

from flask_prodcheck.base import Unset
from flask_prodcheck.facts.syntax import Import, ImportFrom
from flask_prodcheck.model.evaluation.paths import ROOT
from flask_prodcheck.model.evaluation.running import DEPTH, NONE, Frame, RaisedError
from flask_prodcheck.model.evaluation.values import Evaluated, External, Obj, Ref, known, merged, ref_of, unknown
from flask_prodcheck.model.python.modules import FLASK_STAR
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

_CERTAIN_IMPORTS = frozenset(sys.stdlib_module_names) | {"flask", "werkzeug"}


def dotted_name(machine: Machine, file: str) -> str:
    if file == machine.main:
        return "__main__"
    for root in (*machine.roots, *machine.modules.roots_for(file)):
        name = machine.modules.dotted(file, root)
        if name is not None:
            return name
    return ""


def run_module(machine: Machine, path: str) -> Evaluated:
    """The module in file ``path`` (a namespace package ends in ``/``), imported if it is not yet."""
    oid = machine.imported.get(path)
    if oid is not None and oid in machine.heap:
        return known(Ref(oid, "module"))
    if not path.endswith("/"):
        folder = posixpath.dirname(path)
        if posixpath.basename(path) == "__init__.py":
            folder = posixpath.dirname(folder)
        package = f"{folder}/__init__.py"
        if folder and package != path and machine.modules.is_file(package):
            run_module(machine, package)
            oid = machine.imported.get(path)
            if oid is not None and oid in machine.heap:
                return known(Ref(oid, "module"))
    module = None if path.endswith("/") else machine.modules.module(path)
    cells: dict[object, Evaluated] = {
        "__name__": known(dotted_name(machine, path)),
        "__file__": known(f"{ROOT}/{path}"),
        "__package__": known(dotted_name(machine, path).rpartition(".")[0]),
    }
    if posixpath.basename(path) == "__init__.py":
        cells["__package__"] = cells["__name__"]
    opened = module is None or module.is_open
    oid = machine.new(Obj("module", cells, open=opened, name=path, file=path))
    machine.imported[path] = oid
    if module is None:
        return known(Ref(oid, "module"))
    if machine.depth > DEPTH - 20:
        machine.exhausted = True
        machine.widen(oid)
        return known(Ref(oid, "module"))
    control, machine.control = machine.control, []
    try:
        ends = machine.block(module.body, Frame(path, oid))
    finally:
        machine.control = control
    ended = ends.get("next")
    if ended is None:
        raised = ends.get("raise")
        if raised is None:
            return known(Ref(oid, "module"))
        machine.heap = raised.heap
        machine.heap.remove(oid)
        raise RaisedError(raised.name, raised.value, deliberate=raised.deliberate)
    machine.heap = ended.heap
    return known(Ref(oid, "module"))


def locate(machine: Machine, file: str, module: str, level: int) -> str | None:
    if level == 0 and machine.roots:
        head = module.partition(".")[0]
        if head not in sys.stdlib_module_names or machine.modules.path_of(head, machine.roots):
            found = machine.modules.locate(module, machine.roots)
            if found is not None and found != file:
                return found
    return machine.modules.imported_file(file, module, level)


def module_attribute(machine: Machine, ref: Ref, name: str) -> Evaluated | None:
    obj = machine.obj(ref)
    cell = obj.cells.get(name)
    if cell is not None:
        return cell if not isinstance(cell.value, Unset) else unknown(f"{name} may not be bound")
    if posixpath.basename(obj.file) == "__init__.py" or obj.file.endswith("/"):
        folder = posixpath.dirname(obj.file) or "."
        inner = machine.modules.locate(name, (folder,))
        if inner is not None:
            return run_module(machine, inner)
    if "__getattr__" in obj.cells or obj.open:
        return unknown(f"{name} is not read from {obj.file}")
    module = machine.modules.module(obj.file)
    if module is not None and not module.binds(name):
        return None
    return unknown(f"{name} is not read from {obj.file}")


def run_import(machine: Machine, stmt: Import | ImportFrom, frame: Frame) -> None:
    if isinstance(stmt, Import):
        for dotted, alias in stmt.names:
            path = locate(machine, frame.file, dotted, 0)
            head = dotted.partition(".")[0]
            if path is None:
                head_path = locate(machine, frame.file, head, 0)
                if head_path is not None:
                    machine.uncertain += 1
                    machine.bind(alias or head, run_module(machine, head_path), frame)
                    continue
                machine.uncertain += head not in _CERTAIN_IMPORTS
                machine.bind(alias or head, known(External(dotted if alias else head)), frame)
                continue
            module = run_module(machine, path)
            if alias is None and "." in dotted:
                head_path = locate(machine, frame.file, head, 0)
                _attach(machine, frame.file, dotted)
                module = run_module(machine, head_path) if head_path is not None else module
            machine.bind(alias or head, module, frame)
        return
    path = locate(machine, frame.file, stmt.module, stmt.level)
    if path is None:
        machine.uncertain += stmt.level > 0 or stmt.module.partition(".")[0] not in _CERTAIN_IMPORTS
        for name, alias in stmt.names:
            if name != "*":
                value = (
                    known(External(f"{stmt.module}.{name}")) if not stmt.level else unknown("it is not in the project")
                )
                machine.bind(alias or name, value, frame)
            elif stmt.module == "flask" and not stmt.level:
                for each in FLASK_STAR:
                    machine.bind(each, known(External(f"flask.{each}")), frame)
            elif machine.handlers and (stmt.level or stmt.module.partition(".")[0] not in sys.stdlib_module_names):
                above = posixpath.join(posixpath.dirname(frame.file), "../" * (stmt.level - 1)) if stmt.level else ""
                file = posixpath.join(above, f"{stmt.module.replace('.', '/')}.py")
                _may_replace(machine, posixpath.normpath(file), frame)
        return
    module = run_module(machine, path)
    for name, alias in stmt.names:
        if name == "*":
            _import_all(machine, ref_of(module), frame)
            continue
        found = module_attribute(machine, ref_of(module), name)
        if found is None:
            raise RaisedError("ImportError", NONE)
        machine.bind(alias or name, found, frame)


def _may_replace(machine: Machine, file: str, frame: Frame) -> None:
    """``try: from local_settings import *`` of a module that the project lacks: where a deployment has it, it replaces what
    is bound so far."""
    obj = machine.obj(Ref(frame.module, "module"))
    cells: dict[object, Evaluated] = {
        key: cell if str(key).startswith("__") else replace(cell, files=merged(cell.files, (file,)))
        for key, cell in obj.cells.items()
    }
    machine.heap[frame.module] = replace(obj, cells=cells, open=True)
    machine.expected.add(file)


def _attach(machine: Machine, file: str, dotted: str) -> None:
    parts = dotted.split(".")
    for index in range(1, len(parts)):
        outer = locate(machine, file, ".".join(parts[:index]), 0)
        inner = locate(machine, file, ".".join(parts[: index + 1]), 0)
        if outer is not None and inner is not None:
            machine.write(ref_of(run_module(machine, outer)).oid, parts[index], run_module(machine, inner))


def _import_all(machine: Machine, module: Ref, frame: Frame) -> None:
    obj = machine.obj(module)
    listed = machine.elements(obj.cells["__all__"]) if "__all__" in obj.cells else None
    wanted = {machine.key_of(item) for item in listed} if listed is not None else None
    for key, cell in obj.cells.items():
        if not isinstance(key, str):
            continue
        if ((key,) in wanted) if wanted is not None else not key.startswith("_"):
            machine.bind(key, cell, frame)
