"""Random keys that the program itself writes down, so that its next start reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.statements import calls_in, nested_statements, statements, unpacked
from flask_prodcheck.facts.syntax import Assign, Call, Const, FunctionDef, Name, Stmt
from flask_prodcheck.model.project import Project

_WRITES = frozenset({"write_text", "write_bytes", "writelines", "dump"})


def is_kept(project: Project, drawn: Span) -> bool:
    """Whether the function that draws a key at ``drawn`` also hands it on, and writes a file: a key that is drawn because
    there was none yet, and that every later start finds."""
    module = project.facts.modules.get(drawn.file)
    for stmt, _ in nested_statements(module.body) if module is not None else ():
        if not isinstance(stmt, FunctionDef):
            continue
        own = [each for each, _ in statements(stmt.body)]
        names = {name for each in own for name in _drawn(each, drawn)}
        if names and _writes(own) and any(_handed_on(each, names, drawn) for each in own):
            return True
    return False


def _drawn(stmt: Stmt, at: Span) -> Iterator[str]:
    if isinstance(stmt, Assign) and (stmt.span.line, stmt.span.column) == (at.line, at.column):
        for target in stmt.targets:
            yield from (name for name, _ in unpacked(target, stmt.value))


def _handed_on(stmt: Stmt, names: set[str], drawn: Span) -> bool:
    """Whether a call takes the key, except one whose result only becomes something else."""
    return stmt.span.line != drawn.line and any(
        isinstance(argument, Name) and argument.id in names for call in calls_in(stmt) for argument in call.args
    )


def _writes(body: Sequence[Stmt]) -> bool:
    return any(_writes_file(call) for stmt in body for call in calls_in(stmt))


def _writes_file(call: Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in _WRITES:
        return True
    modes = [*call.args[1:2], *(each.value for each in call.keywords if each.name == "mode")]
    if name == "open" and not modes:
        modes = list(call.args[:1])  # a path's own ``open("w")``
    return name == "open" and any(
        isinstance(mode, Const) and isinstance(mode.value, str) and mode.value.strip("bt+") in ("w", "a", "x")
        for mode in modes
    )
