"""A name that is given thousands of values costs no more for each of them: linking grows with a file, not with its square."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from flask_prodcheck.audit import linked_tree
from flask_prodcheck.model.python.instances.find import Instances
from flask_prodcheck.model.python.instances.owners import Owners
from flask_prodcheck.sources.discover import memory_tree
from tests.counted_calls import counted_calls

APP = "import os\nfrom flask import Flask\napp = Flask(__name__)\nname = 1\n"
#: A statement for each number, in a module or in a function of it.
REPEATED = {
    "values": "name = make({})\n",
    "constants": "name = {}\n",
    "what it was before": "name = wrap(name, {})\n",
    "an application that is wrapped": "app = wrap(app, {})\n",
    "branches": "if os.environ.get('A{0}'):\n    name = make({0})\n",
    "branches and values": "name = make({0})\nif os.environ.get('A{0}'):\n    name = make({0})\n",
    "uses": "name = make({})\nname.run()\n",
    "settings": "name = make({})\napp.config['A'] = name\n",
    "functions": "@app.route('/{0}')\ndef view():\n    return str({0})\n",
}


def _calls(lines: Iterable[str], *, inside: bool) -> int:
    """How many functions linking a project calls, one of whose modules holds ``lines``."""
    body = "".join(lines)
    text = "def work():\n" + "".join(f"    {line}\n" for line in body.splitlines()) + "work()\n" if inside else body
    end = "if __name__ == '__main__':\n    app.run(debug=name)\n"
    tree = memory_tree({"app.py": APP + text + end, "Procfile": "web: gunicorn app:app\n"})
    return counted_calls(lambda: linked_tree(tree))


@pytest.mark.parametrize("inside", [False, True], ids=["in a module", "in a function"])
@pytest.mark.parametrize("line", REPEATED.values(), ids=REPEATED)
def test_a_name_that_is_bound_many_times(line: str, inside: bool) -> None:
    _calls([line.format(0)], inside=inside)  # what is made once is there
    few, twice, four = (_calls(map(line.format, range(times)), inside=inside) for times in (100, 200, 400))
    assert four - twice < 2.3 * (twice - few), (few, twice, four)


@pytest.mark.parametrize("kind", [Instances, Owners])
def test_what_a_call_stands_for_is_looked_up_once_for_all_programs(
    kind: type[Instances | Owners], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    look_up = kind._of

    def noted(self: object, path: str, expr: object, scope: object, depth: int) -> object:
        if path == "lib.py" and not depth:
            looked.append(path)
        return look_up(self, path, expr, scope, depth)  # type: ignore[arg-type]

    monkeypatch.setattr(kind, "_of", noted)
    lib = "import subprocess\nclass Job:\n    def go(self):\n        pass\njob = Job()\ndef go(word):\n"
    lib += "".join(f"    job.go({each})\n" for each in range(20)) + "    subprocess.call(['flask', word])\n"

    def times(programs: int) -> int:
        looked.clear()
        texts = {f"p{each}.py": f"import lib\nlib.go('{each}')\n" for each in range(programs)}
        start = "".join(f"python {path}\n" for path in texts)
        linked_tree(memory_tree({**texts, "app.py": APP, "lib.py": lib, "start.sh": start}))
        return len(looked)

    assert 0 < times(8) == times(2)
