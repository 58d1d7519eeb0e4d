"""What a program makes larger and larger ends as unknown, soon."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import pytest

from flask_prodcheck.base import Known, Span, Unknown
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.model.configuration.config import effective_configuration
from flask_prodcheck.model.evaluation.operations import LENGTH, SIZE, RefusedError, binary, format_text, joined
from flask_prodcheck.model.project import App, Configuration
from flask_prodcheck.model.python.modules import Modules

HEAD = "import os, json\nfrom functools import partial\nfrom pathlib import Path\nfrom flask import Flask\napp = Flask(__name__)\n"
SOON = 3.0  # seconds of work; each takes one at most, and minutes without the bound


def _configured(body: str) -> Configuration:
    module = read_python("app.py", (HEAD + body).encode())
    assert module is not None
    modules = Modules(Facts(modules={"app.py": module}, paths=frozenset({"app.py"})))
    begun = time.process_time()
    found = effective_configuration(modules, App("app:app", Span("app.py", 5), "app", "global", ".", "app"))
    assert time.process_time() - begun < SOON
    return found


@pytest.mark.parametrize(
    ("start", "step"),
    [
        ("x = 'ab'", "x = x + x"),
        ("x = 'ab'", "x += x"),
        ("x = 'ab'", "x = f'{x}{x}'"),
        ("x = 'ab'", "x = '%s%s' % (x, x)"),
        ("x = 'ab'", "x = '%(a)s%(a)s' % {'a': x}"),
        ("x = 'ab'", "x = '{0}{0}'.format(x)"),
        ("x = 'ab'", "x = x.join([x, x, x])"),
        ("x = 'ab'", "x = x.replace('a', x)"),
        ("x = 'ab'", "x = x.encode().hex()"),
        ("x = 'ab'", "x = os.path.join(x, x)"),
        ("x = \"'\\\\\"", "x = repr(x)"),
        ("x = '\"'", "x = json.dumps(x)"),
        ("x = b'ab'", "x = x + x"),
        ("x = Path('ab')", "x = x / x"),
        ("x = Path('ab')", "x = Path(x, x)"),
        ("x = ['ab']", "x = x + x"),
        ("x = ['ab']", "x += x"),
        ("x = ['ab']", "x.extend(x)"),
        ("x = ['ab']", "x = [*x, *x]"),
        ("x = ['ab']", "x = x * 2"),
        ("x = ('ab',)", "x = (*x, *x)"),
        ("def f(*a):\n    return a\nx = ['ab']", "x = f(*x, *x)"),
        ("x = 9", "x = x ** 3"),
        ("x = 9", "x = x << 4000"),
    ],
)
def test_what_doubles_itself(start: str, step: str) -> None:
    found = _configured(f"{start}\n" + f"{step}\n" * 21 + "app.config['N'] = x\napp.config['K'] = 'k'\n").settings
    assert "N" not in found or isinstance(found["N"].value, Unknown)
    assert isinstance(found["K"].value, Known)


@pytest.mark.parametrize(
    "body",
    [
        "x = ['ab']\n" + "x = [x] * 1000\n" * 20 + "app.config['N'] = str(x)\n",
        "x = ['ab']\n" + "x.append(x)\n" * 60 + "app.config['N'] = str(x)\n",
        "x = {'a': 1}\n" + "x = {**x, str(len(x)): x, 'b': x}\n" * 40 + "app.config['N'] = str(x)\n",
        "x = [('a', 'b')] * 100\n" + "x = list(zip(*x, *x))\n" * 40 + "app.config['N'] = str(x)\n",
        "x = ('ab',)\ny = ('ab',)\n" + "x = (x, x)\ny = (y, y)\n" * 40
        + "if os.urandom(1) == b'a':\n    z = x\nelse:\n    z = y\napp.config['N'] = z\n",
        "x = sum(range(10 ** 12))\napp.config['N'] = x\n",
        "x = round(10 ** 300, -(10 ** 9))\napp.config['N'] = x\n",
        "x = int('f' * 50000, 16)\napp.config['N'] = x\napp.config['M'] = str(x)\n",
        "x = ['b' * 90000] * 9000\nfor i in range(200):\n    app.config['N'] = json.dumps(x)\n",
        "x = 'a' * 90000\nfor i in range(290):\n    for j in range(290):\n        app.config['N'] = x.replace(x, 'b')\n",
        "d = {}\nfor i in range(290):\n    for j in range(290):\n        d[i * 290 + j] = 1\napp.config['N'] = len(d)\n",
        "x = []\nfor a in range(300):\n    for b in range(300):\n        for c in range(300):\n            x.append(a)\napp.config['N'] = x\n",
        "class C0:\n    X = 1\nclass B0:\n    X = 1\n"
        + "".join(f"class C{i}(C{i - 1}, B{i - 1}):\n    pass\nclass B{i}(C{i - 1}, B{i - 1}):\n    pass\n" for i in range(1, 40))
        + "app.config.from_object(C39)\n",
        "def w(g):\n    return partial(g, g)()\napp.config['N'] = w(w)\n",
        "def f(*a):\n    return len(a)\n" + "f = partial(f, 1)\n" * 1000 + "app.config['N'] = f()\n",
    ],
    ids=str.split,
)  # fmt: skip
def test_what_has_no_end(body: str) -> None:
    found = _configured(body).settings
    assert all(isinstance(found[key].value, Unknown) for key in ("N", "M") if key in found)


@pytest.mark.parametrize("count", [1, 80, 400])
def test_partials_of_partials(count: int) -> None:
    body = "def f(*a):\n    return len(a)\n" + "f = partial(f, 1)\n" * count + "app.config['N'] = f()\n"
    found = _configured(body).settings["N"].value
    assert (found.value if isinstance(found, Known) else None) == (count if count < 100 else None)


def test_a_large_list_that_is_within_the_bounds_is_known() -> None:
    found = _configured(f"x = ['a'] * {LENGTH // 2}\nx += x\napp.config['N'] = len(x)\n").settings["N"].value
    assert isinstance(found, Known) and found.value == LENGTH


@pytest.mark.parametrize(("fields", "known"), [(10, True), (2000, False)])
def test_one_step_to_a_long_text(fields: int, known: bool) -> None:
    word = "b" * (SIZE // 1000)
    steps: list[Callable[[], object]] = [
        lambda: binary("%", "%s" * fields, (word,) * fields),
        lambda: binary("%", "%(a)s" * fields, {"a": word}),
        lambda: format_text("{0}" * fields, [word], {}),
        lambda: joined([word] * fields),
    ]
    for step in steps:
        try:
            found: object = step()
        except RefusedError:
            found = None
        assert (found is not None) == known


@pytest.mark.parametrize("made", ["[{}]", "f({})"])
def test_what_is_spread_takes_little_memory(made: str) -> None:
    body = "x = ['a'] * 9000\ndef f(*a):\n    return a\napp.config['N'] = " + made.format("*x, " * 1000) + "\n"
    tracemalloc.start()
    try:
        found = _configured(body).settings["N"].value
        assert isinstance(found, Unknown) and tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()
