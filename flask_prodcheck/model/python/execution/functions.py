"""Functions of the project that are entered, with what their parameters get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from flask_prodcheck.facts.statements import statements
from flask_prodcheck.facts.syntax import Call, Collection, Const, Expr, FunctionDef, Name
from flask_prodcheck.model.project import Entered
from flask_prodcheck.model.python.command_groups import (
    click_options,
    command_kind,
    decorator_name,
    group_class_name,
    group_loader,
    own_group_class,
    reads_signature,
)
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.execution.click_groups import invoked_subcommand
from flask_prodcheck.model.python.execution.ways import DEPTH, NEXT, STOP, Way
from flask_prodcheck.model.python.instances.scope import Scope, unknown_params
from flask_prodcheck.model.python.programs.expressions import evaluate
from flask_prodcheck.model.python.programs.source_text import render
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.model.python.signature_options import signature_options
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk

#: Of the functions that are looked into for what they give back.
_SHORT = 12


def enter(
    walk: Walk,
    found: Definition,
    call: Call,
    frame: Frame,
    way: Way,
    *,
    owner: Definition | None = None,
    hop: bool = True,
    quiet: bool = False,
    options: Mapping[str, object] | None = None,
    chosen: object = OPEN,
) -> int:
    """``options``: what a command line gives the parameters of a task. ``chosen``: the command that runs after the function
    of its group."""
    node = found.node
    if not isinstance(node, FunctionDef) or not walk.may_enter(found):
        return NEXT
    kind = command_kind(node)
    if walk.depth > DEPTH:
        walk.notes.append("the calls are nested too deeply to follow")
        return NEXT
    params = walk.instances.bind(frame.path, call, node, frame.scope)
    values = walk.argument_values(node, call, frame)
    inner_way = way.through(call.span, render(call)) if hop and not quiet else way
    if kind:
        values = {name: value for name, value in values.items() if value is not OPEN}
        if reads_signature(node) and not call.args and not call.keywords:
            values = signature_options(node, way.argv)
        values = {**click_options(node, way.argv), **values}
    elif options is not None:
        values = {**values, **options}
    if kind or options is not None:
        inner_way = replace(inner_way, entered=_entered(found, values, way.argv))
    shown = _shown(values)
    kinds = tuple((name, made.kind) for name, made in params.items() if made is not None)
    if kind == "group":
        chosen = invoked_subcommand(walk, found, way.argv)
    key = (found.module, node.span.line, node.name, shown, kinds, way.certain, way.argv)
    if walk.has_met(key):
        return NEXT
    walk.met.add(key)
    walk.deeper()
    try:
        name = frame.name if found.module == frame.path else walk.modules.dotted(found.module) or found.module
        inner = Frame(found.module, name, Scope(node.body, params, owner), values)
        inner.chosen = chosen
        inner.parsed.update(_parsed(walk, node, call, frame))
        if found.module == frame.path and any(stmt is node for stmt, _ in statements(frame.scope.body)):
            inner = _inside(frame, inner)
        reached = len(walk.endings)
        flow = walk.body(node.body, inner, inner_way)
        if flow == STOP and inner.returns and len(walk.endings) == reached:
            flow = NEXT  # it gives something back, or fails
        own = own_group_class(walk.modules, found) if kind else None
        if flow != STOP and (kind == "group" or own is not None):
            name = group_class_name(walk.modules, found)
            loader = group_loader(walk.modules, found) or inner_way.loader
            inner_way = replace(inner_way, loader=loader) if name.endswith("FlaskGroup") else inner_way
            flow = walk.command_of(found, call, inner_way, frame, group_class=name, own_class=own)
    finally:
        walk.depth -= 1
    return flow if flow == STOP else NEXT


def returned(walk: Walk, frame: Frame, call: Call) -> object:
    """What a function of the project gives back when nothing but its own statements is looked at: one value however the
    branches that cannot be decided go."""
    found, owner = walk.modules.resolve(frame.path, call.func, frame.scope.body), None
    if found.kind != "function" and frame.attributes is not None:
        owner, method = walk.method_of(call, frame)
        found = method or found
    node = found.node
    if found.kind != "function" or not isinstance(node, FunctionDef) or node.is_async or node.decorators:
        return OPEN
    if walk.trials < 1 or len(node.body) > _SHORT or not walk.known.gives_back(node):
        return OPEN
    values = walk.argument_values(node, call, frame)
    if owner is not None:
        attributes = frame.attributes if owner is frame.scope.owner else None
        value, assumed = _given(walk, found, values, owner, attributes)
    else:
        key = (found.module, id(node), _shown(values), walk.world.argv, walk.setting, walk.trials)
        known = walk.known.given.get(key)
        if known is None:
            known = _given(walk, found, values)
            if not any(isinstance(each, list | dict) for each in (known[0], *values.values())):  # those may be changed
                walk.known.given[key] = known
        value, assumed = known
    frame.assumed = frame.assumed or assumed
    return value


def _given(
    walk: Walk,
    found: Definition,
    values: dict[str, object],
    owner: Definition | None = None,
    attributes: dict[str, object] | None = None,
) -> tuple[object, bool]:
    """What a function gives back where its parameters are ``values``, and whether that hangs on a variable that no file
    sets."""
    results, assumed = walk.tried(found, values, owner=owner, attributes=attributes)
    first = results[0] if results else OPEN
    return first if all(type(each) is type(first) and each == first for each in results) else OPEN, assumed


def tried(
    walk: Walk,
    found: Definition,
    values: dict[str, object],
    *,
    owner: Definition | None = None,
    attributes: dict[str, object] | None = None,
    trials: int | None = None,
) -> tuple[list[object], bool]:
    """All that a function may give back when nothing but its own statements is looked at, and whether that depends on a
    variable which no file sets. ``trials``: how many functions deep it is looked into those that it calls."""
    assert isinstance(found.node, FunctionDef)
    body = found.node.body
    trial = type(walk)(walk.modules, found.module, walk.world.argv, walk.world.env, walk.installed)
    trial.known, trial.depth = walk.known.aside(), DEPTH + 1  # nothing is entered, nothing is learned for others
    trial.world = replace(trial.world, effort=walk.world.effort)
    trial.trials = walk.trials - 1 if trials is None else trials
    name = walk.modules.dotted(found.module) or found.module
    inside = Frame(found.module, name, Scope(body, unknown_params(found.node), owner), values, attributes=attributes)
    if trial.body(body, inside, Way()) == NEXT:
        inside.results.append(None)
    return inside.results, inside.assumed or bool(inside.assumptions)


def _shown(values: Mapping[str, object]) -> str:
    return repr(sorted(values.items(), key=lambda item: item[0]))


def _inside(frame: Frame, inner: Frame) -> Frame:
    """``inner``, the activation of a function that the function of ``frame`` defines: it sees the names of both."""
    scope = Scope(
        (*inner.scope.body, *frame.scope.body),
        {**frame.scope.params, **inner.scope.params},
        inner.scope.owner or frame.scope.owner,
    )
    return replace(inner, scope=scope, values={**frame.values, **inner.values})


def may_enter(walk: Walk, found: Definition) -> bool:
    """Whether entering the function can lead to a server or another program."""
    node = found.node
    if not isinstance(node, FunctionDef) or (node.name not in walk.interesting and not command_kind(node)):
        return False
    return not any(decorator_name(item) in ("fixture", "route", "shared_task") for item in node.decorators)


def argument_values(walk: Walk, node: FunctionDef, call: Call, frame: Frame) -> dict[str, object]:
    positional = [param for param in node.params if param.kind == "positional" and param.name not in ("self", "cls")]
    values: dict[str, object] = {}
    for param in node.params:
        values[param.name] = (
            evaluate(walk.world, frame, param.default) if param.default is not None and _plain(param.default) else OPEN
        )
    if any(keyword.name is None for keyword in call.keywords):
        values = dict.fromkeys(values, OPEN)
    for param, arg in zip(positional, call.args, strict=False):
        values[param.name] = evaluate(walk.world, frame, arg)
    for keyword in call.keywords:
        if keyword.name in values:
            values[keyword.name] = evaluate(walk.world, frame, keyword.value)
    values.pop("self", None)
    return values


def _parsed(walk: Walk, node: FunctionDef, call: Call, frame: Frame) -> Iterator[tuple[str, str]]:
    """The parameters that get what argparse has read, and where its arguments are declared."""
    positional = [
        param.name for param in node.params if param.kind == "positional" and param.name not in ("self", "cls")
    ]
    for name, arg in (*zip(positional, call.args, strict=False), *((each.name, each.value) for each in call.keywords)):
        declared = walk.declared_in(frame, arg.id) if isinstance(arg, Name) else None
        if name is not None and declared is not None:
            yield name, declared


def _entered(found: Definition, values: Mapping[str, object], argv: Sequence[str]) -> Entered:
    plain = tuple((name, value) for name, value in values.items() if isinstance(value, str | int | float | None))
    words = {
        word.partition("=")[0].lstrip("-").removeprefix("no-").replace("-", "_") for word in argv if word[:1] == "-"
    }
    return Entered(found.module, found.name, plain, frozenset(name for name, _ in plain if name in words))


def _plain(expr: Expr) -> bool:
    return isinstance(expr, (Const, Collection))
