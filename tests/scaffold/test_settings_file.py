"""The settings file: every name known to Gunicorn, every value fitting the project."""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.launching.gunicorn import settings_table
from flask_prodcheck.model.link import link
from flask_prodcheck.scaffold.plan import plan
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run(port=5050)\n"
SOCKET = (
    "from flask import Flask\nfrom flask_socketio import SocketIO\napp = Flask(__name__)\nsocketio = SocketIO(app)\n"
)
STATE = "from flask import Flask\napp = Flask(__name__)\nSEEN = []\n@app.route('/')\ndef index():\n    SEEN.append(1)\n    return ''\n"
DOCKER = "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN pip install flask\nCMD python app.py\n"
NGINX = "server {\n  listen 80;\n  location / {\n    proxy_pass http://127.0.0.1:8000;\n  }\n}\n"
UNIT = "[Service]\nWorkingDirectory=/srv/app\nExecStart=/usr/bin/python3 app.py\n"
PROJECTS = {
    "plain": {"app.py": APP},
    "docker": {"app.py": APP, "Dockerfile": DOCKER},
    "threads": {"app.py": SOCKET, "requirements.txt": "flask-socketio\n"},
    "gevent": {"app.py": SOCKET, "requirements.txt": "flask-socketio\ngevent\n"},
    "eventlet": {"app.py": SOCKET, "requirements.txt": "flask-socketio\neventlet\n"},
    "websockets": {"app.py": "import flask_sock\n" + APP},
    "state": {"app.py": STATE},
    "proxy": {"app.py": APP, "app.service": UNIT, "nginx.conf": NGINX},
    "supervisor": {"app.py": APP, "supervisord.conf": "[program:web]\ncommand=python app.py\ndirectory=/srv/app\n"},
}


def text_for(files: Mapping[str, str]) -> str:
    tree = memory_tree(files)
    made = plan(link(parse(tree), name="project"), tree, "gunicorn")
    return next(change.after for change in made.changes if change.path == "gunicorn.conf.py")


