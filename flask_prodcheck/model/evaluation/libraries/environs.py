"""environs: ``env.bool("DEBUG", False)`` and its like.

Source: https://github.com/sloria/environs
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.base import Known
from flask_prodcheck.model.evaluation.environment import environment_default, environment_item, environment_value
from flask_prodcheck.model.evaluation.libraries.conversions import converted
from flask_prodcheck.model.evaluation.libraries.dotenv import load_dotenv_call
from flask_prodcheck.model.evaluation.running import Arguments, Frame
from flask_prodcheck.model.evaluation.values import Evaluated, External, Made, known, unknown

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine


def environs_call(machine: Machine, kind: str, args: Arguments, frame: Frame) -> Evaluated:
    if kind in ("read_env", "read_envfile"):
        return load_dotenv_call(machine, args, frame)
    if not args.positional:
        return unknown(f"environs: {kind}() is not evaluated")
    key = machine.key_of(args.positional[0])
    if kind == "prefixed" and key is not None:
        return known(Made("environs.Env().prefixed()", args.positional[:1]))
    if key is None or not isinstance(key[0], str) or kind in ("prefixed", "seal", "dump", "add_parser"):
        return unknown(f"environs: {kind}() is not evaluated", *args.all)
    name = "".join((*machine.prefixes, key[0]))
    default = args.get(1, "default")
    found = environment_value(machine, name)
    if found is None:
        if default is None:
            return environment_item(machine, name, "EnvError")
        machine.read_at[name] = args.span
        return environment_default(name, default)
    subcast = args.get(99, "subcast")
    item = subcast.value.value if subcast is not None and isinstance(subcast.value, Known) else None
    inner = item.name.removeprefix("builtins.") if isinstance(item, External) else "str" if subcast is None else "?"
    return machine.plain_result([found], lambda values: converted(kind, str(values[0]), inner))
