"""Statements that are read when they are asked for: those that were there before, or a problem that says otherwise."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import flask_prodcheck
import flask_prodcheck.facts.parse as parsing
from flask_prodcheck.audit import audit_tree, linked_tree
from flask_prodcheck.cli import main
from flask_prodcheck.facts.bodies import Unread
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.python import read_python, read_statements
from flask_prodcheck.facts.syntax import Held
from flask_prodcheck.reports.json_v1 import as_data
from flask_prodcheck.sources.discover import discover, memory_tree
from flask_prodcheck.sources.tree import Source, Tree

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
OWN = sorted(Path(flask_prodcheck.__file__).parent.rglob("*.py"))
FILES = {
    "app.py": "from flask import Flask\napp = Flask(__name__)\napp.run()\n",
    "Dockerfile": 'FROM python:3.12\nCMD ["python", "app.py"]\n',
    "requirements.txt": "flask==3.1.0\n",
}


@pytest.fixture
def nothing_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "_HELD", -1)


def without_statistics(tree: Tree) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(json.dumps(as_data(audit_tree(tree))))
    report.pop("stats")
    return report


@pytest.mark.parametrize("name", sorted(each.name for each in FIXTURES.iterdir() if each.is_dir()))
def test_a_report_does_not_depend_on_what_is_held(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    held = without_statistics(discover(FIXTURES / name))
    monkeypatch.setattr(parsing, "_HELD", -1)
    assert without_statistics(discover(FIXTURES / name)) == held


@pytest.mark.parametrize("place", OWN[::12], ids=lambda place: place.stem)
def test_the_statements_are_those_of_the_whole_reading(place: Path) -> None:
    module = read_python(place.name, place.read_bytes())
    assert module is not None and module.body == read_statements(place.name, place.read_bytes())


@pytest.mark.usefixtures("nothing_held")
def test_statements_are_read_once_and_only_when_asked_for() -> None:
    tree = memory_tree(FILES)
    module = parse(tree).modules["app.py"]
    assert not isinstance(module.source, Unread)
    assert module.body is module.body and len(module.body) == 3


@pytest.mark.usefixtures("nothing_held")
@pytest.mark.parametrize(
    ("change", "said"), [("changed", "was changed while it was audited"), ("gone", "cannot be read")]
)
def test_a_file_that_changes_before_its_statements_are_read_is_said(tmp_path: Path, change: str, said: str) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    facts = parse(discover(tmp_path))
    place = tmp_path / "app.py"
    if change == "gone":
        place.unlink()
    else:
        place.write_text(FILES["app.py"] + "# more\n", encoding="utf-8")
    assert facts.modules["app.py"].body == ()
    (problem,) = facts.later
    assert (problem.file, problem.line, problem.blocking) == ("app.py", 1, True) and said in problem.message


@pytest.mark.usefixtures("nothing_held")
def test_an_audit_that_meets_such_a_file_is_incomplete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    reading = parsing.reading

    @contextlib.contextmanager
    def read_and_change(*given: Any) -> Iterator[Callable[[], Facts]]:
        with reading(*given) as facts:
            found = facts()
            (tmp_path / "app.py").write_text("", encoding="utf-8")
            yield lambda: found

    monkeypatch.setattr("flask_prodcheck.audit.reading", read_and_change)
    done = CliRunner().invoke(main, [str(tmp_path), "--format", "json"])
    problems = json.loads(done.output)["problems"]
    assert done.exit_code == 3
    assert [(each["file"], each["message"]) for each in problems] == [("app.py", "was changed while it was audited")]
    (tmp_path / "app.py").write_text(FILES["app.py"], encoding="utf-8")
    assert [each.file for each in linked_tree(discover(tmp_path)).problems] == ["app.py"]


@pytest.mark.usefixtures("nothing_held")
def test_how_deeply_a_file_may_nest_does_not_hang_on_who_asks_for_it() -> None:
    facts = parse(memory_tree({"app.py": f"app = Flask\nY = {'f(' * 190}app{')' * 190}\n"}))

    def asked(frames: int) -> int:
        return asked(frames - 1) if frames else len(facts.modules["app.py"].body)

    assert asked(500) == 2 and not facts.later


@pytest.mark.skipif(not hasattr(os, "fork"), reason="one process is all there is without fork")
@pytest.mark.usefixtures("nothing_held")
def test_processes_hand_over_outlines_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr("flask_prodcheck.facts.shares._processors", lambda: 2)
    files = {f"m{number}.py": FILES["app.py"] for number in range(4)}
    assert [len(module.body) for module in parse(memory_tree(files)).modules.values()] == [3] * 4


def two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr("flask_prodcheck.facts.shares._processors", lambda: 2)


def slow_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the other process read all but one file."""
    own, read = os.getpid(), parsing._read

    def slow(source: Source, tree: Tree) -> Any:
        if os.getpid() == own:
            time.sleep(1)
        return read(source, tree)

    monkeypatch.setattr(parsing, "_read", slow)


MANY = {f"m{number}.py": f"{FILES['app.py']}X = {number}\n" for number in range(9)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="one process is all there is without fork")
def test_the_process_that_read_a_file_hands_its_statements_over(monkeypatch: pytest.MonkeyPatch) -> None:
    two_processes(monkeypatch)
    slow_here(monkeypatch)
    monkeypatch.setattr("flask_prodcheck.facts.bodies.read_statements", lambda *_: pytest.fail("it was read again"))
    with parsing.reading(memory_tree(MANY)) as facts:
        modules = facts().modules
        bodies = {path: module.body for path, module in modules.items()}
        assert modules["m3.py"].body is bodies["m3.py"]
    assert bodies == {path: read_statements(path, text.encode()) for path, text in MANY.items()}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="one process is all there is without fork")
@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_statements_that_are_not_handed_over_are_read(damage: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    two_processes(monkeypatch)
    slow_here(monkeypatch)
    own = os.getpid()

    def damaged(_: object) -> bytes | None:
        if damage is None and os.getpid() != own:
            os._exit(1)
        return damage

    monkeypatch.setattr("flask_prodcheck.facts.packed.packed", damaged)
    with parsing.reading(memory_tree(MANY)) as facts:
        bodies = {path: module.body for path, module in facts().modules.items()}
    assert bodies == {path: read_statements(path, text.encode()) for path, text in MANY.items()}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="one process is all there is without fork")
def test_a_change_is_said_though_another_process_has_the_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_processes(monkeypatch)
    slow_here(monkeypatch)
    for name, text in MANY.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with parsing.reading(discover(tmp_path)) as facts:
        found = facts()
        later = [path for path, module in found.modules.items() if not isinstance(module.source, Held)]
        for path in later:
            (tmp_path / path).write_text("# other\n", encoding="utf-8")
        assert later and [found.modules[path].body for path in later] == [()] * len(later)
    assert sorted(problem.file for problem in found.later) == later
