"""What all walks through the programs of one project share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field

from flask_prodcheck.facts.statements import (
    call_name,
    calls_in,
    nested_statements,
    statement_expressions,
    statements,
    subexpressions,
)
from flask_prodcheck.facts.syntax import (
    Assign,
    Attribute,
    AugAssign,
    Call,
    ClassDef,
    Const,
    Declare,
    Expr,
    ExprStmt,
    FunctionDef,
    Global,
    Import,
    ImportFrom,
    Jump,
    Match,
    Name,
    Return,
    Stmt,
    Subscript,
)
from flask_prodcheck.model.python.execution.loading import loaded_by
from flask_prodcheck.model.python.execution.passages import Passage
from flask_prodcheck.model.python.execution.ways import Outcome
from flask_prodcheck.model.python.mentions import files_leading_to, mentions_of
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass

BASE_NAMES = frozenset({
    "run", "run_server", "run_simple", "run_app", "serve", "serve_forever", "safe_start", "start", "listen", "bind",
    "make_server", "server", "system", "popen", "execv", "execve", "execvp", "execvpe", "execl", "execle", "execlp",
    "execlpe", "spawnv", "spawnvp", "spawnve", "spawnvpe", "spawnl", "spawnlp", "spawnle", "spawnlpe", "posix_spawn",
    "posix_spawnp", "Popen", "call", "check_call", "check_output", "getoutput", "local",
    "sudo", "main", "cli", "invoke", "block", "quickstart", "exit", "_exit", "Fire", "WSGIResource", "handle_request",
    "spawn", "spawn_n", "submit", "to_thread", "run_in_executor", "start_background_task",
    "dispatch_command", "dispatch_commands", "auto_cli", "CLI",
    "run_module", "run_path", "exec", "execfile", "exec_module",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Skipped:
    """Stands for statements, ``count`` steps of a walk, that do nothing in it."""

    count: int


@dataclass(frozen=True, slots=True)
class Shared:
    """What every program of a project shares: many start in different ways and then load the same modules. Nodes are
    known by their id; the project's facts, or the value itself, keep them alive."""

    outcomes: dict[tuple[object, ...], Outcome] = field(default_factory=dict)
    calls: dict[int, tuple[Expr, tuple[Call, ...]]] = field(default_factory=dict)
    loaded: dict[tuple[str, int], tuple[Import | ImportFrom, tuple[str, ...]]] = field(default_factory=dict)
    acting: dict[tuple[str, int], tuple[Sequence[Stmt], tuple[Stmt, ...]]] = field(default_factory=dict)
    passages: dict[tuple[object, ...], list[Passage]] = field(default_factory=dict)
    idle: dict[tuple[str, int], Call] = field(default_factory=dict)  # calls that lead nowhere, however it is started
    loads: dict[str, int] = field(default_factory=dict)
    inert: dict[str, frozenset[int]] = field(default_factory=dict)
    brief: dict[tuple[str, int], tuple[Sequence[Stmt], tuple[Stmt | Skipped, ...]]] = field(default_factory=dict)
    given: dict[tuple[object, ...], tuple[object, bool]] = field(default_factory=dict)
    giving: dict[int, tuple[FunctionDef, bool]] = field(default_factory=dict)

    def aside(self) -> Shared:
        """The same for a trial, which learns nothing for the programs: what hangs on the statements alone."""
        return Shared(calls=self.calls, loaded=self.loaded, acting=self.acting)

    def gives_back(self, node: FunctionDef) -> bool:
        """Whether the function has a statement that gives something back."""
        known = self.giving.get(id(node))
        if known is None:
            known = self.giving[id(node)] = node, any(isinstance(stmt, Return) for stmt, _ in statements(node.body))
        return known[1]

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

    def loads_again(self, path: str, body: Sequence[Stmt]) -> bool:
        """Whether the module at ``path``, which is being imported, was before, and :meth:`brief_in` knows what to skip."""
        count = self.loads[path] = self.loads.get(path, 0) + 1
        if count == 2:
            self.inert[path] = self._inert(path, body)
        return bool(self.inert.get(path))

    def brief_in(self, modules: Modules, path: str, body: Sequence[Stmt]) -> tuple[Stmt | Skipped, ...]:
        """:meth:`acting_in` with those left out that do nothing when the module at ``path`` is imported."""
        known = self.brief.get((path, id(body)))
        if known is None:
            inert = self.inert[path]
            found: list[Stmt | Skipped] = []
            for stmt in self.acting_in(modules, path, body):
                if id(stmt) not in inert:
                    found.append(stmt)
                    continue
                last, count = found[-1] if found else None, self._steps(modules, path, stmt)
                if isinstance(last, Skipped):
                    found[-1] = Skipped(last.count + count)
                else:
                    found.append(Skipped(count))
            known = self.brief[path, id(body)] = body, tuple(found)
        return known[1]

    def _steps(self, modules: Modules, path: str, stmt: Stmt) -> int:
        inside = self.acting_in(modules, path, stmt.body) if isinstance(stmt, ClassDef) else ()
        return 1 + sum(self._steps(modules, path, each) for each in inside)

    def _inert(self, path: str, body: Sequence[Stmt]) -> frozenset[int]:
        """The statements (by id) of a module that do nothing when it is imported: they call only what leads nowhere, and
        what they assign no other statement looks at. None where a call leads somewhere, because the values of the module go
        there."""
        if path.rpartition("/")[2] == "__main__.py":
            return frozenset()  # may be called so when it is imported
        run = [stmt for stmt, where in statements(body) if not where.in_main]
        if any((path, id(call)) not in self.idle for stmt in run for call in _all_calls(self, stmt)):
            return frozenset()
        candidates = [stmt for stmt in run if self._does_nothing(path, stmt)]
        chosen = set(map(id, candidates))
        read = {name for stmt in run if id(stmt) not in chosen for name in _names_in(stmt)}
        read.update(name for stmt in body for name in _values_elsewhere(stmt))
        while read_by := [stmt for stmt in candidates if id(stmt) in chosen and not read.isdisjoint(_changed(stmt))]:
            chosen.difference_update(map(id, read_by))
            read.update(name for stmt in read_by for name in _names_in(stmt))
        return frozenset(chosen)

    def _does_nothing(self, path: str, stmt: Stmt) -> bool:
        """Whether all that ``stmt`` may do is to change the value of a name."""
        if isinstance(stmt, ClassDef):
            quiet = all(isinstance(each, FunctionDef) or self._does_nothing(path, each) for each in stmt.body)
        else:
            quiet = isinstance(stmt, (Assign, AugAssign, ExprStmt, Declare)) and _OF_PROCESS.isdisjoint(
                _attributes(stmt)
            )
        # A call by one of these names makes a branch before it be followed both ways.
        calls = _all_calls(self, stmt)
        return quiet and all((path, id(each)) in self.idle and call_name(each) not in BASE_NAMES for each in calls)

    def _is_idle(self, modules: Modules, path: str, stmt: Stmt) -> bool:
        if isinstance(stmt, (Import, ImportFrom)):
            return not self.loaded_by(modules, path, stmt)
        if isinstance(stmt, FunctionDef):
            return BASE_NAMES.isdisjoint(map(call_name, calls_in(stmt)))
        return isinstance(stmt, (Jump, Declare)) or (isinstance(stmt, ExprStmt) and isinstance(stmt.value, Const))

    def loaded_by(self, modules: Modules, path: str, stmt: Import | ImportFrom) -> tuple[str, ...]:
        """The project files that ``stmt`` in ``path`` loads."""
        known = self.loaded.get((path, id(stmt)))
        if known is None:
            known = self.loaded[path, id(stmt)] = stmt, tuple(dict.fromkeys(loaded_by(modules, path, stmt)))
        return known[1]


