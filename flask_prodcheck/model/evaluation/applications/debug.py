"""Debug mode as the environment sets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.model.evaluation.environment import environment_value
from flask_prodcheck.model.evaluation.flask_debug import turns_debug_on
from flask_prodcheck.model.evaluation.values import Evaluated
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine


def debug_flag(machine: Machine) -> Evaluated | None:
    """What Flask makes of FLASK_DEBUG (and, before 2.3, FLASK_ENV); None when neither is set."""
    found = environment_value(machine, "FLASK_DEBUG")
    old = machine.flask_version < (2, 3)
    if found is not None and isinstance(found.value, Known) and (found.value.value or not old):
        text = str(found.value.value)
        return replace(found, value=Known(turns_debug_on(text), found.value.origin))
    if found is not None and isinstance(found.value, Unknown):
        return found
    if not old or machine.flask_version < (1,):
        return None
    mode = environment_value(machine, "FLASK_ENV")
    if mode is None:
        return None
    if not isinstance(mode.value, Known):
        return mode
    return replace(mode, value=Known(mode.value.value == "development", mode.value.origin))
