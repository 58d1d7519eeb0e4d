"""Input that no tool likes, through the real command: clear words, the documented exit code, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
APP = "from flask import Flask\n\napp = Flask(__name__)\n\nif __name__ == '__main__':\n    app.run()\n"
GOOD = {
    "app.py": APP,
    "Procfile": "web: gunicorn -w 2 app:app\n",
    "requirements.txt": "flask==3.1.3\ngunicorn==23.0.0\n",
}
MARK = "imported.mark"
LEAVES_A_MARK = f"open({MARK!r}, 'a').write(__name__ + chr(10))\n"


def run(*args: str | Path | bytes, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PRODCHECK_DEBUG")}
    done = subprocess.run(
        [sys.executable, "-m", "flask_prodcheck", *(os.fsencode(arg) for arg in args)],
        cwd=cwd,
        env={**env, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert "internal error" not in done.stdout + done.stderr
    return done


def lay(folder: Path, files: dict[str, str | bytes] | dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def report(folder: Path, code: int) -> dict[str, Any]:
    done = run(folder, "--format", "json")
    assert done.returncode == code, done.stdout + done.stderr
    data: dict[str, Any] = json.loads(done.stdout)
    return data


def problems(data: dict[str, Any]) -> list[tuple[str, int, bool]]:
    return [(each["file"], each["line"], each["blocking"]) for each in data["problems"]]


# --- nothing to audit ------------------------------------------------------------------------------------------------


def test_empty_folder(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 2
    assert done.stdout.splitlines()[-1] == "No Flask application found: nothing to check here."
    data = report(tmp_path, 2)
    assert (data["verdict"], data["lesson"]["step"], data["findings"], data["problems"]) == ("no-app", None, [], [])


def test_folder_without_flask(tmp_path: Path) -> None:
    lay(tmp_path, {"main.py": "import http.server\nprint('hello')\n", "requirements.txt": "requests==2.32.5\n"})
    done = run(tmp_path)
    assert done.returncode == 2
    assert done.stdout.splitlines()[-1] == "No Flask application found: nothing to check here."
    assert report(tmp_path, 2)["verdict"] == "no-app"


@pytest.mark.parametrize("command", [(), ("lesson",), ("graph",), ("config",), ("scaffold", "gunicorn")])
def test_path_that_does_not_exist(tmp_path: Path, command: tuple[str, ...]) -> None:
    missing = tmp_path / "nowhere"
    done = run(*command, missing)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"prodcheck: {missing}: no such file or folder\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows names are text")
def test_path_that_does_not_exist_and_is_no_text(tmp_path: Path) -> None:
    done = run(os.fsencode(tmp_path) + b"/n\xe9", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"prodcheck: {tmp_path}/n\\udce9: no such file or folder\n"


def test_path_that_is_too_long(tmp_path: Path) -> None:
    done = run("x" * 5000, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("prodcheck: ") and done.stderr.count("\n") == 1


# --- a file as argument ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("marker", ["pyproject.toml", ".git/HEAD"])
def test_a_file_is_audited_as_part_of_its_project(tmp_path: Path, marker: str) -> None:
    files = {
        "pkg/app.py": APP,
        "Procfile": "web: python pkg/app.py\n",
        "requirements.txt": "flask==3.1.3\n",
        marker: "",
    }
    folder = lay(tmp_path / "p", files)
    data = report(folder / "pkg" / "app.py", 1)
    assert [(each["file"], each["server"]) for each in data["launches"]] == [("Procfile", "app-run")]
    assert data["apps"][0]["file"] == "pkg/app.py"


def test_a_file_without_a_project_is_audited_in_its_folder(tmp_path: Path) -> None:
    folder = lay(tmp_path / "p", {"app.py": APP, "other.txt": ""})
    assert report(folder / "app.py", 1) | {"stats": None} == report(folder, 1) | {"stats": None}


# --- a project that would like to be imported ------------------------------------------------------------------------


def test_nothing_of_the_project_is_imported(tmp_path: Path) -> None:
    names = (
        "json.py", "click.py", "os.py", "typing.py", "yaml.py", "libcst.py", "tomli.py", "sitecustomize.py",
        "rules/__init__.py", "rules/pc101/check.py", "flask_prodcheck/cli.py",
    )  # fmt: skip
    traps = dict.fromkeys(names, LEAVES_A_MARK)
    files = {
        **traps,
        **GOOD,
        "app.py": LEAVES_A_MARK + APP,
        "conftest.py": LEAVES_A_MARK,
        "gunicorn.conf.py": LEAVES_A_MARK,
    }
    folder = lay(tmp_path / "p", files)
    for args in (
        (),
        (".",),
        ("--format", "sarif"),
        ("lesson", "."),
        ("graph", "."),
        ("config", "."),
        ("explain", "PC101"),
    ):
        done = run(*args, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
        assert not list(folder.rglob(MARK)), (folder / MARK).read_text()
    assert not list(folder.rglob("__pycache__"))
    assert sorted(each.name for each in folder.iterdir()) == sorted({name.partition("/")[0] for name in files})


def test_a_folder_of_traps_alone_has_no_app(tmp_path: Path) -> None:
    lay(tmp_path, {"json.py": LEAVES_A_MARK, "click.py": LEAVES_A_MARK, "rules/pc101/check.py": LEAVES_A_MARK})
    done = run(".", cwd=tmp_path)
    assert done.returncode == 2
    assert "No Flask application found" in done.stdout
    assert not (tmp_path / MARK).exists()


# --- files that cannot be read ---------------------------------------------------------------------------------------


def test_python_2(tmp_path: Path) -> None:
    old = "from flask import Flask\napp = Flask(__name__)\nprint 'starting'\napp.run()\n"
    folder = lay(tmp_path, {"server.py": old, "Procfile": "web: python server.py\n"})
    assert problems(report(folder, 3)) == [("server.py", 3, True)]
    done = run(folder)
    assert done.returncode == 3
    assert "server.py:3: " in done.stdout and "(could hide an error)" in done.stdout
    assert done.stdout.splitlines()[-1] == "No Flask application found, but not everything could be read."


def test_python_2_beside_the_application_is_only_noted(tmp_path: Path) -> None:
    folder = lay(tmp_path, {**GOOD, "scripts/old.py": "import sys\nprint 'no application here'\n"})
    assert problems(report(folder, 0)) in ([("scripts/old.py", 2, False)], [])


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("Dockerfile", "FROM python:3.13-slim\nCOPY . .\nBANANA x\nCMD gunicorn app:app\n", 3),
        ("Dockerfile", "FROM\n", 1),
        ("Dockerfile", b"FROM python:3.13\n\xff\xfe\x00CMD x\n", 2),
        ("compose.yaml", "services:\n  web:\n    image: x\n   command: gunicorn app:app\n", 4),
        ("docker-compose.yml", "services: {web: [\n", 2),
        ("docker-compose.yml", "services:\n  web:\n    command: *nothing\n", 3),
        ("docker-compose.yml", "\tservices:\n", 1),
    ],
)
def test_a_broken_deploy_file_is_a_blocking_problem(tmp_path: Path, name: str, content: str | bytes, line: int) -> None:
    folder = lay(tmp_path, {**GOOD, name: content})
    data = report(folder, 3)
    assert problems(data) == [(name, line, True)]
    assert data["verdict"] == "ready"
    done = run(folder)
    assert f"{name}:{line}: " in done.stdout
    last = done.stdout.splitlines()[-1]
    assert last == "Not known whether ready for production: nothing found; not everything could be read."


# --- files that are no files -----------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
@pytest.mark.parametrize("git", [False, True])
def test_recursive_links(tmp_path: Path, git: bool) -> None:
    folder = lay(tmp_path / "p", {**GOOD, "pkg/deep/x.py": "x = 1\n"})
    (folder / "pkg" / "loop").symlink_to(folder)
    (folder / "pkg" / "deep" / "up").symlink_to("../..")
    (folder / "self.py").symlink_to("self.py")
    (folder / "compose.yaml").symlink_to("compose.yaml")
    if git:
        for args in (["init", "-q"], ["add", "-A"]):
            subprocess.run(["git", *args], cwd=folder, check=True, capture_output=True)
    data = report(folder, 3)
    assert sorted(problems(data)) == [("compose.yaml", 1, True), ("self.py", 1, True)]
    assert len(data["apps"]) == 1
    assert data["stats"]["files"] == 4


def test_a_file_of_50_mb(tmp_path: Path) -> None:
    folder = lay(tmp_path, GOOD)
    for name in ("pkg/data.py", "dump.json", "movie.mp4"):
        (folder / name).parent.mkdir(exist_ok=True)
        with (folder / name).open("wb") as stream:
            stream.truncate(50 * 1024 * 1024)
    assert problems(report(folder, 0)) == [("pkg/data.py", 1, False)]
    assert "pkg/data.py:1: skipped: 50 MB is over the limit of 2 MB" in run(folder).stdout
    with (folder / "Dockerfile").open("wb") as stream:
        stream.truncate(50 * 1024 * 1024)
    assert ("Dockerfile", 1, True) in problems(report(folder, 3))


@pytest.fixture
def odd_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "p"
    folder.mkdir()
    try:
        (folder / os.fsdecode(b"caf\xe9.py")).write_text(
            "from flask import Flask\n\napp = Flask(__name__)\napp.run(debug=True)\n"
        )
    except OSError:
        pytest.skip("this file system wants UTF-8 names")
    return folder


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_a_name_that_is_not_utf_8(odd_folder: Path, form: str) -> None:
    lay(odd_folder, {"requirements.txt": "flask==3.1.3\ngunicorn==23.0.0\n"})
    done = run(odd_folder, "--format", form, "--fail-on", "warning")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "caf" in done.stdout
    assert done.stdout.isprintable() or not {char for char in done.stdout if not char.isprintable()} - {"\n"}
    if form == "sarif":
        assert '"caf%E9.py"' in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows names are text")
def test_a_folder_whose_name_is_not_utf_8(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"pr\xf6jekt")
    try:
        lay(folder, GOOD)
    except OSError:
        pytest.skip("this file system wants UTF-8 names")
    for args in ((), ("--format", "json"), ("lesson",)):
        assert run(*(("lesson", folder) if args == ("lesson",) else (folder, *args))).returncode == 0
