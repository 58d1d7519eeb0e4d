"""References: what the names of a program, its attributes and its items stand for.

Source: the Python language reference, "Primaries"; the documentation of ``sys`` and ``os``.
"""

from __future__ import annotations

from flask_prodcheck.facts.statements import call_name, nested_statements
from flask_prodcheck.facts.syntax import Assign, Attribute, Call, Name, Opaque, Subscript
from flask_prodcheck.model.python.held_settings import setting_name
from flask_prodcheck.model.python.mentions import mentions_of
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.programs.context import Context
from flask_prodcheck.model.python.programs.loaded import IMPORTING, Loaded, taken
from flask_prodcheck.model.python.programs.source_text import render
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.model.python.tables import table_at
from flask_prodcheck.patterns import regex

#: What stands in front of a project path in a word that means this very file, from whatever folder (``__file__``).
OWN_FILE = "${__file__}/"
_RUNTIME = {"sys.executable": "python", "sys.platform": "linux", "os.name": "posix"}
_SLICE = regex(r"^(-?\d{1,9})?:(-?\d{1,9})?$")


def reference(context: Context, expr: Name | Attribute) -> object:
    """What a name, or an attribute, stands for."""
    world, frame = context.world, context.frame
    if isinstance(expr, Name):
        if expr.id == "__name__":
            return frame.name
        if expr.id == "__file__" and "__file__" not in frame.values:
            return OWN_FILE + frame.path
        if expr.id == "__package__" and frame.name != "__main__":
            return frame.name if frame.path.endswith("__init__.py") else frame.name.rpartition(".")[0]
        if expr.id in frame.values:
            frame.assumed = frame.assumed or expr.id in frame.assumptions
            return frame.values[expr.id]
        if expr.id in frame.scope.params:
            return OPEN
    elif isinstance(expr.value, Call) and call_name(expr.value) in IMPORTING:
        base = context.inside(expr.value)
        return taken(context, base, expr.attr) if isinstance(base, Loaded) else OPEN
    elif isinstance(expr.value, Name):
        if isinstance(base := frame.values.get(expr.value.id), Loaded):
            return taken(context, base, expr.attr)
        if frame.attributes is not None and expr.value.id == "self" and expr.attr in frame.attributes:
            return frame.attributes[expr.attr]
        parsed = world.arguments(frame, f"{expr.value.id}.{expr.attr}")
        if parsed is not OPEN:
            return parsed
    found = world.modules.resolve(frame.path, expr, frame.scope.body)
    if isinstance(expr, Attribute) and found.kind == "value" and _is_set_elsewhere(world.modules, frame, expr):
        return OPEN
    if found.kind == "external":
        if found.name == "sys.argv":
            return [world.program(), *world.argv]
        return _RUNTIME.get(found.name, OPEN)
    if found.kind == "value" and found.value is not None and not found.conditional and found.value is not expr:
        if (
            isinstance(found.value, (Name, Attribute))
            and found.module == frame.path
            and render(found.value) == render(expr)
        ):
            return OPEN
        table = table_at(world.modules, found)
        if table is not None and table.grows:
            return OPEN
        inner = frame if found.module == frame.path else Frame(found.module, found.module)
        value = context.behind(found.value, inner)
        frame.assumed = frame.assumed or inner.assumed
        return value
    return OPEN


def subscription(context: Context, expr: Subscript) -> object:
    """What stands at an index, under a key, or in a slice."""
    world, frame, inside = context.world, context.frame, context.inside
    part = _SLICE.match(expr.index.text.replace(" ", "")) if isinstance(expr.index, Opaque) else None
    if part is not None:
        whole = inside(expr.value)
        first, last = part.groups()
        return whole[int(first or 0) : int(last) if last else None] if isinstance(whole, list) else OPEN
    index = inside(expr.index)
    held = setting_name(expr)
    if held in frame.values:
        frame.assumed = frame.assumed or held in frame.assumptions
        return frame.values[held]
    if context.qualified(expr.value) == "os.environ":
        return world.env.get(index, OPEN) if isinstance(index, str) else OPEN
    if isinstance(expr.value, Name) and isinstance(index, str):
        parsed = world.arguments(frame, f"{expr.value.id}.{index}")  # vars(parser.parse_args())
        if parsed is not OPEN:
            return parsed
    base = inside(expr.value)
    if isinstance(base, list) and isinstance(index, int):
        return base[index] if -len(base) <= index < len(base) else OPEN
    if isinstance(base, dict):
        return base.get(index, OPEN) if isinstance(index, str | int) else OPEN
    if isinstance(base, Loaded) and isinstance(index, str):  # the names that its code was run in
        return taken(context, base, index)
    return OPEN


def _is_set_elsewhere(modules: Modules, frame: Frame, expr: Attribute) -> bool:
    """Whether ``expr`` is an attribute of an object or a class that the project assigns through it (``state.host = True``):
    what the class body says is only its first value."""
    owner = modules.resolve(frame.path, expr.value, frame.scope.body)
    if owner.kind == "module":
        return False
    known = modules.memo.setdefault("attributes", {})
    if not isinstance(known, dict):
        return False
    if expr.attr not in known:
        known[expr.attr] = any(
            isinstance(target, Attribute) and target.attr == expr.attr
            for path in mentions_of(modules).files_giving(expr.attr)
            if (module := modules.module(path)) is not None
            for stmt, _ in nested_statements(module.body)
            if isinstance(stmt, Assign)
            for target in stmt.targets
        )
    return bool(known[expr.attr])
