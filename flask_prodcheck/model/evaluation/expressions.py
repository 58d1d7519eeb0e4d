"""The value of an expression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.facts.secrets import is_secret
from flask_prodcheck.facts.syntax import (
    Attribute,
    BinOp,
    BoolOp,
    Call,
    Collection,
    Compare,
    Const,
    Dict,
    Expr,
    IfExp,
    Lambda,
    Name,
    Opaque,
    Starred,
    Subscript,
    Template,
    UnaryOp,
)
from flask_prodcheck.model.evaluation.applications.handed_over import lose
from flask_prodcheck.model.evaluation.calls import closure
from flask_prodcheck.model.evaluation.comprehension import comprehension
from flask_prodcheck.model.evaluation.containers import membership
from flask_prodcheck.model.evaluation.dictionaries import entries
from flask_prodcheck.model.evaluation.external_names import is_random
from flask_prodcheck.model.evaluation.operations import (
    LENGTH,
    NotPlainError,
    RefusedError,
    binary,
    compare,
    joined,
    text_of,
    unary,
)
from flask_prodcheck.model.evaluation.production_names import is_production_name
from flask_prodcheck.model.evaluation.running import DEPTH, ITEMS, NONE, STEPS, Frame, RaisedError
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    External,
    Function,
    Made,
    Obj,
    Ref,
    Seq,
    agree,
    depending,
    join,
    known,
    selected,
    traced,
    unknown,
)
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

_SLICE = regex(r"(-?[0-9]{1,9})?:(-?[0-9]{1,9})?(?::(-?[1-9][0-9]{0,8})?)?")
Compute = Callable[[list[object]], object]


def evaluate(machine: Machine, expr: Expr, frame: Frame) -> Evaluated:
    machine.steps += 1
    if machine.steps > STEPS or machine.depth > DEPTH:
        machine.exhausted = True
        return unknown("the program is too large to follow")
    machine.depth += 1
    try:
        result = _evaluate(machine, expr, frame)
    finally:
        machine.depth -= 1
    if isinstance(result.value, Unknown):
        machine.uncertain += 1
    return result


def _evaluate(machine: Machine, expr: Expr, frame: Frame) -> Evaluated:
    match expr:
        case Const(value=value):
            return known(value)
        case Name(id=name):
            return machine.lookup(name, frame)
        case Attribute(value=inner, attr=attr):
            return machine.attribute(evaluate(machine, inner, frame), attr)
        case Call():
            return machine.call_expression(expr, frame)
        case Subscript(value=inner, index=index):
            part = _slice(index)
            return machine.subscript(
                evaluate(machine, inner, frame), known(part) if part is not None else evaluate(machine, index, frame)
            )
        case Collection(kind=kind, items=items):
            return _collection(machine, kind, items, frame)
        case Dict():
            return _dict(machine, expr, frame)
        case BoolOp(op=op, values=values):
            return _bool_op(machine, op, values, frame)
        case UnaryOp(op="not", operand=operand):
            inner_value = evaluate(machine, operand, frame)
            truth = machine.truth(inner_value)
            if truth is None:
                return unknown("its truth is not known", inner_value)
            return depending(known(not truth), inner_value)
        case UnaryOp(op=op, operand=operand):
            inner_value = evaluate(machine, operand, frame)
            return plain_result(machine, [inner_value], lambda parts: unary(op, parts[0]))
        case BinOp(op=op, left=left, right=right):
            return operate(machine, op, evaluate(machine, left, frame), evaluate(machine, right, frame))
        case Compare(left=left, ops=ops):
            return _compare(machine, left, ops, frame)
        case IfExp(test=test, body=body, orelse=orelse):
            return _conditional(machine, test, body, orelse, frame)
        case Template(parts=parts):
            values_ = [evaluate(machine, part, frame) for part in parts]
            return plain_result(machine, values_, lambda items: joined([text_of(item) for item in items]))
        case Lambda(params=params):
            defaults = tuple(
                (param.name, evaluate(machine, param.default, frame)) for param in params if param.default is not None
            )
            return known(Function(expr, frame.file, closure(machine, frame), frame.module, defaults))
        case Starred(value=inner):
            return unknown("a starred value", evaluate(machine, inner, frame))
        case Opaque():
            return _opaque(machine, expr, frame)


def _slice(index: Expr) -> slice | None:
    """A slice between numbers: ``[1:]``."""
    found = _SLICE.fullmatch("".join(index.text.split())) if isinstance(index, Opaque) else None
    if found is None:
        return None
    return slice(*(int(part) if part else None for part in found.groups()))


def plain_result(machine: Machine, parts: Sequence[Evaluated], compute: Compute) -> Evaluated:
    """What ``compute`` makes of the plain values of ``parts``; its exceptions are the program's."""
    parts = [machine.with_elements(part) for part in parts]
    try:
        values = [machine.plain(part) for part in parts]
    except NotPlainError:
        blocker = next((part for part in parts if not isinstance(part.value, Known)), None)
        reason = blocker.value.reason if blocker is not None and isinstance(blocker.value, Unknown) else ""
        return unknown(reason or "an operand is not known", *parts)
    try:
        result = compute(values)
    except RefusedError as refused:
        return unknown(str(refused), *parts)
    except RecursionError:
        return unknown("it is nested too deeply", *parts)
    except Exception as failure:  # the program's own exception, whatever its class
        raise RaisedError(type(failure).__name__, depending(NONE, *parts)) from None
    return depending(machine.wrap(result), *parts)


