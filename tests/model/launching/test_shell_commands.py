"""The one walk over the commands of shell statements."""

from __future__ import annotations

import pytest

from flask_prodcheck.base import Span
from flask_prodcheck.facts.dockerfile import read_dockerfile
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.pyproject import read_pyproject
from flask_prodcheck.facts.requirements import read_requirements
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.model.launching.images import build_image
from flask_prodcheck.model.launching.installs import image_installs
from flask_prodcheck.sources.discover import memory_tree


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("one; two && three || four | five", ["one", "two", "three", "four", "five"]),
        ("if one; then two; elif three; then four; else five; fi", ["one", "two", "three", "four", "five"]),
        ('case "$X" in a) one;; *) two;; esac', ["one", "two"]),
        ("for x in a b; do one; done", ["one"]),
        ("while one; do two; done", ["one", "two"]),
        ("until one | two; do three; done", ["one", "two", "three"]),
        ("{ one; }; (two; three)", ["one", "two", "three"]),
        ("f() { one; }; f", ["one", "f"]),
    ],
)
def test_every_command_in_order(text: str, commands: list[str]) -> None:
    statements = parse_command_line(text, Span("x.sh", 1))
    assert [each.words[0].text for each in every_command(statements)] == commands


@pytest.mark.parametrize(
    "line",
    [
        'case "$KIND" in web) pip install gunicorn;; *) true;; esac',
        "install_it() { pip install gunicorn; }; install_it",
        "until pip install gunicorn; do sleep 1; done",
        'pip"${PYTHON_VERSION}" install -q gunicorn',
        "pip install 'gunicorn'",
        'pip install "gunicorn>=23"',
        'pip install "gunicorn"==23.0.0',
    ],
)
def test_what_an_image_installs_is_seen_wherever_it_stands(line: str) -> None:
    dockerfile = read_dockerfile("Dockerfile", f"FROM python:3.13-slim\nRUN {line}\n")
    facts = Facts(dockerfiles={"Dockerfile": dockerfile}, paths=frozenset({"Dockerfile"}))
    assert image_installs(build_image(dockerfile, facts), facts) == frozenset({"gunicorn"})


@pytest.mark.parametrize(
    ("line", "installed"),
    [
        ("pip install -r requirements.txt", {"connexion", "uvicorn"}),
        ("uv sync --no-dev", {"api", "connexion", "uvicorn", "tool"}),
        ("pip install .", {"api", "connexion", "uvicorn", "tool"}),
    ],
)
def test_what_extras_and_distributions_of_the_same_project_bring(line: str, installed: set[str]) -> None:
    dockerfile = read_dockerfile("Dockerfile", f"FROM python:3.13-slim\nCOPY . .\nRUN {line}\n")
    manifests = {
        "requirements.txt": read_requirements("requirements.txt", b"connexion[uvicorn]\n"),
        "pyproject.toml": read_pyproject("pyproject.toml", "[project]\nname = 'all'\ndependencies = ['api[extra]']\n"),
        "api/pyproject.toml": read_pyproject(
            "api/pyproject.toml",
            "[project]\nname = 'Api'\ndependencies = ['connexion[uvicorn]']\n"
            "[project.optional-dependencies]\nextra = ['tool']\nother = ['never']\n",
        ),
    }
    facts = Facts(
        dockerfiles={"Dockerfile": dockerfile}, manifests=manifests, paths=frozenset({"Dockerfile", *manifests})
    )
    assert (image_installs(build_image(dockerfile, facts), facts) or frozenset()) - {"extra"} == installed


@pytest.mark.parametrize(
    ("line", "installed"),
    [("pipenv install --deploy", None), ("pipenv install gunicorn", frozenset({"gunicorn"})), ("poetry install", None)],
)
def test_a_project_manager_without_a_file_to_read_leaves_it_open(line: str, installed: frozenset[str] | None) -> None:
    dockerfile = read_dockerfile("Dockerfile", f"FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN {line}\n")
    facts = Facts(dockerfiles={"Dockerfile": dockerfile}, paths=frozenset({"Dockerfile", "app.py"}))
    assert image_installs(build_image(dockerfile, facts), facts) == installed


@pytest.mark.parametrize(
    ("lines", "installed"),
    [
        ("RUN pip install dist/*.whl", None),
        ("RUN pip install /wheels/shop-1.0-py3-none-any.whl", None),
        ("RUN pip install https://host/shop.tar.gz", None),
        ("RUN pip install --upgrade wheel && pip install *.whl", None),
        ("RUN pip wheel --wheel-dir /wheels gunicorn && pip install --no-index /wheels/*", frozenset({"gunicorn"})),
    ],
)
def test_what_stands_in_an_archive_is_known_where_it_was_gathered(lines: str, installed: frozenset[str] | None) -> None:
    dockerfile = read_dockerfile("Dockerfile", f"FROM python:3.13-slim\n{lines}\n")
    facts = Facts(dockerfiles={"Dockerfile": dockerfile}, paths=frozenset({"Dockerfile"}))
    assert image_installs(build_image(dockerfile, facts), facts) == installed


@pytest.mark.parametrize(
    ("build", "files", "server"),
    [
        ("python setup.py bdist_wheel", {"setup.py": "setup(install_requires=['flask', 'gunicorn'])"}, True),
        ("python -m build", {"setup.py": "setup(install_requires=['flask'])"}, False),
        ("python setup.py sdist", {"setup.py": "setup(install_requires=read())", "requirements.txt": "flask\n"}, False),
        (
            "python setup.py sdist",
            {"setup.py": "setup(install_requires=read())", "requirements.txt": "gunicorn\n"},
            True,
        ),
        ("python setup.py bdist_wheel", {"setup.py": "setup(install_requires=read())"}, None),
    ],
)
def test_a_distribution_of_the_project_brings_what_it_asks_for(
    build: str, files: dict[str, str], server: bool | None
) -> None:
    text = f"FROM python:3 AS build\nWORKDIR /src\nCOPY . .\nRUN {build}\nFROM python:3\n"
    text += "COPY --from=build /src/dist/*.whl /tmp/\nRUN pip install /tmp/*.whl\n"
    named = {
        name: f"from setuptools import setup\n{body}\n" if name == "setup.py" else body for name, body in files.items()
    }
    facts = parse(memory_tree({"Dockerfile": text, **named}))
    installed = image_installs(build_image(facts.dockerfiles["Dockerfile"], facts), facts)
    assert (None if installed is None else "gunicorn" in installed) == server
