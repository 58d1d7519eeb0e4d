"""The host on which a call that starts a development server listens."""

from __future__ import annotations

from flask_prodcheck.facts.statements import argument
from flask_prodcheck.facts.syntax import Attribute, BoolOp, Call, Const, Name
from flask_prodcheck.model.python.instances.find import instances_of
from flask_prodcheck.model.python.instances.scope import Scope
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.run_sites.spread import is_closed, opens, spread_value
from flask_prodcheck.model.python.run_sites.unset_variables import reads_environment, unset_value

_HOST_POSITION = {"app.run": 0, "dash.run": 0, "run_simple": 0, "make_server": 0, "socketio.run": 1}
#: The hosts that frameworks give Flask's ``run`` by themselves (``MAXApp.run`` of the MAX Framework).
_OWN_HOSTS = {"maxfw": "0.0.0.0"}  # noqa: S104 - read, not bound


def host_of(modules: Modules, path: str, call: Call, scope: Scope, kind: str) -> str:
    """The literal host of a run call, "unset" or "unknown". A host from the environment is its fallback."""
    value = argument(call, "host", "hostname", position=_HOST_POSITION.get(kind))
    if value is None:
        spread = next((keyword.value for keyword in call.keywords if keyword.name is None), None)
        value = spread_value(modules, path, spread, scope, "host") if spread is not None else None
        if value is None:
            return "unknown" if opens(call) and not is_closed(modules, path, spread, scope) else _own_host(modules, path, call, scope)
    for _ in range(6):
        if isinstance(value, Const):
            return (
                value.value
                if isinstance(value.value, str) and value.value
                else "unset"
                if value.value is None
                else "unknown"
            )
        if isinstance(value, Call | BoolOp) and reads_environment(modules, path, value, scope, 0):
            default = unset_value(modules, path, value, scope, 0)
            return default[0] if default is not None and isinstance(default[0], str) and default[0] else "unknown"
        if not isinstance(value, Name | Attribute) or (isinstance(value, Name) and value.id in scope.params):
            return "unknown"
        found = modules.resolve(path, value, scope.body)
        if found.kind != "value" or found.value is None or found.conditional:
            return "unknown"
        value, path = found.value, found.module
    return "unknown"


def _own_host(modules: Modules, path: str, call: Call, scope: Scope) -> str:
    """The host of a call that names none: "unset" where Flask's own applies."""
    made = instances_of(modules).of(path, call.func.value, scope) if isinstance(call.func, Attribute) else None
    return _OWN_HOSTS.get(made.kind, "unset") if made is not None else "unset"
