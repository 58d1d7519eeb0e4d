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


def kept_lines(root: Path, folder: Path) -> list[bytes]:
    with store_of(root, folder).lines("outlines") as lines:
        assert lines is not None
        return [line for _, line in lines]


@pytest.mark.parametrize("lines", [[], [b""], [b"{}", b"[]"], [b"5\t6\t7"], [b"\xff\t\xff\t\xff", b"[" * 9000]])
def test_what_is_of_another_shape_is_nothing(project: Path, cache_folder: Path, lines: list[bytes]) -> None:
    run(project)
    head = kept_lines(project, cache_folder)[:1]
    store_of(project, cache_folder).write_lines("outlines", [*(head if lines else []), *lines])
    (project / "app.py").write_text(FILES["app.py"] + "\n", encoding="utf-8")
    assert read(project) == (5, 0)


@pytest.mark.parametrize("data", [b"[]", b"5", b'{"a": 1}', b'["", true, "", [], [], []]', b"[" * 9000, b"\xff"])
def test_a_file_whose_outline_is_of_another_shape_is_read(project: Path, cache_folder: Path, data: bytes) -> None:
    run(project)
    head, *lines = kept_lines(project, cache_folder)
    path, digest, _ = next(line for line in lines if b"views" in line).split(b"\t")
    for damaged in (
        b"\t".join((path, digest, data)),
        b"\t".join((path, digest, data, b"]")),
        b"\t".join((path, digest)),
        b"\t".join((path, data)),
        path,
    ):
        store_of(project, cache_folder).write_lines("outlines", [head, *lines, damaged])
        (project / "app.py").write_text((project / "app.py").read_text() + "\n", encoding="utf-8")
        assert read(project) == (4, 1)


def test_a_file_that_was_cut_short_or_changed_is_nothing(project: Path, cache_folder: Path) -> None:
    for damage in (lambda data: data[:-1], lambda data: data[1:], lambda data: data + b"x", lambda data: b""):
        run(project)
        (place,) = cache_folder.rglob("outlines.lines")
        place.write_bytes(damage(place.read_bytes()))
        (project / "app.py").write_text((project / "app.py").read_text() + "\n", encoding="utf-8")
        assert read(project) == (5, 0)


def test_more_than_a_cache_may_hold_is_not_kept(
    project: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flask_prodcheck.cache.store._MAX_BYTES", 500)
    run(project)
    assert not list(cache_folder.rglob("outlines.lines")) and not list(cache_folder.rglob(".new-*"))


def test_no_text_of_a_file_is_kept(project: Path, cache_folder: Path) -> None:
    run(project)
    text = b"\n".join(kept_lines(project, cache_folder)).decode()
    assert "secret_key" in text and "make" in text
    assert KEY not in text and "seen" not in text
