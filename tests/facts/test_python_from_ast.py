"""The quick conversion gives what libcst gives, spans included."""

from __future__ import annotations

import ast
import dataclasses
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import libcst
import pytest

import flask_prodcheck
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts import syntax as s
from flask_prodcheck.facts.python.convert import UnparsableError, convert
from flask_prodcheck.facts.python.from_ast import convert_ast
from flask_prodcheck.facts.python.regions import Cut
from flask_prodcheck.facts.python.screen import decode
from flask_prodcheck.facts.python.text import Text

_LIMIT = 30_000


def _quick(source: str) -> tuple[s.Stmt, ...]:
    return convert_ast("f.py", ast.parse(source), Text(source), Cut())


def _exact(source: str) -> tuple[s.Stmt, ...]:
    return convert("f.py", source)


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
        f"x = 0x{'f' * 2000}, 0x{'f' * 20_000}, -0x{'f' * 20_000}",
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
        "x = f'{a:>{b}.{c}}' rf'\\{d}\\\\' f'\\N{EM DASH}{e}\\x41{{{f}}}' f'{g:}' 'plain' F\"{h['i']}\" f''",
        "x = f'{a != b}{c == d}{(lambda: e)()}{f!s:x}{g[1:2]}{ {1: 2}[1] }{h, i}{*j, k}'\ny = (f'a'  # f'b'\n     f'{c}')",
        "x = f'{a = }{b=:}{c=:5}{d=!r}'",
        "def f():\n    return f'é{é}{(yield é)}' f\"\"\"{é +\n  ü}é\n{ü(\n é, 'x}')!r} '{é}'\"\"\"",
        "x = f'{f\"{a}{b!r}\"}' f'{\"}\"}{\"{\" + c}' fR'{a}\\{b}' f'\\'{a}\\\"' f'\\\n{a}'",
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


@pytest.mark.skipif(sys.version_info < (3, 12), reason="f-strings could not hold their own quotes")
def test_equal_on_quotes_inside_fields() -> None:
    source = """x = f"{f"{a}"}" f'{a['b']}' f"{'{'}{d["}"]}{"\\n".join(e)}{rf"\\{g}"}"\ny = f'{a  # } c\n }{ b\n}'"""
    quick, exact = _quick(source), _exact(source)
    assert quick == exact, _difference(quick, exact)


@pytest.mark.parametrize("read", [_quick, _exact])
@pytest.mark.parametrize(("digits", "kept"), [(2_000, True), (20_000, False)])
def test_a_number_that_python_does_not_write_out_is_no_constant(
    read: Callable[[str], tuple[s.Stmt, ...]], digits: int, kept: bool
) -> None:
    stmt = read(f"x = 0x{'f' * digits}")[0]
    assert isinstance(stmt, s.Assign)
    assert isinstance(stmt.value, s.Const if kept else s.Opaque)
