"""What a call leads to: a server, another program, a function of the project.

Source: the ``run``/``serve`` entry points in each server's documentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.facts.statements import argument, statement_expressions
from flask_prodcheck.facts.syntax import (
    Attribute,
    Call,
    Collection,
    Expr,
    FunctionDef,
    Name,
    Stmt,
    Subscript,
)
from flask_prodcheck.model.project import Server
from flask_prodcheck.model.python.command_groups import command_kind
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.execution.command_objects import cleo_run, cliff_run, plumbum_run
from flask_prodcheck.model.python.execution.handing import OWN_METHODS
from flask_prodcheck.model.python.execution.running_files import FILE_RUNNERS, run_file, run_loaded
from flask_prodcheck.model.python.execution.server_commands import reading_server, server_command
from flask_prodcheck.model.python.execution.signatures import DISPATCHERS
from flask_prodcheck.model.python.execution.starting import SHELLS, SPAWNS
from flask_prodcheck.model.python.execution.ways import NEXT, STOP, Way
from flask_prodcheck.model.python.instances.kinds import FLASK_KINDS
from flask_prodcheck.model.python.instances.unbound import unbound_call
from flask_prodcheck.model.python.programs.expressions import evaluate
from flask_prodcheck.model.python.programs.loaded import Loaded
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.model.python.source_files import qualified_built_in
from flask_prodcheck.model.python.tables import table_of
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk


_SERVES = {
    "waitress.serve": Server.WAITRESS, "waitress.server.serve": Server.WAITRESS, "waitress.runner.run": Server.WAITRESS,
    "eventlet.wsgi.server": Server.EVENTLET, "bjoern.run": Server.BJOERN, "uvicorn.run": Server.UVICORN,
    "uvicorn.main.run": Server.UVICORN, "hypercorn.asyncio.serve": Server.HYPERCORN, "hypercorn.trio.serve": Server.HYPERCORN,
    "hypercorn.run.run": Server.HYPERCORN, "gunicorn.app.wsgiapp.run": Server.GUNICORN, "meinheld.server.run": Server.OTHER,
    "paste.httpserver.serve": Server.OTHER, "aiohttp_wsgi.serve": Server.OTHER, "werkzeug.serving.run_simple": Server.WERKZEUG,
    "werkzeug.run_simple": Server.WERKZEUG, "cherrypy.quickstart": Server.CHEROOT, "cherrypy.engine.start": Server.CHEROOT,
    "cherrypy.engine.block": Server.CHEROOT,
}  # fmt: skip


_SERVER_METHODS = {
    "gevent": (frozenset({"serve_forever", "start"}), Server.GEVENT),
    "cheroot": (frozenset({"start", "safe_start", "serve"}), Server.CHEROOT),
    "gunicorn": (frozenset({"run"}), Server.GUNICORN),
    "uvicorn": (frozenset({"run", "serve"}), Server.UVICORN),
    "granian": (frozenset({"serve"}), Server.GRANIAN),
    "werkzeug": (frozenset({"serve_forever", "handle_request"}), Server.WERKZEUG),
    "waitress": (frozenset({"run"}), Server.WAITRESS),
    "tornado": (frozenset({"listen", "start"}), Server.OTHER),
}


#: Calls that serve what a file has wrapped in a bridge to WSGI, and the module of that.
_BRIDGED = {"twisted.internet.reactor.run": "twisted.web.wsgi", "aiohttp.web.run_app": "aiohttp_wsgi"}


_REPLACES = regex(r"^os\.exec[lv]p?e?$")


_SUBPROCESS = frozenset(
    {"subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen"}
)


_EXITS = frozenset({"sys.exit", "os._exit", "builtins.exit", "builtins.quit", "os.abort"})


def expressions(walk: Walk, stmt: Stmt, frame: Frame, way: Way) -> int:
    for expr in statement_expressions(stmt):
        flow = walk.follow_calls(expr, frame, way)
        if flow != NEXT:
            return flow
    return NEXT


def follow_calls(walk: Walk, expr: Expr, frame: Frame, way: Way) -> int:
    # What a call is depends on nothing but the project where no parameter of the function around it is known.
    is_plain = frame.scope.owner is None and not any(frame.scope.params.values())
    for call in walk.known.calls_of(expr):
        if is_plain and (frame.path, id(call)) in walk.known.idle:
            continue
        flow = walk.one_call(call, frame, way)
        if flow != NEXT:
            return flow
    return NEXT


def one_call(walk: Walk, call: Call, frame: Frame, way: Way) -> int:
    call = walk.called_through(call, frame)
    name = qualified_built_in(walk.modules, frame.path, call.func, frame.scope)
    if isinstance(call.func, Name) and call.func.id in frame.scope.params:
        name = None
    if name is not None:
        unbound = unbound_call(walk.instances, frame.path, call, frame.scope)
        if unbound is not None and unbound[1].kind in FLASK_KINDS and name.endswith((".run", ".run_server")):
            return walk.app_run(unbound[1], call, frame, way)
        flow = walk.external_call(name, call, frame, way)
        if flow is not None:
            return flow
    if isinstance(call.func, Attribute):
        flow = walk.method_call(call, call.func, frame, way)
        if flow is not None:
            return flow
    made = walk.instances.of(frame.path, call.func, frame.scope)
    if made is not None and made.kind in ("flask-group", "click-group"):
        return walk.group_instance(made, call, call.func, frame, way)
    found = walk.looked_up(call.func, frame) or _imported_last(walk, call.func, frame)
    found = found or walk.modules.resolve(frame.path, call.func, frame.scope.body)
    owner, method = walk.method_of(call, frame)
    if method is not None and (found.kind in ("unknown", "external") or found.span == method.span):
        flow = walk.enter(method, call, frame, way, owner=owner)
        is_own_thread = isinstance(call.func, Attribute) and call.func.attr == "start" and method.name != "start"
        return NEXT if is_own_thread else flow
    if found.kind == "function" and walk.may_enter(found):
        method_call = walk.through_class(call, found, frame)
        owner = frame.scope.owner if method_call is not None else None
        return walk.enter(found, method_call or call, frame, way, owner=owner)
    if found.kind == "class" and not walk.group_class(found):
        init = walk.modules.class_member(found, "__init__")
        if init.kind == "function":
            return walk.enter(init, call, frame, way, owner=found, quiet=True)
    if frame.scope.owner is None and not any(frame.scope.params.values()):
        walk.known.idle[frame.path, id(call)] = call
    return NEXT


def _imported_last(walk: Walk, func: Expr, frame: Frame) -> Definition | None:
    """What a name means that several branches import from different places: what the branch imported that was taken."""
    if not isinstance(func, Name):
        return None
    last = (walk.modules.bound_by(frame.path, func.id, each, frame.scope.body) for each in reversed(frame.imports))
    return next(filter(None, last), None)


def method_of(walk: Walk, call: Call, frame: Frame) -> tuple[Definition | None, Definition | None]:
    """The project class whose method ``call`` calls, and that method."""
    if not isinstance(call.func, Attribute):
        return None, None
    if walk.is_super(call.func.value, frame) and frame.scope.owner is not None:
        above = walk.modules.class_member(frame.scope.owner, call.func.attr, above=frame.scope.body)
        if above.kind != "function" and call.func.attr == "start":
            above = _done_when_started(walk, frame.scope.owner) or above
        return (frame.scope.owner, above) if above.kind == "function" else (None, None)
    if _starts_itself(walk, call, frame) and frame.scope.owner is not None:
        done = _done_when_started(walk, frame.scope.owner)
        return (frame.scope.owner, done) if done is not None else (None, None)
    owner = walk.instances.owners.of(frame.path, call.func.value, frame.scope)
    owner = owner or walk.made_through(call.func.value, frame)
    method = walk.modules.class_member(owner, call.func.attr) if owner is not None else None
    if owner is not None and call.func.attr == "start" and (method is None or method.kind != "function"):
        method = _done_when_started(walk, owner) or method
    return (owner, method) if method is not None and method.kind == "function" else (None, None)


def _done_when_started(walk: Walk, owner: Definition) -> Definition | None:
    """The method of a thread's class, or of another such, that runs when its object is started."""
    name = next((OWN_METHODS[base] for base in walk.modules.bases(owner) if base in OWN_METHODS), None)
    done = walk.modules.class_member(owner, name) if name is not None else None
    return done if done is not None and done.kind == "function" else None


