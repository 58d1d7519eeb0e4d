"""Commands and source lines as reports show them: secrets cut, everything else as it is."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from flask_prodcheck.cli import main
from flask_prodcheck.findings.published import published


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("CMD SECRET_KEY=hunter22 gunicorn app:app", "CMD SECRET_KEY=hu*** gunicorn app:app"),
        ("gunicorn -e API_TOKEN=hunter22 -w 4 app:app", "gunicorn -e API_TOKEN=hu*** -w 4 app:app"),
        ("serve --secret-key hunter22 --port 8000", "serve --secret-key hu*** --port 8000"),
        ("serve --secret-key=hunter22", "serve --secret-key=hu***"),
        ('CMD ["serve", "--password", "hunter22", "app:app"]', 'CMD ["serve", "--password", "hu***", "app:app"]'),
        ('sh -c "export DB_PASSWORD=hunter22; exec serve"', 'sh -c "export DB_PASSWORD=hu***; exec serve"'),
        ('["sh", "-c", "SECRET_KEY=\\"hunter22\\" serve"]', '["sh", "-c", "SECRET_KEY=\\"hu***\\" serve"]'),
        ("ENV SECRET_KEY hunter22", "ENV SECRET_KEY hu***"),
        ("SECRET_KEY: hunter22", "SECRET_KEY: hu***"),
        ('{"SECRET_KEY": "hunter22", "DEBUG": true}', '{"SECRET_KEY": "hu***", "DEBUG": true}'),
        ("SECRET_KEY=${SECRET_KEY:-hunter22}", "SECRET_KEY=${SECRET_KEY:-hu***}"),
        ("serve postgres://me:hunter22@db/app", "serve postgres://me:***@db/app"),
        ("SECRET_KEY=pw", "SECRET_KEY=***"),
        ('export SECRET_KEY="${SIGNS:-hunter22}"', 'export SECRET_KEY="${SIGNS:-hu***}"'),
        ("SECRET_KEY=${SIGNS:-hunter22", "SECRET_KEY=${SIGNS:-hu***"),
        ('SECRET_KEY="hunter22 and no end', 'SECRET_KEY="hu***'),
        ("SECRET_KEY='hun\\\nter22'", "SECRET_KEY='hu***'"),
        ("SECRET_KEY            = hunter22", "SECRET_KEY            = hu***"),
    ],
)
def test_the_value_of_a_secret_is_cut(text: str, shown: str) -> None:
    assert published(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "gunicorn --workers 4 --bind 0.0.0.0:8000 app:app",
        "SECRET_KEY=$SECRET_KEY gunicorn app:app",
        "SECRET_KEY=${SECRET_KEY} gunicorn app:app",
        "SECRET_KEY=change-me gunicorn app:app",
        "docker secret create key file",
        "--certificate-private-key-file /etc/tls/key.pem app:app",
        "POSTGRES_PASSWORD_FILE: /run/secrets/db",
        "secretName: app-settings",
        'if [ "$API_TOKEN" == "" ]; then exit 1; fi',
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert published(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("app.run(debug=True, secret_key=settings.KEY)", "app.run(debug=True, secret_key=settings.KEY)"),
        ('serve(app, secret_key="hunter22")', 'serve(app, secret_key="hu***")'),
        ('token = environ.get("API_TOKEN", "hunter22")', 'token = environ.get("API_TOKEN", "hu***")'),
        ('app.secret_key = environ["SECRET_KEY"]', 'app.secret_key = environ["SECRET_KEY"]'),
        ('app.secret_key = b"hunter22"', 'app.secret_key = b"hu***"'),
        ("app.secret_key = rb'hunter22'", "app.secret_key = rb'hu***'"),
        ('app.secret_key = f"hunter22{version}"', 'app.secret_key = f"hu***"'),
        ('environ.get("API_TOKEN", u"hunter22")', 'environ.get("API_TOKEN", u"hu***")'),
        ('app.secret_key = """hunter"22"""', 'app.secret_key = """hu***"""'),
        ("app.secret_key = b", "app.secret_key = b"),
        ("app.secret_key = bytes('hunter22')", "app.secret_key = bytes('hunter22')"),
    ],
)
def test_in_python_only_literals_are_values(text: str, shown: str) -> None:
    assert published(text, code=True) == shown


