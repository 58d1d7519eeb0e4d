"""The four report formats of one project, and of hostile text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from flask_prodcheck import __version__
from flask_prodcheck.audit import audit_tree
from flask_prodcheck.base import Problem, Span
from flask_prodcheck.lesson import load_lesson
from flask_prodcheck.policy.report import Report
from flask_prodcheck.reports import github, json_v1, sarif, text
from flask_prodcheck.reports.relocate import relocated
from flask_prodcheck.reports.style import safe, safe_source
from flask_prodcheck.rulekit import Hop
from flask_prodcheck.sources.discover import memory_tree
from flask_prodcheck.sources.place import prefix_of
from flask_prodcheck.teaching.show_lesson import show_lesson

DATA = Path(__file__).resolve().parent.parent / "data"
FILES = {
    "Dockerfile": 'FROM python:3.13-slim\nCOPY . .\nRUN pip install flask gunicorn\nUSER 1\nCMD ["python", "app.py"]\n',
    "requirements.txt": "flask==3.1.3\ngunicorn==23.0.0\n",
    "app.py": "from flask import Flask\n\napp = Flask(__name__)\nif __name__ == '__main__':\n\tapp.run()\n",
}
ESCAPE = "\x1b[31m"


@cache
def report(**changes: str) -> Report:
    return audit_tree(memory_tree({**FILES, **{name.replace("_", "."): value for name, value in changes.items()}}))


def hostile() -> Report:
    base = report()
    (finding,) = (each for each in base.findings if each.code == "PC101")
    evil = replace(
        finding,
        message=f"{ESCAPE}x\n::error::y\u202e",
        source=f"a{ESCAPE}b",
        span=Span(f"{ESCAPE}a,b:c%\udcff.py", 1, 1, 1, 3),
        evidence=(Hop(Span("a\nb", 1), f"{ESCAPE}\n::stop-commands::x"),),
    )
    return replace(base, findings=(evil,), problems=(Problem(f"{ESCAPE}p", 1, f"{ESCAPE}\n::error::z"),))


def without_stats(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "stats"}


def test_json_is_the_contract() -> None:
    data = json.loads(json_v1.render(report()))
    assert list(data) == [
        "schema", "tool", "root", "verdict", "lesson", "apps", "launches", "run_sites", "findings", "problems", "stats",
    ]  # fmt: skip
    assert data["tool"] == {"name": "prodcheck", "version": __version__}
    assert (data["schema"], data["root"], data["verdict"]) == (1, ".", "not-ready")
    assert data["lesson"] == {
        "step": 3,
        "now": {"server_type": "development", "performance": "low", "security": "low"},
        "after": {"server_type": "production", "performance": "high", "security": "high"},
    }
    assert data["apps"] == [
        {"ref": "app:app", "file": "app.py", "line": 3, "name": "app", "form": "global", "cwd": ".", "best": True}
    ]
    (launch,) = data["launches"]
    assert list(launch) == [
        "file", "line", "command", "server", "purpose", "source", "target", "resolves", "confidence", "hops",
    ]  # fmt: skip
    assert [(hop["file"], hop["line"]) for hop in launch["hops"]] == [("Dockerfile", 5), ("app.py", 5)]
    (site,) = data["run_sites"]
    assert list(site) == ["file", "line", "call", "guard", "debug", "host", "production"]
    (finding,) = (each for each in data["findings"] if each["code"] == "PC101")
    assert list(finding) == [
        "code", "name", "topic", "severity", "confidence", "file", "line", "column", "end_line", "end_column", "message",
        "key_moments", "step", "evidence", "fix", "fingerprint", "suppressed",
    ]  # fmt: skip
    assert [finding[key] for key in ("file", "line", "column", "end_line", "end_column")] == ["app.py", 5, 2, 5, 11]
    assert [each["file"] for each in finding["evidence"]] == ["Dockerfile", "app.py"]
    assert list(data["stats"]) == ["files", "parsed", "from_cache", "seconds"]


def test_two_runs_differ_in_stats_only() -> None:
    once, again = (audit_tree(memory_tree(FILES)) for _ in range(2))
    assert without_stats(json_v1.as_data(once)) == without_stats(json_v1.as_data(again))


def test_json_survives_names_that_are_no_text() -> None:
    rendered = json_v1.render(hostile())
    assert rendered.isascii()
    assert json.loads(rendered)["findings"][0]["file"].startswith("\x1b")


@pytest.mark.parametrize("which", ["plain", "hostile", "suppressed", "nothing"])
def test_sarif_is_valid(which: str) -> None:
    makers: dict[str, Callable[[], Report]] = {
        "plain": report,
        "hostile": hostile,
        "suppressed": lambda: report(app_py=FILES["app.py"].replace("run()", "run()  # prodcheck: ignore[PC101] demo")),
        "nothing": lambda: audit_tree(memory_tree({"a.txt": "x"})),
    }
    subject = makers[which]()
    schema = json.loads((DATA / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    log = json.loads(sarif.render(subject))
    jsonschema.Draft4Validator(schema).validate(log)
    results = log["runs"][0]["results"]
    assert len(results) == len(subject.findings)
    for result, finding in zip(results, subject.findings, strict=True):
        assert result["partialFingerprints"] == {"prodcheck/v1": finding.fingerprint}
        assert ("codeFlows" in result) is bool(finding.evidence)
        assert ("suppressions" in result) is (finding.suppressed is not None)


def test_sarif_chain_and_security_severity() -> None:
    log: Any = sarif.as_data(report())
    run = log["runs"][0]
    (result,) = (each for each in run["results"] if each["ruleId"] == "PC101")
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    places = [each["location"]["physicalLocation"] for each in steps]
    assert [(each["artifactLocation"]["uri"], each["region"]["startLine"]) for each in places] == [
        ("Dockerfile", 5),
        ("app.py", 5),
    ]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert (rule["id"], rule["properties"]["security-severity"]) == ("PC101", "8.0")


def test_github_annotations() -> None:
    lines = github.render(report()).splitlines()
    (annotation,) = (line for line in lines if "PC101" in line)
    assert annotation.startswith("::error file=app.py,line=5,endLine=5,col=2,endColumn=11,title=PC101 dev-server")
    assert "%0A1. Dockerfile:5" in annotation
    assert lines[-1] == "prodcheck: not-ready"


def test_github_commands_cannot_be_forged() -> None:
    lines = github.render(hostile()).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("::error file=\\x1b[31ma%2Cb%3Ac%25\\udcff.py,line=1,")
    assert all("\x1b" not in line for line in lines)


def test_text_shows_the_place_and_the_chain() -> None:
    shown = text.render(report())
    assert "error[PC101] Dockerfile:5 starts Flask's development server in production\n" in shown
    assert "  --> app.py:5:2  dev-server-in-production\n" in shown
    assert "5 |     app.run()\n  |     ^^^^^^^^^\n" in shown
    assert re.search(r"1\. Dockerfile:5  CMD .*\n.*2\. app\.py:5 ", shown)
    assert "= key moment KM1, step 3: Why can Flask's development server not be used in production?" in shown
    assert "= cure: " in shown
    assert "> 3     Detect the need for production" in shown
    assert "server type: development -> production after the cures" in shown
    assert shown.splitlines()[-1].startswith("Not ready for production: 1 error")


def test_text_of_a_clean_project_says_what_was_checked() -> None:
    clean = report(Dockerfile=FILES["Dockerfile"].replace('"python", "app.py"', '"gunicorn", "-w", "2", "app:app"'))
    shown = text.render(clean)
    assert "Checked 3 files" in shown
    assert "1 application, 1 launch" in shown
    assert "0 suppressed" in shown
    assert "production: Dockerfile:5 starts gunicorn for app:app" in shown
    assert "> 7     Exit" in shown
    assert "assumed" not in shown
    assert shown.splitlines()[-1].startswith("Ready for production")
    assert show_lesson(load_lesson(), clean).splitlines()[-1] == "  Nothing holds it: the lesson is complete."


def test_text_names_some_of_what_holds_a_project() -> None:
    image = FILES["Dockerfile"].replace('"python", "app.py"', '"flask", "run"')
    images = {f"w{each}/Dockerfile": image for each in range(9)}
    shown = text.render(audit_tree(memory_tree({**FILES, **images})))
    (held,) = (line for line in shown.splitlines() if "held at step" in line)
    assert held.count(" at ") == 1 + 6 and re.search(r" and [1-9][0-9]* more$", held)


def test_text_without_an_app() -> None:
    shown = text.render(audit_tree(memory_tree({"a.py": "x = 1\n"})))
    assert shown.splitlines()[-1] == "No Flask application found: nothing to check here."
    assert "Step  Action" not in shown


def test_text_never_commands_the_terminal() -> None:
    shown = text.render(hostile())
    assert not {char for char in shown if not char.isprintable()} - {"\n"}
    assert "\x1b[" in text.render(report(), color=True)
    assert "\x1b[" not in text.render(report())


@pytest.mark.parametrize(
    ("verdict", "blocking", "last"),
    [
        ("ready", False, "Ready for production: nothing found."),
        ("ready", True, "Not known whether ready for production: nothing found; not everything could be read."),
        ("not-ready", True, "Not ready for production: nothing found; not everything could be read."),
        ("no-app", False, "No Flask application found: nothing to check here."),
        ("no-app", True, "No Flask application found, but not everything could be read."),
    ],
)
def test_the_last_line_never_promises_what_was_not_read(verdict: str, blocking: bool, last: str) -> None:
    apps = () if verdict == "no-app" else report().apps
    problems = (Problem("Dockerfile", 1, "broken", blocking),)
    subject = replace(report(), verdict=verdict, findings=(), problems=problems, apps=apps)
    assert text.render(subject).splitlines()[-1] == last
    assert "assumed from step 4 on" not in text.render(subject)
    ends = github.render(subject).splitlines()[-1]
    assert ends == f"prodcheck: {verdict}" + (" (not everything could be read)" if blocking else "")


def test_without_a_launch_of_production_nothing_is_promised() -> None:
    subject = audit_tree(memory_tree({"app.py": FILES["app.py"], "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n"}))
    assert (subject.verdict, subject.exit_code) == ("ready", 0)
    shown = text.render(subject)
    why = "nothing here says how production starts"
    assert shown.splitlines()[-1].startswith("Not known whether ready for production: ")
    assert shown.splitlines()[-1].endswith(f"; {why}.")
    assert f"  assumed from step 4 on: {why}\n" in shown
    assert github.render(subject).splitlines()[-1] == f"prodcheck: ready ({why})"
    assert show_lesson(load_lesson(), subject).splitlines()[-1] == f"  Nothing that was found holds it, but {why}."


def test_an_application_that_nothing_starts_is_not_called_absent() -> None:
    subject = replace(report(), verdict="no-app", findings=())
    last = "The Flask application is kept by an object that nothing starts: nothing to check here."
    assert text.render(subject).splitlines()[-1] == last


def test_problems_of_one_kind_in_one_file_are_one_line() -> None:
    many = tuple(Problem("a.sh", line, "too long") for line in (3, 5, 9))
    shown = text.render(replace(report(), problems=(*many, Problem("b.sh", 1, "too long", True))))
    assert "  a.sh:3: too long (noted, and 2 more places)\n  b.sh:1: too long (could hide an error)\n" in shown


def test_sarif_is_valid_unicode() -> None:
    odd = replace(hostile(), problems=(Problem("a", 1, "b\udcff"),))
    odd = replace(odd, findings=tuple(replace(each, message="c\udcff") for each in odd.findings))
    rendered = sarif.render(odd)
    json.dumps(json.loads(rendered), ensure_ascii=False).encode("utf-8")
    assert "b\\\\udcff" in rendered and "c\\\\udcff" in rendered


def test_relocated() -> None:
    base = report(app_py=FILES["app.py"].replace("run()", "run()  # prodcheck: ignore[PC101] demo"))
    base = replace(base, problems=(Problem("x.py", 1, "broken"),))
    moved = relocated(base, "services/web/")
    assert [each.fingerprint for each in moved.findings] == [each.fingerprint for each in base.findings]
    places = re.findall(r'"uri": "([^"]+)"', sarif.render(moved))
    assert places and all(place.startswith("services/web/") for place in places)
    assert all("file=services/web/" in line for line in github.render(moved).splitlines() if line.startswith("::"))
    assert relocated(base, "") is base


@pytest.mark.parametrize(
    ("root", "folder", "expected"),
    [("a/b", "a", "b/"), ("a/b/c", "a", "b/c/"), ("a", "a", ""), ("a", "a/b", ""), ("a/b/../c", "a", "c/")],
)
def test_prefix(tmp_path: Path, root: str, folder: str, expected: str) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert prefix_of(tmp_path / root, tmp_path / folder) == expected


def test_text_names_a_development_server_in_words() -> None:
    assert "production: Dockerfile:5 starts the development server (app.run()) for app:app" in text.render(report())


@pytest.mark.parametrize(
    ("message", "written"),
    [
        ("100% sure", "::100%25 sure"),
        ("a\r\nb", "::a\\r%0Ab"),
        ("a\x00b\x1b", "::a\\x00b\\x1b"),
        ("%0A::error::x", "::%250A::error::x"),
    ],
)
def test_github_escapes(message: str, written: str) -> None:
    subject = replace(report(), findings=(), problems=(Problem("a%,:\n\r.py", 1, message),))
    first, last = github.render(subject).split("\n")[:2]
    assert first == "::warning file=a%25%2C%3A\\n\\r.py,line=1,title=prodcheck%3A not analysed" + written
    assert last == "prodcheck: not-ready"


def test_text_counts_hidden_errors() -> None:
    base = report()
    errors = tuple(each for each in base.findings if each.severity == "error")
    shown = text.render(replace(base, findings=(), hidden=errors))
    assert "1 error outside the selected rules also counted" in shown


@pytest.mark.parametrize(
    ("line", "column", "end", "expected"),
    [
        ("  run()", 3, 8, ("  run()", 2, 5)),
        ("\trun()", 2, 7, ("    run()", 4, 5)),
        ("日本 = 1", 6, 7, ("日本 = 1", 7, 1)),
        ("a\x1bb", 3, 4, ("a\\x1bb", 5, 1)),
        ("", 1, 1, ("", 0, 1)),
    ],
)
def test_safe_source(line: str, column: int, end: int, expected: tuple[str, int, int]) -> None:
    assert safe_source(line, column, end) == expected


def test_safe() -> None:
    assert safe("a\n\x1b\udcff\u202eé") == "a\\n\\x1b\\udcff\\u202eé"
