"""What a target means is said as unknown where the files do not decide it: never that it does not exist."""

from __future__ import annotations

import pytest

from flask_prodcheck.audit import audit_tree, linked_tree
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\napp.run()\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        # the build context may be any folder, nothing that is copied has a name: a start that is not shown
        ({"docker/Dockerfile": 'FROM python:3.12\nWORKDIR /app\nADD . /app\nCMD ["python", "main.py"]\n'}, []),
        # here it has one
        (
            {
                "docker/Dockerfile": "FROM python:3.12\nWORKDIR /app\nCOPY docker/a.txt .\nCOPY . .\n"
                'CMD ["python", "main.py"]\n',
                "docker/a.txt": "",
            },
            [False],
        ),
        ({"Dockerfile": 'FROM python:3.12\nWORKDIR /app\nADD . /app\nCMD ["python", "main.py"]\n'}, [False]),
        ({"Procfile": "web: gunicorn {{cookiecutter.name}}.app:app\n"}, [None]),
        ({"Procfile": "web: gunicorn other.app:app\n"}, [False]),
    ],
)
def test_resolves(files: dict[str, str], expected: list[bool | None]) -> None:
    report = audit_tree(
        memory_tree({"web/app.py": APP, "requirements.txt": "flask==3.1.3\ngunicorn==23.0.0\n", **files})
    )
    assert [launch.resolves for launch in report.launches] == expected
    assert [each for each in report.open_findings if each.code == "PC302"] == [] or expected == [False]


@pytest.mark.parametrize(
    ("script", "unseen"),
    [
        ("from Site import app as application\n", True),
        ("import Site\napplication = Site.create_app()\n", True),
        ("from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n", False),
        ("from web.app import app as application\n", False),
    ],
)
def test_a_wsgi_script_whose_application_is_not_seen_is_an_unknown_start(script: str, unseen: bool) -> None:
    files = {"__init__.py": APP, "web/app.py": APP, "site.wsgi": script, "requirements.txt": "flask\ndjango\n"}
    project = linked_tree(memory_tree(files))
    assert [hop.span.file for hop in project.unknown_starts] == (["site.wsgi"] if unseen else [])
