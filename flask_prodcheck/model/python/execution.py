"""Follows a Python program as it runs, to the calls that serve requests or start another program.

Statements are walked in order, project functions entered, branches decided by the command line, the environment and
constants; a branch that cannot be decided is followed both ways with ``certain=False``. Nothing is executed.
Sources: the ``run``/``serve`` entry points in each server's documentation; click, argparse and Flask-Script command
dispatch; https://docs.python.org/3/library/os.html#process-management and ``subprocess``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace

from flask_prodcheck.base import Span
from flask_prodcheck.facts.syntax import (
    Assign,
    Attribute,
    AugAssign,
    Call,
    ClassDef,
    Collection,
    Compare,
    Const,
    Declare,
    Dict,
    Expr,
    ExprStmt,
    FunctionDef,
    Handler,
    If,
    Import,
    ImportFrom,
    Jump,
    Keyword,
    Loop,
    Match,
    Name,
    Raise,
    Return,
    Stmt,
    Try,
    With,
)
from flask_prodcheck.model.project import App, Entered, Hop, Program, Server
from flask_prodcheck.model.python.apps import app_at
from flask_prodcheck.model.python.argparse_options import declared_arguments, default_functions, module_body
from flask_prodcheck.model.python.command_groups import (
    added_command,
    click_options,
    command_kind,
    commands_of,
    decorator_name,
    first_word,
    group_class_name,
    subcommand,
)
from flask_prodcheck.model.python.instances import FLASK_KINDS, Instance, Scope, call_values, instances_of
from flask_prodcheck.model.python.mentions import files_leading_to, mentions_of
from flask_prodcheck.model.python.modules import (
    Definition,
    Modules,
    call_name,
    calls_in,
    is_type_checking,
    statement_expressions,
    statements,
    subexpressions,
)
from flask_prodcheck.model.python.programs import OPEN, Frame, World, evaluate, render, text_of
from flask_prodcheck.model.python.run_sites import argument
from flask_prodcheck.model.python.task_options import task_options
from flask_prodcheck.records import dataclass

_SERVES = {
    "waitress.serve": Server.WAITRESS, "waitress.server.serve": Server.WAITRESS, "waitress.runner.run": Server.WAITRESS,
    "eventlet.wsgi.server": Server.EVENTLET, "bjoern.run": Server.BJOERN, "uvicorn.run": Server.UVICORN,
    "uvicorn.main.run": Server.UVICORN, "hypercorn.asyncio.serve": Server.HYPERCORN, "hypercorn.trio.serve": Server.HYPERCORN,
    "hypercorn.run.run": Server.HYPERCORN, "gunicorn.app.wsgiapp.run": Server.GUNICORN, "meinheld.server.run": Server.OTHER,
    "paste.httpserver.serve": Server.OTHER, "werkzeug.serving.run_simple": Server.WERKZEUG,
    "werkzeug.run_simple": Server.WERKZEUG, "cherrypy.quickstart": Server.CHEROOT, "cherrypy.engine.start": Server.CHEROOT,
    "cherrypy.engine.block": Server.CHEROOT,
}  # fmt: skip
#: Calls that mean a server's command: with a target as text, or with the words of ``sys.argv``.
_COMMAND_LINES = {
    "uvicorn.run": "uvicorn", "uvicorn.main.run": "uvicorn", "granian.Granian": "granian", "granian.server.Granian": "granian",
    "gunicorn.app.wsgiapp.run": "gunicorn", "waitress.runner.run": "waitress-serve",
}  # fmt: skip
_SERVER_METHODS = {
    "gevent": (frozenset({"serve_forever", "start"}), Server.GEVENT),
    "cheroot": (frozenset({"start", "safe_start", "serve"}), Server.CHEROOT),
    "gunicorn": (frozenset({"run"}), Server.GUNICORN),
    "granian": (frozenset({"serve"}), Server.GRANIAN),
    "werkzeug": (frozenset({"serve_forever", "handle_request"}), Server.WERKZEUG),
    "waitress": (frozenset({"run"}), Server.WAITRESS),
    "tornado": (frozenset({"listen", "start", "bind"}), Server.OTHER),
}
_REPLACES = re.compile(r"^os\.exec[lv]p?e?$")
_SPAWNS = re.compile(r"^os\.(?:spawn[lv]p?e?|posix_spawnp?)$")
_SUBPROCESS = frozenset(
    {"subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen"}
)
_SHELLS = frozenset(
    {
        "os.system",
        "os.popen",
        "subprocess.getoutput",
        "subprocess.getstatusoutput",
        "pty.spawn",
        "fabric.api.local",
        "fabric.api.run",
        "fabric.api.sudo",
        "fabric.operations.local",
        "fabric.operations.run",
        "fabric.operations.sudo",
        "invoke.run",
    }
)
_EXITS = frozenset({"sys.exit", "os._exit", "builtins.exit", "builtins.quit", "os.abort"})
_BASE_NAMES = frozenset({
    "run", "run_server", "run_simple", "run_app", "serve", "serve_forever", "safe_start", "start", "listen", "bind",
    "make_server", "server", "system", "popen", "execv", "execve", "execvp", "execvpe", "execl", "execle", "execlp",
    "execlpe", "spawnv", "spawnvp", "spawnl", "Popen", "call", "check_call", "check_output", "getoutput", "local",
    "sudo", "main", "cli", "invoke", "block", "quickstart", "exit", "_exit", "Fire", "WSGIResource", "handle_request",
})  # fmt: skip
_STEPS = 6000
_DEPTH = 40
_FORKS = 32
_NEXT, _RETURN, _STOP = range(3)


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a program ends up: serving, or starting another program.

    ``hops``: each call on the way, the deciding one last. ``server`` is None when nothing is served here: then ``argv``
    or ``shell`` is the command to follow (undecided parts as ``${name}``), or ``missing`` says that the program does not
    exist. ``entered``: the command function (of click, of invoke) that was run on the way, the innermost. ``socketio``: served by Flask-SocketIO's ``run`` (``server`` is None only while ``installed`` is unknown).
    ``run_site`` is the place of the call that the report lists as a run site. ``certain`` is False behind a branch that
    cannot be decided, or one decided by a variable that no file sets.
    """

    hops: tuple[Hop, ...]
    server: Server | None
    call: Call | None
    run_site: Span | None
    target: str
    argv: tuple[str, ...] | None = None
    shell: str | None = None
    certain: bool = True
    missing: bool = False
    socketio: bool = False
    app: App | None = None
    entered: Entered | None = None
    program: Program | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The endings of a program in the order they are met, and what kept the walk from being complete."""

    endings: tuple[Ending, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Way:
    """How the walk came here: the calls on the way, whether it is certain, and the arguments left for a command."""

    hops: tuple[Hop, ...] = ()
    certain: bool = True
    argv: tuple[str, ...] = ()
    env: tuple[str, ...] = ()  # "env" and its arguments, for what is started from here
    entered: Entered | None = None

    def through(self, span: Span, text: str) -> _Way:
        return replace(self, hops=(*self.hops, Hop(span, text)))

    def doubted(self, doubt: bool = True) -> _Way:
        return replace(self, certain=False) if doubt and self.certain else self


def run_module(
    modules: Modules,
    path: str,
    *,
    as_main: bool,
    argv: Sequence[str],
    env: Mapping[str, str],
    function: str | None = None,
    installed: frozenset[str] | None = None,
) -> Outcome:
    """Where running the file ``path`` leads: as the main program, or imported and then ``function`` called (a console
    script, an invoke task). ``argv`` are the words after the program's name; ``env`` the variables that are known;
    ``installed`` the distributions that are (None: unknown)."""
    known = _known(modules)
    key = (path, as_main, tuple(argv), frozenset(env.items()), function, installed)
    if key not in known.outcomes:
        program = _Program(modules, path, tuple(argv), env, installed)
        program.start(as_main, function)
        unique = {(each.hops, each.argv, each.shell, each.certain): each for each in program.endings}
        known.outcomes[key] = Outcome(tuple(unique.values()), tuple(dict.fromkeys(program.notes)))
    return known.outcomes[key]


@dataclass(frozen=True, slots=True)
class _Known:
    """What every program of a project shares: many start in different ways and then load the same modules. Nodes are
    known by their id; the project's facts, or the value itself, keep them alive."""

    outcomes: dict[tuple[object, ...], Outcome] = field(default_factory=dict)
    calls: dict[int, tuple[Expr, tuple[Call, ...]]] = field(default_factory=dict)
    loaded: dict[tuple[str, int], tuple[Import | ImportFrom, tuple[str, ...]]] = field(default_factory=dict)
    acting: dict[tuple[str, int], tuple[Sequence[Stmt], tuple[Stmt, ...]]] = field(default_factory=dict)
    idle: dict[tuple[str, int], Call] = field(default_factory=dict)  # calls that lead nowhere, however it is started

    def calls_of(self, expr: Expr) -> tuple[Call, ...]:
        """The calls in ``expr``, arguments before the call that takes them."""
        known = self.calls.get(id(expr))
        if known is None:
            found = [inner for inner in subexpressions(expr) if isinstance(inner, Call)]
            known = self.calls[id(expr)] = expr, tuple(reversed(found))
        return known[1]

    def acting_in(self, modules: Modules, path: str, body: Sequence[Stmt]) -> tuple[Stmt, ...]:
        """The statements of ``body`` in ``path`` without those that do nothing here: definitions of functions, imports of
        what is not the project's, literals."""
        known = self.acting.get((path, id(body)))
        if known is None:
            found = tuple([stmt for stmt in body if not self._is_idle(modules, path, stmt)])
            known = self.acting[path, id(body)] = body, found
        return known[1]

    def _is_idle(self, modules: Modules, path: str, stmt: Stmt) -> bool:
        if isinstance(stmt, (Import, ImportFrom)):
            return not self.loaded_by(modules, path, stmt)
        if isinstance(stmt, FunctionDef):
            return _BASE_NAMES.isdisjoint(map(call_name, calls_in(stmt)))
        return isinstance(stmt, (Jump, Declare)) or (isinstance(stmt, ExprStmt) and isinstance(stmt.value, Const))

    def loaded_by(self, modules: Modules, path: str, stmt: Import | ImportFrom) -> tuple[str, ...]:
        """The project files that ``stmt`` in ``path`` loads."""
        known = self.loaded.get((path, id(stmt)))
        if known is None:
            known = self.loaded[path, id(stmt)] = stmt, tuple(dict.fromkeys(_loaded_by(modules, path, stmt)))
        return known[1]


