"""The static configuration agrees with what real Flask ends with, or says that it does not know."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from flask_prodcheck.base import Known, Span, Unknown
from flask_prodcheck.facts.env import read_env
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.facts.syntax import Call, ExprStmt, PyModule
from flask_prodcheck.model.configuration.config import effective_configuration
from flask_prodcheck.model.evaluation.applications.defaults import DEFAULTS
from flask_prodcheck.model.project import App, Configuration
from flask_prodcheck.model.python.modules import Modules


@dataclass(frozen=True)
class Idiom:
    """One project. ``target``: the module a server imports; ``call``: the attribute is a factory, called with ``args``
    (source text); ``keys``: the keys to compare; ``defaults``: whether start-up needs no variable."""

    name: str
    files: Mapping[str, str]
    keys: tuple[str, ...] = ("DEBUG", "SECRET_KEY")
    env: Mapping[str, str] = field(default_factory=dict)
    target: str = "app"
    attribute: str = "app"
    args: str = ""


def _one(name: str, body: str, keys: str = "DEBUG SECRET_KEY", **env: str) -> Idiom:
    return Idiom(name, {"app.py": f"import os\nfrom flask import Flask\n{body}"}, tuple(keys.split()), env)


def _with(name: str, config: str, body: str, keys: str = "DEBUG SECRET_KEY", **env: str) -> Idiom:
    files = {"app.py": f"import os\nfrom flask import Flask\n{body}", "config.py": f"import os\n{config}"}
    return Idiom(name, files, tuple(keys.split()), env)


def _factory(
    name: str, body: str, args: str = "", keys: str = "DEBUG SECRET_KEY", config: str = "", **env: str
) -> Idiom:
    files = {"app.py": f"import os\nfrom flask import Flask\n{body}"}
    if config:
        files["config.py"] = f"import os\n{config}"
    return Idiom(name, files, tuple(keys.split()), env, attribute="create_app", args=args)


_CLASSES = """
class Config:
    SECRET_KEY = os.environ.get("SECRET_KEY") or "hard to guess"
    DEBUG = False
    TESTING = False
    @staticmethod
    def init_app(app):
        pass
class DevelopmentConfig(Config):
    DEBUG = True
class TestingConfig(Config):
    TESTING = True
class ProductionConfig(Config):
    SESSION_COOKIE_SECURE = True
    @classmethod
    def init_app(cls, app):
        Config.init_app(app)
        app.config["READY"] = True
config = {"development": DevelopmentConfig, "testing": TestingConfig, "production": ProductionConfig,
          "default": DevelopmentConfig}
"""
_SELECT = """
from config import config
def create_app(config_name=None):
    app = Flask(__name__)
    name = config_name or os.getenv("APP_CONFIG") or "default"
    app.config.from_object(config[name])
    config[name].init_app(app)
    return app
