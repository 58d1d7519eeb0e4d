"""The quick looks at the statements of a file find what the thorough ones do."""

from __future__ import annotations

from pathlib import Path

import flask_prodcheck
from flask_prodcheck.facts.python import read_statements
from flask_prodcheck.facts.statements import (
    expressions_in,
    nested_statements,
    plain_statements,
    statement_expressions,
    statements,
    subexpressions,
)

SOURCE = b"""\
import os
if TYPE_CHECKING:
    import a
else:
    import b
for x in y:
    f(x)
else:
    g()
while x:
    h()
with open(p) as q:
    q.read(1, *r, k=[t, {u: -v}])
try:
    a = 1
except E:
    b = 1
else:
    c = 1
finally:
    d = 1
match x:
    case 1:
        e = f"{w + 1}"
    case _:
        f = z[1:2] if s else not o
def function(p=1):
    return p
"""


def _samples() -> list[bytes]:
    return [SOURCE, *[path.read_bytes() for path in sorted(Path(flask_prodcheck.__file__).parent.rglob("*.py"))[::9]]]


def test_plain_statements_are_the_same_statements() -> None:
    for source in _samples():
        body = read_statements("f.py", source)
        assert plain_statements(body) == [stmt for stmt, _ in statements(body)]


def test_the_expressions_in_a_statement_are_all_of_them() -> None:
    for source in _samples():
        for stmt, _ in nested_statements(read_statements("f.py", source)):
            expected = [id(part) for expr in statement_expressions(stmt) for part in subexpressions(expr)]
            assert sorted(map(id, expressions_in(stmt))) == sorted(expected)
