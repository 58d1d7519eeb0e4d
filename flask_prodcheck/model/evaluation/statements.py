"""Statements in order, and what an assignment changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Span, Unset
from flask_prodcheck.facts.syntax import (
    Assert,
    Assign,
    Attribute,
    AugAssign,
    ClassDef,
    Collection,
    Declare,
    Delete,
    Expr,
    ExprStmt,
    FunctionDef,
    Global,
    If,
    Import,
    ImportFrom,
    Jump,
    Loop,
    Match,
    Name,
    Raise,
    Return,
    Starred,
    Stmt,
    Subscript,
    Try,
    With,
)
from flask_prodcheck.model.evaluation.applications.app import set_app_attribute
from flask_prodcheck.model.evaluation.calls import define_function, traced_literal
from flask_prodcheck.model.evaluation.classes import define_class
from flask_prodcheck.model.evaluation.control_flow import (
    exception_name,
    run_assert,
    run_both,
    run_if,
    run_loop,
    run_match,
    run_try,
    run_with,
)
from flask_prodcheck.model.evaluation.importing import run_import
from flask_prodcheck.model.evaluation.libraries import decouple
from flask_prodcheck.model.evaluation.libraries.dynaconf import DYNACONF
from flask_prodcheck.model.evaluation.libraries.pydantic_settings import assigned
from flask_prodcheck.model.evaluation.libraries.views import view_set_item
from flask_prodcheck.model.evaluation.running import DEPTH, NONE, STEPS, End, Ends, Frame, RaisedError, merge_ends
from flask_prodcheck.model.evaluation.unparse import unparse, written
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    External,
    Ref,
    View,
    depending,
    known,
    selected,
    traced,
    unknown,
)
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

_WRITES = regex(r"config\.(?:from_|update|setdefault|pop)|config\w*\(|_app\(")


def block(machine: Machine, body: Sequence[Stmt], frame: Frame) -> Ends:
    """Run ``body`` from the present heap; every way in which it can end."""
    ends: Ends = {}
    for stmt in body:
        result = _statement(machine, stmt, frame)
        following = result.pop("next", None)
        for kind, end in result.items():
            ends[kind] = merge_ends(ends.get(kind), end)
        if following is None:
            return ends
        machine.heap = following.heap
    ends["next"] = End(machine.heap)
    return ends


def _statement(machine: Machine, stmt: Stmt, frame: Frame) -> Ends:
    machine.steps += 1
    if machine.steps > STEPS or machine.depth > DEPTH:
        machine.exhausted = True
        return {"next": End(machine.heap)}
    machine.depth += 1
    try:
        return _run(machine, stmt, frame)
    except RaisedError as raised:
        cause = depending(raised.cause, *machine.control)
        if raised.deliberate or cause.absent or (machine.handlers and not machine.doubtful):
            return {"raise": End(machine.heap, cause, raised.name, raised.deliberate)}
        return _doubted(machine, stmt, frame, raised)
    finally:
        machine.depth -= 1


def _doubted(machine: Machine, stmt: Stmt, frame: Frame, raised: RaisedError) -> Ends:
    """``stmt`` failed although nothing in the environment explains it and nothing handles it. The project does
    start, so it is the evaluator that knows too little: what the statement gives is unknown."""
    lost = unknown(f"{raised.name} was not expected")
    match stmt:
        case Assign(targets=targets, span=span):
            for target in targets:
                _assign_lost(machine, target, traced(lost, span, unparse(target)), frame, span)
        case Import(names=names) | ImportFrom(names=names):
            for name, alias in names:
                if name != "*":
                    machine.bind(alias or name.partition(".")[0], lost, frame)
        case Return():
            return {"return": End(machine.heap, lost)}
        case If(body=body, orelse=orelse):
            return run_both(machine, body, orelse, frame)
        case With(body=body):
            return block(machine, body, frame)
        case ClassDef(name=name):
            machine.bind(name, lost, frame)
        case _:
            text = unparse(stmt.value) if isinstance(stmt, ExprStmt) else ""
            writes = _WRITES.search(text) is not None
            for oid, obj in machine.heap.objects():
                if obj.kind == "config" and writes:
                    machine.loosen(oid, f"{raised.name} was not expected", stmt.span)
                elif obj.kind == "config":
                    machine.widen(oid)
    return {"next": End(machine.heap)}


def _assign_lost(machine: Machine, target: Expr, lost: Evaluated, frame: Frame, span: Span) -> None:
    try:
        assign(machine, target, lost, frame, span)
    except RaisedError:
        return  # the target itself is what failed: nothing is bound


def _run(machine: Machine, stmt: Stmt, frame: Frame) -> Ends:
    match stmt:
        case Assign():
            _assign(machine, stmt, frame)
        case AugAssign(target=target, op=op, value=value):
            _augment(machine, stmt, target, op, value, frame)
        case ExprStmt(value=value):
            machine.evaluate(value, frame)
        case Import() | ImportFrom():
            run_import(machine, stmt, frame)
        case FunctionDef():
            define_function(machine, stmt, frame)
        case ClassDef():
            define_class(machine, stmt, frame)
        case Declare(target=target, annotation=annotation):
            _annotate(machine, target, annotation, frame)
        case Return(value=value):
            result = machine.evaluate(value, frame) if value is not None else NONE
            if value is not None:
                result = traced_literal(result, value)
            return {"return": End(machine.heap, selected(result, *machine.control))}
        case Raise(value=value):
            return {"raise": End(machine.heap, selected(NONE, *machine.control), exception_name(value), True)}
        case Assert(test=test):
            return run_assert(machine, test, frame)
        case Delete(targets=targets):
            _delete(machine, targets, frame)
        case Global(names=names):
            frame.outer.update(names)
        case Jump(kind=kind):
            return {"next" if kind == "pass" else kind: End(machine.heap)}
        case If():
            return run_if(machine, stmt, frame)
        case Loop():
            return run_loop(machine, stmt, frame)
        case With():
            return run_with(machine, stmt, frame)
        case Try():
            return run_try(machine, stmt, frame)
        case Match():
            return run_match(machine, stmt, frame)
    return {"next": End(machine.heap)}


def _assign(machine: Machine, stmt: Assign, frame: Frame) -> None:
    value = machine.evaluate(stmt.value, frame)
    source = written(machine.texts, stmt.value)
    for target in stmt.targets:
        text = f"{written(machine.texts, target)} = {source}"
        assign(machine, target, controlled(machine, traced(value, stmt.span, text, source)), frame, stmt.span)
    if stmt.annotation is not None:
        _annotate(machine, stmt.targets[0], stmt.annotation, frame)


def controlled(machine: Machine, value: Evaluated) -> Evaluated:
    """``value`` as written under the branches that are being run."""
    return selected(value, *machine.control) if machine.control else value


def assign(machine: Machine, target: Expr, value: Evaluated, frame: Frame, span: Span) -> None:
    match target:
        case Name(id=name):
            machine.bind(name, value, frame)
        case Attribute(value=inner, attr=attr):
            set_attribute(machine, machine.evaluate(inner, frame), attr, value, span)
        case Subscript(value=inner, index=index):
            set_item(machine, machine.evaluate(inner, frame), machine.evaluate(index, frame), value, span)
        case Collection(items=items):
            parts = machine.elements(value)
            starred = any(isinstance(item, Starred) for item in items)
            if parts is not None and len(parts) == len(items) and not starred:
                for item, part in zip(items, parts, strict=True):
                    assign(machine, item, traced(selected(part, value), span, unparse(item), ""), frame, span)
            else:
                for item in items:
                    inner_target = item.value if isinstance(item, Starred) else item
                    assign(machine, inner_target, unknown("it is unpacked", value), frame, span)
        case _:
            pass


def set_attribute(machine: Machine, receiver: Evaluated, attr: str, value: Evaluated, span: Span) -> None:
    item = receiver.value.value if isinstance(receiver.value, Known) else None
    if isinstance(item, View):
        if item.library == DYNACONF:
            view_set_item(machine, item, known(attr), value)
        return
    if isinstance(item, External) and item.name == decouple.OBJECT and attr != "encoding":
        machine.searched = decouple.ELSEWHERE
    if not isinstance(item, Ref):
        return
    if item.kind == "app":
        set_app_attribute(machine, item, attr, value, span)
    elif item.kind in ("instance", "class", "module"):
        machine.write(item.oid, attr, assigned(machine, receiver, value) if item.kind == "instance" else value)


def set_item(machine: Machine, container: Evaluated, index: Evaluated, value: Evaluated, span: Span) -> None:
    item = container.value.value if isinstance(container.value, Known) else None
    key = machine.key_of(index)
    if isinstance(item, External) and item.name == "os.environ":
        if key is None:
            machine.open_environment = True
        else:
            machine.write(machine.environ, key[0], value)
        return
    if isinstance(item, View):
        view_set_item(machine, item, index, value)
        return
    if not isinstance(item, Ref) or item.kind not in ("dict", "config", "list"):
        return
    if key is None:
        machine.loosen(item.oid, "it may be overwritten under a key that is not known", span)
    elif item.kind == "list":
        cells = machine.obj(item).cells
        position = key[0]
        if isinstance(position, int) and -len(cells) <= position < len(cells):
            machine.write(item.oid, position % len(cells), value)
        else:
            machine.loosen(item.oid, "an element that is not known is written", span)
    else:
        machine.write(item.oid, key[0], selected(value, index))


def _augment(machine: Machine, stmt: AugAssign, target: Expr, op: str, value: Expr, frame: Frame) -> None:
    right = machine.evaluate(value, frame)
    text = f"{unparse(target)} {op}= {unparse(value)}"
    left = machine.evaluate(target, frame)
    item = left.value.value if isinstance(left.value, Known) else None
    if op == "|" and isinstance(item, Ref) and item.kind in ("dict", "config"):
        machine.update_mapping(item, right, stmt.span, text)
        return
    if op == "+" and isinstance(item, Ref) and item.kind == "list":
        extra = machine.elements(right)
        if extra is None or not machine.extend(item.oid, extra):
            machine.loosen(item.oid, "it is extended by something unknown", stmt.span)
        return
    result = traced(machine.operate(op, left, right), stmt.span, text, text)
    assign(machine, target, controlled(machine, result), frame, stmt.span)


def _annotate(machine: Machine, target: Expr, annotation: Expr, frame: Frame) -> None:
    if frame.scopes and isinstance(target, Name):
        obj = machine.heap.get(frame.scopes[0])
        if obj is not None and obj.kind == "class":
            pairs = (*(pair for pair in obj.annotations if pair[0] != target.id), (target.id, annotation))
            machine.heap[frame.scopes[0]] = replace(obj, annotations=pairs)


def _delete(machine: Machine, targets: Sequence[Expr], frame: Frame) -> None:
    for target in targets:
        if isinstance(target, Name):
            machine.erase(frame.scopes[0] if frame.scopes and target.id not in frame.outer else frame.module, target.id)
        elif isinstance(target, Subscript):
            container = machine.evaluate(target.value, frame)
            item = container.value.value if isinstance(container.value, Known) else None
            key = machine.key_of(machine.evaluate(target.index, frame))
            if isinstance(item, Ref) and item.kind == "config" and key is not None:
                machine.write(item.oid, key[0], Evaluated(Unset()))
            elif isinstance(item, Ref) and key is not None:
                machine.erase(item.oid, key[0])
            elif isinstance(item, External) and item.name == "os.environ" and key is not None:
                machine.write(machine.environ, key[0], Evaluated(Unset()))
