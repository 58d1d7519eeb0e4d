"""Statements in order: branches, assignments, imports."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask_prodcheck.facts.statements import (
    call_name,
    calls_in,
    is_type_checking,
    statement_expressions,
    statements,
    subexpressions,
)
from flask_prodcheck.facts.syntax import (
    Assign,
    AugAssign,
    Call,
    ClassDef,
    Collection,
    Expr,
    ExprStmt,
    FunctionDef,
    Handler,
    If,
    Import,
    ImportFrom,
    Loop,
    Match,
    Name,
    Raise,
    Return,
    Stmt,
    Try,
    With,
)
from flask_prodcheck.model.python.execution.passages import arrive, depart, entrance, passed
from flask_prodcheck.model.python.execution.shared import BASE_NAMES, Skipped, may_start
from flask_prodcheck.model.python.execution.ways import DEPTH, FORKS, NEXT, RETURN, STEPS, STOP, TOO_LARGE, Ending, Way
from flask_prodcheck.model.python.held_settings import changed_settings
from flask_prodcheck.model.python.programs.expressions import evaluate
from flask_prodcheck.model.python.programs.state import Frame, is_perhaps_empty
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.model.python.programs.words import text_of
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk


#: Of a loop that are gone through one by one.
_ROUNDS = 20


def body(walk: Walk, body: Sequence[Stmt], frame: Frame, way: Way) -> int:
    chosen = walk.known.brief_in if frame.again else walk.known.acting_in
    return walk.acts(chosen(walk.modules, frame.path, body), frame, way)


def acts(walk: Walk, body: Sequence[Stmt | Skipped], frame: Frame, way: Way) -> int:
    for index, stmt in enumerate(body):
        walk.steps += stmt.count if isinstance(stmt, Skipped) else 1
        if walk.steps > STEPS:
            walk.notes.append(TOO_LARGE)
            return STOP
        if isinstance(stmt, Skipped):
            continue
        if isinstance(stmt, If) and walk.forks_here(stmt, body[index + 1 :], frame):
            walk.forks += 1
            flows, reached = [], []
            begun = len(walk.endings)
            for branch in (stmt.body, stmt.orelse):
                copy = replace(frame, values=dict(frame.values))
                walk.expressions(stmt, frame, way)
                flows.append(walk.acts((*branch, *body[index + 1 :]), copy, way))
                reached.append(walk.endings[begun:])
                del walk.endings[begun:]
            walk.endings += _of_both_futures(*reached)
            return min(flows)
        flow, doubt = walk.statement(stmt, frame, way)
        if flow != NEXT:
            return flow
        way = way.doubted(doubt)
    return NEXT


def _of_both_futures(first: Sequence[Ending], second: Sequence[Ending]) -> list[Ending]:
    """The endings of two futures one of which comes true: those are certain that both lead to."""
    common = set(map(_shown, first)) & set(map(_shown, second))
    return [each if _shown(each) in common else replace(each, certain=False) for each in (*first, *second)]


def _shown(ending: Ending) -> tuple[object, ...]:
    return ending.hops, ending.server, ending.argv, ending.shell, ending.certain


def forks_here(walk: Walk, stmt: If, rest: Sequence[Stmt | Skipped], frame: Frame) -> bool:
    """Whether an undecidable ``if`` gives a name different values that later statements use: both futures are
    followed then."""
    if (
        not rest
        or walk.forks >= FORKS
        or evaluate(walk.world, frame, stmt.test) is not OPEN
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
        for later, _ in statements([each for each in rest if not isinstance(each, Skipped)])
        for call in calls_in(later)
        if call_name(call) in BASE_NAMES
        for part in subexpressions(call)
    )


def statement(walk: Walk, stmt: Stmt, frame: Frame, way: Way) -> tuple[int, bool]:
    """The flow after ``stmt`` and whether what follows is in doubt."""
    if isinstance(stmt, If):
        return walk.run_if(stmt, frame, way)
    if isinstance(stmt, Try):
        return walk.run_try(stmt, frame, way)
    if isinstance(stmt, Match):
        return walk.run_match(stmt, frame, way)
    if isinstance(stmt, (Import, ImportFrom)):
        return walk.run_import(stmt, frame, way), False
    if isinstance(stmt, FunctionDef):
        return NEXT, False
    flow = walk.expressions(stmt, frame, way)
    if flow != NEXT:
        return flow, False
    for name in changed_settings(walk.modules, frame.path, frame.scope, stmt, frame.values):
        frame.values[name] = OPEN
    if isinstance(stmt, Assign | ExprStmt) and way.certain:
        walk.exports(stmt, frame)
    if isinstance(stmt, Assign):
        walk.assign(stmt, frame)
    elif isinstance(stmt, AugAssign):
        walk.augment(stmt, frame)
    elif isinstance(stmt, ExprStmt):
        walk.mutate(stmt.value, frame)
    elif isinstance(stmt, Return):
        frame.results.append(evaluate(walk.world, frame, stmt.value) if stmt.value is not None else None)
        return RETURN, False
    elif isinstance(stmt, Raise):
        return STOP, False
    elif isinstance(stmt, With):
        return walk.body(stmt.body, frame, walk.surrounded(stmt, frame, way)), False
    elif isinstance(stmt, Loop):
        flow, empty = NEXT, empty_lists(frame)
        for values in walk.rounds(stmt, frame):
            walk.forget(stmt, frame)
            frame.values.update(values)
            flow = walk.body(stmt.body, frame, way)
            if flow != NEXT:
                break
        walk.forget(stmt, frame)
        filled_perhaps(frame, empty)
        frame.returns = frame.returns or flow == RETURN
        return (flow if flow == STOP else NEXT), flow == RETURN
    elif isinstance(stmt, ClassDef):
        return walk.body(stmt.body, Frame(frame.path, frame.name, frame.scope), way), False
    return NEXT, False


def surrounded(walk: Walk, stmt: With, frame: Frame, way: Way) -> Way:
    """``way`` inside fabric's ``shell_env(...)``, ``lcd(...)`` and ``cd(...)``, which shape the commands run there."""
    for call in (part for expr in statement_expressions(stmt) for part in subexpressions(expr)):
        if not isinstance(call, Call):
            continue
        name = call_name(call)
        if name == "shell_env":
            way = walk.with_variables(way, [(each.name, each.value) for each in call.keywords], frame)
        elif name in ("lcd", "cd") and call.args:
            folder = text_of(call.args[0], evaluate(walk.world, frame, call.args[0]))
            way = replace(way, env=("env", "-C", folder, *way.env[1:]))
    return way


