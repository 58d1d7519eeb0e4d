"""The new deploy files: what they hold for which project, and that the audit of the result blames none of them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import tomli
import yaml

from flask_prodcheck.edits.changes import Plan
from flask_prodcheck.edits.overlay import overlay
from flask_prodcheck.errors import RefusedError
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Launch, Server
from flask_prodcheck.scaffold.command import CHOICES
from flask_prodcheck.scaffold.plan import KINDS, plan
from flask_prodcheck.scaffold.recheck import recheck
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import discover, memory_tree

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
APP = "from flask import Flask\napp = Flask(__name__)\n@app.route('/healthz')\ndef healthz():\n    return 'ok'\n"
FACTORY = "from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    return app\n"
REQUIREMENTS = {"requirements.txt": "flask==3.1.3\n"}
SECRET = "import os\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = os.environ['SECRET_KEY']\nMODE = os.getenv('MODE', 'fast')\n"
PROJECT = '[project]\nname = "shop"\nrequires-python = ">=3.11,<3.13"\ndependencies = ["flask"]\n'
SHAPES: dict[str, Mapping[str, str]] = {
    "one module": {"app.py": APP, **REQUIREMENTS},
    "package with a factory": {"shop/__init__.py": FACTORY, **REQUIREMENTS},
    "src layout": {"src/shop/__init__.py": FACTORY, "pyproject.toml": PROJECT + '[build-system]\nrequires = ["hatchling"]\n'},
    "factory with an argument": {
        "shop/__init__.py": "from flask import Flask\nfrom config import config\ndef create_app(name):\n    app = Flask(__name__)\n"
        "    app.config.from_object(config[name])\n    return app\n",
        "config.py": "class A: ...\nconfig = {'development': A, 'production': A}\n",
        **REQUIREMENTS,
    },
    "Dash": {"app.py": "from dash import Dash\napp = Dash(__name__)\n", "requirements.txt": "dash==3.1.0\n"},
    "Socket.IO": {
        "app.py": "from flask import Flask\nfrom flask_socketio import SocketIO\napp = Flask(__name__)\nsocketio = SocketIO(app)\n",
        "requirements.txt": "flask==3.1.3\nflask-socketio==5.5.1\nsimple-websocket==1.1.0\n",
    },
    "below the root": {"backend/app.py": APP, "backend/requirements.txt": "flask==3.1.3\n", "README.md": ""},
    "secrets": {"app.py": SECRET, **REQUIREMENTS, ".gitignore": "*.pyc\n"},
    "development image": {
        "app.py": APP + "if __name__ == '__main__':\n    app.run()\n",
        "Dockerfile": "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD python app.py\n",
        "compose.yaml": "services:\n  web:\n    build: .\n    command: flask run --host 0.0.0.0\n    ports: ['80:5000']\n",
        **REQUIREMENTS,
    },
    "poetry": {
        "app.py": APP,
        "pyproject.toml": '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\npython = "^3.11"\nflask = "^3"\n',
        "poetry.lock": "",
    },
    "uv": {"app.py": APP, "pyproject.toml": PROJECT, "uv.lock": "version = 1\n"},
    "pipenv": {"app.py": APP, "Pipfile": '[packages]\nflask = "*"\n[requires]\npython_version = "3.12"\n'},
    "setup.py": {"app.py": APP, "setup.py": "from setuptools import setup\nsetup(name='x', install_requires=['flask'])\n"},
}  # fmt: skip


def planned(files: Mapping[str, str], what: str, *, force: bool = False) -> Plan:
    tree = memory_tree(files)
    return plan(link(parse(tree), name="project"), tree, what, force=force)


def texts(files: Mapping[str, str], what: str, *, force: bool = False) -> dict[str, str]:
    return {change.path: change.after for change in planned(files, what, force=force).changes}


def started(files: Mapping[str, str], what: str) -> dict[str, Launch]:
    """The production launches of the result, by the file whose start they are."""
    tree = memory_tree(files)
    changed = overlay(tree, plan(link(parse(tree), name="project"), tree, what))
    return {launch.head.span.file: launch for launch in link(parse(changed), name="project").production}


@pytest.mark.parametrize("what", CHOICES)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_audit_of_the_result_blames_nothing(shape: str, what: str) -> None:
    tree = memory_tree(SHAPES[shape])
    made = plan(link(parse(tree), name="project"), tree, what)
    found = recheck(tree, made, Settings(), Path())
    assert [f"{each.span} {each.code} {each.message}" for each in found.caused] == []
    assert [each for each in found.report.problems if each.file in {change.path for change in made.changes}] == []
    new = [launch for launch in found.report.launches if launch.is_production]
    if what in ("gunicorn", "procfile", "docker", "systemd", "all"):
        assert new
        assert all(launch.resolves is not False for launch in new), [(each.head, each.target) for each in new]


@pytest.mark.parametrize("what", CHOICES)
@pytest.mark.parametrize("name", sorted(each.name for each in FIXTURES.iterdir() if each.is_dir()))
def test_the_audit_of_a_fixture_blames_nothing(name: str, what: str) -> None:
    tree = discover(FIXTURES / name)
    made = plan(link(parse(tree), name=name), tree, what)
    assert recheck(tree, made, Settings(), FIXTURES / name).caused == ()


@pytest.mark.parametrize("what", KINDS)
def test_refused_for_every_kind(what: str) -> None:
    only_main = "from flask import Flask\nif __name__ == '__main__':\n    app = Flask('x')\n    app.run()\n"
    with pytest.raises(RefusedError, match="above that block"):
        planned({"app.py": only_main}, what)
    with pytest.raises(RefusedError, match="several applications"):
        planned({"a.py": APP, "b.py": APP}, what)


@pytest.mark.parametrize(
    ("shape", "lines"),
    [
        ("one module", ["FROM python:3.13-slim", "COPY requirements.txt ./", "RUN pip install --no-cache-dir -r requirements.txt", "USER web", "EXPOSE 8000"]),
        ("src layout", ["FROM python:3.12-slim", "RUN pip install --no-cache-dir .", 'CMD ["gunicorn", "-c", "gunicorn.conf.py", "--chdir", "src", "shop:create_app()"]']),
        ("poetry", ["COPY pyproject.toml poetry.lock ./", "RUN poetry config virtualenvs.create false && poetry install --only main --no-root --no-interaction"]),
        ("uv", ["COPY pyproject.toml uv.lock ./", "RUN uv sync --locked --no-dev --no-install-project", "ENV PATH=/app/.venv/bin:$PATH"]),
        ("pipenv", ["FROM python:3.12-slim", "COPY Pipfile ./", "RUN pipenv install --system --skip-lock"]),
        ("setup.py", ["RUN pip install --no-cache-dir .", 'RUN pip install --no-cache-dir "gunicorn>=23,<28"']),
        ("Dash", ['CMD ["gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]']),
    ],
)  # fmt: skip
def test_dockerfile(shape: str, lines: list[str]) -> None:
    found = texts(SHAPES[shape], "docker")["Dockerfile"].split("\n")
    assert [line for line in lines if line not in found] == []
    assert found[-2].startswith("CMD [")


def test_what_the_project_holds_stays_in_the_image() -> None:
    lines = texts(SHAPES["one module"], "docker")[".dockerignore"].split("\n")
    assert {".env", ".git", "instance", "deploy", "env", "*.pem"} <= set(lines)
    own = {
        **SHAPES["one module"],
        "deploy/entry.sh": "#!/bin/sh\n",
        "env/x.txt": "",
        "ca.pem": "",
        "instance/x.cfg": "",
    }
    lines = texts(own, "docker")[".dockerignore"].split("\n")
    assert not {"instance", "deploy", "env", "*.pem"} & set(lines)


def test_conda() -> None:
    files = {"app.py": APP, "environment.yml": "dependencies: [python=3.12, flask]\n"}
    found = texts(files, "docker")
    assert "RUN conda env update --name base --file environment.yml" in found["Dockerfile"]
    assert 'RUN pip install --no-cache-dir "gunicorn>=23,<28"' in found["Dockerfile"]
    assert "requirements.txt" not in found


def test_probe() -> None:
    assert "'/healthz'" in texts(SHAPES["one module"], "docker")["Dockerfile"]
    guarded = APP.replace("def healthz", "@login_required\ndef healthz")
    for files in (SHAPES["Dash"], {"app.py": guarded, **REQUIREMENTS}):
        assert "socket.create_connection(" in texts(files, "docker")["Dockerfile"]
    pod = next(yaml.safe_load_all(texts(SHAPES["one module"], "kubernetes")["deploy/kubernetes.yaml"]))["spec"]
    assert pod["template"]["spec"]["containers"][0]["readinessProbe"]["httpGet"]["path"] == "/healthz"


def _graceful(text: str) -> int:
    match = re.search(r"^graceful_timeout = (\d+)$", text, re.MULTILINE)
    assert match is not None
    return int(match.group(1))


@pytest.mark.parametrize("shape", SHAPES)
def test_every_supervisor_waits_longer_than_the_server(shape: str) -> None:
    files = {path: text for path, text in SHAPES[shape].items() if path != "compose.yaml"}
    folder = "backend/" if shape == "below the root" else ""
    made = {**texts(files, "all"), **texts(files, "kubernetes")}
    graceful = _graceful(texts(files, "all")[f"{folder}gunicorn.conf.py"])
    composed = yaml.safe_load(made[f"{folder}compose.yaml"])
    assert int(composed["services"]["web"]["stop_grace_period"].rstrip("s")) > graceful
    unit = next(text for path, text in made.items() if path.endswith(".service"))
    assert int(unit.partition("\nTimeoutStopSec=")[2].partition("\n")[0]) > graceful
    assert graceful < 10  # what Docker waits without compose
    pod = next(yaml.safe_load_all(made[f"{folder}deploy/kubernetes.yaml"]))["spec"]["template"]["spec"]
    own = _graceful(texts(files, "kubernetes")[f"{folder}gunicorn.conf.py"])
    assert pod["terminationGracePeriodSeconds"] > own + 5


def test_environment() -> None:
    found = texts(SHAPES["secrets"], "compose")
    sample = found[".env.example"]
    assert "\nSECRET_KEY=CHANGE-ME\n" in sample
    assert "\n#MODE=fast\n" in sample
    assert found[".gitignore"] == "*.pyc\n# Secrets of one machine.\n.env\n"
    assert yaml.safe_load(found["compose.yaml"])["services"]["web"]["env_file"] == ".env"
    assert "env_file" not in yaml.safe_load(texts(SHAPES["one module"], "compose")["compose.yaml"])["services"]["web"]


def test_what_is_left_to_a_person_is_reported() -> None:
    tree = memory_tree(SHAPES["one module"])
    made = plan(link(parse(tree), name="project"), tree, "nginx")
    report = recheck(tree, made, Settings(), Path()).report
    assert [(each.code, each.severity, each.span.file) for each in report.findings if each.code == "PC390"] == [
        ("PC390", "warning", "deploy/nginx.conf")
    ]


def test_what_exists_is_written_anew_by_force_only() -> None:
    files = SHAPES["development image"]
    kept = texts(files, "docker")
    assert kept["Dockerfile"].startswith("FROM python:3.12\nWORKDIR /app\n")
    assert kept["Dockerfile"].endswith('\nCMD ["gunicorn", "-c", "gunicorn.conf.py", "app:app"]\n')
    assert "compose.yaml" not in kept
    forced = texts(files, "docker", force=True)
    assert "FROM python:3.12-slim" in forced["Dockerfile"]
    assert texts(files, "compose")["compose.yaml"].count("gunicorn") == 2
    assert "stop_grace_period" in texts(files, "compose", force=True)["compose.yaml"]


def test_starts_lead_to_the_application() -> None:
    found = started(SHAPES["below the root"], "all")
    assert {path: (launch.server, launch.resolves) for path, launch in found.items()} == {
        "backend/Procfile": (Server.GUNICORN, True),
        "backend/Dockerfile": (Server.GUNICORN, True),
        "backend/deploy/project.service": (Server.GUNICORN, True),
    }


def test_wsgi() -> None:
    assert texts(SHAPES["one module"], "wsgi")["wsgi.py"].endswith("from app import app as made\n\napp = made\n")
    proxied = {**SHAPES["one module"], "nginx.conf": "server { location / { proxy_pass http://127.0.0.1:8000; } }\n"}
    assert "app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)\n" in texts(proxied, "wsgi")["wsgi.py"]
    assert planned({"wsgi.py": APP}, "wsgi").notes == (
        "wsgi.py exists: it stays as it is, and wsgi:app is what a server is given",
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import numpy\n", ["min(_cpus() + 1, 12)", "or 2)", "numpy computes"]),
        ("import torch\n", ["min(_cpus() + 1, 2)", "or 2)", "torch computes"]),
        ("import requests\n", ["min(2 * _cpus() + 1, 12)", "or 8)", "wait for others (requests)"]),
        ("import requests, numpy\n", ["min(2 * _cpus() + 1, 12)", "or 4)"]),
        ("from flask import stream_with_context\n", ["or 50)", "The views stream"]),
    ],
)
def test_worker_for_the_code(source: str, words: list[str]) -> None:
    found = texts({"app.py": source + APP, **REQUIREMENTS}, "gunicorn")["gunicorn.conf.py"]
    assert [each for each in words if each not in found] == []


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({".python-version": "3.11.4\n"}, "3.11"),
        ({"runtime.txt": "python-3.10.12\n"}, "3.10"),
        ({"Dockerfile.dev": "FROM python:3.12-alpine\n"}, "3.12"),
        ({"setup.cfg": "[options]\npython_requires = >=3.8,<3.12\n"}, "3.11"),
        ({"setup.cfg": "[options]\npython_requires = nonsense\n"}, "3.13"),
        ({}, "3.13"),
    ],
)
def test_python_version(files: dict[str, str], version: str) -> None:
    assert f"FROM python:{version}-slim" in texts({"app.py": APP, **REQUIREMENTS, **files}, "docker")["Dockerfile"]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    unit = texts({"app.py": APP, **REQUIREMENTS}, "systemd")["deploy/project.service"]
    program = tmp_path / ".venv/bin/gunicorn"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (tmp_path / "project.service").write_text(unit.replace("/srv/project", str(tmp_path)))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "project.service")], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if "project.service" in line] == []


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["one module", "Socket.IO"])
@pytest.mark.skipif(shutil.which("nginx") is None or shutil.which("openssl") is None, reason="needs nginx and openssl")
def test_nginx_accepts_the_site(tmp_path: Path, shape: str) -> None:
    site = texts(SHAPES[shape], "nginx")["deploy/nginx.conf"].replace("/etc/letsencrypt/live/CHANGE-ME", str(tmp_path))
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    (tmp_path / "site.conf").write_text(site)
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\naccess_log off;\ninclude {tmp_path}/site.conf;\n}}\n")
    done = subprocess.run(
        ["nginx", "-t", "-e", "stderr", "-c", str(whole), "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "syntax is ok" in done.stderr, done.stderr


def test_the_requirement_is_added_once() -> None:
    found = texts(SHAPES["uv"], "all")
    assert tomli.loads(found["pyproject.toml"])["project"]["dependencies"] == ["flask", "gunicorn>=23,<28"]
