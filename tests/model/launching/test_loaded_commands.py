"""Launches of programs that find what they run by a name which they compute, or through another command of click."""

from __future__ import annotations

from collections.abc import Callable

import pytest

APP = "from flask import Flask\napp = Flask(__name__)\n"
PROJECT = {
    "Dockerfile": 'FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install .\nCMD ["shop", "web", "start"]\n',
    "setup.py": "from setuptools import setup\nsetup(name='shop', entry_points={'console_scripts': ['shop = shop.cli:cli']})\n",
    "shop/__init__.py": "",
    "shop/site.py": APP,
    "shop/commands/__init__.py": "",
    "shop/commands/web.py": """import subprocess
import click

@click.group("web")
def cli():
    pass

@cli.command("start")
@click.option("--port")
def start(port):
    command = f"gunicorn -b 0.0.0.0:{port} shop.site:app"
    subprocess.Popen(command.split(" ")).wait()
""",
}
ENDS = "shop/commands/web.py:12 gunicorn production shop.site:app True"
GROUP = "import click\nimport importlib\n\nclass Commands(click.Group):\n"
LAZY = (
    GROUP
    + """    def __init__(self, *args, lazy=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.lazy = lazy or {}

    def get_command(self, ctx, name):
        if name in self.lazy:
            return self.load(name)
        return super().get_command(ctx, name)

    def load(self, name):
        module, attribute = self.lazy[name].rsplit(".", 1)
        return getattr(importlib.import_module(module), attribute)

"""
)

GROUPS: list[tuple[str, str, list[str]]] = [
    (
        "a class that imports the module called like the command",
        GROUP
        + """    def get_command(self, ctx, name):
        if name.startswith("_"):
            return
        module = importlib.import_module("." + name, "shop.commands")
        return module.cli

@click.command(cls=Commands)
def cli():
    pass
""",
        [ENDS],
    ),
    (
        "the same below the package of the file",
        GROUP
        + "    def get_command(self, ctx, name):\n"
        + "        return importlib.import_module(f'.commands.{name}', __package__).cli\n\ncli = Commands()\n",
        [ENDS],
    ),
    (
        "the built-in function that import calls",
        GROUP
        + "    def get_command(self, ctx, name):\n"
        + "        mod = __import__('shop.commands.' + name, None, None, ['cli'])\n        return mod.cli\n\n"
        + "@click.group(cls=Commands)\ndef cli():\n    pass\n",
        [ENDS],
    ),
    (
        "a table that the decorator hands to the class",
        LAZY + "@click.group(cls=Commands, lazy={'web': 'shop.commands.web.cli'})\ndef cli():\n    pass\n",
        [ENDS],
    ),
    (
        "a table without the command",
        LAZY + "@click.group(cls=Commands, lazy={'other': 'shop.commands.web.cli'})\ndef cli():\n    pass\n",
        [],
    ),
    (
        "the code of the file called like the command, as click's documentation shows it",
        (
            "import click\nimport os\n\nfolder = os.path.join(os.path.dirname(__file__), 'commands')\n\n"
            "class Commands(click.MultiCommand):\n    def get_command(self, ctx, name):\n        ns = {}\n"
            "        fn = os.path.join(folder, name + '.py')\n        with open(fn) as f:\n"
            "            code = compile(f.read(), fn, 'exec')\n            eval(code, ns, ns)\n        return ns['cli']\n\n"
            "cli = Commands()\n"
        ),
        [ENDS],
    ),
    (
        "the module of the file called like the command",
        (
            "import click\nimport importlib.util\nfrom pathlib import Path\n\nHERE = Path(__file__).resolve().parent\n\n"
            "class Commands(click.Group):\n    def get_command(self, ctx, name):\n"
            "        path = HERE / 'commands' / f'{name}.py'\n"
            "        spec = importlib.util.spec_from_file_location(name, path)\n"
            "        module = importlib.util.module_from_spec(spec)\n        spec.loader.exec_module(module)\n"
            "        return module.cli\n\n@click.group(cls=Commands)\ndef cli():\n    pass\n"
        ),
        [ENDS],
    ),
    (
        "the code of a file that the project has not",
        (
            "import click\nimport os\n\nclass Commands(click.Group):\n    def get_command(self, ctx, name):\n        ns = {}\n"
            "        fn = os.path.join(os.environ['PLUGINS'], name + '.py')\n        with open(fn) as f:\n"
            "            exec(compile(f.read(), fn, 'exec'), ns)\n        return ns['cli']\n\ncli = Commands()\n"
        ),
        [],
    ),
    (
        "a module that the project has not",
        GROUP
        + "    def get_command(self, ctx, name):\n        return importlib.import_module('plugins.' + name).cli\n\n"
        + "@click.group(cls=Commands)\ndef cli():\n    pass\n",
        [],
    ),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in GROUPS], ids=[case[0] for case in GROUPS])
