"""The one application that a production server should be pointed at, and by which name."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
MAIN = f"{APP}if __name__ == '__main__':\n    app.run()\n"
IMAGE = "FROM python:3\nCOPY . /app\nWORKDIR /app\nCMD python app.py\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        # the file that uWSGI executes is a module of its package
        (
            {
                "serve.sh": "uwsgi --http :80 --wsgi-file shop/wsgi.py\n",
                "shop/__init__.py": "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n",
                "shop/shop.py": "",
                "shop/wsgi.py": "from shop import create_app\napplication = create_app()\n",
            },
            ("shop.wsgi:application", "."),
        ),
        # a factory whose values only a program knows is no target, one around it is
        (
            {
                "Procfile": "web: python cli.py\n",
                "cli.py": "from flask import Flask\ndef make(name):\n    return Flask(name)\n"
                "if __name__ == '__main__':\n    app = make('a')\n    app.run()\n",
                "site_.py": "from cli import make\ndef create_app():\n    app = make('b')\n    return app\n",
            },
            ("site_:create_app()", "."),
        ),
        # a package beside a module of its name hides it
        (
            {
                "app.py": "from app import create_application\napp = create_application()\n"
                "if __name__ == '__main__':\n    app.run()\n",
                "app/__init__.py": "from flask import Flask\ndef create_application():\n    return Flask(__name__)\n",
            },
            ("app:create_application()", "."),
        ),
        # a factory that another one completes
        (
            {
                "shop/__init__.py": "from shop.config import create_app\ndef create_application():\n"
                "    app = create_app()\n    app.register_blueprint(a)\n    return app\n",
                "shop/config.py": "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n",
            },
            ("shop:create_application()", "."),
        ),
        # without a production launch, what the smoke test serves
        (
            {
                "tests/smoke.sh": "python main.py\n",
                "main.py": "from web import server, app\nif __name__ == '__main__':\n    server.start()\n",
                "web.py": f"import waitress\n{APP}class Server:\n    def start(self):\n        waitress.serve(app)\nserver = Server()\n",
            },
            ("web:app", "."),
        ),
        # what a program hands to a production server is not seen: that of a development server is another one
        (
            {
                "web.service": "[Service]\nExecStart=/usr/bin/python /srv/site/main.py\n",
                "set.service": "[Service]\nExecStart=/usr/bin/python /srv/site/extra/wizard.py\n",
                "main.py": "import waitress\nfrom shop import create_app\ndef both():\n    a = open('x').read()\n"
                "    return create_app(a), a\n"
                "def main():\n    app, a = both()\n    waitress.serve(app)\nif __name__ == '__main__':\n    main()\n",
                "shop.py": "from flask import Flask\ndef create_app(a):\n    app = Flask(a)\n    return app\n",
                "extra/wizard.py": "from flask import Flask\ndef _create_app():\n    return Flask(__name__)\n"
                "if __name__ == '__main__':\n    _create_app().run()\n",
            },
            ("shop:create_app()", "."),
        ),
        # of several servers that one start runs, the one behind which most of the project is
        (
            {
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD supervisord -c all.conf\n",
                "all.conf": "[program:a]\ncommand=gunicorn files:app\n[program:b]\ncommand=gunicorn web:app\n",
                "base.py": APP,
                "more.py": "",
                "pages.py": "import more\n",
                "files.py": "from base import app\nimport more, other\n",
                "other.py": "",
                "web.py": "from base import app\nimport pages, other\n",
            },
            ("web:app", "."),
        ),
        # Passenger names the file itself
        (
            {"passenger_wsgi.py": "from web import app as application\n", "web.py": APP},
            ("passenger_wsgi:application", "."),
        ),
        # a script of mod_wsgi is nothing that a server could import: the module that it reads is
        (
            {
                "site.wsgi": "from shop import app as application\n",
                "run.py": "from shop import app\nif __name__ == '__main__':\n    app.run()\n",
                "shop/__init__.py": APP,
            },
            ("shop:app", "."),
        ),
        # of several factories, the one whose module the program reads that production starts
        (
            {
                "uwsgi.ini": "[uwsgi]\nwsgi-file = public.wsgi\n",
                "public.wsgi": "from shop.public import create_app\napplication = create_app().app\n",
                "shop/__init__.py": "",
                "shop/admin.py": "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n",
                "shop/public.py": "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n",
            },
            ("shop.public:create_app()", "."),
        ),
        # what is launched and exists, though it is not seen how an application gets into it
        (
            {
                "uwsgi.ini": "[uwsgi]\nmodule = shop.api:application\n",
                "shop/__init__.py": "",
                "shop/api.py": "import threading\nfrom shop.setup import start\napplication = None\n"
                "with threading.Lock():\n    if application is None:\n        application = start()\n",
                "shop/setup.py": "from shop.web import make\nfrom elsewhere import wrap\ndef start():\n"
                "    _, app = wrap(lambda: make())\n    return app\n",
                "shop/web.py": "from flask import Flask\ndef make():\n    return Flask(__name__)\n",
            },
            ("shop.api:application", "."),
        ),
        # ... but nothing that has nothing to do with the application
        (
            {
                "uwsgi.ini": "[uwsgi]\nmodule = other:application\n",
                "other.py": "def make():\n    return elsewhere()\napplication = make()\n",
                "web.py": "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n",
            },
            ("web:create_app()", "."),
        ),
        # a distribution of the repository is its own, although another one here asks for it
        (
            {
                "api/Dockerfile": "FROM python:3\nWORKDIR /code\nCOPY . /code\nCMD gunicorn wsgi:app\n",
                "api/pyproject.toml": "[project]\nname = 'Shop.Api'\n",
                "api/__init__.py": "",
                "api/shop_api/__init__.py": "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n",
                "api/wsgi.py": "from shop_api import create_app\napp = create_app()\n",
                "jobs/pyproject.toml": "[project]\nname = 'jobs'\ndependencies = ['shop-api']\n",
            },
            ("wsgi:app", "api"),
        ),
        # a program of a package is imported from where the package is
        (
            {
                "Procfile": "web: shop serve\n",
                "pyproject.toml": "[project]\nname = 'shop'\n[project.scripts]\nshop = 'shop.cli:main'\n",
                "shop/__init__.py": "",
                "shop/cli.py": "from shop.web import app\ndef main():\n    app.run()\n",
                "shop/web.py": APP,
            },
            ("shop.web:app", "."),
        ),
        (
            {
                "Procfile": "web: python -m shop.cli\n",
                "shop/__init__.py": "",
                "shop/cli.py": "from shop.web import app\nif __name__ == '__main__':\n    app.run()\n",
                "shop/web.py": APP,
            },
            ("shop.web:app", "."),
        ),
        (
            {
                "Procfile": "web: python shop/cli.py\n",
                "shop/__init__.py": "",
                "shop/cli.py": "from web import app\nif __name__ == '__main__':\n    app.run()\n",
                "shop/web.py": APP,
            },
            ("web:app", "shop"),
        ),
        # an ASGI adapter is nothing for a WSGI server, the application in it is
        (
            {
                "Procfile": "web: uvicorn entry:site\n",
                "entry.py": f"from asgiref.wsgi import WsgiToAsgi\n{APP}site = WsgiToAsgi(app)\n",
            },
            ("entry:app", "."),
        ),
        # a file that the server executes is the target, also where it only imports the application
        (
            {
                "uwsgi.ini": "[uwsgi]\nwsgi-file = wsgi.py\n",
                "wsgi.py": "from shop import app as application\n",
                "shop/__init__.py": APP,
            },
            ("wsgi:application", "."),
        ),
        # of several applications, the one behind which there is most of the project, imports in functions included
        (
            {
                "jobs.service": "[Service]\nExecStart=gunicorn jobs:app\n",
                "site.service": "[Service]\nExecStart=gunicorn site:app\n",
                "jobs.py": APP,
                "site.py": "from flask import Flask\ndef create_app():\n    from shop import pages\n    return Flask(__name__)\n"
                "app = create_app()\n",
                "shop/__init__.py": "",
                "shop/pages.py": "from . import models\n",
                "shop/models.py": "",
            },
            ("site:app", "."),
        ),
        # ... where the difference is clear
        (
            {
                "jobs.service": "[Service]\nExecStart=gunicorn jobs:app\n",
                "site.service": "[Service]\nExecStart=gunicorn site:app\n",
                "jobs.py": f"from shop import a, b, c, d\n{APP}",
                "site.py": f"from shop import a, b, c, d, e\n{APP}",
                "shop/__init__.py": "",
                **{f"shop/{name}.py": "" for name in "abcde"},
            },
            ("jobs:app", "."),
        ),
        # a program with a server of its own is none: what it serves is
        (
            {
                "Procfile": "web: python serve.py\n",
                "serve.py": "from waitress import serve\nfrom shop import app\nserve(app)\n",
                "shop/__init__.py": APP,
            },
            ("shop:app", "."),
        ),
        # a package cannot be imported from inside itself
        (
            {
                "Procfile": "web: python -m shop\n",
                "shop/__init__.py": APP,
                "shop/__main__.py": "from .web import main\nmain()\n",
                "shop/web.py": "from waitress import serve\nfrom shop import app\ndef main():\n    serve(app)\n",
            },
            ("shop:app", "."),
        ),
        # a dispatcher with the application below a path only
        (
            {
                "Procfile": "web: gunicorn wsgi:application\n",
                "wsgi.py": "from werkzeug.middleware.dispatcher import DispatcherMiddleware\n"
                "from werkzeug.exceptions import NotFound\nfrom shop import app\n"
                "application = DispatcherMiddleware(NotFound(), {'/shop': app})\n",
                "shop/__init__.py": APP,
            },
            ("wsgi:application", "."),
        ),
        # a WSGI function that hands each request on
        (
            {
                "Procfile": "web: gunicorn wsgi:application\n",
                "wsgi.py": "from shop import app\ndef application(environ, start_response):\n"
                "    return app(environ, start_response)\n",
                "shop/__init__.py": APP,
            },
            ("wsgi:application", "."),
        ),
        # something that is not followed and is given the application
        (
            {
                "Procfile": "web: gunicorn wsgi:application\n",
                "wsgi.py": "from outside import Tracer\nfrom shop import app\napplication = Tracer(app, level=1)\n",
                "shop/__init__.py": APP,
            },
            ("wsgi:application", "."),
        ),
        (
            {
                "Procfile": "web: gunicorn wsgi:application\n",
                "wsgi.py": "from shop import app\ndef traced(inner):\n    def call(environ, start_response):\n"
                "        return inner(environ, start_response)\n    return call\napplication = traced(app)\n",
                "shop/__init__.py": APP,
            },
            ("wsgi:application", "."),
        ),
        # ... but an extension of Flask is no wrapper
        (
            {
                "Procfile": "web: gunicorn wsgi:api\n",
                "wsgi.py": "from flask_restful import Api\nfrom shop import app\napi = Api(app)\n",
                "shop/__init__.py": APP,
            },
            ("wsgi:app", "."),
        ),
        # the target's module has an application, under another name than the broken target says
        (
            {
                "Procfile": "web: gunicorn manage: app\n",
                "manage.py": "from shop import create_app\napp = create_app('x')\n",
                "shop/__init__.py": "from flask import Flask\ndef create_app(name):\n    return Flask(__name__)\n",
            },
            ("manage:app", "."),
        ),
        # ... or the target is a path
        (
            {"Procfile": "web: gunicorn tools/serve.py:app\n", "tools/serve.py": APP, "wsgi.py": APP},
            ("serve:app", "tools"),
        ),
        # ... but a factory alone is no better than what the project has elsewhere
        (
            {
                "Procfile": "web: gunicorn shop:app\n",
                "wsgi.py": "from shop import create_app\napp = create_app()\n",
                "shop/__init__.py": "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n",
            },
            ("wsgi:app", "."),
        ),
        # of several images, the outermost
        (
            {
                "web/A/Dockerfile": IMAGE,
                "web/A/app.py": MAIN,
                "web/Dockerfile": IMAGE,
                "web/app.py": MAIN,
                "a/b/Dockerfile": IMAGE,
                "a/b/app.py": MAIN,
            },
            ("app:app", "web"),
        ),
        # of several services that one script starts, the outermost
        (
            {
                "ops/start.sh": 'if [ "$1" = jobs ]; then\n  cd jobs\n  gunicorn worker:app\n  exit 0\nfi\ngunicorn shop:app\n',
                "jobs/worker.py": APP,
                "shop.py": APP,
            },
            ("shop:app", "."),
        ),
        # below a package that is called like the framework nothing imports by its whole name
        (
            {
                "web/flask/Dockerfile": "FROM python:3\nCOPY . /app\nWORKDIR /app\nENV FLASK_APP=run.py\nCMD flask run\n",
                "web/flask/__init__.py": "",
                "web/flask/run.py": "from .app import create_app\napp = create_app()\n",
                "web/flask/app/__init__.py": "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n",
            },
            ("app:create_app()", "web/flask"),
        ),
        # what the project's own environment file names imports the views as well
        (
            {
                ".flaskenv": "FLASK_APP=shop.py\n",
                "shop.py": "from web import app\nimport models\n",
                "models.py": "",
                "web/__init__.py": "from flask import Flask\napp = Flask(__name__)\n",
            },
            ("shop:app", "."),
        ),
        # ... in the folder of that file
        (
            {
                "back/.flaskenv": "FLASK_APP=shop.py\n",
                "back/shop.py": "from web import app\nimport models\n",
                "back/models.py": "",
                "back/web.py": "from flask import Flask\napp = Flask(__name__)\n",
                "shop.py": "from back.web import app\n",
            },
            ("shop:app", "back"),
        ),
        # the module that a program imports it from imports the views as well
        (
            {
                "Dockerfile": "FROM python:3\nCOPY . /app\nWORKDIR /app\nCMD python run.py\n",
                "run.py": "from web.server import app\napp.run()\n",
                "web/__init__.py": "",
                "web/base.py": "from flask import Flask\napp = Flask(__name__)\n",
                "web/server.py": "from web import views\nfrom web.base import app\n",
                "web/views.py": "",
            },
            ("web.server:app", "."),
        ),
        # a package around its module is imported with it anyway
        (
            {
                "Dockerfile": "FROM python:3\nCOPY . /app\nWORKDIR /app\nCMD python run.py\n",
                "run.py": "from web import app\napp.run()\n",
                "web/__init__.py": "from web.base import app\n",
                "web/base.py": "from flask import Flask\napp = Flask(__name__)\n",
            },
            ("web.base:app", "."),
        ),
        # a console script is not searched from the folder of its module
        (
            {
                "Dockerfile": "FROM python:3\nCOPY . /app\nWORKDIR /app\nRUN pip install .\nCMD shop\n",
                "setup.py": "from setuptools import setup\nsetup(entry_points={'console_scripts': ['shop = shop.cli:main']})\n",
                "shop/__init__.py": "",
                "shop/web.py": "from flask import Flask\napp = Flask(__name__)\n",
                "shop/cli.py": "from shop.web import app\ndef main():\n    app.run()\n",
            },
            ("shop.web:app", "."),
        ),
        # made with a library that a folder beside it distributes
        (
            {
                "web/Dockerfile": "FROM python:3\nWORKDIR /src\nCOPY web/entry.py .\nCMD gunicorn entry:app\n",
                "web/entry.py": "from shopbase.core import make\napp = make('web')\n",
                "lib/setup.py": "from setuptools import setup\nsetup(name='shopbase', install_requires=['flask'])\n",
                "lib/shopbase/__init__.py": "",
                "lib/shopbase/core.py": "from flask import Flask\ndef make(name):\n    app = Flask(name)\n    return app\n",
            },
            ("entry:app", "web"),
        ),
    ],
)
def test_the_best_app(files: dict[str, str], expected: tuple[str, str]) -> None:
    best = link(parse(memory_tree(files)), name="site").best_app
    assert best is not None
    assert (best.ref, best.cwd) == expected


def test_an_adapter_has_the_application_behind_it() -> None:
    files = {
        "Procfile": "web: uvicorn entry:site\n",
        "entry.py": f"from asgiref.wsgi import WsgiToAsgi\n{APP}site = WsgiToAsgi(app)\n",
    }
    [launch] = link(parse(memory_tree(files)), name="site").launches
    assert launch.app is not None
    assert (launch.target_kind, launch.app.ref) == ("asgi", "entry:app")


def test_what_is_not_followed_is_no_wsgi_application_for_certain() -> None:
    files = {
        "Procfile": "web: uvicorn wsgi:application\n",
        "wsgi.py": f"from outside import Adapter\n{APP}application = Adapter(app)\n",
    }
    [launch] = link(parse(memory_tree(files)), name="site").launches
    assert launch.app is not None
    assert (launch.target_kind, launch.app.ref) == ("unknown", "wsgi:application")
