"""What lies outside of the project and may replace the entries of a configuration."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask_prodcheck.model.evaluation.values import Evaluated, Ref, merged
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine


def file_may_override(machine: Machine, item: Ref, file: str) -> None:
    """A file that nothing in the project supplies may replace each key."""
    obj = machine.obj(item)
    cells: dict[object, Evaluated] = {
        key: replace(cell, files=merged(cell.files, (file,))) for key, cell in obj.cells.items()
    }
    machine.heap[item.oid] = replace(obj, cells=cells, open=True)


def may_override(machine: Machine, item: Ref, by: Callable[[object], str]) -> None:
    """What is set so far is a published default: something outside of the project may replace each key."""
    obj = machine.obj(item)
    cells: dict[object, Evaluated] = {}
    for key, cell in obj.cells.items():
        name = by(key)
        cells[key] = replace(cell, variables=merged(cell.variables, (name,)), absent=merged(cell.absent, (name,)))
    machine.heap[item.oid] = replace(obj, cells=cells, open=True)
