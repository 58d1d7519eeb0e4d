"""The addresses of a launch and who can reach them, from small projects."""

from __future__ import annotations

import pytest

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.launching.exposure import Exposure, exposure, open_environment
from flask_prodcheck.model.launching.listening import listens, parse_address
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Project
from flask_prodcheck.sources.discover import memory_tree

HERE = Span("Dockerfile", 1)
APP = {"app.py": "from flask import Flask\napp = Flask(__name__)\n"}
IMAGE = "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN pip install flask gunicorn uvicorn waitress granian hypercorn uwsgi\n"


def project(files: dict[str, str]) -> Project:
    return link(parse(memory_tree({**APP, **files})), name="project")


@pytest.mark.parametrize(
    ("text", "host", "port", "unix", "loopback"),
    [
        ("127.0.0.1:8000", "127.0.0.1", 8000, False, True),
        ("localhost:80", "localhost", 80, False, True),
        ("[::1]:80", "::1", 80, False, True),
        ("0.0.0.0:8000", "", 8000, False, False),
        (":5000", "", 5000, False, False),
        ("[::]:5000", "", 5000, False, False),
        ("10.0.0.5", "10.0.0.5", 9, False, False),
        ("0.0.0.0:${PORT}", "", None, False, False),
        ("${HOST}:8000", None, None, False, False),
        ("unix:/run/web.sock", "", None, True, False),
        ("fd://3", "", None, True, False),
    ],
)
def test_an_address_as_servers_write_it(
    text: str, host: str | None, port: int | None, unix: bool, loopback: bool
) -> None:
    found = parse_address(text, HERE, port=9)
    assert (found.host, found.port, found.unix, found.loopback) == (host, port, unix, loopback)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ('["gunicorn", "app:app"]', [("127.0.0.1", 8000, True)]),
        ('["gunicorn", "-b", ":80", "-b", "unix:/x.sock", "app:app"]', [("", 80, False), ("", None, False)]),
        ('["waitress-serve", "app:app"]', [("", 8080, True)]),
        ('["waitress-serve", "--listen=127.0.0.1:80", "app:app"]', [("127.0.0.1", 80, False)]),
        ('["uvicorn", "app:app", "--port", "80"]', [("127.0.0.1", 80, True)]),
        ('["granian", "--host", "0.0.0.0", "app:app"]', [("", 8000, False)]),
        ('["hypercorn", "app:app"]', [("127.0.0.1", 8000, True)]),
        ('["uwsgi", "--http", ":9090", "--module", "app:app"]', [("", 9090, False)]),
    ],
)
def test_what_a_server_listens_on(command: str, expected: list[tuple[str, int, bool]]) -> None:
    found = project({"Dockerfile": f"{IMAGE}CMD {command}\n"})
    addresses = listens(found.launches[0], found.facts)
    assert addresses is not None
    assert [(each.host, each.port, each.default) for each in addresses] == expected


def test_port_decides_gunicorns_default() -> None:
    found = project({"Dockerfile": f'{IMAGE}ENV PORT=5000\nCMD ["gunicorn", "app:app"]\n'})
    assert [(each.host, each.port) for each in listens(found.launches[0], found.facts) or ()] == [("", 5000)]


@pytest.mark.parametrize(("kind", "port"), [("Procfile", None), ("Dockerfile", 5000)])
def test_the_platforms_port_replaces_the_default_of_the_file(kind: str, port: int | None) -> None:
    start = {"Procfile": "web: gunicorn app:app\n", "Dockerfile": f'{IMAGE}CMD ["gunicorn", "app:app"]\n'}
    bind = "import os\nbind = f\"0.0.0.0:{os.getenv('PORT', '5000')}\"\n"
    found = project({kind: start[kind], "gunicorn.conf.py": bind})
    assert [each.port for each in listens(found.launches[0], found.facts) or ()] == [port]


@pytest.mark.parametrize("bind", ["", "import os\nbind = f\"0.0.0.0:{os.getenv('PORT', '5000')}\"\n"])
def test_the_platforms_port_counts_for_the_start_that_it_chooses_itself(bind: str) -> None:
    found = project(
        {
            "app.yaml": "runtime: python313\n",
            "main.py": "from app import app\n",
            "requirements.txt": "flask\ngunicorn\n",
            "gunicorn.conf.py": bind,
        }
    )
    assert [each.port for each in listens(found.launches[0], found.facts) or ()] == [None]


def test_a_file_that_hands_its_names_on_decides_nothing() -> None:
    found = project(
        {"Dockerfile": f'{IMAGE}CMD ["gunicorn", "app:app"]\n', "gunicorn.conf.py": "import x\nx.set(globals())\n"}
    )
    assert listens(found.launches[0], found.facts) is None


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ('    ports: ["80:8000"]\n', Exposure.PUBLIC),
        ('    ports: ["127.0.0.1:80:8000"]\n', Exposure.INSIDE),
        ("", Exposure.INSIDE),
        ('    ports: ["${BIND}:80:8000"]\n', Exposure.UNKNOWN),
        ("    network_mode: host\n", Exposure.UNKNOWN),
    ],
)
def test_who_can_connect(service: str, expected: Exposure) -> None:
    found = project(
        {
            "Dockerfile": f'{IMAGE}CMD ["gunicorn", "-b", "0.0.0.0:8000", "app:app"]\n',
            "docker-compose.yml": f"services:\n  web:\n    build: .\n{service}",
        }
    )
    assert exposure(found.launches[0], found.facts) is expected


@pytest.mark.parametrize(("files", "expected"), [({}, True), ({"secrets.env": "A=1\n"}, False)])
def test_variables_from_elsewhere(files: dict[str, str], expected: bool) -> None:
    found = project(
        {
            "Dockerfile": f'{IMAGE}CMD ["gunicorn", "app:app"]\n',
            "docker-compose.yml": "services:\n  web:\n    build: .\n    env_file: secrets.env\n",
            **files,
        }
    )
    assert open_environment(found.launches[0], found.facts) is expected
