"""What a command line gives a program reaches the configuration: argparse, ``sys.argv``, and the arguments with which a
program calls its factory. Each case is also run, with the serving call replaced by one that prints the configuration."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Configuration
from flask_prodcheck.sources.discover import memory_tree

FACTORY = (
    "from flask import Flask\ndef create_app(config='dev', debug=None):\n    app = Flask(__name__)\n"
    "    app.config['MODE'] = config\n    app.debug = bool(debug)\n    return app\n"
)
_CHILD = r"""
import flask, json, runpy, sys, types
def served(app, *args, **options):
    if options.get("debug") is not None:
        app.debug = bool(options["debug"])
    print(json.dumps([app.config.get("MODE"), app.debug]))
    sys.exit()
flask.Flask.run = served
sys.modules["waitress"] = types.ModuleType("waitress")
sys.modules["waitress"].serve = served
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def _parser(*declared: str, then: str = "create_app(args.config, args.debug).run()") -> str:
    lines = ["parser = argparse.ArgumentParser()", *declared, "args = parser.parse_args()", then]
    body = "".join(f"    {line}\n" for line in lines)
    return f"import argparse, os\nfrom shop import create_app\nif __name__ == '__main__':\n{body}"


_CONFIG = "parser.add_argument('-c', '--config', default='none')"
_DEBUG = "parser.add_argument('--debug', '-d', action='store_true')"
_BOTH = _parser(_CONFIG, _DEBUG)
_CLICK = (
    "import click\nfrom shop import create_app\n@click.command()\n@click.option('-c', '--config', default='none')\n"
    "@click.option('--debug/--no-debug', default=False)\ndef main(config, debug):\n    {}\n"
    "if __name__ == '__main__':\n    main()\n"
)
_ARGV = "import sys\nfrom shop import create_app\nif __name__ == '__main__':\n    {}\n"

CASES: tuple[tuple[str, str, str, tuple[object, object]], ...] = (
    ("options", _BOTH, "--debug --config prod", ("prod", True)),
    ("short options", _BOTH, "-d -c prod", ("prod", True)),
    ("with an equals sign", _BOTH, "--config=prod", ("prod", False)),
    ("abbreviated", _BOTH, "--conf prod --deb", ("prod", True)),
    ("the last one counts", _BOTH, "--config a --config b", ("b", False)),
    ("defaults", _BOTH, "", ("none", False)),
    ("in one word", _BOTH, "-cprod -d", (None, None)),
    ("positional", _parser("parser.add_argument('config')", _DEBUG), "--debug prod", ("prod", True)),
    ("default of a variable", _parser("parser.add_argument('--config', default=os.getenv('MODE', 'd'))", _DEBUG), "", ("d", False)),
    ("converted", _parser("parser.add_argument('--config', type=int, default='3')", _DEBUG), "", (3, False)),
    ("converted word", _parser("parser.add_argument('--config', type=int)", _DEBUG), "--config 7", (7, False)),
    ("no default", _parser("parser.add_argument('--config')", _DEBUG), "", (None, False)),
    ("both ways", _parser(_CONFIG, "parser.add_argument('--debug', action=argparse.BooleanOptionalAction, default=True)"), "--no-debug", ("none", False)),
    ("switched off", _parser(_CONFIG, "parser.add_argument('--safe', dest='debug', action='store_false')"), "--safe", ("none", False)),
    ("several words", _parser("parser.add_argument('--config', nargs='*')", _DEBUG), "--config a b", (None, False)),
    ("a default set later", _parser(_CONFIG, _DEBUG, "parser.set_defaults(config='later')"), "", (None, False)),
    ("two declarations", _parser("group = parser.add_argument_group()", _CONFIG, _DEBUG, "if os.getenv('X'):\n        parser.add_argument('--config', default='other')"), "", (None, False)),
    ("argument of the run", _parser(_CONFIG, _DEBUG, then="app = create_app(args.config)\n    app.run(debug=args.debug)"), "--debug", ("none", True)),
    ("words given", _parser(_CONFIG, _DEBUG).replace("parse_args()", "parse_args(['--config', 'own'])"), "--debug", ("own", False)),
    ("known arguments", _parser(_CONFIG, _DEBUG).replace("args = parser.parse_args", "args, rest = parser.parse_known_args"), "--config p --other", ("p", False)),
    ("sub-commands", _parser(_DEBUG, "sub = parser.add_subparsers(dest='command')", "serve = sub.add_parser('serve')", "serve.add_argument('config')"), "--debug serve prod", (None, True)),
    ("sys.argv", _ARGV.format("create_app(sys.argv[1], '--debug' in sys.argv).run()"), "prod --debug", ("prod", True)),
    ("length of sys.argv", _ARGV.format("create_app(sys.argv[1] if len(sys.argv) > 1 else 'none').run()"), "", ("none", False)),
    ("slice of sys.argv", _ARGV.format("create_app(''.join(sys.argv[1:])).run()"), "a b", ("ab", False)),
    ("click", _CLICK.format("create_app(config, debug).run()"), "--debug --config prod", ("prod", True)),
    ("click short", _CLICK.format("create_app(config, debug).run()"), "-c prod", ("prod", False)),
    ("click defaults", _CLICK.format("create_app(config, debug).run()"), "", ("none", False)),
    ("click and the run", _CLICK.format("create_app(config).run(debug=debug)"), "--debug", ("none", True)),
    ("click and a server", _CLICK.format("from waitress import serve\n    serve(create_app(config))"), "--config prod", ("prod", False)),
    ("embedded server", _ARGV.format("from waitress import serve\n    serve(create_app('production', 1))"), "", ("production", True)),
    ("after the serving call", _ARGV.format("app = create_app('p')\n    app.run()\n    app.config['MODE'] = 'late'"), "", ("p", False)),
)  # fmt: skip


