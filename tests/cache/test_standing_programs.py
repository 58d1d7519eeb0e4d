"""An answer falls once a file that says nothing of a launch gets what following the programs asks its name for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flask_prodcheck.cli import main

APP = "from flask import Flask\napp = Flask(__name__)\n"
QUIET = "def area(radius):\n    return radius\n"
POINTS = '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.cli:main"\n[project.entry-points."{}"]\n{}\n'
COMMANDS = POINTS.format("shop.commands", 'serve = "shop.commands:serve"')
GROUP = "import click\n@click.group()\ndef main():\n    pass\n"
LOADED = "for point in entry_points(group={}):\n    main.add_command(point.load())\n"
TAKEN = "from importlib.metadata import entry_points\n"
IMPORTS = "import click\nimport waitress\nfrom app import app\n" + QUIET
SERVE = "@click.command('serve')\ndef serve():\n    waitress.serve(app)\n"
CLIFF = """import sys
{}from cliff.app import App
from cliff.commandmanager import CommandManager
class Shop({}):
    def __init__(self):
        super().__init__(command_manager=CommandManager("shop.commands"))
def main(argv=sys.argv[1:]):
    return Shop().run(argv)
"""
START = POINTS.format("shop.commands", 'start = "shop.commands:Start"')
STARTS = "class Start(Command):\n    def take_action(self, args):\n        waitress.serve(app)\n"
CLIFF_COMMAND = IMPORTS + "from cliff.command import Command\n"
CLEO = "from cleo.application import Application\nif __name__ == '__main__':\n    Application().run()\n"
PLUMBUM = "from plumbum import cli\nclass Shop(cli.Application):\n    def main(self):\n        pass\nif __name__ == '__main__':\n    Shop.run()\n"
PLUMBUM_COMMAND = "@Shop.subcommand('serve')\nclass Serve(cli.Application):\n    def main(self):\n        waitress.serve(app)\n"
SOCKETIO = "from flask_socketio import SocketIO\nimport shop.model\nfrom flask import Flask\napp = Flask(__name__)\nsocketio = SocketIO(app, async_mode={})\nif __name__ == '__main__':\n    socketio.run(app)\n"
GEVENT = "flask\nflask-socketio\ngevent\n"
HELD = f"import shop.model\n{APP}app.config['SERVE'] = shop.model.SERVE\nif app.config['SERVE']:\n    app.run()\n"
ASKS = "import os\nfrom flask import Flask\napp = Flask(__name__)\nif os.environ.get('SERVE') == 'yes':\n    app.run()\n"
STARTED = "import os\nimport subprocess\nimport shop.model\n{}subprocess.run(['python', 'app.py'], env={})\n"
WRITES = "open('/etc/systemd/system/shop.service', 'w').write({})\n"
UNIT = "'[Service]\\nExecStart=gunicorn -w 1 app:app\\n'"
IN_IMAGE = 'FROM python:3.12\nCOPY . .\nCMD ["gunicorn", "shop:create_app()"]\n'
FACTORY = "from flask import Flask\nfrom shop.more import prepare\ndef create_app():\n    app = Flask(__name__)\n    prepare(app)\n    return app\n"
CREATED = "def create_admin():\n    db.add(User(username='admin', password='admin123'))\n"
MODEL = "from shop.data import db\nclass User:\n    pass\n"
CREATES = "def {}(app):\n    app.config['ADMIN'] = 1\n    create_admin()\n"
SERVED = {"Dockerfile": IN_IMAGE, "shop/__init__.py": FACTORY, "shop/model.py": MODEL + CREATED}
WITH_ADMIN = "from shop.model import create_admin\n" + QUIET

CASES: list[tuple[str, Mapping[str, str], str, str]] = [
    (
        "a plugin",
        {"Procfile": "web: shop serve\n", "pyproject.toml": COMMANDS, "shop/cli.py": TAKEN + GROUP + LOADED.format("'shop.commands'"), "shop/commands.py": IMPORTS},
        "shop/commands.py",
        SERVE,
    ),
    (
        "... that its module has from another",
        {"Procfile": "web: shop serve\n", "pyproject.toml": COMMANDS, "shop/cli.py": TAKEN + GROUP + LOADED.format("'shop.commands'"), "shop/commands.py": "from shop.model import *\n", "shop/model.py": IMPORTS},
        "shop/model.py",
        SERVE,
    ),
    (
        "the group of plugins",
        {"Procfile": "web: shop serve\n", "pyproject.toml": COMMANDS, "shop/cli.py": TAKEN + "from shop.model import POINTS\n" + GROUP + LOADED.format("POINTS"), "shop/commands.py": IMPORTS + SERVE},
        "shop/model.py",
        "POINTS = 'shop.commands'\n",
    ),
    (
        "where plugins are loaded",
        {"Procfile": "web: shop serve\n", "pyproject.toml": COMMANDS, "shop/cli.py": GROUP, "shop/commands.py": IMPORTS + SERVE, "shop/model.py": TAKEN + "from shop.cli import main\n" + QUIET},
        "shop/model.py",
        LOADED.format("'shop.commands'"),
    ),
    (
        "a plugin of Flask",
        {"Procfile": "web: flask start\n", "pyproject.toml": POINTS.format("flask.commands", 'start = "shop.commands:serve"'), "shop/commands.py": IMPORTS},
        "shop/commands.py",
        SERVE,
    ),
    (
        "a command of Flask",
        {"Procfile": "web: flask serve\n", "shop/model.py": IMPORTS},
        "shop/model.py",
        "@app.cli.command('serve')\ndef serve():\n    waitress.serve(app)\n",
    ),
    (
        "... that is added",
        {"Procfile": "web: flask serve\n", "shop/commands.py": IMPORTS + SERVE, "shop/model.py": "from shop.commands import serve\n" + QUIET},
        "shop/model.py",
        "def register(app):\n    app.cli.add_command(serve)\n",
    ),
    (
        "a command of cliff",
        {"Procfile": "web: shop start\n", "pyproject.toml": START, "shop/cli.py": CLIFF.format("", "App"), "shop/commands.py": CLIFF_COMMAND},
        "shop/commands.py",
        STARTS,
    ),
    (
        "the class above an application of cliff",
        {"Procfile": "web: shop start\n", "pyproject.toml": START, "shop/cli.py": CLIFF.format("from shop.model import Base\n", "Base"), "shop/commands.py": CLIFF_COMMAND + STARTS, "shop/model.py": "from cliff.app import App\n" + QUIET},
        "shop/model.py",
        "class Base(App):\n    pass\n",
    ),
    (
        "a command of cleo",
        {"Procfile": "web: python main.py serve\n", "main.py": CLEO, "shop/model.py": IMPORTS + "from cleo.commands.command import Command\n"},
        "shop/model.py",
        "class Serve(Command):\n    name = 'serve'\n    def handle(self):\n        waitress.serve(app)\n",
    ),
    (
        "a command of plumbum",
        {"Procfile": "web: python main.py serve\n", "main.py": PLUMBUM, "shop/model.py": IMPORTS + "from plumbum import cli\nfrom main import Shop\n"},
        "shop/model.py",
        PLUMBUM_COMMAND,
    ),
    (
        "the mode of Flask-SocketIO",
        {"Procfile": "web: python app.py\n", "requirements.txt": GEVENT, "app.py": SOCKETIO.format("shop.model.MODE")},
        "shop/model.py",
        "MODE = 'threading'\n",
    ),
    (
        "... that is an attribute which another file sets",
        {"Procfile": "web: python app.py\n", "requirements.txt": GEVENT, "app.py": SOCKETIO.format("shop.model.Modes.mode"), "shop/model.py": "class Modes:\n    mode = 'eventlet'\n", "shop/more.py": "from shop.model import Modes\n" + QUIET},
        "shop/more.py",
        "Modes.mode = 'threading'\n",
    ),
    ("a setting that the program holds", {"Procfile": "web: python app.py\n", "app.py": HELD}, "shop/model.py", "SERVE = False\n"),
    ("a written text", {}, "shop/model.py", WRITES.format(UNIT)),
    (
        "... that is another file's",
        {"deploy.py": "from shop.model import UNIT\n" + WRITES.format("UNIT")},
        "shop/model.py",
        f"UNIT = {UNIT}\n",
    ),
    (
        "... with a value of another file",
        {"deploy.py": "import shop.model\n" + WRITES.format("f'[Service]\\nExecStart={shop.model.SERVER} app:app\\n'")},
        "shop/model.py",
        "SERVER = 'gunicorn -w 1'\n",
    ),
    (
        "a value in an environment",
        {"Procfile": "web: python main.py\n", "app.py": ASKS, "main.py": STARTED.format("env = os.environ.copy()\nenv['SERVE'] = shop.model.SERVE\n", "env")},
        "shop/model.py",
        "SERVE = 'yes'\n",
    ),
    (
        "a function that makes an environment",
        {"Procfile": "web: python main.py\n", "app.py": ASKS, "main.py": STARTED.format("", "shop.model.made()"), "shop/model.py": "import os\n" + QUIET},
        "shop/model.py",
        "def made():\n    env = dict(os.environ, SERVE='yes')\n    return env\n",
    ),
    ("an account that is created", {**SERVED, "shop/model.py": MODEL, "shop/more.py": WITH_ADMIN + CREATES.format("prepare")}, "shop/model.py", CREATED),
    ("what creates it by itself", {**SERVED, "shop/more.py": WITH_ADMIN}, "shop/more.py", "create_admin()\n"),
    ("... through a function", {**SERVED, "shop/base.py": WITH_ADMIN + CREATES.format("setup"), "shop/more.py": "from shop.base import setup\n" + QUIET}, "shop/more.py", "setup(None)\n"),
    ("... through the factory", {**SERVED, "shop/more.py": WITH_ADMIN}, "shop/more.py", CREATES.format("prepare")),
]  # fmt: skip


def _run(root: Path, *options: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(CliRunner().invoke(main, [str(root), "--format", "json", *options]).output)
    del report["stats"]
    return report


@pytest.mark.parametrize(("files", "edited", "more"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_it_falls(tmp_path: Path, files: Mapping[str, str], edited: str, more: str) -> None:
    root = tmp_path / "project"
    for name, text in {"app.py": APP, "shop/__init__.py": "", "shop/model.py": QUIET, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    before = _run(root)
    (root / edited).write_text((root / edited).read_text(encoding="utf-8") + more, encoding="utf-8")
    after = _run(root)
    assert after == _run(root, "--no-cache")
    assert after != before