def _starts_itself(walk: Walk, call: Call, frame: Frame) -> bool:
    """Whether ``call`` is ``threading.Thread.start(self)``, or that of another such class."""
    name = walk.modules.qualified(frame.path, call.func, frame.scope.body) or ""
    base, _, method = name.rpartition(".")
    first = call.args[0] if call.args else None
    return method == "start" and base in OWN_METHODS and isinstance(first, Name) and first.id == "self"


def looked_up(walk: Walk, func: Expr, frame: Frame) -> Definition | None:
    """The function or the class that a word picks from a table (``COMMANDS[word]``, ``COMMANDS.get(word)``), or that the
    program takes from a module which it loads by a name."""
    if isinstance(func, (Name, Attribute)) and any(isinstance(each, Loaded) for each in frame.values.values()):
        loaded = evaluate(walk.world, frame, func)
        if isinstance(loaded, Loaded) and loaded.name:
            return loaded.found(walk.modules)
    if isinstance(func, Name):
        named = walk.modules.resolve(frame.path, func, frame.scope.body) if func.id not in frame.scope.params else None
        chosen = named.value if named is not None and named.kind == "value" and named.module == frame.path else None
    else:
        chosen = func
    if isinstance(chosen, Subscript):
        table, word = table_of(walk.modules, frame.path, chosen.value, frame.scope), chosen.index
    elif isinstance(chosen, Call) and isinstance(chosen.func, Attribute) and chosen.func.attr == "get" and chosen.args:
        table, word = table_of(walk.modules, frame.path, chosen.func.value, frame.scope), chosen.args[0]
    else:
        return None
    key = evaluate(walk.world, frame, word) if table is not None else OPEN
    entry = table.entries.get(key) if table is not None and isinstance(key, str | int) else None
    found = walk.modules.resolve(table.module, entry) if table is not None and entry is not None else None
    return found if found is not None and found.kind in ("function", "class") else None


