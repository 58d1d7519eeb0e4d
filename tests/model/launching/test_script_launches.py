"""Chains through shell scripts and programs, one mechanism each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

APP = "from flask import Flask\napp = Flask(__name__)\n"
FACTORY = "from flask import Flask\n\n\ndef create_app():\n    return Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "a script hands on what it is given and what somebody adds",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./a.sh", "--fast"]\n',
            "a.sh": '#!/bin/sh\nexec ./b.sh "$@"\n',
            "b.sh": '#!/bin/sh\ncase "$2" in\nweb) exec gunicorn app:app ;;\nesac\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > a.sh:2 > b.sh:3 gunicorn production app:app True"],
    ),
    (
        "what COPY puts beside the project's files, in the folder that a script goes to",
        {
            "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nCOPY ops/web.sh site/start.sh\n"
            "CMD cd site && sh start.sh\n",
            "ops/web.sh": "exec gunicorn app:app\n",
            "site/app.py": APP,
        },
        ["Dockerfile:5 > ops/web.sh:1 gunicorn production app:app True"],
    ),
    (
        "the arguments that a script gives another are all that this gets",
        {
            "setup.sh": "bash launch.sh --stop\n",
            "again.sh": "bash launch.sh --start\n",
            "launch.sh": 'serve() { gunicorn app:app; }\nwhile [ "$1" != "" ]; do\n  case $1 in\n'
            "    --start) serve;;\n    --stop) kill 1;;\n  esac\n  shift\ndone\n",
            "app.py": APP,
        },
        ["again.sh:1 > launch.sh:1 gunicorn production app:app True"],
    ),
    (
        "... or else what it is given itself",
        {
            "Dockerfile": 'FROM python:3\nCOPY . .\nENTRYPOINT ["./first.sh"]\n',
            "first.sh": 'exec ./second.sh "$@"\n',
            "second.sh": 'if [ "$2" = web ]; then\n  exec gunicorn app:app\nelse\n  exec flask run\nfi\n',
            "app.py": APP,
        },
        [
            "Dockerfile:3 > first.sh:1 > second.sh:4 flask-run production app:app True",
            "Dockerfile:3 > first.sh:1 > second.sh:2 gunicorn production app:app True",
        ],
    ),
    (
        "a window of a terminal multiplexer",
        {
            "serve.sh": 'screen -dmS site\nscreen -S site -X screen -t web bash -c "cd web; gunicorn app:app; read x"\n',
            "web/app.py": APP,
        },
        ["serve.sh:2 gunicorn production app:app True"],
    ),
    (
        "while getopts",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\nCMD ["--dev"]\n',
            "boot.sh": "#!/bin/sh\nDEV=0\nwhile [ $# -gt 0 ]; do\n  case $1 in\n    --dev) DEV=1 ;;\n  esac\n  shift\ndone\nif [ $DEV = 1 ]; then\n  exec flask run\nfi\nexec gunicorn app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > Dockerfile:5 > boot.sh:10 flask-run production app:app True"],
    ),
    (
        "settings that a function of the script puts in place where there are none yet",
        {
            "Dockerfile": IMAGE + 'ENV SETTINGS=/etc/shop/uwsgi.ini\nENTRYPOINT ["./boot.sh"]\n',
            "boot.sh": '#!/bin/sh\nplace() {\n  if [ -f "$1" ]; then\n    echo there\n  else\n    cp "$2" "$1"\n  fi\n}\n'
            'place "$SETTINGS" /app/deploy/server.ini\nexec uwsgi --master "$SETTINGS"\n',
            "deploy/server.ini": "[uwsgi]\nmodule = app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:5 > boot.sh:10 > deploy/server.ini:2 uwsgi production app:app True"],
    ),
    (
        "settings that the script puts elsewhere",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\n',
            "boot.sh": "#!/bin/sh\ncp deploy/server.ini /etc/other/\nexec uwsgi --master /etc/shop/server.ini\n",
            "deploy/server.ini": "[uwsgi]\nmodule = app:app\n",
            "app.py": APP,
        },
        [
            "Dockerfile:4 > boot.sh:3 uwsgi production  None",
            "deploy/server.ini:2 uwsgi production app:app True",
        ],
    ),
    (
        "a script that calls its environment production",
        {"start.sh": "#!/bin/bash\nexport FLASK_ENV=production\npython app.py\n", "app.py": APP + "app.run()\n"},
        ["start.sh:3 > app.py:3 app-run production app:app True"],
    ),
    (
        "a script that says nothing of its environment",
        {"start.sh": "#!/bin/bash\npython app.py\n", "app.py": APP + "app.run()\n"},
        ["start.sh:2 > app.py:3 app-run development app:app True"],
    ),
    (
        "for over the arguments",
        {
            "Dockerfile": IMAGE
            + 'ENTRYPOINT ["./boot.sh"]\nCMD ["gunicorn", "--bind", "0.0.0.0:${PORT}", "app:app"]\n',
            "boot.sh": '#!/bin/bash\nfor arg in "$@"; do\n  if [[ "$arg" == "&&" || "$arg" == ";" ]]; then\n    exec sh -c "$*"\n  fi\ndone\nexec "$@"\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > Dockerfile:5 > boot.sh:7 gunicorn production app:app True"],
    ),
    (
        "operators among the arguments",
        {
            "Dockerfile": IMAGE
            + 'ENTRYPOINT ["./boot.sh"]\nCMD ["flask", "db", "upgrade", "&&", "gunicorn", "app:app"]\n',
            "boot.sh": '#!/bin/bash\nfor arg in "$@"; do\n  if [[ "$arg" == "&&" ]]; then\n    exec sh -c "$*"\n  fi\ndone\nexec "$@"\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > Dockerfile:5 > boot.sh:4 gunicorn production app:app True"],
    ),
    (
        "text handed on by another script",
        {
            "Dockerfile": IMAGE + 'CMD ["./boot.sh"]\n',
            "boot.sh": "#!/bin/sh\nexec ./wait.sh sh -c 'flask db upgrade && exec gunicorn app:app'\n",
            "wait.sh": '#!/bin/sh\nuntil nc -z db 5432; do sleep 1; done\nexec "$@"\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > boot.sh:2 > wait.sh:3 > boot.sh:2 gunicorn production app:app True"],
    ),
    (
        "supervisor file written in the image",
        {
            "Dockerfile": IMAGE + 'CMD ["./boot.sh"]\n',
            "boot.sh": "#!/bin/sh\ncat > /etc/supervisor/conf.d/web.conf <<EOF\n[program:web]\ncommand=gunicorn app:app\nEOF\nexec supervisord -n\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > boot.sh:2 > boot.sh:4 gunicorn production app:app True"],
    ),
    (
        "expect script",
        {
            "Dockerfile": IMAGE + 'CMD ["./answer.sh"]\n',
            "answer.sh": '#!/usr/bin/expect -f\nset timeout 10\nspawn ./boot.sh\nexpect "Name?"\nsend "web\\r"\n',
            "boot.sh": "#!/bin/sh\nread name\ngunicorn app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > answer.sh:3 > boot.sh:3 gunicorn production app:app True"],
    ),
    (
        "functions of a sourced file",
        {
            "manage": '#!/bin/bash\nsource "$(dirname "${BASH_SOURCE[0]}")/lib.sh"\nserve() {\n  DEBUG=1 \\\n    in_venv gunicorn app:app\n}\n"$@"\n',
            "lib.sh": 'in_venv() {\n  . venv/bin/activate\n  "$@"\n}\n',
            "app.py": APP,
        },
        ["manage:5 > lib.sh:3 gunicorn production app:app True"],
    ),
    (
        "a heredoc piped through a function",
        {
            "serve.sh": "#!/bin/bash\nshow() { cat; }\nlocaltest() {\n  show <<EOF | sudo -u web -i 2>&1 | show\ncd ${SRC}\nflask run &\nEOF\n}\nlocaltest\n",
            "app.py": APP,
        },
        ["serve.sh:6 flask-run development app:app True"],
    ),
    (
        "a template of a file on the host",
        {
            "supervisor.conf.template": "[program:web]\ncommand=/srv/env/bin/uwsgi /srv/site/site.ini\n",
            "contrib/site.ini.template": "[uwsgi]\nmodule = app:app\n",
            "app.py": APP,
        },
        ["supervisor.conf.template:2 > contrib/site.ini.template:2 uwsgi production app:app True"],
    ),
    (
        "a command group that a library makes of the project's factory",
        {
            "Procfile": "web: shop run -h 0.0.0.0\n",
            "setup.py": "from setuptools import setup\nsetup(name='shop', entry_points={'console_scripts': ['shop=shop.cli:cli']})\n",
            "shop/__init__.py": "",
            "shop/cli.py": "from invenio_base.app import create_cli\nfrom .factory import create_app\ncli = create_cli(create_app=create_app)\n",
            "shop/factory.py": "from invenio_base.app import create_app_factory\ncreate_app = create_app_factory('shop')\n",
            "shop/wsgi.py": "from .factory import create_app\napplication = create_app()\n",
        },
        ["Procfile:1 > setup.py:2 > shop/cli.py:3 flask-run production shop/cli.py True"],
    ),
    (
        "... that is not run",
        {
            "Procfile": "web: shop index\n",
            "setup.py": "from setuptools import setup\nsetup(name='shop', entry_points={'console_scripts': ['shop=shop.cli:cli']})\n",
            "shop/__init__.py": "",
            "shop/cli.py": "from invenio_base.app import create_cli\nfrom .factory import create_app\ncli = create_cli(create_app=create_app)\n",
        },
        [],
    ),
    (
        "the command group of a library, which has a factory of its own",
        {
            "Procfile": "web: shop run -h 0.0.0.0\n",
            "setup.py": "from setuptools import setup\nsetup(name='shop', entry_points={'console_scripts': ['shop=invenio_app.cli:cli']})\n",
            "shop/wsgi.py": "from invenio_app.wsgi import application\n",
        },
        ["Procfile:1 > setup.py:2 flask-run production  None"],
    ),
    (
        "FlaskGroup with a ScriptInfo",
        {
            "setup.py": "from setuptools import setup\nsetup(name='site', entry_points={'console_scripts': ['sited = manage:cli']}, py_modules=['manage', 'app'])\n",
            "Dockerfile": IMAGE + 'RUN pip install .\nCMD ["sited", "run"]\n',
            "manage.py": "import click\nfrom flask.cli import FlaskGroup, ScriptInfo\nfrom app import create_app, create_other\n\n\n@click.group(cls=FlaskGroup)\n@click.pass_context\ndef cli(ctx):\n    if ctx.invoked_subcommand in ['run', 'shell']:\n        ctx.obj = ScriptInfo(create_app=create_app)\n    else:\n        ctx.obj = ScriptInfo(create_app=create_other)\n",
            "app.py": FACTORY + "\n\ndef create_other():\n    return Flask('other')\n",
        },
        ["Dockerfile:5 > setup.py:2 > manage.py:8 > manage.py:10 flask-run production app:create_app() True"],
    ),
    (
        "subprocess with a folder and an environment",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "import os\nimport subprocess\nsubprocess.run(['gunicorn', 'app:app'], cwd='backend', env={**os.environ, 'A': 'b'})\n",
            "backend/app.py": APP,
        },
        ["Procfile:1 > serve.py:3 gunicorn production app:app True"],
    ),
    (
        "a command that the script puts together and runs later",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\n',
            "boot.sh": '#!/bin/sh\nPUID=${PUID:-0}\ncmd="exec gunicorn app:app -b 0.0.0.0:$PORT $@"\nif [ "$PUID" -ne 0 ]; then\n  cmd="su - web -c \'$cmd\'"\nfi\neval "$cmd"\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > boot.sh:7 gunicorn production app:app True"],
    ),
    (
        "a command to which a branch that cannot be decided adds words",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./start"]\nCMD ["0.0.0.0:80"]\n',
            "start": '#!/bin/bash\nRUN="gunicorn app:app --bind $1 --name `hostname`"\nif [ "${DEV}" = 1 ]; then\n'
            '  RUN="${RUN} --reload"\n  RUN="${RUN} --timeout 9999"\nfi\n${RUN}\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > Dockerfile:5 > start:7 gunicorn production app:app True"],
    ),
    (
        "a command that is another one in each branch",
        {
            "Dockerfile": IMAGE + 'CMD ["./start"]\n',
            "start": '#!/bin/bash\nRUN="gunicorn app:app --name `hostname`"\nif [ "${DEV}" = 1 ]; then\n'
            '  RUN="flask run --host `hostname`"\nfi\n${RUN}\n',
            "app.py": APP,
        },
        [],
    ),
    (
        "a script that gives an image its arguments, and adds nothing to what that starts",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./start"]\nCMD ["0.0.0.0:80"]\n',
            "start": "#!/bin/sh\ngunicorn app:app -b $1\n",
            "run.sh": "#!/bin/sh\ndocker run site 0.0.0.0:8000\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > Dockerfile:5 > start:2 gunicorn production app:app True"],
    ),
    (
        "a script that gives an image its environment",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./start"]\nCMD ["0.0.0.0:80"]\n',
            "start": "#!/bin/sh\ngunicorn app:app -b $1\n",
            "run.sh": "#!/bin/sh\ndocker run -e SECRET_KEY=x site 0.0.0.0:8000\n",
            "app.py": APP,
        },
        ["run.sh:2 > Dockerfile:4 > start:2 gunicorn production app:app True"],
    ),
    (
        "comments between the arguments of a command are none",
        {
            "Dockerfile": IMAGE + 'CMD ["gunicorn", "app:app"]\n',
            "run": "#!/bin/bash\ndocker run \\\n  --name db  `# Name the container` \\\n  --network-alias sql --health-cmd pg_isready postgres  `# The image` \\\n",
            "start.sh": "gunicorn `# The application` \\\n  app:app `# The end` \n",
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True", "start.sh:1 gunicorn production app:app True"],
    ),
    (
        "an interpreter below the folder that a command prints",
        {
            "start.sh": '#!/bin/sh\nHERE="$( cd "$( dirname "$0" )" && pwd )"\nif [ -e "${HERE}/env/bin/python" ]; then\n  PY="${HERE}/env/bin/python"\nelse\n  exit 1\nfi\nexport FLASK_DEBUG=0\n${PY} ./app.py &\n',
            "app.py": APP + "app.run()\n",
        },
        ["start.sh:9 > app.py:3 app-run production app:app True"],
    ),
    (
        "an installation script that an image runs as well as hosts",
        {
            "Dockerfile": IMAGE + 'CMD ["./install.sh"]\n',
            "install.sh": "#!/bin/sh\ncat > /etc/supervisor/conf.d/web.conf <<EOF\n[program:web]\ncommand=gunicorn app:app\nEOF\nsupervisord -n\n",
            "app.py": APP,
        },
        [
            "Dockerfile:4 > install.sh:2 > install.sh:4 gunicorn production app:app True",
            "install.sh:4 gunicorn production app:app True",
        ],
    ),
    (
        "arguments that the script puts together, with a variable among them",
        {
            "boot.sh": '#!/bin/sh\nargs="--bind :$PORT --workers 4 $MORE shop.wsgi"\ngunicorn $args\n',
            "shop/__init__.py": "",
            "shop/wsgi.py": APP.replace("app =", "application ="),
        },
        ["boot.sh:3 gunicorn production shop.wsgi:application True"],
    ),
    (
        "a folder that the script computes is no list of arguments",
        {
            "web/boot.sh": '#!/bin/sh\nHERE=$(cd "$(dirname "$0")" && pwd)\ngunicorn --chdir $HERE app:app\n',
            "web/app.py": APP,
        },
        ["web/boot.sh:3 gunicorn production app:app True"],
    ),
    (
        "the application is a file below a folder that the script computes",
        {
            "ops/boot.sh": '#!/bin/sh\nROOT="$(cd "$(dirname "$0")/.." && pwd)"\nexport FLASK_APP="$ROOT/site.py"\nflask run\n',
            "site.py": APP,
        },
        ["ops/boot.sh:4 flask-run development ${ROOT}/site.py:app True"],
    ),
    (
        "a file that the project lacks there",
        {
            "ops/boot.sh": '#!/bin/sh\nROOT="$(cd "$(dirname "$0")/.." && pwd)"\nexport FLASK_APP="$ROOT/other.py"\nflask run\n',
            "site.py": APP,
        },
        ["ops/boot.sh:4 flask-run development  None"],
    ),
    (
        "such a command, but a branch that nobody can decide changes it",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\n',
            "boot.sh": '#!/bin/sh\ncmd="gunicorn app:app -b :$PORT"\nif [ -n "$DEV" ]; then\n  cmd="flask run -p $PORT"\nfi\n$cmd\n',
            "app.py": APP,
        },
        [],
    ),
    (
        "a file copied over a folder that an earlier COPY made",
        {
            "docker/Dockerfile": 'FROM python:3.13\nCOPY . /srv/web\nCOPY docker/boot.sh /srv/web\nWORKDIR /srv/web\nCMD ["bash", "./boot.sh"]\n',
            "docker/boot.sh": "#!/bin/sh\nexec gunicorn app:app\n",
            "app.py": APP,
        },
        ["docker/Dockerfile:5 > docker/boot.sh:2 gunicorn production app:app True"],
    ),
    (
        "an image without the code, which a volume brings",
        {
            "Dockerfile": "FROM python:3.13\nWORKDIR /code\nCOPY tools /code/\nCMD sh site/boot.sh\n",
            "tools/redis.conf": "",
            "boot.sh": "#!/bin/sh\nexec gunicorn app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > boot.sh:2 gunicorn production app:app True"],
    ),
    (
        "giving up after what failed ends no script that goes on",
        {
            "Dockerfile": 'FROM python:3.13\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["./entry.sh"]\nCMD gunicorn app:app\n',
            "entry.sh": '#!/bin/sh\n! flask db upgrade && echo failed && exit 1\nexec "$@"\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > Dockerfile:5 > entry.sh:3 gunicorn production app:app True"],
    ),
    (
        "a program that the project lacks ends no script",
        {"start.sh": "./prepare\nvenv/bin/pip install -r requirements.txt\nvenv/bin/gunicorn app:app\n", "app.py": APP},
        ["start.sh:3 gunicorn production app:app True"],
    ),
    (
        "nor the command of an image",
        {"Dockerfile": "FROM python:3.13\nCOPY . .\nCMD ./prepare && gunicorn app:app\n", "app.py": APP},
        ["Dockerfile:3 gunicorn production app:app True"],
    ),
    (
        "of several programs of one name, the one that stands in more of the folders that are named",
        {
            "site/start.sh": "python api/programs/run.py\n",
            "site/api/run.py": APP + "app.run()\n",
            "site/api/programs/run.py": APP + "app.run()\n",
        },
        ["site/start.sh:1 > site/api/programs/run.py:3 app-run development run:app True"],
    ),
    (
        "... where as many are alike, none",
        {
            "start.sh": "python api/run.py\n",
            "one/api/run.py": APP + "app.run()\n",
            "two/api/run.py": APP + "app.run()\n",
        },
        [],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chains(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected
