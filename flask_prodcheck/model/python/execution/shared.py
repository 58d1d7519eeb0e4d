"""What all walks through the programs of one project share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from flask_prodcheck.facts.syntax import (
    Call,
    Const,
    Declare,
    Expr,
    ExprStmt,
    FunctionDef,
    Import,
    ImportFrom,
    Jump,
    Stmt,
)
from flask_prodcheck.model.python.execution.loading import loaded_by
from flask_prodcheck.model.python.execution.ways import Outcome
from flask_prodcheck.model.python.mentions import files_leading_to, mentions_of
from flask_prodcheck.model.python.modules import Modules, call_name, calls_in, subexpressions
from flask_prodcheck.records import dataclass

BASE_NAMES = frozenset({
    "run", "run_server", "run_simple", "run_app", "serve", "serve_forever", "safe_start", "start", "listen", "bind",
    "make_server", "server", "system", "popen", "execv", "execve", "execvp", "execvpe", "execl", "execle", "execlp",
    "execlpe", "spawnv", "spawnvp", "spawnl", "Popen", "call", "check_call", "check_output", "getoutput", "local",
    "sudo", "main", "cli", "invoke", "block", "quickstart", "exit", "_exit", "Fire", "WSGIResource", "handle_request",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shared:
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
            return BASE_NAMES.isdisjoint(map(call_name, calls_in(stmt)))
        return isinstance(stmt, (Jump, Declare)) or (isinstance(stmt, ExprStmt) and isinstance(stmt.value, Const))

    def loaded_by(self, modules: Modules, path: str, stmt: Import | ImportFrom) -> tuple[str, ...]:
        """The project files that ``stmt`` in ``path`` loads."""
        known = self.loaded.get((path, id(stmt)))
        if known is None:
            known = self.loaded[path, id(stmt)] = stmt, tuple(dict.fromkeys(loaded_by(modules, path, stmt)))
        return known[1]


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
    if not found.isdisjoint(mentions.inside):
        found |= {"__init__"}
    modules.memo["interesting"] = found
    return found


def starts_by_itself(modules: Modules, path: str) -> bool:
    """Whether ``path``, and not only what it imports, may lead to a server or another program when it runs."""
    module = modules.module(path)
    return module is not None and not interesting_names(modules).isdisjoint(module.mentions.run)


def may_start(modules: Modules, path: str) -> bool:
    """Whether running or importing ``path`` may lead to a server or another program, by the names that are called in it
    and in what it imports."""
    known = modules.memo.get("may start")
    if not isinstance(known, frozenset):
        known = modules.memo["may start"] = files_leading_to(modules, interesting_names(modules))
    return path in known
