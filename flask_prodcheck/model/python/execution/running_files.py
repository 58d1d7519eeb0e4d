"""Calls that run another Python file, or a module, inside the same program.

Sources: the documentation of ``runpy``, of ``exec`` and of ``importlib``'s loaders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.facts.statements import argument
from flask_prodcheck.facts.syntax import Attribute, Call, Dict, Expr, Name
from flask_prodcheck.model.python.execution.ways import DEPTH, NEXT, STOP, Way
from flask_prodcheck.model.python.programs.expressions import evaluate
from flask_prodcheck.model.python.programs.loaded import Loaded
from flask_prodcheck.model.python.programs.source_text import render
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.model.python.source_files import SourceFiles, qualified_built_in

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk

FILE_RUNNERS = frozenset({"runpy.run_module", "runpy.run_path", "builtins.exec", "builtins.execfile"})


def run_file(walk: Walk, name: str, call: Call, frame: Frame, way: Way) -> int | None:
    """The program that one of :data:`FILE_RUNNERS` runs."""
    first = call.args[0] if call.args else argument(call, "mod_name", "path_name")
    if first is None:
        return None
    if name == "builtins.exec":
        return _run_code(walk, call, first, frame, way)
    run_name = argument(call, "run_name", position=2)
    as_main = run_name is not None and evaluate(walk.world, frame, run_name) == "__main__"
    word = evaluate(walk.world, frame, first)
    if name == "runpy.run_module":
        if not isinstance(word, str) or "${" in word:
            return NEXT
        if as_main:
            walk.add_ending(call, way, argv=("python", "-m", word, *walk.world.argv))
            return NEXT
        found = walk.modules.find_imported(frame.path, word, 0)
        return walk.load(found, way.through(call.span, render(call))) if found is not None else NEXT
    if name == "builtins.execfile":
        as_main = frame.name == "__main__"
    file = SourceFiles(walk.modules, frame.path, frame.scope, lambda expr: evaluate(walk.world, frame, expr)).named(
        first
    )
    if file is not None:
        return _as_part(walk, file, call, "__main__" if as_main else file, way)
    return _by_path(walk, word, call, way) if as_main else NEXT


def run_loaded(walk: Walk, call: Call, frame: Frame, way: Way) -> int | None:
    """``spec.loader.exec_module(module)``."""
    loaded = evaluate(walk.world, frame, call.args[0]) if len(call.args) == 1 else OPEN
    if not isinstance(loaded, Loaded) or loaded.name:
        return None
    return walk.load(loaded.module, way.through(call.span, render(call)))


def _run_code(walk: Walk, call: Call, code: Expr, frame: Frame, way: Way) -> int | None:
    """``exec(code, names)``: as a part of this module where it gets its names, else like a module of its own."""
    found = evaluate(walk.world, frame, code)
    names = call.args[1] if len(call.args) > 1 else None
    own = names is None or (isinstance(names, Call) and names.func == Name(names.func.span, "globals"))
    if isinstance(found, Loaded) and not found.name:
        if own:
            return _as_part(walk, found.module, call, frame.name, way)
        return walk.load(found.module, way.through(call.span, render(call)))
    as_main = (own and frame.name == "__main__") or (isinstance(names, Dict) and _main_name(walk, names, frame))
    read = code.func if isinstance(code, Call) else None
    opened = read.value if isinstance(read, Attribute) else None
    if not as_main or not isinstance(opened, Call) or not opened.args:
        return None
    maker = qualified_built_in(walk.modules, frame.path, opened.func, frame.scope)
    if maker not in ("builtins.open", "pathlib.Path"):
        return None
    return _by_path(walk, evaluate(walk.world, frame, opened.args[0]), call, way)


def _main_name(walk: Walk, names: Dict, frame: Frame) -> bool:
    return any(
        key is not None
        and evaluate(walk.world, frame, key) == "__name__"
        and evaluate(walk.world, frame, value) == "__main__"
        for key, value in names.items
    )


def _by_path(walk: Walk, word: object, call: Call, way: Way) -> int:
    """A file by a path that the current folder decides: what Python would do with it as a program."""
    if isinstance(word, str) and word.endswith(".py") and "${" not in word:
        walk.add_ending(call, way, argv=("python", word, *walk.world.argv))
    return NEXT


def _as_part(walk: Walk, path: str, call: Call, name: str, way: Way) -> int:
    module = walk.modules.module(path)
    if module is None or walk.has_met(path) or walk.depth > DEPTH:
        return NEXT
    walk.met.add(path)
    walk.deeper()
    try:
        flow = walk.body(module.body, Frame(path, name), way.through(call.span, render(call)))
    finally:
        walk.depth -= 1
    return STOP if flow == STOP else NEXT
