"""Calls whose value is known: functions of the standard library, methods, and functions of the project.

Source: the Python library reference, "Built-in Functions", ``os``, ``os.path``, ``shlex``, ``shutil``, ``platform`` and
``importlib``.
"""

from __future__ import annotations

from flask_prodcheck.facts.syntax import Attribute, Call, Name
from flask_prodcheck.model.python.environments import COPYING, surroundings_made
from flask_prodcheck.model.python.programs.context import Context
from flask_prodcheck.model.python.programs.loaded import IMPORTERS, Loaded, imported, taken
from flask_prodcheck.model.python.programs.methods import called_method, integer, shell_words
from flask_prodcheck.model.python.programs.undecided import OPEN, is_open_text
from flask_prodcheck.model.python.programs.words import joined, text_of
from flask_prodcheck.model.python.source_files import SourceFiles

#: Other ways to write the path that they are given.
_SAME_FILE = frozenset(
    {f"os.path.{name}" for name in ("abspath", "realpath", "normpath", "normcase", "expanduser")} | {"pathlib.Path"}
)


def called(context: Context, call: Call) -> object:
    """What ``call`` gives."""
    world, frame, inside = context.world, context.frame, context.inside
    name = context.qualified(call.func)
    if name in ("os.environ.get", "os.getenv") and call.args:
        variable = inside(call.args[0])
        if not isinstance(variable, str):
            return OPEN
        if variable in world.env:
            return world.env[variable]
        frame.assumed = True
        default = (
            call.args[1]
            if len(call.args) > 1
            else next((item.value for item in call.keywords if item.name == "default"), None)
        )
        return inside(default) if default is not None else None
    if name == "builtins.len" and call.args:
        value = inside(call.args[0])
        return len(value) if isinstance(value, list | str | dict) and not is_open_text(value) else OPEN
    if (
        name in ("builtins.bool", "builtins.str", "builtins.int", "builtins.list", "builtins.tuple")
        and len(call.args) == 1
    ):
        value = inside(call.args[0])
        if value is OPEN or (isinstance(value, Loaded) and name != "builtins.bool"):
            return OPEN
        if name == "builtins.bool":
            return bool(value)
        if name == "builtins.str":
            return str(value)
        if name == "builtins.int":
            return integer(value)
        return value if isinstance(value, list) else OPEN
    if name in IMPORTERS and call.args:
        return imported(context, call, name)
    if name in COPYING:
        made = surroundings_made(world.modules, frame.path, frame.scope.body, call, inside)
        return made if made is not None else OPEN
    if (file := SourceFiles(world.modules, frame.path, frame.scope, inside).of(call)) is not None:
        return Loaded(file)
    if name == "importlib.util.module_from_spec" and call.args:
        return inside(call.args[0])
    if name == "builtins.getattr" and len(call.args) > 1:
        base, attr = inside(call.args[0]), inside(call.args[1])
        otherwise = inside(call.args[2]) if len(call.args) > 2 else OPEN
        if not isinstance(base, Loaded) or not isinstance(attr, str):
            return OPEN
        return taken(context, base, attr, otherwise)
    if name == "platform.system":
        return "Linux"
    if name == "shlex.split" and call.args:
        value = inside(call.args[0])
        return shell_words(value) if isinstance(value, str) else OPEN
    if name == "shlex.quote" and call.args:
        return inside(call.args[0])
    if name in _SAME_FILE and call.args:
        value = inside(call.args[0])
        return value if isinstance(value, str) else OPEN
    if name in ("os.path.join", "posixpath.join"):
        return joined("/", [text_of(arg, inside(arg)) for arg in call.args])
    if name == "shutil.which" and call.args:
        return inside(call.args[0])
    if isinstance(call.func, Attribute) and call.func.attr == "get" and isinstance(call.func.value, Name) and call.args:
        key = inside(call.args[0])
        parsed = world.arguments(frame, f"{call.func.value.id}.{key}") if isinstance(key, str) else OPEN
        if parsed is not OPEN:
            return parsed
    if isinstance(call.func, Attribute):
        value = called_method(call, call.func, inside(call.func.value), inside)
        if value is not OPEN:
            return value
    return world.returned(frame, call) if name is None else OPEN
