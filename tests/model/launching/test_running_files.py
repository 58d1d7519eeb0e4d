"""Programs that run another file or module of the project in their own process."""

from __future__ import annotations

from collections.abc import Callable

import pytest

APP = "from flask import Flask\napp = Flask(__name__)\n"
SERVES = APP + "if __name__ == '__main__':\n    app.run()\n"
MODULES = {"shop/__init__.py": "", "shop/__main__.py": SERVES, "serve.py": SERVES, "always.py": APP + "app.run()\n"}
PACKAGE = "Procfile:1 > web.py:{} > shop/__main__.py:4 app-run production shop.__main__:app True"
FILE = "Procfile:1 > web.py:{} > serve.py:4 app-run production serve:app True"

CASES: list[tuple[str, str, list[str]]] = [
    ("a module", "import runpy\nrunpy.run_module('shop', run_name='__main__')\n", [PACKAGE.format(2)]),
    ("a module by position", "from runpy import run_module\nrun_module('serve', {}, '__main__')\n", [FILE.format(2)]),
    ("a module under its own name", "import runpy\nrunpy.run_module('serve')\n", []),
    (
        "a server's module, with words of its own",
        "import runpy\nimport sys\nsys.argv = ['gunicorn', 'serve:app']\nrunpy.run_module('gunicorn', run_name='__main__')\n",
        ["Procfile:1 > web.py:4 gunicorn production serve:app True"],
    ),
    (
        "a module that a value names",
        "import os\nimport runpy\nrunpy.run_module(os.environ['M'], run_name='__main__')\n",
        [],
    ),
    ("a file", "import runpy\nrunpy.run_path('serve.py', run_name='__main__')\n", [FILE.format(2)]),
    (
        "a file beside this one",
        "import os\nimport runpy\nrunpy.run_path(os.path.join(os.path.dirname(__file__), 'serve.py'), run_name='__main__')\n",
        [FILE.format(3)],
    ),
    ("a file under another name", "import runpy\nrunpy.run_path('serve.py')\n", []),
    ("the code of a file", "exec(open('serve.py').read())\n", [FILE.format(1)]),
    (
        "the code of a file beside this one",
        "from pathlib import Path\nexec((Path(__file__).parent / 'serve.py').read_text())\n",
        [FILE.format(2)],
    ),
    ("the code of a file, with names of its own", "names = {}\nexec(open('serve.py').read(), names)\n", []),
    (
        "a loader's module",
        (
            "import importlib.util\nimport os\nplace = os.path.dirname(os.path.abspath(__file__)) + '/always.py'\n"
            "spec = importlib.util.spec_from_file_location('__main__', place)\nmodule = importlib.util.module_from_spec(spec)\n"
            "spec.loader.exec_module(module)\n"
        ),
        ["Procfile:1 > web.py:6 > always.py:3 app-run production always:app True"],
    ),
]


@pytest.mark.parametrize(("program", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_file_that_a_program_runs(
    program: str, expected: list[str], chains: Callable[[dict[str, str]], list[str]]
) -> None:
    assert chains({"Procfile": "web: python web.py\n", "web.py": program, **MODULES}) == expected
