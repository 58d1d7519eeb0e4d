"""What a launch is for, where no name says it: who builds an image, what is mounted over it, what a manual holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

APP = "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run()\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"
SERVED = IMAGE + "CMD gunicorn app:app\n"
COMPOSE = "services:\n  web:\n    build: {}\n"
MOUNTED = "services:\n  web:\n    build: .\n    command: python app.py\n    volumes: ['{}:/app']\n"
UNIT = "[Service]\nExecStart=/usr/bin/gunicorn app:app\n"

SCRIPT = "from app import app as application\n"
SETUP = "from setuptools import setup\nsetup(name='shop', entry_points={'console_scripts': ['shop = app:main']})\n"
FUNCTION = "from flask import Flask\napp = Flask(__name__)\ndef main():\n    app.run()\n"
LOCAL = "services:\n  web:\n    image: site\n    command: python app.py\n    environment:\n      - {}\n"
HOSTED = "#!/bin/sh\npkill -f app.py\ncd {}\n{} &\n"
BESIDE = "services:\n  web:\n    image: site\n    command: gunicorn app:app\n  {}\n"
CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "an example of a host's configuration is there to be copied",
        {
            "install/example_apache.conf": "WSGIScriptAlias / /srv/site/web.wsgi\n",
            "sample.service": UNIT,
            "web.wsgi": SCRIPT,
            "app.py": APP,
        },
        [
            "install/example_apache.conf:1 > web.wsgi:1 mod_wsgi production web.wsgi:application True",
            "sample.service:2 gunicorn production app:app True",
        ],
    ),
    (
        "examples in a folder of their own, and of what people start, are for development",
        {
            "examples/site.conf": "WSGIScriptAlias / /srv/site/web.wsgi\n",
            "example.sh": "gunicorn app:app\n",
            "web.wsgi": SCRIPT,
            "app.py": APP,
        },
        [
            "example.sh:1 gunicorn development app:app True",
            "examples/site.conf:1 > web.wsgi:1 mod_wsgi development web.wsgi:application True",
        ],
    ),
    (
        "a service whose environment is local development unless somebody says otherwise",
        {"compose.yml": LOCAL.format("SITE_ENV=${SITE_ENV:-local_development}"), "app.py": APP},
        ["compose.yml:4 > app.py:4 app-run development app:app True"],
    ),
    (
        "a test that may start the program, and one that does",
        {
            "Makefile": "test:\n\tpython tests/run.py\ntest-all:\n\tpython app.py & pytest\n",
            "tests/run.py": "import subprocess, sys\nif 'web' in open('plan').read():\n"
            "    subprocess.Popen([sys.executable, 'app.py'])\n",
            "app.py": APP,
        },
        ["Makefile:4 > app.py:4 app-run test app:app True"],
    ),
    (
        "an image that development alone builds, beside one of the same application",
        {
            "Dockerfile": SERVED,
            "web/Dockerfile": SERVED,
            "compose.yml": COMPOSE.format("."),
            "compose.dev.yml": COMPOSE.format("{context: ., dockerfile: web/Dockerfile}"),
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True", "web/Dockerfile:4 gunicorn development app:app True"],
    ),
    (
        "an image whose own command nothing takes, beside what starts production",
        {
            "Dockerfile": IMAGE + "CMD python app.py\n",
            "compose.dev.yml": COMPOSE.format(".") + "    command: flask run --debug\n",
            "web.service": UNIT,
            "app.py": APP,
        },
        [
            "Dockerfile:4 > app.py:4 app-run development app:app True",
            "compose.dev.yml:4 flask-run development app:app True",
            "web.service:2 gunicorn production app:app True",
        ],
    ),
    (
        "the same beside what a platform starts from the sources",
        {
            "Dockerfile": IMAGE + "CMD python app.py\n",
            "compose.dev.yml": COMPOSE.format(".") + "    command: flask run --debug\n",
            "manifest.yml": "applications:\n- name: web\n  command: gunicorn app:app\n",
            "app.py": APP,
        },
        [
            "Dockerfile:4 > app.py:4 app-run development app:app True",
            "compose.dev.yml:4 flask-run development app:app True",
            "manifest.yml:3 gunicorn production app:app True",
        ],
    ),
    (
        "an image of which a service takes the command",
        {
            "Dockerfile": IMAGE + "CMD python app.py\n",
            "compose.yml": COMPOSE.format("."),
            "web.service": UNIT,
            "app.py": APP,
        },
        ["Dockerfile:4 > app.py:4 app-run production app:app True", "web.service:2 gunicorn production app:app True"],
    ),
    (
        "an image that serves, of which compose does not take the command",
        {
            "Dockerfile": SERVED,
            "compose.yml": COMPOSE.format(".") + "    command: flask run\n",
            "web.service": UNIT,
            "app.py": APP,
        },
        [
            "Dockerfile:4 gunicorn production app:app True",
            "compose.yml:4 flask-run development app:app True",
            "web.service:2 gunicorn production app:app True",
        ],
    ),
    (
        "an image whose own command compose does not take, and that is all there is",
        {
            "Dockerfile": IMAGE + "CMD python app.py\n",
            "compose.dev.yml": COMPOSE.format(".") + "    command: flask run --debug\n",
            "app.py": APP,
        },
        [
            "Dockerfile:4 > app.py:4 app-run production app:app True",
            "compose.dev.yml:4 flask-run development app:app True",
        ],
    ),
    (
        "the one image of a project is for production, whoever builds it here",
        {"Dockerfile": SERVED, "compose.dev.yml": COMPOSE.format("."), "app.py": APP},
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "an image that nothing here builds says nothing of another",
        {
            "Dockerfile": SERVED,
            "web/Dockerfile": SERVED,
            "compose.dev.yml": COMPOSE.format("{context: ., dockerfile: web/Dockerfile}"),
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True", "web/Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "another image of another application",
        {
            "Dockerfile": SERVED,
            "web/Dockerfile": IMAGE + "CMD gunicorn web.site:app\n",
            "compose.yml": COMPOSE.format("."),
            "compose.dev.yml": COMPOSE.format("{context: ., dockerfile: web/Dockerfile}"),
            "app.py": APP,
            "web/site.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True", "web/Dockerfile:4 gunicorn production web.site:app True"],
    ),
    (
        "sources mounted over those of the image, which production starts otherwise",
        {
            "Dockerfile": IMAGE,
            "compose.yml": MOUNTED.format("."),
            "site.service": UNIT,
            "app.py": APP,
        },
        [
            "compose.yml:4 > app.py:4 app-run development app:app True",
            "site.service:2 gunicorn production app:app True",
        ],
    ),
    (
        "sources mounted over those of an image that a file of Apache serves in production",
        {
            "Dockerfile": IMAGE + "COPY site.conf /etc/httpd/conf/httpd.conf\nCMD httpd -DFOREGROUND\n",
            "site.conf": "WSGIScriptAlias / /app/app.py\nWSGICallableObject app\n",
            "compose.yml": MOUNTED.format("."),
            "app.py": APP,
        },
        [
            "Dockerfile:5 > site.conf:1 > app.py:2 mod_wsgi production app.py:app True",
            "compose.yml:4 > app.py:4 app-run development app:app True",
        ],
    ),
    (
        "a script of mod_wsgi beside an image with the development server",
        {"Dockerfile": IMAGE + "CMD python app.py\n", "site.wsgi": SCRIPT, "app.py": APP},
        [
            "Dockerfile:4 > app.py:4 app-run production app:app True",
            "site.wsgi:1 mod_wsgi production site.wsgi:application True",
        ],
    ),
    (
        "a script of mod_wsgi beside an image with another server",
        {"Dockerfile": SERVED, "site.wsgi": SCRIPT, "app.py": APP},
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "a console script with the development server beside a script of mod_wsgi",
        {"setup.py": SETUP, "site.wsgi": SCRIPT, "app.py": FUNCTION},
        ["site.wsgi:1 mod_wsgi production site.wsgi:application True"],
    ),
    (
        "sources mounted in the only way to start",
        {"Dockerfile": IMAGE, "compose.yml": MOUNTED.format("."), "app.py": APP},
        ["compose.yml:4 > app.py:4 app-run production app:app True"],
    ),
    (
        "a compose file for development runs the stage that is called production",
        {
            "Dockerfile": IMAGE.replace("3.13", "3.13 AS production") + "CMD gunicorn app:app\n",
            "compose.yaml": COMPOSE.format("{context: ., target: production}"),
            "compose.dev.yaml": "services:\n  web:\n    command: flask run\n",
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True", "compose.dev.yaml:3 flask-run development app:app True"],
    ),
    (
        "what is mounted are no sources",
        {
            "Dockerfile": IMAGE,
            "compose.yml": MOUNTED.format("./data").replace(":/app", ":/app/data"),
            "site.service": UNIT,
            "app.py": APP,
            "data/readme.md": "",
        },
        [
            "compose.yml:4 > app.py:4 app-run production app:app True",
            "site.service:2 gunicorn production app:app True",
        ],
    ),
    (
        "the sample image of a generated stub",
        {
            "Dockerfile": SERVED,
            "gen/api/Dockerfile": SERVED,
            "gen/api/.openapi-generator-ignore": "",
            "app.py": APP,
            "gen/api/app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True", "gen/api/Dockerfile:4 gunicorn development app:app True"],
    ),
    (
        "a service of a file whose environment is called local",
        {"compose.yml": LOCAL.format("APP_ENVIRONMENT=local"), "app.py": APP},
        ["compose.yml:4 > app.py:4 app-run development app:app True"],
    ),
    (
        "... or the channel by which it is released",
        {"compose.yml": LOCAL.format("RELEASE_CHANNEL=local"), "app.py": APP},
        ["compose.yml:4 > app.py:4 app-run development app:app True"],
    ),
    (
        "... and one that is told of something local",
        {"compose.yml": LOCAL.format("STORAGE=local"), "app.py": APP},
        ["compose.yml:4 > app.py:4 app-run production app:app True"],
    ),
    (
        "... which a service builds",
        {
            "gen/api/Dockerfile": SERVED,
            "gen/api/.openapi-generator-ignore": "",
            "compose.yml": COMPOSE.format("gen/api"),
            "gen/api/app.py": APP,
        },
        ["gen/api/Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "a project that began as a generated stub",
        {"Dockerfile": SERVED, ".openapi-generator-ignore": "", "app.py": APP},
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "the script that starts the project, with debug mode off",
        {"start_all.sh": "#!/bin/sh\nexport FLASK_DEBUG=0\npython app.py &\n", "app.py": APP},
        ["start_all.sh:3 > app.py:4 app-run production app:app True"],
    ),
    (
        "... with debug mode on",
        {"start_all.sh": "#!/bin/sh\nexport FLASK_DEBUG=1\npython app.py &\n", "app.py": APP},
        ["start_all.sh:3 > app.py:4 app-run development app:app True"],
    ),
    (
        "... where production starts otherwise",
        {"start_all.sh": "#!/bin/sh\nexport FLASK_DEBUG=0\npython app.py &\n", "site.service": UNIT, "app.py": APP},
        [
            "site.service:2 gunicorn production app:app True",
            "start_all.sh:3 > app.py:4 app-run development app:app True",
        ],
    ),
    (
        "a script that leaves the server running in a folder of a host",
        {"restart.sh": HOSTED.format("/home/ubuntu/shop", "nohup python app.py"), "app.py": APP},
        ["restart.sh:4 > app.py:4 app-run production app:app True"],
    ),
    (
        "... which a variable names",
        {"restart.sh": "#!/bin/sh\nHERE=/srv/shop\ncd $HERE || exit 1\nsetsid python app.py &\n", "app.py": APP},
        ["restart.sh:4 > app.py:4 app-run production app:app True"],
    ),
    (
        "... in a terminal that nobody looks at",
        {"restart.sh": HOSTED.format("/opt/shop", "screen -dmS shop python app.py"), "app.py": APP},
        ["restart.sh:4 > app.py:4 app-run production app:app True"],
    ),
    (
        "... and ends with whoever starts it",
        {"restart.sh": HOSTED.format("/opt/shop", "python app.py"), "app.py": APP},
        ["restart.sh:4 > app.py:4 app-run development app:app True"],
    ),
    (
        "... in the folder of the checkout",
        {"restart.sh": HOSTED.format('"$(dirname "$0")"', "nohup python app.py"), "app.py": APP},
        ["restart.sh:4 > app.py:4 app-run development app:app True"],
    ),
    (
        "... in a folder of somebody's own",
        {"restart.sh": HOSTED.format("/Users/ann/shop", "nohup python app.py"), "app.py": APP},
        ["restart.sh:4 > app.py:4 app-run development app:app True"],
    ),
    (
        "... in a container to work in",
        {"restart.sh": HOSTED.format("/home/vscode/shop", "nohup python app.py"), "app.py": APP},
        ["restart.sh:4 > app.py:4 app-run development app:app True"],
    ),
    (
        "... where production starts otherwise",
        {
            "restart.sh": HOSTED.format("/srv/shop", "nohup python app.py"),
            "site.service": UNIT,
            "app.py": APP,
        },
        [
            "restart.sh:4 > app.py:4 app-run development app:app True",
            "site.service:2 gunicorn production app:app True",
        ],
    ),
    (
        "a script that starts the server on another machine",
        {"publish.sh": "#!/bin/sh\nssh -i key -p 22 ann@$HOST 'cd shop && python app.py'\n", "app.py": APP},
        ["publish.sh:2 > app.py:4 app-run production app:app True"],
    ),
    (
        "... by lines that it is given",
        {"publish.sh": "#!/bin/sh\nsshpass -e ssh $HOST <<'EOF'\ncd shop\npython app.py &\nEOF\n", "app.py": APP},
        ["publish.sh:4 > app.py:4 app-run production app:app True"],
    ),
    (
        "... through a pipe",
        {"publish.sh": "#!/bin/sh\ncat <<'EOF' | ssh $HOST\npython app.py\nEOF\n", "app.py": APP},
        ["publish.sh:3 > app.py:4 app-run production app:app True"],
    ),
    (
        "... with a script of its own",
        {
            "publish.sh": "#!/bin/sh\nrsync -a . $HOST:shop\nssh $HOST shop/restart.sh\n",
            "restart.sh": "#!/bin/sh\npython app.py\n",
            "app.py": APP,
        },
        ["publish.sh:3 > restart.sh:2 > app.py:4 app-run production app:app True"],
    ),
    (
        "a task that starts the server on another machine",
        {"Makefile": "publish:\n\tssh $(HOST) 'cd shop && python app.py'\n", "app.py": APP},
        ["Makefile:2 > app.py:4 app-run production app:app True"],
    ),
    (
        "a script that another shell is given",
        {"publish.sh": "#!/bin/sh\nbash <<'EOF'\npython app.py\nEOF\n", "app.py": APP},
        ["publish.sh:3 > app.py:4 app-run development app:app True"],
    ),
    (
        "a login on another machine",
        {"publish.sh": "#!/bin/sh\nssh -t ann@$HOST\n", "app.py": APP},
        [],
    ),
    (
        "a service beside a mail server that sends nothing",
        {"compose.yml": BESIDE.format("mail:\n    image: axllent/mailpit:v1"), "app.py": APP},
        ["compose.yml:4 gunicorn development app:app True"],
    ),
    (
        "... beside a mock",
        {"compose.yml": BESIDE.format("payments_mock:\n    image: shop/payments"), "app.py": APP},
        ["compose.yml:4 gunicorn development app:app True"],
    ),
    (
        "... that somebody has to ask for",
        {
            "compose.yml": BESIDE.format("mail:\n    image: mailhog/mailhog\n    profiles: [mail]"),
            "app.py": APP,
        },
        ["compose.yml:4 gunicorn production app:app True"],
    ),
    (
        "... beside a mail server",
        {"compose.yml": BESIDE.format("mail:\n    image: boky/postfix"), "app.py": APP},
        ["compose.yml:4 gunicorn production app:app True"],
    ),
    (
        "... in a file for production",
        {"compose.prod.yml": BESIDE.format("mail:\n    image: mailhog/mailhog"), "app.py": APP},
        ["compose.prod.yml:4 gunicorn production app:app True"],
    ),
    (
        "a unit of the server that shows the documentation",
        {"ops/site_docs_web.service": UNIT, "app.py": APP},
        ["ops/site_docs_web.service:2 gunicorn production app:app True"],
    ),
    (
        "what a manual has for those who install",
        {"docs/installation-cloud/compose.yml": "services:\n  web:\n    command: gunicorn app:app\n", "app.py": APP},
        ["docs/installation-cloud/compose.yml:3 gunicorn production app:app True"],
    ),
    (
        "what a manual shows",
        {"docs/guide/compose.yml": "services:\n  web:\n    command: gunicorn app:app\n", "app.py": APP},
        ["docs/guide/compose.yml:3 gunicorn development app:app True"],
    ),
    (
        "the start script of a project that Glitch hosts",
        {"start.sh": "ENV=.data/venv\npython3 -m venv $ENV\n$ENV/bin/python3 app.py\n", "app.py": APP},
        ["start.sh:3 > app.py:4 app-run production app:app True"],
    ),
    (
        "... by the files of its network",
        {"start.sh": "python3 app.py\n", ".glitch-assets": "", "app.py": APP},
        ["start.sh:1 > app.py:4 app-run production app:app True"],
    ),
    (
        "another script beside it, and a start script of nobody's",
        {
            "debug/start.sh": "python3 app.py\n",
            "run.sh": "ENV=.data/venv\npython3 app.py\n",
            ".glitch-assets": "",
            "app.py": APP,
        },
        [
            "debug/start.sh:1 > app.py:4 app-run development app:app True",
            "run.sh:2 > app.py:4 app-run development app:app True",
        ],
    ),
    (
        "the only start, which may as well be for people at work",
        {"start.sh": "python3 -m venv venv\nvenv/bin/python3 app.py\n", "app.py": APP},
        ["start.sh:2 > app.py:4 app-run development app:app True"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_purposes(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected
