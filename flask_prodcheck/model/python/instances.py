"""What kind of object an expression makes: a Flask application, a wrapper around one, a server, a command group.

Followed through names, calls of project functions, attributes and subclasses; nothing is imported. Sources of the class
names: each framework's API documentation (Flask, APIFlask, flask-openapi3, Dash, Connexion, Flask-SocketIO,
Flask-Script, Werkzeug middleware, gevent, cheroot, Tornado, Invenio-Base and Invenio-App).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from flask_prodcheck.facts.statements import subexpressions
from flask_prodcheck.facts.syntax import (
    Assign,
    Attribute,
    BoolOp,
    Call,
    ClassDef,
    Collection,
    Const,
    Dict,
    Expr,
    FunctionDef,
    IfExp,
    Name,
    Return,
    Stmt,
    Subscript,
    With,
)
from flask_prodcheck.model.python.click_objects import kept_in_context
from flask_prodcheck.model.python.foreign_apps import ForeignApps, uses_an_app
from flask_prodcheck.model.python.mentions import mentions_of
from flask_prodcheck.model.python.modules import Definition, Modules, call_name, calls_in, statements
from flask_prodcheck.records import dataclass, replace

FLASK_KINDS = frozenset({"flask", "apiflask", "openapi", "dash", "connexion"})
"""Kinds whose ``run`` starts Flask's development server."""
WSGI_KINDS = FLASK_KINDS | {"wsgi"}

