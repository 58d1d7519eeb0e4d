"""python-decouple, and ``starlette.config`` that reads in the same way.

Source: https://github.com/HBNetwork/python-decouple
"""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known
from flask_prodcheck.model.evaluation.environment import environment_default, environment_item, environment_value
from flask_prodcheck.model.evaluation.libraries.conversions import strtobool
from flask_prodcheck.model.evaluation.libraries.dotenv import load_dotenv, nearest_dotenv
from flask_prodcheck.model.evaluation.running import Arguments, Frame
from flask_prodcheck.model.evaluation.values import Evaluated, External, depending, unknown

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine


def decouple_call(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    key = machine.key_of(args.positional[0]) if args.positional else None
    if key is None or not isinstance(key[0], str):
        return unknown("which variable is read is not known", *args.all)
    load_dotenv(machine, nearest_dotenv(machine, posixpath.dirname(frame.file)))
    default = args.get(1, "default")
    found = environment_value(machine, key[0])
    if found is None:
        if default is None:
            return environment_item(machine, key[0], "UndefinedValueError")
        machine.read_at[key[0]] = args.span
        found = environment_default(key[0], default)
    converter = args.get(99, "cast")
    if converter is None:
        return found
    item = converter.value.value if isinstance(converter.value, Known) else None
    if isinstance(item, External) and item.name == "builtins.bool":
        return machine.plain_result([found], lambda values: bool(strtobool(values[0])) if str(values[0]) else False)
    return depending(machine.call(converter, replace(args, positional=(found,), keywords={}), frame), found)