def made_through(walk: Walk, expr: Expr, frame: Frame) -> Definition | None:
    """The project class whose object a call makes that the words of the command line choose."""
    if not isinstance(expr, Call):
        return None
    found = walk.looked_up(expr.func, frame)
    if found is None and isinstance(expr.func, Attribute):
        chosen = walk.chosen_functions(expr.func, frame)
        found = chosen[0][0] if len(chosen) == 1 else None
    if found is None:
        return None
    return found if found.kind == "class" else walk.instances.owners.returned(found)


def through_class(walk: Walk, call: Call, found: Definition, frame: Frame) -> Call | None:
    """``Base.method(self, ...)`` as the call of a method that it is: without the object."""
    first = call.args[0] if call.args and isinstance(call.func, Attribute) else None
    if not isinstance(first, Name) or first.id != "self" or not isinstance(found.node, FunctionDef):
        return None
    is_method = [param.name for param in found.node.params][:1] == ["self"]
    return replace(call, args=call.args[1:]) if is_method else None


def is_super(walk: Walk, expr: Expr, frame: Frame) -> bool:
    return isinstance(expr, Call) and walk.modules.qualified(frame.path, expr.func) == "builtins.super"


def group_class(walk: Walk, found: Definition) -> bool:
    return any(base.startswith(("click.", "flask.cli.")) for base in walk.modules.bases(found))


def external_call(walk: Walk, name: str, call: Call, frame: Frame, way: Way) -> int | None:
    """A call of something that is not the project's; None when it is nothing special."""
    if (flow := server_command(walk, name, call, frame, way)) is not None:
        return flow
    if name in _SERVES:
        return walk.serve(_SERVES[name], call, frame, way, call.span if _SERVES[name] is Server.WERKZEUG else None)
    if name in _EXITS:
        return STOP
    if _REPLACES.match(name) or SPAWNS.match(name):
        walk.exec_call(name, call, frame, way)
        return STOP if _REPLACES.match(name) else NEXT
    if name in FILE_RUNNERS:
        return run_file(walk, name, call, frame, way)
    if name in _SUBPROCESS or name in SHELLS:
        walk.subprocess_call(name, call, frame, way)
        return NEXT
    if walk.hand_on(name, call, frame, way):
        return NEXT
    if name in _BRIDGED and _BRIDGED[name] in " ".join(walk.modules.absolute_imports(frame.path)):
        return walk.serve(Server.OTHER, call, frame, way, None)
    if name in DISPATCHERS:
        return walk.dispatched(name, call, frame, way)
    return None