@pytest.mark.parametrize("length", [499, 500, 501, 502, 3_000, 50_000])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SECRET_KEY=", ""),
        ("SECRET_KEY=", " gunicorn app:app"),
        ("SECRET_KEY='", "' gunicorn app:app"),
        ('{"SECRET_KEY": "', '", "DEBUG": true}'),
        ("SECRET_KEY=${SIGNS:-", "} gunicorn app:app"),
        ("serve postgres://me:", "@db/app"),
        (f"{'a' * 100}_SECRET=", " gunicorn app:app"),
        (f"{'word ' * 2_000}SECRET_KEY=", " gunicorn app:app"),
    ],
)
def test_a_secret_of_any_length_anywhere_is_cut(before: str, after: str, length: int) -> None:
    shown = published(f"{before}{'hunter22' * (length // 8)}{'x' * (length % 8)}{after}")
    assert shown in (f"{before}hu***{after}", f"{before}***{after}")


_PIECES = st.sampled_from([
    "SECRET_KEY", "API_TOKEN", "ENV", "b", "x", "é", "=", ":", "://", "@", "/", ",", "--", "-", "_", "[", "]", " ", "\t", "\n",
    '"', "'", '"""', "\\", "\\'", "$", "${A-", "${A:-", "}",
])  # fmt: skip


@example(["API_TOKEN", "=", "${A-"], [], False)
@example(["API_TOKEN", "=", "${A-", "$"], [], False)
@example(["API_TOKEN", "=", '"""', "$"], [], True)
@example(["API_TOKEN", "=", "'", "\\'", "$"], ["\\"], True)
@example(["API_TOKEN", "=", "\\'", "$"], [], False)
@example(["://", "x", ":"], ["@"], False)
@given(st.lists(_PIECES, min_size=1, max_size=6), st.lists(_PIECES, max_size=3), st.booleans())
def test_a_long_text_ends_quickly(repeated: list[str], last: list[str], code: bool) -> None:
    text = "".join(repeated) * (400_000 // len("".join(repeated))) + "".join(last)
    begun = time.process_time()
    published(text, code=code)
    assert time.process_time() - begun < 1


@given(st.text(max_size=200) | st.lists(_PIECES).map("".join), st.booleans())
def test_any_text(text: str, code: bool) -> None:
    assert published(published(text, code=code), code=code) == published(text, code=code)


FORMATS = ("text", "json", "sarif", "github")
COMMANDS = (
    *([".", "--format", each] for each in FORMATS),
    *(["graph", ".", "--format", each] for each in ("text", "mermaid", "json")),
    [".", "--explain-launch"],
    ["config", "."],
    ["config", ".", "--format", "json"],
    ["scaffold", "all"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_publishes_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    files = {
        "app.py": (
            "import os\nfrom flask import Flask, session\n\napp = Flask(__name__)\n"
            'app.config["SECRET_KEY"] = "hunter22a"\n'
            'app.secret_key = os.environ.get("SIGNS", "hunter22b")\n'
            'app.config.update(MAIL_PASSWORD="hunter22c", DATABASE_URI="postgres://me:hunter22d@db/x")\n'
            'if __name__ == "__main__":\n    app.run(debug=True)\n'
        ),
        "Dockerfile": (
            "FROM python:3.12\nENV SECRET_KEY=hunter22e\nRUN pip install flask gunicorn\nCOPY . .\n"
            "CMD SECRET_KEY=hunter22f gunicorn -e JWT_SECRET_KEY=hunter22g --reload app:app\n"
        ),
        "compose.yaml": (
            "services:\n  web:\n    build: .\n    environment:\n      SECRET_KEY: hunter22h\n"
            '    command: sh -c "export API_TOKEN=hunter22i; flask run"\n'
        ),
        "Procfile": "web: SECRET_KEY=hunter22j gunicorn app:app\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, command)
    assert done.exit_code in (0, 1), done.output
    assert "Dockerfile" in done.output
    assert "hunter22" not in done.output
