"""Launches of other frameworks: what serves no Flask application is none of ours."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.facts.syntax import Call, FunctionDef, Name, Return
from flask_prodcheck.model.project import App, Launch, Server
from flask_prodcheck.model.python.execution.loading import imports_closure
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.other_frameworks import OTHER_FRAMEWORKS

_OTHER_PACKAGES = frozenset(name.partition(".")[0] for name in OTHER_FRAMEWORKS)

#: Servers that call an ASGI application (hypercorn a WSGI one as well, as it finds it).
_ASGI_SERVERS = frozenset({Server.UVICORN, Server.HYPERCORN})


def serves_another_framework(launch: Launch, apps: Sequence[App], modules: Modules) -> bool:
    """Whether the target is made by another framework, in a program that imports no Flask application."""
    if launch.app is not None or not launch.module_file:
        return False
    if launch.server in _ASGI_SERVERS or launch.options.get("worker_class", ("",))[0].startswith("uvicorn."):
        # Without an application of ours, behind an adapter or not, and without Flask an ASGI server serves something else.
        reached = launch.imported or imports_closure(modules, launch.module_file, (launch.cwd,))
        imported = {
            name for path in reached if path in modules.facts.modules for name in modules.facts.modules[path].imports
        }
        return "flask" not in imported and not any(app.span.file in reached for app in apps)
    if not launch.resolves:
        return False
    maker = _maker(modules, launch.module_file, launch.target.partition(":")[2].partition("(")[0])
    if maker in _EXPORTERS:
        return True
    if maker not in OTHER_FRAMEWORKS:
        return False
    return not any(app.span.file in launch.imported for app in apps)


def _maker(modules: Modules, path: str, name: str) -> str | None:
    """The external callable that makes what ``name`` of the file ``path`` stands for: the one that is called, or whose call
    the project's own functions return; None where that is not plain to see."""
    for _ in range(_MAKERS):
        found = modules.define(path, name)
        node = found.node if isinstance(found.node, FunctionDef) else None
        if node is not None:
            returned = [each.value for each in node.body if isinstance(each, Return)]
            made = returned[0].func if len(returned) == 1 and isinstance(returned[0], Call) else None
        else:
            made = found.value.func if isinstance(found.value, Call) else None
        if made is None:
            return None
        if (external := modules.qualified(found.module, made)) is not None:
            return external
        if not isinstance(made, Name):
            return None
        path, name = found.module, made.id
    return None


_MAKERS = 4

#: Applications that serve the numbers of a process and hold nothing else, whatever else their module imports.
_EXPORTERS = frozenset({"prometheus_client.make_wsgi_app", "prometheus_client.exposition.make_wsgi_app"})


def is_program_of_another_framework(launch: Launch, apps: Sequence[App], modules: Modules) -> bool:
    """Whether the program that starts the server imports another framework and no Flask application."""
    module = modules.module(launch.module_file or "")
    if module is None or launch.app is not None or not module.imports & _OTHER_PACKAGES:
        return False
    read = imports_closure(modules, module.path)
    return not any(app.span.file in read for app in apps)
