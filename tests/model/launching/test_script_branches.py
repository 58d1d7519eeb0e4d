"""What scripts start that decide by their argument, also for arguments that no other file gives them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
RUN = APP + "if __name__ == '__main__':\n    app.run()\n"
UNIT = "[Service]\nWorkingDirectory=/srv/shop\nExecStart=/srv/shop/shop.sh {}\n"
#: A menu whose arms call functions.
MENU = """#!/bin/bash
serve() {{
  gunicorn run:app
}}
work() {{
  python run.py
}}
{}
"""
BY_CASE = MENU.format('case "$1" in\n  start) serve ;;\n  debug) work ;;\n  *) echo "start|debug" ;;\nesac')
BY_IF = MENU.format('if [ "$1" = "start" ]; then\n  serve\nelif [ "$1" = "debug" ]; then\n  work\nfi')
BY_VARIABLE = MENU.format('what=$1\nif [ "$what" = start ]; then\n  serve\nelse\n  work\nfi')
IMAGE = "FROM python:3.12\nWORKDIR /app\nCOPY . .\n"
PRODUCTION = "shop.service:3 > shop.sh:3 gunicorn production run:app True"
DEVELOPMENT = "shop.sh:6 > run.py:4 app-run development run:app True"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "arms of a case",
        {"shop.service": UNIT.format("start"), "shop.sh": BY_CASE, "run.py": RUN},
        [PRODUCTION, DEVELOPMENT],
    ),
    (
        "branches of an if",
        {"shop.service": UNIT.format("start"), "shop.sh": BY_IF, "run.py": RUN},
        [PRODUCTION, DEVELOPMENT],
    ),
    (
        "an argument that is kept first",
        {"shop.service": UNIT.format("start"), "shop.sh": BY_VARIABLE, "run.py": RUN},
        [PRODUCTION, DEVELOPMENT],
    ),
    (
        "the other way round",
        {"Makefile": "work:\n\t./shop.sh debug\n", "shop.sh": BY_CASE, "run.py": RUN},
        [
            "Makefile:2 > shop.sh:6 > run.py:4 app-run development run:app True",
            "shop.sh:3 gunicorn production run:app True",
        ],
    ),
    (
        "both are given",
        {
            "shop.service": UNIT.format("start"),
            "Makefile": "work:\n\t./shop.sh debug\n",
            "shop.sh": BY_CASE,
            "run.py": RUN,
        },
        ["Makefile:2 > shop.sh:6 > run.py:4 app-run development run:app True", PRODUCTION],
    ),
    (
        "another production server is not taken for one that production starts",
        {
            "shop.service": UNIT.format("start"),
            "shop.sh": BY_CASE.replace("python run.py", "waitress-serve run:app"),
            "run.py": RUN,
        },
        [PRODUCTION],
    ),
    (
        "an argument that a function is handed",
        {
            "shop.service": UNIT.format("fast"),
            "shop.sh": '#!/bin/sh\nserve() {\n  if [ "fast" = "$1" ]; then\n    gunicorn run:app\n  else\n    python run.py\n  fi\n}\nserve $1\n',
            "run.py": RUN,
        },
        [
            "shop.service:3 > shop.sh:4 gunicorn production run:app True",
            "shop.sh:6 > run.py:4 app-run development run:app True",
        ],
    ),
    (
        "what a variable of the image decides is decided",
        {
            "shop.service": UNIT.format("").replace("Exec", "Environment=MODE=web\nExec"),
            "shop.sh": '#!/bin/sh\nif [ "$MODE" = web ]; then\n  exec gunicorn run:app\nfi\nexec python run.py\n',
            "run.py": RUN,
        },
        ["shop.service:4 > shop.sh:3 gunicorn production run:app True"],
    ),
    (
        "the entry point of an image has the arguments that the files give it",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./entry.sh"]\nCMD ["web"]\n',
            "entry.sh": '#!/bin/sh\ncase $1 in\n  web) exec gunicorn run:app ;;\n  dev) exec python run.py ;;\n  *) exec "$@" ;;\nesac\n',
            "run.py": RUN,
        },
        [
            "Dockerfile:4 > Dockerfile:5 > entry.sh:3 gunicorn production run:app True",
        ],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_branches(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected


@pytest.mark.parametrize(("argument", "confidence"), [("start", "medium"), ("serve", "low")])
def test_a_script_that_is_called_to_start_is_there_for_that(argument: str, confidence: str) -> None:
    script = f'if [ "$1" = "{argument}" ]; then\n  if is_running; then\n    echo running\n  else\n    gunicorn run:app\n  fi\nfi\n'
    files = {"shop.service": UNIT.format(argument), "shop.sh": script, "run.py": RUN}
    [launch] = link(parse(memory_tree(files)), name="site").launches
    assert launch.confidence.value == confidence


MAKEFILE = "install:\n\tgunicorn run:app\n"
OWN = "Makefile:2 gunicorn production run:app True"
RETURNS = [
    (
        "a function that a default leaves at once",
        "serve() {\n  if [ \"${WANTED:-no}\" != yes ]; then\n    return\n  fi\n  python run.py &\n}\nserve\n",
        [],
    ),
    ("... that one side leaves", "serve() {\n  [ -f ready ] && return\n  gunicorn run:app\n}\nserve\n", ["gunicorn low"]),
    (
        "what comes after it",
        "check() {\n  if [ -f ready ]; then\n    return\n  fi\n  echo wait\n}\ncheck\ngunicorn run:app\n",
        ["gunicorn medium"],
    ),
    (
        "... where a side ends the script",
        "check() {\n  if [ -f ready ]; then\n    exit 1\n  fi\n  echo wait\n}\ncheck\ngunicorn run:app\n",
        ["gunicorn low"],
    ),
    (
        "... where a side becomes another program",
        "check() {\n  if [ -f ready ]; then\n    exec python run.py\n  fi\n}\ncheck\ngunicorn run:app\n",
        ["app-run low", "gunicorn low"],
    ),
]


@pytest.mark.parametrize(("script", "expected"), [case[1:] for case in RETURNS], ids=[case[0] for case in RETURNS])
def test_return_leaves_a_function(script: str, expected: list[str]) -> None:
    launches = link(parse(memory_tree({"serve.sh": script, "run.py": RUN})), name="site").launches
    assert [f"{each.server.value} {each.confidence.value}" for each in launches] == expected


ENTERED = [
    ("sources in a temporary folder", "work=$(mktemp -d)\ngit clone https://x.example/y $work\ncd $work/src/agent\n", []),
    ("... a fixed one", "tar -C /tmp -xf y.tgz\npushd /tmp/y-1.2/build\n", []),
    ("... and a folder in them", "cd /tmp/y-1.2/build\ncd agent\n", []),
    ("... and back", "pushd /tmp/y-1.2/build\nmake\npopd\n", ["setup.sh:4 > " + OWN]),
    ("a temporary folder, which may be a copy", "work=$(mktemp -d)\ncp -r . $work\ncd $work\n", ["setup.sh:4 > " + OWN]),
    ("a folder of the project in one", "cd /tmp/site/deploy\n", ["setup.sh:2 > " + OWN]),
    ("a folder that is not temporary", "cd $HOME/sites/site\n", ["setup.sh:2 > " + OWN]),
]


@pytest.mark.parametrize(("entered", "expected"), [case[1:] for case in ENTERED], ids=[case[0] for case in ENTERED])
def test_what_is_built_elsewhere_is_not_of_the_project(
    entered: str, expected: list[str], chains: Callable[[dict[str, str]], list[str]]
) -> None:
    files = {"setup.sh": f"{entered}make install\n", "Makefile": MAKEFILE, "run.py": APP, "deploy/x": ""}
    assert [each for each in chains(files) if each.startswith("setup.sh")] == expected
