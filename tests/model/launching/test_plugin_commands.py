"""Launches through commands that a project declares as plugins of its own programs, or of Flask's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

APP = "from flask import Flask\napp = Flask(__name__)\n"
SERVE = "import click\nimport waitress\nfrom app import app\n@click.command({})\ndef serve():\n    waitress.serve(app)\n"
PYPROJECT = '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.cli:main"\n[project.entry-points."{}"]\n{}\n'
COMMANDS = PYPROJECT.format("shop.commands", 'serve = "shop.commands:serve"')
GROUP = "import click\n{}@click.group()\ndef main():\n    pass\n{}"
IMPORTED = "from importlib.metadata import entry_points\n"
FROM_SETUPTOOLS = "from pkg_resources import iter_entry_points\n"
ADDED = "for point in {}:\n    main.add_command(point.load())\n"
ENDS = "Procfile:1 > pyproject.toml:4 > shop/commands.py:6 waitress production shop.commands:app True"
PROJECT = {
    "Procfile": "web: shop serve\n",
    "app.py": APP,
    "shop/__init__.py": "",
    "shop/commands.py": SERVE.format('"serve"'),
    "pyproject.toml": COMMANDS,
}

CLICK = [
    ("the entry points of a group", GROUP.format(IMPORTED, ADDED.format('entry_points(group="shop.commands")')), [ENDS]),
    (
        "... as they were given once",
        GROUP.format(IMPORTED, ADDED.format('entry_points().get("shop.commands", ())')),
        [ENDS],
    ),
    ("... by a subscript", GROUP.format(IMPORTED, ADDED.format('entry_points()["shop.commands"]')), [ENDS]),
    (
        "... selected, in a list, under a name",
        GROUP.format(
            IMPORTED,
            'NAME = "shop.commands"\npoints = list(entry_points().select(group=NAME))\n' + ADDED.format("points"),
        ),
        [ENDS],
    ),
    (
        "... of setuptools",
        GROUP.format(FROM_SETUPTOOLS, ADDED.format('iter_entry_points("shop.commands")')),
        [ENDS],
    ),
    (
        "click-plugins",
        GROUP.format(
            FROM_SETUPTOOLS + "from click_plugins import with_plugins\n@with_plugins(iter_entry_points('shop.commands'))\n",
            "",
        ),
        [ENDS],
    ),
    ("another group", GROUP.format(IMPORTED, ADDED.format('entry_points(group="shop.reports")')), []),
]


@pytest.mark.parametrize(("cli", "expected"), [case[1:] for case in CLICK], ids=[case[0] for case in CLICK])
def test_commands_of_a_group_of_entry_points(
    cli: str, expected: list[str], chains: Callable[[dict[str, str]], list[str]]
) -> None:
    assert chains({**PROJECT, "shop/cli.py": cli}) == expected


CLIFF = """import sys
from cliff.app import App
from cliff.commandmanager import CommandManager

class Shop(App):
    def __init__(self):
        super().__init__(description="shop", version="1", command_manager=CommandManager("shop.commands"))

def main(argv=sys.argv[1:]):
    return Shop().run(argv)
"""
STARTS = "import waitress\nfrom cliff.command import Command\nfrom app import app\nclass Start(Command):\n    def take_action(self, parsed_args):\n        waitress.serve(app)\n"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("shop server start", [ENDS.replace("pyproject.toml:4", "pyproject.toml:4 > shop/cli.py:10")]),
        ("shop --debug server start --port 80", [ENDS.replace("pyproject.toml:4", "pyproject.toml:4 > shop/cli.py:10")]),
        ("shop server stop", []),
    ],
)
def test_commands_of_cliff(command: str, expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    files = {
        **PROJECT,
        "Procfile": f"web: {command}\n",
        "pyproject.toml": PYPROJECT.format("shop.commands", 'server_start = "shop.commands:Start"'),
        "shop/commands.py": STARTS,
        "shop/cli.py": CLIFF,
    }
    assert chains(files) == expected


OWN = "import waitress\n{}\n@{}.cli.command({})\ndef serve():\n    waitress.serve(app)\n"
FLASK = [
    ("of the application", "serve", {"app.py": OWN.format(APP, "app", '"serve"')}, ["Procfile:1 > app.py:7 waitress"]),
    ("... called like its function", "serve", {"app.py": OWN.format(APP, "app", "")}, ["Procfile:1 > app.py:7 waitress"]),
    (
        "... added by a function",
        "serve",
        {"app.py": APP, "commands.py": SERVE.format("") + "def register(app):\n    app.cli.add_command(serve)\n"},
        ["Procfile:1 > commands.py:6 waitress"],
    ),
    (
        "of a distribution of the project",
        "start",
        {
            "app.py": APP,
            "shop/__init__.py": "",
            "shop/commands.py": SERVE.format('"start"'),
            "setup.py": "from setuptools import setup\nsetup(name='shop', entry_points={'flask.commands': ['start=shop.commands:serve']})\n",
        },
        ["Procfile:1 > setup.py:2 > shop/commands.py:6 waitress"],
    ),
    (
        "of a blueprint, which stands below its name",
        "serve",
        {"app.py": OWN.format(APP + "from flask import Blueprint\nbp = Blueprint('x', __name__)\n", "bp", '"serve"')},
        [],
    ),
    ("of nobody", "serve", {"app.py": OWN.format(APP, "app", '"start"')}, []),
]


@pytest.mark.parametrize(
    ("word", "files", "expected"), [case[1:] for case in FLASK], ids=[case[0] for case in FLASK]
)
def test_commands_that_the_project_gives_to_flask(
    word: str, files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]
) -> None:
    found = chains({"Procfile": f"web: flask {word}\n", **files})
    assert [each.partition(" production ")[0] for each in found] == expected


def test_another_program_is_no_command_of_flask(chains: Callable[[dict[str, str]], list[str]]) -> None:
    files = {"app.py": OWN.format(APP, "app", '"locust"')}
    assert chains({"Procfile": "web: locust\n", **files}) == []
    assert chains({"Procfile": "web: flask locust\n", **files}) != []