def _known(modules: Modules) -> _Known:
    known = modules.memo.get("programs")
    if not isinstance(known, _Known):
        known = modules.memo["programs"] = _Known()
    return known


class _Program:
    def __init__(
        self,
        modules: Modules,
        path: str,
        argv: tuple[str, ...],
        env: Mapping[str, str],
        installed: frozenset[str] | None,
    ) -> None:
        self.modules = modules
        self.instances = instances_of(modules)
        self.path = path
        self.program = Program(path)
        self.installed = installed
        self.world = World(modules, argv, env, path, self._argument)
        self.endings: list[Ending] = []
        self.notes: list[str] = []
        self.interesting = _interesting(modules)
        self.known = _known(modules)
        self.loaded: set[str] = set()
        self.visited: set[tuple[object, ...]] = set()
        self.steps = 0
        self.forks = 0
        self.depth = 0

    def start(self, as_main: bool, function: str | None) -> None:
        module = self.modules.module(self.path)
        if module is None:
            return
        way = _Way(argv=self.world.argv)
        self.program = Program(self.path, main=as_main, function=function or "")
        self.loaded.add(self.path)
        name = "__main__" if as_main else self.modules.dotted(self.path) or self.path
        frame = Frame(self.path, name)
        for package in self.modules.packages_above(self.path) if function is not None else ():
            self._load(package, way)
        flow = self._body(module.body, frame, way)
        if function is None or flow == _STOP:
            return
        owner: Expr = Name(Span(self.path, 1), function.partition(".")[0])
        for part in function.split(".")[1:]:
            owner = Attribute(owner.span, owner, part)
        found = self.modules.resolve(self.path, owner)
        span = found.span or Span(self.path, 1)
        call = Call(span, owner, (), ())
        if found.kind == "function" and isinstance(found.node, FunctionDef):
            self._enter(found, call, frame, way, hop=False, options=task_options(found.node, way.argv))
        else:
            self._one(call, frame, way)

    # --- statements

    def _body(self, body: Sequence[Stmt], frame: Frame, way: _Way) -> int:
        return self._acts(self.known.acting_in(self.modules, frame.path, body), frame, way)

    def _acts(self, body: Sequence[Stmt], frame: Frame, way: _Way) -> int:
        for index, stmt in enumerate(body):
            self.steps += 1
            if self.steps > _STEPS:
                self.notes.append("the program is too large to follow to its end")
                return _STOP
            if isinstance(stmt, If) and self._forks_here(stmt, body[index + 1 :], frame):
                self.forks += 1
                flows = []
                for branch in (stmt.body, stmt.orelse):
                    copy = replace(frame, values=dict(frame.values))
                    self._expressions(stmt, frame, way)
                    flows.append(self._acts((*branch, *body[index + 1 :]), copy, way.doubted()))
                return min(flows)
            flow, doubt = self._statement(stmt, frame, way)
            if flow != _NEXT:
                return flow
            way = way.doubted(doubt)
        return _NEXT

    def _forks_here(self, stmt: If, rest: Sequence[Stmt], frame: Frame) -> bool:
        """Whether an undecidable ``if`` gives a name different values that later statements use: both futures are
        followed then."""
        if (
            not rest
            or self.forks >= _FORKS
            or evaluate(self.world, frame, stmt.test) is not OPEN
            or is_type_checking(stmt.test)
        ):
            return False
        names = {
            target.id
            for inner, _ in statements((*stmt.body, *stmt.orelse))
            if isinstance(inner, Assign)
            for target in inner.targets
            if isinstance(target, Name)
        }
        if not names:
            return False
        return any(
            isinstance(part, Name) and part.id in names
            for later, _ in statements(rest)
            for call in calls_in(later)
            if call_name(call) in _BASE_NAMES
            for part in subexpressions(call)
        )

    def _statement(self, stmt: Stmt, frame: Frame, way: _Way) -> tuple[int, bool]:
        """The flow after ``stmt`` and whether what follows is in doubt."""
        if isinstance(stmt, If):
            return self._if(stmt, frame, way)
        if isinstance(stmt, Try):
            return self._try(stmt, frame, way)
        if isinstance(stmt, Match):
            return self._match(stmt, frame, way)
        if isinstance(stmt, (Import, ImportFrom)):
            return self._import(stmt, frame, way), False
        if isinstance(stmt, FunctionDef):
            return _NEXT, False
        flow = self._expressions(stmt, frame, way)
        if flow != _NEXT:
            return flow, False
        if isinstance(stmt, Assign):
            self._assign(stmt, frame)
        elif isinstance(stmt, AugAssign) and isinstance(stmt.target, Name):
            self._add(stmt.target.id, evaluate(self.world, frame, stmt.value), frame, stmt.op == "+")
        elif isinstance(stmt, ExprStmt):
            self._mutate(stmt.value, frame)
        elif isinstance(stmt, (Return, Raise)):
            return _RETURN if isinstance(stmt, Return) else _STOP, False
        elif isinstance(stmt, With):
            return self._body(stmt.body, frame, self._surrounded(stmt, frame, way)), False
        elif isinstance(stmt, Loop):
            self._forget(stmt, frame)
            flow = self._body(stmt.body, frame, way)
            return (flow if flow == _STOP else _NEXT), flow == _RETURN
        elif isinstance(stmt, ClassDef):
            return self._body(stmt.body, Frame(frame.path, frame.name, frame.scope), way), False
        return _NEXT, False

    def _surrounded(self, stmt: With, frame: Frame, way: _Way) -> _Way:
        """``way`` inside fabric's ``shell_env(...)``, ``lcd(...)`` and ``cd(...)``, which shape the commands run there."""
        for call in (part for expr in statement_expressions(stmt) for part in subexpressions(expr)):
            if not isinstance(call, Call):
                continue
            name = call_name(call)
            if name == "shell_env":
                way = self._with_variables(way, [(each.name, each.value) for each in call.keywords], frame)
            elif name in ("lcd", "cd") and call.args:
                folder = text_of(call.args[0], evaluate(self.world, frame, call.args[0]))
                way = replace(way, env=("env", "-C", folder, *way.env[1:]))
        return way

    def _with_variables(self, way: _Way, pairs: Sequence[tuple[str | None, Expr]], frame: Frame) -> _Way:
        words = [f"{name}={text_of(value, evaluate(self.world, frame, value))}" for name, value in pairs if name]
        return replace(way, env=(*(way.env or ("env",)), *words)) if words else way

    def _forget(self, stmt: Loop, frame: Frame) -> None:
        if stmt.target is not None:
            for part in subexpressions(stmt.target):
                if isinstance(part, Name):
                    frame.values[part.id] = OPEN

    def _assign(self, stmt: Assign, frame: Frame) -> None:
        for target in stmt.targets:
            if isinstance(target, Attribute) and self.modules.qualified(frame.path, target) == "sys.argv":
                words = evaluate(self.world, frame, stmt.value)
                if isinstance(words, list) and words:
                    self.world = replace(self.world, argv=tuple(str(word) for word in words[1:]))
            if isinstance(target, Name):
                frame.values.pop(target.id, None)
                frame.assumptions.discard(target.id)
                before, frame.assumed = frame.assumed, False
                value = evaluate(self.world, frame, stmt.value)
                if frame.assumed:
                    frame.assumptions.add(target.id)
                frame.assumed = before or frame.assumed
                if value is not OPEN:
                    frame.values[target.id] = list(value) if isinstance(value, list) else value
                elif frame.scope.body and target.id in frame.scope.params:
                    frame.values[target.id] = OPEN

    def _add(self, name: str, value: object, frame: Frame, plus: bool) -> None:
        known = frame.values.get(name, OPEN)
        if plus and isinstance(known, list):
            frame.values[name] = [*known, *(value if isinstance(value, list) else ["${value}"])]
        elif plus and isinstance(known, str):
            frame.values[name] = known + (value if isinstance(value, str) else "${value}")
        else:
            frame.values[name] = OPEN

    def _mutate(self, value: Expr, frame: Frame) -> None:
        if (
            not isinstance(value, Call)
            or not isinstance(value.func, Attribute)
            or not isinstance(value.func.value, Name)
            or not value.args
        ):
            return
        known = frame.values.get(value.func.value.id)
        if not isinstance(known, list):
            return
        given = evaluate(self.world, frame, value.args[0])
        if value.func.attr == "append":
            known.append(text_of(value.args[0], given))
        elif value.func.attr == "extend":
            known.extend(given if isinstance(given, list) else [text_of(value.args[0], OPEN)])

    def _if(self, stmt: If, frame: Frame, way: _Way) -> tuple[int, bool]:
        if is_type_checking(stmt.test):
            return self._body(stmt.orelse, frame, way), False
        flow = self._expressions(stmt, frame, way)
        if flow == _STOP:
            return flow, False
        before, frame.assumed = frame.assumed, False
        value = evaluate(self.world, frame, stmt.test)
        assumed, frame.assumed = frame.assumed, before
        if value is not OPEN:
            taken, other = (stmt.body, stmt.orelse) if value else (stmt.orelse, stmt.body)
            reached = len(self.endings)
            flow = self._body(taken, frame, way.doubted(assumed))
            if flow == _STOP and assumed and len(self.endings) == reached:
                return self._body(other, frame, way), False  # it refuses to start without what the deployment sets
            return flow, False
        saved = dict(frame.values)
        first = self._body(stmt.body, frame, way.doubted())
        after = frame.values
        frame.values = saved
        second = self._body(stmt.orelse, frame, way.doubted())
        for name in set(after) | set(frame.values):
            if after.get(name) != frame.values.get(name) and not isinstance(frame.values.get(name), list):
                frame.values[name] = OPEN
        if first == second:
            return first, False
        return _NEXT if _NEXT in (first, second) else _RETURN, True

    def _try(self, stmt: Try, frame: Frame, way: _Way) -> tuple[int, bool]:
        flow = self._body(stmt.body, frame, way)
        doubt = False
        if flow == _NEXT:
            flow = self._body(stmt.orelse, frame, way)
        for handler in stmt.handlers:
            if flow == _STOP and not _is_import_error(handler):
                continue
            if _is_import_error(handler) and self._imports_fine(stmt.body, frame):
                continue
            copy = replace(frame, values=dict(frame.values))
            after = self._body(handler.body, copy, way.doubted())
            doubt = doubt or after != flow
        final = self._body(stmt.final, frame, way)
        return (final, doubt) if final != _NEXT else (flow, doubt and flow == _NEXT)

    def _imports_fine(self, body: Sequence[Stmt], frame: Frame) -> bool:
        """Whether everything a ``try`` imports is the project's own, the standard library's or installed."""
        if self.installed is None:
            return False
        for stmt, _ in statements(body):
            tops = (
                [name.partition(".")[0] for name, _ in stmt.names]
                if isinstance(stmt, Import)
                else [stmt.module.partition(".")[0]]
                if isinstance(stmt, ImportFrom) and not stmt.level
                else []
            )
            for top in tops:
                normal = top.lower().replace("_", "-")
                if (
                    normal not in self.installed
                    and self.modules.imported_file(frame.path, top, 0) is None
                    and not _is_stdlib(top)
                ):
                    return False
        return True

    def _match(self, stmt: Match, frame: Frame, way: _Way) -> tuple[int, bool]:
        flow = self._expressions(stmt, frame, way)
        if flow == _STOP:
            return flow, False
        subject = evaluate(self.world, frame, stmt.subject)
        undecided = subject is OPEN
        for case in stmt.cases:
            values = [evaluate(self.world, frame, value) for value in case.values]
            if not undecided and subject in values and case.guard is None:
                return self._body(case.body, frame, way), False
            if undecided or case.guard is not None or (not case.values and not case.wildcard):
                self._body(case.body, replace(frame, values=dict(frame.values)), way.doubted())
            elif case.wildcard:
                return self._body(case.body, frame, way), False
        return _NEXT, undecided

    def _expressions(self, stmt: Stmt, frame: Frame, way: _Way) -> int:
        for expr in statement_expressions(stmt):
            flow = self._calls(expr, frame, way)
            if flow != _NEXT:
                return flow
        return _NEXT

    def _calls(self, expr: Expr, frame: Frame, way: _Way) -> int:
        # What a call is depends on nothing but the project where no parameter of the function around it is known.
        is_plain = frame.scope.owner is None and not any(frame.scope.params.values())
        for call in self.known.calls_of(expr):
            if is_plain and (frame.path, id(call)) in self.known.idle:
                continue
            flow = self._one(call, frame, way)
            if flow != _NEXT:
                return flow
        return _NEXT

    # --- imports

    def _import(self, stmt: Import | ImportFrom, frame: Frame, way: _Way) -> int:
        for path in self.known.loaded_by(self.modules, frame.path, stmt):
            if path in self.loaded:
                continue
            flow = self._load(path, way.through(stmt.span, _import_text(stmt)))
            if flow == _STOP:
                return flow
        return _NEXT

    def _load(self, path: str, way: _Way) -> int:
        module = self.modules.module(path)
        if module is None or path in self.loaded or self.depth > _DEPTH:
            return _NEXT
        self.loaded.add(path)
        if not may_start(self.modules, path):
            return _NEXT
        self.depth += 1
        try:
            flow = self._body(module.body, Frame(path, self.modules.dotted(path, self.modules.top(path)) or path), way)
        finally:
            self.depth -= 1
        return flow if flow == _STOP else _NEXT

    # --- calls

    def _one(self, call: Call, frame: Frame, way: _Way) -> int:
        name = self.modules.qualified(frame.path, call.func, frame.scope.body)
        if isinstance(call.func, Name) and call.func.id in frame.scope.params:
            name = None
        if name is not None:
            flow = self._external(name, call, frame, way)
            if flow is not None:
                return flow
        if isinstance(call.func, Attribute):
            flow = self._method(call, call.func, frame, way)
            if flow is not None:
                return flow
        made = self.instances.of(frame.path, call.func, frame.scope)
        if made is not None and made.kind in ("flask-group", "click-group"):
            return self._group_instance(made, call, call.func, frame, way)
        found = self.modules.resolve(frame.path, call.func, frame.scope.body)
        owner, method = self._method_of(call, frame)
        if method is not None and (found.kind == "unknown" or found.span == method.span):
            return self._enter(method, call, frame, way, owner=owner)
        if found.kind == "function" and self._may_enter(found):
            return self._enter(found, call, frame, way)
        if found.kind == "class" and not self._group_class(found):
            init = self.modules.class_member(found, "__init__")
            if init.kind == "function":
                return self._enter(init, call, frame, way, owner=found, quiet=True)
        if frame.scope.owner is None and not any(frame.scope.params.values()):
            self.known.idle[frame.path, id(call)] = call
        return _NEXT

    def _method_of(self, call: Call, frame: Frame) -> tuple[Definition | None, Definition | None]:
        """The project class whose method ``call`` calls, and that method."""
        if not isinstance(call.func, Attribute):
            return None, None
        owner = self.instances.owner_of(frame.path, call.func.value, frame.scope)
        method = self.modules.class_member(owner, call.func.attr) if owner is not None else None
        return (owner, method) if method is not None and method.kind == "function" else (None, None)

    def _group_class(self, found: Definition) -> bool:
        return any(base.startswith(("click.", "flask.cli.")) for base in self.modules.bases(found))

    def _external(self, name: str, call: Call, frame: Frame, way: _Way) -> int | None:
        """A call of something that is not the project's; None when it is nothing special."""
        if name in _COMMAND_LINES:
            program = _COMMAND_LINES[name]
            first = evaluate(self.world, frame, call.args[0]) if call.args else None
            words = (first,) if isinstance(first, str) else self.world.argv if not call.args else ()
            if words:
                self._ending(call, way, argv=(program, *words))
                return _STOP
        if name in _SERVES:
            return self._serve(_SERVES[name], call, frame, way, call.span if _SERVES[name] is Server.WERKZEUG else None)
        if name in _EXITS:
            return _STOP
        if _REPLACES.match(name) or _SPAWNS.match(name):
            self._exec(name, call, frame, way)
            return _STOP if _REPLACES.match(name) else _NEXT
        if name in _SUBPROCESS or name in _SHELLS:
            self._subprocess(name, call, frame, way)
            return _NEXT
        if name in (
            "threading.Thread",
            "threading.Timer",
            "multiprocessing.Process",
            "multiprocessing.context.Process",
        ):
            self._thread(name, call, frame, way)
            return _NEXT
        if name == "twisted.internet.reactor.run" and "twisted.web.wsgi" in " ".join(
            self.modules.absolute_imports(frame.path)
        ):
            return self._serve(Server.OTHER, call, frame, way, None)
        if name in (
            "fire.Fire",
            "plac.call",
            "defopt.run",
            "typer.run",
            "argh.dispatch_command",
            "absl.app.run",
            "runpy.run_module",
        ):
            return self._dispatched(name, call, frame, way)
        return None

    def _dispatched(self, name: str, call: Call, frame: Frame, way: _Way) -> int:
        targets: list[Expr] = []
        first = call.args[0] if call.args else None
        if isinstance(first, Dict):
            word = first_word(way.argv)
            targets = [
                value for key, value in first.items if isinstance(key, Const) and (word is None or key.value == word)
            ]
        elif isinstance(first, Collection):
            targets = list(first.items)
        elif first is not None:
            targets = [first]
        elif name == "fire.Fire" and (word := first_word(way.argv)) is not None:
            targets = [Name(call.span, word.replace("-", "_"))]
        flow = _NEXT
        for target in targets:
            found = self.modules.resolve(frame.path, target, frame.scope.body)
            if found.kind == "function":
                flow = self._enter(
                    found, Call(call.span, target, (), ()), frame, way.through(call.span, render(call)), hop=False
                )
            elif found.kind == "class" and (word := first_word(way.argv)) is not None:
                method = self.modules.class_member(found, word.replace("-", "_"))
                if method.kind == "function":
                    flow = self._enter(method, Call(call.span, target, (), ()), frame, way, owner=found)
        return flow

    def _thread(self, name: str, call: Call, frame: Frame, way: _Way) -> None:
        target = argument(call, "target", "function", position=1)
        if target is None:
            return
        args = argument(call, "args", position=3 if name.endswith("Thread") else 2)
        kwargs = argument(call, "kwargs")
        values = args.items if isinstance(args, Collection) else ()
        inner = Call(call.span, target, values, ())
        if isinstance(kwargs, Dict):
            from_dict = tuple(
                Keyword(call.span, str(key.value), value) for key, value in kwargs.items if isinstance(key, Const)
            )
            inner = replace(inner, keywords=from_dict)
        self._one(inner, frame, way)

    def _method(self, call: Call, func: Attribute, frame: Frame, way: _Way) -> int | None:
        """A method call on an application, a server, a command group; None when it is neither."""
        attr = func.attr
        made = self.instances.of(frame.path, func.value, frame.scope)
        if made is None:
            if (
                attr in ("run", "run_always", "run_install")
                and isinstance(func.value, Name)
                and func.value.id == "session"
                and "session" in frame.scope.params
                and len(call.args) > 1
            ):
                self._command(call, Collection(call.span, "list", call.args), frame, way, through_shell=False)
                return _NEXT
            if attr in ("cli", "main") or (
                attr == "run" and isinstance(func.value, Name) and self._is_task_context(func.value.id, frame)
            ):
                return self._loose(call, func, frame, way)
            if attr in ("parse_args", "parse_known_args"):
                return _NEXT
            return self._set_defaults(call, func, frame, way)
        if made.kind in FLASK_KINDS and attr in ("run", "run_server"):
            owner = self.instances.owner_of(frame.path, func.value, frame.scope)
            if owner is not None and self.modules.class_member(owner, attr).kind == "function":
                return None
            return self._app_run(made, call, frame, way)
        if made.kind in FLASK_KINDS and attr == "cli":
            return self._flask_cli(call, frame, way, call.func)
        if made.kind == "socketio" and attr == "run":
            return self._socketio(made, call, frame, way)
        if made.kind == "flask-script" and attr == "run":
            return self._flask_script(call, func, frame, way)
        if made.kind in ("flask-group", "click-group") and attr == "main":
            return self._group_instance(made, call, func.value, frame, way)
        if made.kind in _SERVER_METHODS:
            methods, server = _SERVER_METHODS[made.kind]
            if made.kind == "tornado" and (made.inner is None or not made.inner.is_app):
                return None
            if made.kind == "werkzeug" and (made.inner is None or not made.inner.is_app):
                return None
            if attr in methods:
                site = made.call.span if made.kind == "werkzeug" and made.call is not None else None
                flow = self._serve(server, call, frame, way, site)
                return _NEXT if attr in ("start", "listen", "bind") and made.kind in ("gevent", "tornado") else flow
        return None

    def _loose(self, call: Call, func: Attribute, frame: Frame, way: _Way) -> int | None:
        if func.attr == "run":
            self._command(
                call, call.args[0] if call.args else argument(call, "command"), frame, way, through_shell=True
            )
            return _NEXT
        if func.attr == "main":
            found = self.modules.resolve(frame.path, func.value, frame.scope.body)
            if found.kind == "function" and isinstance(found.node, FunctionDef) and command_kind(found.node):
                return self._enter(found, call, frame, way)
        return None

    def _is_task_context(self, name: str, frame: Frame) -> bool:
        return (
            name in frame.scope.params
            and name in ("c", "ctx", "context", "cmd", "conn", "connection")
            and frame.values.get(name, OPEN) is OPEN
        )

    # --- endings

    def _serve(
        self, server: Server | None, call: Call, frame: Frame, way: _Way, site: Span | None, *, socketio: bool = False
    ) -> int:
        app = self._served(call, frame)
        target = app.ref if app is not None else self.path
        here = way.through(call.span, render(call))
        self.endings.append(
            Ending(
                here.hops,
                server,
                call,
                site,
                target,
                certain=way.certain,
                socketio=socketio,
                app=app,
                entered=way.entered,
                program=replace(self.program, argv=self.world.argv),
            )
        )
        return _STOP

    def _served(self, call: Call, frame: Frame) -> App | None:
        """The application that a serving call gets, when it is a module-level one or a factory's result."""
        receiver = [call.func.value] if isinstance(call.func, Attribute) else []
        for value in (*call_values(call), *receiver):
            app = self._app_of(value, frame)
            if app is not None:
                return app
        # A method of the server's own class gives the application: it is the only one that the file knows.
        known = [
            app_at(self.modules, self.instances, frame.path, name) for name in self.modules.bound_names(frame.path)
        ]
        apps = [app for app in known if app is not None and app.form == "global"]
        return apps[0] if len(apps) == 1 else None

    def _app_of(self, value: Expr, frame: Frame, depth: int = 0) -> App | None:
        if depth > 6:
            return None
        if isinstance(value, Call):
            found = self.modules.resolve(frame.path, value.func, frame.scope.body)
            if found.kind == "function":
                return app_at(self.modules, self.instances, found.module, found.name)
            # A server, a wrapper or a dispatcher made around the application.
            return next(filter(None, (self._app_of(item, frame, depth + 1) for item in call_values(value))), None)
        if isinstance(value, Dict):
            return next(filter(None, (self._app_of(item, frame, depth + 1) for _, item in value.items)), None)
        if isinstance(value, Collection):
            return next(filter(None, (self._app_of(item, frame, depth + 1) for item in value.items)), None)
        if isinstance(value, Name):
            for stmt, _ in statements(frame.scope.body):
                if (
                    isinstance(stmt, Assign)
                    and any(isinstance(item, Name) and item.id == value.id for item in stmt.targets)
                    and stmt.value is not value
                ):
                    return self._app_of(stmt.value, frame, depth + 1)
            if value.id in frame.scope.params:
                return None
            app = app_at(self.modules, self.instances, frame.path, value.id)
            if app is not None and not app.in_main:
                return app
            for binding in self.modules.bindings(frame.path, value.id):
                if binding.value is not None and binding.value is not value:
                    return self._app_of(binding.value, frame, depth + 1)
        if isinstance(value, Attribute):
            found = self.modules.resolve(frame.path, value, frame.scope.body)
            if found.kind in ("value", "function"):
                return app_at(self.modules, self.instances, found.module, found.name)
        return None

    def _app_run(self, made: Instance, call: Call, frame: Frame, way: _Way) -> int:
        if made.kind == "connexion":
            chosen = argument(call, "server")
            if chosen is None and made.call is not None:
                chosen = argument(made.call, "server")
            word = evaluate(self.world, frame, chosen) if chosen is not None else None
            if word in ("gevent", "tornado", "aiohttp"):
                return self._serve(Server.GEVENT if word == "gevent" else Server.OTHER, call, frame, way, None)
        return self._serve(Server.APP_RUN, call, frame, way, call.span)

    def _socketio(self, made: Instance, call: Call, frame: Frame, way: _Way) -> int:
        """Flask-SocketIO's choice: ``async_mode``, else eventlet, gevent, threading by what is installed."""
        mode = argument(made.call, "async_mode") if made.call is not None else None
        word = evaluate(self.world, Frame(made.module or frame.path, frame.name), mode) if mode is not None else None
        server: Server | None
        if word == "threading":
            server = Server.SOCKETIO_DEV
        elif word in ("eventlet", "gevent", "gevent_uwsgi"):
            server = Server.EVENTLET if word == "eventlet" else Server.GEVENT
        elif self.installed is None:
            server = None
        elif "eventlet" in self.installed:
            server = Server.EVENTLET
        elif {"gevent", "gevent-websocket"} & self.installed:
            server = Server.GEVENT
        else:
            server = Server.SOCKETIO_DEV
        return self._serve(server, call, frame, way, call.span, socketio=True)

    # --- other programs

    def _exec(self, name: str, call: Call, frame: Frame, way: _Way) -> None:
        args = list(call.args)
        if _SPAWNS.match(name) and not name.startswith("os.posix"):
            args = args[1:]
        program = args[0] if args else None
        if program is None:
            return
        words: object
        if re.match(r"^os\.(?:exec|spawn)l", name):
            rest = args[1:-1] if name.endswith("e") else args[1:]
            words = evaluate(self.world, frame, Collection(call.span, "list", tuple(rest)))
        else:
            words = evaluate(self.world, frame, args[1]) if len(args) > 1 else OPEN
        first = text_of(program, evaluate(self.world, frame, program))
        found = [str(word) for word in words] if isinstance(words, list) else [first, "${arguments}"]
        self._ending(call, way, argv=(first, *found[1:]))

    def _subprocess(self, name: str, call: Call, frame: Frame, way: _Way) -> None:
        command = call.args[0] if call.args else argument(call, "args", "cmd", "command")
        shell = argument(call, "shell")
        through_shell = name in _SHELLS or (
            shell is not None and evaluate(self.world, frame, shell) not in (False, None)
        )
        self._command(call, command, frame, way, through_shell=through_shell)

    def _command(self, call: Call, command: Expr | None, frame: Frame, way: _Way, *, through_shell: bool) -> None:
        variables, folder = argument(call, "env"), argument(call, "cwd")
        if isinstance(variables, Dict):
            pairs = [(str(key.value), value) for key, value in variables.items if isinstance(key, Const)]
            way = self._with_variables(way, pairs, frame)
        if folder is not None:
            where = evaluate(self.world, frame, folder)
            way = replace(way, env=("env", "-C", where, *way.env[1:])) if isinstance(where, str) else way
        value = evaluate(self.world, frame, command) if command is not None else OPEN
        if isinstance(value, list):
            words = tuple(str(word) for word in value)
            if through_shell and len(words) == 1:
                self._ending(call, way, shell=words[0])
            elif words:
                self._ending(call, way, argv=words)
        elif isinstance(value, str) and value.strip():
            if through_shell:
                self._ending(call, way, shell=value)
            else:
                self._ending(call, way, argv=tuple(value.split()))

    def _ending(self, call: Call, way: _Way, *, argv: tuple[str, ...] | None = None, shell: str | None = None) -> None:
        here = way.through(call.span, render(call))
        if argv is not None:
            argv = (*way.env, *argv)
        elif shell is not None and way.env:
            argv, shell = (*way.env, "sh", "-c", shell), None
        self.endings.append(Ending(here.hops, None, call, None, "", argv, shell, way.certain))

    # --- functions and commands

    def _enter(
        self,
        found: Definition,
        call: Call,
        frame: Frame,
        way: _Way,
        *,
        owner: Definition | None = None,
        hop: bool = True,
        quiet: bool = False,
        options: Mapping[str, object] | None = None,
    ) -> int:
        """``options``: what a command line gives the parameters of a task."""
        node = found.node
        if not isinstance(node, FunctionDef) or not self._may_enter(found):
            return _NEXT
        kind = command_kind(node)
        if self.depth > _DEPTH:
            self.notes.append("the calls are nested too deeply to follow")
            return _NEXT
        params = self.instances.bind(frame.path, call, node, frame.scope)
        values = self._values(node, call, frame)
        inner_way = way.through(call.span, render(call)) if hop and not quiet else way
        if kind:
            values = {name: value for name, value in values.items() if value is not OPEN}
            values = {**click_options(node, way.argv), **values}
        elif options is not None:
            values = {**values, **options}
        if kind or options is not None:
            inner_way = replace(inner_way, entered=_entered(found, values, way.argv))
        shown = repr(sorted(values.items(), key=lambda item: item[0]))
        kinds = tuple((name, made.kind) for name, made in params.items() if made is not None)
        key = (found.module, node.span.line, node.name, shown, kinds, way.certain, way.argv)
        if key in self.visited:
            return _NEXT
        self.visited.add(key)
        self.depth += 1
        try:
            name = frame.name if found.module == frame.path else self.modules.dotted(found.module) or found.module
            inner = Frame(found.module, name, Scope(node.body, params, owner), values)
            flow = self._body(node.body, inner, inner_way)
            if flow != _STOP and kind == "group":
                flow = self._command_of(
                    found, call, inner_way, frame, group_class=group_class_name(self.modules, found)
                )
        finally:
            self.depth -= 1
        return flow if flow == _STOP else _NEXT

    def _may_enter(self, found: Definition) -> bool:
        """Whether entering the function can lead to a server or another program."""
        node = found.node
        if not isinstance(node, FunctionDef) or (node.name not in self.interesting and not command_kind(node)):
            return False
        return not any(decorator_name(item) in ("fixture", "route", "shared_task") for item in node.decorators)

    def _values(self, node: FunctionDef, call: Call, frame: Frame) -> dict[str, object]:
        positional = [
            param for param in node.params if param.kind == "positional" and param.name not in ("self", "cls")
        ]
        values: dict[str, object] = {}
        for param in node.params:
            values[param.name] = (
                evaluate(self.world, frame, param.default)
                if param.default is not None and _plain(param.default)
                else OPEN
            )
        if any(keyword.name is None for keyword in call.keywords):
            values = dict.fromkeys(values, OPEN)
        for param, arg in zip(positional, call.args, strict=False):
            values[param.name] = evaluate(self.world, frame, arg)
        for keyword in call.keywords:
            if keyword.name in values:
                values[keyword.name] = evaluate(self.world, frame, keyword.value)
        values.pop("self", None)
        return values

    def _command_of(self, group: Definition, call: Call, way: _Way, frame: Frame, *, group_class: str = "") -> int:
        """The sub-command of a click group that the arguments name."""
        word, rest = subcommand(way.argv)
        commands = commands_of(self.modules, group)
        if word is None:
            return _NEXT
        if "${" in word:
            flows = [
                self._enter(
                    found,
                    Call(call.span, call.func, (), ()),
                    Frame(found.module, ""),
                    replace(way.doubted(), argv=()),
                    hop=False,
                )
                for found in commands.values()
            ]
            return _NEXT if not flows else min(flows)
        found = commands.get(word) or commands.get(word.replace("-", "_"))
        if found is not None:
            return self._enter(
                found,
                Call(call.span, call.func, (), ()),
                Frame(found.module, frame.name),
                replace(way, argv=rest),
                hop=False,
            )
        if word == "run" and group_class.endswith("FlaskGroup"):
            body = group.node.body if isinstance(group.node, FunctionDef) else ()
            info = self._script_info(body, Frame(group.module, frame.name, Scope(body)))
            return self._flask_run(call, way, group.module, info)
        return _STOP

    def _script_info(self, body: Sequence[Stmt], frame: Frame) -> Call | None:
        """The ``ScriptInfo(create_app=...)`` that a group makes for its ``run`` command."""
        for stmt in body:
            if isinstance(stmt, If):
                branches: Sequence[Sequence[Stmt]] = (stmt.body, stmt.orelse)
                test = stmt.test
                if isinstance(test, Compare) and len(test.ops) == 1 and _is_subcommand(test.left):
                    op, right = test.ops[0]
                    named = evaluate(self.world, frame, right)
                    if op in ("in", "==") and isinstance(named, list | str):
                        branches = (stmt.body if "run" in named else stmt.orelse,)
                for branch in branches:
                    if (found := self._script_info(branch, frame)) is not None:
                        return found
                continue
            for call in calls_in(stmt):
                if self.modules.qualified(frame.path, call.func, frame.scope.body) == "flask.cli.ScriptInfo":
                    return call
        return None

    def _flask_run(self, call: Call, way: _Way, path: str = "", loader: Call | None = None) -> int:
        """``loader`` is the call in ``path`` that says which factory the group's commands use."""
        # the way already ends with the call of the group
        hops = way.hops if way.hops and way.hops[-1].span == call.span else (*way.hops, Hop(call.span, render(call)))
        app, factory = None, argument(loader, "create_app") if loader is not None else None
        if loader is not None and factory is not None:
            if loader.span.file == hops[-1].span.file:
                hops = (*hops, Hop(loader.span, render(loader)))
            found = self.modules.resolve(path, factory)
            app = app_at(self.modules, self.instances, found.module, found.name) if found.is_project else None
        self.endings.append(
            Ending(hops, Server.FLASK_RUN, call, None, app.ref if app else "", None, None, way.certain, app=app)
        )
        return _STOP

    def _group_instance(self, made: Instance, call: Call, receiver: Expr, frame: Frame, way: _Way) -> int:
        found = self.modules.resolve(frame.path, receiver, frame.scope.body)
        word, rest = subcommand(way.argv)
        here = way.through(call.span, render(call))
        commands = commands_of(self.modules, found)
        if len(commands) == 1 and made.kind == "click-group" and word not in commands:
            only = next(iter(commands.values()))
            if made.call is not None and "Typer" in render(made.call.func):
                return self._enter(only, Call(call.span, call.func, (), ()), frame, here, hop=False)
        if word is None:
            return _STOP
        target = commands.get(word) or commands.get(word.replace("-", "_"))
        if target is not None:
            self._enter(
                target,
                Call(call.span, call.func, (), ()),
                Frame(target.module, frame.name),
                replace(here, argv=rest),
                hop=False,
            )
            return _STOP
        if word == "run" and made.kind == "flask-group":
            return self._flask_run(call, here)
        if "${" in word:
            if made.kind == "flask-group":
                self._flask_run(call, here.doubted())
            for other in commands.values():
                self._enter(
                    other,
                    Call(call.span, call.func, (), ()),
                    Frame(other.module, frame.name),
                    replace(here.doubted(), argv=()),
                    hop=False,
                )
        return _STOP

    def _flask_cli(self, call: Call, frame: Frame, way: _Way, receiver: Expr) -> int:
        word, rest = subcommand(way.argv)
        here = way.through(call.span, render(call))
        if word == "run":
            return self._flask_run(call, here)
        if word is not None:
            found = self.modules.resolve(frame.path, receiver, frame.scope.body)
            target = commands_of(self.modules, found).get(word)
            if target is not None:
                self._enter(target, Call(call.span, call.func, (), ()), frame, replace(here, argv=rest), hop=False)
        return _STOP

    def _flask_script(self, call: Call, func: Attribute, frame: Frame, way: _Way) -> int:
        """Flask-Script: ``runserver`` is there unless the project replaces it; nothing without a word."""
        word = first_word(way.argv)
        if word is None:
            default = argument(call, "default_command", position=1)
            value = evaluate(self.world, frame, default) if default is not None else None
            word = value if isinstance(value, str) else None
        if word is None:
            return _STOP
        manager = self.modules.resolve(frame.path, func.value, frame.scope.body)
        rest = way.argv[way.argv.index(word) + 1 :] if word in way.argv else ()
        here = replace(way.through(call.span, render(call)), argv=rest)
        if "${" in word:
            return self._serve(Server.APP_RUN, call, frame, way.doubted(), call.span)
        command = commands_of(self.modules, manager).get(word)
        if command is not None:
            self._enter(command, Call(call.span, call.func, (), ()), Frame(command.module, frame.name), here, hop=False)
            return _STOP
        added = added_command(self.modules, manager, word)
        if added is not None:
            where, value = added
            target = self.modules.resolve(where, value.func if isinstance(value, Call) else value)
            if target.kind == "class":
                for method in ("run", "__call__", "handle"):
                    member = self.modules.class_member(target, method)
                    if member.kind == "function":
                        self._enter(
                            member,
                            Call(call.span, call.func, (), ()),
                            Frame(where, frame.name),
                            here,
                            owner=target,
                            hop=False,
                        )
                        return _STOP
                if any(base.endswith(".Server") for base in self.modules.bases(target)):
                    return self._serve(Server.APP_RUN, call, frame, way, call.span)
            elif target.kind == "function":
                self._enter(target, Call(call.span, call.func, (), ()), Frame(where, frame.name), here, hop=False)
                return _STOP
            name = target.name if target.kind == "external" else ""
            if not name.endswith(".Server"):
                return _STOP
        if word == "runserver" or added is not None:
            return self._serve(Server.APP_RUN, call, frame, way, call.span)
        return _STOP

    # --- argparse

    def _argument(self, frame: Frame, reference: str) -> object:
        """The value of ``args.name`` where ``args`` comes from argparse."""
        name, _, attr = reference.partition(".")
        if not self._is_parsed(frame, name):
            return OPEN
        options = declared_arguments(self.modules, frame.path)
        if attr not in options:
            return OPEN
        return options[attr].read(self.world.argv, options)

    def _is_parsed(self, frame: Frame, name: str) -> bool:
        for body in (frame.scope.body, module_body(self.modules, frame.path)):
            if not self.modules.made_by(body).get(name, frozenset()).isdisjoint(("parse_args", "parse_known_args")):
                return True
        return name in ("args", "options", "opts", "ns") and name in frame.scope.params

    def _set_defaults(self, call: Call, func: Attribute, frame: Frame, way: _Way) -> int | None:
        """``args.func(args)`` of argparse: the function that the named sub-parser sets as default."""
        if not isinstance(func.value, Name) or not self._is_parsed(frame, func.value.id):
            return None
        word = first_word(self.world.argv)
        flow = _NEXT
        for parser, target in default_functions(self.modules, frame.path, func.attr):
            if parser is not None and word is not None and "${" not in word and parser != word:
                continue
            if parser is not None and word is None:
                continue
            found = self.modules.resolve(frame.path, target)
            if found.kind == "function":
                doubt = parser is None or word is None or "${" in word
                flow = max(flow, self._enter(found, call, frame, way.doubted(doubt)))
        return flow