def with_variables(walk: Walk, way: Way, pairs: Sequence[tuple[str | None, Expr]], frame: Frame) -> Way:
    words = [f"{name}={text_of(value, evaluate(walk.world, frame, value))}" for name, value in pairs if name]
    return replace(way, env=(*(way.env or ("env",)), *words)) if words else way


def rounds(walk: Walk, stmt: Loop, frame: Frame) -> list[dict[str, object]]:
    """What the names of a loop hold each time it comes round, where it goes through a short list that is written out and
    may start something; else one round in which nothing is known of them."""
    target, unknown = stmt.target, [dict[str, object]()]
    if target is None or stmt.source is None:
        return unknown
    calls = {call_name(call) for inner, _ in statements(stmt.body) for call in calls_in(inner)}
    if walk.interesting.isdisjoint(calls):
        return unknown
    items = evaluate(walk.world, frame, stmt.source)
    if not isinstance(items, list) or not 0 < len(items) <= _ROUNDS:
        return unknown
    if isinstance(target, Name):
        return [{target.id: item} for item in items]
    names = [part.id for part in target.items if isinstance(part, Name)] if isinstance(target, Collection) else []
    if not names or any(not isinstance(item, list) or len(item) != len(names) for item in items):
        return unknown
    return [dict(zip(names, item, strict=True)) for item in items if isinstance(item, list)]


def forget(walk: Walk, stmt: Loop, frame: Frame) -> None:
    if stmt.target is not None:
        for part in subexpressions(stmt.target):
            if isinstance(part, Name):
                frame.values[part.id] = OPEN


def run_if(walk: Walk, stmt: If, frame: Frame, way: Way) -> tuple[int, bool]:
    if is_type_checking(stmt.test):
        return walk.body(stmt.orelse, frame, way), False
    flow = walk.expressions(stmt, frame, way)
    if flow == STOP:
        return flow, False
    before, frame.assumed = frame.assumed, False
    value = evaluate(walk.world, frame, stmt.test)
    assumed, frame.assumed = frame.assumed, before
    if is_perhaps_empty(frame, stmt.test):
        value = OPEN
    if value is OPEN and isinstance(stmt.test, Name) and walk.instances.of(frame.path, stmt.test, frame.scope):
        value = assumed = True  # an object that the project makes; where it makes none, the name holds None
    if value is not OPEN:
        taken, other = (stmt.body, stmt.orelse) if value else (stmt.orelse, stmt.body)
        reached = len(walk.endings)
        flow = walk.body(taken, frame, way.doubted(assumed))
        if flow == STOP and assumed and len(walk.endings) == reached:
            return walk.body(other, frame, way), False  # it refuses to start without what the deployment sets
        return flow, False
    saved, empty = dict(frame.values), empty_lists(frame)
    first = walk.body(stmt.body, frame, way.doubted())
    after = frame.values
    frame.values = saved
    second = walk.body(stmt.orelse, frame, way.doubted())
    filled_perhaps(frame, empty)
    for name in set(after) | set(frame.values):
        if after.get(name) != frame.values.get(name) and not isinstance(frame.values.get(name), list):
            frame.values[name] = OPEN
    if first == second:
        return first, False
    frame.returns = frame.returns or RETURN in (first, second)
    return NEXT if NEXT in (first, second) else RETURN, True


