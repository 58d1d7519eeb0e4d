"""Plans for small projects: what is changed, what is left alone, what is refused."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from flask_prodcheck.audit import audit_tree
from flask_prodcheck.edits.changes import Plan
from flask_prodcheck.edits.diff import diff
from flask_prodcheck.edits.overlay import overlay
from flask_prodcheck.errors import RefusedError, UsageError
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.scaffold.plan import plan
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run()\n"
FACTORY = "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n"
DOCKER = "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n"
LINE = "gunicorn>=23,<28  # the production server; older releases let requests be smuggled\n"
START = "gunicorn -c gunicorn.conf.py"
CMD = 'CMD ["gunicorn", "-c", "gunicorn.conf.py", '
STATE_NOTE = (
    "views change objects of the process: SEEN (app.py:6); every worker has its own copy, so keep such state in a "
    "database or Redis, or set WEB_CONCURRENCY=1 until you do"
)
Files = Mapping[str, str | bytes]


def planned(files: Files) -> Plan:
    tree = memory_tree(files)
    return plan(link(parse(tree), name="project"), tree, "gunicorn")


def written(files: Files) -> dict[str, str]:
    """What the plan gives each file, the settings file left out."""
    return {
        change.path: change.after for change in planned(files).changes if not change.path.endswith("gunicorn.conf.py")
    }


def settings(files: Files, path: str = "gunicorn.conf.py") -> str:
    return next(change.after for change in planned(files).changes if change.path == path)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"Dockerfile": DOCKER + 'CMD ["python", "app.py"]\n', "requirements.txt": "flask\n", "app.py": APP},
            {"Dockerfile": DOCKER + CMD + '"app:app"]\n', "requirements.txt": "flask\n" + LINE},
            id="Dockerfile with requirements",
        ),
        pytest.param(
            {
                "Procfile": "web: flask --app pkg run\nworker: rq worker\n",
                "requirements.txt": "flask",
                "pkg/__init__.py": FACTORY,
            },
            {"Procfile": f"web: {START} 'pkg:create_app()'\nworker: rq worker\n", "requirements.txt": "flask\n" + LINE},
            id="Procfile and a factory",
        ),
        pytest.param(
            {"requirements.txt": "flask\n", "app.py": APP},
            {"Procfile": f"web: {START} app:app\n", "requirements.txt": "flask\n" + LINE},
            id="no deploy file",
        ),
        pytest.param(
            {"Procfile": "worker: rq worker\n", "requirements.txt": "flask\ngunicorn\n", "app.py": APP},
            {"Procfile": f"worker: rq worker\nweb: {START} app:app\n"},
            id="Procfile without web",
        ),
        pytest.param(
            {"Dockerfile": DOCKER, "requirements.txt": "flask\n", "app.py": APP},
            {"Dockerfile": DOCKER + CMD + '"app:app"]\n', "requirements.txt": "flask\n" + LINE},
            id="Dockerfile without a start",
        ),
        pytest.param(
            {"railway.json": "{}", "requirements.txt": "flask\n", "main.py": APP},
            {"Procfile": f"web: {START} main:app\n", "requirements.txt": "flask\n" + LINE},
            id="the platform's own start",
        ),
        pytest.param(
            {
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY app.py .\nRUN pip install flask==3.1.3 redis\nCMD python app.py\n",
                "app.py": APP,
            },
            {
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY app.py .\n"
                'RUN pip install flask==3.1.3 redis "gunicorn>=23,<28"\nCOPY gunicorn.conf.py ./\n'
                + CMD
                + '"app:app"]\n'
            },
            id="files copied one by one, packages by name",
        ),
        pytest.param(
            {"Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nUSER web\nCMD python app.py\n", "app.py": APP},
            {
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"
                'RUN pip install --no-cache-dir "gunicorn>=23,<28"\nUSER web\n' + CMD + '"app:app"]\n'
            },
            id="nothing is installed",
        ),
        pytest.param(
            {
                "Dockerfile": DOCKER + 'ENTRYPOINT ["./boot.sh"]\n',
                "boot.sh": "#!/bin/sh\nflask db upgrade\nexec flask run -h 0.0.0.0\n",
                "requirements.txt": "flask\n",
                "app.py": APP,
            },
            {"boot.sh": f"#!/bin/sh\nflask db upgrade\nexec {START} app:app\n", "requirements.txt": "flask\n" + LINE},
            id="the start script is edited, its other steps stay",
        ),
        pytest.param(
            {
                "Dockerfile": DOCKER + 'ENTRYPOINT ["./entry.sh"]\nCMD ["python", "app.py"]\n',
                "entry.sh": '#!/bin/sh\nset -e\nexec "$@"\n',
                "requirements.txt": "flask\ngunicorn\n",
                "app.py": APP,
            },
            {"Dockerfile": DOCKER + 'ENTRYPOINT ["./entry.sh"]\n' + CMD + '"app:app"]\n'},
            id="an entrypoint that wraps stays",
        ),
        pytest.param(
            {
                "Procfile": "web: python backend/app.py\n",
                "requirements.txt": "flask\ngunicorn\n",
                "backend/app.py": APP,
            },
            {"Procfile": f"web: {START} --chdir backend app:app\n"},
            id="the app lives below the start",
        ),
        pytest.param(
            {
                "Dockerfile": "FROM python:3.13\nWORKDIR /code\nCOPY src/requirements.txt .\nRUN pip install -r requirements.txt\n"
                'COPY src/app /code/app\nCMD ["python", "app/app.py"]\n',
                "src/requirements.txt": "flask\ngunicorn\n",
                "src/app/app.py": APP,
            },
            {
                "Dockerfile": "FROM python:3.13\nWORKDIR /code\nCOPY src/requirements.txt .\nRUN pip install -r requirements.txt\n"
                'COPY src/app /code/app\nCMD ["gunicorn", "-c", "app/gunicorn.conf.py", "--chdir", "app", "app:app"]\n'
            },
            id="the image places the folder elsewhere",
        ),
        pytest.param(
            {
                "Procfile": "web: LOG=1 gunicorn -b :$PORT -w 3 server:app\n",
                "requirements.txt": "flask\ngunicorn\n",
                "app.py": APP,
            },
            {"Procfile": "web: LOG=1 gunicorn -b :$PORT -w 3 app:app\n"},
            id="a wrong target is corrected, options stay",
        ),
        pytest.param(
            {
                "Procfile": "web: gunicorn pkg:create_app\n",
                "requirements.txt": "flask\ngunicorn\n",
                "pkg/__init__.py": FACTORY,
            },
            {"Procfile": "web: gunicorn 'pkg:create_app()'\n"},
            id="a factory that is not called",
        ),
        pytest.param(
            {
                "Procfile": b"web: python app.py\r\n",
                "requirements.txt": "\ufeffflask\r\n".encode("utf-16-le"),
                "app.py": APP,
            },
            {
                "Procfile": f"web: {START} app:app\r\n",
                "requirements.txt": "\ufeffflask\r\n" + LINE.replace("\n", "\r\n"),
            },
            id="line ends and encodings",
        ),
        pytest.param(
            {
                "pyproject.toml": '[project]\nname = "x"\ndependencies = ["flask"]\n',
                "Procfile": "web: python app.py",
                "app.py": APP,
            },
            {
                "pyproject.toml": '[project]\nname = "x"\ndependencies = ["flask", "gunicorn>=23,<28"]\n',
                "Procfile": f"web: {START} app:app",
            },
            id="pyproject",
        ),
        pytest.param(
            {
                "pyproject.toml": '[tool.poetry]\nname = "x"\n\n[tool.poetry.dependencies]\nflask = "^3"\n',
                "Procfile": "web: poetry run python app.py\n",
                "app.py": APP,
            },
            {
                "pyproject.toml": '[tool.poetry]\nname = "x"\n\n[tool.poetry.dependencies]\nflask = "^3"\n'
                'gunicorn = ">=23,<28"  # the production server; older releases let requests be smuggled\n',
                "Procfile": f"web: poetry run {START} app:app\n",
            },
            id="poetry",
        ),
        pytest.param(
            {
                "Pipfile": '[packages]\nflask = "*"\n\n[dev-packages]\npytest = "*"\n',
                "Procfile": "web: python app.py\n",
                "app.py": APP,
            },
            {
                "Pipfile": '[packages]\nflask = "*"\n'
                'gunicorn = ">=23,<28"  # the production server; older releases let requests be smuggled\n'
                '\n[dev-packages]\npytest = "*"\n',
                "Procfile": f"web: {START} app:app\n",
            },
            id="Pipfile",
        ),
        pytest.param(
            {
                "docker-compose.yml": "services:\n  web:\n    build: .\n    command: python app.py  # here\n    ports: ['80:5000']\n",
                "Dockerfile": DOCKER,
                "requirements.txt": "flask\ngunicorn\n",
                "app.py": APP,
            },
            {
                "docker-compose.yml": 'services:\n  web:\n    build: .\n    command: ["gunicorn", "-c", "gunicorn.conf.py", "app:app"]  # here\n'
                "    ports: ['80:5000']\n",
            },
            id="compose command",
        ),
        pytest.param(
            {
                "compose.yaml": "services:\n  web:\n    build: .\n    command:\n      - sh\n      - -c\n      - flask db upgrade && flask run\n    restart: always\n",
                "Dockerfile": DOCKER,
                "requirements.txt": "flask\ngunicorn\n",
                "app.py": APP,
            },
            {
                "compose.yaml": 'services:\n  web:\n    build: .\n    command: ["sh", "-c", "flask db upgrade && exec gunicorn -c gunicorn.conf.py app:app"]\n'
                "    restart: always\n",
            },
            id="compose command of a shell, as a block list",
        ),
        pytest.param(
            {
                "web.service": "[Service]\nWorkingDirectory=/srv/web\nExecStart=/srv/web/venv/bin/python \\\n  app.py\nRestart=always\n",
                "requirements.txt": "flask\ngunicorn\n",
                "app.py": APP,
            },
            {
                "web.service": "[Service]\nWorkingDirectory=/srv/web\nExecStart=/srv/web/venv/bin/gunicorn -c gunicorn.conf.py app:app\n"
                "Restart=always\n",
            },
            id="systemd",
        ),
        pytest.param(
            {
                "supervisord.conf": "[program:web]\ncommand = /usr/bin/python3 app.py\ndirectory = /srv/web\n",
                "requirements.txt": "flask\ngunicorn\n",
                "app.py": APP,
            },
            {
                "supervisord.conf": f"[program:web]\ncommand = {START} app:app\ndirectory = /srv/web\n",
            },
            id="supervisor",
        ),
        pytest.param(
            {
                "k8s/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n"
                "      - name: web\n        image: project:1\n        command: ['flask']\n        args: [run, --host=0.0.0.0]\n",
                "Dockerfile": DOCKER,
                "requirements.txt": "flask\ngunicorn\n",
                "app.py": APP,
            },
            {
                "k8s/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n"
                '      - name: web\n        image: project:1\n        command: ["gunicorn"]\n        args: ["-c", "gunicorn.conf.py", "app:app"]\n',
            },
            id="Kubernetes command and args",
        ),
        pytest.param(
            {
                "chart/Chart.yaml": "name: web\nversion: 1\n",
                "chart/values.yaml": "command: [flask, run]\n",
                "chart/templates/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n"
                "      - name: web\n        image: project:1\n        command: {{ toYaml .Values.command | nindent 10 }}\n",
                "Dockerfile": DOCKER,
                "requirements.txt": "flask\ngunicorn\n",
                "app.py": APP,
            },
            {},
            id="a command that the values of a chart hold stays theirs",
        ),
        pytest.param(
            {
                "setup.py": "from setuptools import setup\nsetup(name='x', install_requires=['flask'])\n",
                "Procfile": "web: python app.py\n",
                "app.py": APP,
            },
            {
                "Procfile": f"web: {START} app:app\n",
                "requirements.txt": f"# The project itself, with what setup.py asks for.\n.\n{LINE}",
            },
            id="setup.py",
        ),
        pytest.param(
            {
                "Procfile": "web: python app.py\n",
                "requirements-dev.txt": "gunicorn\n",
                "requirements/prod.txt": "flask\n",
                "app.py": APP,
            },
            {"Procfile": f"web: {START} app:app\n", "requirements/prod.txt": "flask\n" + LINE},
            id="a development requirement does not count",
        ),
    ],
)
def test_changes(files: Files, expected: dict[str, str]) -> None:
    assert written(files) == expected


@pytest.mark.parametrize(
    ("files", "entry"),
    [
        (
            {"app.py": "from dash import Dash\napp = Dash(__name__)\n", "requirements.txt": "dash\ngunicorn\n"},
            "from app import app as made\n\napp = made.server\n",
        ),
        (
            {
                "pkg/__init__.py": "from flask import Flask\nfrom config import config\ndef create_app(name):\n    app = Flask(__name__)\n"
                "    app.config.from_object(config[name])\n    return app\n",
                "config.py": "class A: ...\nclass B: ...\nconfig = {'development': A, 'production': B}\n",
            },
            'from pkg import create_app\n\napp = create_app("production")\n',
        ),
        (
            {
                "pkg/__init__.py": "from flask import Flask\ndef create_app(settings):\n    app = Flask(__name__)\n"
                "    app.config.from_object(settings)\n    return app\n",
                "config.py": "class DevConfig: ...\nclass ProductionConfig: ...\n",
            },
            "from config import ProductionConfig\nfrom pkg import create_app\n\napp = create_app(ProductionConfig)\n",
        ),
    ],
)
def test_entry_module_where_nothing_can_be_named(files: Files, entry: str) -> None:
    found = written(files)
    assert found["wsgi.py"].partition('"""\n\n')[2] == entry
    assert found["Procfile"] == f"web: {START} wsgi:app\n"


