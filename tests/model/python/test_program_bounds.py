"""Programs that make values, calls and commands without end are followed to an end, soon."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Mapping

import pytest

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.model.python.execution.shared import Shared
from flask_prodcheck.model.python.execution.walk import Walk, run_module
from flask_prodcheck.model.python.execution.ways import Outcome
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.programs.bounds import SIZE, is_small

APP = "import os\nfrom flask import Flask\napp = Flask(__name__)\n"
SOON = 5.0  # seconds of work; each takes one at most, and minutes without the bound


def _modules(files: Mapping[str, str]) -> Modules:
    read = {path: read_python(path, text.encode()) for path, text in files.items()}
    known = {path: module for path, module in read.items() if module is not None}
    return Modules(Facts(modules=known, paths=frozenset(files)))


def _run(modules: Modules, path: str, *argv: str) -> Outcome:
    return run_module(modules, path, as_main=True, argv=argv, env={})


def _follow(files: Mapping[str, str], *argv: str) -> Outcome:
    modules = _modules(files)
    begun = time.process_time()
    found = _run(modules, "main.py", *argv)
    assert time.process_time() - begun < SOON
    return found


def _ends(outcome: Outcome) -> list[str]:
    """Each ending: the server or the command."""
    return [
        each.server.value if each.server else " ".join(each.argv) if each.argv else each.shell or "-"
        for each in outcome.endings
    ]


@pytest.mark.parametrize(
    ("start", "step", "command"),
    [
        ("x = 'ab'", "x = x + x", "os.system('go ' + x)"),
        ("x = 'ab'", "x += x", "os.system('go ' + x)"),
        ("x = 'ab'", "x = f'{x}{x}'", "os.system('go ' + x)"),
        ("x = 'ab'", "x = '%s%s' % (x, x)", "os.system('go ' + x)"),
        ("x = 'ab'", "x = '{}{}'.format(x, x)", "os.system('go ' + x)"),
        ("x = 'ab'", "x = x.join([x, x, x])", "os.system('go ' + x)"),
        ("x = 'ab'", "x = x.replace('a', x)", "os.system('go ' + x)"),
        ("x = 'ab'", "x = os.path.join(x, x)", "os.system('go ' + x)"),
        ("x = 'ab'", "x = x / x", "os.system('go ' + x)"),
        ("x = ['ab']", "x = x + x", "os.execvp('go', x)"),
        ("x = ['ab']", "x += x", "os.execvp('go', x)"),
        ("x = ['ab']", "x.extend(x)", "os.execvp('go', x)"),
        ("x = ['ab']", "x = [*x, *x]", "os.execvp('go', x)"),
        ("x = ['ab']", "x = [x, x]", "os.execvp('go', [str(x)])"),
        ("x = {'a': 'b'}", "x = {'a': x, 'b': x}", "os.execvp('go', [str(x)])"),
        ("import sys\nsys.argv += ['a']", "sys.argv += sys.argv", "os.execvp('go', sys.argv)"),
        ("import sys\nsys.argv += ['a']", "sys.argv.extend(sys.argv)", "os.execvp('go', sys.argv)"),
        ("import sys\nsys.argv += ['a']", "sys.argv = [*sys.argv, *sys.argv]", "os.execvp('go', sys.argv)"),
        ("x = 9", "x = x + x", "os.system('go ' + str(x))"),
    ],
)
@pytest.mark.parametrize("count", [1, 22])
def test_what_doubles_itself(start: str, step: str, command: str, count: int) -> None:
    """Once it is known; later what is in a command stays short."""
    found = _ends(_follow({"main.py": f"{APP}{start}\n" + f"{step}\n" * count + f"{command}\n"}, "serve"))
    assert all(each.startswith("go") and len(each) <= SIZE + 10 for each in found)
    assert found or count > 1


_GROUP = "import click\n@click.group()\ndef g():\n    pass\n@g.command()\ndef serve():\n    app.run()\n"
_TREE = "\n".join(f"x{i} = [" + ", ".join([f"x{i + 1}"] * 20) + "]" for i in range(9))


@pytest.mark.parametrize(
    "body",
    [
        f"{_TREE}\nx9 = nothing()\nif x0:\n    app.run()\n",
        "def f(a):\n    if a:\n        return 'a'\n    return [x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1]\n"
        + "\n".join(f"x{i} = [" + ", ".join([f"f(x{i + 1})"] * 20) + "]" for i in range(9))
        + "\nx9 = f(nothing)\nif x0:\n    app.run()\n",
        f"{_TREE}\nx9 = nothing()\ndef f(a):\n    return x0\nif [" + ", ".join(f"f('{i}')" for i in range(1500)) + "]:\n    pass\napp.run()\n",
        f"{_TREE}\nx9 = nothing()\n" + "if x0:\n    print(1)\n" * 1500 + "app.run()\n",
        "d = {'a': 1}\nk = 'ab' * 3\n" + "".join(f"d[k + '{i}'] = 1\n" for i in range(3000)) + "app.run()\n",
        "t = {'a': 1}\n" + "".join(f"t['k{i}'] = serve\n" for i in range(3000)) + "def serve():\n    app.run()\nt['k1']()\n",
        "".join(f"t{i} = {{" + ", ".join(f"'a{j}': t{i + 1}" for j in range(40)) + "}\n" for i in range(12))
        + "t12 = {'s': app}\nif t0['a1'] == t0['a2']:\n    pass\napp.run()\n",
        "from functools import partial\n" + "".join(f"f{i} = partial(f{i + 1}, 1)\n" for i in range(2000)) + "f2000 = print\nf0()\napp.run()\n",
        "".join(f"f{i} = f{i + 1}\n" for i in range(2000)) + "f2000 = print\nf0()\napp.run()\n",
        "from functools import partial\na = partial(b, 1)\nb = partial(a, 1)\na()\napp.run()\n",
        "from docopt import docopt\nargs = docopt(args['usage'])\nif args['x']:\n    pass\napp.run(port=args['--port'])\n",
        "from docopt import docopt\na = docopt(b['u'])\nb = docopt(a['u'])\nif a['x']:\n    pass\napp.run()\n",
        "import importlib\nm = importlib.import_module('main')\nx = getattr(m, 'x')\nif x:\n    pass\napp.run()\n",
        "x = 'a b'.split(' ', 0x" + "f" * 2000 + ")\napp.run()\n",
        "x = int('--3')\ny = int('\\u00b2')\nz = int('" + "9" * 9000 + "')\nos.system(f'{x}{y}{z}')\napp.run()\n",
        "x = '{\\u00b2} {" + "9" * 5000 + "}'.format('a')\napp.run()\n",
        "x = -0x" + "f" * 20000 + "\nif str(x):\n    pass\napp.run(port=x)\n",
        "import runpy\nrunpy.run_path(__file__)\nrunpy.run_module('main')\napp.run()\n",
    ],
    ids=str.split,
)  # fmt: skip
def test_what_has_no_end(body: str) -> None:
    assert "app-run" in _ends(_follow({"main.py": APP + body}, "serve"))


@pytest.mark.parametrize(
    ("body", "argv", "ends"),
    [
        ("import fire\ndef serve():\n    app.run()\nt = {'a': t, 'b': t, 's': serve}\nfire.Fire(t)\n", ("a", "b", "s"), ["app-run"]),
        ("import fire\ndef serve():\n    app.run()\nt = {'a': t, 'b': t, 's': serve}\nfire.Fire(t)\n", (), ["app-run"]),
        (
            f"import argh\ndef serve():\n    app.run()\nt = [{'t, ' * 60}serve]\nargh.dispatch_commands(t)\n",
            ("a",),
            ["app-run"],
        ),
        (
            "import fire\n" + "".join(f"t{i} = {{'a': t{i + 1}}}\n" for i in range(1500)) + "fire.Fire(t0)\n",
            ("a",) * 1500,
            [],
        ),
        ("import click\ncli = click.Group(commands={'a': cli, 'b': cli})\ncli()\n", ("a",) * 1500, []),
        (
            _GROUP + "a = click.CommandCollection(sources=[b, b, g])\nb = click.CommandCollection(sources=[a, a])\na()\n",
            ("serve",),
            ["app-run"],
        ),
        (
            _GROUP
            + "".join(f"c{i} = click.CommandCollection(sources=[c{i + 1}, c{i + 1}, c{i + 1}])\n" for i in range(30))
            + "c30 = g\nc0()\n",
            ("serve",),
            ["app-run"],
        ),
        (
            "from click_default_group import DefaultGroup\ncli = DefaultGroup(default='x')\ncli.add_command(cli, 'x')\ncli()\n",
            (),
            [],
        ),
        ("import typer\ncli = typer.Typer()\n" + "cli.add_typer(cli)\n" * 30 + "cli()\n", ("serve",), []),
    ],
)
def test_commands_that_hold_themselves(body: str, argv: tuple[str, ...], ends: list[str]) -> None:
    assert _ends(_follow({"main.py": APP + body}, *argv)) == ends


@pytest.mark.parametrize(("default", "server"), [("[default: 80]", ["app-run"]), ("[default: 80", []), ("[default: " * 20000, [])])
def test_the_default_of_an_option_that_docopt_describes(default: str, server: list[str]) -> None:
    text = f'"""Usage: x [options]\n\nOptions:\n  --port=P  The port {default}\n"""\n'
    body = "from docopt import docopt\nargs = docopt(__doc__)\nif args['--port'] == '80':\n    app.run()\n"
    assert _ends(_follow({"main.py": text + APP + body})) == server


@pytest.mark.parametrize(
    ("value", "small"),
    [
        ("a" * SIZE, True),
        ("a" * (SIZE + 1), False),
        ([0] * (SIZE // 16), True),
        ([0] * (SIZE // 16 + 1), False),
        ({"a" * (SIZE // 2): 1, "b" * (SIZE // 2): 2}, False),
        ([[[[["a"]]]]], True),
        ([[[[[[[[[["a"]]]]]]]]]], False),
        (1 << 9_000, True),
        (1 << 20_000, False),
        ([1 << 20_000], False),
    ],
    ids=lambda value: repr(value)[:20] if isinstance(value, bool) else type(value).__name__,
)
def test_which_values_are_small(value: object, small: bool) -> None:
    assert is_small(value) == small


def test_a_value_that_holds_itself_is_not_small() -> None:
    value: list[object] = []
    value.append(value)
    assert not is_small(value)


@pytest.mark.parametrize(
    "body",
    [
        "x = 'ab'\n" + "x += x\n" * 24,
        "x = 'a'\n" + "x = x + x\n" * 13 + "y = x.join(x.replace('a', 'a ').split())\n",
        "x = 'a'\n" + "x = x + x\n" * 13 + "y = x.replace('a', x)\n",
        "x = '{0}'\ny = 'ab'\n" + "x = x + x\ny = y + y\n" * 12 + "z = x.format(y)\n",
        "x = ['a']\n" + "x = x + x\n" * 10 + "y = [" + "*x, " * 3000 + "]\n",
    ],
    ids=str.split,
)
def test_one_step_takes_little_memory(body: str) -> None:
    tracemalloc.start()
    try:
        _follow({"main.py": APP + body + "app.run()\n"})
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("body", "certain"),
    [
        ("def f(a):\n    return a\nif f('a') + f('b') + 'c' == 'abc':\n    app.run()\n", True),
        ("d = {'a': 1}\n" + "".join(f"d['{i}'] = 1\n" for i in range(20)) + "if d['5'] == 1:\n    app.run()\n", True),
        ("d = {'a': 1}\n" + "".join(f"d['{i}'] = 1\n" for i in range(3000)) + "if d['5'] == 1:\n    app.run()\n", False),
    ],
)
def test_within_the_bounds_a_value_is_known(body: str, certain: bool) -> None:
    assert [each.certain for each in _follow({"main.py": APP + body}).endings] == [certain]


def test_files_that_run_one_another_without_end() -> None:
    run = "import os, runpy\nrunpy.run_path(os.path.join(os.path.dirname(__file__), 'f{}.py'))\n"
    files = {f"f{i}.py": run.format(i + 1) for i in range(400)}
    assert _ends(_follow({**files, "main.py": f"{APP}{run.format(0)}app.run()\n"})) == ["app-run"]


_PARTS = "".join(f"A{i} = 'a' + 'b'\n" for i in range(12))


@pytest.mark.parametrize("first", [1_000, 20])
def test_what_a_walk_through_a_module_costs_counts_for_each_that_does_not_take_it_again(
    first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``first``: what the walk may look at that loads the module before."""
    monkeypatch.setattr(Shared, "loads_again", lambda *_: False)  # nothing is left out, which costs less
    files = {
        "lib.py": f"{APP}{_PARTS}if A9 == 'ab':\n    os.system('go')\n",
        "main.py": "import lib\nif 'e' + 'f' == 'ef':\n    lib.app.run()\n",
    }

    def endings(modules: Modules, left: int) -> tuple[object, ...]:
        walk = Walk(modules, "main.py", (), {}, None)
        walk.world.effort.left = left
        walk.start(True, None)
        return tuple(walk.endings)

    shared = _modules(files)
    endings(shared, first)
    found = [endings(shared, left) for left in range(150)]
    assert found == [endings(_modules(files), left) for left in range(150)]
    assert len(set(found)) > 1
