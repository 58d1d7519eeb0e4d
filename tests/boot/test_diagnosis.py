"""What a server printed, read for the settings it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from flask_prodcheck.base import Known, Span
from flask_prodcheck.boot.diagnosis import Diagnosis, diagnose
from flask_prodcheck.model.project import App, Configuration, Setting

ROOT = Path("/srv/shop")


def trace(last: str, *frames: str) -> str:
    lines = [f"  {frame}" for frame in frames] or ['  File "/srv/shop/app.py", line 3, in <module>', "    work()"]
    return "\n".join(
        ["[2026-01-01] [7] [ERROR] Exception in worker process", "Traceback (most recent call last):", *lines, last, ""]
    )


ENVIRON = (
    'File "/srv/shop/settings.py", line 4, in <module>',
    '  KEY = os.environ["KEY"]',
    'File "<frozen os>", line 679, in __getitem__',
)


@pytest.mark.parametrize(
    ("output", "missing"),
    [
        (trace("KeyError: 'SECRET_KEY'", *ENVIRON), ("SECRET_KEY",)),
        (trace("KeyError: 'API_TOKEN'", 'File "/usr/lib/python3.9/os.py", line 679, in __getitem__'), ("API_TOKEN",)),
        (
            trace(
                "decouple.UndefinedValueError: SECRET_KEY not found. Declare it as envvar or define a default value."
            ),
            ("SECRET_KEY",),
        ),
        (trace('environs.exceptions.EnvError: Environment variable "DB_URL" not set'), ("DB_URL",)),
        (trace("RuntimeError: DATABASE_URL must be set"), ("DATABASE_URL",)),
        (trace("ValueError: please set REDIS_URL and MAIL_HOST"), ("REDIS_URL", "MAIL_HOST")),
        (
            trace(
                "KeyError: 'SECRET_KEY'", 'File "/srv/shop/app.py", line 9, in <module>', "  x = table['SECRET_KEY']"
            ),
            (),
        ),
        (trace("ValueError: wrong number"), ()),
        (trace("NameError: name 'SECRET_KEY' is not defined"), ()),
        ("no traceback at all\nKeyError: 'SECRET_KEY'\n", ()),
        ("", ()),
    ],
)
def test_missing_variables(output: str, missing: tuple[str, ...]) -> None:
    assert diagnose(output, ROOT, {}, None).missing == missing


def test_a_variable_that_is_given_is_not_missing() -> None:
    output = trace("RuntimeError: DATABASE_URL must be set to a postgresql address")
    assert diagnose(output, ROOT, {"DATABASE_URL": "x"}, None).missing == ()


def test_place_is_the_last_line_of_the_project() -> None:
    frames = (
        'File "/srv/shop/web/app.py", line 12, in make',
        "  go()",
        'File "/srv/shop/.venv/lib/site-packages/x.py", line 1, in go',
    )
    found = diagnose(trace("ValueError: no", *frames), ROOT, {}, None)
    assert found == Diagnosis(said="ValueError: no", place="web/app.py:12")


REFUSED = 'sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection to server at "db" (10.0.0.2), port 5432 failed: Connection refused'


@pytest.mark.parametrize(
    ("last", "env", "said"),
    [
        (
            REFUSED,
            {"DATABASE_URL": "postgresql://u:secret@db:5432/x", "OTHER": "http://web:80"},
            "db:5432, set by DATABASE_URL",
        ),
        (
            "redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.",
            {"CACHE": "redis://127.0.0.1:6379/0"},
            "localhost:6379, set by CACHE",
        ),
        (
            'OperationalError: could not translate host name "pg" to address: Name or service not known',
            {"PGHOST": "pg"},
            "pg, set by PGHOST",
        ),
        ("ConnectionRefusedError: [Errno 111] Connection refused", {}, "a service"),
    ],
)
def test_services_that_do_not_answer(last: str, env: dict[str, str], said: str) -> None:
    found = diagnose(trace(last), ROOT, env, None)
    assert found.unreachable == said
    assert found.environment
    assert "secret" not in repr(found)


def test_the_variable_behind_a_published_default_is_named() -> None:
    app = App("app:app", Span("app.py", 1), "app", "global", ".", "app.py")
    value: Known[object] = Known("postgresql://u:hidden@db/x")
    named = Setting("SQLALCHEMY_DATABASE_URI", value, variable="DATABASE_URL", fallback=True)
    found = diagnose(trace(REFUSED), ROOT, {}, Configuration(app, None, {"SQLALCHEMY_DATABASE_URI": named}))
    assert found.unreachable == "db:5432, set by DATABASE_URL"
    plain = Setting("DATABASE", value)
    found = diagnose(trace(REFUSED), ROOT, {}, Configuration(app, None, {"DATABASE": plain}))
    assert found.unreachable == "db:5432, set by DATABASE ('postgresql://u:***@db/x')"


def test_a_package_that_is_not_installed() -> None:
    output = trace("ModuleNotFoundError: No module named 'psycopg2'")
    assert diagnose(output, ROOT, {}, None, ["app.py"]).module == "psycopg2"
    own = trace("ModuleNotFoundError: No module named 'web.views'")
    assert diagnose(own, ROOT, {}, None, ["web/__init__.py"]) == Diagnosis(
        said="ModuleNotFoundError: No module named 'web.views'", place="app.py:3"
    )


def test_long_output_is_read_in_no_time() -> None:
    output = "Traceback (most recent call last):\n" + "  x\n" * 200_000 + "E: " + "A_" * 200_000 + " not set\n"
    assert diagnose(output, ROOT, {}, None).environment is False


@pytest.mark.parametrize(
    ("last", "table"),
    [
        ("sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such table: user", "table user"),
        ("sqlite3.OperationalError: no such table: shop.book", "table shop.book"),
        ('psycopg2.errors.UndefinedTable: relation "book" does not exist', "table book"),
        ("pymysql.err.ProgrammingError: (1146, \"Table 'shop.book' doesn't exist\")", "table shop.book"),
        ("cx_Oracle.DatabaseError: ORA-00942: table or view does not exist", "table"),
        ("ValueError: there is no such book", ""),
    ],
)
def test_a_table_that_is_not_there(last: str, table: str) -> None:
    found = diagnose(trace(last), ROOT, {}, None)
    assert (found.table, found.environment) == (table, bool(table))