def test_a_default_that_says_development_is_overruled() -> None:
    files = {
        "pkg/__init__.py": "from flask import Flask\nSETTINGS = dict(dev='x', prod='y')\ndef create_app(name='dev'):\n"
        "    app = Flask(__name__)\n    app.config.from_object(SETTINGS.get(name))\n    return app\n",
        "requirements.txt": "flask\ngunicorn\n",
    }
    made = planned(files)
    assert written(files) == {"Procfile": f"web: {START} 'pkg:create_app(\"prod\")'\n"}
    assert made.notes == (
        "pkg/__init__.py:3: create_app() builds its 'dev' form by default, so the target names 'prod'",
    )


def test_a_plain_name_of_the_same_object_is_used() -> None:
    dash = (
        "from dash import Dash\napp = Dash(__name__)\nserver = app.server\nif __name__ == '__main__':\n    app.run()\n"
    )
    assert written({"app.py": dash, "requirements.txt": "dash\ngunicorn\n"}) == {
        "Procfile": f"web: {START} app:server\n"
    }


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"notes.txt": "hello"}, "no Flask application was found"),
        ({"examples/app.py": APP}, "in tests, examples or documentation"),
        ({"a.py": APP, "b.py": APP}, "several applications, none more likely"),
        ({"x/app.py": APP, "y/app.py": APP}, "give the folder of one, for instance x"),
        ({"app.py": "from flask import Flask\none = Flask('1')\ntwo = Flask('2')\n"}, "several applications"),
        (
            {
                "x/Procfile": "web: python app.py\n",
                "x/app.py": APP,
                "y/Procfile": "web: python app.py\n",
                "y/app.py": APP,
            },
            "the deploy files start several applications",
        ),
        (
            {"app.py": "from flask import Flask\nif __name__ == '__main__':\n    app = Flask('x')\n    app.run()\n"},
            "above that block",
        ),
        (
            {"app.py": "from flask import Flask\napp = Flask('x')\napp.run()\n"},
            "app.py:3: app.run() runs when the module is imported",
        ),
        (
            {"app.py": "from flask import Flask\ndef create_app(cfg):\n    return Flask(cfg)\n"},
            "create_app() needs cfg",
        ),
        (
            {"app.py": "from flask import Flask\ndef create_app(a, b):\n    return Flask(a)\n"},
            "create_app() needs a, b",
        ),
        ({"quart_app.py": "from quart import Quart\napp = Quart(__name__)\n"}, "no Flask application"),
    ],
)
def test_refused(files: Files, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        planned(files)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "extra",
    [
        {".flaskenv": "FLASK_APP=b\n"},
        {".flaskenv": "FLASK_APP=b.py:app\n"},
        {"Procfile": "web: python b.py\n"},
        {"wsgi.py": "from b import app\n"},
    ],
)
def test_what_makes_it_certain(extra: dict[str, str]) -> None:
    found = written({"a.py": APP, "b.py": APP, "requirements.txt": "flask\ngunicorn\n", **extra})
    assert found["Procfile"].endswith((" b:app\n", " wsgi:app\n"))


