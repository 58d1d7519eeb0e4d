"""Which calls start a development server, and on what."""

from __future__ import annotations

from flask_prodcheck.facts.statements import call_values
from flask_prodcheck.facts.syntax import Attribute, Call, Name
from flask_prodcheck.model.python.instances.find import Instances
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.instances.kinds import FLASK_KINDS
from flask_prodcheck.model.python.instances.scope import Scope
from flask_prodcheck.model.python.instances.unbound import unbound_call
from flask_prodcheck.model.python.modules import Modules

FUNCTIONS = {
    "werkzeug.serving.run_simple": "run_simple", "werkzeug.run_simple": "run_simple",
    "werkzeug.serving.make_server": "make_server", "wsgiref.simple_server.make_server": "make_server",
}  # fmt: skip
METHODS = frozenset({"run", "run_server", "serve_forever"})


def run_call(modules: Modules, instances: Instances, path: str, call: Call, scope: Scope) -> tuple[str, str]:
    """The contract's word for a call that starts a development server ("" when it does not) and the receiver's name."""
    func = call.func
    name = modules.qualified(path, func, scope.body)
    if name in FUNCTIONS:
        return (FUNCTIONS[name], "") if _serves_app(instances, path, call, scope, name) else ("", "")
    if not isinstance(func, Attribute) or func.attr not in METHODS:
        return "", ""
    receiver = (
        func.value.id if isinstance(func.value, Name) else func.value.attr if isinstance(func.value, Attribute) else ""
    )
    unbound = unbound_call(instances, path, call, scope)
    made = unbound[1] if unbound is not None else instances.of(path, func.value, scope)
    if made is None:
        return (
            ("app.run", receiver) if func.attr == "run" and _is_app_parameter(modules, path, call, scope) else ("", "")
        )
    if made.kind in FLASK_KINDS and func.attr in ("run", "run_server"):
        if _overridden(modules, instances, made, func.attr) or _is_own(modules, path, func, scope):
            return "", ""
        return ("dash.run" if made.kind == "dash" else "app.run"), receiver
    if made.kind == "socketio" and func.attr == "run":
        return "socketio.run", receiver
    if made.kind == "flask-script" and func.attr == "run":
        return "manager.run", receiver
    return "", ""


def _overridden(modules: Modules, instances: Instances, made: Instance, attr: str) -> bool:
    """Whether the object's project class has a method of that name of its own."""
    if made.call is None or not made.module:
        return False
    owner = modules.resolve(made.module, made.call.func)
    return owner.kind == "class" and modules.class_member(owner, attr).kind == "function"


def _is_own(modules: Modules, path: str, func: Attribute, scope: Scope) -> bool:
    """Whether ``self.run`` or ``super().run`` is a method of a class of the project."""
    if isinstance(func.value, Name) and func.value.id == "self" and scope.owner is not None:
        return modules.class_member(scope.owner, func.attr).kind == "function"
    if not isinstance(func.value, Call) or modules.qualified(path, func.value.func) != "builtins.super":
        return False
    owner = scope.owner
    return owner is not None and modules.class_member(owner, func.attr, above=scope.body).kind == "function"


def _serves_app(instances: Instances, path: str, call: Call, scope: Scope, name: str) -> bool:
    """``make_server`` also serves metrics and OAuth call-backs: only a known application (or ``run_simple``) counts."""
    if name.endswith("run_simple"):
        return True
    made = [instances.of(path, value, scope) for value in call_values(call)]
    return any(item is not None and item.is_app for item in made)


def _is_app_parameter(modules: Modules, path: str, call: Call, scope: Scope) -> bool:
    """A parameter that nothing in the project fills, called ``app`` in a file that imports Flask and nothing else with
    applications, run with arguments that only Flask's ``run`` has."""
    func = call.func
    module = modules.module(path)
    if not isinstance(func, Attribute) or not isinstance(func.value, Name) or module is None:
        return False
    name = func.value.id
    if name not in scope.params or scope.params[name] is not None or not name.lower().endswith("app"):
        return False
    others = {"fastapi", "sanic", "aiohttp", "quart", "bottle", "typer", "tornado"}
    if "flask" not in module.imports and not any("flask" in item for item in modules.absolute_imports(path)):
        return False
    keywords = {keyword.name for keyword in call.keywords}
    return not others & module.imports and keywords <= {
        "host", "port", "debug", "threaded", "processes", "use_reloader", "use_debugger", "ssl_context", "load_dotenv", None,
        "use_evalex", "extra_files", "request_handler", "passthrough_errors", "reloader_type", "reloader_interval",
    }  # fmt: skip
