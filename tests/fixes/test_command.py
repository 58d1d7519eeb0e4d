"""``--fix``, ``--unsafe-fixes`` and ``--diff`` as a process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flask_prodcheck.verify.steps import NAMES

ROOT = Path(__file__).resolve().parents[2]
APP = "from flask import Flask\napp = Flask(__name__)\napp.secret_key = 'correct horse'\napp.run()\n"
FILES = {
    "Procfile": "web: gunicorn -w 2 app:app\n",
    "requirements.txt": "flask==3.1.3\ngunicorn==23.0.0\n",
    "app.py": APP,
}
FIXED = APP.replace("app.run()", 'if __name__ == "__main__":\n    app.run()')


def prodcheck(*args: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "PRODCHECK_DEBUG")}
    env |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "flask_prodcheck", *map(str, args)]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def lay(folder: Path, files: dict[str, str] = FILES) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_fix_makes_the_safe_fixes_and_reports_what_is_left(tmp_path: Path) -> None:
    folder = lay(tmp_path / "p")
    (folder / "app.py").chmod(0o750)
    done = prodcheck(folder, "--fix", "--format", "json")
    assert done.returncode == 1
    assert [each["code"] for each in json.loads(done.stdout)["findings"]] == ["PC401"]
    assert done.stderr == 'fixed PC102 app.py:4: run it under `if __name__ == "__main__":` only\n'
    assert contents(folder) == {**FILES, "app.py": FIXED}
    assert (folder / "app.py").stat().st_mode & 0o777 == 0o750
    again = prodcheck(folder, "--fix")
    assert again.stderr == "nothing to fix\n"
    assert contents(folder) == {**FILES, "app.py": FIXED}


def test_unsafe_fixes_too(tmp_path: Path) -> None:
    folder = lay(tmp_path / "p")
    done = prodcheck(folder, "--fix", "--unsafe-fixes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'app.secret_key = os.environ["SECRET_KEY"]' in (folder / "app.py").read_text()


@pytest.mark.parametrize("args", [("--diff",), ("--diff", "--fix")])
def test_diff_writes_nothing(tmp_path: Path, args: tuple[str, ...]) -> None:
    folder = lay(tmp_path / "p")
    done = prodcheck(folder, *args)
    assert done.returncode == 1
    assert done.stdout.startswith("--- a/app.py\n+++ b/app.py\n")
    assert "secret_key = os" not in done.stdout
    assert done.stderr.startswith("would fix PC102 app.py:4: ")
    assert contents(folder) == FILES


def test_unsafe_fixes_alone_is_wrong_usage(tmp_path: Path) -> None:
    done = prodcheck(lay(tmp_path / "p"), "--unsafe-fixes")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "prodcheck: --unsafe-fixes goes with --fix or --diff\n"


def test_findings_say_how_they_can_be_fixed(tmp_path: Path) -> None:
    folder = lay(tmp_path / "p")
    shown = {each["code"]: each["fix"] for each in json.loads(prodcheck(folder, "--format", "json").stdout)["findings"]}
    assert shown == {
        "PC102": {"applicability": "safe", "title": 'run it under `if __name__ == "__main__":` only'},
        "PC401": {"applicability": "unsafe", "title": "take the key from the environment variable SECRET_KEY"},
    }
    text = prodcheck(folder).stdout
    assert "fix (safe): run it under" in text
    assert "1 can be fixed with --fix, 1 more with --unsafe-fixes." in text


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    folder = lay(tmp_path / "p")
    (folder / "app.py").rename(folder / "real.py")
    (folder / "app.py").symlink_to("real.py")
    done = prodcheck(folder, "--fix", "--fail-on", "never")
    assert done.returncode == 1
    assert done.stderr == "nothing fixed: app.py is reached through a link: change the file that the link leads to\n"
    assert "Not ready for production" in done.stdout
    assert (folder / "app.py").is_symlink()
    assert (folder / "real.py").read_text() == APP


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Gunicorn needs POSIX")
def test_the_lesson_from_not_ready_to_proven(tmp_path: Path) -> None:
    folder = tmp_path / "lesson"
    shutil.copytree(ROOT / "fixtures" / "lesson", folder)
    (folder / "expected.json").unlink()
    assert prodcheck(".", cwd=folder).returncode == 1
    assert prodcheck("--fix", ".", cwd=folder).returncode == 1
    assert prodcheck("scaffold", "gunicorn", "--write", ".", cwd=folder).returncode == 0
    assert prodcheck("--fix", ".", cwd=folder).returncode == 0
    assert prodcheck(".", cwd=folder).returncode == 0
    written = contents(folder)
    done = prodcheck("verify", ".", "--python", sys.executable, "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["origin"].startswith("Dockerfile:5 "), "the set-up that was written is booted, not a scaffolded copy"
    assert report["verdict"] == "proven"
    assert tuple(each["name"] for each in report["checks"]) == NAMES
    assert {each["status"] for each in report["checks"]} <= {"passed", "noted"}
    assert contents(folder) == written


def test_the_lesson_in_one_step(tmp_path: Path) -> None:
    folder = tmp_path / "lesson"
    shutil.copytree(ROOT / "fixtures" / "lesson", folder)
    done = prodcheck(folder, "--fix", "--unsafe-fixes")
    assert done.returncode == 0, done.stdout + done.stderr
