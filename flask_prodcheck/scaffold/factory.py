"""What an application factory has to be called with in production, where the project shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_prodcheck.facts.statements import statement_expressions, statements, subexpressions
from flask_prodcheck.facts.syntax import (
    Attribute,
    Call,
    ClassDef,
    Const,
    Dict,
    Expr,
    FunctionDef,
    Name,
    Param,
    Stmt,
    Subscript,
)
from flask_prodcheck.model.project import App, Project
from flask_prodcheck.model.python.apps import import_path, is_test_file
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass

_PRODUCTION = ("production", "prod", "Production", "PRODUCTION")
_CLASSES = ("ProductionConfig", "ProdConfig", "ProductionSettings", "ProdSettings", "ConfigProduction", "Production")


@dataclass(frozen=True, slots=True)
class Argument:
    """``literal`` is the argument as source; ``imported`` the import statement it needs ("" for a literal)."""

    literal: str
    imported: str = ""
    notes: tuple[str, ...] = ()


def production_argument(project: Project, modules: Modules, app: App) -> Argument | None:
    """The one argument that makes the factory ``app`` build its production form.

    It is known when the parameter picks an entry of a dictionary that has one for production (``config[name]``), or is
    handed to ``from_object`` while the project has exactly one class named for production. None when nothing shows it,
    when several parameters are required, or when the default already says production.
    """
    node = _definition(project, app)
    if node is None or len(app.required) > 1:
        return None
    params = [param for param in node.params if param.kind in ("positional", "keyword")]
    chosen = next(
        (param for param in params if param.name in app.required), params[0] if params and not app.required else None
    )
    if chosen is None or (chosen.kind == "keyword" and chosen is not params[0]):
        return None
    expressions = list(_expressions(node.body))
    key = _dictionary_key(modules, app, node, expressions, chosen.name)
    if key is not None:
        return _literal(app, chosen, key)
    if not app.required:
        return None
    return _class_argument(project, modules, app, expressions, chosen.name)


def _literal(app: App, param: Param, key: str) -> Argument | None:
    if param.default is not None:
        default = param.default
        if not isinstance(default, Const) or not isinstance(default.value, str) or default.value == key:
            return None  # the default is read somewhere (an environment variable), or says production already
        note = f"{app.span}: {app.name}() builds its {default.value!r} form by default, so the target names {key!r}"
        return Argument(_quoted(param, key), notes=(note,))
    return Argument(_quoted(param, key))


def _quoted(param: Param, key: str) -> str:
    text = '"' + key + '"'
    return f"{param.name}={text}" if param.kind == "keyword" else text


def _definition(project: Project, app: App) -> FunctionDef | None:
    module = project.facts.modules.get(app.module)
    for stmt, _ in statements(module.body if module is not None else ()):
        if isinstance(stmt, FunctionDef) and stmt.name == app.name and stmt.span == app.span:
            return stmt
    return None


def _expressions(body: Sequence[Stmt]) -> Iterator[Expr]:
    for stmt, _ in statements(body):
        for outer in statement_expressions(stmt):
            yield from subexpressions(outer)


def _dictionary_key(
    modules: Modules, app: App, node: FunctionDef, expressions: Sequence[Expr], name: str
) -> str | None:
    """The key for production of the dictionary that the parameter ``name`` picks from."""
    for each in expressions:
        base: Expr | None = None
        if isinstance(each, Subscript) and _is_name(each.index, name):
            base = each.value
        elif isinstance(each, Call) and isinstance(each.func, Attribute) and each.func.attr == "get" and each.args:
            base = each.func.value if _is_name(each.args[0], name) else None
        if base is None:
            continue
        value = modules.resolve(app.module, base, node.body).value
        keys = _keys(value)
        found = next((key for key in _PRODUCTION if key in keys), None)
        if found is not None:
            return found
    return None


def _keys(value: Expr | None) -> frozenset[str]:
    if isinstance(value, Dict):
        return frozenset(key.value for key, _ in value.items if isinstance(key, Const) and isinstance(key.value, str))
    if isinstance(value, Call) and isinstance(value.func, Name) and value.func.id == "dict":
        return frozenset(keyword.name for keyword in value.keywords if keyword.name)
    return frozenset()


def _is_name(expr: Expr, name: str) -> bool:
    return isinstance(expr, Name) and expr.id == name


def _class_argument(
    project: Project, modules: Modules, app: App, expressions: Sequence[Expr], name: str
) -> Argument | None:
    handed = any(
        isinstance(each, Call)
        and isinstance(each.func, Attribute)
        and each.func.attr == "from_object"
        and each.args
        and _is_name(each.args[0], name)
        for each in expressions
    )
    if not handed:
        return None
    found = [
        (path, stmt.name)
        for path, module in sorted(project.facts.modules.items())
        if not is_test_file(path)
        for stmt, _ in statements(module.body)
        if isinstance(stmt, ClassDef) and stmt.name in _CLASSES
    ]
    if len(found) != 1:
        return None
    path, class_name = found[0]
    dotted, cwd = import_path(modules, path)
    if cwd != app.cwd:
        other = modules.dotted(path, app.cwd)
        if other is None:
            return None
        dotted = other
    return Argument(class_name, f"from {dotted} import {class_name}")
