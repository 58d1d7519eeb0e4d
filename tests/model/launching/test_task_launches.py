"""Tasks: PDM, Hatch, just, make and the console scripts of a set-up file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

APP = "from flask import Flask\napp = Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "a script that writes what runs when the machine starts",
        {
            "setup.sh": "#!/bin/sh\ncat > /etc/rc.local <<EOF\n#!/bin/sh\ncd /srv/site\nvenv/bin/gunicorn app:app &\nexit 0\nEOF\n",
            "app.py": APP,
        },
        ["setup.sh:3 > setup.sh:5 gunicorn production app:app True"],
    ),
    (
        "... also through tee, and a development server is production's there",
        {
            "install.sh": "#!/bin/sh\nsudo tee /etc/rc.local <<'EOF'\nflask --app app run\nEOF\n",
            "app.py": APP,
        },
        ["install.sh:3 flask-run production app:app True"],
    ),
    (
        "Windows: a command file",
        {
            "start.bat": 'cd web\nstart "Site" cmd /k "python app.py"\n',
            "web/app.py": f"{APP}if __name__ == '__main__':\n    app.run()\n",
        },
        ["start.bat:2 > web/app.py:4 app-run development app:app True"],
    ),
    (
        "Windows: a command file runs in its own folder",
        {
            "web/start.bat": "python app.py\n",
            "web/app.py": f"{APP}if __name__ == '__main__':\n    app.run()\n",
            "app.py": f"{APP}if __name__ == '__main__':\n    app.run()\n",
        },
        ["web/start.bat:1 > web/app.py:4 app-run development app:app True"],
    ),
    (
        "Windows: a server for production, with variables",
        {"serve.cmd": "set FLASK_APP=app\nflask run\nwaitress-serve app:app\n", "app.py": APP},
        ["serve.cmd:2 flask-run development app:app True", "serve.cmd:3 waitress production app:app True"],
    ),
    (
        "PDM: a script that runs others by name",
        {
            "pyproject.toml": "[tool.pdm.scripts]\nserve = {cmd = 'gunicorn app:app'}\nstart = {composite = ['migrate', 'serve']}\n",
            "Dockerfile": IMAGE + 'CMD ["pdm", "run", "start"]\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > pyproject.toml:3 > pyproject.toml:2 gunicorn production app:app True"],
    ),
    (
        "PDM: a script that calls a function",
        {
            "pyproject.toml": "[tool.pdm.scripts]\nserve = {call = 'app:main'}\n",
            "Dockerfile": IMAGE + 'CMD ["pdm", "run", "serve"]\n',
            "app.py": APP + "def main():\n    app.run()\n",
        },
        ["Dockerfile:4 > pyproject.toml:2 > app.py:4 app-run production app:app True"],
    ),
    (
        "PDM: the environment that all scripts share",
        {
            "pyproject.toml": "[tool.pdm.scripts]\n_.env = {FLASK_APP = 'app'}\nserve = {cmd = 'flask run', env = {A = '1'}}\n",
            "Dockerfile": IMAGE + 'CMD ["pdm", "serve"]\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > pyproject.toml:3 flask-run production app:app True"],
    ),
    (
        "what the example of an environment file names, which people copy",
        {"Pipfile": '[scripts]\nstart = "flask run"\n', ".env.example": "FLASK_APP=web/site.py\n", "web/site.py": APP},
        ["Pipfile:2 flask-run development web/site.py:app True"],
    ),
    (
        "that is nothing where Flask finds an application itself",
        {"Pipfile": '[scripts]\nstart = "flask run"\n', ".env.example": "FLASK_APP=web/site.py\n", "web/site.py": APP, "app.py": APP},
        ["Pipfile:2 flask-run development app:app True"],
    ),
    (
        "PDM: an environment file",
        {
            "pyproject.toml": "[tool.pdm.scripts]\nserve = {shell = 'gunicorn $TARGET', env_file = 'live.env'}\n",
            "live.env": "TARGET=app:app\n",
            "Dockerfile": IMAGE + 'CMD ["pdm", "run", "serve"]\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > pyproject.toml:2 gunicorn production app:app True"],
    ),
    (
        "Hatch: a script of several, one of them by name",
        {
            "pyproject.toml": "[tool.hatch.envs.prod.scripts]\nserve = ['migrate', 'web']\nweb = 'gunicorn app:app'\n",
            "Dockerfile": IMAGE + 'CMD ["hatch", "run", "prod:serve"]\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > pyproject.toml:2 > pyproject.toml:3 gunicorn production app:app True"],
    ),
    (
        "Hatch: a file of its own",
        {
            "hatch.toml": "[envs.prod.scripts]\nweb = 'gunicorn app:app'\n",
            "Dockerfile": IMAGE + 'CMD ["hatch", "run", "prod:web"]\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > hatch.toml:2 gunicorn production app:app True"],
    ),
    (
        "Hatch: what stands where the caller adds nothing",
        {
            "pyproject.toml": "[tool.hatch.envs.default.scripts]\nweb = 'gunicorn {args:app:app}'\n",
            "Dockerfile": IMAGE + 'CMD ["hatch", "run", "web"]\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > pyproject.toml:2 gunicorn production app:app True"],
    ),
    (
        "just: a recipe",
        {
            "justfile": "serve:\n    gunicorn app:app\n",
            "app.py": APP,
        },
        ["justfile:2 gunicorn production app:app True"],
    ),
    (
        "just: from the image",
        {
            "justfile": "web:\n    gunicorn app:app\n",
            "Dockerfile": IMAGE + 'CMD ["just", "web"]\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > justfile:2 gunicorn production app:app True"],
    ),
    (
        "make: the variable that holds the program",
        {
            "Makefile": "GUNICORN = venv/bin/gunicorn\nserve:\n\t$(GUNICORN) app:app\n",
            "app.py": APP,
        },
        ["Makefile:3 gunicorn production app:app True"],
    ),
    (
        "a console script of setup.py",
        {
            "setup.py": "from setuptools import setup\nsetup(name='site', entry_points={'console_scripts': ['site=app:main']})\n",
            "Dockerfile": IMAGE + 'CMD ["site"]\n',
            "app.py": APP + "def main():\n    app.run()\n",
        },
        ["Dockerfile:4 > setup.py:2 > app.py:4 app-run production app:app True"],
    ),
    (
        "a console script by its path in an environment of the image",
        {
            "setup.py": "from setuptools import setup\nsetup(name='site', entry_points={'console_scripts': ['site=app:main']})\n",
            "Dockerfile": IMAGE + 'CMD ["./venv/bin/site"]\n',
            "app.py": APP + "def main():\n    app.run()\n",
            "site/__init__.py": "",
        },
        ["Dockerfile:4 > setup.py:2 > app.py:4 app-run production app:app True"],
    ),
    (
        "a script of the project in a folder called bin is no console script",
        {
            "setup.py": "from setuptools import setup\nsetup(name='site', entry_points={'console_scripts': ['site=app:main']})\n",
            "bin/site": "#!/bin/sh\nexec gunicorn app:app\n",
            "Dockerfile": IMAGE + 'CMD ["./bin/site"]\n',
            "app.py": APP + "def main():\n    app.run()\n",
        },
        ["Dockerfile:4 > bin/site:2 gunicorn production app:app True"],
    ),
    (
        "a Procfile that a script writes",
        {
            "setup.sh": "#!/bin/sh\ncat > Procfile <<EOF\nweb: gunicorn app:app\nEOF\n",
            "app.py": APP,
        },
        ["setup.sh:3 gunicorn production app:app True"],
    ),
    (
        "a configuration of uWSGI that a script writes",
        {
            "install.sh": "#!/bin/sh\ncat > /etc/uwsgi/web.ini <<EOF\n[uwsgi]\nchdir = /srv/site/api\nmodule = app:app\nEOF\n",
            "api/app.py": APP,
        },
        ["install.sh:5 uwsgi production app:app True"],
    ),
    (
        "a watcher of circus that a script writes",
        {"install.sh": "#!/bin/sh\ncat > c.ini <<EOF\n[watcher:web]\ncmd = gunicorn app:app\nEOF\n", "app.py": APP},
        ["install.sh:4 gunicorn production app:app True"],
    ),
    (
        "a virtual host of Apache that a script writes",
        {
            "install.sh": "#!/bin/sh\ncat > /etc/apache2/sites-available/web.conf <<EOF\n<VirtualHost *:80>\nWSGIScriptAlias / /srv/site/web.wsgi\n</VirtualHost>\nEOF\n",
            "web.wsgi": "from app import app as application\n",
            "app.py": APP,
        },
        ["install.sh:4 > web.wsgi:1 mod_wsgi production web.wsgi:application True"],
    ),
    (
        "an npm script of the package beside the shell script, which a variable chooses",
        {
            "widget/publish.sh": "#!/bin/sh\nnpm run $BUILD\n",
            "widget/package.json": '{"scripts": {"build": "vite build"}}',
            "e2e/package.json": '{"scripts": {"up": "flask run"}}',
            "app.py": APP,
        },
        ["e2e/package.json:1 flask-run test  None"],
    ),
    (
        "a Procfile that people start by hand too is the platform's still",
        {"Procfile": "web: gunicorn app:app\n", "Makefile": "start:\n\thoncho start\n", "app.py": APP},
        [
            "Makefile:2 > Procfile:1 gunicorn development app:app True",
            "Procfile:1 gunicorn production app:app True",
        ],
    ),
    (
        "a Procfile in a folder that is not known goes by its own name",
        {
            "Procfile": "web: gunicorn app:app\n",
            "Procfile.dev": "web: gunicorn --reload app:app\n",
            "Makefile": "start:\n\thoncho start --procfile $(ROOT)/Procfile.dev\n",
            "app.py": APP,
        },
        [
            "Makefile:2 > Procfile.dev:1 gunicorn development app:app True",
            "Procfile:1 gunicorn production app:app True",
        ],
    ),
    (
        "a Procfile that is not there",
        {
            "Procfile": "web: gunicorn app:app\n",
            "Makefile": "start:\n\thoncho start -f Procfile.dev\n",
            "app.py": APP,
        },
        ["Procfile:1 gunicorn production app:app True"],
    ),
    (
        "a Procfile of another name, which a script, a task, a package and an image name",
        {
            "start.sh": "#!/bin/sh\nhoncho -e .env start -f procs\n",
            "Makefile": "start:\n\tforeman start -f ops/live\n",
            "package.json": '{"scripts": {"start": "honcho start -f other web"}}',
            "Dockerfile": IMAGE + 'CMD ["honcho", "start", "-f", "ops/live"]\n',
            "procs": "# all\nredis: redis-server\nweb: python -m gunicorn app:app\n",
            "ops/live": "web: gunicorn app:app\n",
            "other": "web: gunicorn app:app\nadmin: gunicorn admin:app\n",
            "unnamed": "web: gunicorn app:app\n",
            "app.py": APP,
            "admin.py": APP,
        },
        [
            "Dockerfile:4 > ops/live:1 gunicorn production app:app True",
            "Makefile:2 > ops/live:1 gunicorn production app:app True",
            "package.json:1 > other:1 gunicorn development app:app True",
            "start.sh:2 > procs:3 gunicorn production app:app True",
        ],
    ),
    (
        "what its name says of its processes",
        {
            "start.sh": "#!/bin/sh\nhoncho start -f Procfile.dev\n",
            "run.sh": "#!/bin/sh\nhoncho start -f ops/local\n",
            "Procfile.dev": "web: gunicorn app:app\n",
            "ops/local": "web: gunicorn app:app\n",
            "app.py": APP,
        },
        [
            "run.sh:2 > ops/local:1 gunicorn development app:app True",
            "start.sh:2 > Procfile.dev:1 gunicorn development app:app True",
        ],
    ),
    (
        "without a name it is the one that is called Procfile",
        {
            "start.sh": "#!/bin/sh\nhoncho start\n",
            "local": "web: gunicorn other:app\n",
            "Procfile": "web: gunicorn app:app\n",
            "Procfile.dev": "web: gunicorn third:app\n",
            **dict.fromkeys(("app.py", "other.py", "third.py"), APP),
        },
        [
            "Procfile:1 gunicorn production app:app True",
            "Procfile.dev:1 gunicorn development third:app True",
            "start.sh:2 > Procfile:1 gunicorn production app:app True",
        ],
    ),
    (
        "foreman from the image",
        {
            "Procfile": "web: gunicorn app:app\n",
            "Dockerfile": IMAGE + 'CMD ["foreman", "start"]\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > Procfile:1 gunicorn production app:app True"],
    ),
    (
        "a waiting script that the project does not hold",
        {
            "Dockerfile": IMAGE + 'CMD ["./wait-for", "db:5432", "--", "gunicorn", "app:app"]\n',
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chain(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected
