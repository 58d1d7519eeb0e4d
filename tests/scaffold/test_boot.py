"""The proof: what the scaffold writes is started by real Gunicorn, answers, stops on SIGTERM, and passes the audit."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest

from flask_prodcheck.audit import audit
from flask_prodcheck.edits.write import write
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.scaffold.plan import plan
from flask_prodcheck.sources.discover import discover

ROOT = Path(__file__).resolve().parents[2]
PAGE = "@app.route('/')\ndef hello():\n    return 'Hello, World!'\n"
BUILD = "def create_app(config_name):\n    app = Flask(__name__)\n    app.config.from_object(config[config_name])\n"
PROJECTS: dict[str, Mapping[str, str] | None] = {
    "lesson": None,
    "factory": {
        "requirements.txt": "flask==3.1.3\n",
        "shop/__init__.py": "from flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n"
        + "".join(f"    {line}\n" for line in PAGE.splitlines())
        + "    return app\n",
    },
    "factory with an argument": {
        "requirements.txt": "flask==3.1.3\n",
        "config.py": "class Dev:\n    pass\n\nclass Prod:\n    pass\n\nconfig = {'development': Dev, 'production': Prod}\n",
        "shop/__init__.py": "from flask import Flask\nfrom config import config\n\n"
        + BUILD
        + "".join(f"    {line}\n" for line in PAGE.splitlines())
        + "    return app\n",
    },
    "below the start": {
        "requirements.txt": "flask==3.1.3\n",
        "Procfile": "web: python backend/app.py\n",
        "backend/app.py": f"from flask import Flask\napp = Flask(__name__)\n{PAGE}if __name__ == '__main__':\n    app.run()\n",
    },
}


def scaffolded(folder: Path, files: Mapping[str, str] | None) -> list[str]:
    """Writes the project and its scaffold into ``folder``; the start command that the deploy file then holds."""
    if files is None:
        shutil.copytree(ROOT / "fixtures" / "lesson", folder, dirs_exist_ok=True)
    for name, text in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    tree = discover(folder)
    write(plan(link(parse(tree), name=tree.name), tree, "gunicorn"), folder)
    if (folder / "Dockerfile").exists():
        line = (folder / "Dockerfile").read_text().splitlines()[-1]
        return [str(word) for word in json.loads(line.removeprefix("CMD "))]
    return shlex.split((folder / "Procfile").read_text().removeprefix("web: "))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(port: int) -> tuple[int, bytes] | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return answer.status, answer.read()
    except (urllib.error.URLError, ConnectionError):
        return None


def page(port: int, server: subprocess.Popen[bytes], seconds: float = 20) -> tuple[int, bytes]:
    """The answer to GET /, waited for while the server starts."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        answer = ask(port)
        if answer is not None:
            return answer
        time.sleep(0.1)
    return 0, b"no answer"


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")
@pytest.mark.parametrize("name", PROJECTS)
def test_boots_serves_stops_and_passes_the_audit(tmp_path: Path, name: str) -> None:
    pytest.importorskip("gunicorn")
    pytest.importorskip("flask")
    command = scaffolded(tmp_path, PROJECTS[name])
    assert command[0] == "gunicorn"
    report = audit(tmp_path)
    assert [finding.code for finding in report.findings if finding.severity == "error"] == []

    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("GUNICORN_", "FLASK_"))}
    environment |= {"PORT": str(port), "WEB_CONCURRENCY": "2", "PYTHONDONTWRITEBYTECODE": "1"}
    log = tmp_path.parent / f"{tmp_path.name}.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(Path(sys.executable).parent / "gunicorn"), *command[1:]],
            cwd=tmp_path,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        assert page(port, server) == (200, b"Hello, World!"), log.read_text()
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=15) == 0, log.read_text()
        assert not group_lives(server.pid)
    finally:
        if group_lives(server.pid):
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(timeout=5)
    text = log.read_text()
    assert text.count("Booting worker") == 2
    assert "gthread" in text
    assert '"GET / HTTP/1.1" 200' in text
    assert "Control socket" not in text
