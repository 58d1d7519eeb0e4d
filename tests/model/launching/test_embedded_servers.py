"""Servers that a Python program starts, and frameworks that are Flask, or are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
SOCKETIO = "from flask import Flask\nfrom flask_socketio import SocketIO\napp = Flask(__name__)\nsocketio = SocketIO(app)\nif __name__ == '__main__':\n    socketio.run(app)\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "a program of another framework that nothing starts",
        {
            "api/main.py": "import uvicorn\nfrom fastapi import FastAPI\nother = FastAPI()\nif __name__ == '__main__':\n    uvicorn.run(other)\n",
            "app.py": APP,
        },
        [],
    ),
    (
        "a program of another framework that hands a WSGI server what it made",
        {
            "api/main.py": "import falcon\nimport waitress\nif __name__ == '__main__':\n    waitress.serve(falcon.App())\n",
            "app.py": APP,
        },
        [],
    ),
    (
        "a program that mounts the application in another framework",
        {
            "main.py": "import uvicorn\nfrom fastapi import FastAPI\nfrom app import app\nother = FastAPI()\nother.mount('/', app)\nif __name__ == '__main__':\n    uvicorn.run(other)\n",
            "app.py": APP,
        },
        ["main.py:7 uvicorn production main:app True"],
    ),
    (
        "the value of an option, which a variable gives, is no option itself",
        {
            "Procfile": 'web: python serve.py --port "$LISTEN"\n',
            "serve.py": "import argparse\nimport waitress\nfrom app import app\nparser = argparse.ArgumentParser()\nparser.add_argument('--port')\nparser.add_argument('--live', action='store_true')\nargs = parser.parse_args()\nif args.live:\n    app.run()\nelse:\n    waitress.serve(app)\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:11 waitress production serve:app True"],
    ),
    (
        "a word that a variable gives may be any option",
        {
            "Procfile": "web: python serve.py $FLAGS\n",
            "serve.py": "import argparse\nimport waitress\nfrom app import app\nparser = argparse.ArgumentParser()\nparser.add_argument('--port')\nparser.add_argument('--live', action='store_true')\nargs = parser.parse_args()\nif args.live:\n    app.run()\nelse:\n    waitress.serve(app)\n",
            "app.py": APP,
        },
        [
            "Procfile:1 > serve.py:9 app-run production serve:app True",
            "Procfile:1 > serve.py:11 waitress production serve:app True",
        ],
    ),
    (
        "options of argparse choose the server",
        {
            "Procfile": "web: python serve.py --live\n",
            "serve.py": "import argparse\nimport waitress\nfrom app import app\nparser = argparse.ArgumentParser()\nparser.add_argument('--live', action='store_true')\nargs = parser.parse_args()\nif args.live:\n    waitress.serve(app)\nelse:\n    app.run()\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:8 waitress production serve:app True"],
    ),
    (
        "options of argparse that are not given",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "import argparse\nimport waitress\nfrom app import app\nparser = argparse.ArgumentParser()\nparser.add_argument('--live', action='store_true')\nargs = parser.parse_args()\nif args.live:\n    waitress.serve(app)\nelse:\n    app.run()\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:10 app-run production serve:app True"],
    ),
    (
        "a command of Flask-Script",
        {
            "Procfile": "web: python manage.py runserver\n",
            "manage.py": "from flask_script import Manager\nfrom app import app\nmanager = Manager(app)\nif __name__ == '__main__':\n    manager.run()\n",
            "app.py": APP,
        },
        ["Procfile:1 > manage.py:5 app-run production manage:app True"],
    ),
    (
        "a command of Flask-Script that serves nothing",
        {
            "Procfile": "web: python manage.py shell\n",
            "manage.py": "from flask_script import Manager\nfrom app import app\nmanager = Manager(app)\nif __name__ == '__main__':\n    manager.run()\n",
            "app.py": APP,
        },
        [],
    ),
    (
        "a program that becomes another",
        {
            "Procfile": "web: python start.py\n",
            "start.py": "import os\nos.execvp('gunicorn', ['gunicorn', '--workers', '2', 'app:app'])\n",
            "app.py": APP,
        },
        ["Procfile:1 > start.py:2 gunicorn production app:app True"],
    ),
    (
        "APIFlask",
        {
            "Procfile": "web: gunicorn app:app\n",
            "app.py": "from apiflask import APIFlask\napp = APIFlask(__name__)\n",
        },
        ["Procfile:1 gunicorn production app:app True"],
    ),
    (
        "waitress",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "import waitress\nfrom app import app\nwaitress.serve(app, port=80)\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:3 waitress production serve:app True"],
    ),
    (
        "a module that another server loads can also be tried by hand",
        {
            "Procfile": "web: gunicorn wsgi:app\n",
            "wsgi.py": "from waitress import serve\nfrom app import app\nif __name__ == '__main__':\n    serve(app)\n",
            "app.py": APP,
        },
        ["Procfile:1 gunicorn production wsgi:app True"],
    ),
    (
        "... which a program beside it cannot",
        {
            "Procfile": "web: gunicorn app:app\n",
            "serve.py": "from waitress import serve\nfrom app import app\nif __name__ == '__main__':\n    serve(app)\n",
            "app.py": APP,
        },
        ["Procfile:1 gunicorn production app:app True", "serve.py:4 waitress development serve:app True"],
    ),
    (
        "... where a task alone has it loaded",
        {
            "Makefile": "run:\n\tgunicorn wsgi:app\n",
            "wsgi.py": "from waitress import serve\nfrom app import app\nif __name__ == '__main__':\n    serve(app)\n",
            "app.py": APP,
        },
        [
            "Makefile:2 gunicorn production wsgi:app True",
            "wsgi.py:4 waitress production wsgi:app True",
        ],
    ),
    (
        "waitress under main",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "from waitress import serve\nfrom app import app\nif __name__ == '__main__':\n    serve(app)\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:4 waitress production serve:app True"],
    ),
    (
        "gevent",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "from gevent.pywsgi import WSGIServer\nfrom app import app\nWSGIServer(('', 80), app).serve_forever()\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:3 gevent production serve:app True"],
    ),
    (
        "gevent in two steps",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "from gevent.pywsgi import WSGIServer\nfrom app import app\nserver = WSGIServer(('', 80), app)\nserver.serve_forever()\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:4 gevent production serve:app True"],
    ),
    (
        "eventlet",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "import eventlet\nfrom eventlet import wsgi\nfrom app import app\nwsgi.server(eventlet.listen(('', 80)), app)\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:4 eventlet production serve:app True"],
    ),
    (
        "cheroot",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "from cheroot.wsgi import Server\nfrom app import app\nserver = Server(('0.0.0.0', 80), app)\nserver.start()\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:4 cheroot production serve:app True"],
    ),
    (
        "cheroot with a path dispatcher",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "from cheroot.wsgi import Server, PathInfoDispatcher\nfrom app import app\nd = PathInfoDispatcher({'/': app})\nserver = Server(('0.0.0.0', 80), d)\nif __name__ == '__main__':\n    try:\n        server.start()\n    except KeyboardInterrupt:\n        server.stop()\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:7 cheroot production serve:app True"],
    ),
    (
        "cherrypy",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "import cherrypy\nfrom app import app\ncherrypy.tree.graft(app, '/')\ncherrypy.engine.start()\ncherrypy.engine.block()\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:4 cheroot production serve:app True"],
    ),
    (
        "BaseApplication",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "from gunicorn.app.base import BaseApplication\nfrom app import app\n\n\nclass Web(BaseApplication):\n    def load_config(self):\n        self.cfg.set('workers', 2)\n\n    def load(self):\n        return app\n\n\nWeb().run()\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:13 gunicorn production serve:app True"],
    ),
    (
        "WSGIApplication",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "from gunicorn.app.wsgiapp import WSGIApplication\n\n\nclass Web(WSGIApplication):\n    def load_config(self):\n        self.cfg.set('workers', 2)\n\n\nif __name__ == '__main__':\n    Web('%(prog)s', prog='web').run()\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:10 gunicorn production serve.py True"],
    ),
    (
        "gunicorn's run with argv",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "import sys\nfrom gunicorn.app.wsgiapp import run\nsys.argv = ['gunicorn', 'app:app']\nrun()\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:4 gunicorn production app:app True"],
    ),
    (
        "uvicorn of WsgiToAsgi",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "import uvicorn\nfrom asgiref.wsgi import WsgiToAsgi\nfrom app import app\nasgi = WsgiToAsgi(app)\nuvicorn.run(asgi, host='0.0.0.0')\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:5 uvicorn production serve:app True"],
    ),
    (
        "uvicorn by import string",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "import uvicorn\nif __name__ == '__main__':\n    uvicorn.run('app:app', interface='wsgi')\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:3 uvicorn production app:app True"],
    ),
    (
        "hypercorn",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "import asyncio\nfrom hypercorn.asyncio import serve\nfrom hypercorn.config import Config\nfrom app import app\nasyncio.run(serve(app, Config()))\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:5 hypercorn production serve:app True"],
    ),
    (
        "bjoern",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "import bjoern\nfrom app import app\nbjoern.run(app, '0.0.0.0', 80)\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:3 bjoern production serve:app True"],
    ),
    (
        "meinheld",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "from meinheld import server\nfrom app import app\nserver.listen(('', 80))\nserver.run(app)\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:4 other production serve:app True"],
    ),
    (
        "tornado",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "from tornado.wsgi import WSGIContainer\nfrom tornado.httpserver import HTTPServer\nfrom tornado.ioloop import IOLoop\nfrom app import app\nserver = HTTPServer(WSGIContainer(app))\nserver.listen(80)\nIOLoop.instance().start()\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:6 other production serve:app True"],
    ),
    (
        "granian",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "from granian import Granian\nGranian('app:app', interface='wsgi').serve()\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:2 granian production app:app True"],
    ),
    (
        "make_server of wsgiref",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "from wsgiref.simple_server import make_server\nfrom app import app\nmake_server('', 80, app).serve_forever()\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:3 werkzeug production serve:app True"],
    ),
    (
        "run_simple",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "from werkzeug.serving import run_simple\nfrom app import app\nrun_simple('0.0.0.0', 80, app)\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:3 werkzeug production serve:app True"],
    ),
    (
        "socketio.run without an async server",
        {"Procfile": "web: python app.py\n", "app.py": SOCKETIO, "requirements.txt": "flask-socketio\n"},
        ["Procfile:1 > app.py:6 socketio-dev production app:app True"],
    ),
    (
        "socketio.run with gevent installed",
        {
            "Procfile": "web: python app.py\n",
            "app.py": SOCKETIO,
            "requirements.txt": "flask-socketio\ngevent\ngevent-websocket\n",
        },
        ["Procfile:1 > app.py:6 gevent production app:app True"],
    ),
    (
        "socketio.run with eventlet installed",
        {"Procfile": "web: python app.py\n", "app.py": SOCKETIO, "requirements.txt": "flask-socketio\neventlet\n"},
        ["Procfile:1 > app.py:6 eventlet production app:app True"],
    ),
    (
        "socketio.run with async_mode threading",
        {
            "Procfile": "web: python app.py\n",
            "app.py": "from flask import Flask\nfrom flask_socketio import SocketIO\napp = Flask(__name__)\nsocketio = SocketIO(app, async_mode='threading')\nif __name__ == '__main__':\n    socketio.run(app)\n",
            "requirements.txt": "flask-socketio\neventlet\n",
        },
        ["Procfile:1 > app.py:6 socketio-dev production app:app True"],
    ),
    (
        "socketio.run: made by a function, kept as a global of two modules, a mode that is computed, Werkzeug allowed",
        {
            "Procfile": "web: python main.py\n",
            "main.py": "from app import app, start\nstart()\nfrom app import server\ndef main():\n    from app import server\n"
            "    global io\n    io = server\n    io.run(app, allow_unsafe_werkzeug=True)\nmain()\n",
            "app.py": "from flask import Flask\napp = Flask(__name__)\nserver = None\ndef start():\n    global server\n"
            "    from realtime import made\n    server = made(app)\n",
            "realtime.py": "import os\nfrom flask_socketio import SocketIO\ndef made(app):\n    mode = os.environ['MODE'].lower()\n"
            "    return SocketIO(app, async_mode=mode)\n",
            "requirements.txt": "flask-socketio\neventlet\n",
        },
        ["Procfile:1 > main.py:9 > main.py:8 socketio-dev production main:app True"],
    ),
    (
        "socketio.run: eventlet comes first",
        {
            "Procfile": "web: python app.py\n",
            "app.py": SOCKETIO,
            "requirements.txt": "flask-socketio\neventlet\ngevent\n",
        },
        ["Procfile:1 > app.py:6 eventlet production app:app True"],
    ),
    (
        "socketio.run: async_mode decides",
        {
            "Procfile": "web: python app.py\n",
            "app.py": "from flask import Flask\nfrom flask_socketio import SocketIO\napp = Flask(__name__)\nsocketio = SocketIO(app, async_mode='gevent')\nif __name__ == '__main__':\n    socketio.run(app)\n",
            "requirements.txt": "flask-socketio\neventlet\ngevent\n",
        },
        ["Procfile:1 > app.py:6 gevent production app:app True"],
    ),
    (
        "Dash",
        {
            "Procfile": "web: gunicorn app:server\n",
            "app.py": "from dash import Dash\napp = Dash(__name__)\nserver = app.server\n",
        },
        ["Procfile:1 gunicorn production app:server True"],
    ),
    (
        "Dash run",
        {
            "Procfile": "web: python app.py\n",
            "app.py": "from dash import Dash\napp = Dash(__name__)\nif __name__ == '__main__':\n    app.run_server(debug=True)\n",
        },
        ["Procfile:1 > app.py:4 app-run production app:app.server True"],
    ),
    (
        "Connexion",
        {
            "Procfile": "web: python app.py\n",
            "app.py": "import connexion\napp = connexion.FlaskApp(__name__)\napp.add_api('api.yaml')\nif __name__ == '__main__':\n    app.run(port=80)\n",
        },
        ["Procfile:1 > app.py:5 app-run production app:app True"],
    ),
    (
        "Connexion's inner application",
        {
            "Procfile": "web: gunicorn app:application\n",
            "app.py": "import connexion\napp = connexion.App(__name__)\napplication = app.app\n",
        },
        ["Procfile:1 gunicorn production app:application True"],
    ),
    (
        "Quart is not Flask",
        {
            "Procfile": "web: python app.py\n",
            "app.py": "from quart import Quart\napp = Quart(__name__)\nif __name__ == '__main__':\n    app.run()\n",
        },
        [],
    ),
    (
        "another framework",
        {"Procfile": "web: uvicorn app:app\n", "app.py": "from fastapi import FastAPI\napp = FastAPI()\n"},
        [],
    ),
    (
        "an application that hypercorn serves and no Flask has made",
        {"Procfile": "web: hypercorn site:app\n", "site.py": "from frame import make\napp = make()\n", "app.py": APP},
        [],
    ),
    (
        "an application of ours that hypercorn serves",
        {"Procfile": "web: hypercorn app:app\n", "app.py": APP},
        ["Procfile:1 hypercorn production app:app True"],
    ),
    (
        "another framework that mounts the application",
        {
            "Procfile": "web: uvicorn api:api\n",
            "api.py": "from fastapi import FastAPI\nfrom fastapi.middleware.wsgi import WSGIMiddleware\nfrom app import app\napi = FastAPI()\napi.mount('/', WSGIMiddleware(app))\n",
            "app.py": APP,
        },
        ["Procfile:1 uvicorn production api:api True"],
    ),
    (
        "a server that an object keeps, two methods deep",
        {
            "Procfile": "web: python run.py\n",
            "run.py": 'from flask import Flask\nfrom server import Web\napp = Flask(__name__)\nweb = Web(app)\nif __name__ == "__main__":\n    web.start()\n',
            "server.py": 'from gevent.pywsgi import WSGIServer\n\n\nclass Web:\n    def __init__(self, app):\n        self.app = app\n        self.server = None\n\n    def start(self):\n        self._go()\n\n    def _go(self):\n        self.server = WSGIServer(("", 80), self.app)\n        self.server.serve_forever()\n',
        },
        ["Procfile:1 > run.py:6 > server.py:10 > server.py:14 gevent production run.py True"],
    ),
    (
        "functions of another module that lead to the server by names of their own",
        {
            "Procfile": "web: python run.py\n",
            "run.py": 'from web import begin\nif __name__ == "__main__":\n    begin()\n',
            "web.py": APP
            + "\n\ndef begin():\n    _second()\n\n\ndef _second():\n    _third()\n\n\ndef _third():\n    app.run()\n",
        },
        ["Procfile:1 > run.py:3 > web.py:6 > web.py:10 > web.py:14 app-run production web:app True"],
    ),
    (
        "a program that refuses to start without a variable",
        {
            "Procfile": "web: python app.py\n",
            "app.py": "import os\n"
            + APP
            + "KEY = os.environ.get('KEY')\nif not KEY:\n    raise ValueError('KEY is not set')\nif __name__ == '__main__':\n    app.run()\n",
        },
        ["Procfile:1 > app.py:8 app-run production app:app True"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chains(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("app, {'workers': 3, 'own': 1}", {"workers": "3"}),
        ("app", {"more-arguments": "load_config"}),
    ],
)
def test_a_gunicorn_of_the_project_has_the_settings_it_is_made_with(given: str, expected: dict[str, str]) -> None:
    program = f"from gunicorn.app.base import BaseApplication\nfrom app import app\nclass Own(BaseApplication):\n    pass\nOwn({given}).run()\n"
    (launch,) = link(
        parse(memory_tree({"Procfile": "web: python serve.py\n", "serve.py": program, "app.py": APP})), name="site"
    ).launches
    assert {name: value for name, (value, _) in launch.options.items()} == expected
