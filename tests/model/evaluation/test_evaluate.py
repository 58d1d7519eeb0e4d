"""Expressions have the value that Python gives them, or none."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.placeholders import is_placeholder
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.facts.secrets import masked
from flask_prodcheck.facts.syntax import Assign, Collection, Expr
from flask_prodcheck.model.evaluation.evaluate import Evaluated, Scope, evaluate
from flask_prodcheck.model.python.modules import Modules


def _value(source: str, head: str = "", env: dict[str, str] | None = None, **names: object) -> Evaluated:
    text = f"import os, json, ast, datetime, pathlib\nfrom flask import Flask\n{head}\nresult = [{source}]\napp = Flask(str(result))\n"
    module = read_python("m.py", text.encode())
    assert module is not None
    expr: Expr = next(
        s for s in module.body if isinstance(s, Assign) and getattr(s.targets[0], "id", "") == "result"
    ).value
    modules = Modules(Facts(modules={"m.py": module}, paths=frozenset({"m.py"})))
    values = {name: Known(value) for name, value in (env or {}).items()}
    assert isinstance(expr, Collection)
    return evaluate(expr.items[0], Scope(modules, "m.py", names=names, env=values))


@pytest.mark.parametrize(
    "source",
    [
        "bool('0')", "int('7') + 1", "float('1.5')", "str(3)", "len('abc')", "not ''", "'' or 'b'", "'a' and 'b'",
        "1 if '' else 2", "'A'.lower() in ('a', 'b')", "'x' not in ['x']", "1 < 2 <= 2", "None is None", "'a' != 'b'",
        "' a '.strip().title()", "'a,b'.split(',')", "'a'.startswith('a')", "'-'.join(['a', 'b'])", "f'{1}-{\"x\"}'",
        "'%s:%d' % ('a', 1)", "'{}-{x}'.format('a', x=2)", "{'a': 1}['a']", "{'a': 1}.get('b', 2)", "[1, 2][-1]",
        "dict(a=1)", "list((1, 2))", "tuple([1])", "json.loads('{\"a\": [true]}')", "ast.literal_eval('(1, \"a\")')",
        "datetime.timedelta(days=2)", "5 * 1024 ** 2", "7 // 2", "-3 % 5", "'abc'.encode().decode()", "b'a' + b'b'",
        "os.path.join('a', 'b')", "os.path.basename('/x/y.z')", "str(pathlib.Path('/a') / 'b')", "any([0, 1])",
        "'a' 'b'.capitalize()", "(lambda x: x + 1)(1)", "sorted({'b', 'a'})", "max(1, 2)", "[x.strip() for x in 'a, b'.split(',') if x]", "{k: k + '!' for k in ('a', 'b')}", "''.join(c for c in 'abc' if c != 'b')", "'ab'.replace('a', 'c')",
    ],
)  # fmt: skip
def test_agrees_with_python(source: str) -> None:
    expected = eval(
        source,
        {
            "os": __import__("os"),
            "json": json,
            "ast": __import__("ast"),
            "datetime": dt,
            "pathlib": __import__("pathlib"),
        },
    )
    found = _value(source)
    assert found.value == Known(expected, found.value.origin)
    assert (found.fallback, found.random) == (False, False)


@pytest.mark.parametrize(
    ("source", "head", "env", "value", "variable"),
    [
        ("env.str('A', 'd')", "from environs import Env\nenv = Env()\nenv.read_env()", {}, "d", "A"),
        ("env.bool('A', default=False)", "from environs import Env\nenv = Env()", {"A": "yes"}, True, "A"),
        ("env('A', default='x')", "import environs\nenv = environs.Env()", {}, "x", "A"),
        ("config('A', default=True, cast=bool)", "from decouple import config", {"A": "off"}, False, "A"),
        ("config('A', default='4', cast=int)", "from decouple import config", {}, 4, "A"),
        ("config('A', default='d')", "from starlette.config import Config\nconfig = Config('.env')", {}, "d", "A"),
        ("strtobool(os.getenv('A', 'n'))", "from distutils.util import strtobool", {}, 0, "A"),
        ("S().key", "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    key: str = 'd'", {}, "d", "KEY"),
        ("S().on", "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    on: bool = False", {"ON": "1"}, True, "ON"),
    ],
)  # fmt: skip
def test_libraries_that_read_the_environment(
    source: str, head: str, env: dict[str, str], value: object, variable: str
) -> None:
    found = _value(source, head, env)
    assert found.value == Known(value, found.value.origin)
    assert (found.variable, found.fallback) == (variable, not env)


@pytest.mark.parametrize(
    ("source", "guarded", "random"),
    [
        ("os.environ['NOPE']", True, False),
        ("int('x')", True, False),
        ("os.urandom(3)", False, True),
        ("open('f').read()", False, False),
        ("__import__('vault').get('k')", False, False),
        ("[x for x in os.listdir('.')]", False, False),
        ("os.path.abspath(__file__)", False, False),
    ],
)
def test_what_is_not_known(source: str, guarded: bool, random: bool) -> None:
    found = _value(source)
    assert isinstance(found.value, Unknown) and found.value.reason
    assert (found.guarded, found.random) == (guarded, random)


def test_local_names_are_given() -> None:
    assert _value("name + '!'", name="x").value == Known("x!")


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("SECRET_KEY", "b7c1f0e2d94a", "'b7***'"),
        ("SECRET_KEY", "abc4", "'***'"),
        ("SECRET_KEY", "changeme", "'changeme'"),
        ("SECRET_KEY", b"b7c1f0e2d94a", "b'b7***'"),
        ("SQLALCHEMY_DATABASE_URI", "postgresql://me:hunter22@db/x", "'postgresql://me:***@db/x'"),
        ("SECRET_KEY_FALLBACKS", ["b7c1f0e2d94a"], "['b7***']"),
        ("DEBUG", True, "True"),
        ("MAIL_PASSWORD", 12345678, "***"),
    ],
)
def test_secrets_are_masked(key: str, value: object, shown: str) -> None:
    assert masked(key, value) == shown


@pytest.mark.parametrize(
    ("value", "placeholder"),
    [
        ("dev", True),
        ("Change-Me!", True),
        ("you-will-never-guess", True),
        ("<your secret key>", True),
        ("your-cloudsql-password", True),
        ("your-Sf8-2kd", False),
        ("kP9", False),
        ("qzqzqzqzqzqzqzqzqz", False),
        ("", False),
        ("b7c1f0e2d94a5586b7c1f0e2d94a5586", False),
        ("ChangeMeChangeMe", True),
        ("abab", False),
        ("k3yk3yk3yk3y", False),
    ],
)
def test_placeholders(value: str, placeholder: bool) -> None:
    assert is_placeholder(value) is placeholder


def test_what_a_literal_makes_is_made_each_time() -> None:
    head = "def table(more):\n    found = {'a': {'b': [1]}, 'c': 2, **more}\n    return found\n"
    head += "one, other = table({}), table({'c': 3})\none['a']['b'].append(5)\none['d'] = 4\n"
    assert _value("one", head).value == Known({"a": {"b": [1, 5]}, "c": 2, "d": 4}, _value("one", head).value.origin)
    assert _value("other", head).value == Known({"a": {"b": [1]}, "c": 3}, _value("other", head).value.origin)
