"""The statements of a Python file as plain data, to be kept between runs, and back.

A node is a list: the number of its class, the four numbers of its place where it has one, and its fields. The fields are
read by the annotations of the classes, so that data of any other shape is no statements. Functions for it are made once for
each class: reading data back takes a sixth of the time of reading the file again.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from sys import intern
from typing import Any

from flask_prodcheck.base import Span
from flask_prodcheck.facts import syntax
from flask_prodcheck.facts.syntax import Const, Expr, Stmt

Data = object
"""What JSON can hold: lists of lists, texts, numbers, truths and None."""


def to_data(path: str, statements: tuple[Stmt, ...]) -> Data | None:
    """The ``statements`` of the file at ``path`` without its path; None when they are nested too deeply for it, or hold
    what has no data."""
    try:
        return [_WRITERS[type(each)](each, path) for each in statements]
    except (ValueError, RecursionError):
        return None


def from_data(path: str, data: Data) -> tuple[Stmt, ...] | None:
    """The statements of the file at ``path`` that :func:`to_data` was given; None when ``data`` is something else."""
    try:
        # A node of a kind that may not be there, or no node at all, has no entry in the table that is asked.
        return tuple([_STATEMENTS[each[0]](each, path) for each in _list(data)])
    except (ValueError, TypeError, LookupError, RecursionError):
        return None


# --- single values ---------------------------------------------------------------------------------------------------


def _list(data: Data) -> list[Any]:
    if type(data) is not list:
        raise ValueError(data)
    return data


def _number(data: Data) -> int:
    if type(data) is not int or data < 0:
        raise ValueError(data)
    return data


def _truth(data: Data) -> bool:
    if type(data) is not bool:
        raise ValueError(data)
    return data


#: What JSON tells apart as Python does. Texts are read apart from these, they are the most.
_PLAIN = (int, float, bool, type(None))


def _literal(data: Data) -> Any:
    kind = type(data)
    if kind is str or kind in _PLAIN:
        return data
    mark, *parts = _list(data)
    match mark, parts:
        case "bytes", [str(text)]:
            return text.encode("latin-1")
        case "text", [str(text)]:
            return text.encode("latin-1").decode("utf-8", "surrogatepass")
        case "complex", [float(real), float(imaginary)]:
            return complex(real, imaginary)
        case "...", []:
            return ...
        case _:
            raise ValueError(data)


def _literal_data(value: object) -> Data:
    kind = type(value)
    if isinstance(value, str):
        # JSON has no half of a surrogate pair, nor two that are not one character.
        return value if value.isascii() or not _SURROGATES.intersection(value) else ["text", _as_bytes(value)]
    if kind in _PLAIN:
        return value
    if isinstance(value, bytes):
        return ["bytes", value.decode("latin-1")]
    if isinstance(value, complex):
        return ["complex", value.real, value.imag]
    if value is ...:
        return ["..."]
    raise ValueError(value)


_SURROGATES = frozenset(map(chr, range(0xD800, 0xE000)))


def _as_bytes(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


# --- the functions for each class ------------------------------------------------------------------------------------

_Reader = Callable[[Any, str], Any]
_Writer = Callable[[Any, str], list[Any]]

_CLASSES = typing.get_args(Expr) + typing.get_args(Stmt)
_PARTS = (syntax.Keyword, syntax.Param, syntax.Handler, syntax.Case)  # of expressions and statements
_NUMBERS = {kind: number for number, kind in enumerate(_CLASSES + _PARTS)}


def _reading(hint: Any, value: str, depth: int = 0) -> str:
    """An expression that makes the ``hint``ed of the data ``value``, or raises."""
    inner, arguments, origin = f"v{depth}", typing.get_args(hint), typing.get_origin(hint)
    if origin is types.UnionType and types.NoneType in arguments:
        return f"(None if {value} is None else {_reading(_given(hint), value, depth)})"
    if origin is frozenset:
        return f"frozenset([{_reading(arguments[0], inner, depth + 1)} for {inner} in _list({value})])"
    if origin is not tuple:
        return f"{_SINGLE[hint]}({value})" if hint in _SINGLE else f"{_ALLOWED[hint]}[{value}[0]]({value}, path)"
    each, parts = arguments[0], typing.get_args(arguments[0])
    if typing.get_origin(each) is not tuple:
        return f"tuple([{_reading(each, inner, depth + 1)} for {inner} in _list({value})])"
    names = [f"{inner}_{number}" for number in range(len(parts))]
    made = [_reading(part, name, depth + 1) for part, name in zip(parts, names, strict=True)]
    return f"tuple([({_joined(made)}) for {_joined(names)} in map(_list, _list({value}))])"


def _writing(hint: Any, value: str, depth: int = 0) -> str:
    """An expression that makes the data of the ``hint``ed ``value``."""
    inner, arguments, origin = f"v{depth}", typing.get_args(hint), typing.get_origin(hint)
    if origin is types.UnionType and types.NoneType in arguments:
        return f"(None if {value} is None else {_writing(_given(hint), value, depth)})"
    if origin is frozenset:
        return f"sorted({value})"
    if origin is not tuple:
        return value if hint in _SINGLE else f"writers[type({value})]({value}, path)"
    if arguments[-1] is ...:
        return f"[{_writing(arguments[0], inner, depth + 1)} for {inner} in {value}]"
    return f"[{_joined([_writing(part, f'{value}[{number}]', depth) for number, part in enumerate(arguments)])}]"


def _given(hint: Any) -> Any:
    """``hint`` without None."""
    kinds = [each for each in typing.get_args(hint) if each is not types.NoneType]
    return kinds[0] if len(kinds) == 1 else Expr if tuple(kinds) == typing.get_args(Expr) else kinds


def _joined(parts: list[str]) -> str:
    return "".join([f"{part}, " for part in parts])


def _fields(kind: Any) -> tuple[dict[str, Any], bool]:
    """The kinds of the fields of a class without its place, and whether it has one."""
    hints = typing.get_type_hints(kind)
    return hints, hints.pop("span", None) is not None


def _reader(kind: Any) -> _Reader:
    hints, is_placed = _fields(kind)
    names = [*(_PLACE if is_placed else ()), *[f"f_{name}" for name in hints]]
    parts = ["_literal(f_value)"] if kind is Const else [_reading(hint, f"f_{name}") for name, hint in hints.items()]
    lines = ["def made(data, path):", f"    _, {_joined(names)} = data"]
    if is_placed:
        lines += [f"    if type({each}) is not int or {each} < 0: raise ValueError" for each in _PLACE]
        parts.insert(0, f"Span(path, {_joined(_PLACE)})")
    return _compiled([*lines, f"    return kind({_joined(parts)})"], kind)


def _writer(kind: Any) -> _Writer:
    hints, is_placed = _fields(kind)
    parts = [f"{_NUMBERS[kind]}", *[f"node.span.{each}" for each in _PLACE if is_placed]]
    if kind is Const:
        parts.append("_literal_data(node.value)")
    else:
        parts += [_writing(hint, f"node.{name}") for name, hint in hints.items()]
    lines = ["def made(node, path):"]
    if is_placed:
        lines.append("    if node.span.file != path: raise ValueError")
    return _compiled([*lines, f"    return [{_joined(parts)}]"], kind)


def _compiled(lines: list[str], kind: Any) -> Callable[[Any, str], Any]:
    known = {**_KNOWN, "kind": kind}
    exec("\n".join(lines), known)  # noqa: S102 - of the names and kinds of fields alone
    made: Callable[[Any, str], Any] = known["made"]
    return made


_PLACE = ["line", "column", "end_line", "end_column"]
_SINGLE = {str: "intern", int: "_number", bool: "_truth"}
#: What stands where a field is one of these: the name of the table of the readers of the classes that are allowed there.
_ALLOWED: dict[Any, str] = {Expr: "expressions", **{each: f"only_{each.__name__}" for each in _PARTS}}
_ALLOWED[Stmt] = "statements"

_WRITERS: dict[type[Any], _Writer] = {}
_TABLES: dict[str, dict[int, _Reader]] = {name: {} for name in _ALLOWED.values()}
_STATEMENTS = _TABLES["statements"]
_KNOWN: dict[str, Any] = {
    **_TABLES,
    "writers": _WRITERS,
    "intern": intern,  # takes texts alone, and keeps each once
    "_list": _list,
    "_number": _number,
    "_truth": _truth,
    "_literal": _literal,
    "_literal_data": _literal_data,
    "Span": Span,
}


def _put_reader(kind: Any, reader: _Reader) -> None:
    for allowed, name in _ALLOWED.items():
        if kind is allowed or kind in typing.get_args(allowed):
            _TABLES[name][_NUMBERS[kind]] = reader


def _put_functions(kind: Any) -> None:
    """Puts functions into the tables that put better ones there when they are called first: few files have all classes."""

    def read(data: Any, path: str) -> Any:
        reader = _reader(kind)
        _put_reader(kind, reader)
        return reader(data, path)

    def write(node: Any, path: str) -> list[Any]:
        _WRITERS[kind] = _writer(kind)
        return _WRITERS[kind](node, path)

    _put_reader(kind, read)
    _WRITERS[kind] = write


for _kind in _NUMBERS:
    _put_functions(_kind)
