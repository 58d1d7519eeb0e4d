"""Text of several lines that a Python program puts together, each line with the place where it is written.

What cannot be decided stays visible as ``${name}``, as everywhere in commands.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from flask_prodcheck.base import Span
from flask_prodcheck.facts.statements import argument, statements
from flask_prodcheck.facts.syntax import (
    Attribute,
    BinOp,
    Call,
    Collection,
    Const,
    Expr,
    FunctionDef,
    Name,
    Return,
    Template,
)
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.instances.scope import Scope, unknown_params
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.programs.bounds import Effort
from flask_prodcheck.model.python.programs.expressions import evaluate
from flask_prodcheck.model.python.programs.methods import FIELD, integer
from flask_prodcheck.model.python.programs.state import Frame, World
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.model.python.programs.words import text_of
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

_DEPTH = 12
_LONGEST = 20_000  # characters: no file of processes is as long
#: What gives the text that it is given, but for blanks around its lines, or as bytes.
_SAME = frozenset({"textwrap.dedent", "inspect.cleandoc", "builtins.str", "builtins.bytes", "io.StringIO", "io.BytesIO"})
_SAME_BY_METHOD = frozenset({"strip", "lstrip", "rstrip", "encode", "expandtabs"})
_PERCENT = regex(r"%(?:\((\w+)\))?[sdr]")
_DOLLAR = regex(r"(?<!\$)\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text, and where it is written."""

    text: str
    span: Span


@dataclass(slots=True)
class Steps:
    """How many expressions of one file may still be looked at: functions that call each other double them. ``effort``: the
    same for the values in its lines."""

    left: int = 5_000
    effort: Effort = field(default_factory=Effort)


@dataclass(frozen=True, slots=True)
class Site:
    """Where an expression stands: its file, its scope, and what is known of the parameters there, as values and as text."""

    path: str
    scope: Scope = field(default_factory=Scope)
    values: Mapping[str, object] = field(default_factory=dict)
    texts: Mapping[str, tuple[Line, ...] | None] = field(default_factory=dict)
    steps: Steps = field(default_factory=Steps)


def text_lines(modules: Modules, site: Site, expr: Expr, depth: int = 0) -> tuple[Line, ...] | None:
    """The lines of the text that ``expr`` gives, the last one empty where the text ends with a line; None where it is not
    known what it gives."""
    site.steps.left -= 1
    if depth > _DEPTH or site.steps.left < 0:
        return None

    def inside(inner: Expr) -> tuple[Line, ...] | None:
        return text_lines(modules, site, inner, depth + 1)

    if isinstance(expr, Const):
        return _of_literal(expr) if isinstance(expr.value, str | bytes) else None
    if isinstance(expr, Template):
        return _joined([_of_part(modules, site, part) for part in expr.parts])
    if isinstance(expr, BinOp) and expr.op == "+":
        parts = _added(expr)
        texts = [inside(part) for part in parts]
        if all(each is None for each in texts):
            return None
        return _joined([each or _of_part(modules, site, part) for each, part in zip(texts, parts, strict=True)])
    if isinstance(expr, BinOp) and expr.op == "%":
        return _filled_by_percent(modules, site, expr, inside(expr.left))
    if isinstance(expr, Call):
        return _of_call(modules, site, expr, inside, depth)
    if not isinstance(expr, (Name, Attribute)):
        return None
    if isinstance(expr, Name) and expr.id in site.texts:
        return site.texts[expr.id]
    if isinstance(expr, Name) and expr.id in site.scope.params and not modules.bindings.in_body(site.scope.body, expr.id):
        return None
    found = _definition(modules, site, expr)
    if found.kind != "value" or found.value is None or found.conditional or found.value is expr:
        return None
    there = site if found.module == site.path else Site(found.module, steps=site.steps)
    return text_lines(modules, there, found.value, depth + 1)


def value_text(modules: Modules, site: Site, expr: Expr) -> str:
    """``expr`` as text within a line: ``${name}`` where it is open."""
    value = evaluate(_world(modules, site), Frame(site.path, site.path, site.scope, dict(site.values)), expr)
    return text_of(expr, value if isinstance(value, str | int | float) else OPEN)


def called(modules: Modules, site: Site, call: Call) -> Definition | None:
    """The function of the project that ``call`` runs: one of its class where that is ``self`` or ``cls``."""
    found = _definition(modules, site, call.func)
    return found if found.kind == "function" and isinstance(found.node, FunctionDef) else None


