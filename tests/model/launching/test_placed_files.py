"""Files that stand somewhere else once the project is installed."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.dockerfile import read_dockerfile
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell import read_shell
from flask_prodcheck.model.launching.images import build_image
from flask_prodcheck.model.launching.placed_files import image_files, script_files

PATHS = frozenset({"app.py", "conf/live.py", "settings.py.example", "local.cfg.tmpl", "sub/install.sh", "sub/x.py.in"})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("COPY . /app\nCOPY settings.py.example /app/settings.py", {"settings.py": "settings.py.example"}),
        ("WORKDIR /app\nCOPY . .\nCOPY conf/live.py settings.py", {"settings.py": "conf/live.py"}),
        ("WORKDIR /app\nCOPY . .\nRUN cp settings.py.example settings.py", {"settings.py": "settings.py.example"}),
        ("COPY . /app\nRUN cd /app && mv local.cfg.tmpl local.cfg", {"local.cfg": "local.cfg.tmpl"}),
        ("COPY . /app\nRUN if [ ! -e /app/s.py ]; then cp /app/conf/live.py /app/s.py; fi", {"s.py": "conf/live.py"}),
        ("COPY . /app\nRUN cp /app/conf/live.py /app/sub/", {"sub/live.py": "conf/live.py"}),
        ("COPY . /app\nRUN cp /app/nothing.py /app/settings.py", {}),
        ("COPY . /app\nRUN cp /app/conf/live.py /app/app.py", {}),
        ("COPY . /app\nRUN cp /app/conf/*.py /app/", {}),
        ("COPY . /app", {}),
    ],
)
def test_what_an_image_puts_in_place(body: str, expected: dict[str, str]) -> None:
    dockerfile = read_dockerfile("Dockerfile", f"FROM python:3.13-slim\n{body}\nCMD python app.py\n")
    facts = Facts(dockerfiles={"Dockerfile": dockerfile}, paths=PATHS | {"Dockerfile"})
    assert image_files(build_image(dockerfile, facts), facts) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("cp settings.py.example settings.py", {"settings.py": "settings.py.example"}),
        ("sudo cp -p $HOME/site/settings.py.example $HOME/site/settings.py", {}),
        ("cp ${SITE}/settings.py.example ${SITE}/settings.py", {"settings.py": "settings.py.example"}),
        ("cp x.py.in x.py", {"sub/x.py": "sub/x.py.in"}),
        ("if true; then install -m 600 local.cfg.tmpl local.cfg; fi", {"local.cfg": "local.cfg.tmpl"}),
        ("cp settings.py.example app.py", {}),
        ("cp settings.py.example /etc/site.d/settings", {}),
        ("cp settings.py.example ../../settings.py", {}),
        ("echo cp settings.py.example settings.py", {}),
    ],
)
def test_what_a_script_puts_in_place(command: str, expected: dict[str, str]) -> None:
    script = read_shell("sub/install.sh", f"#!/bin/sh\n{command}\n")
    assert script_files(Facts(scripts={"sub/install.sh": script}, paths=PATHS)) == expected


def test_an_example_environment_is_no_environment() -> None:
    script = read_shell("setup.sh", "#!/bin/sh\ncp .env.example .env\n")
    facts = Facts(scripts={"setup.sh": script}, paths=frozenset({".env.example", "setup.sh"}))
    assert script_files(facts) == {}