def _comprehension(machine: Machine, expr: Opaque, frame: Frame) -> Evaluated | None:
    """The value of a comprehension over something known; None when it is not one."""
    parts = comprehension(expr)
    if parts is None:
        return None
    source = evaluate(machine, parts.source, frame)
    items = machine.elements(source)
    if items is None or len(items) > ITEMS:
        return None
    scope = machine.new(Obj("frame"))
    inner = Frame(frame.file, frame.module, (scope, *frame.scopes), set(), frame.owner, frame.receiver)
    values: list[Evaluated] = []
    cells: dict[object, Evaluated] = {}
    for item in items:
        machine.assign(parts.target, selected(item, source), inner, expr.span)
        truths = [machine.truth(evaluate(machine, test, inner)) for test in parts.tests]
        if False in truths:
            continue
        if None in truths:
            return None
        value = evaluate(machine, parts.value, inner)
        values.append(value)
        if parts.key is not None:
            key = machine.key_of(evaluate(machine, parts.key, inner))
            if key is None:
                return None
            cells[key[0]] = value
    if parts.key is not None:
        return selected(machine.make("dict", cells), source)
    return selected(machine.sequence(values, "set" if parts.kind == "set" else "list"), source)


def _opaque(machine: Machine, expr: Opaque, frame: Frame) -> Evaluated:
    read = _comprehension(machine, expr, frame)
    if read is not None:
        return read
    parts = []
    random = False
    for name in sorted(expr.names)[:30]:
        part = machine.lookup(name, frame)
        item = part.value.value if isinstance(part.value, Known) else None
        if isinstance(item, External):
            random = random or is_random(item.name) or (item.name == "os" and "urandom" in expr.text)
        elif isinstance(item, Ref) and item.kind in ("app", "config") and "config" in expr.text:
            lose(machine, part, "an expression that is not followed", expr.span)
        parts.append(replace(part, random=False))
    result = unknown(f"{expr.text[:60]} is not evaluated", *parts)
    return replace(result, random=True) if random else result


def _collection(machine: Machine, kind: str, items: Sequence[Expr], frame: Frame) -> Evaluated:
    values: list[Evaluated] = []
    opened = False
    for item in items[:2000]:
        if isinstance(item, Starred):
            inner = machine.elements(evaluate(machine, item.value, frame))
            if inner is None or len(values) + len(inner) > LENGTH:
                opened = True
            else:
                values.extend(inner)
        else:
            values.append(evaluate(machine, item, frame))
    if opened or len(items) > 2000:
        return unknown("its elements are not all known", *values)
    return machine.sequence(values, kind)


def _dict(machine: Machine, expr: Dict, frame: Frame) -> Evaluated:
    cells: dict[object, Evaluated] = {}
    opened = len(expr.items) > 5000
    for entry in entries(machine, expr)[:5000]:
        if entry.value is not None and entry.constant is not None:
            machine.steps += 2
            cells[entry.constant[0]] = entry.value
            continue
        value = evaluate(machine, entry.given, frame)
        if entry.key is None:
            inner = machine.mapping(value)
            if inner is None:
                opened = True
                cells = {key: unknown("it may be overridden", cell) for key, cell in cells.items()}
            else:
                cells.update(inner[0])
                opened = opened or inner[1]
            continue
        key = entry.constant or machine.key_of(evaluate(machine, entry.key, frame))
        if key is None:
            opened = True
        else:
            cells[key[0]] = traced(value, entry.span, entry.text, entry.expression)
    return machine.make("dict", cells, opened=opened)


