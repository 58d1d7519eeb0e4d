"""Suppression comments: where they count, what is recorded, and what is said about those that do nothing."""

from __future__ import annotations

import pytest

from flask_prodcheck.audit import audit_tree
from flask_prodcheck.policy.report import Report
from flask_prodcheck.sources.discover import memory_tree

APP = """from flask import Flask

app = Flask(__name__)

if __name__ == "__main__":
    app.run()
"""
DOCKERFILE = """FROM python:3.13-slim
WORKDIR /srv
COPY . .
RUN pip install flask gunicorn
USER 1000
CMD ["python", "app.py"]
"""


def audited(app: str = APP, dockerfile: str = DOCKERFILE, **more: str) -> Report:
    files = {"app.py": app, "Dockerfile": dockerfile, "requirements.txt": "flask==3.1.3\ngunicorn==23.0.0\n", **more}
    return audit_tree(memory_tree(files))


def suppressed(report: Report) -> list[tuple[str, str, str, int]]:
    return [
        (each.code, each.suppressed.reason, each.suppressed.file, each.suppressed.line)
        for each in report.findings
        if each.suppressed is not None
    ]


def test_without_a_comment() -> None:
    report = audited()
    assert suppressed(report) == []
    assert report.verdict == "not-ready"
    assert report.exit_code == 1


@pytest.mark.parametrize(
    ("app", "dockerfile", "file", "line"),
    [
        (APP.replace("app.run()", "app.run()  # prodcheck: ignore[PC101] demo"), DOCKERFILE, "app.py", 6),
        (APP.replace("    app.run", "    # prodcheck: ignore[PC101] demo\n    app.run"), DOCKERFILE, "app.py", 6),
        (
            APP.replace("    app.run", "    # prodcheck: ignore[PC101] demo\n    # why\n    app.run"),
            DOCKERFILE,
            "app.py",
            6,
        ),
        (APP, DOCKERFILE.replace("CMD", "# prodcheck: ignore[dev-server-in-production] demo\nCMD"), "Dockerfile", 6),
        (APP.replace("app.run()", "app.run()  # prodcheck: ignore[PC201, PC101]: demo"), DOCKERFILE, "app.py", 6),
    ],
)
def test_where_a_comment_counts(app: str, dockerfile: str, file: str, line: int) -> None:
    report = audited(app, dockerfile)
    assert ("PC101", "demo", file, line) in suppressed(report)
    assert report.verdict == "ready"
    assert report.standing.step == 7


@pytest.mark.parametrize(
    ("app", "message"),
    [
        (APP.replace("app.run()", "app.run()  # prodcheck: ignore[PC102] demo"), "nothing here needs it"),
        (APP.replace("app.run()", "app.run()  # prodcheck: ignore[PC999] demo"), "no rule has that name"),
        (APP.replace("app = ", "# prodcheck: ignore[PC101] demo\napp = "), "nothing here needs it"),
    ],
)
def test_unused(app: str, message: str) -> None:
    report = audited(app)
    unused = [each for each in report.findings if each.code == "PC001"]
    assert [(each.severity, message in each.message) for each in unused] == [("info", True)]
    assert report.verdict == "not-ready"


@pytest.mark.parametrize(
    ("app", "dockerfile", "message"),
    [
        (APP.replace("app.run()", "app.run()  # prodcheck: ignore demo"), DOCKERFILE, "names no rule"),
        (APP.replace("app.run()", "app.run()  # prodcheck: ignore[] demo"), DOCKERFILE, "names no rule"),
        (APP.replace("app.run()", "app.run()  # prodcheck: disable[PC101]"), DOCKERFILE, "says 'disable'"),
        (APP, DOCKERFILE.replace('app.py"]', 'app.py"] # prodcheck: ignore[PC101] x'), "part of the command"),
    ],
)
def test_a_comment_that_is_none(app: str, dockerfile: str, message: str) -> None:
    report = audited(app, dockerfile)
    assert any(message in each.message and not each.blocking for each in report.problems), report.problems
    assert suppressed(report) == []


def test_a_string_is_no_comment() -> None:
    report = audited(APP.replace("app.run()", 'app.run("# prodcheck: ignore[PC101] demo")'))
    assert suppressed(report) == []
    assert not [each for each in report.findings if each.code == "PC001"]