def inside_of(modules: Modules, site: Site, call: Call, function: Definition, depth: int = 0) -> Site:
    """The site of the body of ``function`` as ``call`` runs it: what is given to it is known there."""
    node = function.node
    if not isinstance(node, FunctionDef):
        return Site(function.module, steps=site.steps)
    params = [param.name for param in node.params if param.name not in ("self", "cls")]
    values: dict[str, object] = {}
    texts: dict[str, tuple[Line, ...] | None] = {}
    for index, name in enumerate(params):
        given = argument(call, name, position=index)
        if given is not None:
            texts[name] = text_lines(modules, site, given, depth + 1)
            values[name] = value_text(modules, site, given)
    scope = Scope(node.body, unknown_params(node), site.scope.owner if function.module == site.path else None)
    return Site(function.module, scope, values, texts, site.steps)


def _definition(modules: Modules, site: Site, expr: Expr) -> Definition:
    owner = site.scope.owner
    base = expr.value if isinstance(expr, Attribute) else None
    if owner is not None and isinstance(expr, Attribute) and isinstance(base, Name) and base.id in ("self", "cls"):
        return modules.class_member(owner, expr.attr)
    return modules.resolve(site.path, expr, site.scope.body)


def _world(modules: Modules, site: Site) -> World:
    return World(
        modules,
        (),
        {},
        lambda: site.path,
        lambda frame, name: OPEN,
        lambda frame, call: OPEN,
        effort=site.steps.effort,
    )


def _of_literal(literal: Const) -> tuple[Line, ...]:
    """The lines of a literal, which stand in lines of the source where it has as many: one more where it goes on after
    ``\\`` at once, one less where each line is a literal of its own."""
    value = literal.value
    text = value if isinstance(value, str) else value.decode("utf-8", "replace") if isinstance(value, bytes) else ""
    span = literal.span
    texts = text.split("\n") if len(text) <= _LONGEST else []
    last = max(span.end_line, span.line)
    later = 1 if last - span.line == len(texts) else 0
    return tuple(Line(each, Span(span.file, min(span.line + index + later, last))) for index, each in enumerate(texts))


def _of_part(modules: Modules, site: Site, part: Expr) -> tuple[Line, ...]:
    if isinstance(part, Const) and isinstance(part.value, str):
        return _of_literal(part)
    return tuple(Line(each, part.span) for each in value_text(modules, site, part).split("\n"))


def _added(expr: Expr) -> list[Expr]:
    """What ``a + b + c`` adds, in order."""
    parts: list[Expr] = []
    while isinstance(expr, BinOp) and expr.op == "+":
        parts.append(expr.right)
        expr = expr.left
    return [expr, *reversed(parts)]


def _joined(parts: Sequence[tuple[Line, ...]]) -> tuple[Line, ...]:
    """The text of ``parts``, one after the other (none that is too long). A line stands where its first part with a text
    does."""
    if sum(len(line.text) + 1 for part in parts for line in part) > _LONGEST:
        return ()
    found: list[Line] = []
    for part in parts:
        if found and part:
            last = found.pop()
            found.append(Line(last.text + part[0].text, last.span if last.text.strip() else part[0].span))
            found += part[1:]
        else:
            found += part
    return tuple(found)


def _of_call(
    modules: Modules, site: Site, call: Call, inside: Callable[[Expr], tuple[Line, ...] | None], depth: int
) -> tuple[Line, ...] | None:
    name = modules.qualified(site.path, call.func, site.scope.body)
    if name in _SAME and call.args:
        lines = inside(call.args[0])
        return _dedented(lines) if lines is not None and name in ("textwrap.dedent", "inspect.cleandoc") else lines
    if name == "string.Template" and call.args:
        return inside(call.args[0])
    if (function := called(modules, site, call)) is not None and isinstance(function.node, FunctionDef):
        returns = [stmt for stmt, _ in statements(function.node.body) if isinstance(stmt, Return)]
        if len(returns) != 1 or returns[0].value is None:
            return None
        return text_lines(modules, inside_of(modules, site, call, function, depth), returns[0].value, depth + 1)
    if not isinstance(call.func, Attribute):
        return None
    base, method = call.func.value, call.func.attr
    if method == "join" and call.args and isinstance(base, Const) and isinstance(base.value, str):
        return _of_items(modules, site, base, call.args[0])
    if method not in {"format", "format_map", "substitute", "safe_substitute", "replace", *_SAME_BY_METHOD}:
        return None
    lines = inside(base)
    if lines is None or method in _SAME_BY_METHOD:
        return _stripped(lines, method) if lines is not None else None
    given = [value_text(modules, site, each) for each in call.args]
    named = {each.name: value_text(modules, site, each.value) for each in call.keywords if each.name}
    if method == "replace":
        return _replaced(lines, *given) if len(given) == 2 else None
    if "substitute" in method:
        return _filled(lines, _DOLLAR, (), named)
    return _filled(lines, FIELD, given if method == "format" else (), named, unescape=True)