# --- what the project says about itself ------------------------------------------------------------------------------


def _entered(found: Definition, values: Mapping[str, object], argv: Sequence[str]) -> Entered:
    plain = tuple((name, value) for name, value in values.items() if isinstance(value, str | int | float | None))
    words = {
        word.partition("=")[0].lstrip("-").removeprefix("no-").replace("-", "_") for word in argv if word[:1] == "-"
    }
    return Entered(found.module, found.name, plain, frozenset(name for name, _ in plain if name in words))


def _interesting(modules: Modules) -> frozenset[str]:
    """The simple names of functions and classes from which, by the names called, a serving or starting call may be
    reached: walking into anything else is a waste."""
    known = modules.memo.get("interesting")
    if isinstance(known, frozenset):
        return known
    mentions = mentions_of(modules)
    found = mentions.leading_to(_BASE_NAMES)
    if not found.isdisjoint(mentions.inside):
        found |= {"__init__"}
    modules.memo["interesting"] = found
    return found


def starts_by_itself(modules: Modules, path: str) -> bool:
    """Whether ``path``, and not only what it imports, may lead to a server or another program when it runs."""
    module = modules.module(path)
    return module is not None and not _interesting(modules).isdisjoint(module.mentions.run)


def may_start(modules: Modules, path: str) -> bool:
    """Whether running or importing ``path`` may lead to a server or another program, by the names that are called in it
    and in what it imports."""
    known = modules.memo.get("may start")
    if not isinstance(known, frozenset):
        known = modules.memo["may start"] = files_leading_to(modules, _interesting(modules))
    return path in known