def _configuration(files: Mapping[str, str]) -> Configuration:
    whole = {"requirements.txt": "flask\nwaitress\n", "shop.py": FACTORY, **files}
    project = link(parse(memory_tree(dict(whole))), name="shop", read=lambda name: whole[name].encode())
    (found,) = project.configurations
    return found


@pytest.mark.parametrize(
    ("program", "words", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_words_of_the_command_reach_the_configuration(
    program: str, words: str, expected: tuple[object, object], tmp_path: Path
) -> None:
    found = _configuration({"run.py": program, "Procfile": f"web: python run.py {words}\n"})
    mode, debug = found.get("MODE").value, found.get("DEBUG").value
    assert not isinstance(mode, Unknown) or expected[0] is None
    said = tuple(value.value if isinstance(value, Known) else None for value in (mode, debug))
    assert said == expected
    (tmp_path / "shop.py").write_text(FACTORY, encoding="utf-8")
    (tmp_path / "run.py").write_text(program, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", _CHILD, "run.py", *words.split()],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
        env={"PYTHONPATH": f"{tmp_path}:{':'.join(sys.path)}"},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    real = json.loads(run.stdout)
    assert [value for value, known in zip(real, said, strict=True) if known is not None] == [
        known for known in said if known is not None
    ]


def test_the_command_is_the_place_of_a_value_that_it_gives() -> None:
    found = _configuration({"run.py": _BOTH, "Procfile": "web: python run.py --debug\n"})
    debug, mode = found.get("DEBUG"), found.get("MODE")
    assert (debug.variable, str(debug.deployed_at), debug.fallback) == ("--debug", "Procfile:1", False)
    assert (mode.variable, str(mode.span)) == ("", "run.py:5")


def test_a_word_that_only_production_knows_is_unknown() -> None:
    found = _configuration({"run.py": _BOTH, "Procfile": "web: python run.py --config $MODE\n"})
    assert isinstance(found.get("MODE").value, Unknown)


def test_a_console_script_runs_its_function() -> None:
    files = {
        "pyproject.toml": "[project]\nname = 'shop'\nversion = '1'\ndependencies = ['flask']\nscripts = {shop-run = 'start:main'}\n",
        "start.py": "from shop import create_app\ndef main():\n    create_app('script').run()\n",
        "Procfile": "web: shop-run\n",
    }
    value = _configuration(files).get("MODE").value
    assert isinstance(value, Known) and value.value == "script"


def test_with_what_a_factory_is_called_is_not_guessed() -> None:
    body = "from elsewhere import wrap\n    from waitress import serve\n    serve(wrap(create_app))"
    found = _configuration({"run.py": _ARGV.format(body), "Procfile": "web: python run.py\n"})
    assert not isinstance(found.get("MODE").value, Known)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("gunicorn app:app", "served"),
        ("waitress-serve app:app", "served"),
        ("flask run", "flask"),
        ("python -m gunicorn app:app", None),  # the path ends with __main__.py
    ],
)
def test_the_command_that_imports_the_application(command: str, expected: str | None) -> None:
    text = (
        "import sys\nfrom flask import Flask\napp = Flask(__name__)\n"
        "if len(sys.argv) > 1 and sys.argv[0].endswith('/flask') and sys.argv[1] == 'db':\n    app.config['MODE'] = 'db'\n"
        "else:\n    app.config['MODE'] = 'flask' if sys.argv[0].endswith('flask') else 'served'\n"
    )
    project = link(parse(memory_tree({"app.py": text, "Procfile": f"web: {command}\n"})), name="site")
    value = project.configurations[0].get("MODE").value
    if expected == "served":
        assert isinstance(value, Known) and value.value == expected
    else:  # another command of Flask's would be another start
        assert isinstance(value, Unknown)
