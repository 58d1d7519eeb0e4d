"""Statements as plain data: the same again, and of other data either nothing or statements of the right shape."""

from __future__ import annotations

import json
import types
import typing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flask_prodcheck
from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.python import read_statements
from flask_prodcheck.facts.statement_data import from_data, to_data
from flask_prodcheck.facts.syntax import Const, Expr, ExprStmt, If, Jump, Name, Stmt
from flask_prodcheck.registry.load import builtin_rules
from tests.facts.test_packed import EVERY_KIND

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
FILES = [*sorted(FIXTURES.rglob("*.py")), *sorted(Path(flask_prodcheck.__file__).parent.rglob("*.py"))[::9]]
EXAMPLES = [
    (f"{rule.code}: {example.name}: {path}", text)
    for rule in builtin_rules()
    for example in rule.examples
    for path, text in example.files.items()
    if path.endswith(".py")
]
PLACE = Span("app.py", 1, 1, 1, 2)


def through(path: str, statements: tuple[Stmt, ...]) -> tuple[Stmt, ...] | None:
    text = json.dumps(to_data(path, statements), separators=(",", ":"), ensure_ascii=False).encode()
    return from_data(path, json.loads(text))


@pytest.mark.parametrize("place", FILES, ids=lambda place: place.stem)
def test_the_statements_of_a_file_come_back(place: Path) -> None:
    statements = read_statements(place.name, place.read_bytes())
    assert through(place.name, statements) == statements


def test_the_statements_of_every_example_come_back() -> None:
    assert len(EXAMPLES) > 100
    for name, text in EXAMPLES:
        try:
            statements = read_statements("app.py", text.encode())
        except ReadError:
            continue
        assert through("app.py", statements) == statements, name


def test_every_kind_of_statement_comes_back() -> None:
    statements = read_statements("app.py", EVERY_KIND.encode())
    assert through("app.py", statements) == statements
    assert through("app.py", ()) == ()


LITERALS = [
    None, True, False, 0, 1, -1, 1.0, 0.0, -0.0, 1e300, float("inf"), 2**70, 2j, complex(1, -0.0), ..., "", "a", "é", "\0", "😀",
    "\ud83d", "\ud83d\ude00", "\udc00x", "[]", "bytes", "...", b"", b"a", b"\x00\xff", b"bytes",
]  # fmt: skip


@pytest.mark.parametrize("value", LITERALS, ids=ascii)
def test_every_literal_comes_back_as_what_it_was(value: Any) -> None:
    found = through("app.py", (ExprStmt(PLACE, Const(PLACE, value)),))
    assert found is not None and isinstance(found[0], ExprStmt) and isinstance(found[0].value, Const)
    again = found[0].value.value
    assert type(again) is type(value) and repr(again) == repr(value)


def test_places_get_the_path_that_is_given() -> None:
    (found,) = from_data("b.py", to_data("app.py", (Jump(PLACE, "pass"),))) or ()
    assert found.span == Span("b.py", 1, 1, 1, 2)


@pytest.mark.parametrize(
    "statement",
    [
        Jump(Span("other.py", 1), "pass"),
        ExprStmt(PLACE, Const(PLACE, typing.cast("str", frozenset()))),
    ],
)
def test_what_has_no_data_gives_none(statement: Stmt) -> None:
    assert to_data("app.py", (statement,)) is None


def test_what_is_nested_too_deeply_gives_none() -> None:
    statement: Stmt = Jump(PLACE, "pass")
    (data,) = typing.cast("list[Any]", to_data("app.py", (If(PLACE, Name(PLACE, "x"), (statement,)),)))
    for _ in range(5000):
        statement = If(PLACE, Name(PLACE, "x"), (statement,))
        data = [*data[:-2], [data], []]
    assert to_data("app.py", (statement,)) is None
    assert from_data("app.py", [data]) is None


