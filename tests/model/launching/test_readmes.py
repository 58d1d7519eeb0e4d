"""What READMEs say that a launch is for: only what is not in doubt, and only where nothing else decides."""

from __future__ import annotations

import time

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.launching.readmes.commands import started_by
from flask_prodcheck.model.launching.readmes.prose import (
    purposes_of_heading,
    purposes_of_sentence,
    purposes_of_title,
)
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run()\n"
COMPOSE = "services:\n  web:\n    image: shop\n    command: gunicorn app:app\n  db:\n    image: postgres\n"
SCRIPT = "#!/bin/sh\npython app.py\n"
SERVED = "#!/bin/sh\ngunicorn app:app\n"
UNIT = "[Service]\nExecStart=/usr/bin/gunicorn app:app\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD gunicorn app:app\n"


def purposes(files: dict[str, str]) -> list[str]:
    tree = memory_tree({"app.py": APP, **files})
    launches = link(parse(tree), name="shop", read=tree.read).launches
    return [f"{each.head.span} {each.purpose.value}: {each.purpose_reason}" for each in launches]


def block(*lines: str) -> str:
    return "```\n" + "\n".join(lines) + "\n```\n"


UP = block("docker compose up")
DEFAULT = "compose.yml:4 production: a compose starts it"
UNDER = "compose.yml:4 development: README.md:{} shows it under {!r}"
COMPOSED: list[tuple[str, str, str]] = [
    ("for development", f"# Shop\n## Local development\n{UP}", UNDER.format(4, "Local development")),
    (
        "deeper down",
        f"# Shop\n## Development\n### Start\nText.\n\n{UP}",
        UNDER.format(7, "Development"),
    ),
    ("for tests", f"## Running tests\n{UP}", "compose.yml:4 test: README.md:3 shows it under 'Running tests'"),
    ("for development and tests", f"## Local testing\n{UP}", UNDER.format(3, "Local testing")),
    ("in a sentence", "## Development\nRun `docker-compose up -d`.\n", UNDER.format(2, "Development")),
    (
        "by a sentence",
        f"## Start\nTo run it locally:\n{UP}",
        "compose.yml:4 development: README.md:4 shows it with 'To run it locally:'",
    ),
    (
        "by a comment",
        f"## Start\n{block('# for local development', 'docker compose up')}",
        "compose.yml:4 development: README.md:4 shows it with 'for local development'",
    ),
    (
        "the file is named",
        f"## Development\n{block('docker compose -f compose.yml up')}",
        UNDER.format(3, "Development"),
    ),
    ("the service is named", f"## Development\n{block('docker compose up db web')}", UNDER.format(3, "Development")),
    (
        "a sentence that names the file says it",
        "## Files\n- `compose.yml` is for local development\n",
        "compose.yml:4 development: README.md:2 shows it with '- `compose.yml` is for local development'",
    ),
    ("without a purpose", f"## Usage\n{UP}", DEFAULT),
    ("a title is the name of a project", f"# Local development shop\n{UP}", DEFAULT),
    (
        "a title that names a purpose and nothing else",
        f"# Development setup\n{UP}",
        UNDER.format(3, "Development setup"),
    ),
    ("for production", f"## Deployment\n{UP}", "compose.yml:4 production: README.md:3 shows it under 'Deployment'"),
    ("for both", f"## Development\n{UP}## Production\n{UP}", DEFAULT),
    ("for development, named for production", f"## Development\n{UP}## Production\nCopy `compose.yml`.\n", DEFAULT),
    ("for development, and for anyone", f"## Quick start\n{UP}## Development\n{UP}", DEFAULT),
    ("a heading of both", f"## Development and deployment\n{UP}", DEFAULT),
    ("a heading that turns it", f"## Not for development\n{UP}", DEFAULT),
    ("one below the other", f"## Deployment\n### Local testing\n{UP}", DEFAULT),
    ("a sentence that doubts", f"## Development\nTo deploy:\n{UP}", DEFAULT),
    ("only another service", f"## Development\n{block('docker compose up -d db')}", DEFAULT),
    ("another file", f"## Development\n{block('docker compose -f compose.dev.yml up')}", DEFAULT),
    ("no start", f"## Development\n{block('docker compose build', 'docker compose logs')}", DEFAULT),
    ("another folder", f"## Development\n{block('cd ops', 'docker compose up')}", DEFAULT),
    ("another block", f"## Development\n{block('cd ops')}\n{UP}", UNDER.format(7, "Development")),
    ("the checkout", f"## Development\n{block('cd shop', 'docker compose up')}", UNDER.format(4, "Development")),
    ("what is tried", f"## Testing\n{UP}", DEFAULT),
    ("what stands on the own machine", f"## Start\nClone it locally, then:\n{UP}", DEFAULT),
    ("what is named in passing", "## Development\nEdit `compose.yml`.\n", DEFAULT),
]


