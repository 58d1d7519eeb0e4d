"""What a server's target means: modules, packages, folders, attributes, factories."""

from __future__ import annotations

from collections.abc import Callable

import pytest

APP = "from flask import Flask\napp = Flask(__name__)\n"
MAIN = 'from flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n    app.run()\n'
FACTORY = "from flask import Flask\n\n\ndef create_app():\n    return Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "package attribute",
        {"Procfile": "web: gunicorn web:app\n", "web/__init__.py": APP},
        ["Procfile:1 gunicorn production web:app True"],
    ),
    (
        "module in a package",
        {"Procfile": "web: gunicorn web.wsgi:app\n", "web/__init__.py": "", "web/wsgi.py": APP},
        ["Procfile:1 gunicorn production web.wsgi:app True"],
    ),
    (
        "a file of an image that is built elsewhere, or holds more than is shown here",
        {
            "compose.yml": "services:\n  web:\n    image: registry.example/shop\n    command: sh /go.sh\n"
            "    volumes: ['./go.sh:/go.sh']\n  own:\n    build: .\n    command: sh go.sh\n",
            "Dockerfile": IMAGE,
            "go.sh": "mod_wsgi-express start-server /srv/shop.wsgi\n",
            "app.py": APP,
        },
        [
            "compose.yml:4 > go.sh:1 mod_wsgi production /srv/shop.wsgi:application None",
            "compose.yml:8 > go.sh:1 mod_wsgi production /srv/shop.wsgi:application False",
        ],
    ),
    (
        "a module that no COPY brings: something else must",
        {
            "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY web /app\nCMD gunicorn shop:app\n",
            "web/pages.py": "",
            "lib/shop.py": APP,
        },
        ["Dockerfile:4 gunicorn production shop:app True"],
    ),
    (
        "a module that a submodule may hold",
        {"Procfile": "web: gunicorn shop.wsgi\n", ".gitmodules": "", "app.py": APP},
        ["Procfile:1 gunicorn production shop.wsgi:application None"],
    ),
    (
        "a module of the project beside a submodule",
        {"Procfile": "web: gunicorn shop.wsgi\n", ".gitmodules": "", "shop/app.py": APP},
        ["Procfile:1 gunicorn production shop.wsgi:application False"],
    ),
    (
        "a module of the family of what is installed, which may install it",
        {"Procfile": "web: gunicorn meadow_app.wsgi\n", "app.py": APP, "requirements.txt": "meadow-rest\nflask\n"},
        ["Procfile:1 gunicorn production meadow_app.wsgi:application None"],
    ),
    (
        "a first word that anybody uses makes no family, and a folder of the project is the project's",
        {
            "Procfile": "web: gunicorn flask_app.wsgi\nother: gunicorn meadow_app.wsgi\n",
            "meadow_app/app.py": APP,
            "requirements.txt": "meadow-rest\nflask\n",
        },
        [
            "Procfile:1 gunicorn production flask_app.wsgi:application False",
            "Procfile:2 gunicorn production meadow_app.wsgi:application False",
        ],
    ),
    (
        "the project's own name makes no family",
        {
            "Procfile": "web: gunicorn shop_web.wsgi\n",
            "app.py": APP,
            "pyproject.toml": '[project]\nname = "shop-server"\ndependencies = ["flask"]\n',
        },
        ["Procfile:1 gunicorn production shop_web.wsgi:application False"],
    ),
    (
        "blanks around the file of a uWSGI mount",
        {"uwsgi.ini": "[uwsgi]\nmount = /= index.py\ncallable = app\n", "index.py": APP},
        ["uwsgi.ini:2 > index.py:2 uwsgi production index.py:app True"],
    ),
    (
        "options that a variable adds, before or after the target",
        {
            "run.sh": '#!/bin/sh\nif [ -n "$X" ]; then\n  gunicorn $OPTIONS web.wsgi:app\nelse\n  gunicorn lost:app "$@"\nfi\n',
            "web/wsgi.py": APP,
        },
        [
            "run.sh:3 gunicorn production web.wsgi:app True",
            "run.sh:5 gunicorn production lost:app None",
        ],
    ),
    (
        "a target that a variable holds, before options with a value",
        {"run.sh": "#!/bin/sh\ngunicorn $MODULE -b :80\n", "app.py": APP},
        ["run.sh:2 gunicorn production ${MODULE} None"],
    ),
    (
        "namespace package",
        {"Procfile": "web: gunicorn web.wsgi:app\n", "web/wsgi.py": APP},
        ["Procfile:1 gunicorn production web.wsgi:app True"],
    ),
    (
        "re-export through a package",
        {"Procfile": "web: gunicorn web:app\n", "web/__init__.py": "from .core import app\n", "web/core.py": APP},
        ["Procfile:1 gunicorn production web:app True"],
    ),
    (
        "star import",
        {"Procfile": "web: gunicorn wsgi:app\n", "wsgi.py": "from app import *\n", "app.py": APP},
        ["Procfile:1 gunicorn production wsgi:app True"],
    ),
    (
        "alias",
        {"Procfile": "web: gunicorn wsgi\n", "wsgi.py": "from app import app as application\n", "app.py": APP},
        ["Procfile:1 gunicorn production wsgi:application True"],
    ),
    (
        "default attribute is missing",
        {"Procfile": "web: gunicorn app\n", "app.py": APP},
        ["Procfile:1 gunicorn production app:application False"],
    ),
    (
        "src layout through an editable install",
        {
            "Procfile": "web: gunicorn web:app\n",
            "src/web/__init__.py": APP,
            "pyproject.toml": '[project]\nname = "web"\nversion = "1"\n[tool.setuptools.packages.find]\nwhere = ["src"]\n',
        },
        ["Procfile:1 gunicorn production web:app True"],
    ),
    (
        "src layout without an installation",
        {"Procfile": "web: gunicorn web:app\n", "src/web/__init__.py": APP, "requirements.txt": "flask\n"},
        ["Procfile:1 gunicorn production web:app False"],
    ),
    (
        "PYTHONPATH in the image",
        {
            "Dockerfile": "FROM python:3.13\nWORKDIR /app\nENV PYTHONPATH=/app/src\nCOPY . .\nCMD gunicorn web:app\n",
            "src/web.py": APP,
        },
        ["Dockerfile:5 gunicorn production web:app True"],
    ),
    (
        "WORKDIR and COPY of a folder",
        {
            "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY backend/ .\nCMD gunicorn app:app\n",
            "backend/app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "COPY of a folder into itself",
        {
            "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY backend backend\nCMD gunicorn backend.app:app\n",
            "backend/app.py": APP,
        },
        ["Dockerfile:4 gunicorn production backend.app:app True"],
    ),
    (
        "COPY of single files",
        {
            "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY app.py wsgi.py ./\nCMD gunicorn wsgi:app\n",
            "wsgi.py": "from app import app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production wsgi:app True"],
    ),
    (
        "a WORKDIR below",
        {
            "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nWORKDIR /srv/backend\nCMD gunicorn app:app\n",
            "backend/app.py": APP,
        },
        ["Dockerfile:5 gunicorn production app:app True"],
    ),
    (
        "COPY from another stage",
        {
            "Dockerfile": "FROM python:3.13 AS build\nWORKDIR /src\nCOPY . .\nFROM python:3.13\nCOPY --from=build /src /srv\nWORKDIR /srv\nCMD gunicorn app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:7 gunicorn production app:app True"],
    ),
    (
        "a build context below",
        {
            "docker-compose.yml": "services:\n  web:\n    build: ./backend\n",
            "backend/Dockerfile": IMAGE + "CMD gunicorn app:app\n",
            "backend/app.py": APP,
        },
        ["backend/Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "--chdir",
        {"Procfile": "web: gunicorn --chdir=backend app:app\n", "backend/app.py": APP},
        ["Procfile:1 gunicorn production app:app True"],
    ),
    (
        "--pythonpath",
        {"Procfile": "web: gunicorn --pythonpath backend app:app\n", "backend/app.py": APP},
        ["Procfile:1 gunicorn production app:app True"],
    ),
    (
        "chdir in gunicorn.conf.py",
        {"Procfile": "web: gunicorn app:app\n", "gunicorn.conf.py": "chdir = 'backend'\n", "backend/app.py": APP},
        ["Procfile:1 gunicorn production app:app True"],
    ),
    (
        "pythonpath in gunicorn.conf.py",
        {"Procfile": "web: gunicorn app:app\n", "gunicorn.conf.py": "pythonpath = 'backend'\n", "backend/app.py": APP},
        ["Procfile:1 gunicorn production app:app True"],
    ),
    (
        "wsgi_app in gunicorn.conf.py",
        {"Procfile": "web: gunicorn\n", "gunicorn.conf.py": "wsgi_app = 'app:app'\n", "app.py": APP},
        ["Procfile:1 gunicorn production app:app True"],
    ),
    (
        "GUNICORN_CMD_ARGS",
        {
            "Dockerfile": IMAGE + 'ENV GUNICORN_CMD_ARGS="--chdir=backend"\nCMD gunicorn app:app\n',
            "backend/app.py": APP,
        },
        ["Dockerfile:5 gunicorn production app:app True"],
    ),
    (
        "dotted attribute",
        {
            "Procfile": "web: gunicorn web:holder.app\n",
            "web.py": APP + "class Holder:\n    app = app\nholder = Holder()\n",
        },
        ["Procfile:1 gunicorn production web:holder.app True"],
    ),
    (
        "dotted attribute of a missing name",
        {"Procfile": "web: gunicorn web:holder.app\n", "web.py": APP},
        ["Procfile:1 gunicorn production web:holder.app False"],
    ),
    (
        "factory",
        {"Procfile": "web: gunicorn 'web:create_app()'\n", "web.py": FACTORY},
        ["Procfile:1 gunicorn production web:create_app() True"],
    ),
    (
        "factory with arguments",
        {
            "Procfile": "web: gunicorn \"web:create_app('prod', debug=False)\"\n",
            "web.py": "from flask import Flask\ndef create_app(name, debug=True):\n    return Flask(__name__)\n",
        },
        ["Procfile:1 gunicorn production web:create_app('prod', debug=False) True"],
    ),
    (
        "factory that is not called",
        {"Procfile": "web: gunicorn web:create_app\n", "web.py": FACTORY},
        ["Procfile:1 gunicorn production web:create_app True"],
    ),
    (
        "waitress --call",
        {"Procfile": "web: waitress-serve --call web:create_app\n", "web.py": FACTORY},
        ["Procfile:1 waitress production web:create_app True"],
    ),
    (
        "uvicorn --factory",
        {"Procfile": "web: uvicorn --factory --interface wsgi web:create_app\n", "web.py": FACTORY},
        ["Procfile:1 uvicorn production web:create_app True"],
    ),
    (
        "a path where a module belongs",
        {"Procfile": "web: gunicorn web/app.py\n", "web/app.py": APP},
        ["Procfile:1 gunicorn production web/app.py False"],
    ),
    (
        "FLASK_APP as a file",
        {"Procfile": "web: flask run\n", ".flaskenv": "FLASK_APP=web/main.py\n", "web/main.py": APP},
        ["Procfile:1 flask-run production web/main.py:app True"],
    ),
    (
        "FLASK_APP with a factory",
        {"Procfile": "web: FLASK_APP='web:create_app()' flask run\n", "web.py": FACTORY},
        ["Procfile:1 flask-run production web:create_app() True"],
    ),
    (
        "flask run finds wsgi.py first",
        {"Procfile": "web: flask run\n", "wsgi.py": APP, "app.py": APP},
        ["Procfile:1 flask-run production wsgi:app True"],
    ),
    (
        "flask run finds a factory",
        {"Procfile": "web: flask run\n", "app.py": FACTORY},
        ["Procfile:1 flask-run production app:create_app True"],
    ),
    (
        "python -m package",
        {"Procfile": "web: python -m web\n", "web/__init__.py": "", "web/__main__.py": APP + "app.run()\n"},
        ["Procfile:1 > web/__main__.py:3 app-run production web.__main__:app True"],
    ),
    (
        "python -m package.module",
        {"Procfile": "web: python -m web.main\n", "web/__init__.py": "", "web/main.py": MAIN},
        ["Procfile:1 > web/main.py:4 app-run production web.main:app True"],
    ),
    (
        "python folder",
        {"Procfile": "web: python web\n", "web/__main__.py": APP + "app.run()\n"},
        ["Procfile:1 > web/__main__.py:3 app-run production __main__:app True"],
    ),
    (
        "a script that does not exist",
        {"Procfile": "web: python run.py\n", "app.py": APP},
        ["Procfile:1 other production run.py False"],
    ),
    (
        "try and except around the import",
        {
            "Procfile": "web: gunicorn wsgi:app\n",
            "wsgi.py": "try:\n    from app import app\nexcept ImportError:\n    app = None\n",
            "app.py": APP,
        },
        ["Procfile:1 gunicorn production wsgi:app True"],
    ),
    (
        "bound in else of the main guard",
        {
            "Procfile": "web: gunicorn run:app\n",
            "run.py": "from flask import Flask\nif __name__ == '__main__':\n    app = Flask(__name__)\n    app.run()\nelse:\n    app = Flask(__name__)\n",
        },
        ["Procfile:1 gunicorn production run:app True"],
    ),
    (
        "a module of the standard library's name",
        {"Procfile": "web: gunicorn site:app\n", "site.py": APP},
        ["Procfile:1 gunicorn production site:app True"],
    ),
    (
        "the project's distribution",
        {"Procfile": "web: gunicorn otherpkg.wsgi:app\n", "requirements.txt": "otherpkg\nflask\n"},
        ["Procfile:1 gunicorn production otherpkg.wsgi:app None"],
    ),
    (
        "an image that hides its files",
        {"Dockerfile": "FROM registry.example/site-base:1\nCMD gunicorn missing:app\n", "app.py": APP},
        ["Dockerfile:2 gunicorn production missing:app None"],
    ),
    (
        "build argument with a default",
        {
            "Dockerfile": "FROM python:3.13\nARG MODULE=app\nENV M=$MODULE\nCOPY . .\nCMD gunicorn $M:app\n",
            "app.py": APP,
        },
        ["Dockerfile:5 gunicorn production app:app True"],
    ),
    (
        "package that the build decides",
        {
            "Dockerfile": "FROM python:3.13\nARG MODULE\nENV MODULE=$MODULE\nCOPY . .\nCMD gunicorn $MODULE.wsgi:app\n",
            "one/wsgi.py": APP,
            "two/wsgi.py": APP,
        },
        ["Dockerfile:5 gunicorn production ${MODULE}.wsgi:app True"],
    ),
    (
        "the checkout is a package itself, called after its folder",
        {"Procfile": "web: gunicorn site.server.index:app\n", "__init__.py": "", "server/index.py": APP},
        ["Procfile:1 gunicorn production site.server.index:app True"],
    ),
    (
        "a module that the checkout's own package may hold elsewhere",
        {"Procfile": "web: gunicorn other.index:app\n", "__init__.py": "", "server/index.py": APP},
        ["Procfile:1 gunicorn production other.index:app None"],
    ),
    (
        "a name that is bound anew from the module it named before",
        {
            "app.yaml": "runtime: python312\n",
            "main.py": "import app\n\napp = app.create_app()\n",
            "app/__init__.py": FACTORY,
        },
        ["app.yaml:1 gunicorn production main:app True"],
    ),
    (
        "what an ASGI server starts without a Flask application behind it is not ours",
        {
            "Dockerfile": IMAGE + 'CMD ["uvicorn", "api:app"]\n',
            "api.py": "from tools import Resolver\napp = Resolver()\n",
            "web.py": APP,
        },
        [],
    ),
    (
        "with one behind it, it is",
        {
            "Dockerfile": IMAGE + 'CMD ["uvicorn", "api:app"]\n',
            "api.py": "from web import app as site\nfrom tools import wrapped\napp = wrapped(site)\n",
            "web.py": APP,
        },
        ["Dockerfile:4 uvicorn production api:app True"],
    ),
    (
        "a module that no import statement could name",
        {"Procfile": "web: gunicorn 05-web-app:app\n", "05-web-app.py": APP},
        ["Procfile:1 gunicorn production 05-web-app:app True"],
    ),
    (
        "a program of the checkout that is a package itself",
        {
            "Procfile": "web: python -m site.server.index\n",
            "__init__.py": "",
            "server/index.py": APP + 'if __name__ == "__main__":\n    app.run()\n',
        },
        ["Procfile:1 > server/index.py:4 app-run production index:app True"],
    ),
    (
        "nor what it starts by a name that a module without Flask lacks",
        {"Procfile": "web: uvicorn api:app\n", "api.py": "import tools\nmain = tools.Resolver()\n", "web.py": APP},
        [],
    ),
    (
        "of several modules of one name the one beside the script is meant",
        {"jobs/main.py": "x = 1\n", "web/main.py": APP, "web/start.sh": "gunicorn main:app\n"},
        ["web/start.sh:1 gunicorn production main:app True"],
    ),
    (
        "where none stands beside it, what the first of them lacks another may have",
        {"jobs/main.py": "x = 1\n", "web/main.py": APP, "bin/start.sh": "gunicorn main:app\n"},
        ["bin/start.sh:1 gunicorn production main:app None"],
    ),
    (
        "nor what a script that nothing runs starts with it",
        {
            "bin/start.sh": "uvicorn api:app\n",
            "api.py": "from tools import Resolver\napp = Resolver()\n",
            "web.py": APP,
        },
        [],
    ),
    (
        "FLASK_APP of a sample, of which people make the file",
        {"Makefile": "dev:\n\tflask run\n", ".env.example": "FLASK_APP=src/app.py\n", "src/app.py": APP},
        ["Makefile:2 flask-run development src/app.py:app True"],
    ),
    (
        "... that names what does not stand there says nothing, nor does one where the file is",
        {
            "Makefile": "dev:\n\tflask run\n",
            ".env.example": "FLASK_APP=src/main.py\n",
            "own/Makefile": "dev:\n\tflask run\n",
            "own/.env": "FLASK_APP=web.py\n",
            "own/.env.example": "FLASK_APP=other.py\n",
            "own/web.py": APP,
            "own/other.py": APP,
            "src/app.py": APP,
        },
        ["Makefile:2 flask-run development  None", "own/Makefile:2 flask-run development web.py:app True"],
    ),
    (
        "the folder of a script, where it is not known to be started in another one",
        {"api/start.sh": "flask run\n", "api/app.py": APP},
        ["api/start.sh:1 flask-run development app:app True"],
    ),
    (
        "... which a Dockerfile decides",
        {
            "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY api /srv/api\nCMD sh api/start.sh\n",
            "api/start.sh": "flask run\n",
            "api/app.py": APP,
        },
        ["Dockerfile:4 > api/start.sh:1 flask-run production  None"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chains(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected
