"""What one program did while it loaded a module is done again by the others: each ends as if it were alone."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.model.python.execution import functions, passages, statements
from flask_prodcheck.model.python.execution.passages import Passage
from flask_prodcheck.model.python.execution.shared import shared_of
from flask_prodcheck.model.python.execution.walk import run_module
from flask_prodcheck.model.python.execution.ways import Outcome
from flask_prodcheck.model.python.modules import Modules

APP = "from flask import Flask\napp = Flask(__name__)\n"
SHELL = "import subprocess, sys, os\n"
#: What every program here imports, and what that imports. All start something, or nobody would look.
LIBS: dict[str, dict[str, str]] = {
    "a command": {"lib": SHELL + "subprocess.call(['flask', 'run'])\n"},
    "nothing": {"lib": SHELL + "def go():\n    subprocess.call(['flask', 'run'])\n"},
    "a server": {"lib": APP + "app.run()\n"},
    "a server that is put together": {"lib": "import gunicorn.app.base\n" + APP + "gunicorn.app.base.BaseApplication(app).run()\n"},
    "its own name": {"lib": SHELL + "subprocess.call([sys.argv[0], 'run'])\n"},
    "its own name, further on": {"lib": "import other\n", "other": SHELL + "subprocess.call([sys.argv[0], 'run'])\n"},
    "its own name, and then the other": {
        "lib": SHELL + "subprocess.call([sys.argv[0], 'run'])\nimport other\n",
        "other": SHELL + "subprocess.call(['flask', 'run'])\n",
    },
    "a branch on its own name": {"lib": SHELL + "if sys.argv[0] == 'a.py':\n    subprocess.call(['flask', 'run'])\n"},
    "the words": {"lib": SHELL + "if 'serve' in sys.argv:\n    subprocess.call(['flask', 'run'])\n"},
    "other words for all": {"lib": SHELL + "sys.argv = ['x', 'serve']\nsubprocess.call(['flask', 'run'])\n"},
    "other words": {"lib": SHELL + "sys.argv = ['x', 'serve']\n", "other": SHELL + "subprocess.call(sys.argv[1:])\n"},
    "a variable": {"lib": SHELL + "if os.environ.get('MODE') == 'x':\n    subprocess.call(['flask', 'run'])\n"},
    "an exit": {"lib": SHELL + "subprocess.call(['flask', 'run'])\nsys.exit(1)\n"},
    "an exit in doubt": {"lib": SHELL + "import unknown\nif unknown.x:\n    sys.exit(1)\nsubprocess.call(['flask', 'run'])\n"},
    "what the other loads": {"lib": "import other\n", "other": SHELL + "subprocess.call(['flask', 'run'])\n"},
    "a circle": {"lib": "import other\n", "other": "import lib\n" + SHELL + "subprocess.call(['flask', 'run'])\n"},
    "the program itself": {"lib": "import a\n" + SHELL + "subprocess.call(['flask', 'run'])\n"},
    "a function of the other": {"lib": "import other\nother.start('a')\n", "other": SHELL + "def start(word):\n    subprocess.call(['flask', word])\n"},
    "a future of two": {"lib": SHELL + "import unknown\nif unknown.x:\n    word = 'a'\nelse:\n    word = 'b'\nsubprocess.call(['flask', word])\n"},
    "what the other's other loads": {
        "lib": "import other\n" + SHELL + "subprocess.call(['flask', 'lib'])\n",
        "other": "import more\n" + SHELL + "subprocess.call(['flask', 'run'])\n",
        "more": SHELL + "subprocess.call(['flask', 'more'])\n",
    },
    "a function of the other that is entered deeply": {
        "lib": "import other\n" + SHELL + "subprocess.call(['flask', 'lib'])\n",
        "other": SHELL + "".join(f"def f{each}():\n    f{each + 1}()\n" for each in range(4)) + "def f4():\n    subprocess.call(['flask', 'run'])\nf0()\n",
    },
    "a function that is entered deeply, and then the other": {
        "lib": SHELL + "".join(f"def f{each}():\n    f{each + 1}()\n" for each in range(5)) + "def f5():\n    subprocess.call(['flask', 'run'])\nf0()\n" + "import other\n",
        "other": SHELL + "subprocess.call(['flask', 'other'])\n",
    },
    "what argparse reads": {
        "lib": SHELL + "import argparse\np = argparse.ArgumentParser()\np.add_argument('--go', action='store_true')\nargs = p.parse_args()\nif args.go:\n    subprocess.call(['flask', 'run'])\n"
    },
    "what argparse sets": {
        "lib": SHELL + "subprocess.call(['flask', 'lib'])\nimport argparse, other\nparser = argparse.ArgumentParser()\nargs = parser.parse_args()\nargs.func(args)\n",
        "other": SHELL + "def run(args):\n    subprocess.call(['flask', 'run'])\nimport argparse\np = argparse.ArgumentParser()\np.set_defaults(func=run)\n",
        "more": SHELL + "def run(args):\n    subprocess.call(['flask', 'more'])\nimport argparse\np = argparse.ArgumentParser()\np.set_defaults(func=run)\n",
    },
    "a function that is entered deeply": {
        "lib": SHELL + "".join(f"def f{each}():\n    f{each + 1}()\n" for each in range(6)) + "def f6():\n    subprocess.call(['flask', 'run'])\nf0()\n",
    },
}  # fmt: skip
PROGRAMS = {
    "p": "import other\n",
    "a": "import lib\n",
    "b": "import lib\n",
    "c": "import other\nimport lib\n",
    "d": "import more\nimport lib\nimport other\n",
    "e": "import unknown\nif unknown.x:\n    import lib\nelse:\n    import other\nimport lib\n",
    "f": SHELL + "def go():\n    import lib\n    subprocess.call(['flask', 'go'])\ngo()\nimport lib\n",
    "g": "import other\nother.start('a')\nimport lib\n",
    "h": SHELL + "sys.argv = ['x', 'serve']\nimport lib\n",
    "i": SHELL + "import unknown\nif unknown.x:\n    word = 'a'\nelse:\n    word = 'b'\nsubprocess.call(['flask', word])\nimport lib\n",
    "k": SHELL + 2 * "import unknown\nif unknown.x:\n    word = 'a'\nelse:\n    word = 'b'\nsubprocess.call(['flask', word])\n" + "import lib\n",
    "o": SHELL + "import lib\n" + 2 * "import unknown\nif unknown.x:\n    word = 'a'\nelse:\n    word = 'b'\nsubprocess.call(['flask', word])\n",
    "n": SHELL + "sys.argv = ['x', '--go']\nimport lib\n",
    "l": SHELL + "import lib\nif 'serve' in sys.argv:\n    subprocess.call(['flask', 'l'])\n",
    "m": SHELL + "def go():\n    more()\ndef more():\n    most()\ndef most():\n    import lib\n    subprocess.call(['flask', 'm'])\ngo()\n",
    "j": "import lib\nimport b\nimport c\n",
}  # fmt: skip
Ways = list[tuple[tuple[str, ...], dict[str, str]]]
WAYS: Ways = [((), {}), (("serve",), {}), ((), {"MODE": "x"})]


read = functools.cache(lambda path, text: read_python(path, text.encode()))


def outcomes(files: Mapping[str, str], programs: list[str], ways: Ways) -> dict[object, Outcome]:
    found_in = {f"{name}.py": read(f"{name}.py", text) for name, text in files.items()}
    modules = Modules(
        Facts(
            modules={path: module for path, module in found_in.items() if module is not None},
            paths=frozenset(f"{name}.py" for name in files),
        )
    )
    found: dict[object, Outcome] = {
        (program, argv, *env): run_module(modules, f"{program}.py", as_main=True, argv=argv, env=env)
        for program in programs
        for argv, env in ways
    }
    kept: list[Passage] = [each for held in shared_of(modules).passages.values() for each in held]
    found["kept"] = Outcome((), (str(bool(kept)),))
    return found


def same(files: Mapping[str, str], programs: list[str], ways: Ways = WAYS) -> bool:
    """Whether anything was kept. Fails where what was kept changes an outcome."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passages, "_SHORT", 0)
        together = outcomes(files, programs, ways)
        patch.setattr(passages, "_KEPT", 0)
        alone = outcomes(files, programs, ways)
    assert alone.pop("kept").notes == ("False",)
    some = together.pop("kept").notes == ("True",)
    assert together == alone
    return some


