"""What statements change: names, lists, attributes of an object that is being made, the words of the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask_prodcheck.facts.syntax import (
    Assign,
    Attribute,
    AugAssign,
    Call,
    Collection,
    Expr,
    ExprStmt,
    Name,
    Opaque,
    Subscript,
)
from flask_prodcheck.model.python.held_settings import setting_name
from flask_prodcheck.model.python.programs.bounds import bounded
from flask_prodcheck.model.python.programs.expressions import evaluate
from flask_prodcheck.model.python.programs.loaded import Loaded
from flask_prodcheck.model.python.programs.state import Frame
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.model.python.programs.words import text_of
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk


def assign(walk: Walk, stmt: Assign, frame: Frame) -> None:
    for target in stmt.targets:
        whole = target.value if isinstance(target, Subscript) else target
        if isinstance(whole, Attribute) and is_command_line(walk, whole, frame):
            words = evaluate(walk.world, frame, stmt.value)
            if whole is target and isinstance(words, list) and words:
                with_words(walk, words[1:])
            elif isinstance(target, Subscript) and _is_behind_first(target.index) and isinstance(words, list):
                with_words(walk, words)
        if isinstance(target, Collection) and target.items and all(isinstance(each, Name) for each in target.items):
            walk.unpack([each.id for each in target.items if isinstance(each, Name)], stmt.value, frame)
        if frame.attributes is not None and isinstance(target, Attribute) and is_own(target):
            frame.attributes[target.attr] = evaluate(walk.world, frame, stmt.value)
        if isinstance(target, Subscript) and isinstance(target.value, Name):
            held, key = frame.values.get(target.value.id), evaluate(walk.world, frame, target.index)
            if isinstance(held, dict):
                given = evaluate(walk.world, frame, stmt.value)
                more = type(held)({**held, key: given}) if isinstance(key, str | int) else OPEN
                frame.values[target.value.id] = bounded(more)
        if setting := setting_name(target):
            before, frame.assumed = frame.assumed, False
            frame.values[setting] = evaluate(walk.world, frame, stmt.value)
            frame.assumptions = (frame.assumptions | {setting}) if frame.assumed else (frame.assumptions - {setting})
            frame.assumed = before
        if isinstance(target, Name):
            before, frame.assumed = frame.assumed, False
            value = evaluate(walk.world, frame, stmt.value)
            frame.values.pop(target.id, None)
            frame.assumptions.discard(target.id)
            frame.perhaps_empty.discard(target.id)
            if frame.assumed:
                frame.assumptions.add(target.id)
            frame.assumed = before or frame.assumed
            if value is not OPEN:
                frame.values[target.id] = list(value) if isinstance(value, list) else value
            elif frame.scope.body and target.id in frame.scope.params:
                frame.values[target.id] = OPEN


def is_command_line(walk: Walk, expr: Expr, frame: Frame) -> bool:
    """Whether ``expr`` is ``sys.argv``."""
    return isinstance(expr, Attribute) and walk.modules.qualified(frame.path, expr) == "sys.argv"


def _is_behind_first(index: Expr) -> bool:
    return isinstance(index, Opaque) and index.text.replace(" ", "") == "1:"


def exports(walk: Walk, stmt: Assign | ExprStmt, frame: Frame) -> None:
    """``os.environ[name] = value`` and ``os.environ.setdefault(name, value)``: what is started from here on has it."""
    call = stmt.value if isinstance(stmt, ExprStmt) else None
    pairs: list[tuple[Expr, Expr, Expr]] = []
    if isinstance(stmt, Assign):
        pairs = [(each.value, each.index, stmt.value) for each in stmt.targets if isinstance(each, Subscript)]
    elif isinstance(call, Call) and isinstance(call.func, Attribute):
        is_default = call.func.attr == "setdefault" and len(call.args) == 2
        pairs = [(call.func.value, call.args[0], call.args[1])] if is_default else []
    for holder, key, given in pairs:
        if not isinstance(holder, Attribute) or walk.modules.qualified(frame.path, holder) != "os.environ":
            continue
        name, value = evaluate(walk.world, frame, key), evaluate(walk.world, frame, given)
        kept = call is not None and (name in walk.world.env or name in walk.world.exported)
        if (
            isinstance(name, str)
            and isinstance(value, str)
            and "${" not in name + value
            and not kept
            and name != "PATH"
        ):
            walk.world = replace(walk.world, exported={**walk.world.exported, name: value})


def with_words(walk: Walk, words: Sequence[object]) -> None:
    """From now on the program has these words."""
    plain = [str(word) for word in words]
    walk.world = replace(walk.world, argv=tuple(plain) if bounded(plain) is not OPEN else ("${words}",))


def unpack(walk: Walk, names: Sequence[str], value: Expr, frame: Frame) -> None:
    """``name, other = value``, where the value is what the program computes."""
    items = evaluate(walk.world, frame, value)
    for index, name in enumerate(names):
        frame.values.pop(name, None)
        frame.assumptions.discard(name)
        if isinstance(items, list) and len(items) == len(names) and isinstance(items[index], str | Loaded):
            frame.values[name] = items[index]


def is_own(expr: Attribute) -> bool:
    """Whether ``expr`` is an attribute of ``self``."""
    return isinstance(expr.value, Name) and expr.value.id == "self"


def augment(walk: Walk, stmt: AugAssign, frame: Frame) -> None:
    value = evaluate(walk.world, frame, stmt.value)
    if is_command_line(walk, stmt.target, frame):
        with_words(walk, [*walk.world.argv, *(value if isinstance(value, list) else ["${words}"])])
    elif isinstance(stmt.target, Name):
        walk.add_to(stmt.target.id, value, frame, stmt.op == "+")


def add_to(walk: Walk, name: str, value: object, frame: Frame, plus: bool) -> None:
    known = frame.values.get(name, OPEN)
    if plus and isinstance(known, list):
        frame.values[name] = bounded([*known, *(value if isinstance(value, list) else ["${value}"])])
    elif plus and isinstance(known, str):
        frame.values[name] = bounded(known + (value if isinstance(value, str) else "${value}"))
    else:
        frame.values[name] = OPEN


def mutate(walk: Walk, value: Expr, frame: Frame) -> None:
    if isinstance(value, Call) and isinstance(value.func, Name) and value.func.id in ("exec", "eval"):
        names = value.args[1] if len(value.args) > 1 else None
        code = evaluate(walk.world, frame, value.args[0]) if isinstance(names, Name) else OPEN
        if isinstance(names, Name) and isinstance(code, Loaded):
            frame.values[names.id] = code  # the names of that file
        return
    if not isinstance(value, Call) or not isinstance(value.func, Attribute) or not (value.args or value.keywords):
        return
    if not value.args and value.func.attr != "update":
        return
    if value.func.attr in ("append", "extend") and is_command_line(walk, value.func.value, frame):
        words = evaluate(walk.world, frame, value.args[0])
        more = [words] if value.func.attr == "append" else words
        plain = more if isinstance(more, list) and OPEN not in more else ["${words}"]
        with_words(walk, [*walk.world.argv, *plain])
        return
    if not isinstance(value.func.value, Name):
        return
    known = frame.values.get(value.func.value.id)
    if isinstance(known, dict) and value.func.attr == "update":
        frame.values[value.func.value.id] = _updated(walk, known, value, frame)
    if not isinstance(known, list):
        return
    given = evaluate(walk.world, frame, value.args[0])
    added: list[object] = []
    if value.func.attr == "append":
        added = [text_of(value.args[0], given)]
    elif value.func.attr == "extend":
        added = given if isinstance(given, list) else [text_of(value.args[0], OPEN)]
    if bounded([*known, *added]) is OPEN:
        frame.values[value.func.value.id] = OPEN
    else:
        known += added


def _updated(walk: Walk, known: dict[object, object], call: Call, frame: Frame) -> object:
    """The dictionary ``known`` after ``known.update(...)``; not known where that is given something which is not."""
    more = evaluate(walk.world, frame, call.args[0]) if call.args else {}
    if not isinstance(more, dict) or any(each.name is None for each in call.keywords):
        return OPEN
    named: dict[object, object] = {each.name: evaluate(walk.world, frame, each.value) for each in call.keywords}
    return bounded(type(known)({**known, **more, **named}))
