"""The Python reader: one file's bytes to :class:`~flask_prodcheck.facts.syntax.PyModule`.

A byte screen, an ``ast`` tree, the choice of its statements that can carry facts, and their conversion. libcst reads what
is newer than this Python, to equal results; it is imported when first needed.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Callable
from typing import TypeVar

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.python.depth import TooDeepError, is_risky
from flask_prodcheck.facts.python.from_ast import convert_ast
from flask_prodcheck.facts.python.mentions import mentions
from flask_prodcheck.facts.python.mutations import mutations
from flask_prodcheck.facts.python.newer import bound_names
from flask_prodcheck.facts.python.outline import outline
from flask_prodcheck.facts.python.regions import cut
from flask_prodcheck.facts.python.screen import can_carry_facts, decode, holds_processes
from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.uses import uses
from flask_prodcheck.facts.python.walk import statements_of
from flask_prodcheck.facts.syntax import Held, PyModule, Stmt

__all__ = ["read_python", "read_statements"]

T = TypeVar("T")

_TOO_DEEP = "nested too deeply to be read"
_THIS = ".".join(map(str, sys.version_info[:2]))


def read_python(path: str, data: bytes) -> PyModule | None:
    """The facts of one Python file, or None when its bytes show that it can carry none.

    ``path`` is relative to the audited root. Raises ReadError (with the line) for a file that cannot be decoded, that
    neither this Python nor libcst can parse, or that is nested too deeply.
    """
    if not can_carry_facts(path, data):
        return None
    return _bounded(_read, path, data)


def read_statements(path: str, data: bytes) -> tuple[Stmt, ...]:
    """The statements of a file that :func:`read_python` has read, and nothing else of it. Raises as that does."""
    return _bounded(_read_body, path, data)


def _bounded(read: Callable[[str, str], T], path: str, data: bytes) -> T:
    text = decode(data)
    try:
        return read(path, text)
    except (RecursionError, MemoryError, TooDeepError) as error:
        raise ReadError(_TOO_DEEP) from error


def _read(path: str, text: str) -> PyModule:
    try:
        tree = _parse(text)
    except (SyntaxError, ValueError) as error:
        return _read_newer(path, text, error)
    written = Text(text)
    statements = statements_of(tree)
    found = outline(statements, written)
    body = _kept(path, tree, written)
    return PyModule(
        path,
        Held(body),
        tuple(sorted(found.names)),
        found.open_names,
        found.stars,
        found.imports,
        uses(path, tree, statements, written),
        mutations(path, tree, statements, written),
        written.holds_processes,
        mentions(body),
    )


def _read_body(path: str, text: str) -> tuple[Stmt, ...]:
    try:
        tree = _parse(text)
    except (SyntaxError, ValueError) as error:
        return _read_newer(path, text, error).body
    return _kept(path, tree, Text(text))


def _kept(path: str, tree: ast.Module, written: Text) -> tuple[Stmt, ...]:
    return convert_ast(path, tree, written, cut(tree, written))


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        # The audited project's doubtful escapes are not this tool's warnings.
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _convert(path: str, text: str) -> tuple[Stmt, ...]:
    from flask_prodcheck.facts.python.convert import UnparsableError, convert

    try:
        return convert(path, text)
    except UnparsableError as error:
        raise ReadError(f"cannot be parsed: {error}", error.line) from error


def _read_newer(path: str, text: str, error: SyntaxError | ValueError) -> PyModule:
    """What libcst reads of a file that this Python rejects; the error names the line of the latter when both do."""
    line = error.lineno or 1 if isinstance(error, SyntaxError) else 1
    reason = error.msg if isinstance(error, SyntaxError) else str(error)
    refused = ReadError(f"invalid syntax for Python 3: {reason}", line)
    if "too many" in reason:
        raise ReadError(_TOO_DEEP, line) from error
    if is_risky(text):
        raise ReadError(f"{reason}: Python {_THIS} does not read it, a newer one may", line) from error
    try:
        body = _convert(path, text)
    except ReadError:
        raise refused from error
    names, open_names, stars, imports = bound_names(body)
    return PyModule(
        path,
        Held(body),
        tuple(sorted(names)),
        open_names,
        stars,
        imports,
        holds_processes=holds_processes(text),
        mentions=mentions(body),
    )