_CLASSES = {
    "flask.Flask": "flask", "flask.app.Flask": "flask", "flask.current_app": "flask", "eve.Eve": "flask",
    "flask_api.FlaskAPI": "flask", "flask_api.app.FlaskAPI": "flask",
    "apiflask.APIFlask": "apiflask", "apiflask.app.APIFlask": "apiflask",
    "flask_openapi3.OpenAPI": "openapi", "flask_openapi3.openapi.OpenAPI": "openapi",
    "dash.Dash": "dash", "dash.dash.Dash": "dash", "jupyter_dash.JupyterDash": "dash", "dash_extensions.enrich.DashProxy": "dash",
    "dash_extensions.enrich.Dash": "dash", "connexion.App": "connexion", "connexion.FlaskApp": "connexion",
    "connexion.apps.flask_app.FlaskApp": "connexion", "connexion.apps.flask.FlaskApp": "connexion",
    "connexion.AsyncApp": "asgi-app",
    "quart.Quart": "asgi-app", "quart.app.Quart": "asgi-app", "fastapi.FastAPI": "asgi-app",
    "fastapi.applications.FastAPI": "asgi-app", "starlette.applications.Starlette": "asgi-app", "sanic.Sanic": "asgi-app",
    "aiohttp.web.Application": "asgi-app", "litestar.Litestar": "asgi-app",
    "flask_socketio.SocketIO": "socketio", "flask.ext.socketio.SocketIO": "socketio",
    "flask_script.Manager": "flask-script", "flask.ext.script.Manager": "flask-script",
    "flaskext.script.Manager": "flask-script", "flask_script.Server": "flask-script-server",
    "flask.ext.script.Server": "flask-script-server",
    "flask.cli.FlaskGroup": "flask-group",
    "invenio_base.app.create_cli": "flask-group", "invenio_base.cli.create_cli": "flask-group",
    "invenio_app.factory.create_app": "flask", "invenio_app.factory.create_ui": "flask", "invenio_app.factory.create_api": "flask",
    "gevent.pywsgi.WSGIServer": "gevent", "gevent.wsgi.WSGIServer": "gevent",
    "gevent.pywsgi.WSGIServer.WSGIServer": "gevent", "gevent.server.StreamServer": "gevent",
    "cheroot.wsgi.Server": "cheroot", "cheroot.wsgi.WSGIServer": "cheroot", "cherrypy.wsgiserver.CherryPyWSGIServer": "cheroot",
    "cherrypy.wsgiserver.WSGIServer": "cheroot", "cheroot.server.HTTPServer": "cheroot",
    "cheroot.wsgi.WSGIPathInfoDispatcher": "wsgi",
    "tornado.httpserver.HTTPServer": "tornado", "gunicorn.app.wsgiapp.WSGIApplication": "gunicorn",
    "gunicorn.app.base.BaseApplication": "gunicorn", "gunicorn.app.base.Application": "gunicorn",
    "meinheld.server": "other", "bjoern": "bjoern", "click.Group": "click-group", "typer.Typer": "click-group",
    "click.CommandCollection": "click-group", "click.core.CommandCollection": "click-group",
    "flask.cli.AppGroup": "click-group", "argparse.ArgumentParser": "argparse",
    "threading.Thread": "thread", "multiprocessing.Process": "thread", "celery.Celery": "celery",
    "concurrent.futures.ThreadPoolExecutor": "pool", "concurrent.futures.thread.ThreadPoolExecutor": "pool",
    "concurrent.futures.ProcessPoolExecutor": "pool", "gevent.pool.Pool": "pool", "gevent.pool.Group": "pool",
    "gevent.threadpool.ThreadPool": "pool", "eventlet.GreenPool": "pool", "eventlet.greenpool.GreenPool": "pool",
    "multiprocessing.pool.ThreadPool": "pool", "multiprocessing.Pool": "pool",
    "granian.Granian": "granian", "granian.server.Granian": "granian",
    "uvicorn.Server": "uvicorn", "uvicorn.server.Server": "uvicorn", "tornado.web.Application": "tornado",
}  # fmt: skip
#: Applications that a module of a distribution holds (Invenio-App).
_READY_MADE = frozenset(
    {"invenio_app.wsgi.application", "invenio_app.wsgi_ui.application", "invenio_app.wsgi_rest.application"}
)
#: Functions that make an application factory (Invenio-Base).
FACTORY_MAKERS = frozenset({"invenio_base.app.create_app_factory", "invenio_base.create_app_factory"})
_MAKERS = {
    "werkzeug.serving.make_server": "werkzeug", "wsgiref.simple_server.make_server": "werkzeug",
    "wsgiref.simple_server.WSGIServer": "werkzeug", "werkzeug.serving.BaseWSGIServer": "werkzeug",
    "werkzeug.serving.ThreadedWSGIServer": "werkzeug", "waitress.create_server": "waitress",
    "waitress.server.create_server": "waitress",
}  # fmt: skip
_WRAPPERS = frozenset({
    "ProxyFix", "DispatcherMiddleware", "SharedDataMiddleware", "ProfilerMiddleware", "LintMiddleware",
    "DebuggedApplication", "HTTPMethodOverrideMiddleware", "HeaderRewriterFix", "WhiteNoise", "WSGIApp", "Middleware",
    "SentryWsgiMiddleware", "OpenTelemetryMiddleware", "WSGIApplicationWrapper", "SessionMiddleware", "Cling", "Cascade",
    "ReverseProxied", "PrefixMiddleware", "XForwardedFor", "TransLogger", "Dozer", "ThreadedSimpleMiddleware",
})  # fmt: skip
_ASGI_WRAPPERS = frozenset({"WsgiToAsgi", "WSGIMiddleware", "ASGIApp", "AsyncioWSGIMiddleware", "TrioWSGIMiddleware"})
_WITHOUT_APP = frozenset({"WSGIApp", "Middleware"})  # of socketio and engineio: applications around nothing
_WRAPPER_HOMES = (
    "werkzeug", "whitenoise", "socketio", "engineio", "sentry_sdk", "opentelemetry", "newrelic", "beaker", "dj_static", "static",
    "asgiref", "a2wsgi", "uvicorn", "hypercorn", "starlette", "fastapi", "paste", "dozer", "raven", "webob", "flask_reverse_proxy",
)  # fmt: skip
#: Stand-ins for what a function returns, which is called when they are first used.
_LAZY = frozenset(
    {"lazy_object_proxy.Proxy", "werkzeug.local.LocalProxy", "werkzeug.LocalProxy", "wrapt.LazyObjectProxy"}
)
_DEPTH = 16
_CALLS = 50  # of one name that are looked at


