"""Conda environment files."""

from __future__ import annotations

import pytest

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.conda import read_conda
from flask_prodcheck.sources.kinds import Kind, kind_of

ENVIRONMENT = """\
name: shop
channels:
  - conda-forge
dependencies:
  - python>=3.11
  - flask=3.0
  - conda-forge::Gunicorn==23.0.0
  - numpy=1.26=py311h64a7726_0
  - scipy
  - pip:
      - flask-login>=0.6 # sessions
      - -r requirements.txt
"""


def test_the_packages_of_conda_and_of_pip() -> None:
    found = read_conda("environment.yml", ENVIRONMENT)
    assert [(each.name, each.specifier, each.span.line, each.group) for each in found.dependencies] == [
        ("flask", "==3.0.*", 6, "main"),
        ("gunicorn", "==23.0.0", 7, "main"),
        ("numpy", "==1.26.*", 8, "main"),
        ("scipy", "", 9, "main"),
        ("flask-login", ">=0.6", 11, "main"),
    ]
    assert found.python_requires == ">=3.11"
    assert [(each.path, each.span.line) for each in found.includes] == [("requirements.txt", 12)]


@pytest.mark.parametrize(
    ("line", "names", "folders", "includes"),
    [
        ("flask==3.1.3", ["flask"], [""], []),
        ("--requirement base.txt", [], [], ["base.txt"]),
        ("-c limits.txt", [], [], ["limits.txt"]),
        ("-e ./site", [""], ["./site"], []),
        ("--index-url https://packages.example", [], [], []),
    ],
)
def test_a_line_of_pip(line: str, names: list[str], folders: list[str], includes: list[str]) -> None:
    found = read_conda("environment.yml", f"dependencies:\n  - pip:\n      - {line}\n")
    assert [each.name for each in found.dependencies] == names
    assert [each.editable_path or "" for each in found.dependencies] == folders
    assert [each.path for each in found.includes] == includes


def test_an_environment_for_development() -> None:
    (flask,) = read_conda("environment-dev.yml", "dependencies:\n  - flask\n").dependencies
    assert flask.group == "dev"


@pytest.mark.parametrize(
    "text", ["", "name: x\n", "dependencies: 3\n", "dependencies:\n  - pip:\n  - {pip: 3}\n  - []\n"]
)
def test_nothing_to_read(text: str) -> None:
    assert read_conda("environment.yml", text).dependencies == ()


def test_invalid_yaml() -> None:
    with pytest.raises(ReadError):
        read_conda("environment.yml", "dependencies: [\n")


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("environment.yml", ENVIRONMENT, Kind.CONDA),
        ("docker/env_gpu.yaml", ENVIRONMENT, Kind.CONDA),
        ("conda.yml", ENVIRONMENT, Kind.CONDA),
        ("chart/requirements.yaml", "dependencies:\n  - name: redis\n", None),
        ("environment.yml", "variables:\n  A: 1\n", None),
    ],
)
def test_which_files_are_environments(path: str, text: str, kind: Kind | None) -> None:
    assert kind_of(path, text.encode()) is kind