def values(text: str, monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, object]:
    """What Gunicorn reads from the file: it runs it as Python, too."""
    for name in ("PORT", "WEB_CONCURRENCY", "GUNICORN_THREADS", "FORWARDED_ALLOW_IPS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    scope: dict[str, object] = {}
    exec(compile(text, "gunicorn.conf.py", "exec"), scope)
    return scope


@pytest.mark.parametrize("name", PROJECTS)
def test_every_name_is_a_setting(name: str) -> None:
    text = text_for(PROJECTS[name])
    assigned = {
        target.id
        for node in ast.walk(ast.Module(ast.parse(text).body, []))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and node.col_offset in (0, 4) and target.id not in ("quota", "period")
    }
    assert assigned - set(settings_table()) == set()
    assert assigned >= {
        "bind", "workers", "worker_class", "timeout", "graceful_timeout", "keepalive", "max_requests", "worker_tmp_dir",
        "accesslog", "errorlog", "forwarded_allow_ips", "control_socket_disable",
    }  # fmt: skip


@pytest.mark.parametrize("name", PROJECTS)
def test_every_setting_has_its_reason_and_the_text_is_tidy(name: str) -> None:
    lines = text_for(PROJECTS[name]).split("\n")
    assert [line for line in lines if line != line.rstrip() or len(line) > 120] == []
    assert "\n\n\n\n" not in "\n".join(lines)
    for number, line in enumerate(lines):
        name_of = line.partition(" = ")[0]
        if name_of in settings_table():
            assert lines[number - 1].startswith("#"), line


def test_gunicorn_knows_the_names_and_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = pytest.importorskip("gunicorn.config")
    for name, files in PROJECTS.items():
        if name == "eventlet":
            continue  # its worker is gone from the newest release, which is why the requirement is held below
        known = config.Config()
        for key, value in values(text_for(files), monkeypatch).items():
            if key in known.settings:
                known.set(key, value)
        if "control_socket_disable" in known.settings:  # new in gunicorn 25
            assert known.control_socket_disable is True
        assert known.address == [("127.0.0.1" if name == "proxy" else "0.0.0.0", 5050 if name == "docker" else 8000)]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, {"bind": "0.0.0.0:8000", "threads": 4, "forwarded_allow_ips": "127.0.0.1,::1"}),
        (
            {"PORT": "80", "WEB_CONCURRENCY": "3", "GUNICORN_THREADS": "9"},
            {"bind": "0.0.0.0:80", "workers": 3, "threads": 9},
        ),
        ({"PORT": "", "WEB_CONCURRENCY": ""}, {"bind": "0.0.0.0:8000"}),
        ({"FORWARDED_ALLOW_IPS": "10.0.0.1"}, {"forwarded_allow_ips": "10.0.0.1"}),
    ],
)
def test_environment(environment: dict[str, str], expected: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    found = values(text_for(PROJECTS["plain"]), monkeypatch, **environment)
    assert {name: found[name] for name in expected} == expected
    assert isinstance(found["workers"], int)
    assert 1 <= found["workers"] <= 12


@pytest.mark.parametrize(
    ("quota", "affinity", "expected"),
    [("200000 100000", 8, 5), ("50000 100000", 8, 3), ("max 100000", 2, 5), ("max 100000", 64, 12), ("nonsense", 1, 3)],
)
def test_workers_follow_the_container(
    quota: str, affinity: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(path: Path, *_: object) -> str:
        if str(path) == "/sys/fs/cgroup/cpu.max":
            return quota
        raise FileNotFoundError(path)

    text = text_for(PROJECTS["plain"])
    monkeypatch.setattr(Path, "read_text", read)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(affinity)), raising=False)
    assert values(text, monkeypatch)["workers"] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "plain",
            {"worker_class": "gthread", "max_requests": 1000, "max_requests_jitter": 100, "graceful_timeout": 25},
        ),
        ("docker", {"graceful_timeout": 8, "bind": "0.0.0.0:5050"}),
        ("threads", {"workers": 1, "worker_class": "gthread", "threads": 100, "max_requests": 0}),
        ("gevent", {"workers": 1, "worker_class": "gevent", "max_requests": 0}),
        ("eventlet", {"workers": 1, "worker_class": "eventlet"}),
        ("websockets", {"worker_class": "gthread", "threads": 100}),
        ("state", {"worker_class": "gthread", "max_requests": 0}),
        ("proxy", {"bind": "127.0.0.1:8000", "graceful_timeout": 30}),
        ("supervisor", {"bind": "0.0.0.0:8000", "graceful_timeout": 8}),
    ],
)
def test_values_fit_the_project(name: str, expected: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    found = values(text_for(PROJECTS[name]), monkeypatch)
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("gevent", "gunicorn[gevent]>=23,<28"),
        ("eventlet", "gunicorn[eventlet]>=23,<26"),
        ("threads", "gunicorn>=23,<28"),
    ],
)
def test_requirement_fits_the_worker(name: str, line: str) -> None:
    tree = memory_tree(PROJECTS[name])
    made = plan(link(parse(tree), name="project"), tree, "gunicorn")
    assert (
        next(change.after for change in made.changes if change.path == "requirements.txt")
        .split("\n")[-2]
        .startswith(line)
    )


@pytest.mark.parametrize(
    ("compose", "graceful", "bind"),
    [
        ("    stop_grace_period: 1m30s\n", 30, "0.0.0.0:5050"),
        ("    stop_grace_period: 20s\n", 17, "0.0.0.0:5050"),
        ("    ports: ['80:7000']\n", 8, "0.0.0.0:7000"),
    ],
)
def test_compose_decides(compose: str, graceful: int, bind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {**PROJECTS["docker"], "compose.yaml": f"services:\n  web:\n    build: .\n{compose}"}
    found = values(text_for(files), monkeypatch)
    assert (found["graceful_timeout"], found["bind"]) == (graceful, bind)


def test_an_exposed_port_wins_over_the_development_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"app.py": APP, "Dockerfile": DOCKER.replace("CMD", "EXPOSE 9000/tcp\nCMD")}
    assert values(text_for(files), monkeypatch)["bind"] == "0.0.0.0:9000"