@pytest.mark.parametrize(("readme", "expected"), [case[1:] for case in COMPOSED], ids=[case[0] for case in COMPOSED])
def test_a_compose_file(readme: str, expected: str) -> None:
    assert purposes({"compose.yml": COMPOSE, "README.md": readme, "ops/x.txt": ""}) == [expected]


def test_no_readme_and_none_that_can_be_read() -> None:
    tree = memory_tree({"app.py": APP, "compose.yml": COMPOSE, "README.md": f"## Development\n{UP}"})
    facts = parse(tree)
    assert [each.purpose.value for each in link(facts, name="shop").launches] == ["production"]
    assert [each.purpose.value for each in link(facts, name="shop", read=lambda _: None).launches] == ["production"]


CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "a guide for those who work on it",
        {"compose.yml": COMPOSE, "CONTRIBUTING.md": f"# Contributing\n{UP}"},
        ["compose.yml:4 development: CONTRIBUTING.md:3 shows it under 'Contributing'"],
    ),
    (
        "its name says what it is about",
        {"compose.yml": COMPOSE, "DEVELOPMENT.md": f"Start it:\n{UP}"},
        ["compose.yml:4 development: DEVELOPMENT.md:3 shows it with 'Start it:'"],
    ),
    (
        "another guide says production",
        {"compose.yml": COMPOSE, "DEVELOPMENT.md": UP, "DEPLOY.md": UP},
        [DEFAULT],
    ),
    (
        "reStructuredText",
        {"compose.yml": COMPOSE, "README.rst": "Development\n===========\n::\n\n  docker compose up\n"},
        ["compose.yml:4 development: README.rst:5 shows it under 'Development'"],
    ),
    (
        "the README of another folder",
        {"compose.yml": COMPOSE, "docs/README.md": f"## Development\n{UP}"},
        [DEFAULT],
    ),
    (
        "the README of the root, of a file below it",
        {"ops/compose.yml": COMPOSE, "README.md": f"## Development\n{block('cd ops && docker compose up')}"},
        ["ops/compose.yml:4 development: README.md:3 shows it under 'Development'"],
    ),
    (
        "a README that speaks of paths from the root",
        {"ops/compose.yml": COMPOSE, "ops/README.md": f"## Development\n{block('docker compose -f ops/compose.yml up')}"},
        ["ops/compose.yml:4 development: ops/README.md:3 shows it under 'Development'"],
    ),
    (
        "a link to the file, in a sentence for development",
        {"ops/compose.yml": COMPOSE, "README.md": "For local development see [this](ops/compose.yml).\n"},
        ["ops/compose.yml:4 development: README.md:1 shows it with 'For local development see [this](ops/compose.yml).'"],
    ),
    (
        "... to its folder: others may be for something else",
        {"ops/compose.yml": COMPOSE, "README.md": "For local development see [this](ops/).\n"},
        ["ops/compose.yml:4 production: a compose starts it"],
    ),
    (
        "... which is said to be for production as well",
        {
            "ops/compose.yml": COMPOSE,
            "README.md": f"## Deployment\nSee `ops/`.\n## Development\n{block('cd ops', 'docker compose up')}",
        },
        ["ops/compose.yml:4 production: a compose starts it"],
    ),
    (
        "a folder that is for development",
        {"ops/compose.yml": COMPOSE, "ops/README.md": "# Docker\nThese files set up a dev environment.\n"},
        ["ops/compose.yml:4 development: ops/README.md says that its folder is for development"],
    ),
    (
        "... whose README speaks of production later",
        {
            "ops/compose.yml": COMPOSE,
            "ops/README.md": "# Docker\nThese files set up a dev environment.\n## Production\nNo.\n",
        },
        ["ops/compose.yml:4 production: a compose starts it"],
    ),
    (
        "a service that says how to work on it",
        {"ops/compose.yml": COMPOSE, "ops/README.md": "# Shop\nFor local development ask Ann.\n"},
        ["ops/compose.yml:4 production: a compose starts it"],
    ),
    (
        "a script for production",
        {"run.sh": SCRIPT, "README.md": f"## Deployment\n{block('ssh host', './run.sh')}"},
        ["run.sh:2 production: README.md:4 shows it under 'Deployment'"],
    ),
    (
        "... where production starts otherwise",
        {"run.sh": SCRIPT, "shop.service": UNIT, "README.md": f"## Deployment\n{block('./run.sh')}"},
        [
            "run.sh:2 development: no deploy file calls it and it starts a development server",
            "shop.service:2 production: a systemd starts it",
        ],
    ),
    (
        "... in a sentence",
        {"run.sh": SCRIPT, "README.md": "## Start\nUse `sh run.sh` in production.\n"},
        ["run.sh:2 production: README.md:2 shows it with 'Use `sh run.sh` in production.'"],
    ),
    (
        "... of an application that is deployed somewhere",
        {"run.sh": SCRIPT, "README.md": f"## Start\nIt is deployed at shop.example.\n{block('./run.sh')}"},
        ["run.sh:2 development: no deploy file calls it and it starts a development server"],
    ),
    (
        "... that it only names",
        {"run.sh": SCRIPT, "README.md": "## Deployment\nDo not use `run.sh` here.\n"},
        ["run.sh:2 development: no deploy file calls it and it starts a development server"],
    ),
    (
        "... that it deploys and tests with",
        {"run.sh": SCRIPT, "README.md": f"## Deployment\n{block('./run.sh')}## Local\n{block('./run.sh')}"},
        ["run.sh:2 development: no deploy file calls it and it starts a development server"],
    ),
    (
        "a script with a production server for development",
        {"run.sh": SERVED, "README.md": f"## Development\n{block('bash run.sh')}"},
        ["run.sh:2 development: README.md:3 shows it under 'Development'"],
    ),
    (
        "a task",
        {"Makefile": "serve:\n\tgunicorn app:app\n", "README.md": f"## Running locally\n{block('make serve')}"},
        ["Makefile:2 development: README.md:3 shows it under 'Running locally'"],
    ),
    (
        "another task",
        {"Makefile": "serve:\n\tgunicorn app:app\n", "README.md": f"## Running locally\n{block('make check')}"},
        ["Makefile:2 production: the project's only way to start a production server"],
    ),
    (
        "an image that is built to develop is for production as well",
        {"Dockerfile": IMAGE, "README.md": f"## Development\n{block('docker build -t shop .')}"},
        ["Dockerfile:4 production: a dockerfile starts it"],
    ),
    (
        "... unless that starts otherwise",
        {"Dockerfile": IMAGE, "shop.service": UNIT, "README.md": f"## Development\n{block('docker build -t shop .')}"},
        [
            "Dockerfile:4 development: README.md:3 shows it under 'Development'",
            "shop.service:2 production: a systemd starts it",
        ],
    ),
    (
        "... by the image itself",
        {
            "Dockerfile": IMAGE,
            "compose.yml": "services:\n  web:\n    build: .\n    command: gunicorn -w 4 app:app\n",
            "README.md": f"## Development\n{block('docker build -t shop .')}",
        },
        [
            "Dockerfile:4 production: a dockerfile starts it",
            "compose.yml:4 production: a compose starts it",
        ],
    ),
    (
        "a Procfile is read by the host",
        {"Procfile": "web: gunicorn app:app\n", "README.md": f"## Development\n{block('heroku local')}"},
        ["Procfile:1 production: a procfile starts it"],
    ),
    (
        "a name says more",
        {"compose.prod.yml": COMPOSE, "README.md": f"## Development\n{block('docker compose -f compose.prod.yml up')}"},
        ["compose.prod.yml:4 production: the file is called 'compose.prod.yml'"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_readme(files: dict[str, str], expected: list[str]) -> None:
    assert purposes(files) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("docker-compose up", [("compose", "compose.yml", ())]),
        ("sudo -E docker compose -f ops/c.yml --profile x up -d --build web", [("compose", "ops/c.yml", ("web",))]),
        ("podman-compose --file=ops/c.yml up --scale web=3", [("compose", "ops/c.yml", ())]),
        ("docker stack deploy -c compose.yml shop", [("compose", "compose.yml", ())]),
        ("docker compose down", []),
        ("docker build . -f ops/Dockerfile", [("dockerfile", "ops/Dockerfile", ())]),
        ("docker buildx build -t shop ops", [("dockerfile", "ops/Dockerfile", ())]),
        ("docker run -p 80:80 shop", []),
        ("cd ops && ./run.sh", [("script", "ops/run.sh", ())]),
        ("bash ops/run.sh", [("script", "ops/run.sh", ())]),
        ("FLASK_DEBUG=1 python ops/serve.py &", [("python-script", "ops/serve.py", ())]),
        ("make -C ops web", [("makefile", "ops", ("web",))]),
        ("npm run serve", [("npm", ".", ("serve",))]),
        ("shop-server --port 80", [("entry-point", "", ("shop-server",))]),
        ("if then $(", []),
    ],
)
def test_what_a_command_starts(line: str, expected: list[tuple[str, str, tuple[str, ...]]]) -> None:
    facts = parse(
        memory_tree({"compose.yml": COMPOSE, "ops/c.yml": COMPOSE, "ops/run.sh": SCRIPT, "ops/serve.py": APP})
    )
    assert [(each.kind, each.file, each.names) for each in started_by(line, ".", facts)[1]] == expected


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Local development", "development"),
        ("Running locally", "development"),
        ("Local testing", "development"),
        ("Running the tests", "test"),
        ("Deploying", "production"),
        ("Local deployment", "development production"),
        ("Non-production use", "development production"),
        ("Usage", ""),
        ("Developed by", ""),
    ],
)
def test_headings(heading: str, expected: str) -> None:
    assert " ".join(sorted(each.value for each in purposes_of_heading(heading))) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Setting up for development", "development"),
        ("Flask deployment demo", ""),
        ("DEPLOY", "production"),
        ("README", ""),
    ],
)
def test_titles(title: str, expected: str) -> None:
    assert " ".join(sorted(each.value for each in purposes_of_title(title))) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Start it for local development:", "development"),
        ("To set up your dev environment", "development"),
        ("To run the tests:", "test"),
        ("This is hosted on a server.", "production"),
        ("Start it for development, never in production.", "development production"),
        ("Development goes on.", ""),
        ("Do not use it in production:", "development production"),
        ("It starts.", ""),
    ],
)
def test_sentences(sentence: str, expected: str) -> None:
    assert " ".join(sorted(each.value for each in purposes_of_sentence(sentence))) == expected