@pytest.mark.parametrize("lib", LIBS.values(), ids=LIBS)
@pytest.mark.parametrize("limits", [{}, {"STEPS": 9}, {"DEPTH": 3}, {"DEPTH": 8}, {"FORKS": 1}, {"FORKS": 2}], ids=str)
def test_each_program_ends_as_if_it_were_alone(
    lib: dict[str, str], limits: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limits.items():
        for module in (passages, statements, functions):
            monkeypatch.setattr(module, name, value, raising=False)
    files = {"other": "", "more": "", **lib, **PROGRAMS}
    ways = WAYS[: 1 if limits else None]
    same(files, list(PROGRAMS), ways)
    same(files, ["i", "k", *list(PROGRAMS)[::-1]], ways)


def test_something_is_kept() -> None:
    assert same({**LIBS["what the other loads"], **PROGRAMS}, ["a", "b"])


def test_a_module_that_is_too_large_is_walked_to_the_limit_once(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[int] = []
    statement = statements.statement

    def noted(walk: object, stmt: object, frame: object, way: object) -> object:
        walked.append(getattr(frame, "path", "") == "lib.py")
        return statement(walk, stmt, frame, way)  # type: ignore[arg-type]

    monkeypatch.setattr("flask_prodcheck.model.python.execution.walk.Walk.statement", noted)
    for module in (passages, statements):
        monkeypatch.setattr(module, "STEPS", 100)
    large = SHELL + "".join(f"a{each} = unknown.b\n" for each in range(200)) + "subprocess.call(['flask', 'run'])\n"
    programs = {f"p{each}": "a = unknown.b\n" * each + "import lib\n" for each in range(20)}
    found = outcomes({"lib": large, **programs}, list(programs), WAYS[:1])
    assert sum(walked) <= 100, sum(walked)  # 20 times as many, each alone
    assert all("too large" in found[name, ()].notes[0] for name in programs)
    assert same({"lib": large, **programs}, list(programs)[::-1], WAYS[:1])


_names = st.sampled_from("abcde")
_lines = st.one_of(
    st.builds("import {}".format, _names),
    st.builds("from {} import go\ngo('{}')".format, _names, _names),
    st.builds("def go(word):\n    import {}\n    subprocess.call(['flask', word])".format, _names),
    st.builds("def go(word):\n    {}.go('x')\n    return word".format, _names),
    st.builds("if '{}' in sys.argv:\n    import {}".format, st.sampled_from(["serve", "a.py"]), _names),
    st.builds("if unknown.x:\n    import {}\n    word = 'a'\nelse:\n    word = 'b'".format, _names),
    st.sampled_from(
        [
            "subprocess.call(['flask', 'run'])", "subprocess.call(['flask', word])", "subprocess.call(sys.argv)",
            "go('x')", "sys.exit(1)", "sys.argv = ['x', 'serve']", "word = 'c'", "from flask import Flask\napp = Flask('a')\napp.run()",
        ]
    ),
)  # fmt: skip
_module = st.lists(_lines, min_size=1, max_size=5).map(
    lambda lines: SHELL + "import unknown\n" + "\n".join(lines) + "\n"
)


@given(
    st.fixed_dictionaries(dict.fromkeys("abcde", _module)),
    st.sampled_from([6000, 25, 60]),
    st.sampled_from([40, 4]),
)
@settings(max_examples=60)
def test_random_programs(files: dict[str, str], steps: int, depth: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module in (passages, statements, functions):
            patch.setattr(module, "STEPS", steps, raising=False)
            patch.setattr(module, "DEPTH", depth, raising=False)
        same(files, sorted(files))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def a(x):\n    return x\nsubprocess.call(['flask', a('1')])\nsubprocess.call(['flask', a('2')])\n", ["1", "2"]),
        ("def a(x=1):\n    return x == 1\nif a(1):\n    subprocess.call(['flask', 'y'])\nif a(True):\n    subprocess.call(['flask', 'z'])\n", ["y", "z"]),
        ("def a():\n    return sys.argv[1:]\nsubprocess.call(['flask', *a()])\nsys.argv = ['x', 'y']\nsubprocess.call(['flask', *a()])\n", ["w", "y"]),
        ("def a():\n    return len(sys.argv) > 2\nif a():\n    subprocess.call(['flask', 'no'])\nsys.argv = ['x', 'y', 'z']\nif a():\n    subprocess.call(['flask', 'yes'])\n", ["yes"]),
        ("def a():\n    return ['b']\nc = a()\nc.append('d')\nsubprocess.call(['flask', *c])\nsubprocess.call(['flask', *a()])\n", ["b d", "b"]),
        ("def a(c):\n    c.append('d')\n    return 'e'\nc = ['flask']\nd = a(c)\nd = a(c)\nsubprocess.call(c)\n", ["d d"]),
        ("def a():\n    return os.environ.get('NOT', 'n')\nif a() == 'n':\n    subprocess.call(['flask', '1'])\nif a() == 'n':\n    subprocess.call(['flask', '2'])\n", ["1?", "2?"]),
        ("def a():\n    if unknown.x:\n        return 1\n    return 2\nif a() == 1:\n    subprocess.call(['flask', '1'])\nif a() == 2:\n    subprocess.call(['flask', '2'])\n", ["1?", "2?"]),
        ("def a():\n    pass\nsubprocess.call(['flask', str(a())])\n", ["${str_a}"]),
    ],
)  # fmt: skip
def test_what_a_function_gives_back(text: str, expected: list[str]) -> None:
    module = read_python("main.py", f"{SHELL}import unknown\n{text}".encode())
    assert module is not None
    found = run_module(
        Modules(Facts(modules={"main.py": module}, paths=frozenset({"main.py"}))),
        "main.py", as_main=True, argv=("w",), env={},
    )  # fmt: skip
    assert [" ".join((each.argv or ())[1:]) + "?" * (not each.certain) for each in found.endings] == expected
