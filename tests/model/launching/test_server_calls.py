"""Servers that a program starts by their own entry points, objects or asynchronous functions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

APP = "from flask import Flask\napp = Flask(__name__)\n"
USES = "from site_app import app\n"
ARGV = "import sys\nfrom gunicorn.app.wsgiapp import {}\n"
NAMED = "site_app:app True"

CASES: list[tuple[str, str, str]] = [
    (
        "gunicorn: sys.argv without its first word",
        ARGV.format("run") + "sys.argv[1:] = ['site_app:app']\nrun()\n",
        "web.py:4 gunicorn production " + NAMED,
    ),
    (
        "gunicorn: words added to sys.argv",
        ARGV.format("run") + "sys.argv += ['-w', '2', 'site_app:app']\nrun()\n",
        "web.py:4 gunicorn production " + NAMED,
    ),
    (
        "gunicorn: words appended to sys.argv",
        ARGV.format("run") + "sys.argv.extend(['-w', '2'])\nsys.argv.append('site_app:app')\nrun()\n",
        "web.py:5 gunicorn production " + NAMED,
    ),
    (
        "gunicorn: the object that reads sys.argv",
        ARGV.format("WSGIApplication") + "sys.argv = ['gunicorn', 'site_app:app']\nWSGIApplication('%(prog)s').run()\n",
        "web.py:4 gunicorn production " + NAMED,
    ),
    (
        "gunicorn: a class of one's own that is given a name",
        (
            "from gunicorn.app.wsgiapp import WSGIApplication\nclass Site(WSGIApplication):\n"
            "    def __init__(self, uri, options=None):\n        self.uri = uri\n        super().__init__()\n"
            "Site('site_app:app', {'workers': 2}).run()\n"
        ),
        "web.py:6 gunicorn production " + NAMED,
    ),
    (
        "waitress: words with the program's name",
        "from waitress.runner import run\nrun(['waitress-serve', '--port=80', 'site_app:app'])\n",
        "web.py:2 waitress production " + NAMED,
    ),
    (
        "uWSGI as a module",
        "import pyuwsgi\npyuwsgi.run(['--module', 'site_app:app'])\n",
        "web.py:2 uwsgi production " + NAMED,
    ),
    (
        "Flask's own command",
        "from flask.cli import cli\ncli(['--app', 'site_app', 'run'])\n",
        "web.py:2 flask-run production " + NAMED,
    ),
    (
        "Flask's own command, with variables that the program sets",
        (
            "import os\nimport sys\nfrom flask.cli import main\nos.environ['FLASK_APP'] = 'site_app'\n"
            "sys.argv = ['flask', 'run']\nmain()\n"
        ),
        "web.py:6 flask-run production " + NAMED,
    ),
    (
        "a command, with a variable that the program sets where none is set",
        (
            "import os\nimport subprocess\nos.environ.setdefault('FLASK_APP', 'site_app')\n"
            "subprocess.run(['flask', 'run'])\n"
        ),
        "web.py:4 flask-run production " + NAMED,
    ),
    (
        "hypercorn: its configuration names the application",
        (
            "from hypercorn.config import Config\nfrom hypercorn.run import run\nconfig = Config()\n"
            "config.application_path = 'site_app:app'\nrun(config)\n"
        ),
        "web.py:5 hypercorn production " + NAMED,
    ),
    (
        "hypercorn under trio",
        USES + "import trio\nfrom hypercorn.config import Config\nfrom hypercorn.trio import serve\n"
        "trio.run(serve, app, Config())\n",
        "web.py:5 hypercorn production web:app True",
    ),
    (
        "granian: its classes",
        "from granian.server import Server\nServer('site_app:app', interface='wsgi').serve()\n",
        "web.py:2 granian production " + NAMED,
    ),
    (
        "granian inside a program",
        USES
        + "import asyncio\nfrom granian.server.embed import Server\nasync def main():\n    await Server(app).serve()\n"
        "asyncio.run(main())\n",
        "web.py:5 granian production web:app True",
    ),
    (
        "gevent-websocket",
        USES + "from geventwebsocket import WebSocketServer\nWebSocketServer(('', 80), app).serve_forever()\n",
        "web.py:3 gevent production web:app True",
    ),
    ("aiohttp-wsgi", USES + "from aiohttp_wsgi import serve\nserve(app)\n", "web.py:3 other production web:app True"),
    (
        "aiohttp-wsgi: below a path",
        USES + "from aiohttp import web\nfrom aiohttp_wsgi import WSGIHandler\nsite = web.Application()\n"
        "site.router.add_route('*', '/{rest:.*}', WSGIHandler(app))\nweb.run_app(site)\n",
        "web.py:6 other production web:app True",
    ),
    (
        "a function that an event loop runs",
        USES + "import anyio\nasync def main():\n    app.run()\nanyio.run(main)\n",
        "web.py:4 app-run production web:app True",
    ),
    (
        "a daemon's action",
        USES + "from daemonize import Daemonize\ndef main():\n    app.run()\n"
        "Daemonize(app='web', pid='/run/web.pid', action=main).start()\n",
        "web.py:4 app-run production web:app True",
    ),
]


@pytest.mark.parametrize(("program", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_server_that_code_starts(program: str, expected: str, chains: Callable[[dict[str, str]], list[str]]) -> None:
    files = {"Procfile": "web: python web.py\n", "web.py": program, "site_app.py": APP}
    assert [each.split(" > ")[-1] for each in chains(files)] == [expected]


@pytest.mark.parametrize(
    "program",
    [
        (
            "import os\nimport subprocess\nif os.path.exists('x'):\n    os.environ['FLASK_APP'] = 'other'\n"
            "subprocess.run(['flask', 'run'])\n"
        ),
        "import os\nimport subprocess\nos.environ.setdefault('FLASK_APP', 'other')\nsubprocess.run(['flask', 'run'])\n",
    ],
)
def test_a_variable_that_may_be_another(program: str, chains: Callable[[dict[str, str]], list[str]]) -> None:
    files = {
        "Procfile": "web: FLASK_APP=site_app python web.py\n",
        "web.py": program,
        "site_app.py": APP,
        "other.py": APP,
    }
    assert [" ".join(each.split()[-2:]) for each in chains(files)] == [NAMED]
