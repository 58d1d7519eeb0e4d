"""What kind of object an expression makes, followed through names, calls of project functions, attributes and subclasses.

Nothing is imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_prodcheck.facts.statements import statements
from flask_prodcheck.facts.syntax import (
    Attribute,
    BoolOp,
    Call,
    ClassDef,
    Collection,
    Const,
    Expr,
    FunctionDef,
    IfExp,
    Name,
    Return,
    Subscript,
)
from flask_prodcheck.model.python.click_objects import kept_in_context
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.instances.attributes import Attributes
from flask_prodcheck.model.python.instances.callers import Callers
from flask_prodcheck.model.python.instances.construction import Construction
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.instances.kinds import FACTORY_MAKERS, INNER_APP, READY_MADE
from flask_prodcheck.model.python.instances.local_names import LocalNames, entered
from flask_prodcheck.model.python.instances.owners import Owners
from flask_prodcheck.model.python.instances.scope import DEPTH, Scope, Unasked, unknown_params
from flask_prodcheck.model.python.instances.tornado import Tornado
from flask_prodcheck.model.python.modules import Modules


class Instances:
    """Answers for one index, memoised."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._globals: dict[tuple[str, str], Instance | None] = {}
        self._returns: dict[tuple[str, int, str], Instance | None] = {}
        self._active: set[object] = set()
        # With what stands by its id in the key.
        self._asked: dict[tuple[object, ...], tuple[Expr, Scope, Instance | None]] = {}
        self._locals = LocalNames(modules)
        self._attributes = Attributes(modules)
        self.owners = Owners(modules, self._attributes)
        self._callers = Callers(modules)
        self._construction = Construction(modules, self, Tornado(modules, self._attributes, self.owners, self))

    # --- expressions

    def of(self, path: str, expr: Expr, scope: Scope = Scope(), depth: int = 0) -> Instance | None:
        """The object that ``expr`` makes or names in ``path``; None when it is nothing known here."""
        if depth or self._active or isinstance(scope.params, Unasked) or any(scope.params.values()):
            return self._of(path, expr, scope, depth)
        # Every program that comes to a call asks anew.
        key = (path, id(expr), id(scope.body), id(scope.owner), *scope.params)
        known = self._asked.get(key)
        if known is None:
            known = self._asked[key] = expr, scope, self._of(path, expr, scope, 0)
        return known[2]

    def _of(self, path: str, expr: Expr, scope: Scope, depth: int) -> Instance | None:
        if depth > DEPTH:
            return None
        if isinstance(expr, Name):
            return self._name(path, expr.id, scope, depth)
        if isinstance(expr, Call):
            return self._call(path, expr, scope, depth)
        if isinstance(expr, Attribute):
            return self._attribute(path, expr, scope, depth)
        if isinstance(expr, IfExp):
            return self.of(path, expr.body, scope, depth + 1) or self.of(path, expr.orelse, scope, depth + 1)
        if isinstance(expr, BoolOp):
            return next(filter(None, (self.of(path, value, scope, depth + 1) for value in expr.values)), None)
        if isinstance(expr, Subscript) and isinstance(expr.index, Const) and isinstance(expr.index.value, int):
            base = self.of(path, expr.value, scope, depth + 1)
            if base is not None and base.kind == "tuple" and -len(base.items) <= expr.index.value < len(base.items):
                return base.items[expr.index.value]
        for kept, function in kept_in_context(self.modules, path, expr):
            return self.of(path, kept, Scope(function.body), depth + 1)
        if isinstance(expr, Collection) and expr.kind == "tuple" and expr.items:
            items = tuple(self.of(path, item, scope, depth + 1) for item in expr.items)
            return Instance("tuple", path, None, None, items) if any(items) else None
        return None

    def _name(self, path: str, name: str, scope: Scope, depth: int) -> Instance | None:
        if name == "self" and scope.owner is not None:
            return self._construction.by_class(scope.owner, None, path)
        if scope.body:
            local = self._locals.bound(scope.body, name)
            from_body = self._first(path, local.values, name, scope, depth)
            if from_body is not None:
                return from_body
            if name in scope.params:
                return scope.params[name]
            if local.imported is not None:
                found = self.modules.resolve(path, Name(local.imported.span, name), scope.body)
                return self.of_definition(found, depth)
        elif name in scope.params:
            return scope.params[name]
        return self.of_global(path, name, depth)

    def _first(self, path: str, values: Sequence[Expr], name: str, scope: Scope, depth: int) -> Instance | None:
        key = (path, id(scope.body), name)
        if key in self._active:
            return None

        def made() -> Instance | None:
            self._active.add(key)
            try:
                each = (self.of(path, value, scope, depth + 1) for value in values)
                return next((found for found in each if found is not None), None)
            finally:
                self._active.discard(key)

        if len(values) < 2:
            return made()
        return self._locals.remembered((*key, depth), scope, made, lambda: not self._active)

    def of_global(self, path: str, name: str, depth: int = 0) -> Instance | None:
        """The object bound to the module-level ``name`` of ``path``, in any of its bindings."""
        key = (path, name)
        if key in self._globals:
            return self._globals[key]
        if key in self._active or depth > DEPTH:
            return None
        self._active.add(key)
        try:
            found = self._of_global(path, name, depth)
        finally:
            self._active.discard(key)
        if found is not None or not self._active:
            self._globals[key] = found
        return found

    def _of_global(self, path: str, name: str, depth: int) -> Instance | None:
        for definition in self.modules.definitions(path, name):
            found = self.of_definition(definition, depth + 1)
            if found is not None:
                return found
        for binding in self.modules.bindings.of(path, name):
            if isinstance(binding.value, Attribute):
                found = self._set_here(path, binding.value, depth)
                if found is not None:
                    return found
        return None

    def of_definition(self, definition: Definition, depth: int = 0) -> Instance | None:
        """The object a resolved name stands for (a value's; ``flask.current_app``)."""
        value = definition.value
        if value is None and definition.kind == "value" and definition.node is not None:
            value = entered(definition.node, definition.name)
        if definition.kind == "value" and value is not None:
            return self.of(definition.module, value, Scope(definition.scope), depth + 1)
        if definition.kind == "external" and definition.name == "flask.current_app":
            return Instance("flask")
        if definition.kind == "external" and definition.name in READY_MADE:
            return Instance("flask", definition.name.rpartition(".")[0])
        return None

    def _attribute(self, path: str, expr: Attribute, scope: Scope, depth: int) -> Instance | None:
        definition = self.modules.resolve(path, expr, scope.body)
        if definition.kind in ("value", "external"):
            found = self.of_definition(definition, depth + 1)
            if found is not None:
                return found
        base = self.of(path, expr.value, scope, depth + 1)
        if base is not None:
            if INNER_APP.get(base.kind) == expr.attr:
                return Instance("flask", base.module, base.call, base)
            if base.kind == "socketio" and expr.attr == "server":
                return None
            if base.kind in ("flask", "wsgi") and expr.attr == "wsgi_app":
                return Instance("wsgi", base.module, base.call, base)
        owner = self.owners.of(path, expr.value, scope, depth)
        if owner is None:
            return self._set_here(path, expr, depth)
        assigned = self._attributes.of_class(owner.node).get(expr.attr, ()) if isinstance(owner.node, ClassDef) else ()
        here = [
            value
            for method, value in assigned
            if method.body is scope.body and value is not None and not isinstance(value, Const)
        ]
        if here:  # the method itself says what the attribute holds
            return next(filter(None, (self.of(path, value, scope, depth + 1) for value in here)), None)
        return self._set_on_self(owner, expr.attr, depth)

    def _set_here(self, path: str, expr: Attribute, depth: int) -> Instance | None:
        """What the module level of ``path`` itself sets as this attribute of another module or object
        (``shared.app = Flask(__name__)``)."""
        values = (
            self._attributes.of_file(path).get((expr.value.id, expr.attr), ()) if isinstance(expr.value, Name) else ()
        )
        return next(filter(None, (self.of(path, value, Scope(), depth + 1) for value in values)), None)

    def _set_on_self(self, owner: Definition, attr: str, depth: int) -> Instance | None:
        """The object that methods of ``owner``, or of the nearest class above it that has such, assign to ``self.<attr>``,
        or that a property returns."""
        node = owner.node
        key = (owner.module, owner.name, attr, "self")
        if not isinstance(node, ClassDef) or key in self._active or depth > DEPTH:
            return None
        if attr not in self._attributes.of_class(node):
            above = (self.modules.resolve(owner.module, base, owner.scope) for base in node.bases)
            held = (self._set_on_self(base, attr, depth + 1) for base in above if base.kind == "class")
            return next(filter(None, held), None)
        self._active.add(key)
        try:
            for method, value in self._attributes.of_class(node).get(attr, ()):
                if value is None:
                    return self.returned(owner.module, method, owner=owner)
                params = self._constructed(owner, method) if method.name == "__init__" else None
                inner = Scope(method.body, params or unknown_params(method), owner)
                found = self.of(owner.module, value, inner, depth + 1)
                if found is not None:
                    return found
        finally:
            self._active.discard(key)
        return None

    def kept_in(self, owner: Definition) -> Iterator[tuple[str, Instance]]:
        """The applications that methods of ``owner`` make themselves and assign to attributes of ``self``."""
        node = owner.node
        for attr, given in self._attributes.of_class(node).items() if isinstance(node, ClassDef) else ():
            for method, value in given:
                scope = Scope(method.body, unknown_params(method), owner)
                made = self.of(owner.module, value, scope) if value is not None else None
                if made is not None and made.is_app and made.call is not None and made.module == owner.module:
                    yield attr, made
                    break

    # --- calls

    def _call(self, path: str, call: Call, scope: Scope, depth: int) -> Instance | None:
        definition = self.modules.resolve(path, call.func, scope.body)
        if definition.name == "builtins.super" and scope.owner is not None:
            return self._construction.by_class(scope.owner, None, path)
        if definition.kind == "external":
            return self._construction.by_name(path, definition.name, call, scope, depth)
        if definition.kind == "class":
            return self._construction.by_class(definition, call, path, scope, depth)
        if definition.kind == "function" and isinstance(definition.node, FunctionDef):
            node = definition.node
            if any(_is_click(self.modules.qualified(definition.module, item), item) for item in node.decorators):
                return None
            return self.returned(definition.module, node, self.bind(path, call, node, scope, depth), depth + 1)
        if isinstance(call.func, Attribute):
            owner = self.owners.of(path, call.func.value, scope, depth)
            if owner is not None:
                method = self.modules.class_member(owner, call.func.attr)
                if isinstance(method.node, FunctionDef) and method.kind == "function":
                    return self.returned(method.module, method.node, owner=owner, depth=depth + 1)
            base = self.of(path, call.func.value, scope, depth + 1)
            if base is not None and base.is_app and call.func.attr == "_get_current_object":
                return base
        if definition.kind == "value" and isinstance(definition.value, Call):
            maker = self.modules.qualified(definition.module, definition.value.func, definition.scope)
            if maker in FACTORY_MAKERS:
                return Instance("flask", path, call)
        if isinstance(call.func, Name) and definition.kind == "value" and definition.conditional:
            return self._of_some_branch(path, call, scope, depth)
        if isinstance(call.func, Call):
            # newrelic.agent.wsgi_application()(app); create_app_factory(...)()
            outer = self.modules.qualified(path, call.func.func, scope.body) or ""
            if outer in FACTORY_MAKERS:
                return Instance("flask", path, call)
            if outer.endswith(".wsgi_application") and call.args:
                inner = self.of(path, call.args[0], scope, depth + 1)
                return Instance("wsgi", path, call, inner) if inner is not None and inner.is_app else None
        return None

    def _of_some_branch(self, path: str, call: Call, scope: Scope, depth: int) -> Instance | None:
        """The application that ``call`` makes where a branch binds the class it calls to one that makes applications:
        another branch may bind it to a class that the environment names."""
        name = call.func.id if isinstance(call.func, Name) else ""
        if name in scope.params or (scope.body and self.modules.bindings.in_body(scope.body, name)):
            return None
        for each in self.modules.definitions(path, name):
            made = self._construction.by_name(path, each.name, call, scope, depth) if each.kind == "external" else None
            if made is not None and made.is_app:
                return made
        return None

    def bind(
        self, path: str, call: Call, node: FunctionDef, scope: Scope, depth: int = 0
    ) -> dict[str, Instance | None]:
        """What is known of the parameters of ``node`` when ``call`` calls it."""
        bound = unknown_params(node)
        names = [param.name for param in node.params if param.kind == "positional"]
        if names[:1] in (["self"], ["cls"]):
            names = names[1:]
        for name, arg in zip(names, call.args, strict=False):
            bound[name] = self.of(path, arg, scope, depth + 1)
        for keyword in call.keywords:
            if keyword.name in bound:
                bound[keyword.name] = self.of(path, keyword.value, scope, depth + 1)
        return bound

    def returned(
        self,
        path: str,
        node: FunctionDef,
        params: Mapping[str, Instance | None] | None = None,
        depth: int = 0,
        owner: Definition | None = None,
    ) -> Instance | None:
        """The object that a call of ``node`` returns."""
        bound = dict(params) if params is not None else unknown_params(node)
        plain = not any(bound.values())
        key = (path, node.span.line, node.name)
        if plain and key in self._returns:
            return self._returns[key]
        if key in self._active or depth > DEPTH or node.is_async:
            return None
        self._active.add(key)
        try:
            scope = Scope(node.body, bound, owner)
            found = None
            for stmt, _ in statements(node.body):
                if isinstance(stmt, Return) and stmt.value is not None:
                    found = self.of(path, stmt.value, scope, depth + 1)
                    if found is not None:
                        break
        finally:
            self._active.discard(key)
        if plain and (found is not None or not self._active):
            self._returns[key] = found
        return found

    # --- parameters of unknown origin

    def parameters(self, path: str, node: FunctionDef) -> dict[str, Instance | None]:
        """What the project's own calls of the module-level function ``node`` hand to its parameters."""
        bound = unknown_params(node)
        for where, call, scope in self._callers.of(node.name):
            target = self.modules.resolve(where, call.func, scope.body)
            if target.node is node:
                for name, value in self.bind(where, call, node, scope).items():
                    bound[name] = bound[name] or value
        return bound

    def _constructed(self, owner: Definition, init: FunctionDef) -> dict[str, Instance | None]:
        """What the project's own calls of the class ``owner`` hand to the parameters of its ``__init__``."""
        bound = unknown_params(init)
        for where, call, scope in self._callers.of(owner.name):
            if self.modules.resolve(where, call.func, scope.body).node is owner.node:
                for name, value in self.bind(where, call, init, scope).items():
                    bound[name] = bound[name] or value
        return bound


def instances_of(modules: Modules) -> Instances:
    """The one :class:`Instances` of ``modules``."""
    found = modules.memo.get("instances")
    if not isinstance(found, Instances):
        found = modules.memo["instances"] = Instances(modules)
    return found


def _is_click(qualified: str | None, decorator: Expr) -> bool:
    last = (qualified or "").rpartition(".")[2]
    if isinstance(decorator, Call):
        decorator = decorator.func
    attr = decorator.attr if isinstance(decorator, Attribute) else decorator.id if isinstance(decorator, Name) else last
    return attr in ("command", "group", "fixture", "task")