def _all_calls(shared: Shared, stmt: Stmt) -> list[Call]:
    return [call for expr in statement_expressions(stmt) for call in shared.calls_of(expr)]


def _names_in(stmt: Stmt) -> Iterator[str]:
    """The names that ``stmt`` itself may look at."""
    values = [value for case in stmt.cases for value in case.values] if isinstance(stmt, Match) else []
    for expr in (*statement_expressions(stmt), *values):
        for part in subexpressions(expr):
            if isinstance(part, Name):
                yield part.id


def _values_elsewhere(stmt: Stmt) -> Iterator[str]:
    """The names in the values that classes, and functions through ``global``, give: they are looked up in the module."""
    for inner, _ in nested_statements([stmt]):
        if isinstance(inner, ClassDef) or (
            isinstance(inner, FunctionDef) and any(isinstance(each, Global) for each, _ in statements(inner.body))
        ):
            for each, _ in statements(inner.body):
                if isinstance(each, Assign):
                    yield from _names_in(each)


def _targets(stmt: Stmt) -> Sequence[Expr]:
    """What ``stmt`` sets, or changes by a method."""
    if isinstance(stmt, Assign):
        return stmt.targets
    if isinstance(stmt, AugAssign):
        return (stmt.target,)
    if isinstance(stmt, ExprStmt) and isinstance(stmt.value, Call) and isinstance(stmt.value.func, Attribute):
        return (stmt.value.func.value,)
    return ()


def _changed(stmt: Stmt) -> Iterator[str]:
    """The names whose values ``stmt``, which does nothing else, changes."""
    return (each.id for each in _targets(stmt) if isinstance(each, Name))


#: What the whole process shares.
_OF_PROCESS = frozenset({"argv", "environ"})


def _attributes(stmt: Stmt) -> list[str]:
    """The attributes that ``stmt`` sets, also a part of them, or changes by a method of what they hold."""
    whole = [each.value if isinstance(each, Subscript) else each for each in _targets(stmt)]
    return [each.attr for each in whole if isinstance(each, Attribute)]


def shared_of(modules: Modules) -> Shared:
    known = modules.memo.get("programs")
    if not isinstance(known, Shared):
        known = modules.memo["programs"] = Shared()
    return known


def interesting_names(modules: Modules) -> frozenset[str]:
    """The simple names of functions and classes from which, by the names called, a serving or starting call may be
    reached: walking into anything else is a waste."""
    known = modules.memo.get("interesting")
    if isinstance(known, frozenset):
        return known
    mentions = mentions_of(modules)
    found = mentions.leading_to(BASE_NAMES)
    if mentions.defines_one_of(found):
        found |= {"__init__"}
    modules.memo["interesting"] = found
    return found


def starts_by_itself(modules: Modules, path: str) -> bool:
    """Whether ``path``, and not only what it imports, may lead to a server or another program when it runs."""
    module = modules.module(path)
    return module is not None and module.runs_one_of(interesting_names(modules))


def may_start(modules: Modules, path: str) -> bool:
    """Whether running or importing ``path`` may lead to a server or another program, by the names that are called in it
    and in what it imports."""
    known = modules.memo.get("may start")
    if not isinstance(known, frozenset):
        known = modules.memo["may start"] = files_leading_to(modules, interesting_names(modules))
    return path in known
