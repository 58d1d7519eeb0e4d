"""The class of the project that an expression is an instance of."""

from __future__ import annotations

from flask_prodcheck.facts.statements import statements
from flask_prodcheck.facts.syntax import Attribute, Call, ClassDef, Expr, FunctionDef, Name, Return
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.instances.attributes import Attributes
from flask_prodcheck.model.python.instances.scope import DEPTH, Scope, unknown_params
from flask_prodcheck.model.python.modules import Modules


class Owners:
    """The classes of objects, for one index."""

    def __init__(self, modules: Modules, attributes: Attributes) -> None:
        self._modules = modules
        self._attributes = attributes
        # By ids of what the value keeps alive.
        self._asked: dict[tuple[str, int, int, int], tuple[Expr, Scope, Definition | None]] = {}

    def of(self, path: str, expr: Expr, scope: Scope, depth: int = 0) -> Definition | None:
        """The project class that ``expr`` is an instance of (or, for ``cls``, is)."""
        if depth:
            return self._of(path, expr, scope, depth)
        # Nothing is known of the parameters here: what matters of the scope is the body and the class.
        key = (path, id(expr), id(scope.body), id(scope.owner))
        known = self._asked.get(key)
        if known is None:
            known = self._asked[key] = expr, scope, self._of(path, expr, scope, 0)
        return known[2]

    def _of(self, path: str, expr: Expr, scope: Scope, depth: int) -> Definition | None:
        if isinstance(expr, Name) and expr.id in ("self", "cls"):
            return scope.owner
        if isinstance(expr, Call):
            made = self._modules.resolve(path, expr.func, scope.body)
            if made.kind == "function" and depth < DEPTH:
                return self.returned(made, depth + 1)
            if made.kind != "class" and isinstance(expr.func, Attribute) and depth < DEPTH:
                return self._class_by_method(path, expr.func, scope, depth + 1)
            return made if made.kind == "class" else None
        if isinstance(expr, Attribute) and depth < DEPTH:
            outer = self.of(path, expr.value, scope, depth + 1)
            held = (
                self._attributes.of_class(outer.node).get(expr.attr, ())
                if outer and isinstance(outer.node, ClassDef)
                else ()
            )
            for method, given in held:
                if outer is not None and isinstance(given, Call):
                    inside = Scope(method.body, unknown_params(method), outer)
                    return self.of(outer.module, given, inside, depth + 1)
            return None
        if isinstance(expr, Name):
            value = self._modules.resolve(path, expr, scope.body)
            if value.kind == "value" and isinstance(value.value, Call) and depth < DEPTH:
                inside = Scope(scope.body) if value.module == path else Scope()
                return self.of(value.module, value.value, inside, depth + 1)
        return None

    def _class_by_method(self, path: str, func: Attribute, scope: Scope, depth: int) -> Definition | None:
        """The project class whose object the method ``func`` of another object of the project returns."""
        owner = self.of(path, func.value, scope, depth)
        method = self._modules.class_member(owner, func.attr) if owner is not None else None
        return self.returned(method, depth, owner) if method is not None and method.kind == "function" else None

    def returned(self, found: Definition, depth: int = 0, owner: Definition | None = None) -> Definition | None:
        """The project class whose object the function ``found``, a method of ``owner`` where there is one, returns,
        whichever branch it takes."""
        node = found.node
        if not isinstance(node, FunctionDef) or node.is_async:
            return None
        scope = Scope(node.body, unknown_params(node), owner)
        given = [stmt.value for stmt, _ in statements(node.body) if isinstance(stmt, Return) and stmt.value is not None]
        made = [self.of(found.module, each, scope, depth) for each in given]
        first = made[0] if made else None
        return (
            first if all(each is not None and first is not None and each.node is first.node for each in made) else None
        )
