"""What is remembered of single files: after a change only what changed is read, to the report of a run that reads all."""

from __future__ import annotations

import binascii
import json
import os
import pickle
import random
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import flask_prodcheck.facts.parse as parsing
from flask_prodcheck.cache import outlines
from flask_prodcheck.cache.store import store_of
from flask_prodcheck.cli import main
from flask_prodcheck.facts import bodies, packed
from flask_prodcheck.facts.python import read_statements
from flask_prodcheck.facts.syntax import Stmt

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
    (project / "login.py").write_text(f"import smtplib\nSMTP_PASSWORD = '{KEY}1'\n", encoding="utf-8")
    run(project)
    text = b"\n".join(kept_lines(project, cache_folder)).decode()
    assert "secret_key" in text and "make" in text and "SMTP_PASSWORD" in text
    assert KEY not in text and "seen" not in text


@pytest.fixture
def keeps_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "_WORTH_KEEPING", 0)


def count_readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose statements were read again."""
    found: list[str] = []

    def counted(path: str, data: bytes) -> tuple[Stmt, ...]:
        found.append(path)
        return read_statements(path, data)

    monkeypatch.setattr(bodies, "read_statements", counted)
    return found


def add_a_line(place: Path) -> None:
    place.write_text(place.read_text(encoding="utf-8") + "\n", encoding="utf-8")


@pytest.mark.usefixtures("keeps_statements")
def test_statements_are_read_once_for_all_runs(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(project)
    add_a_line(project / "shop/views.py")
    found = count_readings(monkeypatch)
    run(project)
    assert not found


@pytest.mark.usefixtures("keeps_statements")
def test_statements_that_were_recalled_are_not_written_again(project: Path, cache_folder: Path) -> None:
    run(project)
    (place,) = cache_folder.rglob("statements.lines")
    before = place.stat()
    (project / "Procfile").write_text("web: gunicorn -w 3 app:app\n")
    run(project)
    after = place.stat()  # reading it moves the time of the last access alone
    assert (after.st_ino, after.st_mtime_ns, after.st_size) == (before.st_ino, before.st_mtime_ns, before.st_size)


def kept_statements(root: Path, folder: Path) -> list[bytes]:
    with store_of(root, folder).lines("statements") as lines:
        assert lines is not None
        return [line for _, line in lines]


def test_an_application_called_setup_is_no_file_that_changed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "_HELD", 0)
    (project / "setup.py").write_text("from flask import Flask\napp = Flask(__name__)\n", encoding="utf-8")
    (project / "Procfile").write_text("web: gunicorn setup:app\n", encoding="utf-8")
    for options in ((), ("--no-cache",)):
        assert run(project, *options)[0]["problems"] == []


def test_few_statements_are_not_worth_it(project: Path, cache_folder: Path) -> None:
    run(project)
    assert not list(cache_folder.rglob("statements.lines"))


@pytest.mark.usefixtures("keeps_statements")
def test_statements_are_of_no_use_without_the_file(project: Path, cache_folder: Path) -> None:
    run(project)
    _, *lines = kept_statements(project, cache_folder)
    assert len(lines) >= 2
    for line in lines:
        path, _, data = line.split(b"\t")
        held = (project / json.loads(path)).read_bytes()
        locked = binascii.a2b_base64(data)
        assert b"Flask" not in locked and KEY.encode() not in locked
        with pytest.raises(zlib.error):
            zlib.decompress(locked)
        assert zlib.decompress(outlines._crossed(locked, held))


@pytest.mark.usefixtures("keeps_statements")
@pytest.mark.parametrize(
    "damage", ["another file's", "other bytes", "no base64", "another digest", "no data", "a header"]
)
def test_statements_of_another_shape_are_read(
    project: Path, cache_folder: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(project)
    head, *lines = kept_statements(project, cache_folder)
    parts = [line.split(b"\t") for line in lines]
    others = [*[each[2] for each in parts][1:], parts[0][2]]
    damaged = {
        "another file's": [
            b"\t".join((path, digest, data)) for (path, digest, _), data in zip(parts, others, strict=True)
        ],
        "other bytes": [b"\t".join((path, digest, b"AAAA")) for path, digest, _ in parts],
        "no base64": [b"\t".join((path, digest, b"\xff")) for path, digest, _ in parts],
        "another digest": [b"\t".join((path, b"0" * 64, data)) for path, _, data in parts],
        "no data": [path for path, _, _ in parts],
        "a header": lines,
    }[damage]
    store_of(project, cache_folder).write_lines("statements", [head if damage != "a header" else b"x", *damaged])
    add_a_line(project / "shop/views.py")
    found = count_readings(monkeypatch)
    report, _ = run(project)
    assert "app.py" in found
    assert report == run(project, "--no-cache")[0]


class _Runs:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("it-was-run",)


@pytest.mark.usefixtures("keeps_statements")
@pytest.mark.parametrize(
    "text",
    [
        pickle.dumps((_Runs(),)),
        b"",
        b"{}",
        b"[1]",
        b"[" * 9000,
        b"\xff",
        b"[[0]]",
        b"null",
        b"[" + b" " * 5000 + b"]",
    ],
    ids=["a pickle", "nothing", "a dict", "a number", "deep", "no text", "a node", "null", "too large"],
)
def test_locked_statements_of_another_shape_are_read_and_replaced(
    project: Path, cache_folder: Path, text: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(outlines, "_MAX_OF_A_FILE", 4000)
    run(project)
    head, *lines = kept_statements(project, cache_folder)
    poisoned = []
    for line in lines:
        path, digest, _ = line.split(b"\t")
        held = (project / json.loads(path)).read_bytes()
        data = binascii.b2a_base64(outlines._crossed(zlib.compress(text), held), newline=False)
        poisoned.append(b"\t".join((path, digest, data)))
    store_of(project, cache_folder).write_lines("statements", [head, *poisoned])
    add_a_line(project / "shop/views.py")
    found = count_readings(monkeypatch)
    report, _ = run(project)
    assert "app.py" in found and not (tmp_path / "it-was-run").exists()
    assert not set(poisoned) & set(kept_statements(project, cache_folder)[1:])
    assert report == run(project, "--no-cache")[0]


@pytest.mark.usefixtures("keeps_statements")
def test_what_is_kept_is_never_unpickled(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(project)
    add_a_line(project / "shop/views.py")
    found = count_readings(monkeypatch)
    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, lambda *_: pytest.fail("it was unpickled"))
    monkeypatch.setattr(packed, "unpacked", lambda _: pytest.fail("it was unpickled"))
    run(project)
    assert not found


@pytest.mark.usefixtures("keeps_statements")
def test_no_more_statements_are_kept_than_there_is_room_for(
    project: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlines, "_MAX_STATEMENTS", 700)
    run(project)
    assert len(kept_statements(project, cache_folder)) < 1 + len(list(project.rglob("*.py")))


EDITS = [
    ("app.py", "app.config['DEBUG'] = True\n"),
    ("app.py", "app.run(debug=True)\n"),
    ("shop/__init__.py", "def make(app):\n    app.config['SECRET_KEY'] = 'published-by-mistake'\n    return app\n"),
    ("shop/views.py", "import app\n"),
    ("shop/more.py", "from flask import Flask\napplication = Flask(__name__)\n"),
    ("serve.py", "from waitress import serve\nfrom app import app\nserve(app)\n"),
    ("Dockerfile", 'CMD ["python", "serve.py"]\n'),
    ("settings.py", "import os\nDEBUG = os.environ.get('DEBUG', '1') == '1'\n"),
    ("app.py", "app.config.from_object('settings')\n"),
    ("shop/broken.py", "from flask import Flask\napp = Flask(\n"),
]


@pytest.mark.usefixtures("keeps_statements")
@pytest.mark.parametrize("seed", range(12))
def test_after_any_edits_the_report_is_that_of_a_run_that_reads_all(project: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(6):
        name, text = chance.choice(EDITS)
        place = project / name
        before = place.read_text(encoding="utf-8") if place.exists() else ""
        match chance.choice(["add", "replace", "remove", "restore"]):
            case "add":
                place.write_text(before + text, encoding="utf-8")
            case "replace":
                place.write_text(text, encoding="utf-8")
            case "remove":
                place.unlink(missing_ok=True)
            case "restore" if name in FILES:
                place.write_text(FILES[name], encoding="utf-8")
        assert run(project)[0] == run(project, "--no-cache")[0]
