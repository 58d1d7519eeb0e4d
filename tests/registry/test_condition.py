"""What each kind of ``[when]`` table finds in a project, and how certain it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from flask_prodcheck.audit import audit, audit_tree
from flask_prodcheck.errors import ProdcheckError
from flask_prodcheck.policy.report import Report
from flask_prodcheck.reports import sarif
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import memory_tree

RULE = """code = "OPS001"
slug = "house-rule"
since = "1.0.0"
severity = "error"
confidence = "high"
persona = "regular"
message = "{name} is {value} under {server}"
why = "Because."
cure = "Do not."
references = ["https://example.org/"]

[lesson]
moments = ["KM2"]
step = 5
affects = ["stability"]

[when]
"""
APP = """import os
from flask import Flask, session
app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
app.config["LEVEL"] = 3
app.config["MODE"] = os.environ.get("MODE", "loud")


@app.get("/")
def index():
    session["seen"] = True
    return "hello"
"""
FILES = {
    "Dockerfile": """FROM python:3.13-slim
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
ENV REGION=moon
RUN useradd web
USER web
CMD ["gunicorn", "-w", "2", "--timeout", "0", "-b", "0.0.0.0:8000", "app:app"]
""",
    "requirements.txt": "flask<3\ngunicorn==23.0.0\nflask-login\n",
    "app.py": APP,
}


def folder(tmp_path: Path, when: str) -> Path:
    path = tmp_path / "rules" / "ops001_house_rule"
    path.mkdir(parents=True)
    (path / "rule.toml").write_text(RULE + when + "\n", encoding="utf-8")
    return tmp_path


def report_with(tmp_path: Path, when: str) -> Report:
    root = folder(tmp_path, when)
    return audit_tree(memory_tree(FILES), Settings(extend_rules=("rules",)), root=root)


def found(report: Report) -> list[tuple[str, int, str, str]]:
    return [
        (each.span.file, each.span.line, each.severity, each.message)
        for each in report.findings
        if each.code == "OPS001"
    ]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ('config = ["LEVEL"]\nequals = [3]', [("app.py", 5, "error", "LEVEL is 3 under gunicorn")]),
        ('config = ["LEVEL"]\nequals = ["3", 3.0, true]', []),
        ('config = ["LEVEL", "OTHER"]\nstate = "set"', [("app.py", 5, "error", "LEVEL is 3 under gunicorn")]),
        ('config = ["MODE"]\nequals = ["loud"]', [("app.py", 6, "warning", "MODE is 'loud' under gunicorn")]),
        ('config = ["OTHER"]\nstate = "unset"', [("app.py", 3, "error", "OTHER is unset under gunicorn")]),
        ('config = ["SECRET_KEY"]\nstate = "unset"', []),
        ('config = ["LEVEL"]\nequals = [3]\nservers = ["uwsgi"]', []),
        ('config = ["LEVEL"]\nequals = [3]\nuses = ["session"]', [("app.py", 5, "error", "LEVEL is 3 under gunicorn")]),
        ('config = ["LEVEL"]\nequals = [3]\nuses = ["files"]', []),
        (
            'config = ["LEVEL"]\nequals = [3]\ninstalled = ["flask-login"]',
            [("app.py", 5, "error", "LEVEL is 3 under gunicorn")],
        ),
        ('config = ["LEVEL"]\nequals = [3]\ninstalled = ["flask-wtf"]', []),
        ('config = ["LEVEL"]\nequals = [3]\nnot-installed = ["flask-login"]', []),
        (
            'environment = ["REGION"]\nequals = ["moon"]',
            [("Dockerfile", 5, "error", "REGION is 'moon' under gunicorn")],
        ),
        ('environment = ["REGION"]\nequals = ["earth"]', []),
        ('environment = ["ZONE"]\nstate = "unset"', [("Dockerfile", 8, "warning", "ZONE is unset under gunicorn")]),
        ('environment = ["REGION"]\nstate = "set"\nuses = ["files"]', []),
        (
            'option = ["timeout"]\nequals = ["0"]\nservers = ["gunicorn"]',
            [("Dockerfile", 8, "error", "timeout is '0' under gunicorn")],
        ),
        (
            'option = ["max_requests"]\nstate = "unset"',
            [("Dockerfile", 8, "warning", "max_requests is unset under gunicorn")],
        ),
        ('dependency = ["flask"]\nbelow = "3.0"', [("requirements.txt", 1, "error", "flask is <3 under the server")]),
        ('dependency = ["flask"]\nbelow = "2.3"', []),
        (
            'dependency = ["flask-login"]\nstate = "set"',
            [("requirements.txt", 3, "error", "flask-login is any version under the server")],
        ),
        (
            'dependency = ["sentry-sdk"]\nstate = "unset"',
            [("requirements.txt", 1, "error", "sentry-sdk is unset under the server")],
        ),
    ],
)
def test_condition(tmp_path: Path, when: str, expected: list[tuple[str, int, str, str]]) -> None:
    assert found(report_with(tmp_path, when)) == expected


def test_the_finding_decides_like_any_other(tmp_path: Path) -> None:
    report = report_with(tmp_path, 'config = ["LEVEL"]\nequals = [3]')
    finding = next(each for each in report.findings if each.code == "OPS001")
    assert (report.verdict, report.exit_code) == ("not-ready", 1)
    assert [hop.span.file for hop in finding.evidence] == ["Dockerfile"]


def test_sarif_knows_the_users_rules(tmp_path: Path) -> None:
    driver = sarif.render(report_with(tmp_path, 'config = ["LEVEL"]\nequals = [3]'))
    assert '"id": "OPS001"' in driver
    assert '"name": "HouseRule"' in driver


def test_settings_name_the_folder(tmp_path: Path) -> None:
    root = folder(tmp_path, 'config = ["LEVEL"]\nequals = [3]')
    for name, text in FILES.items():
        (root / name).write_text(text, encoding="utf-8")
    assert len(found(audit(root, Settings(extend_rules=("rules",), select=("OPS001",))))) == 1
    with pytest.raises(ProdcheckError, match="no such folder of rules"):
        audit(root, Settings(extend_rules=("missing",)))


def test_a_comment_accepts_it(tmp_path: Path) -> None:
    root = folder(tmp_path, 'config = ["LEVEL"]\nequals = [3]')
    files = {**FILES, "app.py": APP.replace('"] = 3', '"] = 3  # prodcheck: ignore[OPS001] agreed')}
    report = audit_tree(memory_tree(files), Settings(extend_rules=("rules",)), root=root)
    assert [(each.is_open, each.code) for each in report.findings if each.code in ("OPS001", "PC001")] == [
        (False, "OPS001")
    ]
    assert report.problems == ()


def test_the_house_rule_of_the_guide_is_accepted(tmp_path: Path) -> None:
    guide = (Path(__file__).resolve().parent.parent.parent / "docs" / "writing-rules.md").read_text(encoding="utf-8")
    text = guide.partition("rule.toml`:\n\n```toml\n")[2].partition("```")[0]
    path = tmp_path / "rules" / "ops001_request_timeout_off"
    path.mkdir(parents=True)
    (path / "rule.toml").write_text(text, encoding="utf-8")
    report = audit_tree(memory_tree(FILES), Settings(extend_rules=("rules",)), root=tmp_path)
    assert found(report) == [("Dockerfile", 8, "warning", "gunicorn never gives up on a request (timeout = '0')")]