@pytest.mark.parametrize(
    ("files", "note"),
    [
        (
            {"requirements.txt": "flask==3.1.3 \\\n  --hash=sha256:00\n", "app.py": APP},
            "requirements.txt: add gunicorn>=23,<28, with its hash, to what production installs",
        ),
        (
            {"requirements.in": "flask\n", "requirements.txt": "flask==3.1.3\n", "app.py": APP},
            "requirements.txt is compiled from requirements.in: add the line there too",
        ),
        (
            {"pyproject.toml": '[project]\nname="x"\ndependencies=["flask"]\n', "uv.lock": "", "app.py": APP},
            "uv.lock no longer fits: run `uv lock`",
        ),
        (
            {"app.py": APP},
            "requirements.txt is new and names Flask and Gunicorn only: add what else the application imports",
        ),
        (
            {
                "app.py": "from flask import Flask\napp = Flask('x')\nSEEN = {}\n@app.route('/')\ndef index():\n    SEEN['x'] = 1\n    return ''\n"
            },
            STATE_NOTE,
        ),
    ],
)
def test_notes(files: Files, note: str) -> None:
    assert note in planned(files).notes


@pytest.mark.parametrize(
    "files",
    [
        {
            "Dockerfile": DOCKER + 'CMD ["uwsgi", "--http", ":80", "-w", "app:app"]\n',
            "requirements.txt": "flask\nuwsgi\n",
            "app.py": APP,
        },
        {
            "Procfile": "web: waitress-serve --port=$PORT app:app\n",
            "requirements.txt": "flask\nwaitress\n",
            "app.py": APP,
        },
    ],
)
def test_another_production_server_is_left_alone(files: Files) -> None:
    made = planned(files)
    assert made.changes == ()
    assert "nothing to do" in made.notes[0]


