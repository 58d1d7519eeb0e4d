"""``prodcheck scaffold`` as a process: what it shows, what it writes, its exit codes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

APP = "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run()\n"
GOOD = {"app.py": APP, "requirements.txt": "flask==3.1.3\n", "Procfile": "web: python app.py\n"}


def prodcheck(*args: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask_prodcheck", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent)


def project(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_shown_then_written_then_nothing_left(tmp_path: Path) -> None:
    folder = project(tmp_path, GOOD)
    before = snapshot(folder)
    shown = prodcheck("scaffold", "gunicorn", folder)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "+web: gunicorn -c gunicorn.conf.py app:app\n" in shown.stdout
    assert shown.stdout.endswith(
        "--write makes these changes: gunicorn.conf.py, Procfile, requirements.txt\nWith these changes the audit says: ready.\n"
    )
    assert snapshot(folder) == before
    written = prodcheck("scaffold", "gunicorn", folder, "--write")
    assert written.returncode == 0
    assert [line.partition(":")[0] for line in written.stdout.splitlines()] == [
        "wrote gunicorn.conf.py",
        "wrote Procfile",
        "wrote requirements.txt",
        "With these changes the audit says",
    ]
    assert prodcheck(folder).returncode == 0
    again = prodcheck("scaffold", "gunicorn", folder)
    assert again.stdout.endswith("Nothing to change.\n")


def test_a_start_that_a_readme_calls_development_is_no_production_one(tmp_path: Path) -> None:
    compose = "services:\n  web:\n    image: shop\n    command: gunicorn app:app\n"
    readme = "## Development\n```\ndocker compose up\n```\n"
    files = {"app.py": APP, "requirements.txt": "flask==3.1.3\ngunicorn==24.0.0\n", "compose.yml": compose}
    assert "+++ b/Procfile" not in prodcheck("scaffold", "gunicorn", project(tmp_path, files)).stdout
    assert "+++ b/Procfile" in prodcheck("scaffold", "gunicorn", project(tmp_path, {"README.md": readme})).stdout


def test_an_existing_settings_file_stays_without_force(tmp_path: Path) -> None:
    folder = project(tmp_path, {**GOOD, "gunicorn.conf.py": "workers = 2\n"})
    done = prodcheck("scaffold", "gunicorn", folder, "--write")
    assert "kept gunicorn.conf.py: it exists; --force replaces it" in done.stdout
    assert (folder / "gunicorn.conf.py").read_text() == "workers = 2\n"
    assert "gunicorn" in (folder / "Procfile").read_text()


@pytest.mark.parametrize(
    ("files", "args", "code", "words"),
    [
        ({"notes.txt": "x"}, [], 1, "no Flask application was found"),
        ({"a.py": APP, "b.py": APP}, ["--write"], 1, "several applications"),
        ({"app.py": APP, "pyproject.toml": "[tool.prodcheck]\nnope = 1\n"}, [], 2, "unknown setting"),
    ],
)
def test_refused(tmp_path: Path, files: dict[str, str], args: list[str], code: int, words: str) -> None:
    folder = project(tmp_path, files)
    before = snapshot(folder)
    done = prodcheck("scaffold", "gunicorn", folder, *args)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("prodcheck: ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert snapshot(folder) == before


def test_usage(tmp_path: Path) -> None:
    assert prodcheck("scaffold", "apache", tmp_path).returncode == 2
    assert prodcheck("scaffold", "gunicorn", tmp_path / "none").returncode == 2
    assert "Exit codes" in prodcheck("scaffold", "--help").stdout