def test_a_group_finds_its_commands_itself(
    text: str, expected: list[str], chains: Callable[[dict[str, str]], list[str]]
) -> None:
    found = chains({**PROJECT, "shop/cli.py": text})
    assert [each.split(" > ")[-1] for each in found] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mod = importlib.import_module('jobs.' + sys.argv[1])\nmod.main()\n", ["jobs/web.py:5 app-run"]),
        ("run = getattr(importlib.import_module(f'jobs.{sys.argv[1]}'), 'main')\nrun()\n", ["jobs/web.py:5 app-run"]),
        ("mod = importlib.import_module('jobs.' + sys.argv[2])\nmod.main()\n", []),
        ("mod = importlib.import_module('tasks.' + sys.argv[1])\nmod.main()\n", []),
    ],
)
def test_a_program_runs_a_module_that_its_argument_names(
    text: str, expected: list[str], chains: Callable[[dict[str, str]], list[str]]
) -> None:
    files = {
        "Procfile": "web: python run.py web\n",
        "run.py": "import importlib\nimport sys\n" + text,
        "jobs/__init__.py": "",
        "jobs/web.py": APP + "\ndef main():\n    app.run()\n",
    }
    assert [" ".join(each.split(" > ")[-1].split()[:2]) for each in chains(files)] == expected


FLASK_GROUP = """import click
from flask.cli import FlaskGroup, run_command
from shop.site import app

def create_app():
    return app

@click.group(cls=FlaskGroup, create_app=create_app)
def cli():
    pass
"""


def test_flasks_group_with_a_class_of_its_own_keeps_its_factory(chains: Callable[[dict[str, str]], list[str]]) -> None:
    own = "class Own(FlaskGroup):\n    def get_command(self, ctx, name):\n        return super().get_command(ctx, name)\n\n"
    text = FLASK_GROUP.replace("@click", own + "@click").replace("cls=FlaskGroup", "cls=Own")
    text = text.replace("    return app\n", "    from flask import Flask\n    return Flask(__name__)\n")
    files = {**PROJECT, "Dockerfile": PROJECT["Dockerfile"].replace('"web", "start"', '"run"'), "shop/cli.py": text}
    assert [each.split(" > ")[-1] for each in chains(files)] == [
        "shop/cli.py:14 flask-run production shop.cli:create_app() True"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            FLASK_GROUP
            + "\n@cli.command()\n@click.pass_context\ndef web(ctx):\n    ctx.invoke(run_command, port=80)\n",
            ["shop/cli.py:15 flask-run production shop/cli.py True"],
        ),
        (
            FLASK_GROUP.replace("    return app\n", "    app = Flask(__name__)\n    return app\n").replace(
                "from shop.site import app", "from flask import Flask"
            )
            + "\n@cli.command()\ndef web():\n    click.get_current_context().invoke(run_command)\n",
            ["shop/cli.py:15 flask-run production shop.cli:create_app() True"],
        ),
        (
            (
                "import click\nfrom shop.site import app\n\n@click.group()\ndef cli():\n    pass\n\n"
                "@click.command()\n@click.option('--port', default=80)\ndef serve(port):\n    app.run(port=port)\n\n"
                "@cli.command()\n@click.pass_context\ndef web(ctx):\n    ctx.invoke(serve, port=8000)\n"
            ),
            ["shop/cli.py:11 app-run production shop.cli:app True"],
        ),
        (
            (
                "import click\nfrom shop.site import app\n\n@click.group()\ndef cli():\n    pass\n\n"
                "def serve():\n    app.run()\n\n@cli.command()\ndef web(job):\n    job.invoke(serve)\n"
            ),
            [],
        ),
    ],
)
def test_a_command_of_click_invokes_another(
    text: str, expected: list[str], chains: Callable[[dict[str, str]], list[str]]
) -> None:
    found = chains({**PROJECT, "shop/cli.py": text})
    assert [each.split(" > ")[-1] for each in found] == expected
