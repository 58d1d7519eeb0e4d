"""Calls: arguments, what is called, and the functions of the project from their parameters to what they return."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.facts.syntax import (
    Attribute,
    Call,
    Const,
    Expr,
    ExprStmt,
    FunctionDef,
    Keyword,
    Lambda,
    Name,
    Opaque,
    Starred,
)
from flask_prodcheck.model.evaluation.applications.app import app_method
from flask_prodcheck.model.evaluation.applications.handed_over import lose
from flask_prodcheck.model.evaluation.applications.methods import config_method
from flask_prodcheck.model.evaluation.heap import Heap
from flask_prodcheck.model.evaluation.libraries.external import call_external
from flask_prodcheck.model.evaluation.libraries.pydantic_settings import DUMPS, model_method
from flask_prodcheck.model.evaluation.libraries.views import view_method
from flask_prodcheck.model.evaluation.operations import LENGTH
from flask_prodcheck.model.evaluation.plain_methods import dict_method, list_method, plain_method
from flask_prodcheck.model.evaluation.running import (
    DEPTH,
    NONE,
    Arguments,
    End,
    Ends,
    Frame,
    RaisedError,
    ReachedError,
    Super,
)
from flask_prodcheck.model.evaluation.unparse import unparse, written
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    External,
    Function,
    Made,
    Method,
    Obj,
    Ref,
    View,
    join,
    known,
    ref_of,
    selected,
    traced,
    unknown,
)
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

_ACTIVE = 3
_TABLES = (External("builtins.dict"), External("collections.OrderedDict"))  # each keyword is an entry with a place


def arguments(machine: Machine, call: Call, frame: Frame, project: bool = False) -> Arguments:
    positional: list[Evaluated] = []
    keywords: dict[str, Evaluated] = {}
    opened = False
    for arg in call.args:
        if isinstance(arg, Starred):
            inner = machine.elements(machine.evaluate(arg.value, frame))
            if inner is None or len(positional) + len(inner) > LENGTH:
                opened = True
            else:
                positional.extend(inner)
        else:
            given = machine.evaluate(arg, frame)
            positional.append(traced_literal(given, arg) if project else given)
    for word in call.keywords:
        value = machine.evaluate(word.value, frame)
        if word.name is not None:
            keywords[word.name] = _keyword_traced(machine, value, word) if project else value
            continue
        inner_map = machine.mapping(value)
        if inner_map is None:
            opened = True
        else:
            opened = opened or inner_map[1]
            keywords.update({key: cell for key, cell in inner_map[0].items() if isinstance(key, str)})
    return Arguments(tuple(positional), keywords, opened, call.span, written(machine.texts, call))


def call_expression(machine: Machine, call: Call, frame: Frame) -> Evaluated:
    if isinstance(call.func, Name) and call.func.id in ("super", "locals", "globals", "vars"):
        special = _frame_call(machine, call.func.id, call, frame)
        if special is not None:
            return special
    function = machine.evaluate(call.func, frame)
    item = function.value.value if isinstance(function.value, Known) else None
    placed = isinstance(item, Function | Method | Ref) or item in _TABLES
    args = arguments(machine, call, frame, placed)
    result = machine.call(function, args, frame)
    if call.span == machine.stop_at:
        for oid in _served(machine, (item.receiver if isinstance(item, Method) else function, *args.all)):
            raise ReachedError(oid)
    return result


def _served(machine: Machine, values: Sequence[Evaluated]) -> Iterator[int]:
    """The applications among ``values`` and in the server objects that were made with one."""
    for value in values:
        item = value.value.value if isinstance(value.value, Known) else None
        if isinstance(item, Ref) and item.kind == "app":
            yield item.oid
        elif isinstance(item, Made):
            yield from _served(machine, item.args)
        elif isinstance(item, Ref) and item.kind == "instance":
            yield from (ref.oid for cell in machine.obj(item).cells.values() if (ref := ref_of(cell)).kind == "app")


def _frame_call(machine: Machine, name: str, call: Call, frame: Frame) -> Evaluated | None:
    if name == "super" and frame.receiver is not None and frame.owner:
        return known(Super(frame.owner, frame.receiver))
    if name == "globals" or (name in ("locals", "vars") and not call.args):
        oid = frame.module if name == "globals" or not frame.scopes else frame.scopes[0]
        obj = machine.heap.get(oid)
        return machine.make("dict", obj.cells if obj is not None else {}, opened=True)
    return None


def call(machine: Machine, function: Evaluated, args: Arguments, frame: Frame) -> Evaluated:
    """The result of calling ``function``; applications that are handed to something unknown lose their certainty."""
    value = function.value
    if not isinstance(value, Known):
        for arg in args.all:
            lose(machine, arg, "a call that is not followed", args.span)
        reason = value.reason if isinstance(value, Unknown) else "it is not set"
        return unknown(reason, function, *args.all)
    item = value.value
    if isinstance(item, Function):
        return selected(call_function(machine, item, args), function)
    if isinstance(item, Method):
        if item.function is not None:
            inner = replace(args, positional=(item.receiver, *args.positional))
            return selected(call_function(machine, item.function, inner), function)
        return _call_method(machine, item, args, frame)
    if isinstance(item, Ref) and item.kind == "class":
        return selected(machine.instantiate(function, item, args, frame), function)
    if isinstance(item, Ref) and item.kind in ("instance", "app"):
        method = machine.find(machine.obj(item).bases, "__call__")
        inner_value = method.value.value if method is not None and isinstance(method.value, Known) else None
        if isinstance(inner_value, Function):
            return call_function(machine, inner_value, replace(args, positional=(function, *args.positional)))
        return unknown("calling an object is not followed", *args.all)
    if isinstance(item, View):
        return view_method(machine, item, "__call__", args, frame)
    if isinstance(item, External | Made):
        return call_external(machine, item, args, frame)
    return unknown("it cannot be called", function)


def _call_method(machine: Machine, method: Method, args: Arguments, frame: Frame) -> Evaluated:
    receiver = method.receiver
    value = receiver.value
    item = value.value if isinstance(value, Known) else None
    if isinstance(item, View):
        return view_method(machine, item, method.name, args, frame)
    if isinstance(item, Ref):
        if item.kind == "config":
            return config_method(machine, item, method.name, args, frame)
        if item.kind == "app":
            return app_method(machine, receiver, item, method.name, args, frame)
        if item.kind == "dict":
            return dict_method(machine, item, receiver, method.name, args)
        if item.kind == "list":
            return list_method(machine, item, receiver, method.name, args)
        if item.kind == "instance" and method.name in DUMPS:
            return model_method(machine, item, method.name, args)
        if method.name == "__init__":
            return NONE
    return plain_method(machine, receiver, method.name, args)


def call_function(machine: Machine, function: Function, args: Arguments) -> Evaluated:
    node = function.node
    key = id(node)
    if machine.active.get(key, 0) >= _ACTIVE or machine.depth > DEPTH - 10:
        for arg in args.all:
            lose(machine, arg, "the recursion is too deep", args.span)
        return unknown("the recursion is too deep", *args.all)
    cells = _parameters(machine, function, args)
    oid = machine.new(Obj("frame", cells))
    receiver = args.positional[0] if function.owner and args.positional else None
    if function.flavour == "static":
        receiver = None
    frame = Frame(function.file, function.module, (oid, *function.scopes), set(), function.owner, receiver)
    machine.active[key] = machine.active.get(key, 0) + 1
    mark = len(machine.control)
    machine.depth += 1
    try:
        if isinstance(node, Lambda):
            return machine.evaluate(node.body, frame)
        if function.flavour == "opaque" or node.is_async:
            for arg in args.all:
                lose(machine, arg, f"{node.name} is not followed", args.span)
            return unknown(f"the result of {node.name} is not followed", *args.all)
        ends = machine.block(node.body, frame)
    finally:
        machine.active[key] -= 1
        machine.depth -= 1
        del machine.control[mark:]
    if node.screened:  # what was left out sets nothing, but it may return anything
        return unknown(f"the result of {node.name} is not read")
    return _returned(machine, ends, node)


def _returned(machine: Machine, ends: Ends, node: FunctionDef) -> Evaluated:
    done, fell = ends.get("return"), ends.get("next")
    if done is None and fell is None:
        raised = ends.get("raise")
        if raised is None:
            return unknown(f"{node.name} does not return")
        machine.heap = raised.heap
        raise RaisedError(raised.name, raised.value, deliberate=raised.deliberate)
    if done is not None and fell is not None:
        machine.heap = done.heap.joined(fell.heap)
        value = join(done.value, NONE)
    else:
        machine.heap = (done or fell or End(Heap())).heap
        value = done.value if done is not None else NONE
    if any(isinstance(stmt, ExprStmt) and _yields(stmt.value) for stmt in node.body):
        return unknown(f"{node.name} is a generator")
    return value


def _parameters(machine: Machine, function: Function, args: Arguments) -> dict[object, Evaluated]:
    defaults = dict(function.defaults)
    cells: dict[object, Evaluated] = {}
    positional = list(args.positional)
    rest = dict(args.keywords)
    for param in function.node.params:
        if param.kind == "varargs":
            cells[param.name] = unknown("*args") if args.open else machine.sequence(positional, "tuple")
            positional = []
        elif param.kind == "varkw":
            words: dict[object, Evaluated] = {}
            words.update(rest.items())
            cells[param.name] = machine.make("dict", words, opened=args.open)
            rest = {}
        elif param.kind == "positional" and positional:
            cells[param.name] = positional.pop(0)
        elif param.name in rest:
            cells[param.name] = rest.pop(param.name)
        elif args.open:
            cells[param.name] = unknown(f"the argument {param.name} is not known")
        elif param.name in defaults:
            cells[param.name] = defaults[param.name]
        else:
            cells[param.name] = unknown(f"the argument {param.name} is not given")
    return cells


def closure(machine: Machine, frame: Frame) -> tuple[int, ...]:
    return tuple(oid for oid in frame.scopes if (machine.heap.get(oid) or Obj("")).kind != "class")


def define_function(machine: Machine, stmt: FunctionDef, frame: Frame) -> None:
    flavour = ""
    wrapper: Evaluated | None = None
    for decorator in stmt.decorators:
        target = decorator.func if isinstance(decorator, Call) else decorator
        last = target.attr if isinstance(target, Attribute) else target.id if isinstance(target, Name) else ""
        if last in ("setter", "deleter"):
            return
        if last in ("property", "cached_property", "computed_field"):
            flavour = "property"
        elif last in ("staticmethod", "classmethod"):
            flavour = last.removesuffix("method")
        elif last in ("contextmanager", "asynccontextmanager"):
            flavour = "opaque"
        elif isinstance(target, Name | Attribute):
            found = machine.evaluate(target, frame)
            item = found.value.value if isinstance(found.value, Known) else None
            if isinstance(item, Function) and not isinstance(decorator, Call) and len(stmt.decorators) == 1:
                wrapper = found
            elif isinstance(item, Function) or (isinstance(item, Ref) and item.kind in ("class", "instance")):
                flavour = "opaque"
    defaults = tuple(
        (param.name, traced_literal(machine.evaluate(param.default, frame), param.default))
        for param in stmt.params
        if param.default is not None
    )
    owner = 0
    if frame.scopes and (machine.heap.get(frame.scopes[0]) or Obj("")).kind == "class":
        owner = frame.scopes[0]
    function = Function(stmt, frame.file, closure(machine, frame), frame.module, defaults, owner, flavour)
    bound = known(function)
    if wrapper is not None:
        bound = call(machine, wrapper, Arguments((bound,), span=stmt.span, text=stmt.name), frame)
    machine.bind(stmt.name, machine.controlled(bound), frame)


def traced_literal(value: Evaluated, expr: Expr) -> Evaluated:
    """A literal that is returned or handed over has its place there; any other value has one already."""
    if value.span is not None or not isinstance(value.value, Known) or not isinstance(expr, Const):
        return value
    return traced(value, expr.span, unparse(expr))


def _keyword_traced(machine: Machine, value: Evaluated, word: Keyword) -> Evaluated:
    source = written(machine.texts, word.value)
    return traced(value, word.span, f"{word.name}={source}", source)


def _yields(expr: Expr) -> bool:
    return isinstance(expr, Opaque) and expr.text.lstrip("( ").startswith("yield")
