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
import yaml

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


def command_of(folder: Path, what: str) -> list[str]:
    """The command that the scaffold ``what`` starts the server with, as a person would run it in ``folder``."""
    if what == "wsgi":
        return ["gunicorn", "--access-logfile", "-", "-k", "gthread", "-w", "2", "wsgi:app"]
    if what == "procfile":
        return shlex.split((folder / "Procfile").read_text().removeprefix("web: "))
    if what == "docker":
        line = (folder / "Dockerfile").read_text().splitlines()[-1]
        return [str(word) for word in json.loads(line.removeprefix("CMD "))]
    if what == "compose":
        return [
            str(word) for word in yaml.safe_load((folder / "compose.yaml").read_text())["services"]["web"]["command"]
        ]
    unit = next((folder / "deploy").glob("*.service")).read_text()
    words = shlex.split(unit.partition("\nExecStart=")[2].partition("\n")[0])
    return ["gunicorn", *words[3:]]  # its address is for the machine's own port


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


SOURCE = {
    "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["flask==3.1.3", "gunicorn>=23"]\n',
    "src/shop/__init__.py": (PROJECTS["factory"] or {})["shop/__init__.py"],
}
EDITED = {
    "compose.yaml": "services:\n  web:\n    build: .\n    command: flask --app shop run\n",
    "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install flask==3.1.3 gunicorn==23.0.0\n",
    "shop/__init__.py": (PROJECTS["factory"] or {})["shop/__init__.py"],
}


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
    serves(tmp_path, command)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")
@pytest.mark.parametrize("what", ["wsgi", "procfile", "docker", "systemd", "compose"])
def test_boots_from_the_file_of_every_kind(tmp_path: Path, what: str) -> None:
    pytest.importorskip("gunicorn")
    pytest.importorskip("flask")
    for name, text in (EDITED if what == "compose" else SOURCE).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    tree = discover(tmp_path)
    write(plan(link(parse(tree), name=tree.name), tree, what), tmp_path)
    serves(tmp_path / "src" if what == "wsgi" else tmp_path, command_of(tmp_path, what))


def serves(tmp_path: Path, command: list[str]) -> None:
    """Runs ``command`` in the folder: two workers answer, and SIGTERM ends all of them."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("GUNICORN_", "FLASK_"))}
    environment |= {"PORT": str(port), "WEB_CONCURRENCY": "2", "PYTHONDONTWRITEBYTECODE": "1"}
    log = tmp_path / "server.log"
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
    assert "Control socket" not in text or "wsgi:app" in command
