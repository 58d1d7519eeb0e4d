"""Calls that start a development server: which, when, and with what debug and host."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.facts.syntax import FunctionDef
from flask_prodcheck.model.project import RunSite
from flask_prodcheck.model.python.apps import find_apps
from flask_prodcheck.model.python.instances.find import Instances
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.run_sites.find import find_run_sites

HEAD = "import os\nfrom flask import Flask\napp = Flask(__name__)\n"


def sites(files: Mapping[str, str] | str) -> tuple[RunSite, ...]:
    files = {"app.py": files} if isinstance(files, str) else files
    read = {path: read_python(path, text.encode()) for path, text in files.items()}
    modules = Modules(
        Facts(modules={path: module for path, module in read.items() if module is not None}, paths=frozenset(files))
    )
    return find_run_sites(modules, find_apps(modules))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + "app.run()\n", ["app.run"]),
        ("from flask_socketio import SocketIO\n" + HEAD + "s = SocketIO(app)\ns.run(app)\n", ["socketio.run"]),
        (
            "from flask_socketio import SocketIO\n" + HEAD + "s = SocketIO()\ns.init_app(app)\ns.run(app)\n",
            ["socketio.run"],
        ),
        ("from werkzeug.serving import run_simple\n" + HEAD + "run_simple('::', 80, app)\n", ["run_simple"]),
        ("from wsgiref.simple_server import make_server\n" + HEAD + "make_server('', 80, app)\n", ["make_server"]),
        ("from wsgiref.simple_server import make_server\ndef cb(e, s):\n    return []\nmake_server('', 80, cb)\n", []),
        ("from flask_script import Manager\n" + HEAD + "m = Manager(app)\nm.run()\n", ["manager.run"]),
        (
            "from flask_script import Server\nfrom own.manage import init_manager\n"
            + HEAD
            + "m = init_manager(app)\nm.add_command('a', Server())\nm.run()\n",
            ["manager.run"],
        ),
        (
            "from own.manage import Manager, init_manager\njobs = Manager()\n@jobs.command\ndef sweep():\n    pass\n"
            + HEAD
            + "m = init_manager(app)\nm.add_command('jobs', jobs)\nm.run()\n",
            ["manager.run"],
        ),
        (
            "from own.manage import init_manager\nfrom other import Manager\njobs = Manager()\n@jobs.command\ndef sweep():\n    pass\n"
            + HEAD
            + "m = init_manager(app)\nm.add_command('jobs', jobs)\nm.run()\n",
            [],
        ),
        ("from own.tools import TaskManager\n" + HEAD + "m = TaskManager(app)\nm.add_command('a', 1)\nm.run()\n", []),
        ("from own.manage import init_manager\n" + HEAD + "m = init_manager(3)\nm.add_command('a', 1)\nm.run()\n", []),
        ("from own.manage import LoginManager\n" + HEAD + "m = LoginManager(app)\nm.run()\n", []),
        (HEAD + "class A(Flask):\n    def run(self):\n        super().run(debug=True)\n", ["app.run"]),
        (HEAD + "class A(Flask):\n    def run(self):\n        Flask.run(self, '::', 1, True)\n", ["app.run"]),
        (
            HEAD + "class A(Flask):\n    def run(self):\n        pass\n    def go(self):\n        self.run()\n"
            "class B(A):\n    def run(self):\n        super().run()\n",
            [],
        ),
        ("from dash import Dash\nd = Dash('a')\nd.run_server()\n", ["dash.run"]),
        ("import connexion\nc = connexion.App('a')\nc.run()\n", ["app.run"]),
        ("from maxfw.core import MAXApp\nm = MAXApp('a')\nm.run()\n", ["app.run"]),
        ("from maxfw.core import MAXApp\nm = MAXApp('a')\nm.app.run()\n", ["app.run"]),
        (HEAD + "def make():\n    return Flask('b')\nmake().run()\n", ["app.run"]),
        (
            HEAD
            + "class S:\n    def __init__(self):\n        self.app = Flask('b')\n    def go(self):\n        self.app.run()\n",
            ["app.run"],
        ),
        (
            HEAD
            + "class B:\n    def __init__(self):\n        self.app = Flask('b')\nclass S(B):\n    pass\ndef go():\n"
            + "    site = S()\n    site.app.run()\n",
            ["app.run"],
        ),
        (
            HEAD
            + "class B:\n    def __init__(self):\n        self.app = Flask('b')\nclass S(B):\n    def __init__(self):\n"
            + "        self.app = thing()\ndef go():\n    site = S()\n    site.app.run()\n",
            [],
        ),
        (
            HEAD
            + "class W:\n    def __new__(cls, core):\n        return Flask('b')\n"
            + "class S:\n    def __init__(self):\n        self.app = W(1)\n    def go(self):\n        self.app.run()\n",
            ["app.run"],
        ),
        ("import asyncio, subprocess\nasyncio.run(1)\nsubprocess.run(['x'])\n", []),
        ("from fastapi import FastAPI\napp = FastAPI()\napp.run()\n", []),
        ("from celery import Celery\napp = Celery()\nclass T:\n    def go(self):\n        self.run()\napp.run()\n", []),
        ("from flask.cli import FlaskGroup\ncli = FlaskGroup()\ncli()\n", []),
        ("def start(app):\n    app.run(host='x')\n", []),
        ("from flask import Flask\ndef start(app: Flask):\n    app.run(host='x')\n", ["app.run"]),
    ],
)
def test_which_calls(text: str, expected: list[str]) -> None:
    assert [site.call for site in sites(text)] == expected


@pytest.mark.parametrize(
    ("text", "guard"),
    [
        ("app.run()\n", "none"),
        ("if __name__ == '__main__':\n    app.run()\n", "main"),
        ("if __name__ != '__main__':\n    x = 1\nelse:\n    app.run()\n", "main"),
        ("def go():\n    app.run()\n", "function"),
        ("def go():\n    app.run()\nif __name__ == '__main__':\n    go()\n", "function"),
        ("def go():\n    app.run()\ngo()\n", "none"),
        ("def go():\n    app.run()\ndef outer():\n    go()\nouter()\n", "none"),
        ("import click\n@click.command()\ndef go():\n    app.run()\n", "cli"),
        ("@app.cli.command('x')\ndef go():\n    app.run()\n", "cli"),
        ("from invoke import task\n@task\ndef go(ctx):\n    app.run()\n", "cli"),
    ],
)
def test_guard(text: str, guard: str) -> None:
    assert [site.guard.value for site in sites(HEAD + text)] == [guard]


@pytest.mark.parametrize(
    ("arguments", "debug"),
    [
        ("", "unset"),
        ("debug=True", "true"),
        ("debug=False", "false"),
        ("debug=1", "true"),
        ("'h', 80, True", "true"),
        ("**{'debug': True}", "true"),
        ("**OPTIONS", "true"),
        ("**given()", "unknown"),
        ("debug=FLAG", "true"),
        ("debug=bool('False')", "true"),
        ("debug=os.environ.get('D')", "env-default-false"),
        ("debug=os.environ.get('D', 'False')", "env-default-true"),
        ("debug=os.environ.get('D', 'False') == 'True'", "env-default-false"),
        ("debug=os.getenv('D', 'true').lower() in ('1', 'true')", "env-default-true"),
        ("debug=bool(os.environ.get('D', 'False'))", "env-default-true"),
        ("debug=bool(int(os.environ.get('D', '0')))", "env-default-false"),
        ("debug='D' in os.environ", "env-default-false"),
        ("debug=not os.environ.get('PROD')", "env-default-true"),
        ("debug=os.environ.get('D') or True", "env-default-true"),
        ("debug=FROM_ENV", "env-default-false"),
        ("debug=app.config['DEBUG']", "config"),
        ("debug=app.config.get('DEBUG')", "config"),
        ("debug=app.debug", "config"),
        ("debug=something(1)", "unknown"),
    ],
)
def test_debug(arguments: str, debug: str) -> None:
    constants = "FLAG = True\nFROM_ENV = os.environ.get('E', '') == '1'\nOPTIONS = {'debug': True}\n"
    assert [site.debug for site in sites(HEAD + constants + f"app.run({arguments})\n")] == [debug]


def test_debug_assigned_before_the_call() -> None:
    text = HEAD + "if __name__ == '__main__':\n    app.debug = True\n    app.run()\n"
    assert sites(text)[0].debug == "true"


@pytest.mark.parametrize(
    ("assigned", "debug"),
    [
        ("if os.environ.get('D'):\n    app.debug = True\n", "env-default-false"),
        ("if not os.environ.get('PROD'):\n    app.debug = True\n", "env-default-true"),
        ("app.debug = True\nif os.environ.get('PROD'):\n    app.debug = False\n", "env-default-true"),
        ("if os.environ.get('D'):\n    app.debug = True\nelse:\n    app.debug = False\n", "env-default-false"),
        ("if os.environ.get('D'):\n    app.debug = False\n", "false"),
        ("if True:\n    app.debug = True\n", "true"),
        (
            "if os.environ.get('D'):\n    app.debug = True\nif not os.environ.get('E'):\n    app.debug = True\n",
            "config",
        ),
        ("app.debug = os.environ.get('D')\nif os.environ.get('D'):\n    app.debug = False\n", "false"),
        ("app.debug = os.environ.get('D')\nif os.environ.get('E'):\n    app.debug = False\n", "config"),
        ("if something(1):\n    app.debug = True\n", "config"),
        ("if app.config['LOUD']:\n    app.debug = True\n", "config"),
        ("if os.environ.get('D'):\n    if os.environ.get('E'):\n        app.debug = True\n", "config"),
        ("try:\n    import loud\nexcept ImportError:\n    app.debug = True\n", "config"),
        ("if __name__ == '__main__':\n    app.debug = True\n", "true"),
    ],
)
def test_debug_assigned_in_a_branch(assigned: str, debug: str) -> None:
    assert [site.debug for site in sites(HEAD + assigned + "def main():\n    app.run()\n")] == [debug]


def test_debug_assigned_in_the_branch_that_runs() -> None:
    text = HEAD + "def main(loud):\n    if loud:\n        app.debug = True\n        app.run()\n"
    assert sites(text)[0].debug == "true"


@pytest.mark.parametrize(
    ("test", "branch", "debug"),
    [
        ("args.debug", "if", "true"),
        ("args.debug and args.loud", "if", "true"),
        ("not args.debug", "else", "true"),
        ("args.debug or args.loud", "if", "unknown"),
        ("args.debug", "else", "unknown"),
        ("args.loud", "if", "unknown"),
    ],
)
def test_debug_that_the_branch_around_asks_for(test: str, branch: str, debug: str) -> None:
    run, serve = "app.run(debug=args.debug)", "serve(app)"
    first, second = (run, serve) if branch == "if" else (serve, run)
    text = HEAD + (
        "import argparse\ndef main():\n    args = argparse.ArgumentParser().parse_args()\n"
        f"    if {test}:\n        {first}\n    else:\n        {second}\n"
    )
    assert [site.debug for site in sites(text)] == [debug]


@pytest.mark.parametrize(("made", "debug"), [(", debug=True", "true"), (", debug=False", "false"), ("", "unset")])
def test_debug_of_connexion_is_that_of_its_constructor(made: str, debug: str) -> None:
    text = f"import connexion\napp = connexion.FlaskApp(__name__{made})\nif __name__ == '__main__':\n    app.run()\n"
    assert [site.debug for site in sites(text)] == [debug]


@pytest.mark.parametrize("value", ["parser.get('server', 'debug')", "parser['server']['debug']"])
def test_debug_of_a_configuration_file(value: str) -> None:
    text = HEAD + f"import configparser\nparser = configparser.ConfigParser()\nDEBUG = {value}\napp.run(debug=DEBUG)\n"
    assert [site.debug for site in sites(text)] == ["config"]


@pytest.mark.parametrize(("options", "debug"), [("", "unset"), ("    option_list = (Option('--debug'),)\n", "unknown")])
def test_debug_of_a_command_class(options: str, debug: str) -> None:
    text = HEAD + (
        f"from flask_script import Command, Option\nclass Secure(Command):\n{options}"
        "    def run(self, *args, **kwargs):\n        app.run(ssl_context='adhoc', *args, **kwargs)\n"
    )
    assert [site.debug for site in sites(text)] == [debug]


def test_debugger_of_werkzeug() -> None:
    text = "from werkzeug.serving import run_simple\n" + HEAD + "run_simple('h', 1, app, use_debugger=True)\n"
    assert (sites(text)[0].debug, sites(text)[0].host) == ("true", "h")


@pytest.mark.parametrize(
    ("arguments", "host"),
    [
        ("", "unset"),
        ("host='0.0.0.0'", "0.0.0.0"),
        ("'::'", "::"),
        ("host=HOST", "127.0.0.9"),
        ("host=os.environ.get('H', '127.0.0.1')", "127.0.0.1"),
        ("host=os.environ['H']", "unknown"),
        ("host=app.config['H']", "unknown"),
    ],
)
def test_host(arguments: str, host: str) -> None:
    assert [site.host for site in sites(HEAD + f"HOST = '127.0.0.9'\napp.run({arguments})\n")] == [host]


def test_a_parameter_takes_what_its_callers_hand_over() -> None:
    files = {
        "lib.py": "def start(thing):\n    thing.run()\n",
        "main.py": HEAD + "from lib import start\nif __name__ == '__main__':\n    start(app)\n",
    }
    assert [(site.span.file, site.call) for site in sites(files)] == [("lib.py", "app.run")]


HANDED_OVER = {
    "the receiver": ("def go(x):\n    x.run(host='h')\n", "go(app)", ["app.run"]),
    "a variable": ("def go(x):\n    y = x\n    y.run()\n", "go(app)", ["app.run"]),
    "a variable that is bound twice": ("def go(x):\n    y = x\n    y = x\n    y.run()\n    y.run()\n", "go(app)", ["app.run", "app.run"]),
    "inside another function": ("def go(x):\n    def inner():\n        x.run()\n    inner()\n", "go(app)", ["app.run"]),
    "hidden by another function's": ("def go(x):\n    def inner(x):\n        x.run()\n    inner(1)\n", "go(app)", []),
    "an argument": ("from wsgiref.simple_server import make_server\ndef go(x):\n    make_server('', 1, x)\n", "go(app)", ["make_server"]),
    "what a factory gets": ("def same(x):\n    return x\ndef go(x):\n    same(x).run()\n", "go(app)", ["app.run"]),
    "nothing": ("def go(x):\n    x.run()\n", "go(1)", []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "call", "expected"), HANDED_OVER.values(), ids=HANDED_OVER)
def test_what_is_handed_over_counts_however_it_is_used(text: str, call: str, expected: list[str]) -> None:
    found = sites({"server.py": text, "app.py": HEAD + f"from server import *\n{call}\n"})
    assert [site.call for site in found] == expected


def test_callers_are_asked_for_only_where_a_call_hangs_on_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    parameters = Instances.parameters

    def noted(self: Instances, path: str, node: FunctionDef) -> dict[str, Instance | None]:
        asked.append(node.name)
        return parameters(self, path, node)

    monkeypatch.setattr(Instances, "parameters", noted)
    text = HEAD + (
        "import subprocess\ndef plain(x):\n    app.run()\n    subprocess.run(x)\n    Job(x).run()\n"
        "class Job:\n    def run(self):\n        pass\ndef hanging(x):\n    x.run()\n    x.run()\n"
    )
    assert [site.call for site in sites(text)] == ["app.run"]
    assert set(asked) == {"hanging"}


@pytest.mark.parametrize(
    ("path", "test"),
    [
        ("tests/test_x.py", True),
        ("integration_tests/shop/server.py", True),
        ("e2e-test/server.py", True),
        ("latest/server.py", False),
        ("contests/server.py", False),
    ],
)
def test_test_files_are_marked(path: str, test: bool) -> None:
    assert [site.test for site in sites({path: HEAD + "app.run()\n"})] == [test]


def test_the_words_of_a_run_through_the_class() -> None:
    text = HEAD + "class A(Flask):\n    def run(self):\n        Flask.run(self, '::', 1, True)\n"
    assert [(site.host, site.debug) for site in sites(text)] == [("::", "true")]


@pytest.mark.parametrize(
    ("option", "main", "expected"),
    [
        ("'--debug/--normal', default=False", "go(auto_envvar_prefix='SITE')", "env-default-false"),
        ("'--debug', is_flag=True, envvar='SITE_DEBUG'", "go()", "env-default-false"),
        ("'--debug/--normal', default=True, envvar='SITE_DEBUG'", "go()", "env-default-true"),
        ("'--debug', is_flag=True", "go()", "unknown"),
    ],
)
def test_the_environment_may_give_an_option_of_click(option: str, main: str, expected: str) -> None:
    text = (
        f"import click\n{HEAD}@click.command()\n@click.option({option})\ndef go(debug):\n    app.run(debug=debug)\n"
        f"def main():\n    {main}\n"
    )
    assert [site.debug for site in sites(text)] == [expected]


@pytest.mark.parametrize(
    ("path", "test"),
    [
        ("features/environment.py", True),
        ("shop/features/steps/login.py", True),
        ("features/web.py", False),
        ("shop/environment.py", False),
    ],
)
def test_what_behave_runs_is_test_code(path: str, test: bool) -> None:
    assert [site.test for site in sites({path: HEAD + "app.run()\n"})] == [test]


CLICK = (
    "import click\nfrom flask import Flask\n@click.group()\n@click.pass_context\ndef cli(ctx):\n    {}\n"
    "@cli.command()\n@click.pass_context\ndef run(ctx):\n    app = ctx.obj['app']\n    app.run()\n"
)


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        ("ctx.obj = {'app': Flask('a')}", True),
        ("ctx.obj['app'] = Flask('a')", True),
        ("ctx.obj = {'site': Flask('a')}", False),
        ("ctx.obj = {'app': 1}", False),
        ("ctx.meta = {'app': Flask('a')}", False),
    ],
)
def test_what_a_group_keeps_for_its_commands(kept: str, found: bool) -> None:
    assert [(each.call, each.guard) for each in sites(CLICK.format(kept))] == ([("app.run", "cli")] if found else [])


def test_an_object_of_something_else_than_click() -> None:
    assert sites(CLICK.format("ctx.obj = {'app': Flask('a')}").replace("import click", "import other as click")) == ()


def test_the_host_that_a_framework_gives_by_itself() -> None:
    made = "from maxfw.core import MAXApp\nm = MAXApp('a')\n"
    assert [site.host for site in sites({"app.py": made + "m.run()\n"})] == ["0.0.0.0"]
    assert [site.host for site in sites({"app.py": made + "m.app.run()\n"})] == ["unset"]
