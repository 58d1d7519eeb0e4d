"""Whole small projects against the report each is known to get, field by field.

``PRODCHECK_UPDATE_FIXTURES=1`` writes the reports anew: read the difference before you commit it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from flask_prodcheck.audit import audit
from flask_prodcheck.reports.json_v1 import as_data
from flask_prodcheck.settings import load_settings

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
UPDATE = bool(os.environ.get("PRODCHECK_UPDATE_FIXTURES"))
LEFT_OUT = ("stats", "tool")
PROJECTS = sorted(each.name for each in FIXTURES.iterdir() if each.is_dir())


def found(name: str) -> dict[str, Any]:
    report = as_data(audit(FIXTURES / name, load_settings(FIXTURES / name)))
    kept: dict[str, Any] = json.loads(json.dumps({key: each for key, each in report.items() if key not in LEFT_OUT}))
    return kept


@pytest.mark.parametrize("name", PROJECTS)
def test_report(name: str) -> None:
    place = FIXTURES / name / "expected.json"
    if UPDATE:
        place.write_text(json.dumps(found(name), indent=2) + "\n", encoding="utf-8")
    assert found(name) == json.loads(place.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "verdict", "step", "servers", "codes"),
    [
        ("lesson", "not-ready", 3, ["app-run"], ["PC101", "PC103"]),
        ("shop", "ready", 7, ["gunicorn", "flask-run"], []),
        ("guestbook", "not-ready", 5, ["gunicorn"], ["PC401"]),
        ("status_board", "not-ready", 3, ["gunicorn", "flask-run"], ["PC101", "PC202"]),
        ("notes", "ready", 7, ["gunicorn"], []),
        ("gallery", "not-ready", 4, ["uwsgi"], ["PC302", "PC401"]),
    ],
)
def test_what_each_fixture_is_for(name: str, verdict: str, step: int, servers: list[str], codes: list[str]) -> None:
    """An update cannot turn the fixtures into something else unnoticed."""
    report = found(name)
    assert (report["verdict"], report["lesson"]["step"], report["problems"]) == (verdict, step, [])
    assert [each["server"] for each in report["launches"]] == servers
    assert sorted(each["code"] for each in report["findings"] if each["severity"] == "error") == codes
