"""The application behind a callable of WSGI that is not followed: what it was given, or what it calls."""

from __future__ import annotations

from flask_prodcheck.facts.statements import call_values, statements
from flask_prodcheck.facts.syntax import Call, FunctionDef, Name, Return
from flask_prodcheck.model.python.instances.find import Instances
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.instances.scope import Scope, unknown_params


def wrapped(instances: Instances, path: str, call: Call) -> Instance | None:
    """The application that ``call`` hands to something that is not followed here: where a server calls the result,
    that is a wrapper around it. Extensions of Flask are given the application as well, and are none."""
    made = instances.modules.resolve(path, call.func)
    if made.kind == "external" and made.name.startswith("flask"):
        return None
    if made.kind not in ("external", "function"):
        return None
    given = (instances.of(path, value, depth=1) for value in call_values(call))
    found = next(filter(None, given), None)
    return found if found is not None and found.is_app else None


def handed_on(instances: Instances, path: str, node: FunctionDef) -> Instance | None:
    """The application that a WSGI function (PEP 3333) calls with its own two arguments."""
    params = [param.name for param in node.params]
    scope = Scope(node.body, unknown_params(node))
    for stmt, _ in statements(node.body):
        value = stmt.value if isinstance(stmt, Return) else None
        if isinstance(value, Call) and [each.id for each in value.args if isinstance(each, Name)] == params:
            found = instances.of(path, value.func, scope)
            if found is not None and found.is_app:
                return found
    return None
