"""Statements as bytes: the same again, and nothing else is made of any bytes."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

import flask_prodcheck
from flask_prodcheck.base import Span
from flask_prodcheck.facts.packed import packed, unpacked
from flask_prodcheck.facts.python import read_statements
from flask_prodcheck.facts.syntax import If, Jump, Name, Stmt

OWN = sorted(Path(flask_prodcheck.__file__).parent.rglob("*.py"))
EVERY_KIND = """
import a.b as c
from ..d import *
X: int = 1 + 2j
Y: str
Z = [..., b'x', None, True, 1.5, (a, *b), {1, 2}, {'k': 1, **more}]
W = not -x if x and y or z else x[1:2][0]
V = f'{x}-{y!r}', [i for i in x], lambda p, *q, r=1, **s: p
X += 1
if __name__ == '__main__':
    main(1, *args, k=2, **words)
elif x < 1 <= y not in z:
    pass
for i in x:
    break
else:
    continue_ = 1
while x:
    continue
with a as b, c:
    del x, y[0]
try:
    raise ValueError(x)
except (A, B) as error:
    assert x, y
finally:
    app.run()
match x:
    case 'a' | 'b' if y:
        app.run()
    case _:
        app.run()
@d(1)
def main(a, b=2, *args, c=3, **words):
    global X
    app.run()
    return X
async def f():
    app.run()
class C(B, metaclass=M):
    DEBUG = True
    def run(self):
        app.run()
"""


@pytest.mark.parametrize("place", OWN[::9], ids=lambda place: place.stem)
def test_what_is_packed_comes_back(place: Path) -> None:
    statements = read_statements(place.name, place.read_bytes())
    assert unpacked(packed(statements) or b"") == statements


def test_every_kind_of_statement_comes_back() -> None:
    statements = read_statements("app.py", EVERY_KIND.encode())
    assert unpacked(packed(statements) or b"") == statements
    assert unpacked(packed(()) or b"") == ()


def test_what_is_nested_too_deeply_is_not_packed() -> None:
    statement: Stmt = Jump(Span("app.py", 1), "pass")
    for _ in range(5000):
        statement = If(Span("app.py", 1), Name(Span("app.py", 1), "x"), (statement,))
    assert packed((statement,)) is None


class _Runs:
    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("true",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"\x80\x05",
        pickle.dumps(None),
        pickle.dumps([1]),
        pickle.dumps((1,)),
        pickle.dumps((_Runs(),)),
        pickle.dumps((os.system,)),
        pickle.dumps((Path("x"),)),
    ],
)
def test_nothing_else_is_made_of_other_bytes(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "system", lambda _: pytest.fail("it was run"))
    assert unpacked(data) is None