@dataclass(frozen=True, slots=True)
class Instance:
    """An object. ``kind``: flask apiflask openapi dash connexion (applications), wsgi (an application wrapped), asgi (one
    wrapped for ASGI), asgi-app (FastAPI, Quart...), socketio, flask-script, flask-script-server, flask-group,
    click-group, gevent, cheroot, tornado, gunicorn, werkzeug, waitress, granian, uvicorn (servers), argparse, thread, pool,
    celery, tuple. ``module``/``call`` the constructing call; ``inner`` the application a wrapper or server holds; ``items`` of a
    tuple."""

    kind: str
    module: str = ""
    call: Call | None = None
    inner: Instance | None = None
    items: tuple[Instance | None, ...] = ()

    @property
    def is_app(self) -> bool:
        return self.kind in WSGI_KINDS


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: the body of the enclosing function (() at module level), what is known of its
    parameters (None: a parameter of unknown origin), and the class that ``self`` is an instance of."""

    body: tuple[Stmt, ...] = ()
    params: Mapping[str, Instance | None] = field(default_factory=dict)
    owner: Definition | None = None


class Instances:
    """Answers for one index, memoised."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._globals: dict[tuple[str, str], Instance | None] = {}
        self._returns: dict[tuple[str, int, str], Instance | None] = {}
        self._active: set[object] = set()
        self._calls: dict[str, list[tuple[str, Call, Scope]]] = {}
        self._set_by_class: dict[int, tuple[ClassDef, dict[str, list[tuple[FunctionDef, Expr | None]]]]] = {}
        self._set_by_file: dict[str, dict[tuple[str, str], list[Expr]]] = {}
        self._in_file: dict[str, list[tuple[Call, Scope]]] = {}
        self._foreign = ForeignApps()

    # --- expressions

    def of(self, path: str, expr: Expr, scope: Scope = Scope(), depth: int = 0) -> Instance | None:
        """The object that ``expr`` makes or names in ``path``; None when it is nothing known here."""
        if depth > _DEPTH:
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
            return self._class(scope.owner, None, path)
        if scope.body:
            local = self.modules.bound_in(scope.body, name)
            values = [value for item in local if (value := item.value or _entered(item.node, name)) is not None]
            from_body = self._first(path, values, name, scope, depth)
            if from_body is not None:
                return from_body
            if name in scope.params:
                return scope.params[name]
            imported = [binding for binding in local if binding.imported is not None]
            if imported:
                found = self.modules.resolve(path, Name(imported[0].span, name), scope.body)
                return self.of_definition(found, depth)
        elif name in scope.params:
            return scope.params[name]
        return self.of_global(path, name, depth)

    def _first(self, path: str, values: Sequence[Expr], name: str, scope: Scope, depth: int) -> Instance | None:
        key = (path, id(scope.body), name)
        if key in self._active:
            return None
        self._active.add(key)
        try:
            for value in values:
                found = self.of(path, value, scope, depth + 1)
                if found is not None:
                    return found
            return None
        finally:
            self._active.discard(key)

    def of_global(self, path: str, name: str, depth: int = 0) -> Instance | None:
        """The object bound to the module-level ``name`` of ``path``, in any of its bindings."""
        key = (path, name)
        if key in self._globals:
            return self._globals[key]
        if key in self._active or depth > _DEPTH:
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
        for binding in self.modules.bindings(path, name):
            if isinstance(binding.value, Attribute):
                found = self._set_here(path, binding.value, depth)
                if found is not None:
                    return found
        return None

    def of_definition(self, definition: Definition, depth: int = 0) -> Instance | None:
        """The object a resolved name stands for (a value's; ``flask.current_app``)."""
        value = definition.value
        if value is None and definition.kind == "value" and definition.node is not None:
            value = _entered(definition.node, definition.name)
        if definition.kind == "value" and value is not None:
            return self.of(definition.module, value, Scope(definition.scope), depth + 1)
        if definition.kind == "external" and definition.name == "flask.current_app":
            return Instance("flask")
        if definition.kind == "external" and definition.name in _READY_MADE:
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
            if (base.kind == "dash" and expr.attr == "server") or (base.kind == "connexion" and expr.attr == "app"):
                return Instance("flask", base.module, base.call, base)
            if base.kind == "socketio" and expr.attr == "server":
                return None
            if base.kind in ("flask", "wsgi") and expr.attr == "wsgi_app":
                return Instance("wsgi", base.module, base.call, base)
        owner = self.owner_of(path, expr.value, scope, depth)
        if owner is None:
            return self._set_here(path, expr, depth)
        assigned = self._set_in(owner.node).get(expr.attr, ()) if isinstance(owner.node, ClassDef) else ()
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
        values = self._attributes_set(path).get((expr.value.id, expr.attr), ()) if isinstance(expr.value, Name) else ()
        return next(filter(None, (self.of(path, value, Scope(), depth + 1) for value in values)), None)

    def _attributes_set(self, path: str) -> dict[tuple[str, str], list[Expr]]:
        """What the module level of ``path`` assigns to attributes of names, in order, by name and attribute."""
        known = self._set_by_file.get(path)
        if known is None:
            known = self._set_by_file[path] = {}
            module = self.modules.module(path)
            for stmt, _ in statements(module.body) if module is not None else ():
                for target in stmt.targets if isinstance(stmt, Assign) else ():
                    if isinstance(stmt, Assign) and isinstance(target, Attribute) and isinstance(target.value, Name):
                        known.setdefault((target.value.id, target.attr), []).append(stmt.value)
        return known

    def owner_of(self, path: str, expr: Expr, scope: Scope, depth: int = 0) -> Definition | None:
        """The project class that ``expr`` is an instance of (or, for ``cls``, is)."""
        if isinstance(expr, Name) and expr.id in ("self", "cls"):
            return scope.owner
        if isinstance(expr, Call):
            made = self.modules.resolve(path, expr.func, scope.body)
            if made.kind == "function" and depth < _DEPTH:
                return self.class_returned(made, depth + 1)
            if made.kind != "class" and isinstance(expr.func, Attribute) and depth < _DEPTH:
                return self._class_by_method(path, expr.func, scope, depth + 1)
            return made if made.kind == "class" else None
        if isinstance(expr, Attribute) and depth < _DEPTH:
            outer = self.owner_of(path, expr.value, scope, depth + 1)
            held = self._set_in(outer.node).get(expr.attr, ()) if outer and isinstance(outer.node, ClassDef) else ()
            for method, given in held:
                if outer is not None and isinstance(given, Call):
                    inside = Scope(method.body, unknown_params(method), outer)
                    return self.owner_of(outer.module, given, inside, depth + 1)
            return None
        if isinstance(expr, Name):
            value = self.modules.resolve(path, expr, scope.body)
            if value.kind == "value" and isinstance(value.value, Call) and depth < _DEPTH:
                inside = Scope(scope.body) if value.module == path else Scope()
                return self.owner_of(value.module, value.value, inside, depth + 1)
        return None

    def _class_by_method(self, path: str, func: Attribute, scope: Scope, depth: int) -> Definition | None:
        """The project class whose object the method ``func`` of another object of the project returns."""
        owner = self.owner_of(path, func.value, scope, depth)
        method = self.modules.class_member(owner, func.attr) if owner is not None else None
        return self.class_returned(method, depth, owner) if method is not None and method.kind == "function" else None

    def class_returned(self, found: Definition, depth: int = 0, owner: Definition | None = None) -> Definition | None:
        """The project class whose object the function ``found``, a method of ``owner`` where there is one, returns,
        whichever branch it takes."""
        node = found.node
        if not isinstance(node, FunctionDef) or node.is_async:
            return None
        scope = Scope(node.body, unknown_params(node), owner)
        given = [stmt.value for stmt, _ in statements(node.body) if isinstance(stmt, Return) and stmt.value is not None]
        made = [self.owner_of(found.module, each, scope, depth) for each in given]
        first = made[0] if made else None
        return (
            first if all(each is not None and first is not None and each.node is first.node for each in made) else None
        )

    def _set_on_self(self, owner: Definition, attr: str, depth: int) -> Instance | None:
        """The object that methods of ``owner``, or of the nearest class above it that has such, assign to ``self.<attr>``,
        or that a property returns."""
        node = owner.node
        key = (owner.module, owner.name, attr, "self")
        if not isinstance(node, ClassDef) or key in self._active or depth > _DEPTH:
            return None
        if attr not in self._set_in(node):
            above = (self.modules.resolve(owner.module, base, owner.scope) for base in node.bases)
            held = (self._set_on_self(base, attr, depth + 1) for base in above if base.kind == "class")
            return next(filter(None, held), None)
        self._active.add(key)
        try:
            for method, value in self._set_in(node).get(attr, ()):
                if value is None:
                    return self.returned(owner.module, method, owner=owner)
                given = isinstance(value, Name) and any(param.name == value.id for param in method.params)
                params = self._constructed(owner, method) if given and method.name == "__init__" else None
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
        for attr, given in self._set_in(node).items() if isinstance(node, ClassDef) else ():
            for method, value in given:
                scope = Scope(method.body, unknown_params(method), owner)
                made = self.of(owner.module, value, scope) if value is not None else None
                if made is not None and made.is_app and made.call is not None and made.module == owner.module:
                    yield attr, made
                    break

    def _set_in(self, node: ClassDef) -> dict[str, list[tuple[FunctionDef, Expr | None]]]:
        """What the methods of a class assign to each attribute of ``self``, in order: (method, value), without a value
        for a property of that name."""
        known = self._set_by_class.get(id(node))
        if known is None:
            found: dict[str, list[tuple[FunctionDef, Expr | None]]] = {}
            for method in node.body:
                if not isinstance(method, FunctionDef):
                    continue
                if any(isinstance(item, Name) and "property" in item.id for item in method.decorators):
                    found.setdefault(method.name, []).append((method, None))
                for stmt, _ in statements(method.body):
                    for target in stmt.targets if isinstance(stmt, Assign) else ():
                        if (
                            isinstance(stmt, Assign)
                            and isinstance(target, Attribute)
                            and isinstance(target.value, Name)
                            and target.value.id == "self"
                        ):
                            found.setdefault(target.attr, []).append((method, stmt.value))
            known = self._set_by_class[id(node)] = node, found
        return known[1]

    # --- calls

    def _call(self, path: str, call: Call, scope: Scope, depth: int) -> Instance | None:
        definition = self.modules.resolve(path, call.func, scope.body)
        if definition.name == "builtins.super" and scope.owner is not None:
            return self._class(scope.owner, None, path)
        if definition.kind == "external":
            return self._external(path, definition.name, call, scope, depth)
        if definition.kind == "class":
            return self._class(definition, call, path, scope, depth)
        if definition.kind == "function" and isinstance(definition.node, FunctionDef):
            node = definition.node
            if any(_is_click(self.modules.qualified(definition.module, item), item) for item in node.decorators):
                return None
            return self.returned(definition.module, node, self.bind(path, call, node, scope, depth), depth + 1)
        if isinstance(call.func, Attribute):
            owner = self.owner_of(path, call.func.value, scope, depth)
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
        if name in scope.params or (scope.body and self.modules.bound_in(scope.body, name)):
            return None
        for each in self.modules.definitions(path, name):
            made = self._external(path, each.name, call, scope, depth) if each.kind == "external" else None
            if made is not None and made.is_app:
                return made
        return None

    def _external(self, path: str, name: str, call: Call, scope: Scope, depth: int) -> Instance | None:
        kind = _CLASSES.get(name) or _MAKERS.get(name) or ("cheroot" if self._is_cheroot(name, call) else None)
        last = name.rpartition(".")[2]
        if kind is None and last.endswith("Flask") and last != "Flask":
            kind = "flask"
        if kind is None and name.startswith("flask_socketio.") and last == "SocketIO":
            kind = "socketio"
        if kind is not None:
            inner = None
            if kind in (
                "gevent",
                "cheroot",
                "tornado",
                "werkzeug",
                "waitress",
                "socketio",
                "flask-script",
                "thread",
                "dash",
            ):
                inner = self._held(path, call_values(call), scope, depth)
            if kind == "tornado" and (inner is None or inner.kind == kind):
                inner = inner.inner if inner is not None else self._routed(path, call_values(call), scope, depth)
            return Instance(kind, path, call, inner)
        if last in _WRAPPERS | _ASGI_WRAPPERS or (name.partition(".")[0] in _WRAPPER_HOMES and last[:1].isupper()):
            inner = self._held(path, call_values(call), scope, depth)
            if inner is None or not inner.is_app:  # mounted below paths
                mounts = [arg for arg in call_values(call) if isinstance(arg, Dict)]
                inner = self._held(path, [item for mount in mounts for _, item in mount.items], scope, depth) or inner
            if name.partition(".")[0] in ("socketio", "engineio") and last in _WITHOUT_APP and inner is None:
                return Instance("wsgi", path, call)
            if inner is not None and inner.is_app:
                return Instance("asgi" if last in _ASGI_WRAPPERS else "wsgi", path, call, inner)
        if name == "tornado.wsgi.WSGIContainer" and call.args:
            return self.of(path, call.args[0], scope, depth + 1)
        if name in _LAZY and call.args:
            maker = self.modules.resolve(path, call.args[0], scope.body)
            if maker.kind == "function" and isinstance(maker.node, FunctionDef):
                return self.returned(maker.module, maker.node, depth=depth + 1)
        if name == "typing.cast" and len(call.args) == 2:
            return self.of(path, call.args[1], scope, depth + 1)
        if "manager" in last.lower() and self._uses_manager(path):
            inner = self._held(path, call_values(call), scope, depth)
            if inner is not None and inner.is_app:
                return Instance("flask-script", path, call, inner)
        return Instance("flask", path, call) if self._is_foreign(path, name, call, scope) else None

    def _uses_manager(self, path: str) -> bool:
        """Whether ``path`` uses something as a manager of Flask-Script is used, which other distributions build on."""
        module = self.modules.module(path)
        return module is not None and {"add_command", "run"} <= set(module.mentions.called)

    def _is_foreign(self, path: str, name: str, call: Call, scope: Scope) -> bool:
        """Whether ``call`` makes an application of a class, or with a factory, that is not listed here."""
        module = self.modules.module(path)
        return module is not None and self._foreign.makes_app(module, name, call, scope.body)

    def _is_cheroot(self, name: str, call: Call) -> bool:
        """Whether ``name`` is cheroot's server under the name that another package hands on: what the project installs,
        and called with the arguments that are cheroot's own."""
        return (
            name.rpartition(".")[2] in ("Server", "WSGIServer")
            and {"bind_addr", "wsgi_app"} <= {keyword.name for keyword in call.keywords}
            and any(
                each.name == "cheroot"
                for manifest in self.modules.facts.manifests.values()
                for each in manifest.dependencies
            )
        )

    def unbound(self, path: str, call: Call, scope: Scope) -> tuple[Call, Instance] | None:
        """``Flask.run(self, ...)``, a method of a framework's class that is called with its object, as ``self.run(...)``,
        and the object."""
        found = self.modules.resolve(path, call.func, scope.body)
        kind = _CLASSES.get(found.name.rpartition(".")[0]) if found.kind == "external" else None
        if kind is None or not call.args or not isinstance(call.func, Attribute):
            return None
        made = self.of(path, call.args[0], scope)
        if made is None or made.kind != kind:
            return None
        return replace(call, func=replace(call.func, value=call.args[0]), args=call.args[1:]), made

    def _class(
        self, owner: Definition, call: Call | None, path: str, scope: Scope = Scope(), depth: int = 0
    ) -> Instance | None:
        for name in self.modules.bases(owner):
            kind = _CLASSES.get(name)
            if kind is None and name.rpartition(".")[2].endswith("Flask"):
                kind = "flask"
            if kind is None and call is not None and self._is_foreign(path, name, call, scope):
                kind = "flask"
            if kind is not None:
                return Instance(kind, path, call)
        maker = self.modules.class_member(owner, "__new__")
        if call is not None and isinstance(maker.node, FunctionDef) and maker.kind == "function":
            made = self.returned(maker.module, maker.node, owner=owner, depth=depth + 1)
            if made is not None:
                return made
        member = self.modules.class_member(owner, "__call__")
        if call is not None and isinstance(member.node, FunctionDef) and len(member.node.params) == 3:
            inner = self._held(path, call_values(call), scope, depth)
            if inner is not None and inner.is_app:
                return Instance("wsgi", path, call, inner)
        return None

    def _routed(self, path: str, values: Iterable[Expr], scope: Scope, depth: int) -> Instance | None:
        """The application to which one of Tornado's rules leads: ``(pattern, FallbackHandler, {"fallback": container})``."""
        for value in values:
            rules = value
            if isinstance(value, Name):
                named = self.modules.resolve(path, value, scope.body)
                rules = named.value if named.kind == "value" and named.module == path and named.value else value
            for part in subexpressions(rules) if isinstance(rules, Collection) else ():
                made = self.of(path, part, scope, depth + 1) if isinstance(part, (Call, Name)) else None
                if made is not None and made.is_app:
                    return made
        return None

    def _held(self, path: str, values: Iterable[Expr], scope: Scope, depth: int) -> Instance | None:
        """The first object among ``values`` that is known."""
        return next(filter(None, (self.of(path, value, scope, depth + 1) for value in values)), None)

    def wrapped(self, path: str, call: Call) -> Instance | None:
        """The application that ``call`` hands to something that is not followed here: where a server calls the result,
        that is a wrapper around it. Extensions of Flask are given the application as well, and are none."""
        made = self.modules.resolve(path, call.func)
        if made.kind == "external" and made.name.startswith("flask"):
            return None
        found = self._held(path, call_values(call), Scope(), 0) if made.kind in ("external", "function") else None
        return found if found is not None and found.is_app else None

    def handed_on(self, path: str, node: FunctionDef) -> Instance | None:
        """The application that a WSGI function (PEP 3333) calls with its own two arguments."""
        params = [param.name for param in node.params]
        scope = Scope(node.body, unknown_params(node))
        for stmt, _ in statements(node.body):
            value = stmt.value if isinstance(stmt, Return) else None
            if isinstance(value, Call) and [each.id for each in value.args if isinstance(each, Name)] == params:
                found = self.of(path, value.func, scope)
                if found is not None and found.is_app:
                    return found
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
        if key in self._active or depth > _DEPTH or node.is_async:
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
        for where, call, scope in self._calls_of_name(node.name):
            target = self.modules.resolve(where, call.func, scope.body)
            if target.node is node:
                for name, value in self.bind(where, call, node, scope).items():
                    bound[name] = bound[name] or value
        return bound

    def _constructed(self, owner: Definition, init: FunctionDef) -> dict[str, Instance | None]:
        """What the project's own calls of the class ``owner`` hand to the parameters of its ``__init__``."""
        bound = unknown_params(init)
        for where, call, scope in self._calls_of_name(owner.name):
            if self.modules.resolve(where, call.func, scope.body).node is owner.node:
                for name, value in self.bind(where, call, init, scope).items():
                    bound[name] = bound[name] or value
        return bound

    def _calls_of_name(self, name: str) -> list[tuple[str, Call, Scope]]:
        """The first calls of something called ``name``, by file: (file, call, scope)."""
        known = self._calls.get(name)
        if known is None:
            known = self._calls[name] = []
            for path in mentions_of(self.modules).callers.get(name, ()):
                known += [(path, call, scope) for call, scope in self._all_calls(path) if call_name(call) == name]
                if len(known) >= _CALLS:
                    break
            del known[_CALLS:]
        return known

    def _all_calls(self, path: str) -> list[tuple[Call, Scope]]:
        known = self._in_file.get(path)
        if known is None:
            known = self._in_file[path] = list(all_calls(self.modules, path))
        return known


