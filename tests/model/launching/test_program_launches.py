"""Launches of programs that serve by themselves: how they are started, and where each may end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"
SERVES = APP + "if __name__ == '__main__':\n    app.run()\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "a package of a checkout that an image in a folder of its own clones",
        {
            "docker/Dockerfile": "FROM python:3.13\nRUN git clone https://example.org/shop /src && pip install /src\n"
            'CMD ["python", "-m", "shop"]\n',
            "shop/__init__.py": "",
            "shop/__main__.py": SERVES,
        },
        ["docker/Dockerfile:3 > shop/__main__.py:4 app-run production shop.__main__:app True"],
    ),
    (
        "flask.current_app stands for an application and is none that could be served",
        {
            "Procfile": "web: python web.py\n",
            "web.py": "from flask import Flask, current_app\nclass Shop(Flask):\n    pass\ndef start():\n    app = Shop('shop')\n    app.run()\n"
            "def name():\n    return current_app.name\nstart()\n",
        },
        ["Procfile:1 > web.py:9 > web.py:6 app-run production web.py True"],
    ),
    (
        "a script that compose runs in a service",
        {"start.sh": 'docker-compose run --rm -p 80:80 web bash -c "cd /srv && python3 app.py $*"\n', "app.py": SERVES},
        ["start.sh:1 > app.py:4 app-run development app:app True"],
    ),
    (
        "options in variables right behind the program's name",
        {"start.sh": '[ -n "$1" ] && port=" --port $1"\npython3 app.py$port$rest --public\n', "app.py": SERVES},
        ["start.sh:2 > app.py:4 app-run development app:app True"],
    ),
    (
        "a program without a suffix in a folder of the image's PATH",
        {
            "Dockerfile": IMAGE + 'ENV PATH="/app/bin:${PATH}"\nCMD ["web", "--public"]\n',
            "bin/web": "#!/usr/bin/env python3\nimport shop\n\n\ndef main():\n    shop.app.run()\n\n\nmain()\n",
            "shop.py": APP,
        },
        ["Dockerfile:5 > bin/web:9 > bin/web:6 app-run production shop:app True"],
    ),
    (
        "such a program in a folder that is not in PATH",
        {
            "Dockerfile": IMAGE + 'ENV PATH="/app/tools:${PATH}"\nCMD ["web"]\n',
            "bin/web": "#!/usr/bin/env python3\nfrom shop import app\napp.run()\n",
            "shop.py": APP,
        },
        [],
    ),
    (
        "a wrapper that one branch of the entrypoint sets",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\nCMD ["gunicorn", "web"]\n',
            "docker-compose.yml": "services:\n  web:\n    build: .\n    command: flask --app web run\n",
            "boot.sh": '#!/bin/sh\n[ "$KEEP" ] || AS="gosu web"\nexec tini -- $AS "$@"\n',
            "web.py": APP.replace("app =", "application ="),
        },
        [
            "Dockerfile:4 > Dockerfile:5 > boot.sh:3 gunicorn production web:application True",
            "docker-compose.yml:4 > Dockerfile:4 > boot.sh:3 flask-run development web:application True",
        ],
    ),
    (
        "a variable in front of what is no server",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\nCMD ["migrate", "web"]\n',
            "boot.sh": '#!/bin/sh\nexec tini -- $AS "$@"\n',
            "web.py": APP,
        },
        [],
    ),
    (
        "a file that the image has",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\nCMD ["gunicorn.conf.py"]\n',
            "boot.sh": '#!/bin/sh\nif [ -f "/app/$1" ]; then\n  exec gunicorn -c $1 app:app\nfi\nexec flask run\n',
            "gunicorn.conf.py": "workers = 2\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > Dockerfile:5 > boot.sh:3 gunicorn production app:app True"],
    ),
    (
        "a file that the image may have",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\n',
            "boot.sh": "#!/bin/sh\nif [ -f /run/prod ]; then\n  exec gunicorn app:app\nfi\nexec flask run\n",
            "app.py": APP,
        },
        [
            "Dockerfile:4 > boot.sh:5 flask-run production app:app True",
            "Dockerfile:4 > boot.sh:3 gunicorn production app:app True",
        ],
    ),
    (
        "a script that starts itself again as another user",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./deploy/boot.sh"]\n',
            "deploy/boot.sh": '#!/bin/sh\nif [ "$(id -u)" = 0 ]; then\n  exec gosu web "$0" "$@"\nfi\nexec gunicorn app:app\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > deploy/boot.sh:3 > deploy/boot.sh:5 gunicorn production app:app True"],
    ),
    (
        "a program that the script which sets the host up puts into place",
        {
            "ops/web.service": "[Service]\nExecStart=/usr/bin/python3 /usr/local/bin/shop-web.py\n",
            "ops/other.service": "[Service]\nExecStart=/usr/bin/python3 /usr/local/bin/shop-other.py\n",
            "ops/setup.sh": "cp /srv/site/web.py /usr/local/bin/shop-web.py\ncp /srv/web.py /usr/local/bin/shop-other.py\n",
            "src/site/web.py": APP + "if __name__ == '__main__':\n    app.run()\n",
        },
        ["ops/web.service:2 > src/site/web.py:4 app-run production web:app True"],
    ),
    (
        "services of runit that the image moves into place",
        {
            "Dockerfile": IMAGE
            + 'RUN mv /app/ops/service /etc/ && mkdir /logs\nCMD ["runsvdir", "-P", "/etc/service"]\n',
            "ops/service/web/run": "#!/bin/sh\ncd /app\nexec chpst -u web gunicorn app:app\n",
            "ops/service/jobs/run": "#!/bin/sh\nexec celery -A app worker\n",
            "ops/service/web/log/run": "#!/bin/sh\nexec svlogd /logs\n",
            "app.py": APP,
        },
        ["Dockerfile:5 > ops/service/web/run:3 gunicorn production app:app True"],
    ),
    (
        "services of an image with an init of its own",
        {
            "Dockerfile": 'FROM phusion/baseimage\nCOPY . /app\nCOPY run.sh /etc/service/web/run\nCMD ["/sbin/my_init"]\n',
            "run.sh": "#!/bin/sh\ncd /app\nexec gunicorn app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > run.sh:3 gunicorn production app:app True"],
    ),
    (
        "arguments that a script puts together",
        {
            "start.sh": '#!/bin/sh\ncmd="--bind 0.0.0.0:$PORT --workers 3 ${EXTRA} app:app"\ngunicorn $cmd\n',
            "exec.sh": '#!/bin/sh\nID="$(docker ps -q web)"\ndocker exec -i $ID gunicorn app:app\n',
            "run.sh": '#!/bin/sh\ncmd="--bind 0.0.0.0:$PORT app:app"\ngunicorn -c "$cmd"\n',
            "app.py": APP,
        },
        [
            "exec.sh:3 gunicorn production app:app True",
            "run.sh:3 gunicorn production  None",
            "start.sh:3 gunicorn production app:app True",
        ],
    ),
    (
        "cheroot under another package's name",
        {
            "Procfile": "web: python web.py\n",
            "requirements.txt": "flask\ncheroot\n",
            "web.py": APP
            + "from house import wsgi\nserver = wsgi.WSGIServer(bind_addr=('', 80), wsgi_app=app)\nserver.start()\n",
        },
        ["Procfile:1 > web.py:5 cheroot production web:app True"],
    ),
    (
        "a server of a package that nobody knows",
        {
            "Procfile": "web: python web.py\n",
            "requirements.txt": "flask\n",
            "web.py": APP
            + "from house import wsgi\nserver = wsgi.WSGIServer(bind_addr=('', 80), wsgi_app=app)\nserver.start()\n",
        },
        [],
    ),
    (
        "a script that refuses to run as root",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\n',
            "boot.sh": '#!/bin/sh\nif [ "$(id -u)" = 0 ]; then\n  exit 1\nfi\nexec gunicorn app:app\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > boot.sh:5 gunicorn production app:app True"],
    ),
    (
        "words that a program adds to a list under the list's own name",
        {
            "Procfile": "web: python web.py\n",
            "web.py": "import os\n\nwords = ['app:app']\nwords = ['gunicorn'] + words\nwords = [*words, '-w', '3']\n"
            "os.execvp(words[0], words)\n",
            "app.py": APP,
        },
        ["Procfile:1 > web.py:6 gunicorn production app:app True"],
    ),
    (
        "an entrypoint that puts a program in front of its arguments where a branch cannot be decided",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\nCMD ["app:app"]\n',
            "boot.sh": '#!/bin/sh\nif [ -f /run/ready ]; then\n  set -- gunicorn "$@"\nelse\n  echo no\nfi\nexec "$@"\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > Dockerfile:5 > boot.sh:7 gunicorn production app:app True"],
    ),
    (
        "such a branch that starts another program",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\nCMD ["gunicorn", "app:app"]\n',
            "boot.sh": '#!/bin/sh\nif [ -f /run/dev ]; then\n  set -- flask run\nfi\nexec "$@"\n',
            "app.py": APP,
        },
        [
            "Dockerfile:4 > Dockerfile:5 > boot.sh:5 flask-run development app:app True",
            "Dockerfile:4 > Dockerfile:5 > boot.sh:5 gunicorn production app:app True",
        ],
    ),
    (
        "an interpreter that a variable holds, one of the environment where there is one",
        {
            "Dockerfile": IMAGE + 'CMD ["sh", "boot.sh"]\n',
            "boot.sh": 'PY=python3\nif [ -x ./venv/bin/python ]; then\n  PY=./venv/bin/python\nfi\n"$PY" app.py\n',
            "app.py": SERVES,
        },
        ["Dockerfile:4 > boot.sh:5 > app.py:4 app-run production app:app True"],
    ),
    (
        "a program that a variable holds, another one where there is one",
        {
            "Dockerfile": IMAGE + 'CMD ["sh", "boot.sh"]\n',
            "boot.sh": 'RUN=./tool\nif [ -x ./web ]; then\n  RUN=gunicorn\nfi\n"$RUN" app:app\n',
            "app.py": SERVES,
        },
        [],
    ),
    (
        "such a branch that changes only who runs it",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\nCMD ["gunicorn", "app:app"]\n',
            "boot.sh": '#!/bin/sh\nif [ -f /run/ready ]; then\n  set -- gosu web "$@"\nfi\nexec "$@"\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > Dockerfile:5 > boot.sh:5 gunicorn production app:app True"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chains(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected


STATE = "class State:\n    public = False\n\n\nstate = State()\n\n\ndef setup(args):\n    if args:\n        state.public = True\n\n\n"
CHOICE = "import sys\n" + APP + STATE + "if __name__ == '__main__':\n    setup(sys.argv[1:])\n"
ENDS = [
    (
        "an attribute that the program sets before it asks for it",
        CHOICE + "    if state.public:\n        app.run('0.0.0.0')\n    else:\n        app.run()\n",
        ["yes", "yes"],
    ),
    (
        "a setting that nothing shows",
        APP
        + "import shop\nif shop.public:\n    app.run('0.0.0.0')\nelif shop.local:\n    app.run()\nelse:\n    app.run('::1')\n",
        ["yes", "yes", "yes"],
    ),
    (
        "a constant",
        APP + "PUBLIC = False\nif PUBLIC:\n    app.run('0.0.0.0')\nelse:\n    app.run()\n",
        ["no", "yes"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in ENDS], ids=[case[0] for case in ENDS])
def test_every_end_that_a_program_may_reach(text: str, expected: list[str]) -> None:
    project = link(parse(memory_tree({"Dockerfile": IMAGE + "CMD python web.py\n", "web.py": text})), name="site")
    assert [site.production for site in project.run_sites] == expected
    assert len(project.launches) == 1


def test_the_serving_call_of_a_server_that_socketio_chooses_is_reached() -> None:
    files = {
        "Procfile": "web: python web.py\n",
        "requirements.txt": "flask\nflask-socketio\neventlet\n",
        "web.py": APP + "from flask_socketio import SocketIO\nsocketio = SocketIO(app)\nsocketio.run(app)\n",
    }
    project = link(parse(memory_tree(files)), name="site")
    assert [(each.server.value, each.run_site) for each in project.launches] == [("eventlet", None)]
    assert [site.production for site in project.run_sites] == ["yes"]


@pytest.mark.parametrize(
    ("user", "script", "root"),
    [
        ("", 'if [ "$(id -u)" = 0 ]; then\n  set -- gosu web "$@"\nfi\nexec "$@"\n', False),
        ("USER web\n", 'if [ "$(id -u)" = 0 ]; then\n  exec "$@"\nfi\nexec "$@"\n', False),
        ("", 'if [ "$(id -u)" != 0 ]; then\n  set -- gosu web "$@"\nfi\nexec "$@"\n', True),
    ],
)
def test_who_runs_the_entrypoint(user: str, script: str, root: bool) -> None:
    files = {
        "Dockerfile": IMAGE + user + 'ENTRYPOINT ["./boot.sh"]\nCMD ["gunicorn", "app:app"]\n',
        "boot.sh": "#!/bin/sh\n" + script,
        "app.py": APP,
    }
    project = link(parse(memory_tree(files)), name="site")
    assert [(each.root_user, each.confidence.value) for each in project.launches] == [(root, "high")]


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("if not host:\n    host = '0.0.0.0'\napp.run(host)\n", "high"),
        ("if not host:\n    host = '0.0.0.0'\n    app.run(host)\nelse:\n    host = ''\nprint(host)\n", "low"),
        ("if not host:\n    host = '0.0.0.0'\nif other():\n    app.run(host)\n", "low"),
    ],
)
def test_what_both_futures_lead_to_is_certain(text: str, confidence: str) -> None:
    main = "import sys\nfrom shop import host, other\nhost, _, port = host().partition(':')\n" + APP + text
    project = link(parse(memory_tree({"Procfile": "web: python web.py\n", "web.py": main})), name="site")
    assert [each.confidence.value for each in project.launches] == [confidence]


@pytest.mark.parametrize(
    ("command", "expected"), [("space.shop:run", "space.shop.web:app"), ("other:run", "shop.web:app")]
)
def test_a_console_script_names_a_package_in_a_namespace(command: str, expected: str) -> None:
    files = {
        "setup.py": f"from setuptools import setup\nsetup(name='shop', entry_points={{'console_scripts': ['shop={command}']}})\n",
        "space/shop/__init__.py": "def run():\n    pass\n",
        "space/shop/web.py": APP,
    }
    assert [app.ref for app in link(parse(memory_tree(files)), name="site").apps] == [expected]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"bin/start.sh": "#!/bin/sh\nexec gunicorn web:app\n"}, "no"),
        ({"bin/start.sh": "#!/bin/sh\nexec gunicorn shop:app\n", "shop.py": "from web import app\n"}, "no"),
        ({"Makefile": "serve:\n\tgunicorn web:app\n"}, "no-deploy-files"),
        ({}, "no-deploy-files"),
    ],
)
def test_a_script_that_starts_a_production_server_is_a_deploy_file(files: dict[str, str], expected: str) -> None:
    project = link(parse(memory_tree({**files, "web.py": SERVES})), name="site")
    assert [site.production for site in project.run_sites] == [expected]


SETTING = 'import os\nfrom own import prepare\nfrom flask_cors import CORS\nfrom waitress import serve\napp.config["DEBUG"] = os.getenv("MODE", "live") == "local"\n'
BY_SETTING = 'if __name__ == "__main__":\n    if app.config["DEBUG"]:\n        app.run()\n    else:\n        serve(app)\n'


@pytest.mark.parametrize(
    ("command", "between", "expected"),
    [
        ("MODE=live python web.py", "", ["waitress high"]),
        ("MODE=local python web.py", "", ["app-run high", "waitress low"]),  # the program may also be started without it
        ("python web.py", "", ["waitress low"]),  # it may be set where it runs
        ("MODE=live python web.py", "CORS(app)\n", ["waitress high"]),
        ("MODE=live python web.py", "app.config.from_pyfile('own.cfg')\n", ["app-run low", "waitress low"]),
        ("MODE=live python web.py", "app.config.update(DEBUG=True)\n", ["app-run low", "waitress low"]),
        ("MODE=live python web.py", "prepare(app)\n", ["app-run low", "waitress low"]),
        ("MODE=live python web.py", "prepare(site=app)\n", ["app-run low", "waitress low"]),
        ("MODE=live python web.py", "prepare(settings=app.config)\n", ["app-run low", "waitress low"]),
        ("MODE=live python web.py", "app.config['DEBUG'] = prepare()\n", ["app-run low", "waitress low"]),
        ("MODE=live python web.py", "app.config['TESTING'] = prepare()\n", ["waitress high"]),
        ("MODE=live python web.py", "if prepare():\n    app.config['DEBUG'] = True\n", ["app-run low", "waitress low"]),
    ],
)
def test_a_setting_that_the_module_gives_decides_which_way_it_goes(
    command: str, between: str, expected: list[str]
) -> None:
    files = {"Procfile": f"web: {command}\n", "web.py": APP + SETTING + between + BY_SETTING}
    files["own.py"] = "def prepare(site=None, settings=None):\n    (settings or site.config)['DEBUG'] = True\n"
    project = link(parse(memory_tree(files)), name="site")
    assert [f"{each.server.value} {each.confidence.value}" for each in project.launches] == expected
