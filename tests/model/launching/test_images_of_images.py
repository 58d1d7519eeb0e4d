"""Images that begin FROM another one which the project builds, one mechanism each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
BASE = 'FROM python:3.13\nWORKDIR /srv\nCOPY ops/start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n'
START = '#!/bin/sh\nexec gunicorn "$@"\n'
WEB = 'COPY . .\nCMD ["app:app"]\n'
FILES = {"base.Dockerfile": BASE, "ops/start.sh": START, "app.py": APP}
CHAIN = "Dockerfile:3 > base.Dockerfile:4 > ops/start.sh:2 gunicorn production app:app True"
BUILD = "#!/bin/sh\ndocker build -t acme/base -f base.Dockerfile .\n"
COMPOSE = (
    "services:\n  base:\n    image: acme/base:${TAG:-latest}\n    build: {context: ., dockerfile: base.Dockerfile}\n"
    "  web:\n    image: acme/web\n    build: {context: ., CONTEXTS}\n"
)
BAKE = 'target "core" {\n  dockerfile = "base.Dockerfile"\n}\ntarget "web" {\n  contexts = { base = "target:core" }\n}\n'
ACTION = (
    "on: push\njobs:\n  web:\n    steps:\n"
    "    - {uses: docker/build-push-action@v6, with: {push: 'true', tags: acme/web, GIVEN}}\n"
)
WORKFLOW = ".github/workflows/images.yml"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    ("a command builds it", {**FILES, "Dockerfile": f"FROM acme/base\n{WEB}", "build.sh": BUILD}, [CHAIN]),
    ("nothing builds it", {**FILES, "Dockerfile": f"FROM acme/base\n{WEB}"}, []),
    (
        "a compose service builds it",
        {**FILES, "Dockerfile": f"FROM acme/base:latest\n{WEB}", "compose.yml": COMPOSE.replace(", CONTEXTS", "")},
        [CHAIN],
    ),
    (
        "a service stands in for it",
        {
            **FILES,
            "Dockerfile": f"FROM base\n{WEB}",
            "compose.yml": COMPOSE.replace("CONTEXTS", 'additional_contexts: {base: "service:base"}'),
        },
        [CHAIN],
    ),
    (
        "a target of bake stands in for it, in a compose file",
        {
            **FILES,
            "Dockerfile": f"FROM base\n{WEB}",
            "compose.yml": COMPOSE.replace("CONTEXTS", 'x-bake: {contexts: {base: "target:base"}}'),
        },
        [CHAIN],
    ),
    ("a target of bake", {**FILES, "Dockerfile": f"FROM base\n{WEB}", "docker-bake.hcl": BAKE}, [CHAIN]),
    (
        "a target of the same file, and one of another's",
        {
            **FILES,
            "Dockerfile": f"FROM base\n{WEB}",
            "docker-bake.hcl": BAKE,
            "ops/Dockerfile": "FROM python:3.13\n",
            "ops/docker-bake.hcl": 'target "core" {\n  context = "."\n}\n',
        },
        [CHAIN],
    ),
    (
        "a target of a file that is read with it",
        {
            **FILES,
            "Dockerfile": f"FROM base\n{WEB}",
            "docker-bake.hcl": BAKE[BAKE.index('target "web"') :],
            "docker-bake.override.hcl": BAKE[: BAKE.index('target "web"')],
        },
        [CHAIN],
    ),
    (
        "an image stands in for it, by a workflow",
        {
            **FILES,
            "Dockerfile": f"FROM base\n{WEB}",
            "build.sh": BUILD,
            WORKFLOW: ACTION.replace("GIVEN", "build-contexts: 'base=docker-image://acme/base:latest'"),
        },
        [CHAIN],
    ),
    (
        "a folder stands in for it",
        {
            **FILES,
            "Dockerfile": f"FROM base\n{WEB}",
            "build.sh": BUILD.replace("acme/base", "base"),
            WORKFLOW: ACTION.replace("GIVEN", "build-contexts: base=./ops"),
        },
        [],
    ),
    (
        "an argument of the build names it",
        {
            **FILES,
            "Dockerfile": f"ARG BASE=python:3.13\nFROM ${{BASE}}\n{WEB}",
            "build.sh": BUILD,
            WORKFLOW: ACTION.replace("GIVEN", "build-args: 'BASE=acme/base:${{ github.sha }}'"),
        },
        [CHAIN.replace("Dockerfile:3", "Dockerfile:4", 1)],
    ),
    (
        "builds name several",
        {
            **FILES,
            "Dockerfile": f"ARG BASE=acme/other\nFROM ${{BASE}}\n{WEB}",
            "build.sh": f"{BUILD}docker build --build-arg BASE=acme/base .\ndocker build --build-arg BASE=acme/base:two .\n",
        },
        [],
    ),
    (
        "several Dockerfiles make it",
        {
            **FILES,
            "ops/Dockerfile": BASE,
            "Dockerfile": f"FROM acme/base\n{WEB}",
            "build.sh": f"{BUILD}docker build -t acme/base ops\n",
        },
        [],
    ),
    (
        "an image of another Dockerfile, with nothing of its own to start",
        {
            "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nCMD gunicorn app:app\n",
            "slim.Dockerfile": "FROM acme/web\nRUN rm -r /tmp\n",
            "build.sh": "#!/bin/sh\ndocker build -t acme/web .\n",
            "app.py": APP,
        },
        ["slim.Dockerfile:1 > Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "the stage that is built",
        {
            "base.Dockerfile": "FROM python:3.13 AS web\nWORKDIR /srv\nCOPY . .\nCMD gunicorn app:app\nFROM web AS jobs\nCMD celery\n",
            "Dockerfile": "FROM acme/base\nENV A=1\n",
            "build.sh": "#!/bin/sh\ndocker build -f base.Dockerfile --target web -t acme/base .\n",
            "app.py": APP,
        },
        ["Dockerfile:1 > base.Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "the arguments that it is built with",
        {
            "base.Dockerfile": "FROM python:3.13\nARG SERVER=celery\nENV SERVER=$SERVER\nWORKDIR /srv\nCOPY . .\nCMD $SERVER app:app\n",
            "Dockerfile": "FROM acme/base\nENV A=1\n",
            "build.sh": "#!/bin/sh\ndocker build -f base.Dockerfile --build-arg SERVER=gunicorn -t acme/base .\n",
            "app.py": APP,
        },
        ["Dockerfile:1 > base.Dockerfile:6 gunicorn production app:app True"],
    ),
    (
        "the folder that it is built from",
        {
            "ops/base.Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nCMD gunicorn app:app\n",
            "ops/app.py": "",
            "web/app.py": APP,
            "Dockerfile": "FROM acme/base\nENV A=1\n",
            "build.sh": "#!/bin/sh\ndocker build -f ops/base.Dockerfile -t acme/base web\n",
        },
        ["Dockerfile:1 > ops/base.Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "images that begin from each other",
        {
            "a.Dockerfile": "FROM acme/b\nCMD gunicorn app:app\n",
            "b.Dockerfile": "FROM acme/a\n",
            "build.sh": "#!/bin/sh\ndocker build -t acme/a -f a.Dockerfile .\ndocker build -t acme/b -f b.Dockerfile .\n",
            "app.py": APP,
        },
        ["b.Dockerfile:1 > a.Dockerfile:2 gunicorn production app:app True"],
    ),
    (
        "a public image of the same name",
        {
            "ops/Dockerfile": BASE.replace("ops/", ""),
            "ops/start.sh": START,
            "Dockerfile": f"FROM python:3.13\n{WEB}",
            "build.sh": "#!/bin/sh\ndocker build -t python:mine ops\n",
            "app.py": APP,
        },
        [],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_launches(chains: Callable[[dict[str, str]], list[str]], files: dict[str, str], expected: list[str]) -> None:
    assert [each for each in chains(files) if "gunicorn production app:app True" in each] == expected


def test_the_image_is_that_of_its_own_dockerfile() -> None:
    files = {**FILES, "Dockerfile": f"FROM acme/base\n{WEB}", "build.sh": BUILD}
    launches = link(parse(memory_tree(files)), name="site").launches
    assert [each.dockerfile for each in launches if each.target == "app:app"] == ["Dockerfile"]


def test_a_base_that_starts_nothing_is_no_unknown_start() -> None:
    files = {"base.Dockerfile": "FROM python:3.13\n", "Dockerfile": "FROM acme/base\nCOPY . .\n", "build.sh": BUILD}
    assert not link(parse(memory_tree({**files, "app.py": APP})), name="site").unknown_starts
    del files["build.sh"]
    (unknown,) = link(parse(memory_tree({**files, "app.py": APP})), name="site").unknown_starts
    assert unknown.text == "FROM acme/base"
