"""Modules of the project that a program imports by a name which it computes, and what it takes from them.

Source: the documentation of ``importlib.import_module`` and of the built-in function ``__import__``.
"""

from __future__ import annotations

from flask_prodcheck.facts.statements import argument
from flask_prodcheck.facts.syntax import Call
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.programs.context import Context
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.records import dataclass

#: What imports a module by its name, with its module and without.
IMPORTERS = frozenset({"importlib.import_module", "builtins.__import__"})
IMPORTING = frozenset(name.rpartition(".")[2] for name in IMPORTERS)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A module of the project that the program imports by a name which it computes, or what it takes from one: the
    function, class or value that the file ``module`` has under ``name``."""

    module: str
    name: str = ""

    def found(self, modules: Modules) -> Definition:
        """What it is."""
        return modules.define(self.module, self.name) if self.name else Definition("module", self.module)


def imported(context: Context, call: Call, name: str) -> object:
    """The module of ``importlib.import_module(name, package)``, or of ``__import__(name, ..., fromlist)``."""
    wanted = context.inside(call.args[0])
    if not isinstance(wanted, str) or not wanted.strip(".") or "${" in wanted:
        return OPEN
    dotted = wanted.lstrip(".")
    level = len(wanted) - len(dotted)
    if name == "builtins.__import__":
        level = 0
        listed = argument(call, "fromlist", position=3)
        if listed is None or not context.inside(listed):
            dotted = dotted.partition(".")[0]
    elif level:
        package = argument(call, "package", position=1)
        above = context.inside(package) if package is not None else OPEN
        if isinstance(above, str) and above.count(".") >= level - 1 and "${" not in above:
            dotted = f"{above.rsplit('.', level - 1)[0]}.{dotted}"
            level = 0
    path = context.world.modules.find_imported(context.frame.path, dotted, level)
    return Loaded(path) if path is not None else OPEN


def taken(context: Context, base: Loaded, attr: str, default: object = OPEN) -> object:
    """The attribute ``attr`` of what was loaded; ``default`` where it certainly has none."""
    modules = context.world.modules
    found = modules.attribute(base.found(modules), attr)
    if found.kind == "module":
        return Loaded(found.module)
    if found.kind in ("function", "class") and modules.define(found.module, found.name).span == found.span:
        return Loaded(found.module, found.name)
    if found.kind == "value" and found.value is not None and not found.conditional:
        value = context.behind(found.value, Frame(found.module, found.module))
        return Loaded(found.module, found.name) if value is OPEN else value
    return default if found.kind == "missing" else OPEN
