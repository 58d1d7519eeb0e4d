"""The command line as a process: output, exit codes, errors of one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APP = "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run()\n"
GOOD = {
    "Procfile": "web: gunicorn -w 2 app:app\n",
    "requirements.txt": "flask==3.1.3\ngunicorn==23.0.0\n",
    "app.py": APP,
}
BAD = {**GOOD, "Procfile": "web: python app.py\n"}


def prodcheck(
    *args: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask_prodcheck", *map(str, args)]
    scrubbed = {
        key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "PRODCHECK_DEBUG", "PYTHONPATH")
    }
    return subprocess.run(
        command,
        cwd=cwd,
        env={**scrubbed, "PYTHONIOENCODING": "utf-8", **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def project(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("files", "args", "code"),
    [
        (GOOD, [], 0),
        (BAD, [], 1),
        (BAD, ["--fail-on", "never"], 0),
        (BAD, ["--select", "PC3"], 0),
        (BAD, ["--ignore", "PC101,PC103"], 0),
        ({}, [], 2),
        ({"notes.txt": "hello"}, [], 2),
        ({"json.py": "x = 1\n"}, [], 2),
        ({**GOOD, "Dockerfile": "FROM\n"}, [], 3),
        ({**GOOD, "docker-compose.yml": "services: [\n"}, [], 3),
    ],
)
def test_exit_code(tmp_path: Path, files: dict[str, str], args: list[str], code: int) -> None:
    done = prodcheck(project(tmp_path / "p", files), *args)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout


def test_json_on_stdout_and_in_a_file(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", BAD)
    done = prodcheck(folder, "--format", "json")
    assert json.loads(done.stdout)["verdict"] == "not-ready"
    assert done.stderr == ""
    written = prodcheck(folder, "--format", "json", "--output", tmp_path / "out.json")
    assert (written.returncode, written.stdout) == (1, "")
    assert json.loads((tmp_path / "out.json").read_text())["verdict"] == "not-ready"


def test_explain_launch(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", {**GOOD, "Makefile": "dev:\n\tflask run\n"})
    plain, explained = prodcheck(folder), prodcheck(folder, "--explain-launch")
    assert explained.returncode == plain.returncode == 0
    shown = explained.stdout.split("\nChecked ")[0]
    assert "Production\n  [2] Procfile:1 (web) starts gunicorn\n" in shown
    assert "      production: a procfile starts it\n" in shown
    assert "      development: it is called 'dev'\n" in shown
    assert explained.stdout.endswith(plain.stdout.split(" s: ", 1)[1])
    refused = prodcheck(folder, "--explain-launch", "--format", "json")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "text report" in refused.stderr


def test_a_file_is_audited_as_part_of_its_project(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", {**BAD, "pyproject.toml": ""})
    done = prodcheck(folder / "app.py", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["launches"][0]["file"]) == (1, "Procfile")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["no/such/folder"], "no such file or folder"),
        (["--select", "PC9999", "."], "no rule is named 'PC9999'"),
        (["--config", "no.toml", "."], "cannot be read"),
        (["--config", "no.toml", "--no-config", "."], "exclude each other"),
        (["--output", "no/such/folder/x", "."], "cannot be written"),
        (["explain", "PC10x"], "no rule is named 'PC10x'"),
        (["a\nb\x1b"], "a\\nb\\x1b: no such file"),
    ],
)
def test_errors_are_one_line(tmp_path: Path, args: list[str], words: str) -> None:
    done = prodcheck(*args, cwd=project(tmp_path / "p", GOOD))
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.startswith("prodcheck: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("args", [["--no-such-option"], ["--format", "xml"], ["a", "b"], ["--fail-on"]])
def test_usage_errors(args: list[str]) -> None:
    done = prodcheck(*args)
    assert done.returncode == 2
    assert "Error: " in done.stderr


def test_settings_of_the_project(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", {**BAD, "pyproject.toml": '[tool.prodcheck]\nignore = ["PC1"]\n'})
    assert prodcheck(folder).returncode == 0
    assert prodcheck(folder, "--no-config").returncode == 1
    (folder / "pyproject.toml").write_text("[tool.prodcheck]\nselct = []\n")
    done = prodcheck(folder)
    assert done.returncode == 2
    assert done.stderr == "prodcheck: pyproject.toml:2: unknown setting 'selct' (did you mean \"select\"?)\n"


def test_the_project_is_never_imported(tmp_path: Path) -> None:
    trap = "raise SystemExit('the audited project was run')\n"
    names = ("json.py", "click.py", "rules/__init__.py", "os.py", "tomli.py", "libcst.py", "sitecustomize.py")
    folder = project(tmp_path / "p", {**BAD, **dict.fromkeys(names, trap)})
    done = prodcheck(".", cwd=folder)
    assert "was run" not in done.stdout + done.stderr
    assert "PC101" in done.stdout


def test_commands() -> None:
    assert prodcheck("--version").stdout == "prodcheck, version 0.1.0\n"
    usage = prodcheck("--help")
    assert (usage.returncode, "--fail-on" in usage.stdout, "explain" in usage.stdout) == (0, True, True)
    assert "PC101  dev-server-in-production" in prodcheck("rules").stdout
    assert json.loads(prodcheck("rules", "--format", "json").stdout)[0]["code"] == "PC001"
    assert "Quiz" in prodcheck("lesson").stdout


def test_lesson_of_a_project(tmp_path: Path) -> None:
    done = prodcheck("lesson", project(tmp_path / "p", BAD))
    assert (done.returncode, "What holds it at step 3" in done.stdout, "PC101 app.py:4" in done.stdout) == (
        0,
        True,
        True,
    )


@pytest.mark.parametrize("word", ["PC101", "pc101", "dev-server-in-production"])
def test_explain(word: str) -> None:
    done = prodcheck("explain", word)
    assert done.returncode == 0
    for part in ("Why", "KM1", "Step 3", "Cure", "Bad: ", "Good: ", "Sources", "https://flask.palletsprojects.com/"):
        assert part in done.stdout


@pytest.mark.parametrize(
    ("args", "env", "colored"), [([], {}, False), (["--color", "always"], {"NO_COLOR": "1"}, True)]
)
def test_color(tmp_path: Path, args: list[str], env: dict[str, str], colored: bool) -> None:
    done = prodcheck(project(tmp_path / "p", BAD), *args, env=env)
    assert ("\x1b[" in done.stdout) is colored


def test_a_terminal_that_knows_no_unicode(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", {**BAD, "app.py": APP.replace("run()", "run()  # é日")})
    done = prodcheck(folder, env={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, "\\xe9" in done.stdout) == (1, True)


def test_rules_and_explain_know_the_rules_of_the_folder(tmp_path: Path) -> None:
    text = (ROOT / "rules" / "pc406_csrf_disabled" / "rule.toml").read_text(encoding="utf-8")
    text = text.replace('"PC406"', '"OPS406"').replace('"csrf-disabled"', '"house-csrf"')
    root = project(
        tmp_path, {"prodcheck.toml": 'extend-rules = ["ops/rules"]\n', "ops/rules/ops406_house_csrf/rule.toml": text}
    )
    listed = prodcheck("rules", cwd=root, env={"PYTHONPATH": str(ROOT)})
    assert listed.returncode == 0 and "OPS406  house-csrf" in listed.stdout and "PC406" in listed.stdout
    explained = prodcheck("explain", "house-csrf", cwd=root, env={"PYTHONPATH": str(ROOT)})
    assert explained.returncode == 0 and explained.stdout.startswith("OPS406 house-csrf")
    assert prodcheck("explain", "house-csrf").returncode == 2


def test_the_process_ends_with_the_whole_output_and_its_code(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\napp.run(debug=True)\n")
    (tmp_path / "Procfile").write_text("web: python app.py\n")
    code = (
        "import atexit, sys; atexit.register(lambda: print('told', file=sys.stderr))\n"
        "from flask_prodcheck.start import main\n"
        f"sys.argv = ['prodcheck', {str(tmp_path)!r}, '--format', 'json', '--no-cache']\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["verdict"] == "not-ready"
    assert (done.returncode, done.stderr) == (1, "told\n")
    waits = (
        "import threading\nthreading.Thread(target=lambda: (threading.main_thread().join(), print('waited'))).start()\n"
    )
    waiting = code.replace("main()\n", f"{waits}main()\n")
    done = subprocess.run([sys.executable, "-c", waiting], capture_output=True, text=True, check=False)
    assert done.stdout.endswith("waited\n") and done.returncode == 1