"""
_K4 = "DEBUG SECRET_KEY TESTING SESSION_COOKIE_SECURE"

# fmt: off
IDIOMS: tuple[Idiom, ...] = (
    _one("bare", "app = Flask(__name__)\n"),
    _one("literal key", "app = Flask(__name__)\napp.config['SECRET_KEY'] = 'abc'\n"),
    _one("attribute key", "app = Flask(__name__)\napp.secret_key = b'abc'.decode()\n"),
    _one("attributes", "app = Flask(__name__)\napp.debug = True\napp.testing = True\n", "DEBUG TESTING"),
    _one("lifetime", "from datetime import timedelta\napp = Flask(__name__)\napp.permanent_session_lifetime = timedelta(days=5).total_seconds() * 2\n", "DEBUG"),
    _one("update keywords", "app = Flask(__name__)\napp.config.update(DEBUG=True, SECRET_KEY='x' * 3)\n"),
    _one("update dict", "app = Flask(__name__)\napp.config.update({'DEBUG': 1 == 1, 'SECRET_KEY': '-'.join(['a', 'b'])})\n"),
    _one("from_mapping", "app = Flask(__name__)\napp.config.from_mapping(SECRET_KEY='dev', lower='no', DATABASE='x')\n", "SECRET_KEY DATABASE lower"),
    _one("from_mapping pairs", "app = Flask(__name__)\napp.config.from_mapping([('SECRET_KEY', 'p')], DEBUG=True)\n"),
    _one("setdefault new", "app = Flask(__name__)\napp.config.setdefault('CACHE_TYPE', 'simple')\n", "CACHE_TYPE"),
    _one("setdefault existing", "app = Flask(__name__)\napp.config.setdefault('SESSION_COOKIE_SECURE', True)\n", "SESSION_COOKIE_SECURE"),
    _one("union", "app = Flask(__name__)\napp.config |= {'SECRET_KEY': 'u'}\n"),
    _one("env get default", "app = Flask(__name__)\napp.config['SECRET_KEY'] = os.environ.get('SECRET_KEY', 'dev')\n"),
    _one("env get set", "app = Flask(__name__)\napp.config['SECRET_KEY'] = os.environ.get('SECRET_KEY', 'dev')\n", SECRET_KEY="real"),
    _one("getenv none", "app = Flask(__name__)\napp.config['SECRET_KEY'] = os.getenv('SECRET_KEY')\n"),
    _one("env subscript", "app = Flask(__name__)\napp.secret_key = os.environ['KEY']\n", KEY="k"),
    _one("two-step default", "app = Flask(__name__)\napp.secret_key = os.getenv('A', os.getenv('B', 'c'))\n", B="b"),
    _one("or default empty", "app = Flask(__name__)\napp.secret_key = os.getenv('A') or 'fallback'\n", A=""),
    _one("string truth", "app = Flask(__name__)\napp.debug = bool(os.getenv('DEBUG', 'False'))\n", "DEBUG"),
    _one("string zero", "app = Flask(__name__)\napp.config['DEBUG'] = os.getenv('DEBUG', '0')\n", "DEBUG"),
    _one("int of env", "app = Flask(__name__)\napp.config['DEBUG'] = bool(int(os.getenv('DEBUG', '0')))\n", "DEBUG"),
    _one("lower compare", "app = Flask(__name__)\napp.config['DEBUG'] = os.getenv('DEBUG', 'true').lower() == 'true'\n", "DEBUG", DEBUG="TRUE"),
    _one("lower in tuple", "app = Flask(__name__)\napp.config['DEBUG'] = os.getenv('DEBUG', '').lower() in ('1', 'true', 'yes')\n", "DEBUG", DEBUG="Yes"),
    _one("lower in set", "app = Flask(__name__)\napp.config['DEBUG'] = os.getenv('DEBUG', 'f').strip() not in {'0', 'f'}\n", "DEBUG"),
    _one("ternary", "app = Flask(__name__)\napp.config['DEBUG'] = True if os.getenv('ENV') == 'dev' else False\n", "DEBUG", ENV="dev"),
    _one("membership of environ", "app = Flask(__name__)\napp.config['DEBUG'] = 'DYNO' not in os.environ\n", "DEBUG"),
    _one("json.loads", "import json\napp = Flask(__name__)\napp.config['DEBUG'] = json.loads(os.getenv('DEBUG', 'false'))\n", "DEBUG", DEBUG="true"),
    _one("literal_eval", "import ast\napp = Flask(__name__)\napp.config['OPTS'] = ast.literal_eval(os.getenv('OPTS', \"{'a': [1, 2]}\"))\n", "OPTS"),
    _one("f-string", "app = Flask(__name__)\nuser = os.getenv('U', 'me')\napp.config['SQLALCHEMY_DATABASE_URI'] = f'postgresql://{user}:pw@db/{1 + 1}'\n", "SQLALCHEMY_DATABASE_URI"),
    _one("percent format", "app = Flask(__name__)\napp.config['SQLALCHEMY_DATABASE_URI'] = 'mysql://%s:%s@h' % (os.getenv('U', 'a'), 'b')\n", "SQLALCHEMY_DATABASE_URI"),
    _one("str.format", "app = Flask(__name__)\napp.config['SQLALCHEMY_DATABASE_URI'] = 'mysql://{}:{p}@h'.format(os.getenv('U', 'a'), p=1)\n", "SQLALCHEMY_DATABASE_URI"),
    _one("replace scheme", "app = Flask(__name__)\napp.config['SQLALCHEMY_DATABASE_URI'] = os.environ['DATABASE_URL'].replace('postgres://', 'postgresql://', 1)\n", "SQLALCHEMY_DATABASE_URI", DATABASE_URL="postgres://u:p@h/d"),
    _one("own function", "def flag(name, default='no'):\n    value = os.getenv(name, default)\n    if value.lower() in ('yes', 'true'):\n        return True\n    return False\napp = Flask(__name__)\napp.config['DEBUG'] = flag('DEBUG', 'yes')\n", "DEBUG"),
    _one("own function keyword", "def env(name, default=None, cast=str):\n    return cast(os.getenv(name, default))\napp = Flask(__name__)\napp.config['MAX_CONTENT_LENGTH'] = env('LIMIT', default='16', cast=int) * 1024 * 1024\n", "MAX_CONTENT_LENGTH"),
    _one("lambda", "flag = lambda name: os.getenv(name) == '1'\napp = Flask(__name__)\napp.config['DEBUG'] = flag('DEBUG')\n", "DEBUG", DEBUG="1"),
    _one("overridden later", "app = Flask(__name__)\napp.config['DEBUG'] = True\napp.config.update(DEBUG=False)\n", "DEBUG"),
    _one("known branch", "app = Flask(__name__)\nif os.getenv('FLASK_ENV') == 'production':\n    app.config['SECRET_KEY'] = os.environ['SECRET_KEY']\nelse:\n    app.config['SECRET_KEY'] = 'dev'\n    app.config['DEBUG'] = True\n"),
    _one("known branch set", "app = Flask(__name__)\nif os.getenv('MODE') == 'production':\n    app.config['SECRET_KEY'] = os.environ['SECRET_KEY']\nelif os.getenv('MODE') == 'x':\n    app.config['SECRET_KEY'] = 'dev'\n", MODE="production", SECRET_KEY="s"),
    _one("undecided branch", "import time\napp = Flask(__name__)\nif time.time() > 5:\n    app.config['DEBUG'] = False\n    app.secret_key = 'one'\nelse:\n    app.config['DEBUG'] = False\n    app.secret_key = 'two'\n"),
    _one("loop over literals", "app = Flask(__name__)\nfor name in ('A', 'B'):\n    app.config[f'{name}_ID'] = os.getenv(name, name.lower())\n", "A_ID B_ID", B="bee"),
    _one("loop over dict", "defaults = {'DEBUG': True, 'SECRET_KEY': 'd'}\napp = Flask(__name__)\nfor key, value in defaults.items():\n    app.config[key] = os.environ.get(key, value)\n"),
    _one("try KeyError", "app = Flask(__name__)\ntry:\n    app.secret_key = os.environ['SECRET_KEY']\nexcept KeyError:\n    app.secret_key = 'default'\n"),
    _one("try ValueError", "app = Flask(__name__)\ntry:\n    app.config['LIMIT'] = int(os.getenv('LIMIT', 'x'))\nexcept (TypeError, ValueError):\n    app.config['LIMIT'] = 3\nfinally:\n    app.config['DONE'] = True\n", "LIMIT DONE"),
    _one("guard passes", "app = Flask(__name__)\napp.config['SECRET_KEY'] = os.getenv('SECRET_KEY')\nif not app.config['SECRET_KEY']:\n    raise RuntimeError('no key')\n", SECRET_KEY="abc"),
    _one("main only", "app = Flask(__name__)\nif __name__ == '__main__':\n    app.config['DEBUG'] = True\n    app.run(debug=True)\n", "DEBUG"),
    _one("function not called", "app = Flask(__name__)\ndef debug():\n    app.config['DEBUG'] = True\n", "DEBUG"),
    _one("FLASK_DEBUG on", "app = Flask(__name__)\n", "DEBUG", FLASK_DEBUG="off"),
    _one("FLASK_DEBUG false", "app = Flask(__name__)\n", "DEBUG", FLASK_DEBUG="False"),
    _one("FLASK_ENV ignored", "app = Flask(__name__)\n", "DEBUG", FLASK_ENV="development"),
    _one("read back", "app = Flask(__name__)\napp.config['DEBUG'] = app.config.get('X', 1) == 1 and not app.config['TESTING']\napp.config['Y'] = app.debug\n", "DEBUG Y"),
    _one("match", "app = Flask(__name__)\nmatch os.getenv('MODE', 'dev'):\n    case 'prod' | 'production':\n        app.debug = False\n    case 'dev':\n        app.debug = True\n    case _:\n        app.debug = None\n", "DEBUG"),
    _one("urandom", "app = Flask(__name__)\napp.secret_key = os.urandom(24)\n", "SECRET_KEY"),
    _one("random default", "import secrets\napp = Flask(__name__)\napp.secret_key = os.getenv('SECRET_KEY', secrets.token_hex(16))\n", "SECRET_KEY"),
    _one("random default unused", "import secrets\napp = Flask(__name__)\napp.secret_key = os.getenv('SECRET_KEY') or secrets.token_hex(16)\n", "SECRET_KEY", SECRET_KEY="k"),
    _one("chained assignment", "app = application = Flask(__name__)\napp.config['SECRET_KEY'] = app.config['CSRF_KEY'] = 'both'\n", "SECRET_KEY CSRF_KEY"),
    _one("tuple unpacking", "app = Flask(__name__)\napp.debug, app.secret_key = True, 'u'\n"),
    _one("nested alias", "app = Flask(__name__)\nconf = app.config\nconf['SECRET_KEY'] = 'alias'\nconf.setdefault('OWN', []).append(1)\n", "SECRET_KEY OWN"),
    _one("from_prefixed_env", "app = Flask(__name__)\napp.config.from_prefixed_env()\n", "DEBUG SECRET_KEY LIMIT", FLASK_SECRET_KEY="s3", FLASK_LIMIT="5", FLASK_DEBUG="false"),
    _one("from_prefixed_env own", "app = Flask(__name__)\napp.config['N'] = 1\napp.config.from_prefixed_env('APP')\n", "N L", APP_N="2", APP_L="[1, \"x\"]"),
    _one("environ setdefault", "os.environ.setdefault('MODE', 'dev')\napp = Flask(__name__)\napp.debug = os.environ['MODE'] == 'dev'\n", "DEBUG"),
    _one("environ write", "os.environ['FLASK_DEBUG'] = '1'\napp = Flask(__name__)\n", "DEBUG"),
    _one("subclass", "class Site(Flask):\n    def __init__(self, *args, **kwargs):\n        super().__init__(*args, **kwargs)\n        self.config['SECRET_KEY'] = 'sub'\n        self.prepare()\n    def prepare(self):\n        self.debug = True\napp = Site(__name__)\n"),
    _one("getattr", "class C:\n    DEBUG = True\napp = Flask(__name__)\napp.debug = getattr(C, 'DEBUG', False)\napp.config['Z'] = getattr(C, 'NONE', 'z')\n", "DEBUG Z"),
    _one("hasattr and isinstance", "class C:\n    KEY = 'k'\napp = Flask(__name__)\nif hasattr(C, 'KEY') and isinstance(C.KEY, str):\n    app.secret_key = C.KEY\n", "SECRET_KEY"),
    _one("with context", "app = Flask(__name__)\nwith app.app_context():\n    app.config['SECRET_KEY'] = 'inside'\n", "SECRET_KEY"),
    _one("encode and slice", "app = Flask(__name__)\napp.config['PREFIX'] = os.getenv('P', 'a/b/c').rstrip('/').split('/')[-1].upper()\n", "PREFIX"),
    _one("dict of settings", "SETTINGS = dict(SECRET_KEY='d', DEBUG=not False)\napp = Flask(__name__)\napp.config.update(**SETTINGS)\n"),
    _one("dict merge", "BASE = {'DEBUG': True, 'SECRET_KEY': 'a'}\nPROD = {**BASE, 'DEBUG': False}\napp = Flask(__name__)\napp.config.update(PROD)\n"),
    _with("module object", "SECRET_KEY = 'm'\nDEBUG = os.getenv('D', '1') == '1'\nlower = 2\n", "app = Flask(__name__)\napp.config.from_object('config')\n"),
    _with("imported module", "SECRET_KEY = 'm'\nDEBUG = True\n", "import config\napp = Flask(__name__)\napp.config.from_object(config)\n"),
    _with("class by string", _CLASSES, "app = Flask(__name__)\napp.config.from_object('config.ProductionConfig')\n", _K4),
    _with("class by f-string", _CLASSES, "app = Flask(__name__)\napp.config.from_object(f\"config.{os.getenv('MODE', 'Development')}Config\")\n", _K4),
    _with("class by env string", _CLASSES, "app = Flask(__name__)\napp.config.from_object(os.getenv('APP_SETTINGS', 'config.DevelopmentConfig'))\n", _K4, APP_SETTINGS="config.ProductionConfig"),
    _with("class imported", _CLASSES, "from config import ProductionConfig as P\napp = Flask(__name__)\napp.config.from_object(P)\n", _K4),
    _with("instance", _CLASSES, "from config import DevelopmentConfig\napp = Flask(__name__)\napp.config.from_object(DevelopmentConfig())\n", _K4, SECRET_KEY="e"),
    _with("instance attributes", "class Config:\n    DEBUG = True\n    def __init__(self, name='n'):\n        self.SECRET_KEY = name + 'x'\n        self.DEBUG = False\n", "from config import Config\napp = Flask(__name__)\napp.config.from_object(Config('a'))\n"),
    _with("property", "class Config:\n    HOST = 'h'\n    @property\n    def SQLALCHEMY_DATABASE_URI(self):\n        return f'pg://{self.HOST}/d'\nclass Prod(Config):\n    HOST = 'prod'\n", "from config import Prod\napp = Flask(__name__)\napp.config.from_object(Prod())\n", "HOST SQLALCHEMY_DATABASE_URI"),
    _with("annotated attributes", "class Config:\n    DEBUG: bool = False\n    SECRET_KEY: str = 'ann'\n    NOTHING: int\n", "from config import Config\napp = Flask(__name__)\napp.config.from_object(Config)\n", "DEBUG SECRET_KEY NOTHING"),
    _with("several bases", "class A:\n    DEBUG = True\n    X = 1\nclass B(A):\n    X = 2\nclass C(A):\n    X = 3\n    SECRET_KEY = 'c'\nclass D(B, C):\n    pass\n", "from config import D\napp = Flask(__name__)\napp.config.from_object(D)\n", "DEBUG SECRET_KEY X"),
    _with("class body logic", "class Config:\n    MODE = os.getenv('MODE', 'prod')\n    if MODE == 'prod':\n        DEBUG = False\n    else:\n        DEBUG = True\n    SECRET_KEY = 'k-' + MODE\n", "app = Flask(__name__)\napp.config.from_object('config.Config')\n"),
    _with("get_config function", _CLASSES + "def get_config(name):\n    if name == 'production':\n        return ProductionConfig\n    return config.get(name, Config)\n", "from config import get_config\napp = Flask(__name__)\napp.config.from_object(get_config(os.getenv('MODE', 'testing')))\n", _K4),
    _with("globals of module", "SECRET_KEY = 'g'\n", "from config import *\napp = Flask(__name__)\napp.config['SECRET_KEY'] = SECRET_KEY\n"),
    _with("missing local settings", "SECRET_KEY = 'base'\ntry:\n    from local_settings import *\nexcept ImportError:\n    pass\n", "app = Flask(__name__)\napp.config.from_object('config')\n"),
    _with("from_pyfile", "SECRET_KEY = 'py'\nDEBUG = True\nlower = 1\n", "app = Flask(__name__)\napp.config.from_pyfile('config.py')\n"),
    _with("from_pyfile joined", "SECRET_KEY = 'py'\n", "here = os.path.abspath(os.path.dirname(__file__))\napp = Flask(__name__)\napp.config.from_pyfile(os.path.join(here, 'config.py'))\n"),
    _with("from_pyfile pathlib", "SECRET_KEY = 'py'\n", "from pathlib import Path\napp = Flask(__name__)\napp.config.from_pyfile(Path(__file__).resolve().parent / 'config.py')\n"),
    _with("from_envvar", "SECRET_KEY = 'py'\n", "app = Flask(__name__)\napp.config.from_envvar('APP_SETTINGS')\n", APP_SETTINGS="config.py"),
    _one("from_pyfile silent missing", "app = Flask(__name__, instance_relative_config=True)\napp.config.from_mapping(SECRET_KEY='dev')\napp.config.from_pyfile('config.py', silent=True)\n", "SECRET_KEY"),
    _one("from_envvar silent", "app = Flask(__name__)\napp.config['SECRET_KEY'] = 'd'\napp.config.from_envvar('SETTINGS', silent=True)\n", "SECRET_KEY"),
    Idiom("from_file json", {"app.py": "import json\nfrom flask import Flask\napp = Flask(__name__)\napp.config.from_file('config.json', load=json.load)\n", "config.json": '{"SECRET_KEY": "j", "DEBUG": true, "low": 1}'}, ("SECRET_KEY", "DEBUG", "low")),
    Idiom("from_pyfile cfg", {"app.py": "from flask import Flask\napp = Flask(__name__)\napp.config.from_pyfile('settings.cfg')\n", "settings.cfg": "SECRET_KEY = 'cfg'\nDEBUG = False\n"}),
    Idiom("instance folder", {"app/__init__.py": "from flask import Flask\napp = Flask(__name__, instance_relative_config=True)\napp.config.from_pyfile('conf.py')\n", "instance/conf.py": "SECRET_KEY = 'inst'\n"}),
    _factory("factory", "def create_app():\n    app = Flask(__name__)\n    app.config['SECRET_KEY'] = 'f'\n    return app\n"),
    _factory("factory argument", _SELECT, "'production'", _K4 + " READY", _CLASSES),
    _factory("factory default", _SELECT, "", _K4, _CLASSES),
    _factory("factory from env", _SELECT, "", _K4 + " READY", _CLASSES, APP_CONFIG="production"),
    _factory("test_config", "def create_app(test_config=None):\n    app = Flask(__name__, instance_relative_config=True)\n    app.config.from_mapping(SECRET_KEY='dev')\n    if test_config is None:\n        app.config.from_pyfile('config.py', silent=True)\n    else:\n        app.config.from_mapping(test_config)\n    return app\n"),
    _factory("test_config given", "def create_app(test_config=None):\n    app = Flask(__name__)\n    app.config.from_mapping(SECRET_KEY='dev')\n    if test_config:\n        app.config.update(test_config)\n    return app\n", "{'TESTING': True, 'SECRET_KEY': 't'}", "TESTING SECRET_KEY"),
    _factory("keyword argument", "def create_app(*, debug=False, **overrides):\n    app = Flask(__name__)\n    app.debug = debug\n    app.config.update(overrides)\n    return app\n", "debug=True, SECRET_KEY='kw'"),
    _factory("early return", "def create_app():\n    app = Flask(__name__)\n    app.secret_key = 'a'\n    if os.getenv('SHORT', '1') == '1':\n        return app\n    app.secret_key = 'b'\n    return app\n"),
    _factory("helpers", "def create_app():\n    app = Flask(__name__)\n    configure(app)\n    extend(app, key='h')\n    return app\ndef configure(app):\n    app.config['DEBUG'] = True\ndef extend(app, key):\n    app.secret_key = key\n"),
    Idiom("package factory", {"wsgi.py": "from site_pkg import create_app\nfrom site_pkg.settings import Prod\napp = create_app(Prod)\n", "site_pkg/__init__.py": "from flask import Flask\nfrom . import extensions\ndef create_app(cfg='site_pkg.settings.Dev'):\n    app = Flask(__name__)\n    app.config.from_object(cfg)\n    extensions.init_app(app)\n    return app\n", "site_pkg/settings.py": "class Dev:\n    DEBUG = True\n    SECRET_KEY = 'd'\nclass Prod(Dev):\n    DEBUG = False\n", "site_pkg/extensions.py": "class Ext:\n    def init_app(self, app):\n        app.config.setdefault('EXT', 1)\next = Ext()\ndef init_app(app):\n    ext.init_app(app)\n    app.config['WTF_CSRF_ENABLED'] = app.debug\n"}, ("DEBUG", "SECRET_KEY", "EXT", "WTF_CSRF_ENABLED"), target="wsgi"),
    Idiom("views change config", {"app/__init__.py": "from flask import Flask\napp = Flask(__name__)\napp.config['DEBUG'] = True\nfrom app import views\n", "app/views.py": "from app import app\napp.config['SECRET_KEY'] = 'views'\napp.config['DEBUG'] = False\n"}),
    Idiom("star of flask", {"app.py": "from flask import *\napp = Flask(__name__)\napp.config['SECRET_KEY'] = 'star'\n"}),
    Idiom("relative star", {"app/__init__.py": "from flask import Flask\nfrom .conf import *\napp = Flask(__name__)\napp.config.from_object(__name__ + '.conf')\n", "app/conf/__init__.py": "from .base import *\nDEBUG = not DEBUG\n", "app/conf/base.py": "SECRET_KEY = 'base'\nDEBUG = False\n"}),
    Idiom("load_dotenv", {"app.py": "import os\nfrom dotenv import load_dotenv\nfrom flask import Flask\nload_dotenv()\napp = Flask(__name__)\napp.secret_key = os.environ['SECRET_KEY']\napp.debug = os.getenv('DEBUG') == '1'\n", ".env": "SECRET_KEY=from-file\nDEBUG=1\n"}, env={"DEBUG": "0"}),
    Idiom("load_dotenv path", {"app.py": "import os\nfrom dotenv import load_dotenv\nfrom flask import Flask\nbasedir = os.path.abspath(os.path.dirname(__file__))\nload_dotenv(os.path.join(basedir, 'prod.env'), override=True)\napp = Flask(__name__)\napp.secret_key = os.environ['SECRET_KEY']\n", "prod.env": "SECRET_KEY=from-file\n"}, env={"SECRET_KEY": "x"}),
    _factory("singleton class", "class Settings:\n    _made = None\n    def __init__(self):\n        self.values = {'SECRET_KEY': 'inst'}\n    def apply(self, app):\n        for name, value in self.values.items():\n            app.config[name] = value\n        return app\ndef create_app():\n    return Settings().apply(Flask(__name__))\n"),
    _factory("global app", "app = None\ndef create_app():\n    global app\n    app = Flask(__name__)\n    app.secret_key = 'g'\n    return app\n"),
    _with("dict comprehension of classes", "class A:\n    NAME = 'a'\n    DEBUG = True\nclass B(A):\n    NAME = 'b'\n    DEBUG = False\nby_name = {c.NAME: c for c in [A, B]}\n", "from config import by_name\napp = Flask(__name__)\napp.config.from_object(by_name[os.getenv('MODE', 'a')])\n", "DEBUG NAME", MODE="b"),
    _factory("closure", "def create_app():\n    app = Flask(__name__)\n    def put(key, value):\n        app.config[key] = value\n    put('SECRET_KEY', 'closed')\n    return app\n"),
    _factory("import inside", "def create_app():\n    from config import Config\n    app = Flask(__name__)\n    app.config.from_object(Config())\n    return app\n", config="class Config(object):\n    SECRET_KEY = 'in'\n    DEBUG = 'DYNO' in os.environ\n"),
)

_ENVIRONS = "from environs import Env\nenv = Env()\n"
_DECOUPLE = "from decouple import config\n"
_PYDANTIC = "from pydantic_settings import BaseSettings, SettingsConfigDict\n"
LOADERS: tuple[Idiom, ...] = (
    _one("environs defaults", _ENVIRONS + "env.read_env()\napp = Flask(__name__)\napp.debug = env.bool('DEBUG', False)\napp.secret_key = env.str('SECRET_KEY', default='dev')\n"),
    _one("environs set", _ENVIRONS + "app = Flask(__name__)\napp.debug = env.bool('DEBUG', default=False)\napp.secret_key = env('SECRET_KEY')\n", DEBUG="on", SECRET_KEY="s"),
    _one("environs numbers", _ENVIRONS + "app = Flask(__name__)\napp.config['LIMIT'] = env.int('LIMIT', 5) * 2\napp.config['RATE'] = env.float('RATE', 1.5)\n", "LIMIT RATE", LIMIT="7"),
    _one("environs lists", _ENVIRONS + "app = Flask(__name__)\napp.config['HOSTS'] = env.list('HOSTS', [])\napp.config['PORTS'] = env.list('PORTS', subcast=int)\n", "HOSTS PORTS", HOSTS="a, b", PORTS="1,2"),
    _one("environs json", _ENVIRONS + "app = Flask(__name__)\napp.config['OPTIONS'] = env.json('OPTIONS')\n", "OPTIONS", OPTIONS='{"a": [1]}'),
    _one("environs prefixed", _ENVIRONS + "app = Flask(__name__)\nwith env.prefixed('APP_'):\n    app.secret_key = env.str('KEY', 'none')\n", "SECRET_KEY", APP_KEY="k"),
    _one("environs dict", _ENVIRONS + "app = Flask(__name__)\napp.config['MAP'] = env.dict('MAP', {})\n", "MAP", MAP="a=1,b=2"),
    _with("environs in a class", _ENVIRONS + "class Config:\n    SECRET_KEY = env.str('SECRET_KEY', 'x')\n    DEBUG = env.bool('DEBUG', True)\n", "app = Flask(__name__)\napp.config.from_object('config.Config')\n", DEBUG="0"),
    _one("environs none", _ENVIRONS + "app = Flask(__name__)\napp.secret_key = env.str('SECRET_KEY', None) or 'z'\n", "SECRET_KEY"),
    _one("decouple defaults", _DECOUPLE + "app = Flask(__name__)\napp.debug = config('DEBUG', default=False, cast=bool)\napp.secret_key = config('SECRET_KEY', default='dev')\n"),
    _one("decouple set", _DECOUPLE + "app = Flask(__name__)\napp.debug = config('DEBUG', cast=bool)\napp.secret_key = config('SECRET_KEY')\n", DEBUG="yes", SECRET_KEY="s"),
    _one("decouple int", _DECOUPLE + "app = Flask(__name__)\napp.config['LIMIT'] = config('LIMIT', default='3', cast=int)\n", "LIMIT"),
    _one("decouple csv", "from decouple import config, Csv\napp = Flask(__name__)\napp.config['HOSTS'] = config('HOSTS', default='a, b', cast=Csv())\n", "HOSTS"),
    _one("decouple function", _DECOUPLE + "app = Flask(__name__)\napp.config['NAMES'] = config('NAMES', default='a,b', cast=lambda v: [s.strip() for s in v.split(',')])\n", "NAMES"),
    _one("decouple bool default", _DECOUPLE + "app = Flask(__name__)\napp.debug = config('DEBUG', default=True, cast=bool)\n", "DEBUG", DEBUG="0"),
    _one("decouple alias", "from decouple import config as env\napp = Flask(__name__)\napp.secret_key = env('KEY', 'positional')\n", "SECRET_KEY"),
    _one("decouple auto", "from decouple import AutoConfig\nconfig = AutoConfig(search_path='.')\napp = Flask(__name__)\napp.secret_key = config('KEY', default='auto')\n", "SECRET_KEY"),
    Idiom("decouple file", {"app.py": "from decouple import config\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = config('SECRET_KEY', default='dev')\n", ".env": "SECRET_KEY=from-file\n"}),
    _one("pydantic defaults", _PYDANTIC + "class S(BaseSettings):\n    secret_key: str = 'd'\n    debug: bool = False\ns = S()\napp = Flask(__name__)\napp.debug = s.debug\napp.secret_key = s.secret_key\n"),
    _one("pydantic set", _PYDANTIC + "class S(BaseSettings):\n    secret_key: str = 'd'\n    debug: bool = False\n    limit: int = 3\ns = S()\napp = Flask(__name__)\napp.config.update(DEBUG=s.debug, SECRET_KEY=s.secret_key, LIMIT=s.limit)\n", "DEBUG SECRET_KEY LIMIT", DEBUG="true", LIMIT="9"),
    _one("pydantic prefix", _PYDANTIC + "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='APP_')\n    key: str\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", APP_KEY="k"),
    _one("pydantic uppercase object", _PYDANTIC + "class S(BaseSettings):\n    SECRET_KEY: str = 'd'\n    DEBUG: bool = True\napp = Flask(__name__)\napp.config.from_object(S())\n", DEBUG="no"),
    _one("pydantic field", "from pydantic import Field\n" + _PYDANTIC + "class S(BaseSettings):\n    KEY: str = Field('d')\n    URL: str = Field(default='u', validation_alias='THE_URL')\ns = S()\napp = Flask(__name__)\napp.config['KEY'] = s.KEY\napp.config['URL'] = s.URL\n", "KEY URL", THE_URL="v"),
    _one("pydantic dump", _PYDANTIC + "class S(BaseSettings):\n    SECRET_KEY: str = 'd'\napp = Flask(__name__)\napp.config.from_mapping(S().model_dump())\n", "SECRET_KEY"),
    _one("pydantic inheritance", _PYDANTIC + "class Base(BaseSettings):\n    DEBUG: bool = True\n    SECRET_KEY: str = 'b'\nclass Prod(Base):\n    DEBUG: bool = False\napp = Flask(__name__)\napp.config.from_object(Prod())\n"),
    _one("pydantic cached getter", _PYDANTIC + "from functools import lru_cache\nclass S(BaseSettings):\n    key: str = 'd'\n@lru_cache\ndef settings():\n    return S()\napp = Flask(__name__)\napp.secret_key = settings().key\n", "SECRET_KEY", KEY="k"),
    Idiom("dotenv_values", {"app.py": "from dotenv import dotenv_values\nfrom flask import Flask\napp = Flask(__name__)\napp.config.from_mapping(dotenv_values('.env'))\n", ".env": "SECRET_KEY=from-file\nlower=1\n"}, ("SECRET_KEY",)),
    Idiom("dotenv merge", {"app.py": "import os\nfrom dotenv import dotenv_values\nfrom flask import Flask\nvalues = {**dotenv_values('.env'), **os.environ}\napp = Flask(__name__)\napp.secret_key = values['SECRET_KEY']\n", ".env": "SECRET_KEY=from-file\n"}, ("SECRET_KEY",), {"SECRET_KEY": "env"}),
    Idiom("find_dotenv", {"app.py": "import os\nfrom dotenv import find_dotenv, load_dotenv\nfrom flask import Flask\nload_dotenv(find_dotenv())\napp = Flask(__name__)\napp.secret_key = os.getenv('SECRET_KEY', 'x')\n", ".env": "SECRET_KEY=from-file\n"}, ("SECRET_KEY",)),
    Idiom("dotenv beside settings", {"app.py": "import settings\nfrom flask import Flask\napp = Flask(__name__)\napp.config.from_object(settings)\n", "settings.py": "import os\nfrom pathlib import Path\nfrom dotenv import load_dotenv\nload_dotenv(Path(__file__).parent / '.env')\nSECRET_KEY = os.environ.get('SECRET_KEY')\nDEBUG = os.environ.get('DEBUG', 'off') in ('on', '1')\n", ".env": "SECRET_KEY=s\nDEBUG=on\n"}),
    _one("dynaconf extension", "from dynaconf import FlaskDynaconf\napp = Flask(__name__)\napp.config['SECRET_KEY'] = 'k'\nFlaskDynaconf(app)\n", "SECRET_KEY"),
    _one("own env class", "class Env:\n    def __init__(self, prefix=''):\n        self.prefix = prefix\n    def __call__(self, name, default=None, cast=str):\n        value = os.environ.get(self.prefix + name, default)\n        return cast(value) if value is not None else None\nenv = Env('APP_')\napp = Flask(__name__)\napp.secret_key = env('KEY', 'd')\napp.config['N'] = env('N', 4, cast=int)\n", "SECRET_KEY N", APP_KEY="k"),
    _one("own bool table", "TRUTHS = {'1': True, 'true': True, '0': False, 'false': False}\napp = Flask(__name__)\napp.debug = TRUTHS.get(os.getenv('DEBUG', 'false').lower(), False)\n", "DEBUG", DEBUG="TRUE"),
    _one("secret file", "def read(name):\n    path = os.environ.get(name + '_FILE')\n    if path:\n        with open(path) as handle:\n            return handle.read().strip()\n    return os.environ.get(name, 'none')\napp = Flask(__name__)\napp.secret_key = read('SECRET_KEY')\n", "SECRET_KEY"),
    _one("partial", "from functools import partial\nget = partial(os.environ.get, 'SECRET_KEY')\napp = Flask(__name__)\napp.secret_key = get('d')\n", "SECRET_KEY"),
    _one("dataclass", "from dataclasses import dataclass, field\n@dataclass\nclass C:\n    SECRET_KEY: str = 'dc'\n    DEBUG: bool = False\n    HOSTS: list = field(default_factory=list)\napp = Flask(__name__)\napp.config.from_object(C(DEBUG=True))\n", "SECRET_KEY DEBUG HOSTS"),
    _one("dataclass factory", "from dataclasses import dataclass, field\n@dataclass(frozen=True)\nclass C:\n    SECRET_KEY: str = field(default_factory=lambda: os.getenv('K', 'fac'))\n    DEBUG: bool = field(default=True)\napp = Flask(__name__)\napp.config.from_object(C())\n"),
    _one("dataclass as a dictionary", "from dataclasses import asdict, dataclass\n@dataclass\nclass B:\n    DEBUG: bool = True\n@dataclass\nclass C(B):\n    SECRET_KEY: str = ''\n    def upper(self):\n        return {k: str(v) for k, v in asdict(self).items()}\napp = Flask(__name__)\napp.config.update(C(SECRET_KEY=os.getenv('K', 'fac')).upper())\napp.config['COPY'] = asdict(B())['DEBUG']\n", "SECRET_KEY DEBUG COPY"),
    _one("dataclass post init", "from dataclasses import dataclass\n@dataclass\nclass C:\n    NAME: str = 'n'\n    SECRET_KEY: str = ''\n    def __post_init__(self):\n        self.SECRET_KEY = self.NAME * 2\napp = Flask(__name__)\napp.config.from_object(C('p'))\n", "SECRET_KEY NAME"),
    _one("namedtuple", "from typing import NamedTuple\nclass C(NamedTuple):\n    SECRET_KEY: str = 'nt'\n    DEBUG: bool = True\napp = Flask(__name__)\napp.config.from_object(C())\n"),
    _one("simple namespace", "from types import SimpleNamespace\napp = Flask(__name__)\napp.config.from_object(SimpleNamespace(SECRET_KEY='ns', DEBUG=True))\n"),
    _one("enum mode", "from enum import Enum\nclass Mode(str, Enum):\n    DEV = 'dev'\n    PROD = 'prod'\napp = Flask(__name__)\napp.debug = os.getenv('MODE', 'dev') == Mode.DEV.value\n", "DEBUG"),
    _one("ChainMap", "from collections import ChainMap\napp = Flask(__name__)\napp.config.update(ChainMap({'SECRET_KEY': 'a'}, {'SECRET_KEY': 'b', 'DEBUG': True}))\n"),
    _one("defaultdict", "from collections import defaultdict\nclasses = defaultdict(lambda: 'fallback')\nclasses['prod'] = 'p'\napp = Flask(__name__)\napp.secret_key = classes[os.getenv('MODE', 'dev')]\n", "SECRET_KEY"),
    _one("vars of class", "class C:\n    SECRET_KEY = 'v'\napp = Flask(__name__)\napp.config.from_mapping({k: v for k, v in vars(C).items() if k.isupper()})\n", "SECRET_KEY"),
    _one("walrus", "app = Flask(__name__)\nif (key := os.getenv('KEY')):\n    app.secret_key = key\nelse:\n    app.secret_key = 'w'\n", "SECRET_KEY", KEY="k"),
    _one("metaclass property", "class Meta(type):\n    @property\n    def SECRET_KEY(cls):\n        return 'meta'\nclass C(metaclass=Meta):\n    DEBUG = True\napp = Flask(__name__)\napp.config.from_object(C)\n"),
    _one("classmethod value", "class C:\n    @classmethod\n    def key(cls):\n        return cls.__name__.lower()\n    @staticmethod\n    def flag():\n        return os.getenv('F', 'no') == 'yes'\napp = Flask(__name__)\napp.secret_key = C.key()\napp.debug = C.flag()\n", F="yes"),
    _one("nested function env", "def env(key):\n    def inner(default):\n        return os.environ.get(key, default)\n    return inner\napp = Flask(__name__)\napp.secret_key = env('K')('d')\n", "SECRET_KEY"),
    _one("while loop", "app = Flask(__name__)\nn = 0\nwhile n < 3:\n    n += 1\napp.config['N'] = n\n", "N"),
    _one("string multiplication and slices", "app = Flask(__name__)\napp.secret_key = ('ab' * 8)[::2].replace('a', 'x')\n", "SECRET_KEY"),
    _one("decorated helper", "import functools\ndef plain(f):\n    return f\n@plain\ndef key():\n    return 'deco'\n@functools.cache\ndef debug():\n    return True\napp = Flask(__name__)\napp.secret_key = key()\napp.debug = debug()\n"),
    _one("config subclass", "class Config(dict):\n    pass\nsettings = Config(SECRET_KEY='dictsub')\napp = Flask(__name__)\napp.config.update(settings)\n", "SECRET_KEY"),
    _one("bare config", "from flask import Config\nc = Config('/')\nc.from_mapping(SECRET_KEY='bare')\nc['DEBUG'] = c.get('DEBUG', True)\napp = Flask(__name__)\napp.config.update(c)\n"),
    _one("get_namespace", "app = Flask(__name__)\napp.config.update(MAIL_HOST='h', MAIL_PORT=1)\napp.config['M'] = app.config.get_namespace('MAIL_')\n", "M MAIL_HOST"),
    _one("config pop and del", "app = Flask(__name__)\napp.config['A'] = 1\napp.config['B'] = app.config.pop('A')\ndel app.config['B']\napp.config['C'] = 'B' in app.config\n", "C"),
    _one("testing by argv", "import sys\napp = Flask(__name__)\napp.testing = 'test' in sys.argv\n", "TESTING"),
    _one("exists", "app = Flask(__name__)\nif os.path.exists('/nonexistent/key'):\n    app.secret_key = open('/nonexistent/key').read()\nelse:\n    app.secret_key = 'e'\n", "SECRET_KEY"),
    Idiom("from_file toml", {"app.py": "import tomli\nfrom flask import Flask\napp = Flask(__name__)\napp.config.from_file('config.toml', load=tomli.load, text=False)\n", "config.toml": "SECRET_KEY = 't'\nDEBUG = true\n[OPTIONS]\na = 1\n"}, ("SECRET_KEY", "DEBUG", "OPTIONS")),
    Idiom("from_file yaml", {"app.py": "import yaml\nfrom flask import Flask\napp = Flask(__name__)\napp.config.from_file('config.yaml', load=yaml.safe_load)\n", "config.yaml": "SECRET_KEY: y\nDEBUG: true\nPORT: 80\n"}, ("SECRET_KEY", "DEBUG", "PORT")),
    Idiom("json.load of a file", {"app.py": "import json, os\nfrom flask import Flask\napp = Flask(__name__)\nwith open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'c.json')) as handle:\n    app.config.update(json.load(handle))\n", "c.json": '{"SECRET_KEY": "jj"}'}, ("SECRET_KEY",)),
    Idiom("configparser", {"app.py": "import configparser\nfrom flask import Flask\nparser = configparser.ConfigParser()\nparser.read('c.ini')\napp = Flask(__name__)\napp.secret_key = parser['flask']['key']\n", "c.ini": "[flask]\nkey = ini\n"}, ("SECRET_KEY",)),
    Idiom("instance cfg silent", {"app/__init__.py": "from flask import Flask\napp = Flask(__name__, instance_relative_config=True)\napp.config['SECRET_KEY'] = 'dev'\napp.config.from_pyfile('settings.cfg', silent=True)\n", "instance/settings.cfg": "SECRET_KEY = 'inst'\n"}, ("SECRET_KEY",)),
    Idiom("conditional pyfile", {"app.py": "import os\nfrom flask import Flask\napp = Flask(__name__)\napp.config['SECRET_KEY'] = 'dev'\nlocal = os.path.join(app.root_path, 'local.py')\nif os.path.isfile(local):\n    app.config.from_pyfile(local)\n", "local.py": "SECRET_KEY = 'local'\n"}, ("SECRET_KEY",)),
)
IDIOMS += LOADERS

_CONFUSE = "import confuse\nfrom flask import Flask\n"
_DEFAULT_YAML = "debug: yes\nsecret: dev\nport: 80\nratio: 1.5\nflask:\n  SECRET_KEY: nested\n  MAX_CONTENT_LENGTH: 5\nnames: [a, b]\n"


def _confuse(name: str, body: str, keys: str = "DEBUG SECRET_KEY", more: Mapping[str, str] | None = None, **env: str) -> Idiom:
    files = {"app.py": _CONFUSE + body, "config_default.yaml": _DEFAULT_YAML, **(more or {})}
    return Idiom(name, files, tuple(keys.split()), env)


CONFUSE: tuple[Idiom, ...] = (
    _confuse("confuse get type", "config = confuse.Configuration('shop', __name__)\napp = Flask(__name__)\napp.secret_key = config['secret'].get(str)\napp.debug = config['debug'].get(bool)\n"),
    _confuse("confuse get", "config = confuse.Configuration('shop', __name__)\napp = Flask(__name__)\napp.config['PORT'] = config['port'].get()\napp.config['NAMES'] = config['names'].get()\n", "PORT NAMES"),
    _confuse("confuse numbers", "config = confuse.Configuration('shop', __name__)\napp = Flask(__name__)\napp.config['A'] = config['port'].get(int)\napp.config['B'] = config['ratio'].get(int)\napp.config['C'] = config['ratio'].as_number()\napp.config['D'] = config['ratio'].get(float)\n", "A B C D"),
    _confuse("confuse as_str", "config = confuse.LazyConfig('shop', __name__)\napp = Flask(__name__)\napp.secret_key = config['flask']['SECRET_KEY'].as_str()\n", "SECRET_KEY"),
    _confuse("confuse default of get", "config = confuse.Configuration('shop', __name__)\napp = Flask(__name__)\napp.secret_key = config['none'].get('fallback')\napp.config['N'] = config['none'].get(None)\napp.config['P'] = config['port'].get(7)\n", "SECRET_KEY N P"),
    _confuse("confuse section", "config = confuse.Configuration('shop', __name__)\napp = Flask(__name__)\napp.config.update(config['flask'].get(dict))\n", "SECRET_KEY MAX_CONTENT_LENGTH"),
    _confuse("confuse flatten", "config = confuse.Configuration('shop', __name__)\napp = Flask(__name__)\napp.config.from_mapping(config['flask'].flatten())\n", "SECRET_KEY MAX_CONTENT_LENGTH"),
    _confuse("confuse truth", "config = confuse.Configuration('shop', __name__)\napp = Flask(__name__)\nif config['debug']:\n    app.debug = True\napp.secret_key = 's' if 'nothing' in config else 't'\n"),
    _confuse("confuse set_file", "config = confuse.Configuration('shop', __name__)\nconfig.set_file('prod.yaml')\napp = Flask(__name__)\napp.secret_key = config['secret'].get(str)\napp.debug = config['debug'].get(bool)\n", more={"prod.yaml": "secret: 'p'\ndebug: off\n"}),
    _confuse("confuse set_env", "config = confuse.Configuration('shop', __name__)\nconfig.set_env()\napp = Flask(__name__)\napp.secret_key = config['secret'].get(str)\napp.debug = config['debug'].get()\napp.config['PORT'] = config['port'].get(int)\n", "DEBUG SECRET_KEY PORT", SHOP_DEBUG="no", SHOP_SECRET="env"),
    _confuse("confuse set_env nested", "config = confuse.Configuration('shop', __name__)\nconfig.set_env('S_')\napp = Flask(__name__)\napp.secret_key = config['flask']['key'].get(str)\n", "SECRET_KEY", S_FLASK__KEY="deep"),
    _confuse("confuse set", "config = confuse.Configuration('shop', __name__)\nconfig['secret'] = 'over'\nconfig.set({'debug': False})\nconfig.add({'port': 1, 'late': 2})\napp = Flask(__name__)\napp.secret_key = config['secret'].get()\napp.debug = config['debug'].get()\napp.config['P'] = config['port'].get()\napp.config['L'] = config['late'].get()\n", "DEBUG SECRET_KEY P L"),
    _confuse("confuse lazy set before", "config = confuse.LazyConfig('shop', __name__)\nconfig.add({'debug': False, 'extra': 'e'})\nconfig.set({'secret': 'first'})\napp = Flask(__name__)\napp.secret_key = config['secret'].get()\napp.debug = config['debug'].get()\napp.config['E'] = config['extra'].get()\n", "DEBUG SECRET_KEY E"),
    _confuse("confuse folder variable", "config = confuse.Configuration('shop', __name__)\napp = Flask(__name__)\napp.secret_key = config['secret'].get(str)\n", "SECRET_KEY", SHOPDIR="settings"),
    _confuse("confuse without defaults", "config = confuse.Configuration('shop')\napp = Flask(__name__)\napp.secret_key = config['secret'].get('own')\napp.debug = config['debug'].exists()\n"),
    _confuse("confuse items", "config = confuse.Configuration('shop', __name__)\napp = Flask(__name__)\nfor key, view in config['flask'].items():\n    app.config[key] = view.get()\n", "SECRET_KEY MAX_CONTENT_LENGTH"),
    _confuse("confuse set_args", "import argparse\nconfig = confuse.Configuration('shop', __name__)\nconfig.set_args(argparse.Namespace(secret='arg', debug=None))\napp = Flask(__name__)\napp.secret_key = config['secret'].get(str)\napp.debug = config['debug'].get(bool)\n"),
    Idiom("confuse of a package", {"wsgi.py": "from shop import create_app\napp = create_app()\n", "shop/__init__.py": "import confuse\nfrom flask import Flask\nconfig = confuse.LazyConfig('shop', __name__)\ndef create_app():\n    app = Flask(__name__)\n    app.config['SECRET_KEY'] = config['secret'].as_str()\n    return app\n", "shop/config_default.yaml": "secret: packaged\n"}, ("SECRET_KEY",), target="wsgi"),
)
IDIOMS += CONFUSE

_DYNACONF = "from dynaconf import Dynaconf\nfrom flask import Flask\n"
_LAYERED = "[default]\nsecret_key = 'd'\ndebug = true\nlimit = 5\n[development]\nsecret_key = 'dev'\n[production]\nsecret_key = 'p'\ndebug = false\n[production.mail]\nhost = 'mx'\n"


def _dynaconf(name: str, body: str, keys: str = "DEBUG SECRET_KEY", files: Mapping[str, str] | None = None, **env: str) -> Idiom:
    return Idiom(name, {"app.py": _DYNACONF + body, **(files or {"settings.toml": _LAYERED})}, tuple(keys.split()), env)


_USE = "app = Flask(__name__)\napp.secret_key = settings.SECRET_KEY\napp.debug = settings.get('debug', False)\n"
_BOTH = "settings = Dynaconf(settings_files=['settings.toml'], environments=True)\n"
DYNACONF: tuple[Idiom, ...] = (
    _dynaconf("dynaconf flat", "settings = Dynaconf(settings_files=['settings.toml'])\n" + _USE, files={"settings.toml": "SECRET_KEY = 's'\ndebug = true\n"}),
    _dynaconf("dynaconf development", _BOTH + _USE),
    _dynaconf("dynaconf production", _BOTH + _USE, ENV_FOR_DYNACONF="production"),
    _dynaconf("dynaconf env option", "settings = Dynaconf(settings_files=['settings.toml'], environments=True, env='production')\n" + _USE),
    _dynaconf("dynaconf switcher", "settings = Dynaconf(settings_files=['settings.toml'], environments=True, env_switcher='SHOP_MODE')\n" + _USE, SHOP_MODE="PRODUCTION"),
    _dynaconf("dynaconf variables", _BOTH + _USE, DYNACONF_SECRET_KEY="env", DYNACONF_DEBUG="False"),
    _dynaconf("dynaconf prefix", "settings = Dynaconf(settings_files=['settings.toml'], environments=True, envvar_prefix='SHOP')\n" + _USE + "app.config['LIMIT'] = settings.LIMIT\n", "DEBUG SECRET_KEY LIMIT", SHOP_SECRET_KEY="env", SHOP_LIMIT="7", DYNACONF_SECRET_KEY="lower"),
    _dynaconf("dynaconf casts", _BOTH + "app = Flask(__name__)\napp.config.update(A=settings.A, B=settings['b'], C=settings('C'), D=settings.D)\n", "A B C D", DYNACONF_A="@int 3", DYNACONF_B="@bool off", DYNACONF_C="[1, 'x']", DYNACONF_D="1.5"),
    _dynaconf("dynaconf as_dict", _BOTH + "app = Flask(__name__)\napp.config.update(settings.as_dict())\n", "DEBUG SECRET_KEY LIMIT"),
    _dynaconf("dynaconf update", _BOTH + "app = Flask(__name__)\napp.config.update(settings)\n", "DEBUG SECRET_KEY LIMIT"),
    _dynaconf("dynaconf nested", _BOTH + "app = Flask(__name__)\napp.config.update(A=settings.mail.host, B=settings['MAIL']['HOST'], C=settings.get('mail.host'), D=settings.get('mail__none', 'x'))\n", "A B C D", ENV_FOR_DYNACONF="production"),
    _dynaconf("dynaconf nested variable", _BOTH + "app = Flask(__name__)\napp.config.update(A=settings.mail.host, B=settings.mail.port)\n", "A B", ENV_FOR_DYNACONF="production", DYNACONF_MAIL__port="25"),
    _dynaconf("dynaconf load_dotenv", "settings = Dynaconf(settings_files=['settings.toml'], environments=True, load_dotenv=True)\n" + _USE, files={"settings.toml": _LAYERED, ".env": "ENV_FOR_DYNACONF=production\nDYNACONF_DEBUG=true\n"}),
    _dynaconf("dynaconf without load_dotenv", _BOTH + _USE, files={"settings.toml": _LAYERED, ".env": "ENV_FOR_DYNACONF=production\n"}),
    _dynaconf("dynaconf secrets", "settings = Dynaconf(settings_files=['settings.toml', '.secrets.toml'], environments=True)\n" + _USE, files={"settings.toml": _LAYERED, ".secrets.toml": "[default]\nsecret_key = 'hidden'\n"}),
    _dynaconf("dynaconf local file", "settings = Dynaconf(settings_files=['settings.toml', 'more.toml'])\n" + _USE, files={"settings.toml": "secret_key = 'a'\n", "settings.local.toml": "secret_key = 'local'\n", "more.toml": "secret_key = 'm'\ndebug = true\n"}),
    _dynaconf("dynaconf yaml", "settings = Dynaconf(settings_files=['settings.yaml'], environments=True)\n" + _USE, files={"settings.yaml": "default:\n  secret_key: y\n  debug: on\nglobal:\n  debug: off\n"}),
    _dynaconf("dynaconf json", "settings = Dynaconf(settings_files=['settings.json'])\n" + _USE, files={"settings.json": '{"SECRET_KEY": "j", "DEBUG": "@bool yes"}'}),
    _dynaconf("dynaconf python", "settings = Dynaconf(settings_files=['settings.py'])\n" + _USE, files={"settings.py": "SECRET_KEY = 'py'\nDEBUG = 1 == 1\nlower = 2\n"}),
    _dynaconf("dynaconf config folder", "settings = Dynaconf(settings_files=['settings.toml'])\n" + _USE, files={"config/settings.toml": "SECRET_KEY = 'inner'\n"}),
    _dynaconf("dynaconf root path", "import os\nsettings = Dynaconf(root_path=os.path.dirname(os.path.abspath(__file__)), settings_files=['conf/settings.toml'])\n" + _USE, files={"conf/settings.toml": "SECRET_KEY = 'root'\n"}),
    _dynaconf("dynaconf initial", "settings = Dynaconf(SECRET_KEY='init', debug=True)\n" + _USE, files={"a.txt": ""}),
    _dynaconf("dynaconf set", _BOTH + "settings.SECRET_KEY = 'set'\nsettings['debug'] = False\nsettings.set('X', 1)\n" + _USE + "app.config['X'] = settings.x\n", "DEBUG SECRET_KEY X"),
    _dynaconf("dynaconf in and exists", _BOTH + "app = Flask(__name__)\napp.debug = 'secret_key' in settings and not settings.exists('none')\n", "DEBUG"),
    _dynaconf("dynaconf validators", "from dynaconf import Validator\nsettings = Dynaconf(settings_files=['settings.toml'], environments=True, validators=[Validator('SECRET_KEY', must_exist=True), Validator('LIMIT', gte=1)])\n" + _USE),
    _dynaconf("dynaconf validator default", "from dynaconf import Validator\nsettings = Dynaconf(settings_files=['settings.toml'], environments=True, validators=[Validator('SECRET_KEY', default='v'), Validator('LIMIT', cast=str)])\n" + _USE),
    _dynaconf("dynaconf merge", _BOTH + "app = Flask(__name__)\napp.config['HOSTS'] = settings.HOSTS\n", "HOSTS", files={"settings.toml": "[default]\nhosts = ['a']\n[development]\nhosts = ['b', 'dynaconf_merge']\n"}),
    _dynaconf("dynaconf environment set by the program", "import os\nos.environ['ENV_FOR_DYNACONF'] = 'production'\n" + _BOTH + _USE),
    _dynaconf("dynaconf read late", "import os\n" + _BOTH + "os.environ['ENV_FOR_DYNACONF'] = 'production'\n" + _USE),
    _dynaconf("dynaconf several", "settings = Dynaconf(settings_files='base.toml;more.toml', environments=True)\n" + _USE, files={"base.toml": "[default]\nsecret_key = 'b'\ndebug = true\n[a]\nsecret_key = 'a'\n", "more.toml": "[b]\nsecret_key = 'bb'\n"}, ENV_FOR_DYNACONF="a,b"),
    _dynaconf("dynaconf prefix section", "settings = Dynaconf(settings_files=['settings.toml'], environments=True, envvar_prefix='SHOP')\n" + _USE, files={"settings.toml": "[default]\nsecret_key = 'd'\n[shop]\nsecret_key = 'shop'\n[global]\ndebug = true\n"}),
)
IDIOMS += DYNACONF

_PYD = _PYDANTIC + "from pydantic import AliasChoices, BaseModel, Field, SecretStr, computed_field, field_validator\nfrom typing import Annotated, Literal, Optional\n"


def _files(name: str, body: str, keys: str, files: Mapping[str, str], **env: str) -> Idiom:
    return Idiom(name, {"app.py": f"import os\nfrom flask import Flask\n{body}", **files}, tuple(keys.split()), env)


MORE_LOADERS: tuple[Idiom, ...] = (
    _files("pydantic env_file", _PYD + "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env')\n    secret_key: str = 'd'\n    debug: bool = False\ns = S()\napp = Flask(__name__)\napp.secret_key = s.secret_key\napp.debug = s.debug\n", "SECRET_KEY DEBUG", {".env": "SECRET_KEY=from-file\nDEBUG=1\n"}, DEBUG="false"),
    _files("pydantic env_file prefix", _PYD + "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env', env_file_encoding='utf-8', env_prefix='APP_', extra='ignore')\n    key: str\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", {".env": "APP_KEY=k\nOTHER=x\n"}),
    _files("pydantic env_file missing", _PYD + "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_file='none.env')\n    key: str = 'd'\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", {}),
    _one("pydantic inner Config", _PYD + "class S(BaseSettings):\n    key: str = 'd'\n    class Config:\n        env_prefix = 'APP_'\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", APP_KEY="k"),
    _files("pydantic inner Config env_file", _PYD + "class S(BaseSettings):\n    key: str = 'd'\n    class Config:\n        env_file = '.env'\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", {".env": "KEY=file\n"}),
    _one("pydantic alias", _PYD + "class S(BaseSettings):\n    key: str = Field('d', alias='THE_KEY')\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", THE_KEY="k", KEY="no"),
    _one("pydantic alias and prefix", _PYD + "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='APP_')\n    key: str = Field('d', validation_alias='the_key')\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", THE_KEY="k", APP_KEY="no"),
    _one("pydantic alias choices", _PYD + "class S(BaseSettings):\n    key: str = Field('d', validation_alias=AliasChoices('FIRST', 'SECOND'))\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", SECOND="2"),
    _one("pydantic nested", _PYD + "class Mail(BaseModel):\n    host: str = 'localhost'\n    port: int = 25\nclass S(BaseSettings):\n    model_config = SettingsConfigDict(env_nested_delimiter='__')\n    mail: Mail = Mail()\ns = S()\napp = Flask(__name__)\napp.config.update(MAIL_SERVER=s.mail.host, MAIL_PORT=s.mail.port)\n", "MAIL_SERVER MAIL_PORT", MAIL__HOST="mx"),
    _one("pydantic nested default", _PYD + "class Mail(BaseModel):\n    host: str = 'localhost'\n    port: int = 25\nclass S(BaseSettings):\n    mail: Mail = Mail(host='h')\ns = S()\napp = Flask(__name__)\napp.config.update(MAIL_SERVER=s.mail.host, MAIL_PORT=s.mail.port)\n", "MAIL_SERVER MAIL_PORT"),
    _one("pydantic nested factory", _PYD + "class Mail(BaseModel):\n    host: str = 'localhost'\nclass S(BaseSettings):\n    mail: Mail = Field(default_factory=Mail)\ns = S()\napp = Flask(__name__)\napp.config['MAIL_SERVER'] = s.mail.host\n", "MAIL_SERVER"),
    _one("pydantic optional", _PYD + "class S(BaseSettings):\n    one: Optional[str] = None\n    two: str | None = None\n    three: Optional[int] = None\ns = S()\napp = Flask(__name__)\napp.config.update(A=s.one, B=s.two, C=s.three)\n", "A B C", TWO="2", THREE="3"),
    _one("pydantic list", _PYD + "class S(BaseSettings):\n    hosts: list[str] = []\n    ports: list[int] = [1]\ns = S()\napp = Flask(__name__)\napp.config.update(A=s.hosts, B=s.ports)\n", "A B", HOSTS='["a"]'),
    _one("pydantic literal", _PYD + "class S(BaseSettings):\n    mode: Literal['dev', 'prod'] = 'dev'\napp = Flask(__name__)\napp.debug = S().mode == 'dev'\n", "DEBUG", MODE="prod"),
    _one("pydantic secret", _PYD + "class S(BaseSettings):\n    key: SecretStr = SecretStr('d')\napp = Flask(__name__)\napp.secret_key = S().key.get_secret_value()\n", "SECRET_KEY"),
    _one("pydantic secret set", _PYD + "class S(BaseSettings):\n    key: SecretStr\napp = Flask(__name__)\napp.secret_key = S().key.get_secret_value()\n", "SECRET_KEY", KEY="k"),
    _one("pydantic property", _PYD + "class S(BaseSettings):\n    host: str = 'h'\n    @property\n    def SQLALCHEMY_DATABASE_URI(self):\n        return f'postgresql://{self.host}/d'\napp = Flask(__name__)\napp.config['SQLALCHEMY_DATABASE_URI'] = S().SQLALCHEMY_DATABASE_URI\n", "SQLALCHEMY_DATABASE_URI", HOST="db"),
    _one("pydantic validator", _PYD + "class S(BaseSettings):\n    key: str = 'd'\n    @field_validator('key')\n    @classmethod\n    def upper(cls, value):\n        return value.upper()\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", KEY="k"),
    _one("pydantic validator of a default", _PYD + "class S(BaseSettings):\n    key: str = 'd'\n    other: str = 'o'\n    @field_validator('key', mode='before')\n    @classmethod\n    def upper(cls, value):\n        return value.upper()\ns = S()\napp = Flask(__name__)\napp.secret_key = s.key\napp.config['O'] = s.other\n", "SECRET_KEY O"),
    _one("pydantic post init", _PYD + "class S(BaseSettings):\n    key: str = 'd'\n    def model_post_init(self, context):\n        self.key = 'post'\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY"),
    _one("pydantic arguments", _PYD + "class S(BaseSettings):\n    key: str = 'd'\n    debug: bool = False\ns = S(key='given')\napp = Flask(__name__)\napp.secret_key = s.key\napp.debug = s.debug\n", "SECRET_KEY DEBUG", KEY="env"),
    _one("pydantic case sensitive", _PYD + "class S(BaseSettings):\n    model_config = SettingsConfigDict(case_sensitive=True)\n    key: str = 'd'\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", KEY="no"),
    _one("pydantic mixed case variable", _PYD + "class S(BaseSettings):\n    secret_key: str = 'd'\napp = Flask(__name__)\napp.secret_key = S().secret_key\n", "SECRET_KEY", Secret_Key="mixed"),
    _one("pydantic annotated", _PYD + "class S(BaseSettings):\n    key: Annotated[str, Field(alias='THE_KEY')] = 'd'\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", THE_KEY="k"),
    _one("pydantic dump update", _PYD + "class S(BaseSettings):\n    SECRET_KEY: str = 'd'\n    DEBUG: bool = True\napp = Flask(__name__)\napp.config.update(S().model_dump())\n", "SECRET_KEY DEBUG", DEBUG="0"),
    _one("pydantic dict", _PYD + "class S(BaseSettings):\n    SECRET_KEY: str = 'd'\napp = Flask(__name__)\napp.config.update(**S().dict())\n", "SECRET_KEY"),
    _one("pydantic empty variable", _PYD + "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_ignore_empty=True)\n    key: str = 'd'\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", KEY=""),
    _one("pydantic init", _PYD + "class S(BaseSettings):\n    key: str = 'd'\n    def __init__(self, **values):\n        super().__init__(**values)\n        self.key = self.key * 2\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY"),
    _one("pydantic own source", _PYD + "class S(BaseSettings):\n    key: str = 'd'\n    @classmethod\n    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):\n        return (init_settings,)\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", KEY="env"),
    _one("pydantic class attribute", _PYD + "class S(BaseSettings):\n    key: str = os.getenv('OTHER', 'd')\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", OTHER="o"),
    _files("pydantic secrets folder", _PYD + "class S(BaseSettings):\n    model_config = SettingsConfigDict(secrets_dir=os.path.join(os.path.dirname(os.path.abspath(__file__)), 'run'))\n    key: str = 'd'\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", {"run/key": "from-secret"}),
    _files("pydantic two env files", _PYD + "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_file=('.env', 'prod.env'))\n    key: str = 'd'\napp = Flask(__name__)\napp.secret_key = S().key\n", "SECRET_KEY", {".env": "KEY=a\n", "prod.env": "KEY=b\n"}),
    _files("pydantic env_file of the call", _PYD + "class S(BaseSettings):\n    key: str = 'd'\napp = Flask(__name__)\napp.secret_key = S(_env_file='prod.env').key\n", "SECRET_KEY", {"prod.env": "KEY=b\n"}),
    _one("pydantic model", _PYD + "class M(BaseModel):\n    key: str = 'd'\n    port: int = 3\nm = M(key='x')\napp = Flask(__name__)\napp.secret_key = m.key\napp.config['P'] = m.port\n", "SECRET_KEY P"),
    _files("decouple repository", "from decouple import Config, RepositoryEnv\nconfig = Config(RepositoryEnv('prod.env'))\napp = Flask(__name__)\napp.secret_key = config('SECRET_KEY')\napp.debug = config('DEBUG', default=False, cast=bool)\n", "SECRET_KEY DEBUG", {"prod.env": "SECRET_KEY=repo\n", ".env": "DEBUG=1\nSECRET_KEY=other\n"}),
    _files("decouple repository joined", "from decouple import Config, RepositoryEnv\nconfig = Config(RepositoryEnv(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'prod.env')))\napp = Flask(__name__)\napp.secret_key = config.get('SECRET_KEY', default='d')\n", "SECRET_KEY", {"prod.env": "SECRET_KEY=repo\n"}, SECRET_KEY="env"),
    _files("decouple ini", "from decouple import config\napp = Flask(__name__)\napp.secret_key = config('SECRET_KEY', default='d')\n", "SECRET_KEY", {"settings.ini": "[settings]\nSECRET_KEY=ini\n"}),
    _files("decouple repository ini", "from decouple import Config, RepositoryIni\nconfig = Config(RepositoryIni('conf.ini'))\napp = Flask(__name__)\napp.secret_key = config('SECRET_KEY', default='d')\n", "SECRET_KEY", {"conf.ini": "[settings]\nSECRET_KEY=ini\n"}),
    _files("decouple env over ini", "from decouple import config\napp = Flask(__name__)\napp.secret_key = config('SECRET_KEY', default='d')\n", "SECRET_KEY", {"settings.ini": "[settings]\nSECRET_KEY=ini\n", ".env": "A=b\n"}),
    _files("decouple leaves the environment alone", "from decouple import config\napp = Flask(__name__)\napp.secret_key = config('SECRET_KEY', default='d')\napp.config['RAW'] = os.getenv('SECRET_KEY', 'none')\n", "SECRET_KEY RAW", {".env": "SECRET_KEY=file\n"}),
    _one("decouple csv of numbers", "from decouple import Csv, config\napp = Flask(__name__)\napp.config['PORTS'] = config('PORTS', default='1,2', cast=Csv(int))\napp.config['T'] = config('T', default='a|b', cast=Csv(delimiter='|', post_process=tuple))\n", "PORTS T"),
    _one("decouple choices", "from decouple import Choices, config\napp = Flask(__name__)\napp.config['MODE'] = config('MODE', default='dev', cast=Choices(['dev', 'prod']))\n", "MODE", MODE="prod"),
    _one("decouple strings of truth", "from decouple import config\napp = Flask(__name__)\napp.debug = config('DEBUG', default='off', cast=bool)\napp.testing = config('T', cast=bool)\n", "DEBUG TESTING", T="True"),
    _one("decouple float and lambda", "from decouple import config\napp = Flask(__name__)\napp.config['R'] = config('R', cast=float)\napp.config['L'] = config('L', default='A', cast=lambda v: v.lower() if v else None)\n", "R L", R="1.5"),
    _files("environs file", "from environs import Env\nenv = Env()\nenv.read_env('prod.env')\napp = Flask(__name__)\napp.secret_key = env.str('SECRET_KEY')\n", "SECRET_KEY", {"prod.env": "SECRET_KEY=file\n"}),
    _files("environs file override", "from environs import Env\nenv = Env()\nenv.read_env(path='prod.env', override=True)\napp = Flask(__name__)\napp.secret_key = env('SECRET_KEY')\napp.debug = env.bool('DEBUG', default=False)\n", "SECRET_KEY DEBUG", {"prod.env": "SECRET_KEY=file\nDEBUG=yes\n"}, SECRET_KEY="env"),
    _files("environs module", "from environs import env\nenv.read_env()\napp = Flask(__name__)\napp.secret_key = env.str('SECRET_KEY', 'd')\n", "SECRET_KEY", {".env": "SECRET_KEY=file\n"}),
    _one("environs nested prefixes", "from environs import Env\nenv = Env()\nwith env.prefixed('APP_'):\n    with env.prefixed('DB_'):\n        host = env('HOST', 'lost')\n    port = env.int('PORT', 1)\nout = env('HOST', 'out')\napp = Flask(__name__)\napp.config.update(A=host, B=port, C=out)\n", "A B C", APP_DB_HOST="db", APP_PORT="5"),
    _one("environs prefix of the object", "from environs import Env\nenv = Env(prefix='APP_')\napp = Flask(__name__)\napp.secret_key = env('KEY', 'd')\n", "SECRET_KEY", APP_KEY="k", KEY="no"),
    _one("environs expanded", "from environs import Env\nenv = Env(expand_vars=True)\napp = Flask(__name__)\napp.secret_key = env('KEY', 'd')\n", "SECRET_KEY", KEY="${OTHER}", OTHER="o"),
    _one("environs deferred", "from environs import Env\nenv = Env(eager=False)\napp = Flask(__name__)\napp.secret_key = env('KEY', 'd')\nenv.seal()\n", "SECRET_KEY", KEY="k"),
    _one("environs other kinds", "from environs import Env\nenv = Env()\napp = Flask(__name__)\napp.config.update(A=env.log_level('L', 10), B=env.timedelta('T', 5), C=env.path('P', 'x'), D=env.decimal('D', 1))\n", "A B C D"),
    _one("environs checked", "from environs import Env, validate\nenv = Env()\napp = Flask(__name__)\napp.config['MODE'] = env.str('MODE', 'dev', validate=validate.OneOf(['dev', 'prod']))\n", "MODE", MODE="prod"),
    _one("environs bool words", "from environs import Env\nenv = Env()\napp = Flask(__name__)\napp.config.update(A=env.bool('A'), B=env.bool('B'), C=env.bool('C', 'text'))\n", "A B C", A="Y", B="OFF"),
    _one("environs list of none", "from environs import Env\nenv = Env()\napp = Flask(__name__)\napp.config.update(A=env.list('A'), B=env.list('B', subcast=str), C=env.list('C', delimiter=';', default=[]))\n", "A B C", A="a", B=" x ,y", C="1;2"),
    _one("starlette", "try:\n    from starlette.config import Config\n    config = Config()\nexcept ImportError:\n    config = lambda key, default: default\napp = Flask(__name__)\napp.secret_key = config('KEY', default='d')\n", "SECRET_KEY"),
    _one("from_prefixed_env nested", "app = Flask(__name__)\napp.config['MAIL'] = {'HOST': 'a', 'PORT': 1}\napp.config.from_prefixed_env()\n", "MAIL", FLASK_MAIL__HOST="b"),
    _one("from_prefixed_env loads", "app = Flask(__name__)\napp.config.from_prefixed_env(loads=str)\n", "LIMIT", FLASK_LIMIT="5"),
    _one("fallbacks", "app = Flask(__name__)\napp.secret_key = os.environ['KEY']\napp.config['SECRET_KEY_FALLBACKS'] = os.getenv('OLD', 'old-1,old-2').split(',')\n", "SECRET_KEY SECRET_KEY_FALLBACKS", KEY="k"),
    _one("fallbacks filtered", "app = Flask(__name__)\napp.config['SECRET_KEY_FALLBACKS'] = [key for key in (os.getenv('OLD_1'), os.getenv('OLD_2')) if key]\n", "SECRET_KEY_FALLBACKS", OLD_2="two"),
    _files("from_file function", "import json\ndef read(handle):\n    return {key.upper(): value for key, value in json.load(handle).items()}\napp = Flask(__name__)\napp.config.from_file('c.json', load=read)\n", "SECRET_KEY", {"c.json": '{"secret_key": "j"}'}),
    _files("from_file lambda", "import json\napp = Flask(__name__)\napp.config.from_file('c.json', load=lambda handle: json.load(handle))\n", "SECRET_KEY", {"c.json": '{"SECRET_KEY": "j", "low": 1}'}),
    _files("from_file tomllib", "import tomli as tomllib\napp = Flask(__name__)\napp.config.from_file('c.toml', tomllib.load, text=False)\n", "SECRET_KEY", {"c.toml": "SECRET_KEY = 't'\n"}),
    _files("from_file silent", "import json\napp = Flask(__name__)\napp.secret_key = 'k'\napp.config.from_file('none.json', json.load, silent=True)\n", "SECRET_KEY", {}),
    _files("from_file missing then handled", "import json\napp = Flask(__name__)\ntry:\n    app.config.from_file('none.json', json.load)\nexcept FileNotFoundError:\n    app.secret_key = 'handled'\n", "SECRET_KEY", {}),
    _files("yaml.safe_load of a file", "import yaml\nwith open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'c.yml')) as handle:\n    settings = yaml.safe_load(handle)\napp = Flask(__name__)\napp.config.update(settings['flask'])\n", "SECRET_KEY DEBUG", {"c.yml": "flask:\n  SECRET_KEY: y\n  DEBUG: on\n"}),
    _files("yaml.safe_load of the text of a file", "import yaml\nwith open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'c.yml')) as handle:\n    text = handle.read()\napp = Flask(__name__)\napp.config.update(yaml.safe_load(text))\n", "SECRET_KEY DEBUG", {"c.yml": "SECRET_KEY: y\nDEBUG: on\n"}),
    _files("yaml.safe_load of the bytes of a file", "import pathlib, yaml\npath = pathlib.Path.joinpath(pathlib.Path(__file__).parent, '{}.yml'.format('c'))\nwith open(str(path), 'rb') as handle:\n    found = yaml.safe_load(handle.read())\napp = Flask(__name__)\napp.config.update(found)\n", "SECRET_KEY DEBUG", {"c.yml": "SECRET_KEY: y\nDEBUG: on\n"}),
    _files("yaml.load of a file", "import yaml\nfrom pathlib import Path\nwith open(Path(__file__).resolve().parent / 'c.yml') as handle:\n    settings = yaml.load(handle, Loader=yaml.SafeLoader)\napp = Flask(__name__)\napp.secret_key = settings.get('key', 'd')\n", "SECRET_KEY", {"c.yml": "key: 12\n"}),
    _files("yaml text only", "import yaml\nwith open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'c.yml')) as handle:\n    settings = yaml.load(handle, Loader=yaml.BaseLoader)\napp = Flask(__name__)\napp.config['N'] = settings['n']\n", "N", {"c.yml": "n: 12\n"}),
    _files("json text of a path", "import json\nfrom pathlib import Path\nsettings = json.loads((Path(__file__).parent / 'c.json').read_text())\napp = Flask(__name__)\napp.secret_key = settings['key']\n", "SECRET_KEY", {"c.json": '{"key": "p"}'}),
    _files("key of a file", "from pathlib import Path\napp = Flask(__name__)\napp.secret_key = (Path(__file__).parent / 'key.txt').read_text().strip()\n", "SECRET_KEY", {"key.txt": "secret\n"}),
    _files("key file of open", "app = Flask(__name__)\nwith open(os.path.join(app.root_path, 'key.txt')) as handle:\n    app.secret_key = handle.read().strip()\n", "SECRET_KEY", {"key.txt": "secret\n"}),
    _files("key persisted", "import secrets\napp = Flask(__name__)\npath = os.path.join(app.instance_path, 'key')\ntry:\n    with open(path) as handle:\n        app.secret_key = handle.read()\nexcept FileNotFoundError:\n    os.makedirs(app.instance_path, exist_ok=True)\n    app.secret_key = secrets.token_hex()\n    with open(path, 'w') as handle:\n        handle.write(app.secret_key)\n", "SECRET_KEY", {}),
    _files("instance path given", "app = Flask(__name__, instance_path=os.path.join(os.path.dirname(os.path.abspath(__file__)), 'var'), instance_relative_config=True)\napp.config.from_pyfile('c.py')\n", "SECRET_KEY", {"var/c.py": "SECRET_KEY = 'v'\n"}),
    _files("pyfile with imports", "app = Flask(__name__)\napp.config.from_pyfile('c.cfg')\n", "SECRET_KEY DEBUG", {"c.cfg": "import os\nSECRET_KEY = os.environ.get('K', 'c')\nDEBUG = not SECRET_KEY\n"}),
    _files("configparser file", "import configparser\nparser = configparser.ConfigParser()\nparser.read(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'c.ini'))\napp = Flask(__name__)\napp.secret_key = parser['flask']['key']\napp.debug = parser.getboolean('flask', 'debug')\n", "SECRET_KEY DEBUG", {"c.ini": "[flask]\nkey = ini\ndebug = yes\n"}),
    _one("placeholder refused", "app = Flask(__name__)\napp.secret_key = os.getenv('K', 'changeme')\nif app.secret_key == 'changeme' and os.getenv('MODE') == 'prod':\n    raise RuntimeError\n", "SECRET_KEY", K="real", MODE="prod"),
    _one("prefix of the class", "class C:\n    def __init__(self):\n        for name, value in os.environ.items():\n            if name.startswith('APP_'):\n                setattr(self, name[4:], value)\napp = Flask(__name__)\napp.config.from_object(C())\n", "SECRET_KEY", APP_SECRET_KEY="k"),
    _one("property of an instance", "class C:\n    user = 'u'\n    @property\n    def SQLALCHEMY_DATABASE_URI(self):\n        return 'postgresql://' + self.user\n    @property\n    def DEBUG(self):\n        return self.user == 'x'\nclass P(C):\n    user = 'x'\napp = Flask(__name__)\napp.config.from_object(P())\n", "SQLALCHEMY_DATABASE_URI DEBUG"),
    _one("init_app of a class", "class C:\n    DEBUG = True\n    @classmethod\n    def init_app(cls, app):\n        app.config['FROM'] = cls.__name__\nclass P(C):\n    DEBUG = False\n    @classmethod\n    def init_app(cls, app):\n        super().init_app(app)\n        app.config['SECRET_KEY'] = os.environ['K']\ndef make(cls):\n    app = Flask(__name__)\n    app.config.from_object(cls)\n    cls.init_app(app)\n    return app\napp = make(P)\n", "DEBUG FROM SECRET_KEY", K="k"),
    _one("init_app of an extension", "class Ext:\n    def __init__(self, app=None):\n        if app is not None:\n            self.init_app(app)\n    def init_app(self, app):\n        app.config.setdefault('EXT_KEY', app.config.get('SECRET_KEY'))\n        app.extensions['ext'] = self\next = Ext()\napp = Flask(__name__)\napp.secret_key = 's'\next.init_app(app)\n", "EXT_KEY SECRET_KEY"),
)
IDIOMS += MORE_LOADERS


def _reads(name: str, start: str, reads: str, files: Mapping[str, str] | None = None, **env: str) -> Idiom:
    """``start``, then one key for each of ``reads``, which are divided by bars: A is the first, B the second..."""
    parts = dict(zip("ABCD", reads.split(" | "), strict=False))
    lines = "".join(f"app.config[{key!r}] = {part}\n" for key, part in parts.items())
    return _files(name, f"{start}app = Flask(__name__)\n{lines}", " ".join(parts), files or {}, **env)


def _pyd(name: str, fields: str, reads: str, start: str = "s = S()", files: Mapping[str, str] | None = None, **env: str) -> Idiom:
    """A settings class with ``fields``, divided by semicolons, or by lines where one of them is longer than a line."""
    body = fields if "\n" in fields else fields.replace("; ", "\n")
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return _reads(f"pydantic {name}", f"{_PYD}from pydantic import *\nfrom datetime import timedelta\nfrom typing import ClassVar\nclass S(BaseSettings):\n{lines}{start}\n", reads, files, **env)


def _layers(name: str, start: str, reads: str, files: Mapping[str, str] | None = None, **env: str) -> Idiom:
    made = f"import confuse\nconfig = confuse.Configuration('shop', __name__)\n{start}"
    return _reads(f"confuse {name}", made, reads, {"config_default.yaml": _DEFAULT_YAML, **(files or {})}, **env)


def _dyna(name: str, start: str, reads: str, options: str = "settings_files=['settings.toml'], environments=True", files: Mapping[str, str] | None = None, **env: str) -> Idiom:
    made = f"from dynaconf import Dynaconf, Validator\nsettings = Dynaconf({options})\n{start}"
    return _reads(f"dynaconf {name}", made, reads, files or {"settings.toml": _LAYERED}, **env)


_ENV = "from environs import Env\nenv = Env()\n"
_DEC = "from decouple import Choices, Config, Csv, RepositoryEnv, config\n"
_NEST = "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_nested_delimiter='__')\n    mail: Mail = Mail()\n"
_TWO = {"pack/__init__.py": "", "pack/mod.py": "from decouple import config\nvalue = config('A', 'd')\n", "pack/.env": "A=inner\n", ".env": "A=outer\n"}
_FLAT = "settings_files=['settings.toml']"

SETTINGS: tuple[Idiom, ...] = (
    _pyd("name of a field with an alias", "model_config = SettingsConfigDict(extra='ignore'); a: str = Field('d', alias='THE_A')", "s.a", "s = S(a='x')"),
    _pyd("argument by alias", "a: str = Field('d', alias='THE_A'); b: str = 'e'", "s.a | s.b", "s = S(THE_A='x', b='y')", B="env"),
    _pyd("argument over a list", "a: list[str] = []", "s.a", "s = S(a=['v'])", A='["w"]'),
    _pyd("plain assignment", "a: bool = True", "s.a", "s = S()\ns.a = 'no'"),
    _pyd("containers", "a: list[str] = ['x']; b: dict[str, int] = {'k': 1}; c: list = [1, 'x']; d: dict[str, list[str]] = {'k': ['v']}", "s.a | s.b | s.c | s.d"),
    _pyd("union", "a: list[str] | str = '*'; b: str | None = None; c: str | int = 'x'", "s.a | s.b | s.c"),
    _pyd("alias in the environment before a file", "model_config = SettingsConfigDict(env_file='.env'); a: str = Field('d', validation_alias=AliasChoices('X', 'Y'))", "s.a", files={".env": "X=file\n"}, Y="y"),
    _pyd("file with two cases", "model_config = SettingsConfigDict(env_file='.env'); a: str = 'd'", "s.a", files={".env": "a=low\nA=up\n"}),
    _pyd("two cases that matter", "model_config = SettingsConfigDict(case_sensitive=True); a: str = 'd'", "s.a", A="up", a="low"),
    _pyd("fields of a class itself", "a: str = 'd'", "getattr(S, 'a', 'none')"),
    _one("pydantic class as an object", _PYD + "class S(BaseSettings):\n    DEBUG: bool = True\napp = Flask(__name__)\napp.config.from_object(S)\n", "DEBUG"),
    _pyd("dump without private ones", "a: str = 'd'\n_b: str = 'e'\ndef model_post_init(self, context):\n    self._b = self.a", "s.model_dump()"),
    _pyd("class variable", "a: ClassVar[str] = 'x'", "s.a", A="env"),
    _pyd("secret of a text", "a: SecretStr = 'k'", "s.a.get_secret_value()"),
    _reads("pydantic model by alias", _PYD + "class M(BaseModel):\n    a: int = Field(3, alias='q')\n    b: int = '3'\nm = M(a=4)\n", "m.a | m.b"),
    _layers("lower variable", "config.set_env()\n", "config['secret'].get()", SHOP_secret="low"),
    _layers("upper key", "config.set_env()\n", "config['flask']['SECRET_KEY'].get()", SHOP_FLASK__SECRET_KEY="no"),
    _layers("variable that is set later", "config.set_env()\nos.environ['SHOP_SECRET'] = 'late'\n", "config['secret'].get()", SHOP_SECRET="early"),
    _layers("layer of a dict that changes", "d = {'secret': 'a'}\nconfig.set(d)\nd['secret'] = 'b'\n", "config['secret'].get()"),
    _reads("environs set after a file", _ENV + "env.read_env()\nos.environ['X'] = 'b'\n", "env('X')", {".env": "X=file\n"}),
    _reads("environs only the folder", _ENV + "env.read_env('sub/.env', recurse=False)\n", "env('X', 'no')", {".env": "X=file\n", "sub/other": ""}),
    _reads("environs two files", _ENV + "env.read_env('a.env')\nenv.read_env('b.env', override=True)\n", "env('X') | env('Y')", {"a.env": "X=1\nY=2\n", "b.env": "X=3\n"}),
    _reads("environs dict and its default", _ENV, "env.dict('X') | env.dict('Y', {'k': 1})", X="a=1,b = 2"),
    _reads("decouple searches once", "from pack.mod import value\nfrom decouple import config\n", "value | config('A', 'd')", _TWO),
    _reads("decouple searches from the first call", "from decouple import config\nx = config('B')\nfrom pack.mod import value\n", "value", _TWO, B="e"),
    _reads("decouple ini in any case", _DEC, "config('a', 'd')", {"settings.ini": "[settings]\nA=1\n"}),
    _reads("decouple choice refused", _DEC + "try:\n    x = config('A', cast=Choices(['x']))\nexcept ValueError:\n    x = 'refused'\n", "x", A="z"),
    _reads("decouple choice of a number", _DEC, "config('A', default=1, cast=Choices(['x', '1']))"),
    _reads("decouple beside what refers", _DEC, "config('A', 'd') | config('B', 'd')", {".env": "export A=x\nB=${C}\n"}),
    _reads("decouple truth", "from decouple import config, strtobool\n", "config('A', default='on', cast=strtobool)"),
    _reads("environs numbers that are none", _ENV + "def read(kind):\n    try:\n        return kind('X')\n    except Exception:\n        return 'refused'\n", "read(env.float) | env('Y')", X="inf", Y="y"),
    _reads("environs dict without a value", _ENV + "def read():\n    try:\n        return env.dict('X')\n    except Exception:\n        return 'refused'\n", "read()", X="a=1,"),
    _reads("dotenv name alone", "from dotenv import dotenv_values, load_dotenv\nload_dotenv()\n", "os.environ.get('X', 'no') | dotenv_values('.env')['X']", {".env": "X=x\nX\n"}),
)
IDIOMS += SETTINGS

NOT_FOLLOWED: tuple[Idiom, ...] = (
    _pyd("argument of another type", "a: int = 3", "s.a", "s = S(a='7')"),
    _pyd("argument in another case", "model_config = SettingsConfigDict(extra='ignore'); a: str = 'd'", "s.a", "s = S(A='x')"),
    _pyd("argument that is no field", "model_config = SettingsConfigDict(extra='allow'); a: str = 'd'", "s.model_dump()", "s = S(b='x')"),
    _pyd("argument merged with a variable", "a: dict[str, str] = {}", "s.a", "s = S(a={'k': 'v'})", A='{"z": "1"}'),
    _pyd("validator as an attribute", "a: str = 'd'\ndef low(value):\n    return value.upper()\n_n = field_validator('a')(low)", "s.a", A="x"),
    _pyd("validator perhaps", "a: str = 'd'\ndef low(value):\n    return value.upper()\n_n = field_validator('a')(low) if os.getpid() else None", "s.a", A="x"),
    _pyd("union that converts", "a: int | str = '5'", "s.a"),
    _pyd("validator of another name", "from pydantic import field_validator as check\na: str = 'd'\n@check('a')\ndef up(cls, value):\n    return value.upper()", "s.a", A="x"),
    _pyd("validated assignment", "model_config = SettingsConfigDict(validate_assignment=True); a: bool = True", "s.a", "s = S()\ns.a = 'no'"),
    _pyd("default of another type", "a: int = '5'; b: float = 5; c: bool = 1", "s.a | s.b | s.c"),
    _pyd("tuple for a list", "a: list[str] = ('a', 'b')", "s.a"),
    _pyd("texts for numbers", "a: list[int] = ['1']; b: dict[str, int] = {'k': '1'}", "s.a | s.b"),
    _pyd("texts for numbers in a variable", "a: list[int] = []", "s.a", A='["1"]'),
    _pyd("address", "a: HttpUrl = 'http://x'", "str(s.a)"),
    _pyd("seconds", "a: timedelta = 5", "str(s.a)"),
    _pyd("secret as a text", "a: SecretStr = 'k'", "str(s.a)"),
    _pyd("two cases", "a: str = 'd'", "s.a", A="up", a="low"),
    _pyd("metadata", "a: Annotated[str, StringConstraints(to_upper=True)] = 'd'", "s.a", A="x"),
    _pyd("metadata inside", "a: list[Annotated[str, AfterValidator(str.upper)]] = ['d']", "s.a"),
    _pyd("stripped", "model_config = SettingsConfigDict(str_strip_whitespace=True); a: str = ' d '", "s.a"),
    _pyd("alias or name", "model_config = SettingsConfigDict(populate_by_name=True); a: str = Field('d', alias='THE_A')", "s.a", A="x"),
    _pyd("arguments of a field", "a: str = Field('d', **({'alias': 'THE_A'} if os.getpid() else {}))", "s.a", THE_A="x"),
    _pyd("dump that leaves out", "a: str = Field('d', exclude=True); b: str = 'e'", "s.model_dump()"),
    _pyd("dump that computes", "a: str = 'd'\n@computed_field\n@property\ndef b(self) -> str:\n    return 'c'", "s.model_dump()"),
    _reads("pydantic validator under another name", _PYD + "from pydantic import field_validator as check\nclass S(BaseSettings):\n    a: str = 'd'\n    @check('a')\n    def up(cls, value):\n        return value.upper()\n", "S().a", A="x"),
    _reads("member of an enumeration", "from enum import Enum\nclass Mode(str, Enum):\n    dev = 'x'\ndef read():\n    try:\n        return Mode.dev.value\n    except Exception:\n        return 'refused'\n", "read()"),
    _reads("dotenv reference", "from dotenv import dotenv_values, load_dotenv\nload_dotenv()\n", "os.environ['X'] | dotenv_values('.env')['X']", {".env": "Y=y\nX=${Y}x\n"}),
    _reads("pydantic name for a type", _PYD + "Texts = list[str]\nclass S(BaseSettings):\n    a: Texts = ('d',)\n", "S().a"),
    _reads("pydantic options of the class", _PYD + "class S(BaseSettings, env_prefix='X_'):\n    a: str = 'd'\n", "S().a", X_A="x"),
    _reads("pydantic nested alias", _PYD + "class Mail(BaseModel):\n    host: str = Field('h', alias='NAME')\n" + _NEST, "S().mail.host", MAIL__NAME="x"),
    _reads("pydantic nested validator", _PYD + "class Mail(BaseModel):\n    host: str = 'h'\n    @field_validator('host')\n    def up(cls, value):\n        return value.upper()\n" + _NEST, "S().mail.host", MAIL__HOST="x"),
    _reads("pydantic delimiter in a name", _PYD + "class Mail(BaseModel):\n    ho__st: str = 'h'\n" + _NEST, "S().mail.ho__st", MAIL__HO__ST="x"),
    _reads("pydantic model of another type", _PYD + "class M(BaseModel):\n    a: int = 3\n", "M(a='4').a"),
    _layers("folder of a variable", "", "config['secret'].get()", {"conf/config.yaml": "secret: own\n"}, SHOPDIR="conf"),
    _layers("whole of several layers", "config.set({'flask': {'A': 1}})\n", "config['flask'].flatten()"),
    _layers("variable for a part", "config.set_env()\n", "config['flask'].get()", SHOP_FLASK__X="1"),
    _layers("variable for the whole", "config.set_env()\ndef read():\n    try:\n        return config['flask']['SECRET_KEY'].get()\n    except confuse.ConfigError:\n        return 'refused'\n", "read()", SHOP_FLASK="1"),
    _layers("variable for a number", "config.set_env()\n", "config['none'][5].get('d')", SHOP_NONE__5="x"),
    _layers("two cases", "config.set_env()\n", "config['secret'].get()", SHOP_SECRET="up", SHOP_secret="low"),
    _layers("arguments with dots", "config.set_args({'flask.SECRET_KEY': 'a'}, dots=True)\n", "config['flask']['SECRET_KEY'].get()"),
    _layers("arguments in arguments", "config.set_args({'flask': {'SECRET_KEY': None}})\n", "config['flask']['SECRET_KEY'].get()"),
    _layers("number as a key", "config.set_file('n.yaml')\n", "config[1].get('d')", {"n.yaml": "1: x\n"}),
    _dyna("pattern of files", "", "settings.get('A', 'none')", "settings_files=['*.toml']", {"a.toml": "a = 1\n", "b.toml": "a = 2\n"}),
    _dyna("prefix of the environment", "", "settings.get('A', 'none')", _FLAT, {"settings.toml": "a = 1\n"}, ENVVAR_PREFIX_FOR_DYNACONF="Q", Q_A="9"),
    _dyna("using_env", "with settings.using_env('production'):\n    x = settings.SECRET_KEY\n", "x"),
    _dyna("setenv", "settings.setenv('production')\n", "settings.SECRET_KEY"),
    _dyna("update after reading", "x = settings.SECRET_KEY\nsettings.update({'SECRET_KEY': 'u'})\n", "settings.SECRET_KEY"),
    _dyna("unset", "settings.unset('SECRET_KEY')\n", "settings.get('SECRET_KEY', 'gone')"),
    _dyna("file loaded later", "settings.load_file('more.toml')\n", "settings.SECRET_KEY", files={"settings.toml": _LAYERED, "more.toml": "[default]\nsecret_key = 'm'\n"}),
    _dyna("read anew", "x = settings.SECRET_KEY\nos.environ['DYNACONF_SECRET_KEY'] = 'late'\nsettings.reload()\n", "settings.SECRET_KEY"),
    _dyna("validator registered", "settings.validators.register(Validator('LIMIT', cast=str))\nsettings.validators.validate()\n", "settings.LIMIT"),
    _dyna("merge unique", "", "settings.HOSTS", files={"settings.toml": "[default]\nhosts = ['a', 'b']\n[development]\nhosts = ['b', 'dynaconf_merge_unique']\n"}),
    _dyna("hooks", "", "settings.A", _FLAT, {"settings.toml": "a = 1\n", "dynaconf_hooks.py": "def post(settings):\n    return {'A': 5}\n"}),
    _dyna("given to a class", "class C:\n    SECRET_KEY = 'c'\nsettings.populate_obj(C)\n", "C.SECRET_KEY"),
    _dyna("two cases", "", "settings.A", _FLAT, {"settings.toml": "a = 1\n"}, DYNACONF_A="up", DYNACONF_a="low"),
    _dyna("key with a dot", "", "settings.M", _FLAT, {"settings.toml": "'m.a' = 1\n"}),
    _reads("environs in the environment", _ENV + "env.read_env()\n", "os.environ.get('X', 'no')", {".env": "X=file\n"}),
    _reads("environs another object", _ENV + "env.read_env()\n", "Env()('X', 'no')", {".env": "X=file\n"}),
    _reads("environs taken away", _ENV + "env.read_env()\nos.environ.pop('X', None)\n", "env('X', 'no')", {".env": "X=file\n"}),
    _reads("environs default after a file", _ENV + "env.read_env()\nos.environ.setdefault('X', 'b')\n", "env('X')", {".env": "X=file\n"}),
    _reads("environs dict of numbers", _ENV, "env.dict('X', subcast=int)", X="a=1"),
    _reads("environs default of another type", _ENV, "env.bool('X', 'no') | env.int('X', '3') | env.list('X', 'a,b') | env.list('X', ['1'], subcast=int)"),
    _reads("environs variable in braces", _ENV, "env('X')", X="{{Y}}", Y="y"),
    _reads("environs null", _ENV + "def read():\n    try:\n        return env.json('X')\n    except Exception:\n        return 'refused'\n", "read()", X="null"),
    _reads("decouple interpolated", _DEC, "config('A', 'd')", {"settings.ini": "[settings]\nB=1\nA=%(B)s2\n"}),
    _reads("decouple search path", _DEC + "config.search_path = 'conf'\n", "config('A', 'd')", {"conf/.env": "A=1\n", ".env": "A=2\n"}),
    _reads("decouple choices of pairs", _DEC + "def read():\n    try:\n        return config('A', default='x', cast=Choices(['y'], choices=(('x', 'X'),)))\n    except ValueError:\n        return 'refused'\n", "read()"),
    _files("yaml.safe_load of a part of the text", "import yaml\nwith open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'c.yml')) as handle:\n    text = handle.read()\napp = Flask(__name__)\napp.config.update(yaml.safe_load(text.replace('y', 'n')))\n", "SECRET_KEY", {"c.yml": "SECRET_KEY: y\n"}),
    _files("yaml of several documents", "import yaml\ndef read(stream):\n    try:\n        return yaml.safe_load(stream)\n    except yaml.YAMLError:\n        return {'key': 'several'}\nwith open('c.yml') as handle:\n    found = read(handle)\napp = Flask(__name__)\napp.config['A'] = found['key']\n", "A", {"c.yml": "key: a\n---\nkey: b\n"}),
)
"""What is not followed, or differs between the releases of a library: no key of these is known."""
# fmt: on

UNKNOWN = frozenset({
    "undecided branch", "urandom", "random default", "missing local settings", "test_config", "dotenv merge",
    "namedtuple", "enum mode", "defaultdict", "vars of class", "walrus", "metaclass property", "config subclass",
    "get_namespace", "config pop and del", "testing by argv", "exists", "configparser", "confuse truth",
    "confuse folder variable", "confuse without defaults", "confuse items", "dynaconf validator default",
    "dynaconf merge", "dynaconf several", "pydantic validator", "pydantic validator of a default", "pydantic init",
    "pydantic own source", "pydantic secrets folder", "environs file override", "environs expanded", "starlette",
    "from_file missing then handled", "yaml text only", "key persisted", "configparser file", "environs bool words",
    "environs other kinds",
})  # fmt: skip
"""The idioms of which a key is not known; every other one is answered."""

_CHILD = r"""
import importlib, json, os, sys
import flask, dotenv
def plain(value):
    return next((kind.__name__ for kind in (dict, list) if isinstance(value, kind)), type(value).__name__)
