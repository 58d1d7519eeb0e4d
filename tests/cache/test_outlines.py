"""What is remembered of single files: after a change only what changed is read, to the report of a run that reads all."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flask_prodcheck.cache import outlines
from flask_prodcheck.cache.store import store_of
from flask_prodcheck.cli import main

KEY = "gho5tly-letters-of-a-key"
FILES = {
    "app.py": f"from flask import Flask\nfrom shop import make\napp = make(Flask(__name__))\napp.secret_key = '{KEY}'\n",
    "shop/__init__.py": "from shop.views import bp\n\ndef make(app):\n    app.register_blueprint(bp)\n    return app\n",
    "shop/views.py": "from flask import Blueprint, session\nbp = Blueprint('b', __name__)\n\n@bp.route('/')\ndef home():\n"
    "    session['seen'] = 1\n    return ''\n",
    "Dockerfile": 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n',
    "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n",
}
NO_FACTS = "VALUE = 1\n" * 1000


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    then = time.time() - 3600
    for place in (root, *root.rglob("*")):
        os.utime(place, (then, then))
    return root


def run(root: Path, *options: str) -> tuple[dict[str, Any], dict[str, int]]:
    report = json.loads(CliRunner().invoke(main, [str(root), "--format", "json", *options]).output)
    return report, report.pop("stats")


def read(root: Path) -> tuple[int, int]:
    """(files read, files remembered) of an audit, whose report is checked against one that reads all."""
    report, stats = run(root)
    assert report == run(root, "--no-cache")[0]
    return stats["parsed"], stats["from_cache"]


def test_after_a_change_only_what_changed_is_read(project: Path) -> None:
    assert read(project) == (5, 0)
    (project / "app.py").write_text(FILES["app.py"] + "app.config['DEBUG'] = True\n", encoding="utf-8")
    assert read(project) == (3, 2)  # the files of no Python are read each time
    (project / "shop/views.py").unlink()
    assert read(project) == (2, 2)


def test_files_without_facts_are_remembered_too(project: Path) -> None:
    (project / "data.py").write_text(NO_FACTS, encoding="utf-8")
    run(project)
    (project / "app.py").write_text(FILES["app.py"] + "\n", encoding="utf-8")
    assert read(project) == (3, 3)


def test_a_file_that_cannot_be_parsed_is_said_each_time(project: Path) -> None:
    (project / "broken.py").write_text("from flask import Flask\napp = Flask(\n", encoding="utf-8")
    for _ in range(2):
        report, _ = run(project)
        assert [(each["file"], each["line"]) for each in report["problems"]] == [("broken.py", 2)]
        (project / "app.py").write_text((project / "app.py").read_text() + "\n", encoding="utf-8")


def test_what_is_remembered_of_another_tool_is_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(project)
    (project / "app.py").write_text(FILES["app.py"] + "\n", encoding="utf-8")
    monkeypatch.setattr(outlines, "tool_identity", lambda: "another")
    assert read(project) == (5, 0)


@pytest.mark.parametrize("files", [None, [], "all", 5])
def test_what_is_of_another_shape_is_nothing(project: Path, cache_folder: Path, files: object) -> None:
    run(project)
    store = store_of(project, cache_folder)
    store.write("outlines", (store.read("outlines") or {}) | {"files": files})
    (project / "app.py").write_text(FILES["app.py"] + "\n", encoding="utf-8")
    assert read(project) == (5, 0)


@pytest.mark.parametrize("data", [[], 5, {"a": 1}, ["", True, "", [], [], []]])
def test_a_file_whose_outline_is_of_another_shape_is_read(project: Path, cache_folder: Path, data: object) -> None:
    run(project)
    store = store_of(project, cache_folder)
    kept: Any = store.read("outlines")
    digest = kept["files"]["shop/views.py"].partition(" ")[0]
    for damaged in (f"{digest} {json.dumps(data)}", f"{digest} {json.dumps(data)}]", digest, json.dumps(data), data):
        kept["files"]["shop/views.py"] = damaged
        store.write("outlines", kept)
        (project / "app.py").write_text((project / "app.py").read_text() + "\n", encoding="utf-8")
        assert read(project) == (4, 1)


def test_no_text_of_a_file_is_kept(project: Path, cache_folder: Path) -> None:
    run(project)
    kept = store_of(project, cache_folder).read("outlines")
    text = json.dumps(kept)
    assert "secret_key" in text and "make" in text
    assert KEY not in text and "seen" not in text
