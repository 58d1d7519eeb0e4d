"""``prodcheck graph`` and ``prodcheck config`` as commands: output and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flask_prodcheck.cli import main

APP = "from flask import Flask\n\napp = Flask(__name__)\napp.config['DEBUG'] = False\n"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, args)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "Procfile").write_text("web: gunicorn app:app\n")
    return tmp_path


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["graph"], 0, "[1] Procfile:1 (web) starts gunicorn"),
        (["graph", "--format", "mermaid"], 0, "flowchart LR"),
        (["graph", "--format", "json"], 0, '"number": 1'),
        (["config"], 0, "DEBUG = False"),
        (["config", "--launch", "1", "--key", "TESTING"], 0, "TESTING unset"),
        (["config", "--format", "json"], 0, '"state": "known"'),
        (["config", "--launch", "2"], 2, "no launch has the number 2: there are 1"),
        (["graph", "--format", "xml"], 2, "Invalid value"),
    ],
)
def test_command(folder: Path, args: list[str], code: int, words: str) -> None:
    done = run(*args, folder)
    assert done.exit_code == code, done.output
    assert words in done.output


@pytest.mark.parametrize("name", ["graph", "config"])
def test_nothing_to_show_and_something_unread(tmp_path: Path, folder: Path, name: str) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(name, empty).exit_code == 2
    (folder / "Dockerfile").write_text("FROM\n")
    assert run(name, folder).exit_code == 3


@pytest.mark.parametrize("name", ["graph", "config"])
def test_settings_of_the_project_count(folder: Path, name: str) -> None:
    (folder / "pyproject.toml").write_text('[tool.prodcheck]\nexclude = ["Procfile"]\n')
    done = run(name, folder, "--format", "json")
    data = json.loads(done.output)
    assert "Procfile" not in json.dumps(data)
    (folder / "pyproject.toml").write_text("[tool.prodcheck]\nnope = 1\n")
    assert run(name, folder).exit_code == 2