def _entered(node: Stmt, name: str) -> Expr | None:
    """The object that ``with`` binds to ``name``: servers hand out themselves when they are entered."""
    items = node.items if isinstance(node, With) else ()
    return next((item for item, target in items if isinstance(target, Name) and target.id == name), None)


def instances_of(modules: Modules) -> Instances:
    """The one :class:`Instances` of ``modules``."""
    found = modules.memo.get("instances")
    if not isinstance(found, Instances):
        found = modules.memo["instances"] = Instances(modules)
    return found


def names_of_apps(modules: Modules) -> frozenset[str]:
    """The simple names of whatever may stand for an application, in any file: constructors, and all that is made with
    them. What an application is made of is spelled with one of these."""
    return mentions_of(modules).holding(names_of_makers(modules) | _WITHOUT_APP)


def names_of_makers(modules: Modules) -> frozenset[str]:
    """The simple names, at home, of the classes and functions that make applications."""
    mentions = mentions_of(modules)
    makers = {name.rpartition(".")[2] for name, kind in _CLASSES.items() if kind in WSGI_KINDS}
    makers |= {name.rpartition(".")[2] for name in FACTORY_MAKERS}
    spelled = [*mentions.aliases, *(name for names in mentions.inside.values() for name in names)]
    spelled += [name for names in mentions.values.values() for name in names]
    return frozenset(makers.union(name for name in spelled if "Flask" in name))


