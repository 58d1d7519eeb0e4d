"""``prodcheck compare`` with real Flask and real Gunicorn on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="Gunicorn needs POSIX")]


def prodcheck(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask_prodcheck", "compare", "--requests", "60", "--seconds", "2", *args]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)


def test_the_lesson_in_figures() -> None:
    done = prodcheck("--rounds", "2", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    data = json.loads(done.stdout)
    development, production = data["development"], data["production"]
    assert development["server"].startswith("Werkzeug/")
    assert production["server"].startswith("gunicorn")
    for side in (development, production):
        assert side["requests_per_second"] > 0
        assert 0 < side["p50_ms"] <= side["p99_ms"]
        assert (len(side["runs"]), side["failures"]) == (2, 0)
        assert side["unhandled_error"] == "a plain page, status 500"
    assert production["workers"] > 1
    assert development["sigterm_in_flight"].startswith("lost")
    assert production["sigterm_in_flight"] == "finished"
    assert development["process_killed"] == "gone, nothing answers"
    assert production["process_killed"].startswith("replaced")


def test_a_project_that_runs_with_debug(tmp_path: Path) -> None:
    app = "from flask import Flask\napp = Flask(__name__)\n\n@app.get('/books')\ndef books():\n    return 'b'\n\nif __name__ == '__main__':\n    app.run(debug=True)\n"
    (tmp_path / "app.py").write_text(app, encoding="utf-8")
    done = prodcheck("--rounds", "1", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("app:app under app.run(debug=True) and under Gunicorn, GET /books\n")
    assert "app.run() the traceback, with a console that runs code; Gunicorn a plain page, status 500." in done.stdout
    assert "debugger on" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["app.py"]


def test_what_does_not_start_is_told(tmp_path: Path) -> None:
    app = "import os\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = os.environ['SHOP_SECRET']\n"
    (tmp_path / "app.py").write_text(app, encoding="utf-8")
    done = prodcheck("--rounds", "1", str(tmp_path))
    assert (done.returncode, done.stdout) == (3, "")
    assert "SHOP_SECRET is not set: give it with --env-file" in done.stderr
