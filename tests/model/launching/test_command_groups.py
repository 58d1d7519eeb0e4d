"""Launches through the commands of groups: how they are registered, which one the words choose, what their options hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

SITE = "from flask import Flask\napp = Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install .\nCMD [{}]\n"
PROJECT = "[project]\nname = 'shop'\ndependencies = ['flask']\n[project.scripts]\nshop = 'shop.cli:main'\n"
CLICK = "import click\nfrom shop.site import app\n"
TYPER = "import typer\nfrom shop.site import app\nmain = typer.Typer()\n"
GROUP = "@click.group()\ndef main():\n    pass\n"
SERVE = "import click\nfrom shop.site import app\n@click.command()\ndef serve():\n    app.run()\n"
OTHER = "@click.command()\ndef other():\n    pass\n"
EITHER = "    if debug:\n        app.run()\n    else:\n        from waitress import serve\n        serve(app)\n"


def started(found: list[str]) -> list[str]:
    """The last hop and the server of the chains that begin in the image."""
    return [" ".join(each.split(" > ")[-1].split()[:2]) for each in found if each.startswith("Dockerfile")]


COMMANDS: list[tuple[str, str, str, list[str]]] = [
    (
        "click: added in turn",
        "import click\nfrom shop.web import other, serve\n"
        + GROUP
        + "for each in (serve, other):\n    main.add_command(each)\n",
        "shop serve",
        ["shop/web.py:5 app-run"],
    ),
    (
        "click: added in a function",
        (
            "import click\n@click.group()\ndef cli():\n    pass\ndef main():\n    from shop.web import serve\n"
            "    cli.add_command(serve, name='web')\n    cli()\n"
        ),
        "shop web",
        ["shop/web.py:5 app-run"],
    ),
    (
        "click: Flask's own run by another name",
        "import click\nfrom flask.cli import run_command\n" + GROUP + "main.add_command(run_command, 'serve')\n",
        "shop serve",
        ["shop/cli.py:4 flask-run"],
    ),
    (
        "click: Flask's own run by its name, of a group that is added",
        "import click\nimport flask.cli\n" + GROUP + "sub = click.Group('sub')\nmain.add_command(sub)\nsub.add_command(flask.cli.run_command)\n",
        "shop sub run",
        ["shop/cli.py:4 flask-run"],
    ),
    (
        "click: Flask's own run, not the word",
        "import click\nfrom flask.cli import run_command\n" + GROUP + "main.add_command(run_command, 'serve')\n",
        "shop run",
        [],
    ),
    (
        "click: another command of Flask's",
        "import click\nfrom flask.cli import routes_command\n" + GROUP + "main.add_command(routes_command, 'serve')\n",
        "shop serve",
        [],
    ),
    (
        "click: given to the group by name",
        "import click\nfrom shop.web import serve\nmain = click.Group('shop', commands={'web': serve})\n",
        "shop web",
        ["shop/web.py:5 app-run"],
    ),
    (
        "click: given to the decorator",
        "import click\nfrom shop.web import other, serve\n@click.group(commands=[serve, other])\ndef main():\n    pass\n",
        "shop serve",
        ["shop/web.py:5 app-run"],
    ),
    (
        "click: a group as a value that is added",
        "import click\nfrom shop.web import serve\n" + GROUP + "sub = click.Group('sub')\nmain.add_command(sub)\n"
        "sub.add_command(serve)\n",
        "shop sub serve",
        ["shop/web.py:5 app-run"],
    ),
    (
        "click: taken from the modules of a package",
        "import importlib\nimport os\nimport click\n"
        + GROUP
        + "for file in os.listdir(os.path.dirname(__file__) + '/more'):\n"
        "    name = file[:-3]\n    module = importlib.import_module('shop.more.' + name)\n    main.add_command(module.cli, name)\n",
        "shop web",
        ["shop/more/web.py:5 app-run"],
    ),
    (
        "click: the same, with the package as an argument and the command's own name",
        "import importlib\nimport pkgutil\nimport click\nfrom shop import more\n"
        + GROUP
        + "for found in pkgutil.iter_modules(more.__path__):\n"
        "    main.add_command(getattr(importlib.import_module('.' + found.name, 'shop.more'), 'cli'))\n",
        "shop cli",
        ["shop/more/web.py:5 app-run"],
    ),
    (
        "click: the same, another command",
        "import importlib\nimport os\nimport click\n" + GROUP + "for file in os.listdir('shop/more'):\n"
        "    module = importlib.import_module(f'shop.more.{file[:-3]}')\n    main.add_command(module.cli, file[:-3])\n",
        "shop cli",
        [],
    ),
    (
        "click-default-group",
        CLICK + "from click_default_group import DefaultGroup\n"
        "@click.group(cls=DefaultGroup, default='serve', default_if_no_args=True)\ndef main():\n    pass\n"
        "@main.command()\ndef serve():\n    app.run()\n@main.command()\ndef other():\n    pass\n",
        "shop",
        ["shop/cli.py:9 app-run"],
    ),
    (
        "click: behind an option of the group with a value",
        CLICK + "@click.group()\n@click.option('--config')\ndef main(config):\n    pass\n"
        "@main.command()\ndef serve():\n    app.run()\n",
        "shop --config prod.toml serve",
        ["shop/cli.py:9 app-run"],
    ),
    (
        "click: what the group does without a command",
        CLICK + "@click.group(invoke_without_command=True)\n@click.pass_context\ndef main(ctx):\n"
        "    if ctx.invoked_subcommand is None:\n        app.run()\n@main.command()\ndef other():\n    pass\n",
        "shop",
        ["shop/cli.py:7 app-run"],
    ),
    (
        "click: the same with one",
        CLICK + "@click.group(invoke_without_command=True)\n@click.pass_context\ndef main(ctx):\n"
        "    if ctx.invoked_subcommand is None:\n        app.run()\n@main.command()\ndef other():\n    pass\n",
        "shop other",
        [],
    ),
    (
        "typer: applications below one another",
        "import typer\nfrom shop.more import typed\nmain = typer.Typer()\nmain.add_typer(typed.main, name='web')\n",
        "shop web start",
        ["shop/more/typed.py:6 app-run"],
    ),
    (
        "typer: a name of its own",
        "import typer\nfrom shop.more import named\nmain = typer.Typer()\nmain.add_typer(named.main)\n",
        "shop named start",
        ["shop/more/named.py:6 app-run"],
    ),
    (
        "typer: taken over without a name",
        "import typer\nfrom shop.more import typed\nmain = typer.Typer()\nmain.add_typer(typed.main)\n",
        "shop start",
        ["shop/more/typed.py:6 app-run"],
    ),
    (
        "typer: a call in the place of the decorator",
        TYPER
        + "def serve():\n    app.run()\ndef other():\n    pass\nmain.command()(serve)\nmain.command('rest')(other)\n",
        "shop serve",
        ["shop/cli.py:5 app-run"],
    ),
    (
        "typer: what runs without a command",
        TYPER + "@main.callback(invoke_without_command=True)\ndef start(ctx: typer.Context):\n"
        "    if ctx.invoked_subcommand is None:\n        app.run()\n@main.command()\ndef other():\n    pass\n",
        "shop",
        ["shop/cli.py:7 app-run"],
    ),
    (
        "typer: the same with one",
        TYPER + "@main.callback(invoke_without_command=True)\ndef start(ctx: typer.Context):\n"
        "    if ctx.invoked_subcommand is None:\n        app.run()\n@main.command()\ndef other():\n    pass\n",
        "shop other",
        [],
    ),
    (
        "typer: a callback that runs before commands only",
        TYPER + "@main.callback()\ndef start():\n    app.run()\n@main.command()\ndef other():\n    pass\n",
        "shop",
        [],
    ),
    (
        "cyclopts: a command, and what runs without one",
        (
            "from cyclopts import App\nfrom shop.site import app\nmain = App()\n@main.default\ndef nothing():\n    pass\n"
            "@main.command\ndef serve():\n    app.run()\n"
        ),
        "shop serve",
        ["shop/cli.py:9 app-run"],
    ),
    (
        "cyclopts: nothing named",
        (
            "from cyclopts import App\nfrom shop.site import app\nmain = App()\n@main.default\ndef serve():\n    app.run()\n"
            "@main.command\ndef other():\n    pass\n"
        ),
        "shop",
        ["shop/cli.py:6 app-run"],
    ),
    (
        "fire: an object's method",
        (
            "import fire\nfrom shop.site import app\nclass Shop:\n    def serve(self):\n        app.run()\n"
            "def main():\n    fire.Fire(Shop())\n"
        ),
        "shop serve",
        ["shop/cli.py:5 app-run"],
    ),
    (
        "fire: a method of what an object holds",
        (
            "import fire\nfrom shop.site import app\nclass Web:\n    def start(self):\n        app.run()\n"
            "class Shop:\n    def __init__(self):\n        self.web = Web()\ndef main():\n    fire.Fire(Shop)\n"
        ),
        "shop web start",
        ["shop/cli.py:5 app-run"],
    ),
    (
        "fire: classes in a table",
        (
            "import fire\nfrom shop.site import app\nclass Web:\n    def start(self):\n        app.run()\n"
            "def main():\n    fire.Fire({'web': Web})\n"
        ),
        "shop web start",
        ["shop/cli.py:5 app-run"],
    ),
    (
        "argh: one of several functions",
        (
            "import argh\nfrom shop.site import app\ndef serve():\n    app.run()\ndef other():\n    app.run()\n"
            "def main():\n    argh.dispatch_commands([serve, other])\n"
        ),
        "shop serve",
        ["shop/cli.py:4 app-run"],
    ),
    (
        "cleo: a class, added to the application",
        (
            "from cleo.application import Application\nfrom cleo.commands.command import Command\nfrom shop.site import app\n"
            "class Base(Command):\n    pass\nclass Serve(Base):\n    name = 'web start'\n    def handle(self):\n        app.run()\n"
            "def main():\n    application = Application()\n    application.add(Serve())\n    application.run()\n"
        ),
        "shop web start",
        ["shop/cli.py:9 app-run"],
    ),
    (
        "cleo: another command",
        (
            "from cleo.application import Application\nfrom cleo.commands.command import Command\nfrom shop.site import app\n"
            "class Serve(Command):\n    name = 'web start'\n    def handle(self):\n        app.run()\n"
            "def main():\n    application = Application()\n    application.add(Serve())\n    application.run()\n"
        ),
        "shop web stop",
        [],
    ),
    (
        "plumbum: a class",
        (
            "from plumbum import cli\nfrom shop.site import app\nclass Shop(cli.Application):\n    def main(self):\n        app.run()\n"
            "def main():\n    Shop.run()\n"
        ),
        "shop",
        ["shop/cli.py:5 app-run"],
    ),
    (
        "plumbum: a class below another",
        (
            "from plumbum import cli\nfrom shop.site import app\nclass Shop(cli.Application):\n    pass\n"
            "@Shop.subcommand('serve')\nclass Serve(cli.Application):\n    def main(self):\n        app.run()\n"
            "@Shop.subcommand('other')\nclass Other(cli.Application):\n    def main(self):\n        app.run()\n"
            "def main():\n    Shop.run()\n"
        ),
        "shop other",
        ["shop/cli.py:12 app-run"],
    ),
    (
        "tyro",
        "import tyro\nfrom shop.site import app\ndef serve():\n    app.run()\ndef main():\n    tyro.cli(serve)\n",
        "shop",
        ["shop/cli.py:4 app-run"],
    ),
]


@pytest.mark.parametrize(
    ("program", "command", "expected"), [case[1:] for case in COMMANDS], ids=[case[0] for case in COMMANDS]
)
def test_the_command_that_the_words_choose(
    program: str, command: str, expected: list[str], chains: Callable[[dict[str, str]], list[str]]
) -> None:
    typed = "import typer\nfrom shop.site import app\nmain = typer.Typer({})\n@main.command()\ndef start():\n    app.run()\n"
    typed += "@main.command()\ndef stop():\n    pass\n"
    files = {
        "Dockerfile": IMAGE.format(", ".join(f'"{word}"' for word in command.split())),
        "pyproject.toml": PROJECT,
        "shop/__init__.py": "",
        "shop/site.py": SITE,
        "shop/web.py": SERVE + OTHER,
        "shop/more/__init__.py": "",
        "shop/more/web.py": SERVE.replace("def serve", "def cli"),
        "shop/more/typed.py": typed.format(""),
        "shop/more/named.py": typed.format("name='named'"),
        "shop/cli.py": program,
    }
    assert started(chains(files)) == expected


USAGE = (
    '"""Shop.\n\nUsage:\n  shop serve [options]\n  shop [--all] other <name>...\n\nOptions:\n  -p PORT, --port=PORT  Its port [default: 80].\n'
    '  -d --debug  Shows more.\n  --mode=MODE  What it is for.\n"""\nfrom docopt import docopt\nfrom shop.site import app\n'
    "def main():\n    args = docopt(__doc__)\n"
)
OPTIONS: list[tuple[str, str, str, list[str]]] = [
    ("docopt: a command", USAGE + EITHER.replace("if debug", "if args['serve']"), "shop serve", ["app-run"]),
    ("docopt: another command", USAGE + EITHER.replace("if debug", "if args['serve']"), "shop other x", ["waitress"]),
    ("docopt: a flag", USAGE + EITHER.replace("if debug", "if args['--debug']"), "shop serve -d", ["app-run"]),
    ("docopt: no flag", USAGE + EITHER.replace("if debug", "if args['--debug']"), "shop serve", ["waitress"]),
    ("docopt: a value", USAGE + EITHER.replace("if debug", "if args['--port'] == '8'"), "shop serve -p 8", ["app-run"]),
    (
        "docopt: a value like a command",
        USAGE + EITHER.replace("if debug", "if args['serve']"),
        "shop other x --mode serve",
        ["waitress"],
    ),
    ("docopt: a default", USAGE + EITHER.replace("if debug", "if args['--port'] == '80'"), "shop serve", ["app-run"]),
    ("docopt: none", USAGE + EITHER.replace("if debug", "if args['--mode'] is None"), "shop serve", ["app-run"]),
    ("docopt: of the usage", USAGE + EITHER.replace("if debug", "if args['--all']"), "shop --all other x", ["app-run"]),
    (
        "docopt: a word that the text does not know",
        USAGE + EITHER.replace("if debug", "if args['--debug']"),
        "shop serve --quick",
        ["app-run", "waitress"],
    ),
    (
        "docopt: a text of its own",
        "from docopt import docopt\nfrom shop.site import app\nHELP = 'Usage: shop [--debug]'\ndef main():\n    args = docopt(HELP)\n"
        + EITHER.replace("if debug", "if args['--debug']"),
        "shop --debug",
        ["app-run"],
    ),
    (
        "optparse",
        "from optparse import OptionParser\nfrom shop.site import app\ndef main():\n    parser = OptionParser()\n"
        "    parser.add_option('-d', '--debug', action='store_true')\n    (options, args) = parser.parse_args()\n"
        + EITHER.replace("if debug", "if options.debug"),
        "shop --debug",
        ["app-run"],
    ),
    ("typer: not given", TYPER + "@main.command()\ndef serve(debug: bool = False):\n" + EITHER, "shop", ["waitress"]),
    (
        "typer: given",
        TYPER + "@main.command()\ndef serve(debug: bool = False):\n" + EITHER,
        "shop --debug",
        ["app-run"],
    ),
    (
        "typer: named by the declaration",
        TYPER + "@main.command()\ndef serve(debug: bool = typer.Option(False, '--dev/--prod')):\n" + EITHER,
        "shop --dev",
        ["app-run"],
    ),
    (
        "typer: turned off by the declaration",
        TYPER + "@main.command()\ndef serve(debug: bool = typer.Option(True, '--dev/--prod')):\n" + EITHER,
        "shop --prod",
        ["waitress"],
    ),
    (
        "typer: named by an annotation, which is not read",
        TYPER + "@main.command()\ndef serve(debug: Annotated[bool, typer.Option('--dev')] = False):\n" + EITHER,
        "shop --dev",
        ["app-run", "waitress"],
    ),
    (
        "typer: of the callback",
        TYPER
        + "@main.callback(invoke_without_command=True)\ndef start(debug: bool = False):\n"
        + EITHER
        + "@main.command()\ndef other():\n    pass\n",
        "shop --debug",
        ["app-run"],
    ),
    (
        "fire: a flag",
        "import fire\nfrom shop.site import app\ndef serve(debug=False):\n"
        + EITHER
        + "def main():\n    fire.Fire(serve)\n",
        "shop --debug",
        ["app-run"],
    ),
    (
        "fire: a flag that is turned off",
        "import fire\nfrom shop.site import app\ndef serve(debug=True):\n"
        + EITHER
        + "def main():\n    fire.Fire(serve)\n",
        "shop --nodebug",
        ["waitress"],
    ),
    (
        "fire: a value by position",
        "import fire\nfrom shop.site import app\ndef serve(mode):\n"
        + EITHER.replace("if debug", "if mode == 'dev'")
        + "def main():\n    fire.Fire(serve)\n",
        "shop dev",
        ["app-run"],
    ),
    (
        "fire: more values than must be",
        "import fire\nfrom shop.site import app\ndef serve(mode='prod'):\n"
        + EITHER.replace("if debug", "if mode == 'dev'")
        + "def main():\n    fire.Fire(serve)\n",
        "shop dev",
        ["app-run", "waitress"],
    ),
]


@pytest.mark.parametrize(
    ("program", "command", "expected"), [case[1:] for case in OPTIONS], ids=[case[0] for case in OPTIONS]
)
def test_the_options_that_parameters_are(
    program: str, command: str, expected: list[str], chains: Callable[[dict[str, str]], list[str]]
) -> None:
    files = {
        "Dockerfile": IMAGE.format(", ".join(f'"{word}"' for word in command.split())),
        "pyproject.toml": PROJECT,
        "shop/__init__.py": "",
        "shop/site.py": SITE,
        "shop/cli.py": program,
    }
    assert [each.split()[1] for each in started(chains(files))] == expected