def method_call(walk: Walk, call: Call, func: Attribute, frame: Frame, way: Way) -> int | None:
    """A method call on an application, a server, a command group; None when it is neither."""
    attr = func.attr
    made = walk.instances.of(frame.path, func.value, frame.scope)
    if walk.hand_to_method(call, func, frame, way):
        return NEXT
    if made is None:
        if (
            attr in ("run", "run_always", "run_install")
            and isinstance(func.value, Name)
            and func.value.id == "session"
            and "session" in frame.scope.params
            and len(call.args) > 1
        ):
            walk.start_command(call, Collection(call.span, "list", call.args), frame, way, through_shell=False)
            return NEXT
        if attr in ("cli", "main") or (
            attr == "run" and isinstance(func.value, Name) and walk.is_task_context(func.value.id, frame)
        ):
            return walk.loose_call(call, func, frame, way)
        if attr in ("parse_args", "parse_known_args"):
            return NEXT
        for runs in (plumbum_run, cliff_run) if attr == "run" else ():
            if (flow := runs(walk, call, func, frame, way)) is not None:
                return flow
        if attr == "exec_module":
            return run_loaded(walk, call, frame, way)
        if attr in ("invoke", "forward"):
            return walk.click_invoke(call, func, frame, way)
        return walk.chosen_default(call, func, frame, way)
    if made.kind in FLASK_KINDS and attr in ("run", "run_server"):
        if walk.method_of(call, frame)[1] is not None:
            return None
        return walk.app_run(made, call, frame, way)
    if made.kind in FLASK_KINDS and attr == "cli":
        return walk.flask_cli(call, frame, way, call.func)
    if made.kind == "cleo" and attr == "run":
        return cleo_run(walk, call, frame, way)
    if made.kind == "socketio" and attr == "run":
        return walk.socketio_run(made, call, frame, way)
    if made.kind == "flask-script" and attr == "run":
        return walk.flask_script(call, func, frame, way)
    if made.kind in ("flask-group", "click-group") and attr == "main":
        return walk.group_instance(made, call, func.value, frame, way)
    if made.kind in _SERVER_METHODS:
        methods, server = _SERVER_METHODS[made.kind]
        if made.kind == "tornado" and (made.inner is None or not made.inner.is_app):
            return None
        if made.kind == "werkzeug" and (made.inner is None or not made.inner.is_app):
            return None
        if attr in methods and made.kind == "granian" and argument(call, "target_loader") is None:
            target = argument(made.call, "target", position=0) if made.call is not None else None
            named = evaluate(walk.world, frame, target) if target is not None else None
            if isinstance(named, str):
                walk.add_ending(call, way, argv=("granian", named))
                return STOP
        if attr in methods and (flow := reading_server(walk, made, call, frame, way)) is not None:
            return flow
        if attr in methods:
            site = made.call.span if made.kind == "werkzeug" and made.call is not None else None
            flow = walk.serve(server, call, frame, way, site, made=made)
            return NEXT if attr in ("start", "listen") and made.kind in ("gevent", "tornado") else flow
    return None


def loose_call(walk: Walk, call: Call, func: Attribute, frame: Frame, way: Way) -> int | None:
    if func.attr == "run":
        walk.start_command(
            call, call.args[0] if call.args else argument(call, "command"), frame, way, through_shell=True
        )
        return NEXT
    if func.attr == "main":
        found = walk.modules.resolve(frame.path, func.value, frame.scope.body)
        if found.kind == "function" and isinstance(found.node, FunctionDef) and command_kind(found.node):
            return walk.enter(found, call, frame, way)
    return None


def is_task_context(walk: Walk, name: str, frame: Frame) -> bool:
    return (
        name in frame.scope.params
        and name in ("c", "ctx", "context", "cmd", "conn", "connection")
        and frame.values.get(name, OPEN) is OPEN
    )
