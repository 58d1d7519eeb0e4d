"""``prodcheck verify`` with real Flask and real Gunicorn on loopback: good, broken and hostile projects."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flask_prodcheck.boot.processes import has_proc, marked

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="Gunicorn needs POSIX")]
ROOT = Path(__file__).resolve().parents[2]

APP = 'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get("/")\ndef index():\n    return "hello"\n'
PROCFILE = {"Procfile": "web: gunicorn --workers 2 --threads 4 app:app\n", "requirements.txt": "flask\ngunicorn\n"}


@dataclass(frozen=True)
class Proof:
    """The JSON report of one verification, and how it ended."""

    code: int
    data: dict[str, Any]
    seconds: float
    left: int
    stderr: str

    def status(self, name: str) -> str:
        return str(self.check(name)["status"])

    def check(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(each for each in self.data["checks"] if each["name"] == name)
        return found

    def with_status(self, status: str) -> list[str]:
        return [str(each["name"]) for each in self.data["checks"] if each["status"] == status]


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def proof(folder: Path, *args: str, env: Mapping[str, str] | None = None) -> Proof:
    """What ``prodcheck verify`` says of the project in ``folder``, and how many of its processes are left."""
    mark = f"PROOF_{uuid.uuid4().hex}"
    variables = folder.parent / f"{folder.name}.env"
    variables.write_text(
        "".join(f"{name}={value}\n" for name, value in {**(env or {}), mark: "1"}.items()), encoding="utf-8"
    )
    command = [
        sys.executable,
        "-m",
        "flask_prodcheck",
        "verify",
        str(folder),
        "--format",
        "json",
        "--env-file",
        str(variables),
        *args,
    ]
    started = time.monotonic()
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder.parent,
        timeout=150,
        env={**os.environ, "SHELL_ONLY": "1"},
    )
    seconds = time.monotonic() - started
    data = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    return Proof(done.returncode, data, seconds, len(marked(mark)), done.stderr)


ALL_GOOD = [
    "check-config",
    "boot",
    "loopback",
    "answers",
    "concurrency",
    "debugger",
    "errors",
    "worker-replaced",
    "graceful-stop",
    "nothing-left",
]


def test_own_gunicorn_launch(tmp_path: Path) -> None:
    settings = "import os\nSECRET_KEY = os.environ['SECRET_KEY']\nSESSION_COOKIE_SECURE = True\nMODE = os.environ.get('MODE', 'none')\n"
    app = (
        "from flask import Flask, session\n\napp = Flask(__name__)\napp.config.from_object('settings')\n\n"
        "@app.get('/')\ndef index():\n    session['seen'] = True\n    return 'hello'\n"
    )
    files = {
        **PROCFILE,
        "Procfile": "web: MODE=live gunicorn -c conf.py --workers 2 app:app\n",
        "conf.py": "threads = 4\nbind = '0.0.0.0:80'\n",
    }
    folder = written(tmp_path / "shop", {**files, "app.py": app, "settings.py": settings})
    before = sorted(path.name for path in folder.iterdir())
    done = proof(folder, env={"SECRET_KEY": "k" * 40})
    assert (done.code, done.left, done.with_status("failed"), done.with_status("skipped")) == (0, 0, [], []), done
    assert done.data["verdict"] == "proven"
    assert done.check("boot")["said"].startswith("2 gthread workers up")
    assert "at the same time" in done.check("concurrency")["said"]
    assert done.check("cookies")["status"] == "passed"
    assert done.check("configuration")["details"] == [
        "SECRET_KEY: 'kk***'; the audit could not know it (SECRET_KEY has to be set: start-up fails without it)"
    ]
    assert "k" * 10 not in json.dumps(done.data)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_the_lesson_is_scaffolded_in_a_copy(tmp_path: Path) -> None:
    folder = tmp_path / "lesson"
    shutil.copytree(ROOT / "fixtures" / "lesson", folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = proof(folder)
    assert (done.code, done.left) == (0, 0), done
    assert done.with_status("passed") == ALL_GOOD
    assert "scaffold" in done.data["origin"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_missing_variables_are_named_and_supplied(tmp_path: Path) -> None:
    app = f"import os\n{APP}\napp.secret_key = os.environ['SHOP_SECRET']\n"
    folder = written(tmp_path / "shop", {**PROCFILE, "app.py": app})
    done = proof(folder)
    assert (done.code, done.left, done.data["verdict"]) == (3, 0, "not-tried")
    assert done.check("check-config")["said"] == "SHOP_SECRET is not set: give it with --env-file"
    assert done.check("check-config")["details"] == ["KeyError: 'SHOP_SECRET' at app.py:11"]
    assert proof(folder, env={"SHOP_SECRET": "s" * 32}).code == 0


def test_a_service_that_does_not_answer_is_traced_to_its_variable(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = f"import os\nimport socket\n{APP}\nurl = os.environ['DATABASE_URL']\nsocket.create_connection(('127.0.0.1', {port}))\n"
    folder = written(tmp_path / "shop", {**PROCFILE, "app.py": app})
    done = proof(folder, env={"DATABASE_URL": f"postgresql://me:hidden@127.0.0.1:{port}/x"})
    assert (done.code, done.left) == (3, 0)
    assert "DATABASE_URL does not answer here" in done.check("check-config")["said"]
    assert "hidden" not in json.dumps(done.data)


DEBUGGED = f"{APP}\nfrom werkzeug.debug import DebuggedApplication\napp.wsgi_app = DebuggedApplication(app.wsgi_app, evalex=True)\napp.debug = True\n"
OPEN_COOKIE = f"{APP}\nfrom flask import session\napp.secret_key = 'x' * 32\n\n@app.get('/in')\ndef enter():\n    session['a'] = 1\n    return 'in'\n"
SWALLOWS = f"{APP}\n@app.errorhandler(Exception)\ndef fine(error):\n    return 'all fine'\n"


@pytest.mark.parametrize(
    ("app", "procfile", "failed"),
    [
        (DEBUGGED, "web: gunicorn -w 1 app:app\n", {"debugger", "errors"}),
        (f"{OPEN_COOKIE}app.config['SESSION_COOKIE_HTTPONLY'] = False\n", "web: gunicorn -w 1 app:app\n", {"cookies"}),
        (SWALLOWS, "web: gunicorn -w 1 app:app\n", {"errors"}),
        (APP, "web: gunicorn -w 1 app:nothing\n", {"check-config"}),
        (APP.replace('return "hello"', "return 1 / 0"), "web: gunicorn -w 1 app:app\n", {"answers", "concurrency"}),
    ],
    ids=["debugger", "readable session", "swallowed errors", "no such attribute", "the page fails"],
)
def test_what_is_wrong_fails(tmp_path: Path, app: str, procfile: str, failed: set[str]) -> None:
    folder = written(tmp_path / "shop", {**PROCFILE, "Procfile": procfile, "app.py": app})
    done = proof(folder)
    assert (done.code, done.left, set(done.with_status("failed"))) == (1, 0, failed), done


TLS = "server {\n    listen 443 ssl;\n    location / {\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n"


def test_a_cookie_without_secure_fails_only_where_the_site_has_tls(tmp_path: Path) -> None:
    folder = written(tmp_path / "shop", {**PROCFILE, "app.py": OPEN_COOKIE})
    plain = proof(folder)
    assert (plain.code, plain.check("cookies")["status"]) == (0, "noted"), plain
    assert plain.check("cookies")["said"].endswith("no file of the project shows that the site has TLS")
    served = proof(written(folder, {"deploy/nginx.conf": TLS}))
    assert (served.code, served.with_status("failed")) == (1, ["cookies"]), served
    assert served.check("cookies")["said"].endswith("the site has TLS (deploy/nginx.conf:4)")


TABLE = f"""import pathlib
import sqlite3
{APP}