def empty_lists(frame: Frame) -> list[str]:
    """The names of lists with nothing in them."""
    return [name for name, value in frame.values.items() if value == []]


def filled_perhaps(frame: Frame, empty: Sequence[str]) -> None:
    """After a branch or a loop that may not run: which of the lists that were ``empty`` may be so still."""
    frame.perhaps_empty.update(name for name in empty if frame.values.get(name) not in (None, []))


def run_try(walk: Walk, stmt: Try, frame: Frame, way: Way) -> tuple[int, bool]:
    flow = walk.body(stmt.body, frame, way)
    doubt = False
    only_imports = all(isinstance(each, Import | ImportFrom) for each in stmt.body)
    if flow == NEXT:
        flow = walk.body(stmt.orelse, frame, way)
    for handler in stmt.handlers:
        if flow == STOP and not is_import_error(handler):
            continue
        if (only_imports or is_import_error(handler)) and walk.imports_fine(stmt.body, frame):
            continue
        copy = replace(frame, values=dict(frame.values))
        after = walk.body(handler.body, copy, way.doubted())
        doubt = doubt or after != flow
    final = walk.body(stmt.final, frame, way)
    return (final, doubt) if final != NEXT else (flow, doubt and flow == NEXT)


def imports_fine(walk: Walk, body: Sequence[Stmt], frame: Frame) -> bool:
    """Whether everything a ``try`` imports is the project's own, the standard library's or installed."""
    if walk.installed is None:
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
                normal not in walk.installed
                and walk.modules.imported_file(frame.path, top, 0) is None
                and not _is_stdlib(top)
            ):
                return False
    return True


def run_match(walk: Walk, stmt: Match, frame: Frame, way: Way) -> tuple[int, bool]:
    flow = walk.expressions(stmt, frame, way)
    if flow == STOP:
        return flow, False
    subject = evaluate(walk.world, frame, stmt.subject)
    undecided = subject is OPEN
    for case in stmt.cases:
        values = [evaluate(walk.world, frame, value) for value in case.values]
        if not undecided and subject in values and case.guard is None:
            return walk.body(case.body, frame, way), False
        if undecided or case.guard is not None or (not case.values and not case.wildcard):
            walk.body(case.body, replace(frame, values=dict(frame.values)), way.doubted())
        elif case.wildcard:
            return walk.body(case.body, frame, way), False
    return NEXT, undecided


def run_import(walk: Walk, stmt: Import | ImportFrom, frame: Frame, way: Way) -> int:
    frame.imports.append(stmt)
    for path in walk.known.loaded_by(walk.modules, frame.path, stmt):
        if walk.has_met(path):
            continue
        flow = walk.load(path, way.through(stmt.span, _import_text(stmt)))
        if flow == STOP:
            return flow
    return NEXT


def load(walk: Walk, path: str, way: Way) -> int:
    module = walk.modules.module(path)
    if module is None or walk.has_met(path) or walk.depth > DEPTH:
        return NEXT
    walk.met.add(path)
    if not may_start(walk.modules, path):
        return NEXT
    key = entrance(walk, path, way)
    before = passed(walk, key, way)
    if before is not None:
        return before.flow
    begun = depart(walk, way)
    walk.deeper()
    try:
        name = walk.modules.dotted(path, walk.modules.top(path)) or path
        again = walk.known.loads_again(path, module.body)
        flow = walk.body(module.body, Frame(path, name, again=again), way)
    finally:
        walk.depth -= 1
    flow = flow if flow == STOP else NEXT
    arrive(walk, begun, key, flow)
    return flow


def _import_text(stmt: Import | ImportFrom) -> str:
    names = ", ".join(name if alias is None else f"{name} as {alias}" for name, alias in stmt.names)
    return f"import {names}" if isinstance(stmt, Import) else f"from {'.' * stmt.level}{stmt.module} import {names}"


def is_import_error(handler: Handler) -> bool:
    """Whether ``handler`` catches an import that fails."""
    names = (
        {part.id for part in subexpressions(handler.type) if isinstance(part, Name)}
        if handler.type is not None
        else {"Exception"}
    )
    return bool(names & {"ImportError", "ModuleNotFoundError"})


def _is_stdlib(top: str) -> bool:
    return top in sys.stdlib_module_names
