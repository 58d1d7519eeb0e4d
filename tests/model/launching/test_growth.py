"""A project of many launches costs no more for each of them: the audit grows with their number, not with its square."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from flask_prodcheck.audit import audit_tree
from flask_prodcheck.sources.discover import memory_tree
from tests.counted_calls import counted_calls

Files = Mapping[str, str]

IMAGE = "FROM python:3.13\nCOPY . .\n"
APP = "from flask import Flask\napp = Flask(__name__)\n"


def _script(count: int) -> Files:
    lines = "".join(f"gunicorn -b :{8000 + each} app:app &\n" for each in range(count))
    return {"start.sh": f"#!/bin/sh\n{lines}wait\n"}


def _batch(count: int) -> Files:
    lines = "".join(f"start waitress-serve --port={8000 + each} app:app\r\n" for each in range(count))
    return {"start.bat": f"@echo off\r\n{lines}"}


def _procfile(count: int) -> Files:
    return {"Procfile": "".join(f"w{each}: gunicorn -b :{8000 + each} app:app\n" for each in range(count))}


def _programs(count: int) -> Files:
    program = "from app import app\nif __name__ == '__main__':\n    app.run()\n"
    lines = "".join(f"w{each}: python s{each}.py\n" for each in range(count))
    return {"Procfile": lines, **{f"s{each}.py": program for each in range(count)}}


def _images(count: int) -> Files:
    return {f"d{each}/Dockerfile": f"{IMAGE}CMD gunicorn -b :{8000 + each} app:app\n" for each in range(count)}


def _entry_points(count: int) -> Files:
    images = {f"d{each}/Dockerfile": f'{IMAGE}ENTRYPOINT ["/start.sh"]\n' for each in range(count)}
    return {"start.sh": '#!/bin/sh\nexec gunicorn app:app "$@"\n', **images}


def _tasks(count: int) -> Files:
    return {"Makefile": "".join(f"t{each}:\n\tgunicorn -b :{8000 + each} app:app\n" for each in range(count))}


def _units(count: int) -> Files:
    start = "[Service]\nWorkingDirectory=/srv/site\nExecStart=/srv/site/venv/bin/gunicorn app:app\n"
    return {f"units/w{each}.service": start for each in range(count)}


def _pods(count: int) -> Files:
    manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: w{0}}}\nspec:\n  template:\n    spec:\n      containers:\n        - {{name: w, image: site, command: [gunicorn, -b, ':{0}', 'app:app']}}\n"
    return {"pods.yaml": "---\n".join(manifest.format(8000 + each) for each in range(count))}


def _calls(files: Files) -> int:
    """How many functions the audit of a project calls."""
    tree = memory_tree({"app.py": APP, "requirements.txt": "flask==3.1.3\ngunicorn==23.0.0\nwaitress==3.0.0\n", **files})
    return counted_calls(lambda: audit_tree(tree))


@pytest.mark.parametrize(
    "files",
    [_script, _batch, _procfile, _programs, _images, _entry_points, _tasks, _units, _pods],
    ids=lambda each: each.__name__.strip("_"),
)
def test_many_launches(files: Callable[[int], Files]) -> None:
    _calls(files(2))  # what is made once is there
    few, twice, four = (_calls(files(count)) for count in (50, 100, 200))
    assert four - twice < 2.3 * (twice - few), (few, twice, four)
