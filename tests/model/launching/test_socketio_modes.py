"""Which server Flask-SocketIO serves with where a variable or a branch chooses its mode, and how sure that is."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "import os\nfrom flask import Flask\nfrom flask_socketio import SocketIO\napp = Flask(__name__)\n"
RUN = "if __name__ == '__main__':\n    socketio.run(app)\n"
BY_IMPORT = (
    "try:\n    import eventlet\n    mode = 'eventlet'\nexcept ImportError:\n    try:\n        import gevent\n        mode = 'gevent'\n"
    "    except ImportError:\n        mode = 'threading'\nsocketio = SocketIO(app, async_mode=mode)\n"
)
CHOSEN = "if os.listdir('.'):\n    mode = {!r}\nelse:\n    mode = {!r}\nsocketio = SocketIO(app, async_mode=mode)\n"

MODES = [
    (
        "a variable that no file sets, with a default",
        "socketio = SocketIO(app, async_mode=os.environ.get('MODE', 'threading'))\n",
        "eventlet",
        ["socketio-dev low"],
    ),
    (
        "... that a file sets",
        "socketio = SocketIO(app, async_mode=os.environ.get('CHOSEN', 'threading'))\n",
        "eventlet",
        ["eventlet high"],
    ),
    (
        "... that is required: any mode may come",
        "socketio = SocketIO(app, async_mode=os.environ['MODE'])\n",
        "eventlet",
        ["eventlet low"],
    ),
    (
        "... where only Werkzeug is installed",
        "socketio = SocketIO(app, async_mode=os.environ['MODE'])\n",
        "",
        ["socketio-dev high"],
    ),
    ("a branch between production servers", CHOSEN.format("gevent", "eventlet"), "eventlet gevent", ["eventlet high"]),
    ("... one of which is not installed", CHOSEN.format("gevent", "threading"), "eventlet", ["socketio-dev high"]),
    (
        "... with the development server among them",
        CHOSEN.format("gevent", "threading"),
        "gevent",
        ["gevent low", "socketio-dev low"],
    ),
    (
        "... that may leave the choice to what is installed",
        CHOSEN.format("eventlet", None),
        "eventlet",
        ["eventlet high"],
    ),
    (
        "a condition within an expression",
        "socketio = SocketIO(app, async_mode='eventlet' if os.listdir('.') else 'threading')\n",
        "eventlet",
        ["eventlet low", "socketio-dev low"],
    ),
    (
        "a value that a branch replaces, in the function that makes it",
        "def make():\n    mode = 'threading'\n    if os.listdir('.'):\n        mode = 'gevent'\n    return SocketIO(app, async_mode=mode)\nsocketio = make()\n",
        "gevent",
        ["gevent low", "socketio-dev low"],
    ),
    ("what can be imported: the first", BY_IMPORT, "eventlet", ["eventlet high"]),
    ("... the second", BY_IMPORT, "gevent", ["gevent high"]),
    ("... neither", BY_IMPORT, "", ["socketio-dev high"]),
]


@pytest.mark.parametrize(("made", "installed", "expected"), [case[1:] for case in MODES], ids=[case[0] for case in MODES])
def test_the_mode_decides_which_server_serves(made: str, installed: str, expected: list[str]) -> None:
    files = {
        "Procfile": "web: CHOSEN=eventlet python app.py\n",
        "app.py": APP + made + RUN,
        "requirements.txt": "\n".join(["flask", "flask-socketio", *installed.split(), ""]),
    }
    launches = link(parse(memory_tree(files)), name="site").launches
    assert [f"{each.server.value} {each.confidence.value}" for each in launches] == expected


PLAIN = "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\n{}\nCMD [\"python\", \"app.py\"]\n"
OTHER = {"other/requirements.txt": "flask\nflask-socketio\neventlet\n"}
IMAGES = [
    (
        "an image installs the package beside the requirements",
        PLAIN.format("RUN pip install -r requirements.txt && pip install eventlet"),
        {},
        "eventlet",
    ),
    (
        "... also where a script may install others",
        PLAIN.format("RUN ./prepare.sh\nRUN pip install gevent gevent-websocket"),
        {},
        "gevent",
    ),
    ("... which it does not", PLAIN.format("RUN pip install -r requirements.txt"), {}, "socketio-dev"),
    (
        "an image without the package of another part of the project",
        PLAIN.format("RUN pip install -r requirements.txt"),
        OTHER,
        "socketio-dev",
    ),
    ("... whose installations are not all seen", PLAIN.format("RUN ./prepare.sh"), OTHER, "eventlet"),
    ("an image whose own packages come from elsewhere", PLAIN.format("RUN pip install requests"), OTHER, "eventlet"),
]


@pytest.mark.parametrize(("image", "more", "expected"), [case[1:] for case in IMAGES], ids=[case[0] for case in IMAGES])
def test_what_an_image_installs_decides_the_mode(image: str, more: dict[str, str], expected: str) -> None:
    files = {
        "Dockerfile": image,
        "app.py": APP + "socketio = SocketIO(app)\n" + RUN,
        "requirements.txt": "flask\nflask-socketio\n",
        **more,
    }
    launches = link(parse(memory_tree(files)), name="site").launches
    assert [each.server.value for each in launches if each.dockerfile] == [expected]
