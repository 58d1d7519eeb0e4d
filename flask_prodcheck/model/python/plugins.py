"""Plugins that the project declares for itself: what a program loads by the group of an entry point.

Sources: "Entry points specification" of the Python packaging guide; ``importlib.metadata.entry_points``;
``pkg_resources.iter_entry_points``; click-plugins; Flask, "Plugins" of its command line; cliff's ``CommandManager``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_prodcheck.facts.statements import argument
from flask_prodcheck.facts.syntax import Attribute, Call, Const, Expr, Name, Stmt, Subscript
from flask_prodcheck.facts.types import EntryPoint
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.distributions import import_folders
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass

#: What gives the entry points of a group, and where the group stands among the arguments.
_ITERATORS = {
    "importlib.metadata.entry_points": None,
    "importlib_metadata.entry_points": None,
    "pkg_resources.iter_entry_points": 0,
}
_SAME = frozenset({"builtins.list", "builtins.tuple", "builtins.sorted", "builtins.iter", "builtins.set"})


@dataclass(frozen=True, slots=True)
class Plugin:
    """An entry point, and what it stands for in the project."""

    entry: EntryPoint
    found: Definition


def plugins_of(modules: Modules, group: str) -> Iterator[Plugin]:
    """The plugins that the project's own distributions declare for ``group``."""
    for path in sorted(modules.facts.manifests):
        manifest = modules.facts.manifests[path]
        for entry in manifest.plugins:
            file = modules.path_of(entry.module, import_folders(manifest)) if entry.group == group else None
            if file is not None:
                yield Plugin(entry, modules.define(file, entry.function))


def group_named(modules: Modules, path: str, expr: Expr, scope: Sequence[Stmt] = ()) -> str:
    """The group whose entry points ``expr`` gives; "" where it gives something else."""
    if isinstance(expr, Name):
        held = modules.resolve(path, expr, scope)
        return group_named(modules, held.module, held.value) if held.kind == "value" and held.value is not None else ""
    if isinstance(expr, Subscript):  # entry_points()["group"], up to Python 3.11
        return _text(modules, path, expr.index, scope) if _gives_all(modules, path, expr.value, scope) else ""
    if not isinstance(expr, Call):
        return ""
    name = modules.qualified(path, expr.func, scope)
    if name in _SAME and expr.args:
        return group_named(modules, path, expr.args[0], scope)
    if isinstance(expr.func, Attribute) and expr.func.attr in ("select", "get"):
        if not _gives_all(modules, path, expr.func.value, scope):
            return ""
        group = argument(expr, "group", position=0 if expr.func.attr == "get" else None)
    elif name in _ITERATORS:
        group = argument(expr, "group", position=_ITERATORS[name])
    else:
        return ""
    return _text(modules, path, group, scope) if group is not None else ""


def _gives_all(modules: Modules, path: str, expr: Expr, scope: Sequence[Stmt]) -> bool:
    return isinstance(expr, Call) and modules.qualified(path, expr.func, scope) in _ITERATORS


def _text(modules: Modules, path: str, expr: Expr, scope: Sequence[Stmt]) -> str:
    if isinstance(expr, Name):
        held = modules.resolve(path, expr, scope)
        expr = held.value if held.kind == "value" and held.value is not None and not held.conditional else expr
    return expr.value if isinstance(expr, Const) and isinstance(expr.value, str) else ""
