"""The options that invoke makes of a task's parameters, and what a command line gives them.

Source: https://docs.pyinvoke.org/en/stable/concepts/invoking-tasks.html
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.facts.syntax import Const, FunctionDef
from flask_prodcheck.model.python.programs import OPEN


def task_options(node: FunctionDef, argv: Sequence[str]) -> dict[str, object]:
    """The parameters of the task after its context that ``argv`` gives: ``--name value``, ``--flag`` where the default
    is false, ``--no-flag`` where it is true."""
    values: dict[str, object] = {}
    for param in node.params[1:]:
        default = param.default.value if isinstance(param.default, Const) else None
        option = "--" + param.name.strip("_").replace("_", "-")
        off = "--no-" + option[2:]
        for index, word in enumerate(argv):
            name, given, value = word.partition("=")
            if default is True and name == off:
                values[param.name] = False
            elif name == option:
                if isinstance(default, bool):
                    values[param.name] = True
                else:
                    following = argv[index + 1] if index + 1 < len(argv) else OPEN
                    values[param.name] = _plain(value if given else following, default)
    return values


def _plain(text: object, default: object) -> object:
    """``text`` as the type of the default, as invoke converts it; open where a variable decides."""
    if not isinstance(text, str) or "$" in text:
        return OPEN
    if isinstance(default, int):
        return int(text) if text.isascii() and text.isdigit() else OPEN
    return text
