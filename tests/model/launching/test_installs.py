"""What an image installs: by the project's manifests and locks, and where that cannot be known."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.launching.images import build_image
from flask_prodcheck.model.launching.installs import image_installs
from flask_prodcheck.sources.discover import memory_tree

ASKS = '[tool.poetry.dependencies]\nflask = "*"\n[tool.poetry.group.dev.dependencies]\nblack = "*"\n'
LOCK = "".join(f'[[package]]\nname = "{name}"\nversion = "1"\n' for name in ("flask", "gunicorn", "black"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("poetry install --only main", {"flask", "gunicorn"}),
        ("poetry install", {"flask", "gunicorn", "black"}),
        ("pip install .", {"flask"}),
        ("dpkg-buildpackage --unsigned-source", None),
        ("dpkg --print-architecture", set()),
        ("powershell -Command pip install flask", None),
        ("C:\\Python\\python.exe -m pip install flask", None),
        ("pip install flask\nSHELL [\"cmd\", \"/C\"]\nRUN pip install gunicorn", None),
        ("ARCH=$(uname -m)\nRUN pip install flask && pip install /tmp/grpcio-1.0-py3-none-any.whl", None),
    ],
)
def test_installed(line: str, expected: set[str] | None) -> None:
    image = f"FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN {line}\n"
    facts = parse(memory_tree({"Dockerfile": image, "pyproject.toml": ASKS, "poetry.lock": LOCK}))
    found = image_installs(build_image(facts.dockerfiles["Dockerfile"], facts), facts)
    assert found == expected


def test_a_package_that_another_stage_builds_brings_what_it_holds() -> None:
    image = (
        "FROM python:3.13-slim AS builder\nCOPY . .\nRUN dpkg-buildpackage\n"
        "FROM python:3.13-slim\nCOPY --from=builder /out /out\nRUN apt-get install shop\n"
    )
    facts = parse(memory_tree({"Dockerfile": image, "debian/control": "Source: shop\n"}))
    assert image_installs(build_image(facts.dockerfiles["Dockerfile"], facts), facts) is None
