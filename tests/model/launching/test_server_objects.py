"""Servers that a program makes and keeps on objects, or starts in a thread of its own class, one mechanism each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

APP = "from flask import Flask\napp = Flask(__name__)\n"
START = {"Procfile": "web: python serve.py\n", "requirements.txt": "flask\ntornado\ncherrypy\n", "app.py": APP}
TORNADO = (
    "from tornado.httpserver import HTTPServer\nfrom tornado.ioloop import IOLoop\n"
    "from tornado.web import Application, FallbackHandler\nfrom tornado.wsgi import WSGIContainer\nfrom app import app\n"
)
RULE = "(r'.*', FallbackHandler, dict(fallback=WSGIContainer(app)))"
CHERRYPY = "import threading\nimport cherrypy\nfrom app import app\n"

CASES: list[tuple[str, str, list[str]]] = [
    (
        "Tornado: rules that are added to a list",
        TORNADO + f"rules = [('/x', object)]\nrules.append({RULE})\nApplication(rules).listen(80)\n",
        ["Procfile:1 > serve.py:8 other production serve:app True"],
    ),
    (
        "Tornado: += in a function",
        TORNADO
        + f"def main():\n    rules = []\n    rules += [{RULE}]\n    HTTPServer(Application(rules)).listen(80)\nmain()\n",
        ["Procfile:1 > serve.py:10 > serve.py:9 other production serve:app True"],
    ),
    (
        "Tornado: rules and application kept on an object",
        TORNADO
        + f"class Site:\n    def __init__(self):\n        self.rules = []\n        self.rules.append({RULE})\n"
        + "    def run(self):\n        self.made = Application(self.rules)\n        self.made.listen(80)\nSite().run()\n",
        ["Procfile:1 > serve.py:13 > serve.py:12 other production serve:app True"],
    ),
    (
        "Tornado: rules that a method returns, for an application that another one makes",
        TORNADO
        + f"class Site:\n    def rules(self):\n        found = []\n        found.append({RULE})\n        return found\n"
        + "    def make(self):\n        found = self.rules()\n        return Application(handlers=found)\n"
        + "    def run(self):\n        self.made = self.make()\n        HTTPServer(self.made).listen(80)\nSite().run()\n",
        ["Procfile:1 > serve.py:17 > serve.py:16 other production serve:app True"],
    ),
    (
        "Tornado: a server of one's own class",
        TORNADO + "class Own(HTTPServer):\n    pass\nOwn(WSGIContainer(app)).listen(80)\n",
        ["Procfile:1 > serve.py:8 other production serve:app True"],
    ),
    (
        "Tornado: rules without an application of Flask",
        TORNADO + "rules = []\nrules.append(('/x', object))\nApplication(rules).listen(80)\n",
        [],
    ),
    (
        "a thread's class whose start() goes on to the thread's own",
        CHERRYPY
        + "class Site(threading.Thread):\n    def start(self):\n        if not self.is_alive():\n            threading.Thread.__init__(self)\n"
        + "        threading.Thread.start(self)\n    def run(self):\n        cherrypy.tree.graft(app, '/')\n        cherrypy.engine.start()\n"
        + "def main():\n    site = Site()\n    site.start()\nmain()\n",
        ["Procfile:1 > serve.py:15 > serve.py:14 > serve.py:8 > serve.py:11 cheroot production serve:app True"],
    ),
    (
        "the same by super()",
        CHERRYPY
        + "class Site(threading.Thread):\n    def start(self):\n        super().start()\n    def run(self):\n"
        + "        cherrypy.quickstart(app)\nSite().start()\n",
        ["Procfile:1 > serve.py:9 > serve.py:6 > serve.py:8 cheroot production serve:app True"],
    ),
    (
        "a thread of one's own whose server gets what a parameter was wrapped in, and what is started after it",
        (
            "import subprocess\nimport threading\nfrom werkzeug.debug import DebuggedApplication\nfrom werkzeug.serving import make_server\n"
            "from app import app\nclass Site(threading.Thread):\n    def __init__(self, site):\n        super().__init__()\n"
            "        wrapped = DebuggedApplication(site)\n        self.server = make_server('', 80, wrapped)\n"
            "    def run(self):\n        self.server.serve_forever()\nsite = Site(app)\nsite.start()\n"
            "subprocess.run(['gunicorn', 'app:app'])\n"
        ),
        [
            "Procfile:1 > serve.py:15 gunicorn production app:app True",
            "Procfile:1 > serve.py:14 > serve.py:12 werkzeug production serve:app True",
        ],
    ),
    (
        "a class that is no thread",
        CHERRYPY
        + "class Site(object):\n    def start(self):\n        super().start()\n    def run(self):\n"
        + "        cherrypy.quickstart(app)\nSite().start()\n",
        [],
    ),
]


@pytest.mark.parametrize(("program", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_programs(program: str, expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains({**START, "serve.py": program}) == expected