cases = json.load(sys.stdin)
result = []
for case in cases:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.chdir(case["folder"])
            os.environ.clear()
            os.environ.update(case["env"])
            sys.path.insert(0, case["folder"])
            found = getattr(importlib.import_module(case["target"]), case["attribute"])
            if case["attribute"] == "create_app":
                found = eval("create_app(" + case["args"] + ")", {"create_app": found})
            text = json.dumps({key: [plain(value), value if isinstance(value, (str, int, float, bool, list, dict, type(None))) else repr(value)] for key, value in found.config.items()})
        except BaseException as failure:
            text = json.dumps({"!": ["error", repr(failure)]})
        os.write(writer, text.encode())
        os._exit(0)
    os.close(writer)
    data = b""
    while True:
        part = os.read(reader, 65536)
        if not part:
            break
        data += part
    os.close(reader)
    os.waitpid(pid, 0)
    result.append(json.loads(data))
print(json.dumps(result))
"""


def _facts(files: dict[str, str]) -> Facts:
    modules: dict[str, PyModule] = {}
    env_files = {}
    for path, text in files.items():
        if path.endswith(".py"):
            module = read_python(path, text.encode())
            if module is not None:
                modules[path] = module
        elif path.endswith(".env"):
            env_files[path] = read_env(path, text)
    return Facts(modules=modules, env_files=env_files, paths=frozenset(files))


def configured(idiom: Idiom) -> Configuration:
    """The static answer for ``idiom``."""
    files = dict(idiom.files)
    facts = _facts(files)
    modules = Modules(facts)
    path = modules.path_of(idiom.target, (".",))
    assert path is not None
    form = "factory" if idiom.attribute == "create_app" else "global"
    app = App(f"{idiom.target}:{idiom.attribute}", Span(path, 1), idiom.attribute, form, ".", idiom.target)
    args: tuple[object, ...] = ()
    keywords = idiom.args and "=" in idiom.args.partition("{")[0]
    if idiom.args and not keywords:
        module = read_python("args.py", f"from flask import Flask\nFlask({idiom.args})\n".encode())
        assert module is not None
        call = module.body[-1]
        assert isinstance(call, ExprStmt) and isinstance(call.value, Call)
        args = call.value.args
    elif keywords:
        files[path] += f"\n_app = create_app({idiom.args})\n"
        facts = _facts(files)
        modules = Modules(facts)
        app = App(f"{idiom.target}:_app", Span(path, 1), "_app", "global", ".", idiom.target)
    return effective_configuration(
        modules,
        app,
        env={name: Known(value) for name, value in idiom.env.items()},
        env_closed=True,
        factory_args=args,  # type: ignore[arg-type]
        read=lambda name: files[name].encode() if name in files else None,
    )


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, list[object]]]:
    root = tmp_path_factory.mktemp("idioms")
    cases = []
    for number, idiom in enumerate((*IDIOMS, *NOT_FOLLOWED)):
        folder: Path = root / f"p{number}"
        for path, text in idiom.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        cases.append(
            {
                "folder": str(folder),
                "env": dict(idiom.env),
                "target": idiom.target,
                "attribute": idiom.attribute,
                "args": idiom.args,
            }
        )
    run = subprocess.run(
        [sys.executable, "-c", _CHILD],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answers = json.loads(run.stdout)
    assert isinstance(answers, list)
    return answers


def judged(configuration: Configuration, key: str, real: dict[str, list[object]]) -> str:
    """ "right", "unknown", or what is wrong."""
    kind, value = real.get(key, ["missing", None])
    setting = configuration.settings.get(key)
    if setting is None or not isinstance(setting.value, Known | Unknown):
        if not configuration.complete:
            return "unknown"
        default = DEFAULTS.get(key)
        return "right" if value == default or (kind == "timedelta") else f"{key}: unset, really {value!r}"
    if isinstance(setting.value, Unknown):
        return "unknown"
    known = setting.value.value
    shown = known if isinstance(known, str | int | float | bool | list | dict | type(None)) else repr(known)
    if key != key.upper() or type(known).__name__ != kind or json.loads(json.dumps(shown)) != value:
        return f"{key}: {known!r}, really {value!r}"
    return "right"


@pytest.mark.parametrize("number", range(len(IDIOMS)), ids=[idiom.name for idiom in IDIOMS])
def test_idiom_agrees_with_flask(number: int, real: list[dict[str, list[object]]]) -> None:
    idiom, answer = IDIOMS[number], real[number]
    if "config_default.yaml" in idiom.files:
        pytest.importorskip("confuse")
    assert "!" not in answer, answer
    configuration = configured(idiom)
    keys = {key for key in (*idiom.keys, *configuration.settings) if key.isupper()}
    wrong = [
        verdict for key in sorted(keys) if (verdict := judged(configuration, key, answer)) not in ("right", "unknown")
    ]
    assert wrong == []


@pytest.mark.parametrize("number", range(len(NOT_FOLLOWED)), ids=[idiom.name for idiom in NOT_FOLLOWED])
def test_what_is_not_followed_is_unknown(number: int, real: list[dict[str, list[object]]]) -> None:
    idiom, answer = NOT_FOLLOWED[number], real[len(IDIOMS) + number]
    if "config_default.yaml" in idiom.files:
        pytest.importorskip("confuse")
    assert "!" not in answer, answer
    configuration = configured(idiom)
    assert {key: judged(configuration, key, answer) for key in idiom.keys} == dict.fromkeys(idiom.keys, "unknown")


def test_the_defaults_are_those_of_flask() -> None:
    code = "import flask, json; print(json.dumps({k: repr(v) for k, v in flask.Flask('x').config.items()}))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    assert json.loads(run.stdout) == {key: repr(value) for key, value in DEFAULTS.items()}


def test_few_idioms_are_unknown(real: list[dict[str, list[object]]]) -> None:
    unknown = [
        idiom.name
        for idiom, answer in zip(IDIOMS, real[: len(IDIOMS)], strict=True)
        if any(judged(configured(idiom), key, answer) == "unknown" for key in idiom.keys if key.isupper())
    ]
    assert len(IDIOMS) >= 170
    assert len({idiom.name for idiom in IDIOMS}) == len(IDIOMS)
    assert len(unknown) <= 0.15 * len(IDIOMS), unknown
    assert set(unknown) <= UNKNOWN