def _bool_op(machine: Machine, op: str, values: Sequence[Expr], frame: Frame) -> Evaluated:
    stop = op == "or"
    pending: list[Evaluated] = []
    seen: list[Evaluated] = []
    plain = True  # what is not decided is a truth value
    for index, expr in enumerate(values):
        value = evaluate(machine, expr, frame)
        truth = machine.truth(value)
        last = index == len(values) - 1
        if last or truth is stop:
            result = value
            if pending and plain and isinstance(value.value, Known) and value.value.value is stop:
                return selected(value, *seen)  # ``unknown and False``: whichever it stops at
            for other in reversed(pending):
                result = join(other, result)
            return selected(result, *seen)
        if truth is None:
            pending.append(value)
            plain = plain and (isinstance(expr, Compare) or (isinstance(expr, UnaryOp) and expr.op == "not"))
        seen.append(value)
    return NONE


def _conditional(machine: Machine, test: Expr, body: Expr, orelse: Expr, frame: Frame) -> Evaluated:
    condition = evaluate(machine, test, frame)
    truth = machine.truth(condition)
    if truth is not None:
        return selected(evaluate(machine, body if truth else orelse, frame), condition)
    return selected(join(evaluate(machine, body, frame), evaluate(machine, orelse, frame)), condition)


def operate(machine: Machine, op: str, left: Evaluated, right: Evaluated) -> Evaluated:
    """``left op right``."""
    if op == "|":
        one, other = machine.mapping(left), machine.mapping(right)
        if one is not None and other is not None:
            return machine.make("dict", {**one[0], **other[0]}, opened=one[1] or other[1])
    first, second = machine.elements(left), machine.elements(right)
    kinds = {_sequence_kind(left), _sequence_kind(right)}
    if op == "+" and first is not None and second is not None and len(kinds) == 1 and None not in kinds:
        return depending(machine.sequence((*first, *second), kinds.pop() or "list"), left, right)
    return plain_result(machine, [left, right], lambda parts: binary(op, parts[0], parts[1]))


def _compare(machine: Machine, left: Expr, ops: Sequence[tuple[str, Expr]], frame: Frame) -> Evaluated:
    current = evaluate(machine, left, frame)
    parts = [current]
    undecided = False
    for op, expr in ops:
        other = evaluate(machine, expr, frame)
        parts.append(other)
        outcome = compare_pair(machine, op, current, other)
        _note_selector(machine, op, current, other)
        if op in ("in", "not in"):
            parts.append(membership(machine, other, current))
        if outcome is False:
            return depending(known(False), *parts)
        undecided = undecided or outcome is None
        current = other
    if undecided:
        return unknown("a comparison is not decided", *(replace(part, random=False) for part in parts))
    return depending(known(True), *parts)


def _note_selector(machine: Machine, op: str, left: Evaluated, right: Evaluated) -> None:
    """``MODE == "production"`` says what the variable is set to in production. A secret is compared with what it must not
    be ("change-this-in-production")."""
    item = right.value.value if isinstance(right.value, Known) else None
    asks = op in ("==", "!=") and len(left.absent) == 1 and not agree(left, right)
    if asks and isinstance(item, str) and is_production_name(item) and not is_secret(left.absent[0]):
        machine.note_selection(left)
        machine.selectors.setdefault(left.absent[0], item)


def compare_pair(machine: Machine, op: str, left: Evaluated, right: Evaluated) -> bool | None:
    if op in ("in", "not in"):
        found = machine.contains(right, left)
        return None if found is None else found is (op == "in")
    if not isinstance(left.value, Known) or not isinstance(right.value, Known):
        return None
    one, other = left.value.value, right.value.value
    if op in ("is", "is not"):
        if isinstance(one, Made) or isinstance(other, Made):
            return None
        same = one is other if one is None or other is None or isinstance(one, bool) else one == other
        return same is (op == "is")
    try:
        first, second = machine.plain(left), machine.plain(right)
    except NotPlainError:
        if op in ("==", "!=") and isinstance(one, Ref | External) and isinstance(other, Ref | External):
            return (one == other) is (op == "==") if one == other or _kind(one) == "class" == _kind(other) else None
        if op in ("==", "!=") and None in (one, other) and not isinstance(one, Made) and not isinstance(other, Made):
            return op == "!="
        return None
    try:
        return compare(op, first, second)
    except RefusedError:
        return None
    except Exception as failure:  # the program's own exception, whatever its class
        raise RaisedError(type(failure).__name__, depending(NONE, left, right)) from None


def _kind(item: object) -> str:
    return item.kind if isinstance(item, Ref) else ""


def _sequence_kind(evaluated: Evaluated) -> str | None:
    item = evaluated.value.value if isinstance(evaluated.value, Known) else None
    if isinstance(item, Seq) and item.kind == "tuple":
        return "tuple"
    return "list" if isinstance(item, Ref) and item.kind == "list" else None