def _loaded_by(modules: Modules, path: str, stmt: Import | ImportFrom, roots: Sequence[str] = ()) -> Iterator[str]:
    """The project files that ``stmt`` in ``path`` loads, packages before their members."""

    def files(module: str, level: int) -> Iterator[str]:
        found = None
        if roots and not level:
            found = modules.locate(module, roots)
        found = found or modules.imported_file(path, module, level)
        if found is None:
            return
        if not found.endswith("/"):
            yield from modules.packages_above(found)
            yield found

    if isinstance(stmt, Import):
        for dotted, _ in stmt.names:
            parts = dotted.split(".")
            for count in range(1, len(parts) + 1):
                yield from files(".".join(parts[:count]), 0)
        return
    yield from files(stmt.module, stmt.level)
    for name, _ in stmt.names:
        if name != "*":
            base = modules.imported_file(path, stmt.module, stmt.level)
            if base is None or not base.endswith(("/", "__init__.py")):
                continue
            if base.endswith("__init__.py") and modules.bindings(base, name):
                continue
            yield from files(f"{stmt.module}.{name}" if stmt.module else name, stmt.level)


def imports_closure(modules: Modules, path: str, roots: Sequence[str] = ()) -> frozenset[str]:
    """The project files whose module-level code runs when ``path`` is imported (``path`` and the packages above it
    included), ``roots`` searched first. Code under the main guard does not run then."""
    found: set[str] = set()
    queue = [path, *modules.packages_above(path)]
    while queue:
        item = queue.pop()
        module = modules.module(item)
        if item in found:
            continue
        found.add(item)
        for stmt, where in statements(module.body) if module is not None else ():
            if isinstance(stmt, (Import, ImportFrom)) and not where.in_main:
                queue.extend(other for other in _loaded_by(modules, item, stmt, roots) if other not in found)
    return frozenset(found)


