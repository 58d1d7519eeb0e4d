"""The address that tells whether the application is well, if the project has one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flask_prodcheck.base import Span, Unset
from flask_prodcheck.edits.text_file import decode, plain
from flask_prodcheck.errors import ReadError
from flask_prodcheck.model.project import App, Project
from flask_prodcheck.model.python.apps import is_test_file
from flask_prodcheck.records import dataclass
from flask_prodcheck.sources.tree import Tree

_NAMES = (
    "healthz", "health", "livez", "liveness", "readyz", "readiness", "health_check", "healthcheck", "health-check",
    "_health", "ping", "up", "alive", "status", "heartbeat",
)  # fmt: skip
_REDIRECTS = frozenset({"flask_talisman", "flask_sslify"})


@dataclass(frozen=True, slots=True)
class Health:
    """``path`` answers a GET without arguments; ``span`` is its registration."""

    path: str
    span: Span


def health_route(project: Project, tree: Tree, app: App) -> Health | None:
    """The route of ``app`` that a probe can ask: registered on the application itself, by a conventional name, without
    a second decorator (which may ask for a login). None when there is none, or when a probe from inside the container
    would be redirected or turned away (HTTPS only, a fixed host)."""
    if any(module.imports & _REDIRECTS for module in project.facts.modules.values()):
        return None
    for configuration in project.configurations:
        if any(
            not isinstance(configuration.get(key).value, Unset)
            for key in ("SERVER_NAME", "TRUSTED_HOSTS", "APPLICATION_ROOT")
        ):
            return None
    names = {each.name for each in project.apps} | {"app", "application"}
    found: list[Health] = []
    for path, module in sorted(project.facts.modules.items()):
        if module.uses.routes is None or is_test_file(path):
            continue
        found += _routes(path, tree, names)
    ranked = [each for name in _NAMES for each in found if each.path.strip("/").rpartition("/")[2].lower() == name]
    own = [each for each in ranked if each.span.file == app.module]
    return next(iter([*own, *ranked]), None)


def _routes(path: str, tree: Tree, names: set[str]) -> Iterator[Health]:
    try:
        module = ast.parse(plain(decode(tree.content.read(path))[0]))
    except (ReadError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or len(node.decorator_list) != 1:
            continue
        call = node.decorator_list[0]
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr in ("route", "get")
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id in names
            and call.args
            and isinstance(call.args[0], ast.Constant)
            and isinstance(call.args[0].value, str)
            and call.args[0].value.startswith("/")
            and not set(call.args[0].value) & set("<>'\"\\ ")
            and _answers_get(call)
        ):
            yield Health(call.args[0].value, Span(path, call.lineno))


def _answers_get(call: ast.Call) -> bool:
    for keyword in call.keywords:
        if keyword.arg in ("host", "subdomain") or keyword.arg is None:
            return False
        if keyword.arg == "methods":
            return isinstance(keyword.value, ast.List | ast.Tuple) and any(
                isinstance(each, ast.Constant) and str(each.value).upper() == "GET" for each in keyword.value.elts
            )
    return True