def database():
    return sqlite3.connect(pathlib.Path(app.root_path) / "shop.db")

@app.get("/books")
def books():
    return str(database().execute("select count(*) from book").fetchone()[0])

@app.cli.command("init-db")
def init():
    database().execute("create table book (title text)")
"""


def test_a_database_that_was_not_made_is_named_with_its_command_and_made_by_request(tmp_path: Path) -> None:
    folder = written(tmp_path / "shop", {**PROCFILE, "app.py": TABLE})
    done = proof(folder, "--path", "/books")
    assert (done.code, done.left, done.with_status("failed")) == (3, 0, []), done
    said = "its database has no table book: --prepare 'flask init-db' runs the project's command first"
    assert done.check("answers")["said"] == f"GET /books: status 500; {said}"
    assert done.check("concurrency")["said"] == "not tried: its page cannot be served yet"
    assert done.data["prepare"] == "flask init-db"
    made = proof(folder, "--path", "/books", "--prepare", "flask init-db")
    assert (made.code, made.left, made.check("prepare")["said"]) == (0, 0, "`flask init-db` ended with status 0"), made


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("python -c 'raise SystemExit(4)'", 1, "`python -c 'raise SystemExit(4)'` ends with status 4"),
        ("python -c \"import os; os.environ['KEY']\"", 3, "KEY is not set: give it with --env-file"),
        (
            "no-such-program",
            1,
            "`no-such-program`: FileNotFoundError: [Errno 2] No such file or directory: 'no-such-program'",
        ),
    ],
)
def test_a_preparation_that_fails_is_said_and_nothing_is_booted(
    tmp_path: Path, command: str, code: int, said: str
) -> None:
    done = proof(written(tmp_path / "shop", {**PROCFILE, "app.py": APP}), "--prepare", command)
    assert (done.code, done.left, done.check("prepare")["said"]) == (code, 0, said), done
    assert done.check("check-config")["said"] == "not tried: what was to be made ready is not"


def test_the_headers_are_the_application_s_even_where_its_error_page_fails(tmp_path: Path) -> None:
    app = APP.replace('return "hello"', "return 1 / 0")
    app += "\n@app.errorhandler(500)\ndef broken(error):\n    return 1 / 0\n"
    app += (
        "\n@app.after_request\ndef more(answer):\n    answer.headers['X-Frame-Options'] = 'DENY'\n    return answer\n"
    )
    done = proof(written(tmp_path / "shop", {**PROCFILE, "app.py": app}))
    assert set(done.with_status("failed")) == {"answers", "concurrency"}, done
    assert done.check("headers")["said"] == "Server: gunicorn; 1 of 5 security headers are sent"


def test_a_server_that_ends_while_it_is_asked_fails_once(tmp_path: Path) -> None:
    app = APP.replace('return "hello"', "os.kill(os.getppid(), signal.SIGKILL)\n    return 'gone'")
    folder = written(tmp_path / "shop", {**PROCFILE, "app.py": f"import os\nimport signal\n{app}"})
    done = proof(folder)
    assert (done.code, done.left) == (1, 0), done
    # Which request the master's end reaches first is a matter of luck; after the next step everything is known.
    assert set(done.with_status("failed")) <= {"answers", "concurrency", "debugger"}, done
    assert [done.check(name)["said"] for name in ("cookies", "graceful-stop")] == [
        "not tried: the server had ended"
    ] * 2


def test_a_configuration_that_differs_from_the_audit_is_listed(tmp_path: Path) -> None:
    app = f"{APP}\napp.config['MODE'] = 'written'\n"
    hook = (
        "import gunicorn.app.wsgiapp\n\ndef post_worker_init(worker):\n    worker.wsgi.app.config['MODE'] = 'changed'\n"
    )
    folder = written(tmp_path / "shop", {**PROCFILE, "gunicorn.conf.py": hook, "app.py": app})
    done = proof(folder)
    assert (done.code, done.with_status("failed")) == (1, ["configuration"]), done
    assert done.check("configuration")["details"] == [
        "MODE: the audit has 'written' (app.py:10), the process has 'changed'"
    ]


def test_an_interpreter_without_gunicorn(tmp_path: Path) -> None:
    folder = written(tmp_path / "shop", {**PROCFILE, "app.py": APP})
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / ".venv")], check=True)
    done = proof(folder)
    assert (done.code, done.left) == (3, 0)
    assert "gunicorn and flask: not installed for .venv/bin/python" in done.check("check-config")["said"]
    assert done.data["python"] == ".venv/bin/python"


def test_a_gunicorn_that_cannot_be_imported_is_told_from_a_missing_one(tmp_path: Path) -> None:
    folder = written(tmp_path / "shop", {**PROCFILE, "app.py": APP})
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / ".venv")], check=True)
    packages = next((folder / ".venv" / "lib").glob("python*")) / "site-packages"
    written(
        packages,
        {
            "gunicorn-20.1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: gunicorn\nVersion: 20.1.0\n",
            "gunicorn/__init__.py": "import old_packaging\n",
        },
    )
    done = proof(folder)
    assert (done.code, done.left) == (3, 0)
    said = "gunicorn 20.1.0 itself cannot be imported by .venv/bin/python: No module named 'old_packaging'"
    assert done.check("check-config")["said"] == said


def test_nothing_to_boot(tmp_path: Path) -> None:
    done = proof(written(tmp_path / "notes", {"notes.txt": "x"}))
    assert (done.code, done.data["verdict"]) == (3, "not-tried")
    assert "no Flask application" in done.check("set-up")["said"]


# --- hostile projects -------------------------------------------------------------------------------------------------

HOSTILE = {
    "forks for ever": ("import os\nwhile True:\n    os.fork()\n", "check-config", "more than 256 processes"),
    "hangs at import": (
        "import time\ntime.sleep(100_000)\n",
        "check-config",
        "did not end within 8 s: it waits at app.py:11",
    ),
    "serves by itself": ("app.run(port=0)\n", "check-config", "listening on 127.0.0.1:"),
    "binds another port": (
        "import socket\nother = socket.socket()\nother.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)\nother.bind(('0.0.0.0', 0))\nother.listen()\n",
        "loopback",
        "listens on 0.0.0.0:",
    ),
    "prints gigabytes": ("while True:\n    print('x' * 100_000)\n", "check-config", "printed more than 64 MiB"),
    "exits with 0": ("import os\nos._exit(0)\n", "check-config", "its import ends the process"),
    "leaves with SystemExit": ("raise SystemExit(0)\n", "check-config", ""),
    "forks twice and hides": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(1000)\n    os._exit(0)\n",
        "check-config",
        "left 1 process behind",
    ),
    "kills its parent": (
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n",
        "check-config",
        "killed the process",
    ),
    "ignores SIGTERM in a thread that never ends": (
        "import os, threading, time\n\n@app.get('/x')\ndef x():\n    return 'x'\n\nif 'PROCESS' not in os.environ:\n    threading.Thread(target=time.sleep, args=(1000,)).start()\n",
        "check-config",
        "did not end within",
    ),
}


@pytest.mark.skipif(not has_proc(), reason="needs /proc")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_projects_end_in_time_with_a_verdict(tmp_path: Path, name: str) -> None:
    code, check, words = HOSTILE[name]
    folder = written(tmp_path / "shop", {**PROCFILE, "app.py": f"{APP}\n{code}"})
    done = proof(folder, "--seconds", "10" if check == "check-config" else "60")
    assert (done.code, done.left, done.data["verdict"]) == (1, 0, "failed"), done
    assert done.status(check) == "failed", done
    assert words in done.check(check)["said"], done
    assert done.status("nothing-left") == "passed"
    assert done.seconds < (40 if check == "check-config" else 90)