def fits(value: object, hint: Any) -> bool:
    """Whether a value is what an annotation says, all the way down."""
    arguments, origin = typing.get_args(hint), typing.get_origin(hint)
    if origin is types.UnionType:
        return any(fits(value, each) for each in arguments)
    if origin is frozenset:
        return type(value) is frozenset and all(fits(each, arguments[0]) for each in value)
    if origin is tuple and arguments[-1] is ...:
        return type(value) is tuple and all(fits(each, arguments[0]) for each in value)
    if origin is tuple:
        return type(value) is tuple and len(value) == len(arguments) and all(map(fits, value, arguments))
    if type(value) is not hint:
        return False
    hints = typing.get_type_hints(hint) if hasattr(hint, "__dataclass_fields__") else {}
    return all(
        getattr(value, name) is ...
        if getattr(value, name) is ... and hint is Const
        else fits(getattr(value, name), each)
        for name, each in hints.items()
    )


STATEMENTS = read_statements("app.py", EVERY_KIND.encode())
DATA = json.dumps(to_data("app.py", STATEMENTS))


def parts(data: Any) -> list[tuple[list[Any], int]]:
    """Every place in ``data``: a list, and the number of what is in it."""
    found = []
    for number, each in enumerate(data):
        found.append((data, number))
        if isinstance(each, list):
            found += parts(each)
    return found


def test_the_check_of_the_tests_finds_a_wrong_shape() -> None:
    assert fits(STATEMENTS, tuple[Stmt, ...])
    assert not fits((ExprStmt(PLACE, typing.cast("Expr", Jump(PLACE, "pass"))),), tuple[Stmt, ...])


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 50) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=6,
)


@given(st.data())
def test_changed_data_gives_nothing_or_statements(data: st.DataObject) -> None:
    changed = json.loads(DATA)
    for _ in range(data.draw(st.integers(1, 3))):
        inside = parts(changed)
        holder, number = inside[data.draw(st.integers(0, len(inside) - 1))]
        other, place = inside[data.draw(st.integers(0, len(inside) - 1))]
        match data.draw(st.sampled_from(["put", "drop", "add", "copy"])):
            case "put":
                holder[number] = data.draw(ANY_JSON)
            case "drop":
                del holder[number]
            case "add":
                holder.insert(number, data.draw(ANY_JSON))
            case "copy" if place < len(other):
                holder[number] = json.loads(json.dumps(other[place]))
    found = from_data("app.py", changed)
    assert found is None or fits(found, tuple[Stmt, ...])


@given(ANY_JSON)
def test_any_data_gives_nothing_or_statements(data: Any) -> None:
    found = from_data("app.py", data)
    assert found is None or fits(found, tuple[Stmt, ...])


@pytest.mark.parametrize("wrong", [-1, 1.5, {}, {"a": 1}, [], [99], [[]], [None, 1]], ids=repr)
def test_a_value_that_may_not_be_there_is_never_taken(wrong: object) -> None:
    taken = 0
    for place in range(len(parts(json.loads(DATA)))):
        changed = json.loads(DATA)
        holder, number = parts(changed)[place]
        if isinstance(holder[number], list) and wrong == []:
            continue  # a list that may be empty
        holder[number] = wrong
        found = from_data("app.py", changed)
        assert found is None or fits(found, tuple[Stmt, ...])
        taken += found is not None
    assert taken <= (40 if type(wrong) in (int, float) else 0)  # values of literals


@pytest.mark.parametrize(
    "data", [None, 1, "", "x", {}, [1], [None], [[]], [[0]], ["x"], [{}], [True], [[[]]], [[1, 2, 3]]]
)
def test_other_data_gives_none(data: object) -> None:
    assert from_data("app.py", data) is None


def test_an_expression_is_no_statement_and_the_other_way_round() -> None:
    (data,) = typing.cast("list[Any]", to_data("app.py", (ExprStmt(PLACE, Name(PLACE, "x")),)))
    assert from_data("app.py", [data]) and from_data("app.py", [data[-1]]) is None
    assert from_data("app.py", [[*data[:-1], data]]) is None
