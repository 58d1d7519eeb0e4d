"""A module that a second program imports is walked in brief: what it leaves out changes nothing."""

from __future__ import annotations

import pytest

from flask_prodcheck.audit import linked_tree
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.model.project import Project
from flask_prodcheck.model.python.execution import statements
from flask_prodcheck.model.python.execution.shared import Shared
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
RUNS = "from web import app\nimport lib\nif lib.FLAG:\n    app.run(port=lib.PORT)\napp.run(debug=True)\n"
#: What a module holds that several programs import.
LIBS = {
    "nothing of interest": "import os\nA = os.path.join('a', 'b')\nB = len(A)\nlog = print(A)\n",
    "a value that a branch looks at": "FLAG = True\nif FLAG:\n    import other\nelse:\n    PORT = 1\n",
    "through another name": "X = 1\nFLAG = X\nif FLAG == 1:\n    import other\n",
    "of a list that grows": "L = []\nL.append('a')\nif 'a' in L:\n    import other\n",
    "of a sum": "N = 1\nN += 1\nif N == 2:\n    import other\n",
    "of a class": "Y = 'a'\nY += 'b'\nclass C:\n    Z = Y + 'c'\nif C.Z == 'abc':\n    import other\n",
    "of the environment": "import os\nMODE = os.environ.get('MODE', 'x')\nif MODE == 'x':\n    import other\n",
    "of the command line": "import sys\nW = sys.argv\nif 'serve' in W:\n    import other\n",
    "a new command line": "import sys\nsys.argv = ['x', 'serve']\nif 'serve' in sys.argv:\n    import other\n",
    "in a loop": "T = 1\nfor i in (1, 2):\n    T = 2\nif T == 2:\n    import other\n",
    "matched": "M = 'b'\nmatch M:\n    case 'b':\n        import other\n    case _:\n        import os\n",
    "in a test of a test": "P = True\ntry:\n    import nowhere\nexcept ImportError:\n    if P:\n        import other\n",
    "under the guard": "Q = 1\ndef main():\n    import other\nif __name__ == '__main__':\n    main()\n",
    "a function that leads on": "R = 'web'\ndef go(name):\n    if name == 'web':\n        import other\ngo(R)\n",
    "a default of a function": "S = 'web'\ndef go(names=[S]):\n    if 'web' in names:\n        import other\ngo()\n",
    "a class that does something": "class C:\n    import other\n    V = 1\n",
    "a class that does nothing": "class C:\n    V = len('a')\n    def run(self):\n        pass\nclass D(C):\n    U = C.V\n",
    "a way out": "import sys\nE = 1\nif E:\n    sys.exit(1)\n",
    "a branch that changes a command": (
        "import subprocess, unknown\nif unknown.x:\n    cmd = 'flask run'\nelse:\n    cmd = 'python a.py'\n"
        "Z = 1\nsubprocess.run(cmd, shell=True)\n"
    ),
    "by global": "K = 'a'\nK += 'b'\ndef f():\n    global J\n    J = K + 'c'\nif J == 'abc':\n    import other\n",
    "very much": "# of a Flask app\n" + "".join(f"A{number} = {number}\n" for number in range(6500)) + "import other\n",
}  # fmt: skip


def project(lib: str) -> Project:
    files = {
        "web.py": APP,
        "other.py": "from web import app\napp.run(host='0.0.0.0')\n",
        "lib.py": lib,
        "more.py": "import lib\nclass Server:\n    def run(self):\n        import other\n",
        **{f"{name}.py": f"import more\n{RUNS}" for name in "abcd"},
        "Procfile": "web: python a.py serve\nworker: python b.py\nextra: MODE=y python c.py\n",
        "start.sh": "python d.py --port 1\npython c.py serve\n",
        "Dockerfile": 'FROM python:3.12\nCOPY . .\nCMD ["sh", "start.sh"]\n',
    }
    return linked_tree(memory_tree(files))


@pytest.mark.parametrize("lib", LIBS.values(), ids=LIBS)
def test_programs_lead_where_they_led(lib: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = project(lib)
    monkeypatch.setattr(Shared, "loads_again", lambda *_: False)
    whole = project(lib)
    assert found.launches == whole.launches
    assert bool(found.launches) == ("exit" not in lib and len(lib) < 50_000)
    assert found.run_sites == whole.run_sites and found.problems == whole.problems


def test_a_module_that_is_imported_again_is_walked_in_brief(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[int] = []
    statement = statements.statement
    text = "".join(f"A{number} = len('{number}')\n" for number in range(50)) + "import other\n"
    assert read_python("lib.py", text.encode()) is not None

    def noted(walk: object, stmt: object, frame: object, way: object) -> object:
        if getattr(frame, "path", "") == "lib.py":
            walked.append(1)
        return statement(walk, stmt, frame, way)  # type: ignore[arg-type]

    monkeypatch.setattr("flask_prodcheck.model.python.execution.walk.Walk.statement", noted)
    project(text)
    brief = len(walked)
    walked.clear()
    monkeypatch.setattr(Shared, "loads_again", lambda *_: False)
    project(text)
    assert 51 <= brief < 51 + 10 < len(walked), (brief, len(walked))