def _import_text(stmt: Import | ImportFrom) -> str:
    names = ", ".join(name if alias is None else f"{name} as {alias}" for name, alias in stmt.names)
    return f"import {names}" if isinstance(stmt, Import) else f"from {'.' * stmt.level}{stmt.module} import {names}"


def _is_import_error(handler: Handler) -> bool:
    names = (
        {part.id for part in subexpressions(handler.type) if isinstance(part, Name)}
        if handler.type is not None
        else {"Exception"}
    )
    return bool(names & {"ImportError", "ModuleNotFoundError"})


def _is_stdlib(top: str) -> bool:
    return top in sys.stdlib_module_names


def _plain(expr: Expr) -> bool:
    return isinstance(expr, (Const, Collection))


# --- a launch target -------------------------------------------------------------------------------------------------


def _is_subcommand(expr: Expr) -> bool:
    return isinstance(expr, Attribute) and expr.attr == "invoked_subcommand"


def classify(modules: Modules, path: str, attr: str, called: bool = False) -> tuple[str, App | None, Span | None]:
    """What a server finds under ``attr`` in the file ``path``: "app", "factory", "class", "asgi", "other" (something
    else), "main-only" (bound under the main guard only), "missing" or "unknown"; the application when it is one
    (``called``: the server calls it); the place where it is bound."""
    instances = instances_of(modules)
    found = modules.bindings(path, attr)
    span = found[-1].span if found else None
    if found and all(binding.in_main for binding in found):
        return "main-only", None, span
    definition = modules.define(path, attr)
    span = span or definition.span
    if definition.kind in ("missing", "unknown"):
        return definition.kind, None, span
    if definition.in_main:
        return "main-only", None, span
    if definition.kind == "function" and isinstance(definition.node, FunctionDef):
        node = definition.node
        app = app_at(modules, instances, path, attr)
        if app is not None:
            return "factory", app, span
        names = [param.name for param in node.params]
        if node.is_async or names[:3] == ["scope", "receive", "send"]:
            return "asgi", None, span
        if len(names) == 2 and names[1] in ("start_response", "start_resp", "start"):
            return "app", None, span
        return ("unknown" if node.screened or called else "other"), None, span
    if definition.kind == "class":
        return "class", None, span
    made = instances.of_global(path, attr)
    if made is None and definition.kind == "value":
        made = instances.of_definition(definition)
    if made is not None:
        if made.is_app:
            return "app", app_at(modules, instances, path, attr), span
        return ("asgi" if made.kind in ("asgi", "asgi-app") else "other"), None, span
    if definition.kind == "value" and isinstance(definition.value, Const | Collection | Dict):
        return "other", None, span
    return ("other" if definition.kind == "module" else "unknown"), None, span
