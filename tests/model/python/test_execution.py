"""Programs are followed to what serves, through calls, branches, commands and other programs."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.model.python.execution.loading import imports_closure
from flask_prodcheck.model.python.execution.targets import classify
from flask_prodcheck.model.python.execution.walk import run_module
from flask_prodcheck.model.python.execution.ways import Outcome
from flask_prodcheck.model.python.modules import Modules

APP = "from flask import Flask\napp = Flask(__name__)\n"


def modules_of(files: Mapping[str, str]) -> Modules:
    read = {path: read_python(path, text.encode()) for path, text in files.items()}
    return Modules(
        Facts(modules={path: module for path, module in read.items() if module is not None}, paths=frozenset(files))
    )


def follow(
    text: str,
    *argv: str,
    env: Mapping[str, str] | None = None,
    function: str | None = None,
    installed: frozenset[str] | None = None,
    **files: str,
) -> Outcome:
    modules = modules_of({"site.py": APP, "main.py": text, **{f"{name}.py": body for name, body in files.items()}})
    return run_module(
        modules, "main.py", as_main=function is None, argv=argv, env=env or {}, function=function, installed=installed
    )


def ends(outcome: Outcome) -> list[str]:
    """Each ending: the server or the command, with the lines on the way and a ``?`` when uncertain."""
    shown = []
    for ending in outcome.endings:
        end = ending.server.value if ending.server else " ".join(ending.argv) if ending.argv else ending.shell or "-"
        way = ">".join(str(hop.span.line) for hop in ending.hops)
        shown.append(f"{end} {way}{'' if ending.certain else '?'}")
    return shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (APP + "app.run()\n", ["app-run 3"]),
        (APP + "if __name__ == '__main__':\n    app.run()\n", ["app-run 4"]),
        (APP + "table = {'a': 1}\nif ['a'] in table:\n    app.run()\n", ["app-run 5?"]),
        (
            APP + "lost = []\nfor key in keys():\n    if key not in table():\n        lost.append(key)\n"
            "if lost:\n    raise ValueError(lost)\napp.run()\n",
            ["app-run 9?"],
        ),
        (
            APP + "lost = []\nif fails():\n    lost.append(1)\nif not lost:\n    app.run()\n",
            ["app-run 7?"],
        ),
        (
            APP + "lost = []\nfor key in keys():\n    lost.append(key)\nif lost:\n    raise ValueError\napp.run()\n",
            ["app-run 8?"],
        ),
        (APP + "lost = []\nlost.append(1)\nif not lost:\n    app.run()\n", []),
        (APP + "def main():\n    app.run()\nif __name__ == '__main__':\n    main()\n", ["app-run 6>4"]),
        (APP + "from waitress import serve\nserve(app)\napp.run()\n", ["waitress 4"]),
        (APP + "from gevent.pywsgi import WSGIServer\ns = WSGIServer(('', 1), app)\ns.serve_forever()\n", ["gevent 5"]),
        (
            APP + "import eventlet\nfrom eventlet import wsgi\nwsgi.server(eventlet.listen(('', 1)), app)\n",
            ["eventlet 5"],
        ),
        (APP + "from cheroot.wsgi import Server\nServer(('', 1), app).start()\n", ["cheroot 4"]),
        (
            APP
            + "import asyncio\nfrom hypercorn.asyncio import serve\nasync def main():\n    await serve(app, None)\nasyncio.run(main())\n",
            ["hypercorn 7>6"],
        ),
        (APP + "import bjoern\nbjoern.run(app, '', 1)\n", ["bjoern 4"]),
        (APP + "import uvicorn\nuvicorn.run('main:app')\n", ["uvicorn main:app 4"]),
        (
            APP + "import asyncio\nfrom hypercorn.asyncio import serve\nasyncio.run(serve(app, None))\n",
            ["hypercorn 5"],
        ),
        (
            APP + "from gunicorn.app.base import BaseApplication\nclass S(BaseApplication):\n    pass\nS(app).run()\n",
            ["gunicorn 6"],
        ),
        (
            APP + "from tornado.wsgi import WSGIContainer\nfrom tornado.httpserver import HTTPServer\n"
            "HTTPServer(WSGIContainer(app)).listen(1)\n",
            ["other 5"],
        ),
        (
            APP + "from tornado.wsgi import WSGIContainer\nfrom tornado.web import Application, FallbackHandler\n"
            "web = Application([('/socket', object), ('.*', FallbackHandler, dict(fallback=WSGIContainer(app)))])\n"
            "web.listen(80)\n",
            ["other 6"],
        ),
        (
            APP + "from tornado.wsgi import WSGIContainer\nfrom tornado.web import Application, FallbackHandler\n"
            "from tornado.httpserver import HTTPServer\nrules = [('.*', FallbackHandler, {'fallback': WSGIContainer(app)})]\n"
            "server = HTTPServer(Application(rules))\nserver.bind(80)\nserver.start(0)\n",
            ["other 9"],
        ),
        (
            APP + "from tornado.web import Application\nApplication([('/socket', object)]).listen(80)\n",
            [],
        ),
        (
            APP + "import asyncio, uvicorn\nfrom asgiref.wsgi import WsgiToAsgi\nasync def main():\n"
            "    server = uvicorn.Server(uvicorn.Config(WsgiToAsgi(app)))\n    await server.serve()\nasyncio.run(main())\n",
            ["uvicorn 8>7"],
        ),
        (APP + "import threading\nthreading.Thread(target=lambda: app.run()).start()\n", ["app-run 4"]),
        (APP + "from functools import partial\nserve = partial(app.run, port=80)\nserve()\n", ["app-run 5"]),
        (APP + "from functools import partial\nprint = partial(print, flush=True)\nprint('up')\napp.run()\n", ["app-run 6"]),
        (
            APP + "from functools import partial\nserve = partial(partial(app.run, '::'), port=80)\nserve()\n",
            ["app-run 5"],
        ),
        (APP + "def serve():\n    app.run()\nglobals()['serve']()\n", ["app-run 5>4"]),
        (APP + "def serve():\n    app.run()\nglobals()['clean']()\n", []),
        (
            APP + "class Shop:\n    def serve(self):\n        app.run()\n    def clean(self):\n        pass\n"
            "getattr(Shop(), 'serve')()\ngetattr(Shop(), 'clean')()\n",
            ["app-run 8>5"],
        ),
        (APP + "from werkzeug.serving import run_simple\nrun_simple('', 1, app)\n", ["werkzeug 4"]),
        (
            APP
            + "from wsgiref.simple_server import make_server\nwith make_server('', 1, app) as h:\n    h.serve_forever()\n",
            ["werkzeug 5"],
        ),
        ("from dash import Dash\nd = Dash('a')\nd.run(debug=True)\n", ["app-run 3"]),
        (
            APP + "import threading\ndef go():\n    app.run()\nthreading.Thread(target=go).start()\n",
            ["app-run 6>5"],
        ),
        (
            APP + "import gevent\ndef go(port):\n    app.run(port=port)\ngevent.spawn(go, 80).join()\n",
            ["app-run 6>5"],
        ),
        (
            APP
            + "from gevent import Greenlet\nclass Base:\n    def start(self):\n        self.task = Greenlet(self._run, 1)\n"
            "        self.task.start()\nclass Web(Base):\n    def start(self):\n        super().start()\n"
            "    def _run(self, number):\n        app.run()\nWeb().start()\n",
            ["app-run 13>10>6>12"],
        ),
        (
            APP
            + "from gevent import Greenlet\nclass Web(Greenlet):\n    def _run(self):\n        app.run()\nWeb().start()\n",
            ["app-run 7>6"],
        ),
        (
            APP + "from concurrent.futures import ThreadPoolExecutor\ndef go():\n    app.run()\n"
            "with ThreadPoolExecutor() as pool:\n    pool.submit(go)\n",
            ["app-run 7>5"],
        ),
        (APP + "import forms\ndef go():\n    app.run()\nform = forms.Form()\nform.submit(go)\n", []),
        (
            APP + "import asyncio\nasync def main():\n    loop = asyncio.get_running_loop()\n"
            "    await loop.run_in_executor(None, app.run)\nasyncio.run(main())\n",
            ["app-run 7>6"],
        ),
        (
            "def main(port):\n    from site_ import S\n    app = S().app\n    def go(debug):\n        app.run(port=port)\n    go(1)\nmain(80)\n",
            ["app-run 7>6>5"],
        ),
        (
            "class Web:\n    def __init__(self, port, served=None):\n        self.served = served\n    def start(self):\n        self.served.run()\n"
            + APP
            + "Web(80, served=app).start()\n",
            ["app-run 8>5"],
        ),
        (
            "class Web:\n    def __init__(self, served):\n        self.served = served\n    def start(self):\n        self.served.run()\n"
            + APP
            + "Web(print).start()\n",
            [],
        ),
        (
            APP + "def found(name):\n    if other(name):\n        return name\n    exit(1)\nfound('x')\napp.run()\n",
            ["app-run 8"],
        ),
        (
            APP + "def first(names):\n    for name in names:\n        return name\n    exit(1)\nfirst([])\napp.run()\n",
            ["app-run 8"],
        ),
        (
            APP + "import keys\ndef serve(key):\n    if len(key) != 32:\n        raise ValueError\n    app.run()\n"
            "def read():\n    return 'a', keys.read()\nname, key = read()\nserve(key)\n",
            ["app-run 11>7?"],
        ),
        (APP + "def failed(name):\n    other(name)\n    exit(1)\nfailed('x')\napp.run()\n", []),
        (
            APP + "def serve():\n    if other():\n        return\n    app.run()\nserve()\napp.run()\n",
            ["app-run 7>6?"],
        ),
        ("def go():\n    app.run()\ndef main():\n    app = Flask('a')\n    go()\n", []),
        (
            "from site_ import S\nS().go()\n",
            ["app-run 2>6"],
        ),
        ("from fastapi import FastAPI\napp = FastAPI()\napp.run()\n", []),
    ],
)
def test_servers(text: str, expected: list[str]) -> None:
    other = "from flask import Flask\nclass S:\n    def __init__(self):\n        self.app = Flask('a')\n    def go(self):\n        self.app.run()\n"
    assert ends(follow(text, site_=other)) == expected


def test_an_imported_module_runs_without_its_main_guard() -> None:
    guarded = APP + "if __name__ == '__main__':\n    app.run()\n"
    assert ends(follow("import other\n", other=guarded)) == []
    assert ends(follow("import other\n", other=APP + "app.run()\n")) == ["app-run 1>3"]


BRANCHES = APP + "import os, sys\nfrom waitress import serve\nif {test}:\n    app.run()\nelse:\n    serve(app)\n"


@pytest.mark.parametrize(
    ("test", "argv", "env", "expected"),
    [
        ("len(sys.argv) > 1 and sys.argv[1] == 'dev'", ("dev",), {}, ["app-run 6"]),
        ("len(sys.argv) > 1 and sys.argv[1] == 'dev'", (), {}, ["waitress 8"]),
        ("'--dev' in sys.argv", ("--dev",), {}, ["app-run 6"]),
        ("os.environ.get('MODE') == 'dev'", (), {"MODE": "dev"}, ["app-run 6"]),
        ("os.environ.get('MODE') == 'dev'", (), {"MODE": "prod"}, ["waitress 8"]),
        ("os.environ.get('MODE', 'dev') == 'dev'", (), {}, ["app-run 6?"]),
        ("sys.platform == 'win32'", (), {}, ["waitress 8"]),
        ("app.debug", (), {}, ["app-run 6?", "waitress 8?"]),
    ],
)
def test_branches(test: str, argv: tuple[str, ...], env: dict[str, str], expected: list[str]) -> None:
    assert ends(follow(BRANCHES.format(test=test), *argv, env=env)) == expected


@pytest.mark.parametrize(
    ("collection", "argv", "expected"),
    [
        (
            "@click.group(cls=click.CommandCollection, sources=[one, cli])\ndef every():\n    pass\n",
            "serve",
            ["app-run 14>7"],
        ),
        ("every = click.CommandCollection('every', sources=[one, cli])\n", "serve", ["app-run 12>7"]),
        ("every = click.CommandCollection('every', sources=[one, cli])\n", "clean", []),
        ("every = click.CommandCollection('every', sources=[one])\n", "serve", []),
    ],
)
def test_a_collection_of_click_groups(collection: str, argv: str, expected: list[str]) -> None:
    text = (
        "import click\nfrom site_ import app\n@click.group()\ndef cli():\n    pass\n@cli.command('serve')\ndef start(): app.run()\n"
        "one = click.Group()\n@one.command()\ndef clean(): pass\n" + collection + "every()\n"
    )
    assert ends(follow(text, argv, site_=APP)) == expected


CLICK = (
    "import click\nfrom site_ import app\n@click.group()\ndef cli():\n    pass\n"
    "@cli.command()\n@click.option('--debug/--no-debug', default=False)\ndef serve(debug):\n"
    "    if debug:\n        app.run(debug=True)\n    else:\n        import subprocess\n"
    "        subprocess.run(['gunicorn', 'site_:app'])\n"
    "@cli.command('other-one')\ndef other():\n    app.run()\n"
    "if __name__ == '__main__':\n    cli()\n"
)


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("serve",), ["gunicorn site_:app 18>13"]),
        (("serve", "--debug"), ["app-run 18>10"]),
        (("other-one",), ["app-run 18>16"]),
        (("${DEBUG}", "serve", "--debug"), ["app-run 18>10"]),
        (("${DEBUG}", "--fast"), ["gunicorn site_:app 18>13?", "app-run 18>16?"]),
        (("${COMMAND}", "--debug"), ["gunicorn site_:app 18>13?"]),
        (("absent",), []),
        ((), []),
    ],
)
def test_click(argv: tuple[str, ...], expected: list[str]) -> None:
    assert ends(follow(CLICK, *argv, site_=APP)) == expected


def test_a_console_script_calls_its_function() -> None:
    assert ends(follow(CLICK, "serve", function="cli", site_=APP)) == ["gunicorn site_:app 13"]


SCRIPT = (
    "from flask_script import Manager, Server\nfrom site_ import app\nmanager = Manager(app)\n"
    "manager.add_command('srv', Server(host='0.0.0.0'))\n"
    "@manager.command\ndef jobs():\n    import os\n    os.system('celery worker')\n"
    "if __name__ == '__main__':\n    manager.run()\n"
)


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("runserver",), ["app-run 10"]),
        (("srv",), ["app-run 10"]),
        (("jobs",), ["celery worker 10>8"]),
        (("db", "upgrade"), []),
        ((), []),
    ],
)
def test_flask_script(argv: tuple[str, ...], expected: list[str]) -> None:
    assert ends(follow(SCRIPT, *argv, site_=APP)) == expected


SCRIPT_OF_OBJECTS = (
    "from flask_script import Command, Manager, Option\nfrom gunicorn.app.base import Application\nfrom site_ import app\n"
    "manager = Manager(app)\n"
    "class Api(Command):\n    def get_options(self):\n        return (Option('-b', dest='address'),)\n"
    "    def __call__(self, app, *args, **kwargs):\n        class Own(Application):\n"
    "            def init(self, parser, opts, args):\n                return {'bind': kwargs['address']}\n"
    "            def load(self):\n                return app\n        Own().run()\n"
    "def main():\n    manager.add_command('api', Api())\n    manager.run()\n"
)


@pytest.mark.parametrize(
    ("argv", "expected"), [(("api", "-b", "0.0.0.0:80"), ["gunicorn 17>14"]), (("other",), []), ((), [])]
)
def test_commands_that_a_function_adds_to_flask_script(argv: tuple[str, ...], expected: list[str]) -> None:
    assert ends(follow(SCRIPT_OF_OBJECTS, *argv, site_=APP, function="main")) == expected


GROUP = (
    "from flask.cli import FlaskGroup\nfrom site_ import app\ncli = FlaskGroup(create_app=lambda: app)\n"
    "@cli.command('go')\ndef go():\n    app.run()\nif __name__ == '__main__':\n    cli()\n"
)


@pytest.mark.parametrize(
    ("argv", "expected"),
    [(("run", "-h", "::"), ["flask-run 8"]), (("go",), ["app-run 8>6"]), (("shell",), []), (("db", "upgrade"), [])],
)
def test_flask_group(argv: tuple[str, ...], expected: list[str]) -> None:
    assert ends(follow(GROUP, *argv, site_=APP)) == expected


ARGPARSE = (
    "import argparse, os\nfrom site_ import app\n"
    "def serve(args):\n    if args.dev:\n        app.run()\n    else:\n"
    "        command = ['gunicorn']\n        command.append(f'-w{args.workers}')\n        command += ['site_:app']\n"
    "        os.execvp(command[0], command)\n"
    "def main():\n    parser = argparse.ArgumentParser()\n    commands = parser.add_subparsers()\n"
    "    one = commands.add_parser('serve')\n    one.add_argument('--dev', action='store_true')\n"
    "    one.add_argument('--workers', default='2')\n    one.set_defaults(func=serve)\n"
    "    args = parser.parse_args()\n    args.func(args)\n"
    "if __name__ == '__main__':\n    main()\n"
)


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("serve",), ["gunicorn -w2 site_:app 21>19>10"]),
        (("serve", "--workers", "9"), ["gunicorn -w9 site_:app 21>19>10"]),
        (("serve", "--dev"), ["app-run 21>19>5"]),
        (("migrate",), []),
    ],
)
def test_argparse(argv: tuple[str, ...], expected: list[str]) -> None:
    assert ends(follow(ARGPARSE, *argv, site_=APP)) == expected


def test_what_argparse_has_read_is_handed_to_another_file() -> None:
    text = (
        "import argparse\nfrom web import start\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--cert')\ngiven = parser.parse_args()\nstart(1, given)\n"
    )
    web = (
        "from threading import Thread\nfrom site_ import app\ndef start(port, options):\n"
        "    Thread(target=serve, args=(options,)).start()\n"
        "def serve(chosen):\n    if chosen.cert:\n        app.run(ssl_context=chosen.cert)\n    else:\n        app.run()\n"
    )
    assert ends(follow(text, web=web, site_=APP)) == ["app-run 6>4>9"]
    assert ends(follow(text, "--cert", "a.pem", web=web, site_=APP)) == ["app-run 6>4>7"]


def test_a_server_class_made_in_a_function_gets_its_application() -> None:
    text = (
        "from site_ import app\n"
        "def broken():\n    try:\n        import gunicorn\n    except Exception:\n        return True\n"
        "    return False\n"
        "def serve(made):\n    import gunicorn.app.base\n    class Own(gunicorn.app.base.BaseApplication):\n"
        "        def load(self):\n            return self.made\n    server = Own(made)\n    server.run()\n"
        "if broken():\n    app.run()\nelse:\n    serve(app)\n"
    )
    outcome = follow(text, installed=frozenset({"gunicorn"}), site_=APP)
    assert ends(outcome) == ["gunicorn 18>14"]
    assert outcome.endings[0].target == "site_:app"
    assert ends(follow(text, installed=frozenset(), site_=APP)) == ["app-run 16?", "gunicorn 18>14?"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if sys.platform == 'win32':\n        return 'py'\n    return sys.executable", "python -m gunicorn"),
        ("if unknown():\n        return 'py'\n    return sys.executable", "${python} -m gunicorn"),
        ("if 'PY' in os.environ:\n        return 'py'\n    return sys.executable", "python -m gunicorn"),
    ],
)
def test_what_a_short_function_gives_back(body: str, expected: str) -> None:
    text = (
        f"import os, subprocess, sys\nfrom w import unknown\ndef python():\n    {body}\n"
        "subprocess.call([python(), '-m', 'gunicorn'])\n"
    )
    assert [" ".join(ending.argv or ()) for ending in follow(text).endings] == [expected]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("Own(app, {'workers': 4, 'reload': True, 'bind': None})", (("workers", "4"), ("reload", "true"))),
        ("Own(app, options=given)", (("workers", "${cpu_count}"),)),
        ("Own(app)", None),
    ],
)
def test_what_a_server_of_its_own_is_made_with(made: str, expected: tuple[tuple[str, str], ...] | None) -> None:
    text = (
        "from gunicorn.app.base import BaseApplication\nfrom site_ import app\nfrom os import cpu_count\n"
        f"class Own(BaseApplication):\n    pass\ngiven = {{'workers': cpu_count()}}\n{made}.run()\n"
    )
    (ending,) = follow(text, site_=APP).endings
    found = ending.settings
    assert (tuple((name, value) for name, value, _ in found) if found is not None else None) == expected


@pytest.mark.parametrize(
    ("loop", "expected"),
    [
        ("for word in ['a:b', 'c:d']:\n    Popen(['gunicorn', word])", ["gunicorn a:b", "gunicorn c:d"]),
        ("for word in COMMANDS:\n    Popen(word, shell=True)", ["flask run", "celery worker"]),
        ("for one, two in [('a', 1), ('b', 2)]:\n    Popen([one, str(two)])", ["a 1", "b 2"]),
        ("for word in unknown:\n    Popen(['gunicorn', word])", ["gunicorn ${word}"]),
        ("for word in ['a', 'b']:\n    os.execvp(word, [word])", ["a"]),
    ],
)
def test_a_loop_goes_through_what_is_written_out(loop: str, expected: list[str]) -> None:
    head = "import os\nfrom subprocess import Popen\nfrom w import unknown\nCOMMANDS = ('flask run', 'celery worker')\n"
    endings = follow(f"{head}{loop}\n").endings
    assert [" ".join(ending.argv or ()) or ending.shell for ending in endings] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("importlib.import_module('web').main()", ["app-run 2>4"]),
        ("loaded = importlib.import_module('web'); loaded.main()", ["app-run 2>4"]),
        ("def go():\n    found = importlib.import_module('web')\n    found.app.run()\ngo()", ["app-run 5>4"]),
        ("importlib.import_module('nothing').main()", []),
        ("importlib.import_module(name).main()", []),
    ],
)
def test_a_module_loaded_by_its_name(text: str, expected: list[str]) -> None:
    web = "from site_ import app\n\ndef main():\n    app.run()\n"
    assert ends(follow(f"import importlib\n{text}\n", web=web, site_=APP)) == expected


TABLE = (
    "import sys\nfrom site_ import app\nfrom other import words\ndef serve(args):\n    app.run()\n"
    "class Load:\n    def __init__(self, args):\n        pass\n    def run(self):\n        app.run()\n"
    "HANDLERS = {'load': Load}\n{}\n"
    "def main():\n    word = sys.argv[1]\n    if word not in HANDLERS:\n        raise SystemExit\n    {}\nmain()\n"
)


@pytest.mark.parametrize(
    ("added", "call", "argv", "expected"),
    [
        ("HANDLERS['serve'] = serve", "HANDLERS[word](1)", "serve", ["app-run 18>17>5"]),
        ("HANDLERS['serve'] = serve", "HANDLERS.get(word)(1)", "serve", ["app-run 18>17>5"]),
        ("HANDLERS['serve'] = serve", "one = HANDLERS[word]; one(1)", "serve", ["app-run 18>17>5"]),
        ("HANDLERS['serve'] = serve", "HANDLERS[word](1)", "load", []),
        ("HANDLERS['serve'] = serve", "HANDLERS[word](1).run()", "load", ["app-run 18>17>10"]),
        ("HANDLERS['serve'] = serve", "app.run()", "stop", []),
        (
            "HANDLERS['serve'] = serve",
            "if HANDLERS.get(word) is None:\n        raise SystemExit\n    app.run()",
            "serve",
            ["app-run 20>19?"],
        ),
        ("HANDLERS.update(words)", "app.run()", "stop", ["app-run 18>17?"]),
        ("for word in words:\n    HANDLERS[word] = 1", "app.run()", "stop", ["app-run 19>18?"]),
    ],
)
def test_a_word_picks_from_a_table(added: str, call: str, argv: str, expected: list[str]) -> None:
    text = TABLE.replace("{}", added, 1).replace("{}", call, 1)
    assert ends(follow(text, argv, site_=APP)) == expected


PARSERS = (
    "import argparse\nfrom gateway import Gateway\n"
    "class Main:\n    @classmethod\n    def run(cls):\n        parser = argparse.ArgumentParser()\n"
    "        sub = parser.add_subparsers(dest='command')\n        Gateway.register(sub)\n"
    "        args = parser.parse_args()\n        if not args.command:\n            raise SystemExit\n"
    "        args.app(args).run()\n"
)
GATEWAY = (
    "class Gateway:\n    @staticmethod\n    def register(sub):\n        parser = sub.add_parser('gateway')\n"
    "        parser.set_defaults(app=Gateway.entry)\n        sub.add_parser('show').set_defaults(app=show)\n"
    "    @staticmethod\n    def entry(seed):\n        from site_ import Site\n        return Site(seed)\n"
    "def show(seed):\n    pass\n"
)
SERVER = (
    "from flask import Flask\nclass Site(Flask):\n    def __init__(self, seed):\n        Flask.__init__(self, 'a')\n"
    "    def run(self):\n        super().run(host='::')\n"
)


def test_a_parser_of_another_file_sets_what_is_called() -> None:
    def ending(*argv: str) -> list[str]:
        return ends(follow(PARSERS, *argv, function="Main.run", gateway=GATEWAY, site_=SERVER))

    assert ending("gateway") == ["app-run 12>6"]
    assert ending("show") == ending() == []


CLASSES = (
    "import argparse\nfrom flask import Flask\n"
    "class Base(argparse.ArgumentParser):\n    def __init__(self, given=None):\n        super().__init__()\n"
    "        self.add_argument('--serve', action='store_true')\n        self.read(given)\n"
    "    def read(self, given):\n        args = given or self.parse_args()\n        if args.serve:\n"
    "            from site_ import app\n            app.run()\n"
    "class Tool(Base):\n    def __init__(self):\n        {}\n"
    "def main():\n    Tool()\n"
)


@pytest.mark.parametrize("call", ["super().__init__()", "super(Tool, self).__init__()", "Base.__init__(self)"])
def test_a_method_of_the_class_above(call: str) -> None:
    assert ends(follow(CLASSES.format(call), "--serve", function="main", site_=APP)) == ["app-run 15>7>12"]
    assert ends(follow(CLASSES.format(call), function="main", site_=APP)) == []


@pytest.mark.parametrize("call", ["super().run(port=1)", "Flask.run(self, '::', 1)"])
def test_an_application_that_runs_itself(call: str) -> None:
    text = (
        "from flask import Flask\nclass Site(Flask):\n    def run(self):\n"
        f"        {call}\ndef main():\n    Site('x').run()\n"
    )
    assert ends(follow(text, function="main")) == ["app-run 6>4"]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("os.system('gunicorn a:b')", "gunicorn a:b"),
        ("subprocess.Popen('gunicorn a:b', shell=True)", "gunicorn a:b"),
        ("subprocess.check_call([sys.executable, '-m', 'flask', 'run'])", "python -m flask run"),
        ("subprocess.run('gunicorn a:b'.split())", "gunicorn a:b"),
        ("os.execl('/usr/bin/gunicorn', 'gunicorn', 'a:b')", "/usr/bin/gunicorn a:b"),
        ("subprocess.run(['gunicorn', '-w', str(workers())])", "gunicorn -w ${str_workers}"),
        ("subprocess.run(['gunicorn'] + sys.argv[1:])", "gunicorn one"),
        ("subprocess.run(['python', os.path.normcase(os.path.join(base, 'm.py'))])", "python ${base}/m.py"),
        ("subprocess.run(['python', str(Path(__file__).parent / 'm.py')])", "python ${Path___file___parent}/m.py"),
        ("subprocess.run(['python', str((base / 'm.py').resolve())])", "python ${base}/m.py"),
    ],
)
def test_other_programs(call: str, expected: str) -> None:
    outcome = follow(
        f"import os, subprocess, sys\nfrom pathlib import Path\nfrom w import base, workers\n{call}\n", "one"
    )
    assert [" ".join(ending.argv or ()) or ending.shell for ending in outcome.endings] == [expected]


def test_a_task_runs_shell_text() -> None:
    text = "from invoke import task\n@task\ndef start(ctx):\n    ctx.run('gunicorn a:b')\n"
    assert ends(follow(text, function="start")) == ["gunicorn a:b 4"]


@pytest.mark.parametrize(
    ("arguments", "installed", "expected"),
    [
        ("app", None, "-"),
        ("app", frozenset[str](), "socketio-dev"),
        ("app", frozenset({"gevent"}), "gevent"),
        ("app", frozenset({"gevent", "eventlet"}), "eventlet"),
        ("app, async_mode='threading'", frozenset({"gevent"}), "socketio-dev"),
    ],
)
def test_socketio(arguments: str, installed: frozenset[str] | None, expected: str) -> None:
    text = "from flask_socketio import SocketIO\n" + APP + f"s = SocketIO({arguments})\ns.run(app)\n"
    outcome = follow(text, installed=installed)
    assert ends(outcome) == [f"{expected} 5"]
    assert outcome.endings[0].socketio


def test_an_import_fallback_is_decided_by_what_is_installed() -> None:
    text = APP + "try:\n    from waitress import serve\n    serve(app)\nexcept ImportError:\n    app.run()\n"
    assert ends(follow(text, installed=frozenset({"waitress"}))) == ["waitress 5"]


def test_recursion_ends() -> None:
    text = APP + "def main(n):\n    main(n + 1)\n    app.run()\nmain(0)\n"
    outcome = follow(text)
    assert outcome.endings or outcome.notes


KEPT = (
    "import gevent\nfrom flask import Flask\nfrom gevent import pywsgi\n"
    "class Web:\n    def __init__(self, port):\n        self.app = Flask('a')\n        self.port = port\n"
    "    def start(self):\n        self.job = gevent.{spawn}self.serve_it)\n"
    "    def serve_it(self):\n        self.server = pywsgi.WSGIServer(('', self.port), self.app)\n"
    "        self.server.serve_forever()\n"
)
TOOL = (
    "from web import Web\n"
    "class Tool:\n    def __init__(self):\n        self.web = None\n"
    "    def create_web(self, port):\n        self.web = Web(port)\n        return self.web\n"
)
OPTIONS = (
    "import argparse\ndef parser():\n    made = argparse.ArgumentParser()\n"
    "    made.add_argument('--quiet', action='store_true', env_var='QUIET')\n"
    "    made.add_argument('--paths', nargs='*')\n    made.add_argument('where', nargs='?')\n    return made\n"
    "def read():\n    given = parser().parse_args()\n    return given\n"
    "def as_table():\n    return vars(parser().parse_args())\n"
)
STARTING = (
    "from options import parser, read, as_table\nfrom tool import Tool\ndef make(kind):\n    return Tool()\n"
    "def main():\n    {read}\n    tool = make(1)\n"
    "    if {test}:\n        web = None\n    else:\n        web = tool.create_web(80)\n"
    "    if web:\n        web.start()\n"
)


@pytest.mark.parametrize(
    ("read", "test", "argv", "env", "expected"),
    [
        ("given = parser().parse_args()", "given.quiet", (), {}, ["gevent 13>9>12?"]),
        ("p = parser()\n    given, _ = p.parse_known_args()", "given.quiet", (), {}, ["gevent 14>9>12?"]),
        ("p = parser()\n    given = p.parse_args()", "given.quiet", ("--quiet",), {}, []),
        ("given = read()", "given.quiet", (), {}, ["gevent 13>9>12?"]),
        ("given = read()", "given.quiet", ("--quiet",), {}, []),
        ("given = read()", "given.where == 'x'", ("--paths", "a", "x"), {}, ["gevent 13>9>12?"]),
        ("given = read()", "given.where == 'x'", ("x",), {}, []),
        ("given = read()", "given.where == 'x'", ("x", "${MORE}"), {}, []),
        ("given = as_table()", "given['quiet']", ("--quiet",), {}, []),
        ("given = as_table()", "given.get('quiet')", ("--quiet",), {}, []),
        ("given = as_table()", "given.get('quiet')", (), {}, ["gevent 13>9>12?"]),
        ("given = other()", "given.quiet", ("--quiet",), {}, ["gevent 13>9>12?"]),
        ("given = read()", "given.quiet", (), {"QUIET": "1"}, ["gevent 13>9>12?"]),
    ],
)
def test_a_server_of_an_object_that_options_of_another_file_ask_for(
    read: str, test: str, argv: tuple[str, ...], env: dict[str, str], expected: list[str]
) -> None:
    text = STARTING.format(read=read, test=test)
    web = KEPT.format(spawn="spawn(")
    assert ends(follow(text, *argv, env=env, function="main", web=web, tool=TOOL, options=OPTIONS)) == expected


def test_what_the_environment_may_ask_for_is_not_decided() -> None:
    text = "from site_ import app\nfrom options import read\ngiven = read()\nif given.quiet:\n    exit()\napp.run()\n"
    assert ends(follow(text, options=OPTIONS, site_=APP)) == ["app-run 6"]
    assert ends(follow(text, env={"QUIET": "1"}, options=OPTIONS, site_=APP)) == ["app-run 6?"]


@pytest.mark.parametrize(
    ("spawn", "expected"),
    [
        ("spawn(", ["gevent 2>9>12"]),
        ("spawn_later(5, ", ["gevent 2>9>12"]),
        ("Greenlet.spawn(", ["gevent 2>9>12"]),
        ("sleep(", []),
    ],
)
def test_light_threads(spawn: str, expected: list[str]) -> None:
    assert ends(follow("from web import Web\nWeb(80).start()\n", web=KEPT.format(spawn=spawn))) == expected


@pytest.mark.parametrize(("word", "expected"), [("serve", ["app-run 9>5>3"]), ("test", [])])
def test_branches_that_import_different_things_by_one_name(word: str, expected: list[str]) -> None:
    text = (
        "import sys\ndef main():\n    if sys.argv[1] == 'serve':\n        from one import go\n        go()\n"
        "    if sys.argv[1] == 'test':\n        from two import go\n        go()\nmain()\n"
    )
    one = "from site_ import app\ndef go():\n    app.run()\n"
    two = "def go():\n    print('run')\n"
    found = follow(text, word, one=one, two=two, site_=APP)
    assert ends(found) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("found = {}\ndef add():\n    found['a'] = 1\nadd()\nif not found:\n    exit(1)", ["app-run 8?"]),
        ("found = {'a': 0}\nfound['b'] = 1\nif not found['b']:\n    exit(1)", ["app-run 6"]),
        ("found = {'a': 0}\nfound['a'] = 1\nif found['a']:\n    exit(1)", []),
        ("found = {'a': 0}\nfound[other()] = 1\nif found['a']:\n    exit(1)", ["app-run 6?"]),
    ],
)
def test_tables_that_grow(body: str, expected: list[str]) -> None:
    assert ends(follow(f"from site_ import app\n{body}\napp.run()\n", site_=APP)) == expected


FILES = {
    "w.py": APP + "from quart import Quart\nq = Quart('a')\nclass K:\n    pass\nx = 3\n"
    "def create_app(name):\n    return Flask(name)\n"
    "def plain(environ, start_response):\n    return []\n"
    "if __name__ == '__main__':\n    z = app\n",
    "s.py": "from w import app\n",
}


@pytest.mark.parametrize(
    ("path", "name", "kind", "ref"),
    [
        ("w.py", "app", "app", "w:app"),
        ("s.py", "app", "app", "s:app"),
        ("w.py", "create_app", "factory", "w:create_app()"),
        ("w.py", "q", "asgi", None),
        ("w.py", "K", "class", None),
        ("w.py", "x", "other", None),
        ("w.py", "plain", "app", None),
        ("w.py", "z", "main-only", None),
        ("w.py", "nothing", "missing", None),
    ],
)
def test_classify(path: str, name: str, kind: str, ref: str | None) -> None:
    found, app, _ = classify(modules_of(FILES), path, name)
    assert (found, app.ref if app else None) == (kind, ref)


def test_what_an_import_executes() -> None:
    files = {
        "wsgi.py": "from pkg.web import app\nif __name__ == '__main__':\n    import dev\n",
        "pkg/__init__.py": "x = 1\n",
        "pkg/web.py": "from . import part\nfrom pkg import x\n",
        "pkg/part.py": "import wsgi\n",
        "pkg/unused.py": "x = 1\n",
        "dev.py": "x = 1\n",
    }
    assert imports_closure(modules_of(files), "wsgi.py") == {"wsgi.py", "pkg/__init__.py", "pkg/web.py", "pkg/part.py"}
