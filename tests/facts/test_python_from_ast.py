"""The quick conversion gives what libcst gives, spans included."""

from __future__ import annotations

import ast
import dataclasses
import os
import textwrap
import warnings
from collections.abc import Iterator
from pathlib import Path

import libcst
import pytest

import flask_prodcheck
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts import syntax as s
from flask_prodcheck.facts.python import decisive, read_python
from flask_prodcheck.facts.python.convert import UnparsableError, convert
from flask_prodcheck.facts.python.decisive import read_decisive
from flask_prodcheck.facts.python.from_ast import Text, convert_ast
from flask_prodcheck.facts.python.regions import whole
from flask_prodcheck.facts.python.screen import decode

_LIMIT = 30_000


def _quick(source: str) -> tuple[s.Stmt, ...]:
    tree, text, reduced = ast.parse(source), Text(source), whole(source)
    statements, expressions = read_decisive("f.py", tree, text, reduced.lines)
    return convert_ast("f.py", tree, text, reduced.lines, reduced.screened, statements, expressions)


def _exact(source: str) -> tuple[s.Stmt, ...]:
    reduced = whole(source)
    return convert("f.py", reduced.source, reduced.lines, reduced.screened)


def _difference(left: object, right: object) -> str:
    """The innermost nodes that differ, for the message."""
    if type(left) is type(right):
        if isinstance(left, tuple) and isinstance(right, tuple) and len(left) == len(right):
            return next((_difference(a, b) for a, b in zip(left, right, strict=True) if a != b), "")
        if dataclasses.is_dataclass(left):
            for field in dataclasses.fields(left):
                a, b = getattr(left, field.name), getattr(right, field.name)
                if a != b and field.name != "span":
                    return _difference(a, b)
    return f"{left}\n{right}"


@pytest.mark.parametrize(
    "source",
    [
        "x = (1, )",
        "x = ( 1 , 2, # c)\n )",
        "x = (\n  # (\n  (a), b\n  # x\n)",
        "x = ()\ny = ( )\nz = (  # none\n)",
        "y = a[1, 2], a[(1, 2)], a[(1), (2)], a[1,], a[(1,)], a[1:2, ::3], a[()], a[(1):(2)]",
        "x = ((1, 2), (3, 4)), ((1), (2)), (((1), 2)), ((1, 2),)",
        "x = 1,\ny = (1), (2)\nfor k, v in *a, *b: pass\nfor (k, v) in c: pass",
        "f(x for x in y)\nf( (x) for x in (y) )\ng = ((x) for x in y if (z) )\nh = (  # c\n   x for x in y  # d)\n   )",
        "é = 'é', f'{a!r}é{a + b}' 'x' f'{c:>{w}}', (é for é in 'éé'), lambda q=ü: é",
        "app.run('é', debug='é' + é)  # é",
        "print(f'{x=}', f'{a[0]}', rf'\\d{x}', f'{{}}', b'a' b'c', 'a' \"b\"\n  f'{c}')",
        'x = f"""\n{a}\n  {b}\n"""\ny = [f"{i}" for i in z]',
        "del a, b\ndel (a, b)\ndel [a]\ndel a[0]",
        "with (open(a) as b, open(c)): pass\nwith (a, b) as c: pass\nwith a as (b, c), (d): pass",
        (
            "match x:\n    case (\n        1\n    ): pass\n    case  'case' | 'b' if z: pass\n    case {'a': 1}: pass\n"
            "    case None | True: pass\n    case [a, b] as c: pass\n    case (3 as q): pass\n    case _: pass"
        ),
        "async def f():\n    async with a as b: await c\n    async for x in y: yield (yield x)\n    return (await z)",
        "z = a or (b or c) or d and (e and f)\nz = not (a)\nz = (a) if (b) else (c)\nz = a < (b) < (c)",
        "z = (a\n     .b\n     (c)\n     [d])\nz = (a) + (b) * -(c) @ d // e",
        "f(*(a), **(b), c=(d))\nclass A((B), *c, metaclass=(C), **d): pass",
        "@(a)\n@b.c(d)\nclass D:\n    '''doc'''\n    @e\n    async def f(self): ...",
        "if (a := 1): pass\nx = [(a := 1), (b := 2)]\nx: (int) = (3)\ny: str\nx += (yield)",
        "if a:\n    pass\nelif b:\n    pass\nelse:\n    if c: pass",
        "app.run(debug=True, host=f'{x}'); app.run()",
        "if 1:\n\tapp.run(\ndebug=True)\n\tapp.config['a'] = '''\nx\n'''",
        "if a: app.run(debug=f'{b}')\nelse: app.config['DEBUG'] = True",
        "try: pass\nexcept (A, B) as e: pass\nexcept: pass\nelse: pass\nfinally: pass",
        "def f(a, b=(1), /, c=2, *args, d, e=(3), **kw): global g; return (a)",
        "x = {**a, (b): (c), 'd': 1}\nraise (A) from b\nassert (a), b\nimport a.b as c, d\nfrom ..e import (f as g, h)",
        "SECRET_KEY = 'a' \\\n    'b'\nwhile (a): break\nelse: continue_()",
    ],
)
def test_equal_on_corner_cases(source: str) -> None:
    quick, exact = _quick(source), _exact(source)
    assert quick == exact, _difference(quick, exact)


def _samples() -> Iterator[Path]:
    own = sorted(Path(flask_prodcheck.__file__).parent.rglob("*.py"))
    standard = sorted(Path(os.__file__).parent.glob("*.py"))
    installed = sorted(Path(libcst.__file__).parent.parent.rglob("*.py"))
    for paths, step in ((own, 12), (standard, 14), (installed, 400)):
        yield from paths[::step]


def test_equal_on_real_sources() -> None:
    compared = 0
    for path in _samples():
        data = path.read_bytes()
        if len(data) > _LIMIT:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                source = decode(data)
                quick = _quick(source)
                exact = _exact(source)
            except (ReadError, SyntaxError, UnparsableError):
                continue
        assert quick == exact, f"{path}: {_difference(quick, exact)}"
        compared += 1
    assert compared >= 20


def test_libcst_reads_what_launches_or_configures_and_nothing_else() -> None:
    source = textwrap.dedent("""\
        app = Flask(__name__)
        app.config["DEBUG"] = True
        app.config.update(A=1)
        SECRET_KEY = "x"
        total = compute(1)
        if ready:
            app.run(
                debug=True,
            )
        """)
    tree = ast.parse(source)
    read, _ = read_decisive("f.py", tree, Text(source), range(1, 12))
    assert [statement.span.line for statement in read.values()] == [1, 2, 3, 4, 7]


def test_what_libcst_cannot_parse_is_left_to_ast(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = _exact("app = Flask(a)\ndebug = refused()\napp.run()\n")

    def refuse(path: str, source: str, lines: list[int]) -> tuple[s.Stmt, ...]:
        if "refused" in source:
            raise UnparsableError("no", 1)
        return convert(path, source, lines)

    monkeypatch.setattr("flask_prodcheck.facts.python.convert.convert", refuse)
    assert _quick("app = Flask(a)\ndebug = refused()\napp.run()\n") == exact


def test_a_long_table_is_not_given_to_libcst() -> None:
    source = "app.config['TABLE'] = [" + ", ".join(["1"] * decisive.MAX_CHARACTERS) + "]\n"
    read, _ = read_decisive("f.py", ast.parse(source), Text(source), (1, 2))
    assert read == {}
    module = read_python("app.py", source.encode())
    assert module is not None and len(module.body) == 1
