"""Applications: what counts as one, and how a server imports it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.model.python.apps import find_apps, rank_apps
from flask_prodcheck.model.python.modules import Modules


def modules_of(files: Mapping[str, str]) -> Modules:
    read = {path: read_python(path, text.encode()) for path, text in files.items()}
    return Modules(
        Facts(modules={path: module for path, module in read.items() if module is not None}, paths=frozenset(files))
    )


def refs(files: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(app.ref, app.cwd) for app in find_apps(modules_of(files))]


FLASK = "from flask import Flask\n"
FACTORY = FLASK + "def create_app(config=None):\n    app = Flask(__name__)\n    return app\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FLASK + "app = Flask(__name__)\n", ["app:app"]),
        ("import flask as f\napplication = f.Flask(__name__)\n", ["app:application"]),
        (FLASK + "class Mine(Flask):\n    pass\nweb = Mine('x')\n", ["app:web"]),
        ("from flask_api import FlaskAPI\ndef create_app():\n    return FlaskAPI(__name__)\n", ["app:create_app()"]),
        (
            FLASK + "class Web:\n    def __new__(cls, core):\n        app = Flask(__name__)\n        return app\n",
            ["app:Web()"],
        ),
        (
            FLASK
            + "import os\nname = os.getenv('MAKER')\nif name:\n    maker = __import__(name).Maker\nelse:\n    maker = Flask\n"
            "def create_app():\n    app = maker(__name__)\n    return app\n",
            ["app:create_app()"],
        ),
        (
            "import os\nif os.sep:\n    maker = dict\nelse:\n    maker = list\napp = maker()\n",
            [],
        ),
        (
            FACTORY
            + "from lazy_object_proxy import Proxy\nfrom werkzeug.middleware.dispatcher import DispatcherMiddleware\n"
            "site = Proxy(create_app)\napplication = DispatcherMiddleware(site, {})\n",
            ["app:create_app()", "app:site", "app:application"],
        ),
        (
            (
                "from invenio_base.app import create_app_factory\nmake = create_app_factory('shop')\napp = make()\n"
                "from invenio_base.wsgi import create_wsgi_factory\nother = create_wsgi_factory({})\nweb = other(1)\n"
            ),
            ["app:app"],
        ),
        (
            (
                "from invenio_base.app import create_app_factory\ndef make(**kw):\n"
                "    app = create_app_factory('shop')(**kw)\n    return app\n"
            ),
            ["app:make()"],
        ),
        ("from invenio_app.factory import create_app\nweb = create_app()\n", ["app:web"]),
        ("from invenio_app.wsgi import application\n", ["app:application"]),
        ("from invenio_app.celery import application\n", []),
        ("from flask import current_app as app\n", []),
        ("from apiflask import APIFlask\napp = APIFlask(__name__)\n", ["app:app"]),
        ("from flask_openapi3 import OpenAPI\napp = OpenAPI(__name__)\n", ["app:app"]),
        ("from dash import Dash\napp = Dash(__name__)\n", ["app:app.server"]),
        ("from dash import Dash\nd = Dash(__name__)\nserver = d.server\n", ["app:d.server", "app:server"]),
        ("import connexion\napp = connexion.App(__name__)\n", ["app:app"]),
        ("from maxfw.core import MAXApp\nm = MAXApp('a')\n", ["app:m.app"]),
        ("from maxfw.core import MAXApp\nm = MAXApp('a')\napplication = m.app\n", ["app:m.app", "app:application"]),
        ("from maxfw.core import MAXApp\ndef create_app():\n    return MAXApp('a')\n", ["app:create_app().app"]),
        ("from eve.flaskapp import Eve\nservice = Eve()\n", ["app:service"]),
        (FLASK + "app = Flask('a')\napplication = app\n", ["app:app", "app:application"]),
        (FLASK + "app, other = Flask('a'), 2\n", ["app:app"]),
        (FLASK + "import shared\nshared.app = Flask('a')\napp = shared.app\n", ["app:app"]),
        (FLASK + "import shared\nshared.app = Flask('a')\napp = shared.other\n", []),
        (FLASK + "import shared, other\nshared.app = Flask('a')\napp = other.app\n", []),
        (FLASK + "try:\n    app = Flask('a')\nexcept Exception:\n    app = None\n", ["app:app"]),
        (FLASK + "import os\nif os.sep:\n    app = Flask('a')\nelse:\n    app = Flask('b')\n", ["app:app"]),
        (
            FLASK + "from werkzeug.middleware.proxy_fix import ProxyFix\nwsgi = ProxyFix(Flask('a'))\n",
            ["app:wsgi"],
        ),
        (FLASK + "class Holder:\n    app = Flask('a')\n", []),
        ("from quart import Quart\napp = Quart('a')\n", []),
        ("from fastapi import FastAPI\napp = FastAPI()\n", []),
        (FLASK + "from asgiref.wsgi import WsgiToAsgi\nasgi = WsgiToAsgi(Flask('a'))\n", []),
        (FLASK + "from flask_sqlalchemy import SQLAlchemy\napp = Flask('a')\ndb = SQLAlchemy(app)\n", ["app:app"]),
        (FACTORY, ["app:create_app()"]),
        (FACTORY + "def build():\n    return create_app('prod')\n", ["app:create_app()", "app:build()"]),
        (FLASK + "def pair():\n    app = Flask('a')\n    return app, 1\n", []),
        (FLASK + "def setup(app):\n    return app\n", []),
        (
            FLASK + "app = None\ndef make():\n    global app\n    app = Flask('a')\n    return app\n",
            ["app:make()", "app:app"],
        ),
        (FLASK + "import pytest\n@pytest.fixture\ndef app():\n    return Flask('a')\n", []),
        (FLASK + "async def make():\n    return Flask('a')\n", []),
        ("from flask import current_app\ndef get():\n    return current_app\n", []),
    ],
)
def test_what_counts(text: str, expected: list[str]) -> None:
    assert [ref for ref, _ in refs({"app.py": text})] == expected


USED = "app.register_blueprint(web)\n@app.errorhandler(404)\ndef lost(error):\n    return ''\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what the class is called, and how it is called
        ("from house.flask_base.app import FlaskBase\napp = FlaskBase(__name__, 'site')\n", ["app:app"]),
        (
            "from house import FlaskApp\ndef create_app():\n    return FlaskApp(import_name=__name__)\n",
            ["app:create_app()"],
        ),
        ("from house import FlaskBase\nclass Site(FlaskBase):\n    pass\napp = Site(__name__)\n", ["app:app"]),
        # how what is made is used
        ("import flask\nfrom house import make\napp = make()\n" + USED, ["app:app"]),
        (
            "from house.flask import make\napp = make()\napp.config['DEBUG'] = True\n@app.route('/')\ndef index(): ...\n",
            ["app:app"],
        ),
        ("import flask\nfrom house import make\napp = make()\napp.wsgi_app = print(app.wsgi_app)\n", ["app:app"]),
        (
            (
                "import flask\nfrom house import make\ndef create_app():\n    app = make('site')\n    app.config.from_object('x')\n"
                "    return app\n"
            ),
            ["app:create_app()"],
        ),
        # an application of which nothing is told
        ("from house import make\napp = make()\n" + USED, []),
        ("import flask\nfrom house import make\napp = make()\n", []),
        ("import flask\nfrom house import make\napp = make()\nother.register_blueprint(web)\nother.route('/')\n", []),
        ("import flask\nfrom house import make\napp = make()\napp.config['DEBUG'] = True\n", []),
        (
            "import flask\nfrom house import make\napp = make()\n@app.route('/')\n@app.before_request\ndef index(): ...\n",
            [],
        ),
        # what is known to be something else
        ("import flask\nfrom fastapi import FastAPI\napp = FastAPI()\n" + USED, []),
        (
            "import flask\nfrom quart_trio import QuartTrio\napp = QuartTrio(__name__)\napp.config.from_object('x')\n"
            + USED,
            [],
        ),
        (
            "import flask\nfrom sanic.app import Sanic as Web\napp = Web('x')\napp.config['A'] = 1\n@app.route('/')\ndef a(): ...\n",
            [],
        ),
        ("from flask_smorest import Blueprint\napp = Blueprint('x', __name__)\n" + USED, []),
        ("from flask import Blueprint\napp = Blueprint('x', __name__)\n" + USED, []),
        ("from house import FlaskBlueprint\napp = FlaskBlueprint(__name__)\n" + USED, []),
        ("from flask_smorest import Api\napp = Api()\napp.init_app(x)\n" + USED, []),
        ("from house.flask import Docs\napp = Docs()\napp.init_app(x)\n" + USED, []),
        ("from flask_wtf import FlaskForm\napp = FlaskForm(__name__)\n", []),
        ("from flask.testing import FlaskClient\napp = FlaskClient(__name__)\n", []),
        ("from house import FlaskLogger\napp = FlaskLogger(__name__)\n", []),
        ("from flask_injector import FlaskInjector\nfrom house import web\napp = FlaskInjector(app=web)\n", []),
        ("from flask_redis import FlaskRedis\napp = FlaskRedis()\n", []),
    ],
)
def test_an_application_of_a_class_that_is_not_known(text: str, expected: list[str]) -> None:
    assert [ref for ref, _ in refs({"app.py": text})] == expected


def test_a_closer_look_only_where_nothing_else_is_an_application() -> None:
    made = (
        "import flask\nfrom house import make\nsite = make()\nsite.config['A'] = 1\nsite.add_url_rule('/', 'index')\n"
    )
    plain = {"web/site.py": made, "web/serve.py": "from web.site import site\n"}
    assert [ref for ref, _ in refs(plain)] == ["web.site:site"]


def test_a_factory_without_which_parameters_it_cannot_be_called() -> None:
    text = FLASK + "def create_app(name, *, key, debug=False, **more):\n    return Flask(name)\n"
    assert find_apps(modules_of({"app.py": text}))[0].required == ("name", "key")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"src/pkg/__init__.py": "", "src/pkg/web.py": FLASK + "app = Flask('a')\n"}, ("pkg.web:app", "src")),
        ({"web/site.py": FLASK + "app = Flask('a')\n"}, ("site:app", "web")),
        (
            {"web/site.py": FLASK + "app = Flask('a')\n", "tool.py": "from web.site import app\nprint(app)\n"},
            ("web.site:app", "."),
        ),
        (
            {"web/site.py": FLASK + "import part\napp = Flask('a')\n", "web/part.py": "x = 1\n"},
            ("site:app", "web"),
        ),
        ({"pkg/__init__.py": FLASK + "app = Flask('a')\n"}, ("pkg:app", ".")),
    ],
)
def test_where_it_imports_from(files: dict[str, str], expected: tuple[str, str]) -> None:
    assert refs(files)[0] == expected


def test_an_imported_application_counts_in_an_entry_module_only() -> None:
    files = {
        "pkg/__init__.py": FLASK + "app = Flask('a')\n",
        "wsgi.py": "from pkg import app\n",
        "pkg/views.py": "from pkg import app\n@app.route('/')\ndef index():\n    return ''\n",
    }
    assert [ref for ref, _ in refs(files)] == ["pkg:app", "wsgi:app"]


def test_a_worker_that_borrows_an_application_is_no_entry() -> None:
    files = {
        "app.py": FACTORY,
        "tasks.py": "from app import create_app\napp = create_app()\napp.app_context().push()\n",
    }
    assert [ref for ref, _ in refs(files)] == ["app:create_app()"]


def test_marks() -> None:
    files = {
        "tests/conftest.py": FLASK + "app = Flask('a')\n",
        "examples/one/app.py": FLASK + "app = Flask('a')\n",
        "run.py": FLASK + "if __name__ == '__main__':\n    app = Flask('a')\n    app.run()\n",
    }
    marks = {app.module: (app.library, app.in_main) for app in find_apps(modules_of(files))}
    assert marks == {"tests/conftest.py": (True, False), "examples/one/app.py": (True, False), "run.py": (False, True)}


@pytest.mark.parametrize(
    ("files", "env", "expected"),
    [
        ({"app.py": FACTORY, "wsgi.py": "from app import create_app\nx = create_app()\n"}, None, "wsgi:x"),
        (
            {"wsgi.py": FLASK + "app = Flask('a')\n", "site.py": FLASK + "web = Flask('a')\n"},
            "site.py",
            "site:web",
        ),
        (
            {"zoo.py": FLASK + "app = Flask('a')\nif __name__ == '__main__':\n    app.run()\n", "app.py": FACTORY},
            None,
            "zoo:app",
        ),
        ({"pkg/__init__.py": FACTORY, "scripts/x.py": FLASK + "app = Flask('a')\n"}, None, "pkg:create_app()"),
    ],
)
def test_ranking(files: dict[str, str], env: str | None, expected: str) -> None:
    modules = modules_of(files)
    assert rank_apps(find_apps(modules), modules, env)[0].ref == expected


KEPT = (
    FLASK
    + "class Web:\n    def __init__(self):\n        app = Flask('a')\n        self.app = app\n        self.port = 1\n"
)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"web.py": KEPT}, [("", "Web.app", 4)]),
        ({"web.py": KEPT, "app.py": FLASK + "app = Flask('a')\n"}, [("app:app", "app", 2)]),
        ({"web.py": FLASK + "class Web:\n    def __init__(self, app):\n        self.app = app\n"}, []),
        ({"web.py": "class Web:\n    def __init__(self):\n        self.app = object()\n"}, []),
        ({"web.py": KEPT, "run.py": "from web import Web\nclass Other:\n    def go(self):\n        self.app = Web().app\n"}, [("", "Web.app", 4)]),
    ],
)  # fmt: skip
def test_an_application_that_an_object_keeps(files: dict[str, str], expected: list[tuple[str, str, int]]) -> None:
    found = find_apps(modules_of(files))
    assert [(app.ref, app.name, app.span.line) for app in found] == expected
    assert all(app.kept == (app.ref == "") for app in found)
