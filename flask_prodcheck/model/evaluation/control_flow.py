"""Branches, loops, contexts and exceptions: a branch that cannot be decided is run both ways and joined."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.facts.statements import main_branches
from flask_prodcheck.facts.syntax import (
    Assign,
    Attribute,
    BoolOp,
    Call,
    Collection,
    Compare,
    Const,
    Expr,
    ExprStmt,
    If,
    Loop,
    Match,
    Name,
    Raise,
    Return,
    Stmt,
    Try,
    UnaryOp,
    With,
)
from flask_prodcheck.model.evaluation.heap import Heap
from flask_prodcheck.model.evaluation.paths import EXISTENCE
from flask_prodcheck.model.evaluation.running import ITEMS, End, Ends, Frame, RaisedError, merge_ends
from flask_prodcheck.model.evaluation.unparse import unparse
from flask_prodcheck.model.evaluation.values import Evaluated, Made, merged, selected, unknown
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

_ROUNDS = 60


def _mark_guard(machine: Machine, condition: Evaluated, mark: int) -> None:
    machine.guarded_variables.update(condition.made_of)  # what only chose the settings is not what is checked
    machine.guarded_keys.update(machine.keys_read[mark:])


def run_assert(machine: Machine, test: Expr, frame: Frame) -> Ends:
    mark = len(machine.keys_read)
    condition = machine.evaluate(test, frame)
    truth = machine.truth(condition)
    if truth is True:
        return {"next": End(machine.heap)}
    _mark_guard(machine, condition, mark)
    ends: Ends = {"raise": End(machine.heap, condition, "AssertionError", True)}
    if truth is None:
        ends["next"] = End(machine.heap)
    return ends


def run_if(machine: Machine, stmt: If, frame: Frame) -> Ends:
    in_body, in_else = main_branches(stmt.test)
    if (in_body or in_else) and not frame.scopes:
        run_body = (frame.file == machine.main) is in_body
        return machine.block(stmt.body if run_body else stmt.orelse, frame)
    if _type_checking(stmt.test):
        return machine.block(stmt.orelse, frame)
    mark = len(machine.keys_read)
    condition = machine.evaluate(stmt.test, frame)
    truth = machine.truth(condition)
    if truth is not True and _raises(stmt.body) and (truth is None or condition.absent):
        _mark_guard(machine, condition, mark)
        _mark_operands(machine, stmt.test, frame)
    if truth is False and condition.absent and all(isinstance(each, Assign) for each in stmt.body):
        _mark_supplied(machine, stmt.body, frame, frozenset(condition.absent))
    if truth is True and condition.absent and isinstance(stmt.test, Compare):
        _note_later_ways(machine, unparse(stmt.test.left), stmt.orelse, frame)
    depth = len(machine.control)
    machine.control.append(condition)
    try:
        if truth is not None:
            ends = machine.block(stmt.body if truth else stmt.orelse, frame)
            if "raise" in ends and "next" not in ends and "return" not in ends:
                _mark_guard(machine, condition, mark)
        else:
            ends = run_both(machine, stmt.body, stmt.orelse, frame, asked=_asked_file(condition, stmt.test))
    finally:
        del machine.control[depth:]
    if frame.scopes and (_returns(stmt.body) or _returns(stmt.orelse)):
        machine.control.append(condition)
    return ends


def _note_later_ways(machine: Machine, asked: str, orelse: Sequence[Stmt], frame: Frame) -> None:
    """``if mode == "development": ... elif mode == "production":`` says what the variable is set to in production, though the
    default takes the way before. Only what was ``asked`` just now is evaluated again, against texts, which changes nothing."""
    while len(orelse) == 1 and isinstance(later := orelse[0], If):
        test = later.test
        if isinstance(test, Compare) and unparse(test.left) == asked and all(isinstance(each, Const) for _, each in test.ops):
            machine.evaluate(test, frame)
        orelse = later.orelse


def _mark_supplied(machine: Machine, body: Sequence[Stmt], frame: Frame, names: frozenset[str]) -> None:
    """``if "KEY" in os.environ: config["KEY"] = os.environ["KEY"]``: what is there is the default of a variable that
    nothing sets. ``body`` is run aside, with ``names`` set, to see which settings are made of them."""
    before, required = machine.heap, machine.required
    machine.heap, machine.required = before.fork(), required | names
    try:
        taken = machine.block(body, frame).get("next")
    except RaisedError:
        taken = None
    finally:
        machine.heap, machine.required = before, required
    for oid, obj, plain in taken.heap.changed_from(before) if taken is not None else ():
        if obj.kind not in ("dict", "config"):
            continue
        for key, cell in obj.cells.items():
            given = tuple(name for name in cell.made_of if name in names)
            left = plain.cells.get(key)
            if given and left is not None and left is not cell and isinstance(left.value, Known):
                marked = replace(left, variables=merged(given, left.variables), absent=merged(given, left.absent))
                machine.write(oid, key, marked)


def _mark_operands(machine: Machine, test: Expr, frame: Frame) -> None:
    """A check that is undecided, or that only a variable's default switched off, still guards what it names. What its parts
    change they have changed already."""
    before = machine.heap
    for value in test.values if isinstance(test, BoolOp) and test.op == "and" else ():
        mark = len(machine.keys_read)
        machine.heap = before.fork()
        try:
            _mark_guard(machine, machine.evaluate(value, frame), mark)
        except RaisedError:
            continue
        finally:
            machine.heap = before


def _asked_file(condition: Evaluated, test: Expr) -> str:
    """The file whose existence is all that ``test`` asks for and that the project lacks; "" for any other test."""
    positive = not isinstance(test, UnaryOp) and not (isinstance(test, BoolOp) and test.op == "or")
    value = condition.value
    asks = positive and isinstance(value, Unknown) and value.reason == EXISTENCE
    return condition.files[0] if asks and condition.files else ""


def run_both(machine: Machine, body: Sequence[Stmt], orelse: Sequence[Stmt], frame: Frame, *, asked: str = "") -> Ends:
    """Both ways of a branch. ``asked``: the file that the project lacks and that has to be there for ``body`` to run."""
    before = machine.heap
    machine.heap = before.fork()
    ends = machine.block(body, frame)
    machine.heap = before.fork()
    for kind, end in machine.block(orelse, frame).items():
        other = ends.get(kind)
        ends[kind] = merge_ends(other, end)
        if asked and kind == "next" and other is not None:
            _mark_overridden(machine, ends[kind].heap, end.heap, asked)
    return ends


def _mark_overridden(machine: Machine, joined: Heap, without: Heap, file: str) -> None:
    """Settings that only ``file`` would replace by something unknown are what they are ``without`` it."""
    for oid, obj, plain in joined.changed_from(without):
        if obj.kind not in ("dict", "config"):
            continue
        cells = {
            key: replace(plain.cells[key], files=merged((file,), plain.cells[key].files))
            if key in plain.cells
            and isinstance(cell.value, Unknown)
            and not cell.either
            and isinstance(plain.cells[key].value, Known)
            else cell
            for key, cell in obj.cells.items()
        }
        joined[oid] = replace(obj, cells=cells)
        machine.expected.add(file)


def run_loop(machine: Machine, stmt: Loop, frame: Frame) -> Ends:
    ends: Ends = {}
    if stmt.target is None:
        return _while(machine, stmt, frame)
    source = machine.evaluate(stmt.source, frame)
    items = machine.elements(source)
    if items is None or len(items) > ITEMS:
        return _loop_unknown(machine, stmt, frame)
    left: End | None = None
    for item in items:
        machine.assign(stmt.target, selected(item, source), frame, stmt.span)
        result = machine.block(stmt.body, frame)
        broken = result.pop("break", None)
        skipped = result.pop("continue", None)
        following = result.pop("next", None)
        for kind, end in result.items():
            ends[kind] = merge_ends(ends.get(kind), end)
        left = merge_ends(left, broken) if broken is not None else left
        if skipped is not None:
            following = merge_ends(following, skipped)
        if following is None:
            if left is not None:
                ends["next"] = left
            return ends
        machine.heap = following.heap
    for kind, end in machine.block(stmt.orelse, frame).items():
        ends[kind] = merge_ends(ends.get(kind), end)
    if left is not None:
        ends["next"] = merge_ends(ends.get("next"), left)
    return ends


def _while(machine: Machine, stmt: Loop, frame: Frame) -> Ends:
    ends: Ends = {}
    for _ in range(_ROUNDS):
        truth = machine.truth(machine.evaluate(stmt.source, frame))
        if truth is None:
            break
        if not truth:
            for kind, end in machine.block(stmt.orelse, frame).items():
                ends[kind] = merge_ends(ends.get(kind), end)
            return ends
        before = machine.heap.fork()
        result = machine.block(stmt.body, frame)
        following = result.pop("next", None) or result.pop("continue", None)
        if result or following is None:
            if following is None and set(result) == {"break"}:
                return {**ends, "next": merge_ends(ends.get("next"), result["break"])}
            if following is None and set(result) <= {"return", "raise"}:
                return {**ends, **result}
            machine.heap = before
            break
        machine.heap = following.heap
    for kind, end in _loop_unknown(machine, stmt, frame).items():
        ends[kind] = merge_ends(ends.get(kind), end)
    return ends


def _loop_unknown(machine: Machine, stmt: Loop, frame: Frame) -> Ends:
    """A loop that runs an unknown number of times: its body twice, joined with not at all."""
    machine.uncertain += 1
    ends: Ends = {}
    for _ in range(2):
        before = machine.heap
        machine.heap = before.fork()
        if stmt.target is not None:
            machine.assign(stmt.target, _element_of_unknown(), frame, stmt.span)
        result = machine.block(stmt.body, frame)
        after = before
        for kind, end in result.items():
            if kind in ("next", "break", "continue"):
                after = after.joined(end.heap)
            elif kind != "raise":
                ends[kind] = merge_ends(ends.get(kind), end)
        machine.heap = after if after is not before else before.fork()
    ends["next"] = merge_ends(ends.get("next"), End(machine.heap))
    return ends


def run_with(machine: Machine, stmt: With, frame: Frame) -> Ends:
    suppressed = False
    prefixes = len(machine.prefixes)
    for context, target in stmt.items:
        value = machine.evaluate(context, frame)
        item = value.value.value if isinstance(value.value, Known) else None
        suppressed = suppressed or (isinstance(item, Made) and item.name == "contextlib.suppress")
        if isinstance(item, Made) and item.name == "environs.Env().prefixed()":
            key = machine.key_of(item.args[0])
            machine.prefixes.append(str(key[0]) if key is not None else "?")
        if target is not None:
            entered = value if isinstance(item, Made) else unknown("a context manager gives it", value)
            machine.assign(target, entered, frame, stmt.span)
    before = machine.heap.fork()
    try:
        ends = machine.block(stmt.body, frame)
    finally:
        del machine.prefixes[prefixes:]
    if suppressed and "raise" in ends:
        ends["next"] = merge_ends(ends.get("next"), End(before.joined(ends.pop("raise").heap)))
    return ends


def run_try(machine: Machine, stmt: Try, frame: Frame) -> Ends:
    before = machine.heap.fork()
    count = machine.uncertain
    machine.handlers += bool(stmt.handlers)
    try:
        ends = machine.block(stmt.body, frame)
    finally:
        machine.handlers -= bool(stmt.handlers)
    uncertain = machine.uncertain > count
    if "next" in ends and stmt.orelse:
        machine.heap = ends.pop("next").heap
        for kind, end in machine.block(stmt.orelse, frame).items():
            ends[kind] = merge_ends(ends.get(kind), end)
    raised = ends.pop("raise", None)
    for handler in stmt.handlers:
        names = _handled(handler.type)
        heap: Heap | None = None
        causes: list[Evaluated] = []
        if raised is not None and _catches(names, raised.name):
            heap = raised.heap
            causes.append(raised.value)
            raised = None
        elif uncertain and not (names and names <= {"KeyError"}):
            heap = before.joined(ends["next"].heap) if "next" in ends else before
        if heap is None:
            continue
        machine.heap = heap.fork()
        depth = len(machine.control)
        machine.control.extend(causes)
        try:
            if handler.name is not None:
                machine.bind(handler.name, unknown("an exception"), frame)
            for kind, end in machine.block(handler.body, frame).items():
                ends[kind] = merge_ends(ends.get(kind), end)
        finally:
            del machine.control[depth:]
    if raised is not None:
        ends["raise"] = merge_ends(ends.get("raise"), raised)
    if not stmt.final:
        return ends
    result: Ends = {}
    for kind, end in ends.items():
        machine.heap = end.heap.fork()
        for inner, final in machine.block(stmt.final, frame).items():
            if inner == "next":
                result[kind] = merge_ends(result.get(kind), replace(end, heap=final.heap))
            else:
                result[inner] = merge_ends(result.get(inner), final)
    return result


def run_match(machine: Machine, stmt: Match, frame: Frame) -> Ends:
    subject = machine.evaluate(stmt.subject, frame)
    ends: Ends = {}
    depth = len(machine.control)
    machine.control.append(subject)
    try:
        before = machine.heap
        decided = False
        for case in stmt.cases:
            outcome: bool | None = True if case.wildcard else None
            if not case.wildcard and case.values:
                outcomes = [
                    machine.compare_pair("==", subject, machine.evaluate(value, frame)) for value in case.values
                ]
                outcome = True if True in outcomes else None if None in outcomes else False
            if outcome is True and case.guard is not None:
                outcome = machine.truth(machine.evaluate(case.guard, frame))
            if outcome is False:
                continue
            machine.heap = before.fork()
            for kind, end in machine.block(case.body, frame).items():
                ends[kind] = merge_ends(ends.get(kind), end)
            if outcome is True:
                decided = True
                break
        if not decided:
            ends["next"] = merge_ends(ends.get("next"), End(before))
    finally:
        del machine.control[depth:]
    return ends


def _element_of_unknown() -> Evaluated:
    return unknown("an element of something unknown")


def _type_checking(expr: Expr) -> bool:
    return (isinstance(expr, Name) and expr.id == "TYPE_CHECKING") or (
        isinstance(expr, Attribute) and expr.attr == "TYPE_CHECKING"
    )


def _returns(body: Sequence[Stmt]) -> bool:
    return bool(body) and isinstance(body[-1], Return)


def _raises(body: Sequence[Stmt]) -> bool:
    if not body:
        return False
    last = body[-1]
    return isinstance(last, Raise) or (
        isinstance(last, ExprStmt)
        and isinstance(last.value, Call)
        and unparse(last.value.func) in ("sys.exit", "exit", "quit", "os._exit", "_exit")
    )


def exception_name(value: Expr | None) -> str:
    """The class that a ``raise`` or an ``except`` names."""
    target = value.func if isinstance(value, Call) else value
    if isinstance(target, Attribute):
        return target.attr
    return target.id if isinstance(target, Name) else "?"


def _handled(expr: Expr | None) -> frozenset[str]:
    """The class names of an ``except`` clause; empty for one that catches everything."""
    if expr is None:
        return frozenset()
    items = expr.items if isinstance(expr, Collection) else (expr,)
    return frozenset(exception_name(item) for item in items)


def _catches(names: frozenset[str], raised: str) -> bool:
    if not names or "BaseException" in names or raised in names or "?" in names:
        return True
    if raised == "SystemExit":
        return False
    if "Exception" in names or raised == "?":
        return True
    raised_class = getattr(builtins, raised, None)
    for name in names:
        handled = getattr(builtins, name, None)
        if isinstance(raised_class, type) and isinstance(handled, type) and issubclass(raised_class, handled):
            return True
        if raised == "ImportError" and name == "ModuleNotFoundError":
            return True
    return False