PROCESSES = "redis: redis-server\nweb: gunicorn app:app\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"Local": PROCESSES, "README.md": block("honcho start -e a.env -f Local")},
            ["Local:2 development: the file is called 'Local'"],
        ),
        (
            {"procs": PROCESSES, "README.md": "# Shop\n## Deploy to production\n" + block("foreman start -f procs web")},
            ["procs:2 production: the project's only way to start a production server"],
        ),
        (
            {"procs": PROCESSES, "shop.service": UNIT, "README.md": block("honcho start -f procs")},
            ["procs:2 development: a task for people at work", "shop.service:2 production: a systemd starts it"],
        ),
        (
            {"ops/procs": PROCESSES, "ops/README.md": block("honcho start -f procs"), "README.md": block("honcho start")},
            ["ops/procs:2 production: the project's only way to start a production server"],
        ),
        (
            {"procs": PROCESSES, "start.sh": "#!/bin/sh\nhoncho start -f procs\n", "README.md": block("honcho start -f procs")},
            ["start.sh:2 production: it starts a production server"],
        ),
        (
            {
                "procs": PROCESSES,
                "app.py": APP + "def main():\n    app.run()\n",
                "pyproject.toml": "[project]\nname = 'a'\n[project.scripts]\nsite = 'app:main'\n",
                "README.md": block("honcho start -f procs"),
            },
            ["procs:2 production: the project's only way to start a production server", "pyproject.toml:4 production: a entry-point starts it"],
        ),
        ({"procs": PROCESSES, "README.md": block("honcho start -f others", "cat procs")}, []),
        ({"procs": PROCESSES}, []),
        ({"procs": PROCESSES + "and more of it\n", "README.md": block("honcho start -f procs")}, []),
    ],
)
def test_processes_of_a_file_that_only_a_readme_names(files: dict[str, str], expected: list[str]) -> None:
    assert purposes(files) == expected


