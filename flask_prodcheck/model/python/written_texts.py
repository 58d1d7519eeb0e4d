"""The files that a Python program writes: where, and which text.

Sources: the documentation of ``open``, ``print``, ``pathlib`` and ``subprocess`` (``input`` is what a program reads).
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.base import Span
from flask_prodcheck.facts.statements import argument, call_name, calls_in, statements
from flask_prodcheck.facts.syntax import Assign, Attribute, Call, Collection, Expr, FunctionDef, Name, Starred, With
from flask_prodcheck.model.python.instances.scope import Scope, all_calls
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.texts import Line, Site, Steps, called, inside_of, text_lines, value_text
from flask_prodcheck.records import dataclass

_WRITERS = frozenset({"write", "write_text", "write_bytes"})
_STANDARD = frozenset({"sys.stdout", "sys.stderr"})
_READING_INPUT = frozenset({"run", "check_output", "check_call", "call"})


@dataclass(frozen=True, slots=True)
class WrittenText:
    """The ``lines`` that the call at ``span`` writes to ``path`` (None: it is not known what they are)."""

    span: Span
    path: str
    lines: tuple[Line, ...] | None


def written_texts(modules: Modules, path: str) -> Iterator[WrittenText]:
    """What the calls of the file write, in order; also what its functions write of what they are given."""
    steps = Steps()
    for call, scope in all_calls(modules, path):
        site = Site(path, scope, steps=steps)
        written = _written_by(modules, site, call)
        if written is not None:
            if not _is_given(written[1], scope):
                yield _text(modules, site, call.span, *written)
            continue
        function = called(modules, site, call)
        if function is not None and isinstance(function.node, FunctionDef):
            yield from _by_function(modules, inside_of(modules, site, call, function), call.span, function.node)


def _by_function(modules: Modules, site: Site, span: Span, function: FunctionDef) -> Iterator[WrittenText]:
    """What a call at ``span`` has ``function`` write of what it gives to it."""
    for stmt, _ in statements(function.body):
        for call in calls_in(stmt):
            written = _written_by(modules, site, call)
            if written is not None and _is_given(written[1], site.scope):
                yield _text(modules, site, span, *written)


def _is_given(text: Expr, scope: Scope) -> bool:
    """Whether ``text`` is a parameter of the function around it: those who call it say what it is."""
    while isinstance(text, Call) and isinstance(text.func, Attribute):
        text = text.func.value  # content.encode()
    return isinstance(text, Name) and text.id in scope.params


def _text(modules: Modules, site: Site, span: Span, target: Expr | None, text: Expr) -> WrittenText:
    path = value_text(modules, site, target) if target is not None else ""
    return WrittenText(span, path, text_lines(modules, site, text))


def _written_by(modules: Modules, site: Site, call: Call) -> tuple[Expr | None, Expr] | None:
    """The path (None: not seen) and the text that ``call`` writes; None where it writes nothing."""
    name = call_name(call)
    if name == "print" and isinstance(call.func, Name):
        stream = argument(call, "file")
        if stream is None or not call.args or modules.qualified(site.path, stream, site.scope.body) in _STANDARD:
            return None
        return _opened_as(modules, site, stream, call), call.args[0]
    if name in _WRITERS and isinstance(call.func, Attribute) and call.args:
        if modules.qualified(site.path, call.func.value, site.scope.body) in _STANDARD:
            return None
        base = call.func.value
        return (base if name != "write" else _opened_as(modules, site, base, call)), call.args[0]
    if name in _READING_INPUT and (given := argument(call, "input")) is not None:
        words = argument(call, "args", position=0)
        last = words.items[-1] if isinstance(words, Collection) and words.items else None
        return (None if isinstance(last, Starred) else last), given
    return None


def _opened_as(modules: Modules, site: Site, stream: Expr, call: Call) -> Expr | None:
    """The path of the file that ``stream`` is at ``call``: of what opened it last before."""
    if isinstance(stream, Call):
        return _path_of(stream)
    module = modules.module(site.path)
    if not isinstance(stream, Name) or module is None:
        return None
    found: Expr | None = None
    for stmt, _ in statements(site.scope.body or module.body):
        if stmt.span.line > call.span.line:
            continue
        if isinstance(stmt, With):
            bound = [(target, value) for value, target in stmt.items]
        elif isinstance(stmt, Assign):
            bound = [(target, stmt.value) for target in stmt.targets]
        else:
            continue
        for target, value in bound:
            if isinstance(target, Name) and target.id == stream.id and isinstance(value, Call):
                found = _path_of(value)
    return found


def _path_of(opening: Call) -> Expr | None:
    """The path that is opened: of ``open(path)``, and of ``path.open()``."""
    if isinstance(opening.func, Attribute) and opening.func.attr == "open" and not _is_module(opening.func.value):
        return opening.func.value
    return opening.args[0] if opening.args else argument(opening, "file", "name", "filename")


def _is_module(expr: Expr) -> bool:
    return isinstance(expr, Name) and expr.id in ("io", "os", "codecs", "builtins")
