"""Calls of a framework's method through its class, with the object in front: ``Flask.run(app, ...)``."""

from __future__ import annotations

from flask_prodcheck.facts.syntax import Attribute, Call
from flask_prodcheck.model.python.instances.find import Instances
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.instances.kinds import CLASSES
from flask_prodcheck.model.python.instances.scope import Scope
from flask_prodcheck.records import replace


def unbound_call(instances: Instances, path: str, call: Call, scope: Scope) -> tuple[Call, Instance] | None:
    """``Flask.run(self, ...)``, a method of a framework's class that is called with its object, as ``self.run(...)``,
    and the object."""
    found = instances.modules.resolve(path, call.func, scope.body)
    kind = CLASSES.get(found.name.rpartition(".")[0]) if found.kind == "external" else None
    if kind is None or not call.args or not isinstance(call.func, Attribute):
        return None
    made = instances.of(path, call.args[0], scope)
    if made is None or made.kind != kind:
        return None
    return replace(call, func=replace(call.func, value=call.args[0]), args=call.args[1:]), made