def test_such_a_file_is_no_deploy_file() -> None:
    tree = memory_tree({"app.py": APP, "procs": "web: python app.py\n", "README.md": block("honcho start -f procs")})
    project = link(parse(tree), name="shop", read=tree.read)
    assert [(each.purpose.value, each.target) for each in project.launches] == [("development", "app:app")]
    assert [site.production for site in project.run_sites] == ["no-deploy-files"]


def shown(documents: dict[str, str], files: dict[str, str] | None = None) -> str:
    tree = memory_tree({"app.py": APP, **documents, **(files or {})})
    found = link(parse(tree), name="shop", read=tree.read).shown_server
    return f"{found.span} {found.text}" if found is not None else ""


COMMAND = block("gunicorn -w 4 app:app")


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ({"README.md": f"# Shop\n{COMMAND}"}, "README.md:3 gunicorn -w 4 app:app"),
        ({"README.md": "Start it with `sudo -u www gunicorn app`.\n"}, "README.md:1 sudo -u www gunicorn app"),
        ({"docs/install.rst": "Start::\n\n    cd shop && waitress-serve app:app\n"}, "docs/install.rst:3 cd shop && waitress-serve app:app"),
        ({"docs/a.md": "`uwsgi --wsgi-file app.py --http :80`\n"}, "docs/a.md:1 uwsgi --wsgi-file app.py --http :80"),
        # what stands near the root comes first, and a README before others
        ({"docs/README.md": COMMAND, "INSTALL.md": "`uwsgi --module app:app`\n", "README.md": "# Shop\n"}, "INSTALL.md:1 uwsgi --module app:app"),
        # another application, the development server, no command
        ({"README.md": block("gunicorn other:app")}, ""),
        ({"README.md": block("flask --app app run", "python app.py")}, ""),
        ({"README.md": "Use gunicorn, e.g. `gunicorn`, or `app:app`.\n"}, ""),
        ({"README.md": "```python\ngunicorn app:app\n```\n"}, ""),
        # what was
        ({"CHANGELOG.md": COMMAND, "docs/release-notes.md": COMMAND}, ""),
    ],
)  # fmt: skip
def test_a_server_that_a_document_shows(documents: dict[str, str], expected: str) -> None:
    assert shown(documents) == expected


@pytest.mark.parametrize("command", ["gunicorn mod{}.x:app", "some words of {}"])
def test_documents_full_of_commands_end(command: str) -> None:
    lines = block(*(command.format(number) for number in range(4_000)))
    started = time.process_time()
    assert shown({f"docs/{each}.md": lines for each in range(25)}, {f"{each}/f.txt": "" for each in range(2_000)}) == ""
    assert time.process_time() - started < 4


def test_nobody_asks_for_it_where_something_starts_one() -> None:
    assert shown({"README.md": COMMAND}, {"Procfile": "web: gunicorn app:app\n"}) == ""


def test_a_console_script_beside_a_server_that_a_document_shows() -> None:
    script = {"pyproject.toml": '[project]\nname = "shop"\n[project.scripts]\nshop = "app:main"\n'}
    main = {"app.py": "from flask import Flask\napp = Flask(__name__)\ndef main():\n    app.run()\n"}
    assert purposes({**main, **script}) == ["pyproject.toml:4 production: a entry-point starts it"]
    assert purposes({**main, **script, "docs/install.md": COMMAND}) == [
        "pyproject.toml:4 development: docs/install.md:2 shows another server"
    ]