def names_of_foreign_apps(modules: Modules) -> frozenset[str]:
    """The names that may stand for an application which is known by its use alone: all that the files bind which call a
    method of one, and what is made with them."""
    using = [module for module in modules if uses_an_app(module)]
    return mentions_of(modules).holding(name for module in using for name, _ in module.mentions.values)


def unknown_params(node: FunctionDef) -> dict[str, Instance | None]:
    return {param.name: None for param in node.params}


def call_values(call: Call) -> tuple[Expr, ...]:
    """The values that ``call`` hands over, in order."""
    return (*call.args, *(keyword.value for keyword in call.keywords))


def all_calls(modules: Modules, path: str) -> Iterator[tuple[Call, Scope]]:
    """Every call of the file with the scope it stands in."""
    module = modules.module(path)
    if module is not None:
        yield from _calls_of(path, module.body, Scope())


def _calls_of(path: str, body: Sequence[Stmt], scope: Scope) -> Iterator[tuple[Call, Scope]]:
    for stmt, _ in statements(body):
        for call in calls_in(stmt):
            yield call, scope
        if isinstance(stmt, FunctionDef):
            seen = (*stmt.body, *scope.body)  # a nested function sees the names of the functions around it
            yield from _calls_of(path, stmt.body, Scope(seen, {**scope.params, **unknown_params(stmt)}, scope.owner))
        elif isinstance(stmt, ClassDef):
            owner = Definition("class", path, stmt.name, stmt.span, stmt)
            yield from _calls_of(path, stmt.body, replace(scope, owner=owner))


def _is_click(qualified: str | None, decorator: Expr) -> bool:
    last = (qualified or "").rpartition(".")[2]
    if isinstance(decorator, Call):
        decorator = decorator.func
    attr = decorator.attr if isinstance(decorator, Attribute) else decorator.id if isinstance(decorator, Name) else last
    return attr in ("command", "group", "fixture", "task")
