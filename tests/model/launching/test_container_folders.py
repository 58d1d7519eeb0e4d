"""Where a chain stands inside a container, and what COPY puts there under another name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.launching.place import Place, enter

APP = "from flask import Flask\n\napp = Flask(__name__)\n\nif __name__ == '__main__':\n    app.run()\n"
START = "#!/bin/sh\nexec gunicorn app:app\n"
IMAGE = "FROM python:3.13\nWORKDIR /srv\nCOPY site /srv/site\nCOPY ops/web.sh /srv/site/start.sh\n"
SITE = {"site/app.py": APP, "ops/web.sh": START}
PROGRAM = "[program:web]\ndirectory={folder}\ncommand=sh start.sh\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "cd from a WORKDIR that no COPY fills",
        {**SITE, "Dockerfile": IMAGE + "CMD cd site && sh start.sh\n"},
        ["Dockerfile:5 > ops/web.sh:2 gunicorn production app:app True"],
    ),
    (
        "into a folder that has another name in the project",
        {**SITE, "Dockerfile": IMAGE.replace("/srv/site", "/srv/web") + "CMD cd web && sh start.sh\n"},
        ["Dockerfile:5 > ops/web.sh:2 gunicorn production app:app True"],
    ),
    (
        "cd twice, up and down again",
        {**SITE, "Dockerfile": IMAGE + "CMD cd /srv/site && cd .. && cd ./site && sh start.sh\n"},
        ["Dockerfile:5 > ops/web.sh:2 gunicorn production app:app True"],
    ),
    (
        "the same folder on both ways of a branch",
        {**SITE, "Dockerfile": IMAGE + 'CMD if [ -n "$X" ]; then cd site; else cd ./site; fi; sh start.sh\n'},
        ["Dockerfile:5 > ops/web.sh:2 gunicorn production app:app True"],
    ),
    (
        "one folder or another: what is missing is not known",
        {**SITE, "Dockerfile": IMAGE + 'CMD if [ -n "$X" ]; then cd site; else cd /; fi; sh begin.sh\n'},
        ["Dockerfile:5 other production begin.sh None", "ops/web.sh:2 gunicorn production app:app True"],
    ),
    *(
        (
            f"a folder that is not known: {words}",
            {**SITE, "Dockerfile": IMAGE + f"CMD {words} && sh begin.sh\n"},
            [f"Dockerfile:5 other production begin.sh {resolves}", "ops/web.sh:2 gunicorn production app:app True"],
        )
        for words, resolves in (
            ("cd", None),
            ("cd ~", None),
            ("pushd /tmp && popd", None),
            ("cd -P site", False),
            ("cd -", None),
            ("cd $PLACE", None),
            ("cd $PLACE/site", None),
            ("cd $PLACE && cd site", None),
            ("cd $PLACE && cd /srv/site", False),
            ("cd .", False),
        )
    ),
    (
        "one folder on both ways: what is missing is known",
        {**SITE, "Dockerfile": IMAGE + 'CMD if [ -n "$X" ]; then cd site; else cd ./site; fi; sh begin.sh\n'},
        ["Dockerfile:5 other production begin.sh False", "ops/web.sh:2 gunicorn production app:app True"],
    ),
    (
        "a service of runit stands in its own folder",
        {
            "app.py": APP,
            "ops/web/run": "#!/bin/sh\nexec sh begin.sh\n",
            "ops/web.sh": START,
            "Dockerfile": "FROM phusion/baseimage:noble\nWORKDIR /srv\nCOPY app.py /srv/\nCOPY ops/web /etc/service/web\nCOPY ops/web.sh /srv/begin.sh\n",
        },
        ["ops/web.sh:2 gunicorn production app:app True"],
    ),
    (
        "a script that is not there",
        {**SITE, "Dockerfile": IMAGE + "CMD cd site && sh begin.sh\n"},
        ["Dockerfile:5 other production begin.sh False", "ops/web.sh:2 gunicorn production app:app True"],
    ),
    (
        "env -C",
        {**SITE, "Dockerfile": IMAGE + "CMD env -C site sh start.sh\n"},
        ["Dockerfile:5 > ops/web.sh:2 gunicorn production app:app True"],
    ),
    (
        "working_dir of a service, relative to WORKDIR",
        {
            **SITE,
            "Dockerfile": IMAGE,
            "compose.yaml": "services:\n  web:\n    build: .\n    working_dir: site\n    command: sh start.sh\n",
        },
        ["compose.yaml:5 > ops/web.sh:2 gunicorn production app:app True"],
    ),
    (
        "working_dir of a service, and cd from there",
        {
            **SITE,
            "Dockerfile": IMAGE,
            "compose.yaml": 'services:\n  web:\n    build: .\n    working_dir: /\n    command: sh -c "cd srv/site && sh start.sh"\n',
        },
        ["compose.yaml:5 > ops/web.sh:2 gunicorn production app:app True"],
    ),
    *(
        (
            f"directory={folder} of a program of supervisord",
            {
                **SITE,
                "Dockerfile": IMAGE + "COPY ops/web.conf /etc/web.conf\nCMD supervisord -n -c /etc/web.conf\n",
                "ops/web.conf": PROGRAM.format(folder=folder),
            },
            ["Dockerfile:6 > ops/web.conf:3 > ops/web.sh:2 gunicorn production app:app True"],
        )
        for folder in ("/srv/site", "site")
    ),
    (
        "a script that the Dockerfile writes",
        {
            "site/app.py": APP,
            "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY site /srv/site\nCOPY <<EOF /srv/site/start.sh\nexec gunicorn app:app\nEOF\nCMD cd site && sh start.sh\n",
        },
        ["Dockerfile:7 > Dockerfile:4 > Dockerfile:5 gunicorn production app:app True"],
    ),
    (
        "a script that COPY puts over the project's own",
        {
            **SITE,
            "site/start.sh": "exec python app.py\n",
            "Dockerfile": IMAGE + "WORKDIR /srv/site\nCMD sh start.sh\n",
        },
        [
            "Dockerfile:6 > ops/web.sh:2 gunicorn production app:app True",
            "site/start.sh:1 > site/app.py:6 app-run development app:app True",
        ],
    ),
    (
        "a script in a folder of PATH leaves the folder as it was",
        {
            "site/app.py": APP,
            "app.py": "x = 1\n",
            "ops/start": START,
            "Dockerfile": 'FROM python:3.13\nCOPY . /code\nWORKDIR /code/site\nCOPY ops/start /usr/local/bin/start\nCMD ["start"]\n',
        },
        ["Dockerfile:5 > ops/start:2 gunicorn production app:app True"],
    ),
    *(
        (
            f"a module that COPY puts there: {command}",
            {"site/app.py": APP, "ops/main.py": "from app import app\n", "Dockerfile": IMAGE + line + command + "\n"},
            [f"Dockerfile:6 {server} production entry:app {resolves}"],
        )
        for line, command, server, resolves in (
            ("COPY ops/main.py /srv/site/entry.py\n", "CMD gunicorn --chdir site entry:app", "gunicorn", True),
            ("COPY ops/main.py /srv/site/entry.py\n", "CMD cd site && gunicorn entry:app", "gunicorn", True),
            ("COPY ops/main.py /srv/entry.py\n", "CMD gunicorn entry:app", "gunicorn", True),
            ("COPY ops/main.py /srv/entry/__init__.py\n", "CMD gunicorn entry:app", "gunicorn", True),
            ("COPY ops/main.py /srv/entry.py\n", "CMD cd site && PYTHONPATH=/srv gunicorn entry:app", "gunicorn", True),
            ("COPY ops/main.py /srv/entry.py\n", "CMD cd site && gunicorn entry:app", "gunicorn", False),
            ("COPY ops/main.py /srv/site/entry.py\n", "CMD gunicorn entry:app", "gunicorn", False),
        )
    ),
    (
        "such a module that python -m runs",
        {
            "app.py": APP,
            "ops/main.py": "from waitress import serve\nfrom app import app\n\nserve(app)\n",
            "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY app.py /srv/\nCOPY ops/main.py /srv/entry.py\nCMD python -m entry\n",
        },
        ["Dockerfile:5 > ops/main.py:4 waitress production ops.main:app True"],
    ),
    (
        "a package of that kind",
        {
            "app.py": APP,
            "ops/main.py": "from waitress import serve\nfrom app import app\n\nserve(app)\n",
            "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY app.py /srv/\nCOPY ops/main.py /srv/entry/__main__.py\nCMD python -m entry\n",
        },
        ["Dockerfile:5 > ops/main.py:4 waitress production ops.main:app True"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_launches(chains: Callable[[dict[str, str]], list[str]], files: dict[str, str], expected: list[str]) -> None:
    assert chains(files) == expected


def test_another_machine_has_folders_of_its_own() -> None:
    place = enter(Place(()), "/srv/site", Facts())
    assert place.folder == "/srv/site"
    assert place.on_another_machine().folder == ""
