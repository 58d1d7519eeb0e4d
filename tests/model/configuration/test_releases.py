"""Which releases of a distribution a launch may find."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.configuration.versions import newest_allowed, oldest_allowed, releases
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = {"app.py": "from flask import Flask\napp = Flask(__name__)\n", "Procfile": "web: gunicorn app:app\n"}


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [("", None), ("<3", None), ("!=2", None), (">=2.1", (2, 1)), ("==3.0", (3, 0)), ("~=25.1", (25, 1)), (">=2,>=3,<4", (3,)), ("2.1.3", (2, 1, 3))],
)  # fmt: skip
def test_the_oldest_that_is_allowed(specifier: str, expected: tuple[int, ...] | None) -> None:
    assert oldest_allowed(specifier) == expected


@pytest.mark.parametrize(
    ("specifier", "expected"), [("", None), (">=2", None), ("<3", (2, 999)), ("1.1.2", (1, 1, 2)), ("1.*", (1, 999))]
)
def test_the_newest_that_is_allowed(specifier: str, expected: tuple[int, ...] | None) -> None:
    assert newest_allowed(specifier) == expected


@pytest.mark.parametrize(
    ("requirement", "before", "since", "fresh"),
    [
        ("gunicorn==25.3.0", True, False, False),
        ("gunicorn==26.0.0", False, True, True),
        ("gunicorn", False, False, True),
        ("gunicorn>=20", False, False, True),
        ("gunicorn~=25.1", True, False, False),
        ("gunicorn>=26,<28", False, True, True),
    ],
)
def test_releases_before_and_from_a_version(requirement: str, before: bool, since: bool, fresh: bool) -> None:
    project = link(parse(memory_tree({**APP, "requirements.txt": f"flask\n{requirement}\n"})), name="project")
    found = releases(project, "gunicorn", project.launches[0])
    assert found is not None
    assert (found.all_before((26,)), found.all_from((26,)), found.fresh_from((26,))) == (before, since, fresh)


def test_the_run_lines_of_the_image_count() -> None:
    docker = 'FROM python:3.13-slim\nCOPY . .\nRUN pip install flask "gunicorn[gevent]==21.2.0"\nCMD ["gunicorn", "app:app"]\n'
    project = link(parse(memory_tree({"app.py": APP["app.py"], "Dockerfile": docker})), name="project")
    found = releases(project, "gunicorn", project.launches[0])
    assert found is not None
    assert found.bounds == (((21, 2, 0), (21, 2, 0)),)


def test_nothing_asks_for_it() -> None:
    project = link(parse(memory_tree({**APP, "requirements.txt": "flask\n"})), name="project")
    assert releases(project, "gunicorn", project.launches[0]) is None
