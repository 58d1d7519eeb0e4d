"""What is booted: the project's own launch, or the scaffold in a copy."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from flask_prodcheck.boot.interpreter import environment, interpreter_for
from flask_prodcheck.boot.recipe import Recipe, recipe_for, with_variables
from flask_prodcheck.boot.variables import read_file
from flask_prodcheck.errors import RefusedError, UsageError
from flask_prodcheck.settings import Settings

APP = "from flask import Flask\napp = Flask(__name__)\n"


def made(folder: Path, files: Mapping[str, str], number: int | None = None) -> Recipe:
    root = folder / "root"
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return recipe_for(root, Settings(), folder / "scratch", number=number)


def test_own_launch_with_its_options_folder_and_environment(tmp_path: Path) -> None:
    found = made(
        tmp_path,
        {
            "Dockerfile": 'FROM python:3.12\nWORKDIR /srv\nCOPY . .\nENV MODE=live\nCMD ["gunicorn", "-c", "conf.py", "-w", "3", "-b", "0.0.0.0:80", "--daemon", "app:app"]\n',
            "conf.py": "threads = 4\nworkers = 9\n",
            "app.py": APP,
        },
    )
    root = tmp_path / "root"
    assert (found.target, found.cwd, found.config) == ("app:app", root / ".", root / "conf.py")
    assert found.options == {"workers": "3"}
    assert found.env == {"MODE": "live"}
    assert found.launch is not None
    assert not found.scaffolded
    assert not (tmp_path / "scratch").exists()


def test_a_launch_that_a_readme_calls_development_is_not_booted(tmp_path: Path) -> None:
    files = {
        "compose.yml": "services:\n  web:\n    image: shop\n    command: gunicorn app:app\n",
        "app.py": APP,
        "requirements.txt": "flask\n",
    }
    assert not made(tmp_path / "plain", files).scaffolded
    readme = {"README.md": "## Development\n```\ndocker compose up\n```\n"}
    assert made(tmp_path / "told", {**files, **readme}).scaffolded


def test_a_project_named_relatively_is_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = made(Path(), {"Procfile": "web: gunicorn -c conf.py app:app\n", "conf.py": "threads = 4\n", "app.py": APP})
    root = tmp_path / "root"
    assert (found.root, found.cwd, found.config) == (root, root, root / "conf.py")


def test_an_option_that_the_deployment_decides_is_told(tmp_path: Path) -> None:
    found = made(tmp_path, {"Procfile": "web: gunicorn -w $COUNT app:app\n", "app.py": APP})
    assert found.options == {}
    assert len(found.notes) == 1
    assert found.notes[0].startswith("workers (Procfile:1) is decided by the deployment")


def test_without_a_production_server_a_copy_is_scaffolded(tmp_path: Path) -> None:
    files = {
        "Procfile": "web: python app.py\n",
        "app.py": f"{APP}if __name__ == '__main__':\n    app.run()\n",
        "requirements.txt": "flask\n",
    }
    found = made(tmp_path, files)
    copy = tmp_path / "scratch" / "project"
    assert (found.scaffolded, found.root, found.target) == (True, copy, "app:app")
    assert found.config == copy / "gunicorn.conf.py"
    assert "gunicorn" in (copy / "Procfile").read_text()
    assert {path.name for path in (tmp_path / "root").iterdir()} == set(files)
    assert (tmp_path / "root" / "Procfile").read_text() == files["Procfile"]


@pytest.mark.parametrize(
    ("files", "number", "error"),
    [
        ({"notes.txt": "x"}, None, RefusedError),
        ({"a.py": APP, "b.py": APP}, None, RefusedError),
        ({"Procfile": "web: gunicorn app:app\n", "app.py": APP}, 2, UsageError),
        ({"Procfile": "web: waitress-serve app:app\n", "app.py": APP}, 1, RefusedError),
    ],
)
def test_refused(tmp_path: Path, files: Mapping[str, str], number: int | None, error: type[Exception]) -> None:
    with pytest.raises(error):
        made(tmp_path, files, number)


def test_given_variables_win(tmp_path: Path) -> None:
    found = made(tmp_path, {"Procfile": "web: MODE=live gunicorn app:app\n", "app.py": APP})
    assert with_variables(found, {"MODE": "trial", "KEY": "k"}).env == {"MODE": "trial", "KEY": "k"}


def test_variables_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "prod.env"
    file.write_text("# c\nA=1\nexport B='two words'\nC=${A}2\nEMPTY=\nNAMED\n")
    assert read_file(file) == {"A": "1", "B": "two words", "C": "12", "EMPTY": ""}
    with pytest.raises(UsageError, match="cannot be read"):
        read_file(tmp_path / "none")


def test_interpreter(tmp_path: Path) -> None:
    assert interpreter_for(tmp_path) == Path(sys.executable)
    for folder in ("venv", ".venv"):
        program = tmp_path / folder / "bin" / "python"
        program.parent.mkdir(parents=True)
        program.symlink_to(sys.executable)
        assert interpreter_for(tmp_path) == program
    assert interpreter_for(tmp_path, tmp_path / "venv") == tmp_path / "venv" / "bin" / "python"
    with pytest.raises(UsageError, match="no such program"):
        interpreter_for(tmp_path, tmp_path / "none")


def test_environment_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    monkeypatch.setenv("FLASK_DEBUG", "1")
    python = tmp_path / "bin" / "python"
    (tmp_path / "pyvenv.cfg").touch()
    own = {
        "KEY": "k",
        "PATH": "/image/bin",
        "HOME": "/root",
        "PYTHONPATH": f"/srv{os.pathsep}src",
        "PYTHONHASHSEED": "0",
    }
    found = environment(python, own, 8123)
    assert found["KEY"] == "k"
    assert found["PATH"].startswith(f"{tmp_path / 'bin'}{os.pathsep}")
    assert "/image/bin" not in found["PATH"]
    assert (found["PORT"], found["PYTHONPATH"], found["VIRTUAL_ENV"]) == ("8123", "src", str(tmp_path))
    assert not {"AWS_SECRET_ACCESS_KEY", "FLASK_DEBUG", "PYTHONHASHSEED"} & set(found)
    assert environment(python, {"PORT": "80"}, 8123)["PORT"] == "80"