def _of_items(modules: Modules, site: Site, between: Const, items: Expr) -> tuple[Line, ...] | None:
    """``"\\n".join([...])``: one line, or more, for each item."""
    if isinstance(items, Name):
        found = modules.resolve(site.path, items, site.scope.body)
        items = found.value if found.kind == "value" and found.value is not None and not found.conditional else items
    if not isinstance(items, Collection):
        return None
    parts: list[tuple[Line, ...]] = []
    for index, item in enumerate(items.items):
        if index:
            parts.append(tuple(Line(each, item.span) for each in str(between.value).split("\n")))
        parts.append(_of_part(modules, site, item))
    return _joined(parts)


def _filled_by_percent(
    modules: Modules, site: Site, expr: BinOp, lines: tuple[Line, ...] | None
) -> tuple[Line, ...] | None:
    if lines is None:
        return None
    parts = expr.right.items if isinstance(expr.right, Collection) else (expr.right,)
    return _filled(lines, _PERCENT, [value_text(modules, site, part) for part in parts], {})


def _filled(
    lines: Sequence[Line],
    places: re.Pattern[str],
    given: Sequence[str],
    named: Mapping[str, str],
    *,
    unescape: bool = False,
) -> tuple[Line, ...] | None:
    """``lines`` with what stands in ``places`` replaced: by what is given in this order, or under the name there. None where
    that makes too long a text."""
    following = iter(given)
    left = _LONGEST

    def replacement(match: re.Match[str]) -> str:
        nonlocal left
        word = chosen(next(filter(None, match.groups()), "").partition(".")[0].partition("[")[0])
        left -= len(word)
        return word if left >= 0 else ""

    def chosen(key: str) -> str:
        if not key:
            return next(following, "${value}")
        index = integer(key)
        if isinstance(index, int):
            return given[index] if 0 <= index < len(given) else "${value}"
        return named.get(key, "${" + key + "}")

    def one(text: str) -> str:
        if not unescape:
            return places.sub(replacement, text)
        halves = [places.sub(replacement, half) for half in text.replace("{{", "\0").replace("}}", "\1").split("\0")]
        return "{".join(halves).replace("\1", "}")

    filled = _with_texts(lines, [one(each.text) for each in lines])
    return filled if left >= 0 else None


def _replaced(lines: Sequence[Line], old: str, new: str) -> tuple[Line, ...] | None:
    """``lines`` with ``new`` in the place of ``old``; None where that makes too long a text."""
    if sum(len(each.text) + each.text.count(old) * (len(new) - len(old)) for each in lines) > _LONGEST:
        return None
    return _with_texts(lines, [each.text.replace(old, new) for each in lines])


def _with_texts(lines: Sequence[Line], texts: Sequence[str]) -> tuple[Line, ...]:
    """``lines`` with these ``texts``, in which other lines may have come."""
    return tuple(
        replace(each, text=part) for each, text in zip(lines, texts, strict=True) for part in text.split("\n")
    )


def _dedented(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    texts = textwrap.dedent("\n".join(each.text for each in lines)).split("\n")
    return _with_texts(lines, texts)


def _stripped(lines: tuple[Line, ...], method: str) -> tuple[Line, ...]:
    """``lines`` without empty ones where the ``method`` of texts takes them away."""
    first, last = 0, len(lines)
    while method in ("strip", "lstrip") and first < last and not lines[first].text.strip():
        first += 1
    while method in ("strip", "rstrip") and last > first and not lines[last - 1].text.strip():
        last -= 1
    return lines[first:last]
