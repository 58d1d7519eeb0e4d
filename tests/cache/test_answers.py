"""The remembered answer: always that of a run without a cache, whatever became of the project, the tool or the cache."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import flask_prodcheck.audit
from flask_prodcheck.cache import answers, contents, identity
from flask_prodcheck.cache.place import default_folder
from flask_prodcheck.cache.store import Store, store_of
from flask_prodcheck.cli import main
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import discover

APP = "from flask import Flask\napp = Flask(__name__)\napp.secret_key = 'gho5tly-letters-of-a-key'\n"
FILES = {
    "app.py": APP + "if __name__ == '__main__':\n    app.run(debug=True)\n",
    "Dockerfile": 'FROM python:3.12-slim\nWORKDIR /srv\nCOPY . .\nCMD ["python", "app.py"]\n',
    "requirements.txt": "flask==3.1.0\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    write(root, FILES)
    age(root)
    return root


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def age(root: Path, seconds: int = 3600) -> None:
    """Time stamps of long ago, as those of a project that nobody is working on."""
    then = time.time() - seconds
    for place in (root, *root.rglob("*")):
        os.utime(place, (then, then))


def run(root: Path, *options: str) -> tuple[int, dict[str, object], dict[str, object]]:
    """(exit code, report without statistics, statistics)."""
    done = CliRunner().invoke(main, [str(root), "--format", "json", *options])
    report = json.loads(done.output)
    return done.exit_code, report, report.pop("stats")


def fresh(root: Path) -> tuple[int, dict[str, object]]:
    code, report, stats = run(root, "--no-cache")
    assert stats["from_cache"] == 0
    return code, report


def remembered(root: Path, *options: str) -> bool:
    """Whether the audit of ``root`` is answered from the cache; the answer is checked against a fresh one."""
    code, report, stats = run(root, *options)
    assert (code, report) == (fresh(root) if not options else run(root, "--no-cache", *options)[:2])
    return stats["parsed"] == 0


def test_an_unchanged_project_is_not_read_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, report, stats = run(project)
    assert stats["parsed"] == 3 and code == 1

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("the project was audited again")

    monkeypatch.setattr(flask_prodcheck.audit, "examine", fail)
    again = run(project)
    assert again[:2] == (code, report)
    assert again[2]["from_cache"] == 3 and again[2]["files"] == stats["files"]


def test_the_text_report_says_how_long_this_run_took(project: Path) -> None:
    outputs = [CliRunner().invoke(main, [str(project), *extra]).output for extra in ((), (), ("--no-cache",))]
    assert "987654321" not in "".join(outputs)
    first, second, third = (output.partition("Checked") for output in outputs)
    assert first[0] == second[0] == third[0]


def _edit(name: str, text: str) -> Callable[[Path], None]:
    return lambda root: write(root, {name: text})


@pytest.mark.parametrize(
    "change",
    [
        _edit("app.py", APP),
        _edit("new.py", "x = 1\n"),
        _edit("notes.md", "a file that no reader reads can still be a launch target\n"),
        _edit("pyproject.toml", '[tool.prodcheck]\nignore = ["PC101"]\n'),
        _edit(".gitignore", "Dockerfile\n"),
        lambda root: (root / "Dockerfile").unlink(),
        lambda root: (root / "Dockerfile").rename(root / "Dockerfile.old"),
    ],
)
def test_a_change_is_seen(project: Path, change: Callable[[Path], None]) -> None:
    assert not remembered(project)
    assert remembered(project)
    change(project)
    assert not remembered(project)
    assert remembered(project)


def test_what_a_readme_says_is_part_of_the_answer(project: Path) -> None:
    started = "#!/bin/sh\npython app.py\n"
    (project / "Dockerfile").unlink()
    write(project, {"start.sh": started, "README.md": "# Deployment\n```\n./start.sh\n```\n"})
    age(project)
    launches = run(project)[1]["launches"]
    assert isinstance(launches, list) and [each["purpose"] for each in launches] == ["production"]
    assert remembered(project)
    write(project, {"README.md": "# Development\n```\n./start.sh\n```\n"})
    age(project)
    assert not remembered(project)
    assert remembered(project)


@pytest.mark.parametrize("command", [["graph"], ["graph", "--format", "json"], ["config", "--key", "SECRET_KEY"]])
def test_what_graph_and_config_show_is_remembered(
    project: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    arguments = [command[0], str(project), *command[1:]]
    first = CliRunner().invoke(main, arguments)
    monkeypatch.setattr(flask_prodcheck.audit, "reading", None)
    again = CliRunner().invoke(main, arguments)
    assert (again.output, again.exit_code) == (first.output, first.exit_code) and first.output
    assert CliRunner().invoke(main, [*arguments, "--no-cache"]).exit_code == 3  # it would have to read


def test_other_options_have_answers_of_their_own(project: Path) -> None:
    assert not remembered(project)
    for options in (("--persona", "auditor"), ("--exclude", "Dockerfile"), ("--ignore", "PC1"), ("--no-config",)):
        known = options == ("--no-config",)  # there is no configuration to leave out: the same question
        assert remembered(project, *options) is known, options
    assert remembered(project)


def test_what_git_tracks_is_part_of_the_question(project: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(project), *words], check=True, capture_output=True)

    write(project, {".env": "SECRET_KEY=gho5tly-letters-of-a-key\n"})
    age(project)
    git("init", "-q")
    git("add", "app.py")
    assert not remembered(project)
    assert remembered(project)
    git("add", ".env")
    assert not remembered(project)


def test_a_file_changed_within_the_tick_of_its_time_stamp_is_read_again(project: Path) -> None:
    place = project / "app.py"
    place.write_text(FILES["app.py"], encoding="utf-8")
    assert not remembered(project)
    before = place.stat()
    place.write_text(FILES["app.py"].replace("True", "None"), encoding="utf-8")  # the same size
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not remembered(project)


def test_time_stamps_from_the_future_prove_nothing(project: Path) -> None:
    age(project, -3600)
    found = contents.contents(project, ["app.py"], {})
    assert found is not None and not found["app.py"].is_settled


def test_a_file_that_changes_during_the_audit_is_not_remembered(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = flask_prodcheck.audit.examine

    def slow(*args: object, **kwargs: object) -> object:
        report = original(*args, **kwargs)  # type: ignore[arg-type]
        write(project, {"app.py": APP})
        return report

    monkeypatch.setattr(flask_prodcheck.audit, "examine", slow)
    run(project)
    write(project, {"app.py": FILES["app.py"]})
    monkeypatch.undo()
    assert run(project)[2]["from_cache"] == 0


def test_files_of_no_known_kind_count_when_the_audit_reads_them(project: Path) -> None:
    loads = "import json\n" + APP + 'app.config.from_file("settings.json", load=json.load)\n'
    write(project, {"app.py": loads, "settings.json": '{"DEBUG": false}', "notes.json": "{}"})
    age(project)
    assert not remembered(project)
    assert remembered(project)
    write(project, {"notes.json": "[]"})
    assert remembered(project)  # nothing reads it
    write(project, {"settings.json": '{"DEBUG": true}'})
    assert run(project)[:2] == fresh(project)
    assert remembered(project)
    (project / "settings.json").unlink()
    (project / "settings.json").mkdir()
    assert run(project)[:2] == fresh(project)


def test_another_tool_gives_its_own_answers(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not remembered(project)
    monkeypatch.setattr(answers, "tool_identity", lambda: "another version")
    assert not remembered(project)


def test_the_tool_is_known_by_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "rules_folder", lambda: tmp_path)
    rule = tmp_path / "rule.toml"
    seen = set()
    for text in ("a", "b", "ab"):
        rule.write_text(text)
        seen.add(identity.tool_identity())
    assert len(seen) == 3


def test_rules_of_the_user_are_part_of_the_question(project: Path) -> None:
    shutil.copytree(next(Path(__file__).parents[2].glob("rules/pc101*")), project / "ops/pc901_own")
    rule = project / "ops/pc901_own/rule.toml"
    (project / "ops/pc901_own/check.py").unlink()
    tree = discover(project)
    chosen = Settings(extend_rules=("ops",))

    def key() -> str:
        question = answers.ask(project, tree, chosen, (), project.parent / "cache")
        assert question is not None
        return question.key

    first = key()
    rule.write_text(rule.read_text() + "\n# changed\n")
    assert key() != first


# --- the state of the folder -----------------------------------------------------------------------------------------


def files_of(folder: Path) -> list[Path]:
    return sorted([*folder.rglob("*.json"), *folder.rglob("*.lines")])


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _poison(data: bytes) -> bytes:
    return data.replace(b"PC", b"XX").replace(b"not-ready", b"ready")


def _older(data: bytes) -> bytes:
    return data.replace(b"prodcheck-cache-1", b"prodcheck-cache-0")


@pytest.mark.parametrize(
    "damage", [_cut, _poison, _older, lambda _: b"", lambda _: b"\xff\x00{", lambda data: data + b" "]
)
def test_a_damaged_cache_is_no_cache(project: Path, cache_folder: Path, damage: Callable[[bytes], bytes]) -> None:
    run(project)
    assert len(files_of(cache_folder)) == 3
    for place in files_of(cache_folder):
        place.write_bytes(damage(place.read_bytes()))
    assert not remembered(project)
    assert remembered(project)


@pytest.mark.parametrize("value", [{}, {"key": 1}, {"key": "", "text": 3, "exit_code": 0}, {"files": [[1]]}])
def test_a_sealed_text_of_another_shape_is_no_answer(
    project: Path, cache_folder: Path, value: dict[str, object]
) -> None:
    run(project)
    store = store_of(project, cache_folder)
    for place in files_of(cache_folder):
        store.write(place.stem, value)
    assert not remembered(project)


@pytest.mark.parametrize("answer", [("text", None), ("text", 5), ("exit_code", True), ("exit_code", 3)])
def test_an_answer_is_checked_field_by_field(project: Path, cache_folder: Path, answer: tuple[str, object]) -> None:
    run(project)
    store = store_of(project, cache_folder)
    name = next(place.stem for place in files_of(cache_folder) if place.stem.startswith("answer"))
    known = store.read(name)
    assert known is not None
    store.write(name, {**known, answer[0]: answer[1]})
    assert not remembered(project)


def test_a_folder_that_cannot_be_made_is_no_cache(project: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    for folder in ("taken/below", "nul\0l"):
        store = Store(tmp_path / folder, "project")
        store.write("a", {"b": 1})
        assert store.read("a") is None
    assert run(project, "--cache-dir", str(tmp_path / "taken/below"))[2]["from_cache"] == 0


def test_a_full_disk_is_no_cache(project: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert not remembered(project)
    assert not remembered(project)
    assert not list(cache_folder.rglob(".new-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="owners and modes are POSIX")
def test_a_folder_that_others_can_write_is_not_believed(project: Path, cache_folder: Path) -> None:
    run(project)
    cache_folder.chmod(0o777)
    assert not remembered(project)
    assert not remembered(project)


def test_the_project_does_not_bring_its_answer(project: Path, cache_folder: Path) -> None:
    run(project)
    assert sorted(path.name for path in project.iterdir()) == sorted(FILES)
    assert cache_folder.stat().st_mode & 0o077 == 0
    assert {"CACHEDIR.TAG", ".gitignore"} <= {path.name for path in cache_folder.iterdir()}


def test_a_cache_inside_the_project_is_none_of_its_files(project: Path) -> None:
    folder = project / ".kept"
    for expected in (False, True, True):
        assert bool(run(project, "--cache-dir", str(folder))[2]["from_cache"]) is expected


def test_secrets_are_as_masked_as_in_the_report(project: Path, cache_folder: Path) -> None:
    assert "PC401" in CliRunner().invoke(main, [str(project)]).output
    for form in ("json", "sarif", "github"):
        CliRunner().invoke(main, [str(project), "--format", form])
    kept = b"".join(path.read_bytes() for path in files_of(cache_folder))
    assert b"PC401" in kept and b"gho5tly-letters" not in kept


def test_an_unreadable_or_incomplete_project_is_not_remembered(project: Path) -> None:
    write(project, {"Dockerfile": "FROM\n\0"})
    age(project)
    for _ in range(2):
        code, _, stats = run(project)
        assert code == 3 and stats["parsed"] != 0


def test_a_project_without_an_application_is_remembered_too(tmp_path: Path) -> None:
    write(tmp_path / "tool", {"json.py": "x = 1\n"})
    age(tmp_path)
    assert [run(tmp_path / "tool")[0] for _ in range(2)] == [2, 2]
    assert run(tmp_path / "tool")[2]["from_cache"] == 1


def test_projects_that_nobody_audits_any_more_are_forgotten(project: Path, cache_folder: Path) -> None:
    run(project)
    old = next(path for path in cache_folder.iterdir() if path.is_dir())
    os.utime(old, (0, 0))
    write(project.parent / "other", FILES)
    run(project.parent / "other")
    assert not old.exists()


def test_runs_at_the_same_time_do_not_disturb_each_other(project: Path, cache_folder: Path) -> None:
    store = store_of(project, cache_folder)
    values = [{"text": letter * 200_000} for letter in "abcd"]
    seen: list[object] = []

    def work(value: dict[str, str]) -> None:
        for _ in range(20):
            store.write("answer", value)
            seen.append(store.read("answer"))

    threads = [threading.Thread(target=work, args=(value,)) for value in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 80 and all(value in values for value in seen)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"PRODCHECK_CACHE_DIR": "/somewhere", "HOME": "/home/u"}, "/somewhere"),
        ({"XDG_CACHE_HOME": "/caches", "HOME": "/home/u"}, "/caches/prodcheck"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/home/u"}, "/home/u/.cache/prodcheck"),
        ({"HOME": ""}, None),
        ({}, None),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="each system has a place of its own")
def test_the_default_folder(environment: dict[str, str], expected: str | None) -> None:
    assert default_folder(environment) == expected


# --- any edits -------------------------------------------------------------------------------------------------------

_NAMES = st.sampled_from(["app.py", "wsgi.py", "pkg/__init__.py", "Dockerfile", "Procfile", ".env", "requirements.txt"])
_TEXTS = st.sampled_from(
    [
        "", FILES["app.py"], APP, "from app import app\n", "app.run(\n", FILES["Dockerfile"], "FROM python:3.12\n",
        'FROM python:3.12\nCMD ["gunicorn", "app:app"]\n', "web: gunicorn app:app\n", "web: flask run\n",
        "SECRET_KEY=a1b2c3d4e5\n", "flask==3.1.0\ngunicorn==23.0.0\n", "\x00",
    ]
)  # fmt: skip
_EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), _NAMES, _TEXTS),
        st.tuples(st.just("remove"), _NAMES, st.just("")),
        st.tuples(st.just("age"), _NAMES, st.just("")),
    ),
    max_size=6,
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=_EDITS)
def test_after_any_edits_the_answer_is_a_fresh_one(folder: Path, edits: list[tuple[str, str, str]]) -> None:
    root = folder / "project"
    shutil.rmtree(root, ignore_errors=True)
    write(root, FILES)
    for action, name, text in [("age", "", ""), *edits]:
        if action == "write":
            write(root, {name: text})
        elif action == "remove":
            (root / name).unlink(missing_ok=True)
        else:
            age(root)
        code, report, _ = run(root, "--cache-dir", str(folder / "kept"))
        assert (code, report) == fresh(root)
