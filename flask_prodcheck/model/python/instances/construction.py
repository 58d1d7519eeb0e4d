"""What a call makes by the class or function of a distribution that is behind it, wrapped applications included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from flask_prodcheck.facts.statements import call_values
from flask_prodcheck.facts.syntax import Attribute, Call, Dict, Expr, FunctionDef
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.foreign_apps import ForeignApps
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.instances.kinds import (
    ASGI_WRAPPERS,
    CLASSES,
    FLASK_SCRIPT,
    LAZY,
    MAKERS,
    WITHOUT_APP,
    WRAPPER_HOMES,
    WRAPPERS,
)
from flask_prodcheck.model.python.instances.scope import Scope
from flask_prodcheck.model.python.instances.tornado import Objects, Tornado
from flask_prodcheck.model.python.modules import Modules


class Functions(Objects, Protocol):
    """Who knows what the arguments of a call are, and what a function of the project returns."""

    def returned(
        self,
        path: str,
        node: FunctionDef,
        params: Mapping[str, Instance | None] | None = None,
        depth: int = 0,
        owner: Definition | None = None,
    ) -> Instance | None: ...


class Construction:
    """Answers for one index, which leave what is inside an application's wrapper to ``objects``."""

    def __init__(self, modules: Modules, objects: Functions, tornado: Tornado) -> None:
        self._modules = modules
        self._objects = objects
        self._tornado = tornado
        self._foreign = ForeignApps()

    def by_name(self, path: str, name: str, call: Call, scope: Scope, depth: int) -> Instance | None:
        """What ``call`` makes, which calls the class or function with the dotted ``name``."""
        kind = CLASSES.get(name) or MAKERS.get(name) or ("cheroot" if self._is_cheroot(name, call) else None)
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
                "werkzeug",
                "waitress",
                "socketio",
                "flask-script",
                "thread",
                "dash",
            ):
                inner = self._held(path, call_values(call), scope, depth)
            if kind == "tornado":
                inner = self._tornado.app_behind(path, call, scope, depth)
            return Instance(kind, path, call, inner)
        if last in WRAPPERS | ASGI_WRAPPERS or (name.partition(".")[0] in WRAPPER_HOMES and last[:1].isupper()):
            inner = self._held(path, call_values(call), scope, depth)
            if inner is None or not inner.is_app:  # mounted below paths
                mounts = [arg for arg in call_values(call) if isinstance(arg, Dict)]
                inner = self._held(path, [item for mount in mounts for _, item in mount.items], scope, depth) or inner
            if name.partition(".")[0] in ("socketio", "engineio") and last in WITHOUT_APP and inner is None:
                return Instance("wsgi", path, call)
            if inner is not None and inner.is_app:
                return Instance("asgi" if last in ASGI_WRAPPERS else "wsgi", path, call, inner)
        if name == "tornado.wsgi.WSGIContainer" and call.args:
            return self._objects.of(path, call.args[0], scope, depth + 1)
        if name in LAZY and call.args:
            maker = self._modules.resolve(path, call.args[0], scope.body)
            if maker.kind == "function" and isinstance(maker.node, FunctionDef):
                return self._objects.returned(maker.module, maker.node, depth=depth + 1)
        if name == "typing.cast" and len(call.args) == 2:
            return self._objects.of(path, call.args[1], scope, depth + 1)
        if "manager" in last.lower() and self._uses_manager(path, name):
            inner = self._held(path, call_values(call), scope, depth)
            if inner is not None and inner.is_app:
                return Instance("flask-script", path, call, inner)
        return Instance("flask", path, call) if self._is_foreign(path, name, call, scope) else None

    def by_class(
        self, owner: Definition, call: Call | None, path: str, scope: Scope = Scope(), depth: int = 0
    ) -> Instance | None:
        """What ``call`` (or an object of unknown origin, without one) is as an object of the project's class ``owner``."""
        for name in self._modules.bases(owner):
            kind = CLASSES.get(name)
            if kind is None and name.rpartition(".")[2].endswith("Flask"):
                kind = "flask"
            if kind is None and call is not None and self._is_foreign(path, name, call, scope):
                kind = "flask"
            if kind == "tornado" and call is not None:
                return Instance(kind, path, call, self._tornado.app_behind(path, call, scope, depth))
            if kind is not None:
                return Instance(kind, path, call)
        maker = self._modules.class_member(owner, "__new__")
        if call is not None and isinstance(maker.node, FunctionDef) and maker.kind == "function":
            made = self._objects.returned(maker.module, maker.node, owner=owner, depth=depth + 1)
            if made is not None:
                return made
        member = self._modules.class_member(owner, "__call__")
        if call is not None and isinstance(member.node, FunctionDef) and len(member.node.params) == 3:
            inner = self._held(path, call_values(call), scope, depth)
            if inner is not None and inner.is_app:
                return Instance("wsgi", path, call, inner)
        return None

    def _held(self, path: str, values: Iterable[Expr], scope: Scope, depth: int) -> Instance | None:
        """The first object among ``values`` that is known."""
        return next(filter(None, (self._objects.of(path, value, scope, depth + 1) for value in values)), None)

    def _uses_manager(self, path: str, name: str) -> bool:
        """Whether ``path`` uses what ``name`` makes as a manager of Flask-Script is used, and Flask-Script itself beside
        it, or decorators of another manager of the same home as its commands are: other distributions build on it."""
        module = self._modules.module(path)
        if module is None or not all(module.calls_one_of({name}) for name in ("add_command", "run")):
            return False
        if any(each.startswith(FLASK_SCRIPT) for each in self._modules.absolute_imports(path)):
            return True
        home = name.rpartition(".")[0]
        decorators = [each for stmt in module.body if isinstance(stmt, FunctionDef) for each in stmt.decorators]
        named = [each for each in decorators if isinstance(each, Attribute) and each.attr == "command"]
        made = [self._modules.resolve(path, each.value).value for each in named]
        makers = [self._modules.qualified(path, each.func) or "" for each in made if isinstance(each, Call)]
        return any(each == f"{home}.Manager" for each in makers)

    def _is_foreign(self, path: str, name: str, call: Call, scope: Scope) -> bool:
        """Whether ``call`` makes an application of a class, or with a factory, that is not listed here."""
        module = self._modules.module(path)
        return module is not None and self._foreign.makes_app(module, name, call, scope.body)

    def _is_cheroot(self, name: str, call: Call) -> bool:
        """Whether ``name`` is cheroot's server under the name that another package hands on: what the project installs,
        and called with the arguments that are cheroot's own."""
        return (
            name.rpartition(".")[2] in ("Server", "WSGIServer")
            and {"bind_addr", "wsgi_app"} <= {keyword.name for keyword in call.keywords}
            and any(
                each.name == "cheroot"
                for manifest in self._modules.facts.manifests.values()
                for each in manifest.dependencies
            )
        )