def test_a_good_launch_is_left_alone() -> None:
    files = {"Procfile": "web: gunicorn -w 2 app:app\n", "requirements.txt": "flask\ngunicorn\n", "app.py": APP}
    assert written(files) == {}
    own = {**files, "Procfile": "web: gunicorn -c ops.py app:app\n", "ops.py": "workers = 2\n"}
    assert planned(own) == Plan((), ("ops.py holds the server's settings already: it stays as it is",))


@pytest.mark.parametrize(
    "files",
    [
        {"Dockerfile": DOCKER + 'CMD ["python", "app.py"]\n', "requirements.txt": "flask==3.1.3\n", "app.py": APP},
        {"Procfile": "web: flask --app pkg run\n", "requirements.txt": "flask==3.1.3\n", "pkg/__init__.py": FACTORY},
        {"requirements.txt": "flask==3.1.3\n", "app.py": APP},
        {"Dockerfile": DOCKER, "app.py": APP, "requirements.txt": "flask==3.1.3\n"},
    ],
)
def test_the_result_has_no_error_and_needs_no_second_plan(files: Files) -> None:
    before = memory_tree(files)
    made = planned(files)
    after = overlay(before, made)
    report = audit_tree(after)
    assert [finding for finding in report.findings if finding.severity == "error"] == []
    assert plan(link(parse(after), name="project"), after, "gunicorn") == Plan(
        (), ("gunicorn.conf.py holds the server's settings already: it stays as it is",)
    )


def test_an_existing_settings_file_is_marked() -> None:
    made = planned({"app.py": APP, "requirements.txt": "flask\n", "gunicorn.conf.py": "workers = 1\n"})
    change = next(each for each in made.changes if each.path == "gunicorn.conf.py")
    assert (change.before, change.keeps_existing) == ("workers = 1\n", True)


def test_what_is_unknown() -> None:
    tree = memory_tree({"app.py": APP})
    with pytest.raises(UsageError, match="'apache' cannot be scaffolded"):
        plan(link(parse(tree), name="project"), tree, "apache")


def test_diff() -> None:
    made = planned({"Procfile": "web: python app.py", "requirements.txt": "flask\r\ngunicorn\r\n", "app.py": APP})
    shown = diff(made)
    assert shown.startswith("--- /dev/null\n+++ b/gunicorn.conf.py\n@@ -0,0 ")
    assert shown.endswith(
        "--- a/Procfile\n+++ b/Procfile\n@@ -1 +1 @@\n-web: python app.py\n\\ No newline at end of file\n"
        f"+web: {START} app:app\n\\ No newline at end of file\n"
    )
    assert diff(Plan()) == ""
