"""The command that makes the project's database ready: found in what the project has for it, run where it is asked for."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from flask_prodcheck.base import Span
from flask_prodcheck.boot.box import Box, Limits
from flask_prodcheck.boot.client import free_port
from flask_prodcheck.boot.interpreter import environment
from flask_prodcheck.boot.recipe import Recipe
from flask_prodcheck.facts.statements import statements
from flask_prodcheck.facts.syntax import Assign, Attribute, Call, Const, ExprStmt, FunctionDef, Name, PyModule
from flask_prodcheck.model.project import Project
from flask_prodcheck.patterns import regex

_VERBS = ("init", "initialize", "create", "setup", "set_up", "make", "build", "prepare", "bootstrap")
_THINGS = r"(?:the_)?(?:db|database|tables?|schema)"
#: Names of commands and scripts that make a database. What drops one first (``recreate``, ``reset``) is nothing to name
#: to somebody whose variables may lead to a real one.
_MAKES = regex(rf"(?:{'|'.join(_VERBS)})_?{_THINGS}|{_THINGS}_?(?:{'|'.join(_VERBS)})|create_all")
_GROUPS = ("FlaskGroup", "Manager")


def preparation(recipe: Recipe, state: Mapping[str, object]) -> str:
    """The command, "" when the project shows none: its migrations, a command of its own by that name (as ``state``, what
    a process said of itself, lists them), a command of a managing script, or a script of that name. Each is one that is
    there; that it makes what was missing is not certain."""
    paths = recipe.project.facts.paths
    folder = os.path.relpath(recipe.cwd, recipe.root).replace(os.sep, "/")
    here = {posixpath.relpath(path, folder) for path in paths if folder == "." or path.startswith(f"{folder}/")}
    modules = recipe.project.facts.modules.values()
    if any(re.fullmatch(r"migrations/versions/[^/]+\.py", path) for path in here):
        if any("flask_migrate" in module.imports for module in modules):
            return "flask db upgrade"
        if "alembic.ini" in here:
            return "alembic upgrade head"
    said = state.get("commands")
    for name in said if isinstance(said, list) else ():
        if _makes(str(name)):
            return f"flask {name}"
    for path in sorted(here):
        module = recipe.project.facts.modules.get(posixpath.normpath(posixpath.join(folder, path)))
        name = next(filter(_makes, _managed(module)), "") if module is not None and "/" not in path else ""
        if name:
            return f"python {path} {name}"
    return next((f"python {path}" for path in sorted(here) if path.endswith(".py") and _makes(path[:-3])), "")


def made_as_main(project: Project) -> Span | None:
    """Where the tables are made by a module that does so as the main program only, which a server never runs."""
    for _, module in sorted(project.facts.modules.items()):
        if not module.runs_one_of({"create_all"}):
            continue
        for stmt, context in statements(module.body):
            call = stmt.value if isinstance(stmt, ExprStmt) else None
            if context.in_main and isinstance(call, Call) and _last(call.func) == "create_all":
                return stmt.span
    return None


def _makes(name: str) -> bool:
    return _MAKES.fullmatch(re.sub(r"[-_: ]+", "_", name.lower())) is not None


def _managed(module: PyModule) -> Iterator[str]:
    """The commands of the groups that ``module`` makes and offers on its own command line."""
    groups = {
        target.id
        for stmt in module.body
        if isinstance(stmt, Assign) and isinstance(stmt.value, Call) and _last(stmt.value.func) in _GROUPS
        for target in stmt.targets
        if isinstance(target, Name)
    }
    for stmt in module.body:
        if not isinstance(stmt, FunctionDef):
            continue
        for decorator in stmt.decorators:
            func = decorator.func if isinstance(decorator, Call) else decorator
            if not (isinstance(func, Attribute) and func.attr == "command" and isinstance(func.value, Name)):
                continue
            if func.value.id in groups:
                given = decorator.args[0] if isinstance(decorator, Call) and decorator.args else None
                yield given.value if isinstance(given, Const) and isinstance(given.value, str) else stmt.name


def _last(func: object) -> str:
    return func.attr if isinstance(func, Attribute) else func.id if isinstance(func, Name) else ""


def run_preparation(argv: Sequence[str], recipe: Recipe, python: Path, limits: Limits) -> Box:
    """The box in which ``argv`` ran, where the server is going to run and with its variables; FLASK_APP, where the
    project does not set it, names the application that is served."""
    env = environment(python, {"FLASK_APP": recipe.target, **recipe.env}, free_port())
    with Box(argv, cwd=recipe.cwd, env=env, limits=limits) as box:
        box.wait(limits.seconds)
    return box
