"""Refused values, against the validators of the installed gunicorn itself."""

from __future__ import annotations

import pytest
from gunicorn.config import Config

from flask_prodcheck.model.launching.gunicorn import removed_settings, settings_table, worker_aliases
from flask_prodcheck.model.launching.gunicorn_values import argument_refusal, refusal

VALUES = [
    None, True, False, 0, 1, -1, 3, 2.5, "", "2", "0x10", "-1", "2.5", "010", " 4 ", "true", "False", "yes", "0.0.0.0:8000", [], (), {}, ["a"],
    ("a", "b"), [1], {"a": 1}, b"x",
]  # fmt: skip
MODELLED = {
    "validate_pos_int", "validate_bool", "validate_string", "validate_list_string", "validate_dict", "validate_string_to_addr_list",
}  # fmt: skip


def refused_by_gunicorn(name: str, value: object) -> bool:
    try:
        Config().set(name, value)
    except Exception:
        return True
    return False


@pytest.mark.parametrize("name", sorted(name for name, row in settings_table().items() if row.check in MODELLED))
def test_a_refused_value_is_refused_by_gunicorn(name: str) -> None:
    setting = settings_table()[name]
    wrong = [value for value in VALUES if refusal(setting, value) and not refused_by_gunicorn(name, value)]
    assert wrong == []


@pytest.mark.parametrize("name", ["workers", "timeout", "reload", "accesslog", "bind", "raw_env", "logconfig_dict"])
def test_every_value_that_gunicorn_refuses_is_refused(name: str) -> None:
    setting = settings_table()[name]
    missed = [
        value for value in VALUES if not isinstance(value, bytes) and refused_by_gunicorn(name, value) and not refusal(setting, value)
    ]  # fmt: skip
    assert missed == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("4", None), ("0", None), ("2.5", "it must be a whole number"), ("", "it must be a whole number"), ("-1", "it must not be negative")],
)  # fmt: skip
def test_arguments(text: str, expected: str | None) -> None:
    assert argument_refusal(settings_table()["workers"], text) == expected


def test_what_came_and_went() -> None:
    assert settings_table()["control_socket_disable"].since == (25, 1)
    assert settings_table()["workers"].since == ()
    assert removed_settings()["tolerate_dangerous_framing"].until == (23, 0)
    assert worker_aliases()["eventlet"].until == (26, 0)
    assert worker_aliases()["gevent"].until is None
