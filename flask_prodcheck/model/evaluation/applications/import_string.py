"""What ``werkzeug.utils.import_string`` finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.model.evaluation.running import RaisedError
from flask_prodcheck.model.evaluation.values import Evaluated, selected, unknown

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine


def imported_object(machine: Machine, name: Evaluated, file: str) -> Evaluated:
    """What ``werkzeug.utils.import_string`` finds. Raises the program's ImportError."""
    key = machine.key_of(name)
    if key is None or not isinstance(key[0], str):
        return unknown("what is imported is not known", name)
    dotted = key[0].replace(":", ".")
    path = machine.locate(file, dotted, 0)
    if path is not None and not path.endswith("/"):
        return selected(machine.run_module(path), name)
    outer, _, attr = dotted.rpartition(".")
    path = machine.locate(file, outer, 0) if outer else None
    if path is None:
        return unknown(f"{dotted} is not in the project", name)
    try:
        return selected(machine.attribute(machine.run_module(path), attr), name)
    except RaisedError as raised:
        if raised.name == "AttributeError":
            raise RaisedError("ImportError", name, deliberate=True) from None
        raise
