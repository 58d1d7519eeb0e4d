"""Programs that are followed from a deploy file or a console script to the call that serves."""

from __future__ import annotations

from collections.abc import Callable

import pytest

APP = "from flask import Flask\napp = Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"
PROJECT = "[build-system]\nrequires = ['setuptools']\n[project]\nname = 'shop'\n[project.scripts]\nshop = 'shop.__main__:run'\n"
GRANIAN = (
    "from granian import Granian\n\n\ndef load(target):\n    from shop.web import app\n    return app\n\n\n"
    "def run():\n    server = Granian(target='shop.web:app', interface='wsgi')\n    server.serve()\n\n\nif __name__ == '__main__':\n    run()\n"
)
SOCKET = (
    "from flask import Flask\nfrom flask_socketio import SocketIO\nimport os\nserver = None\n\n\ndef make():\n    app = Flask(__name__)\n"
    "    global server\n    from sockets import new\n    server = new(app)\n    return app\n"
)
SOCKETS = (
    "import os\nfrom flask_socketio import SocketIO\n\n\ndef new(app):\n    chosen = os.getenv('MODE', 'threading').lower()\n"
    "    if chosen == 'gevent':\n        mode = 'gevent'\n    else:\n        mode = 'threading'\n"
    "    return SocketIO(app, async_mode=mode)\n"
)
MAIN = (
    "from web import make\n\n\ndef main():\n    app = make()\n    from web import server\n    global socketio\n    socketio = server\n"
    "    if server:\n        socketio.run(app)\n    else:\n        app.run()\n\n\nif __name__ == '__main__':\n    main()\n"
)
SETUP = "from setuptools import setup\nsetup(name='shop', py_modules=['shop'], entry_points={'console_scripts': ['shop=shop:main']})\n"
THREADS = (
    "import threading\nfrom cheroot import wsgi\nfrom flask import Flask\napp = Flask(__name__)\n\n\n"
    "class Web(threading.Thread):\n    def __init__(self):\n        super().__init__()\n        self.server = wsgi.Server(('', 80), app)\n"
    "    def run(self):\n        self.server.start()\n\n\nclass Core:\n    def start(self):\n        self.web = Web()\n        self.web.start()\n\n\n"
    "def main():\n    Core().start()\n"
)
DEVELOPMENT = APP + "def main():\n    app.run()\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "an interpreter whose version a variable holds",
        {
            "Dockerfile": IMAGE + 'CMD ["sh", "-c", "python${PYTHON_VERSION} -m gunicorn.app.wsgiapp app:app"]\n',
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "a package in src that the build backend finds by itself, and a target given by keyword",
        {
            "Dockerfile": 'FROM python:3.13\nCOPY dist/*.whl /tmp/\nRUN pip install /tmp/*.whl\nENTRYPOINT ["python", "-m", "shop", "--host", "0.0.0.0"]\n',
            "pyproject.toml": PROJECT,
            "src/shop/__init__.py": "",
            "src/shop/__main__.py": GRANIAN,
            "src/shop/web.py": APP,
        },
        ["Dockerfile:4 > src/shop/__main__.py:15 > src/shop/__main__.py:11 granian production shop.web:app True"],
    ),
    (
        "such a package without an image",
        {
            "pyproject.toml": PROJECT,
            "src/shop/__init__.py": "",
            "src/shop/__main__.py": GRANIAN,
            "src/shop/web.py": APP,
        },
        ["pyproject.toml:6 > src/shop/__main__.py:11 granian production shop.web:app True"],
    ),
    (
        "a loader of the target",
        {
            "Procfile": "web: python -m shop\n",
            "shop/__init__.py": "",
            "shop/__main__.py": GRANIAN.replace("server.serve()", "server.serve(target_loader=load)"),
            "shop/web.py": APP,
        },
        ["Procfile:1 > shop/__main__.py:15 > shop/__main__.py:11 granian production shop.__main__:load() True"],
    ),
    (
        "a server of Socket.IO that a factory binds through global",
        {
            "Procfile": "web: python main.py\n",
            "requirements.txt": "flask\nflask-socketio\ngevent\n",
            "web.py": SOCKET,
            "sockets.py": SOCKETS,
            "main.py": MAIN,
        },
        ["Procfile:1 > main.py:16 > main.py:10 socketio-dev production web:make() True"],
    ),
    (
        "a service of s6 that an image writes, and a server in a thread of one's own",
        {
            "Dockerfile": 'FROM lsiobase/alpine:3.16\nCOPY . /app\nRUN mkdir -p /etc/services.d/web && \\\n    echo -e "#!/usr/bin/with-contenv bash\\n exec s6-setuidgid abc shop" > /etc/services.d/web/run\n',
            "setup.py": SETUP,
            "shop.py": THREADS,
        },
        [
            "Dockerfile:4 > Dockerfile:5 > setup.py:2 > shop.py:22 > shop.py:18 > shop.py:12 cheroot production shop:app True"
        ],
    ),
    (
        "a console script that starts the development server",
        {"setup.py": SETUP, "shop.py": DEVELOPMENT},
        ["setup.py:2 > shop.py:4 app-run production shop:app True"],
    ),
    (
        "a console script beside a deploy file that starts a production server",
        {"setup.py": SETUP, "shop.py": DEVELOPMENT, "Procfile": "web: gunicorn shop:app\n"},
        ["Procfile:1 gunicorn production shop:app True"],
    ),
    (
        "a console script that serves what nobody knows",
        {
            "setup.py": SETUP,
            "shop.py": "from werkzeug.serving import run_simple\nfrom other import made\ndef main():\n    run_simple('', 80, made)\n",
        },
        [],
    ),
    (
        "a test that looks at a program until timeout ends it",
        {
            "test_options.sh": "timeout 10 python app.py -b\ntimeout 10 python app.py\npython app.py &\n",
            "app.py": APP + "app.run()\n",
        },
        ["test_options.sh:3 > app.py:3 app-run test app:app True"],
    ),
    (
        "a wrapper whose command the process manager's file writes",
        {
            "Dockerfile": IMAGE
            + 'COPY wrap.sh /usr/local/bin/wrap\nCOPY web.conf /etc/supervisord.conf\nCMD ["supervisord", "-c", "/etc/supervisord.conf"]\n',
            "web.conf": "[supervisord]\n[program:web]\ncommand = /usr/local/bin/wrap gunicorn app:app\n",
            "wrap.sh": '#!/bin/bash\nsource /venv/bin/activate\nexec "$@"\n',
            "app.py": APP,
        },
        ["Dockerfile:6 > web.conf:3 gunicorn production app:app True"],
    ),
    (
        "a command that a stage for development inherits",
        {
            "Dockerfile": IMAGE.replace("3.13\n", "3.13 AS base\n", 1)
            + "CMD gunicorn app:app\nFROM base AS web_local\nFROM base AS web_active\nFROM scratch AS other\n",
            "docker-compose.yml": "services:\n  web:\n    build:\n      context: .\n      target: web_local\n",
            "compose.ci.yml": "services:\n  web:\n    build:\n      context: .\n      target: web_active\n",
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "a path from the folder in which the command starts",
        {
            "heroku.yml": "build:\n  docker:\n    web: Dockerfile\nrun:\n  web: FLASK_APP=$PWD/site/web.py python -m flask run\n",
            "Dockerfile": IMAGE,
            "site/web.py": APP,
        },
        ["heroku.yml:5 flask-run production ./site/web.py:app True"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chains(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected
