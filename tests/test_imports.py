"""What a run may load: each library costs every user its start-up time, wanted or not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {
    "dotenv", "email", "importlib.metadata", "jinja2", "libcst", "multiprocessing", "packaging", "rich", "socket",
    "tree_sitter", "unittest", "yaml",
}  # fmt: skip
FILES = {
    "app.py": "from flask import Flask\napp = Flask(__name__)\napp.run()\n",
    "compose.yaml": "services:\n  web:\n    build: .\n    command: flask run\n",
    "start.sh": "#!/bin/sh\nexec flask run\n",
    "Dockerfile": 'FROM python:3.12\nCMD ["./start.sh"]\n',
}


def loaded(code: str, cwd: Path) -> set[str]:
    """The modules that a process of its own has loaded after ``code``, except those of the bare interpreter."""
    script = f"import sys; before = set(sys.modules)\n{code}\nimport json; print(json.dumps(sorted(set(sys.modules) - before)))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=cwd, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return set(json.loads(done.stdout.splitlines()[-1]))


def audit(path: Path) -> str:
    return (
        "from flask_prodcheck.cli import main\n"
        f"try: main([{str(path)!r}, '--output', {os.devnull!r}])\n"
        "except SystemExit: pass\n"
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    then = time.time() - 3600
    for name, text in FILES.items():
        (root / name).write_text(text)
        os.utime(root / name, (then, then))
    return root


def test_the_command_line_loads_only_click(tmp_path: Path) -> None:
    modules = loaded("import flask_prodcheck.cli", tmp_path)
    own = {name for name in modules if name.startswith("flask_prodcheck")}
    assert own == {"flask_prodcheck", "flask_prodcheck.cli", "flask_prodcheck.errors", "flask_prodcheck.terminal"}
    assert not modules & (HEAVY | {"pathspec", "tomli"})


def test_an_unchanged_project_is_answered_without_the_readers(project: Path, tmp_path: Path) -> None:
    cold, warm = loaded(audit(project), tmp_path), loaded(audit(project), tmp_path)
    assert {"yaml", "tree_sitter", "flask_prodcheck.model.link"} <= cold
    assert "libcst" not in cold  # only what is newer than this Python, and fixes, need it
    # The rooms of other commands are looked for, by their packages, and not loaded.
    own = {name for name in warm if name.startswith("flask_prodcheck.") and not _is_room_of_a_command(name)}
    assert {name.split(".")[1] for name in own} == {
        "base", "cache", "cli", "errors", "patterns", "records", "resources", "settings", "sources", "terminal", "tomlfile",
    }  # fmt: skip
    assert not warm & HEAVY


def _is_room_of_a_command(name: str) -> bool:
    return name.count(".") == 1 and name.rpartition(".")[2] in (
        "compare",
        "fixes",
        "graph",
        "init",
        "scaffold",
        "verify",
    )


def test_only_what_a_project_holds_is_loaded(project: Path, tmp_path: Path) -> None:
    for name in ("compose.yaml", "start.sh"):
        (project / name).unlink()
    (project / "Dockerfile").write_text('FROM python:3.12\nCMD ["python", "app.py"]\n')
    modules = loaded(audit(project), tmp_path)
    assert not modules & {"yaml", "tree_sitter", "jinja2", "rich"}
