"""A verification as its reader sees it, and the comparison of configurations behind it."""

from __future__ import annotations

import json

import pytest

from flask_prodcheck.base import Known, Origin, Span, Unknown, Value
from flask_prodcheck.boot.server import Route
from flask_prodcheck.model.project import App, Configuration, Setting
from flask_prodcheck.verify.check import FAILED, NOTED, PASSED, SKIPPED, Check, Verification
from flask_prodcheck.verify.configuration import compared
from flask_prodcheck.verify.report import render, render_json
from flask_prodcheck.verify.steps import chosen_path

BOOTED = Check("boot", PASSED, "2 workers up")
SEEN = Check("headers", NOTED, "Server: gunicorn", ("not sent: x",))
APP = App("app:app", Span("app.py", 1), "app", "global", ".", "app.py")


def verification(*checks: Check) -> Verification:
    return Verification(
        "Procfile:1 gunicorn app:app", "app:app", "/usr/bin/python3", {"gunicorn": "27.0.1", "flask": ""}, checks, 2.5
    )


@pytest.mark.parametrize(
    ("checks", "code", "verdict", "words"),
    [
        ((BOOTED, SEEN), 0, "proven", "Proven: everything was seen to work. (2.5 s)"),
        ((BOOTED, Check("errors", FAILED, "traceback")), 1, "failed", "Failed: errors. (2.5 s)"),
        ((Check("boot", SKIPPED, "no KEY"),), 3, "not-tried", "Not proven: boot could not be tried. (2.5 s)"),
        ((Check("boot", SKIPPED, "no KEY"), Check("errors", FAILED, "x")), 1, "failed", "Failed: errors."),
        (
            (Check("boot", FAILED, "no"), Check("errors", SKIPPED, "not tried: down", reached=False)),
            1,
            "failed",
            "Failed: boot. errors: not tried: down. (2.5 s)",
        ),
    ],
)
def test_verdict(checks: tuple[Check, ...], code: int, verdict: str, words: str) -> None:
    done = verification(*checks)
    assert (done.exit_code, done.verdict) == (code, verdict)
    assert words in render(done)
    assert json.loads(render_json(done))["verdict"] == verdict


def test_text() -> None:
    assert render(verification(BOOTED, SEEN)).splitlines() == [
        "Boots app:app",
        "  from Procfile:1 gunicorn app:app",
        "  with /usr/bin/python3 (gunicorn 27.0.1)",
        "",
        "ok        boot              2 workers up",
        "seen      headers           Server: gunicorn",
        "                            not sent: x",
        "",
        "Proven: everything was seen to work. (2.5 s)",
    ]


def test_json() -> None:
    data = json.loads(render_json(verification(SEEN)))
    assert data["checks"] == [
        {"name": "headers", "status": "noted", "said": "Server: gunicorn", "details": ["not sent: x"]}
    ]
    assert list(data) == [
        "schema",
        "verdict",
        "target",
        "origin",
        "python",
        "versions",
        "checks",
        "notes",
        "prepare",
        "seconds",
    ]


def setting(key: str, value: Value[object], **more: object) -> Setting:
    return Setting(key, value, **more)  # type: ignore[arg-type]


def check(settings: list[Setting], running: dict[str, object], env: dict[str, str] | None = None) -> Check:
    configuration = Configuration(APP, None, {each.key: each for each in settings})
    encoded = {
        key: ["shown", value[6:]] if isinstance(value, str) and value.startswith("shown:") else ["value", value]
        for key, value in running.items()
    }
    return compared({"flask": True, "config": encoded}, configuration, env or {})


HERE = (Origin(Span("config.py", 7), "KEY = 'a'"),)


@pytest.mark.parametrize(
    ("settings", "running", "status", "details"),
    [
        ([setting("DEBUG", Known(False))], {"DEBUG": False, "MORE": 1}, PASSED, ()),
        (
            [setting("MODE", Known("a", HERE))],
            {"MODE": "b"},
            FAILED,
            ("MODE: the audit has 'a' (config.py:7), the process has 'b'",),
        ),
        ([setting("N", Known(1))], {"N": True}, FAILED, ("N: the audit has 1, the process has True",)),
        ([setting("MODE", Known("a", HERE))], {}, FAILED, ("MODE: the audit has 'a', the process has no such key",)),
        (
            [setting("ENV", Known("production"))],
            {},
            PASSED,
            ("ENV: a default of the Flask that the project asks for, unknown to the one it runs with",),
        ),
        ([setting("LIFE", Known(3600))], {"LIFE": "shown:timedelta 1:00:00"}, PASSED, ()),
        ([setting("SECRET_KEY", Known("x" * 20), random=True)], {"SECRET_KEY": "y" * 20}, PASSED, ()),
        (
            [setting("SECRET_KEY", Known("first-of-the-keys"))],
            {"SECRET_KEY": "finer-than-before"},
            FAILED,
            ("SECRET_KEY: the audit has 'fi***', the process has 'fi***', another value",),
        ),
        (
            [setting("API_KEY", Known("first-of-the-keys"))],
            {"API_KEY": "shown:LazyText finer-than-before"},
            FAILED,
            ("API_KEY: the audit has 'fi***', the process has LazyText",),
        ),
        (
            [setting("MODE", Unknown("only the deployment sets it"))],
            {"MODE": "b"},
            PASSED,
            ("MODE: 'b'; the audit could not know it (only the deployment sets it)",),
        ),
    ],
)
def test_configurations(
    settings: list[Setting], running: dict[str, object], status: str, details: tuple[str, ...]
) -> None:
    found = check(settings, running)
    assert (found.status, found.details) == (status, details)


def test_a_default_that_the_environment_replaces_is_no_difference() -> None:
    fallback = setting("MODE", Known("dev"), variable="MODE", fallback=True)
    assert check([fallback], {"MODE": "live"}).status == FAILED
    assert check([fallback], {"MODE": "live"}, {"MODE": "live"}).status == PASSED


def test_without_an_application_it_is_not_tried() -> None:
    assert compared({"flask": False}, None, {}).status == SKIPPED


@pytest.mark.parametrize(
    ("rules", "path"),
    [
        (["/about", "/"], "/"),
        (["/account", "/health", "/a"], "/health"),
        (["/logout", "/books", "/x/<id>"], "/books"),
        (["/x/<id>", "/logout"], "/"),
        ([], "/"),
    ],
)
def test_the_page_that_is_asked_for(rules: list[str], path: str) -> None:
    assert chosen_path([Route(rule, "view", "<" in rule) for rule in rules]) == path
