"""What a server finds under the attribute that a launch names."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.syntax import Call, Collection, Const, Dict, FunctionDef
from flask_prodcheck.model.project import App
from flask_prodcheck.model.python.apps import app_at, wrapper
from flask_prodcheck.model.python.bindings import Binding
from flask_prodcheck.model.python.instances.find import instances_of
from flask_prodcheck.model.python.instances.wsgi import handed_on, wrapped
from flask_prodcheck.model.python.modules import Modules


def classify(modules: Modules, path: str, attr: str, called: bool = False) -> tuple[str, App | None, Span | None]:
    """What a server finds under ``attr`` in the file ``path``: "app", "factory", "class", "asgi", "other" (something
    else), "main-only" (bound under the main guard only), "missing" or "unknown"; the application when it is one
    (``called``: the server calls it); the place where it is bound."""
    instances = instances_of(modules)
    found = modules.bindings.of(path, attr)
    span = found[-1].span if found else None
    if found and all(binding.in_main for binding in found):
        return "main-only", None, span
    definition = modules.define(path, attr)
    span = span or definition.span
    if definition.kind in ("missing", "unknown"):
        return definition.kind, None, span
    if definition.in_main:
        return "main-only", None, span
    if definition.kind == "function" and isinstance(definition.node, FunctionDef):
        node = definition.node
        names = [param.name for param in node.params]
        if len(names) == 2 and names[1] in ("start_response", "start_resp", "start"):
            own = Binding(attr, node, node.span, None, False, False)
            return "app", wrapper(modules, definition.module, own, handed_on(instances, definition.module, node)), span
        app = app_at(modules, instances, path, attr)
        if app is not None:
            return "factory", app, span
        if node.is_async or names[:3] == ["scope", "receive", "send"]:
            return "asgi", None, span
        return ("unknown" if node.screened or called else "other"), None, span
    if definition.kind == "class":
        return "class", None, span
    made = instances.of_global(path, attr)
    if made is None and definition.kind == "value":
        made = instances.of_definition(definition)
    if made is not None:
        if made.is_app:
            return "app", app_at(modules, instances, path, attr), span
        return ("asgi" if made.kind in ("asgi", "asgi-app") else "other"), None, span
    if definition.kind == "value" and isinstance(definition.value, Call) and found:
        app = wrapper(modules, path, found[-1], wrapped(instances, definition.module, definition.value))
        if app is not None:
            return "unknown", app, span  # by WSGI or by ASGI
    if definition.kind == "value" and isinstance(definition.value, Const | Collection | Dict):
        return "other", None, span
    return ("other" if definition.kind == "module" else "unknown"), None, span
