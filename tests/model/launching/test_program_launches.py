"""Launches of programs that serve by themselves: how they are started, and where each may end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"
SERVES = APP + "if __name__ == '__main__':\n    app.run()\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "a script that compose runs in a service",
        {"start.sh": 'docker-compose run --rm -p 80:80 web bash -c "cd /srv && python3 app.py $*"\n', "app.py": SERVES},
        ["start.sh:1 > app.py:4 app-run development app:app True"],
    ),
    (
        "options in variables right behind the program's name",
        {"start.sh": '[ -n "$1" ] && port=" --port $1"\npython3 app.py$port$rest --public\n', "app.py": SERVES},
        ["start.sh:2 > app.py:4 app-run development app:app True"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chains(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected


STATE = "class State:\n    public = False\n\n\nstate = State()\n\n\ndef setup(args):\n    if args:\n        state.public = True\n\n\n"
CHOICE = "import sys\n" + APP + STATE + "if __name__ == '__main__':\n    setup(sys.argv[1:])\n"
ENDS = [
    (
        "an attribute that the program sets before it asks for it",
        CHOICE + "    if state.public:\n        app.run('0.0.0.0')\n    else:\n        app.run()\n",
        ["yes", "yes"],
    ),
    (
        "a setting that nothing shows",
        APP + "import shop\nif shop.public:\n    app.run('0.0.0.0')\nelif shop.local:\n    app.run()\nelse:\n    app.run('::1')\n",
        ["yes", "yes", "yes"],
    ),
    (
        "a constant",
        APP + "PUBLIC = False\nif PUBLIC:\n    app.run('0.0.0.0')\nelse:\n    app.run()\n",
        ["no", "yes"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in ENDS], ids=[case[0] for case in ENDS])
def test_every_end_that_a_program_may_reach(text: str, expected: list[str]) -> None:
    project = link(parse(memory_tree({"Dockerfile": IMAGE + "CMD python web.py\n", "web.py": text})), name="site")
    assert [site.production for site in project.run_sites] == expected
    assert len(project.launches) == 1


def test_the_serving_call_of_a_server_that_socketio_chooses_is_reached() -> None:
    files = {
        "Procfile": "web: python web.py\n",
        "requirements.txt": "flask\nflask-socketio\neventlet\n",
        "web.py": APP + "from flask_socketio import SocketIO\nsocketio = SocketIO(app)\nsocketio.run(app)\n",
    }
    project = link(parse(memory_tree(files)), name="site")
    assert [(each.server.value, each.run_site) for each in project.launches] == [("eventlet", None)]
    assert [site.production for site in project.run_sites] == ["yes"]
