"""Verdict, lesson state and exit code, independent of what is shown."""

from __future__ import annotations

import pytest

from flask_prodcheck.audit import audit_tree
from flask_prodcheck.base import Problem, Span
from flask_prodcheck.errors import SettingsError
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.findings.finding import Finding, Suppression
from flask_prodcheck.policy.verdict import exit_code, standing, verdict
from flask_prodcheck.rulekit import App, Project
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import memory_tree

EMPTY = Project("p", Facts())
PROJECT = Project("p", Facts(), apps=(App("app:app", Span("app.py", 1), "app", "global", ".", "app"),))
BAD = {
    "Procfile": "web: python app.py\n",
    "requirements.txt": "flask==3.1.3\ngunicorn==23.0.0\n",
    "app.py": "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run()\n",
}


def finding(severity: str = "error", step: int = 5, *affects: str, silent: bool = False, cure: str = "do") -> Finding:
    return Finding(
        code="PC900",
        name="x",
        topic="x",
        severity=severity,
        confidence="high",
        persona="regular",
        span=Span("a", step),
        message="m",
        cure=cure,
        key_moments=("KM1",),
        step=step,
        affects=affects,
        fingerprint=f"{severity}{step}{affects}",
        suppressed=Suppression("r", "a", 1) if silent else None,
    )


@pytest.mark.parametrize(
    ("project", "findings", "expected"),
    [
        (EMPTY, [], "no-app"),
        (PROJECT, [], "ready"),
        (PROJECT, [finding("warning"), finding("info")], "ready"),
        (PROJECT, [finding("error", silent=True)], "ready"),
        (PROJECT, [finding("error")], "not-ready"),
    ],
)
def test_verdict(project: Project, findings: list[Finding], expected: str) -> None:
    assert verdict(project, findings) == expected


@pytest.mark.parametrize(
    ("findings", "step", "now"),
    [
        ([], 7, ("production", "high", "high")),
        ([finding("error", 3)], 3, ("development", "low", "low")),
        ([finding("error", 4, "stability")], 4, ("production", "high", "high")),
        ([finding("error", 5, "security"), finding("error", 6, "stability")], 5, ("production", "high", "low")),
        ([finding("error", 5, "performance")], 5, ("production", "low", "high")),
        ([finding("warning", 5, "security")], 7, ("production", "high", "high")),
        ([finding("warning", 6, "performance")], 6, ("production", "high", "high")),
        ([finding("info", 6)], 7, ("production", "high", "high")),
        ([finding("error", 3, silent=True)], 7, ("production", "high", "high")),
    ],
)
def test_standing(findings: list[Finding], step: int, now: tuple[str, str, str]) -> None:
    state = standing(PROJECT, findings, findings)
    assert state.step == step
    assert (state.now.server_type, state.now.performance, state.now.security) == now
    assert (state.after.server_type, state.after.performance, state.after.security) == ("production", "high", "high")


def test_what_is_not_shown_is_not_cured() -> None:
    state = standing(PROJECT, [finding("error", 3), finding("error", 5, "security")], [finding("error", 3)])
    assert (state.after.server_type, state.after.performance, state.after.security) == ("production", "high", "low")


def test_standing_without_an_app() -> None:
    state = standing(EMPTY, [], [])
    assert (state.step, state.now.server_type, state.after.security) == (None, "none", "none")


@pytest.mark.parametrize(
    ("result", "shown", "problems", "fail_on", "code"),
    [
        ("ready", [], [], "error", 0),
        ("not-ready", [finding("error")], [], "error", 1),
        ("not-ready", [finding("error")], [], "never", 0),
        ("ready", [finding("warning")], [], "error", 0),
        ("ready", [finding("warning")], [], "warning", 1),
        ("ready", [finding("info")], [], "warning", 0),
        ("ready", [finding("info")], [], "info", 1),
        ("ready", [finding("error", silent=True)], [], "error", 0),
        ("no-app", [], [], "error", 2),
        ("not-ready", [finding("error")], [Problem("a", 1, "m", blocking=True)], "error", 3),
        ("ready", [], [Problem("a", 1, "m")], "error", 0),
        ("no-app", [], [Problem("a", 1, "m", blocking=True)], "never", 3),
    ],
)
def test_exit_code(result: str, shown: list[Finding], problems: list[Problem], fail_on: str, code: int) -> None:
    assert exit_code(result, shown, problems, fail_on) == code


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        (Settings(), True),
        (Settings(select=("PC1",)), True),
        (Settings(select=("dev-server",)), True),
        (Settings(select=("PC3",)), False),
        (Settings(ignore=("PC101",)), False),
        (Settings(ignore=("PC1",), select=("PC101",)), True),
        (Settings(ignore=("PC101",), select=("PC1",)), False),
        (Settings(per_file_ignores=(("*.py", ("PC101",)),)), False),
        (Settings(per_file_ignores=(("tools/*", ("PC101",)),)), True),
    ],
)
def test_selection_never_changes_the_verdict(settings: Settings, shown: bool) -> None:
    report = audit_tree(memory_tree(BAD), settings)
    assert any(each.code == "PC101" for each in report.findings) is shown
    assert any(each.code == "PC101" for each in report.hidden) is not shown
    assert report.verdict == "not-ready"
    assert report.standing.step == 3
    assert report.exit_code == int(shown)


def test_a_selector_that_names_no_rule() -> None:
    with pytest.raises(SettingsError, match=r"select: no rule is named 'dev-sever' \(did you mean"):
        audit_tree(memory_tree(BAD), Settings(select=("dev-sever",)))


KEPT = "from flask import Flask\nclass Web:\n    def __init__(self):\n        self.app = Flask('a')\n    def go(self):\n        {}\n"
UNKNOWN = 'FROM python:3.13\nCOPY . /srv\nCMD ["/opt/begin"]\n'
SERVED = "from waitress import serve\nfrom web import Web\nserve(Web().app)\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"web.py": KEPT.format("pass")}, ("no-app", [], [True])),
        ({"web.py": KEPT.format("pass"), "Dockerfile": UNKNOWN}, ("ready", [], [True])),
        ({"web.py": "x = 1\n", "Dockerfile": UNKNOWN}, ("no-app", [], [])),
        ({"web.py": KEPT.format("pass"), "Procfile": "web: python run.py\n", "run.py": SERVED}, ("ready", [], [True])),
        ({"web.py": KEPT.format("self.app.run()"), "requirements.txt": "flask==3.1.3\n"}, ("ready", [], [True])),
    ],
)
def test_an_application_that_no_server_can_import(
    files: dict[str, str], expected: tuple[str, list[str], list[bool]]
) -> None:
    pinned = {"requirements.txt": "flask==3.1.3\nwaitress==3.0.2\n", **files}
    report = audit_tree(memory_tree(pinned), Settings())
    named = [each.code for each in report.findings if each.code in ("PC102", "PC103") and each.severity == "error"]
    assert (report.verdict, named, [app.kept for app in report.apps]) == expected
