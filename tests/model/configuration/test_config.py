"""What the effective configuration says beyond the value: place, fallback, guard, randomness, completeness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from flask_prodcheck.base import Known, Origin, Span, Unknown
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.facts.types import EnvFile, EnvVar
from flask_prodcheck.model.configuration.config import effective_configuration
from flask_prodcheck.model.project import App, Confidence, Configuration, Hop, Launch, Purpose, Server
from flask_prodcheck.model.python.modules import Modules

HEAD = "import os, secrets\nfrom flask import Flask\napp = Flask(__name__)\n"


def _modules(
    files: Mapping[str, str], env_files: Mapping[str, tuple[EnvVar, ...]] | None = None, **more: object
) -> Modules:
    modules = {path: read_python(path, text.encode()) for path, text in files.items() if path.endswith(".py")}
    return Modules(
        Facts(
            modules={path: module for path, module in modules.items() if module is not None},
            env_files={path: EnvFile(path, variables) for path, variables in (env_files or {}).items()},
            paths=frozenset({*files, *(env_files or {})}),
            **more,  # type: ignore[arg-type]
        )
    )


def _app(name: str = "app") -> App:
    return App(f"app:{name}", Span("app.py", 3), name, "global" if name == "app" else "factory", ".", "app")


def _launch(server: Server = Server.GUNICORN, target: str = "app:app", **more: object) -> Launch:
    hop = Hop(Span("Procfile", 1), "web: a command")
    command, purpose, confidence = hop.text, Purpose.PRODUCTION, Confidence.HIGH
    launch = Launch((hop,), server, purpose, "", "file", command, target, True, confidence, "procfile")
    return replace(launch, **more)  # type: ignore[arg-type]


def _configured(
    text: str, files: Mapping[str, str] | None = None, version: str | None = None, **env: str
) -> Configuration:
    modules = _modules({"app.py": text, **(files or {})})
    name = "create_app" if "def create_app" in text else "app"
    values = {key: Known(value) for key, value in env.items()}
    return effective_configuration(modules, _app(name), env=values, flask_version=version)


@pytest.mark.parametrize(
    ("body", "value", "variable"),
    [
        ("os.environ.get('SECRET_KEY', 'dev')", "dev", "SECRET_KEY"),
        ("os.getenv('SECRET_KEY') or 'dev'", "dev", "SECRET_KEY"),
        ("os.getenv('A', os.getenv('B', 'dev'))", "dev", "A"),
        ("os.environ['K'] if 'K' in os.environ else 'dev'", "dev", "K"),
        ("getattr(os, 'environ').get('K', 'dev')", "dev", "K"),
        ("'-'.join(['d', os.getenv('K', 'ev')])", "d-ev", "K"),
        ("[os.getenv('K', 'dev')]", ["dev"], "K"),
    ],
)
def test_a_published_default_is_a_fallback(body: str, value: object, variable: str) -> None:
    setting = _configured(HEAD + f"app.secret_key = {body}\n").get("SECRET_KEY")
    assert setting.value == Known(value, setting.value.origin)
    assert (setting.fallback, setting.variable, setting.guarded) == (True, variable, False)
    assert setting.span is not None and setting.span.line == 4
    assert "os" in setting.expression


def test_the_parts_of_an_undecided_check_are_run_once() -> None:
    setting = _configured(
        HEAD + "met = []\ndef meet():\n    met.append(1)\n    return os.path.exists('/srv/site')\n"
        "if os.getenv('SECRET_KEY', 'dev') == 'dev' and meet():\n    raise RuntimeError\napp.config['MET'] = len(met)\n"
    ).get("MET")
    assert isinstance(setting.value, Known) and setting.value.value == 1


def test_a_literal_is_no_fallback() -> None:
    setting = _configured(HEAD + "KEY = 'literal'\napp.config['SECRET_KEY'] = KEY\n").get("SECRET_KEY")
    assert (setting.fallback, setting.variable, setting.random) == (False, "", False)
    assert setting.span is not None and (setting.span.line, setting.expression) == (4, "'literal'")
    assert [str(step.span) for step in setting.value.origin] == ["app.py:4", "app.py:5"]


def test_a_set_variable_replaces_the_fallback() -> None:
    setting = _configured(HEAD + "app.secret_key = os.getenv('K', 'dev')\n", K="real").get("SECRET_KEY")
    assert isinstance(setting.value, Known) and setting.value.value == "real"
    assert (setting.fallback, setting.variable) == (False, "K")


@pytest.mark.parametrize(
    "body",
    [
        "app.secret_key = os.environ['K']\n",
        "app.secret_key = os.getenv('K')\nif not app.secret_key:\n    raise RuntimeError('set K')\n",
        "app.secret_key = os.getenv('K', 'changeme')\nif app.config['SECRET_KEY'] == 'changeme':\n    raise ValueError\n",
        "app.config['SECRET_KEY'] = os.getenv('K', 'dev')\nassert app.config['SECRET_KEY'] != 'dev'\n",
        "import sys\napp.secret_key = os.getenv('K')\nif app.secret_key is None:\n    sys.exit(1)\n",
        (
            "def need(name):\n    try:\n        return os.environ[name]\n    except KeyError:\n        raise SystemExit(name)\n"
            "app.secret_key = need('K')\n"
        ),
    ],
)
def test_a_start_that_refuses_a_bad_value_is_guarded(body: str) -> None:
    setting = _configured(HEAD + body).get("SECRET_KEY")
    assert isinstance(setting.value, Unknown)
    assert (setting.guarded, setting.variable) == (True, "K")


def test_a_guard_that_another_variable_switches_on_still_guards() -> None:
    text = HEAD + (
        "app.secret_key = os.getenv('K', 'dev')\n"
        "if os.getenv('MODE') == 'production' and app.secret_key == 'dev':\n    raise RuntimeError\n"
    )
    plain = _configured(text).unselected
    assert plain is not None
    setting = plain.get("SECRET_KEY")
    assert isinstance(setting.value, Known) and setting.fallback and setting.guarded
    assert _configured(text, MODE="production").get("SECRET_KEY").guarded


def test_a_guard_for_another_key_does_not_guard() -> None:
    text = HEAD + "app.secret_key = os.getenv('K', 'dev')\nif not os.getenv('URL'):\n    raise RuntimeError\n"
    assert not _configured(text).get("SECRET_KEY").guarded


@pytest.mark.parametrize(
    ("body", "random"),
    [
        ("app.secret_key = os.urandom(24)\n", True),
        ("app.secret_key = secrets.token_hex().encode().hex()\n", True),
        ("app.secret_key = os.getenv('K') or secrets.token_hex()\n", True),
        ("import random\napp.secret_key = ''.join(random.choice('ab') for _ in range(9))\n", True),
        ("from uuid import uuid4\napp.secret_key = str(uuid4())\n", True),
        ("from cryptography.fernet import Fernet\napp.secret_key = Fernet.generate_key().decode()\n", True),
        ("def key():\n    return secrets.token_urlsafe(16)\napp.secret_key = key()\n", True),
        ("class C:\n    SECRET_KEY = os.urandom(16)\napp.config.from_object(C)\n", True),
        ("import numpy\napp.secret_key = str(numpy.random.bytes(4))\n", True),
        (
            (
                "p = 'key'\nif os.path.exists(p):\n    k = open(p).read()\nelse:\n    k = secrets.token_hex()\n"
                "    open(p, 'w').write(k)\napp.secret_key = k\n"
            ),
            False,
        ),
        ("app.secret_key = os.getenv('SET') or secrets.token_hex()\n", False),
    ],
)
def test_random_keys(body: str, random: bool) -> None:
    setting = _configured(HEAD + body, SET="x").get("SECRET_KEY")
    assert setting.random is random
    assert isinstance(setting.value, Known) is ("SET" in body)


def test_the_chosen_class_is_a_fallback_but_not_what_all_classes_say() -> None:
    config = (
        "class Base:\n    SECRET_KEY = 'k'\n    DEBUG = False\nclass Dev(Base):\n    DEBUG = True\n"
        "class Prod(Base):\n    pass\nconfigs = {'dev': Dev, 'prod': Prod}\n"
    )
    text = HEAD + "from config import configs\napp.config.from_object(configs[os.getenv('MODE', 'dev')])\n"
    found = _configured(text, {"config.py": config}).unselected
    assert found is not None
    assert (found.get("DEBUG").fallback, found.get("DEBUG").variable) == (True, "MODE")
    assert (found.get("SECRET_KEY").fallback, str(found.get("SECRET_KEY").span)) == (False, "config.py:2")


@pytest.mark.parametrize(
    ("body", "complete", "key_unknown"),
    [
        ("app.config['SECRET_KEY'] = 'x'\n", True, False),
        ("app.config['SECRET_KEY'] = 'x'\napp.config.from_pyfile('/etc/site.cfg')\n", False, False),
        ("app.config['SECRET_KEY'] = 'x'\napp.config.from_pyfile('local.cfg', silent=True)\n", False, False),
        ("app.config['SECRET_KEY'] = 'x'\nimport vault\napp.config.update(vault.read())\n", False, True),
        ("app.config['SECRET_KEY'] = 'x'\nimport vault\nvault.load_config(app)\n", False, False),
        (
            "app.config['SECRET_KEY'] = 'x'\nfrom flask_login import LoginManager\nLoginManager().init_app(app)\n",
            True,
            False,
        ),
        ("app.config['SECRET_KEY'] = 'x'\nfor k in os.listdir('x'):\n    app.config[k] = 1\n", False, True),
    ],
)
def test_what_cannot_be_followed_is_said(body: str, complete: bool, key_unknown: bool) -> None:
    found = _configured(HEAD + body)
    assert found.complete is complete
    assert isinstance(found.get("SECRET_KEY").value, Unknown) is key_unknown


@pytest.mark.parametrize(
    ("version", "env", "debug"),
    [
        (None, {"FLASK_DEBUG": "off"}, True),
        ("==2.2.5", {"FLASK_ENV": "development"}, True),
        ("==3.0.0", {"FLASK_ENV": "development"}, None),
        (">=1.0", {"FLASK_ENV": "development"}, None),
        ("==1.1.4", {"FLASK_DEBUG": "no", "FLASK_ENV": "development"}, False),
    ],
)
def test_debug_by_version(version: str | None, env: dict[str, str], debug: bool | None) -> None:
    value = _configured(HEAD, None, version, **env).get("DEBUG").value
    assert (value.value if isinstance(value, Known) else None) is debug


def test_flask_run_overwrites_debug() -> None:
    launch = _launch(Server.FLASK_RUN)
    found = effective_configuration(_modules({"app.py": HEAD + "app.debug = True\n"}), _app(), launch=launch)
    assert found.get("DEBUG").value == Known(False)


def test_a_script_runs_its_main_block() -> None:
    launch = _launch(Server.APP_RUN, target="app.py")
    modules = _modules({"app.py": HEAD + "if __name__ == '__main__':\n    app.run(debug=os.getenv('D', '1'))\n"})
    found = effective_configuration(modules, _app(), launch=launch, target_module="app.py").get("DEBUG")
    assert isinstance(found.value, Known) and found.value.value is True
    assert (found.fallback, found.variable) == (True, "D")
    assert effective_configuration(modules, _app()).get("DEBUG").value != found.value


def test_dotenv_of_an_image_without_it_is_not_read() -> None:
    text = "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = os.getenv('K', 'dev')\n"
    variables = (EnvVar("K", "from-file", Span(".env", 1)),)
    launch = _launch(container=True)
    seen = effective_configuration(_modules({"app.py": text}, {".env": variables}), _app(), launch=launch)
    hidden = _modules({"app.py": text}, {".env": variables}, dockerignore={".dockerignore": (".env",)})
    value = seen.get("SECRET_KEY").value
    assert isinstance(value, Known) and (value.value, str(value.origin[0].span)) == ("from-file", ".env:1")
    assert effective_configuration(hidden, _app(), launch=launch).get("SECRET_KEY").fallback


_CLASSES = "class Base:\n    SECRET_KEY = 'b'\nclass ProdConfig(Base):\n    DEBUG = False\nclass DevConfig(Base):\n    DEBUG = True\n    SECRET_KEY = 'd'\n"


@pytest.mark.parametrize(
    ("body", "chosen_at"),
    [
        ("from config import *\nname = os.getenv('MODE', 'dev')\napp.config.from_object({'production': ProdConfig, 'dev': DevConfig}[name])\n", 5),
        ("from config import *\napp.config.from_object({'prod': ProdConfig, 'x': DevConfig}.get(os.getenv('MODE', 'x')))\n", 5),
        ("app.config.from_object(os.getenv('MODE', 'config.DevConfig'))\n", 4),
        ("from config import *\nif os.getenv('MODE') == 'production':\n    app.config.from_object(ProdConfig)\nelse:\n    app.config.from_object(DevConfig)\n", 5),
        ("app.config.from_object({'prod': 'config.ProdConfig', 'x': 'config.DevConfig'}[os.getenv('MODE') or 'x'])\n", 4),
        ("mode = os.getenv('MODE', 'dev')\nif mode == 'dev':\n    app.config.from_object('config.DevConfig')\nelif mode == 'test':\n    app.config.from_object('config.Base')\nelif mode == 'production':\n    app.config.from_object('config.ProdConfig')\n", 4),
    ],
)  # fmt: skip
def test_what_selects_production_is_taken_to_be_set(body: str, chosen_at: int) -> None:
    found = effective_configuration(_modules({"app.py": HEAD + body, "config.py": _CLASSES}), _app())
    assert (found.selector, str(found.get("SECRET_KEY").span)) == ("MODE", "config.py:2")
    assert isinstance(found.get("DEBUG").value, Known) and not found.get("DEBUG").fallback
    assert found.unselected is not None
    debug = found.unselected.get("DEBUG")
    assert debug.value == Known(True, debug.value.origin) and debug.fallback
    assert debug.chosen_at is not None and debug.chosen_at.line == chosen_at


def test_what_a_secret_must_not_be_selects_nothing() -> None:
    body = "key = os.getenv('SECRET_KEY')\nif key == 'change-this-in-production':\n    key = os.urandom(8)\n"
    found = _configured(HEAD + body + "app.secret_key = key\n")
    assert (found.selector, found.unselected) == ("", None)


def test_a_set_variable_selects_by_itself() -> None:
    text = HEAD + "app.config.from_object(os.getenv('MODE', 'config.DevConfig'))\n"
    modules = _modules({"app.py": text, "config.py": _CLASSES})
    found = effective_configuration(modules, _app(), env={"MODE": Known("config.DevConfig")})
    assert (found.selector, found.unselected) == ("", None)
    assert found.get("DEBUG").value == Known(True, found.get("DEBUG").value.origin)


@pytest.mark.parametrize(
    ("config", "span"),
    [
        (_CLASSES, "config.py:2"),
        (
            "class A:\n    SECRET_KEY = 'a'\nclass TestA(A):\n    SECRET_KEY = 't'\nclass B(A):\n    pass\n",
            "config.py:2",
        ),
        ("class A:\n    SECRET_KEY = 'a'\nclass B(A):\n    SECRET_KEY = 'b'\n", "None"),
        ("from nowhere import C\nclass ProductionConfig(C):\n    SECRET_KEY = 'a'\n", "None"),
    ],
)
def test_an_unknown_class_is_known_where_all_that_it_can_be_agree(config: str, span: str) -> None:
    text = HEAD + "app.config.from_object(os.environ['APP_SETTINGS'])\n"
    found = _configured(text, {"config.py": config})
    assert str(found.get("SECRET_KEY").span) == span
    assert not found.complete and not found.get("SECRET_KEY").guarded


@pytest.mark.parametrize(
    ("body", "file", "fallback"),
    [
        ("app.config.from_pyfile('local.cfg', silent=True)\n", "local.cfg", False),
        ("app.config.from_envvar('SETTINGS', silent=True)\n", "$SETTINGS", False),
        (
            "if os.path.exists(app.root_path + '/local.py'):\n    app.config.from_pyfile('local.py')\n",
            "local.py",
            False,
        ),
        ("app.config.from_prefixed_env()\n", "", True),
    ],
)
def test_an_absent_file_that_would_replace_a_value_is_named(body: str, file: str, fallback: bool) -> None:
    setting = _configured(HEAD + "app.secret_key = 'k'\n" + body).get("SECRET_KEY")
    assert setting.value == Known("k", setting.value.origin)
    assert (setting.file, setting.fallback) == (file, fallback)


@pytest.mark.parametrize(
    ("body", "file"),
    [
        ("app.config.from_pyfile('/etc/shop/shop.cfg')\n", "/etc/shop/shop.cfg"),
        (
            "app.config.from_pyfile(os.path.expanduser('~/.config/shop.py'), silent=True)\n",
            "~/.config/shop.py",
        ),
        (
            "import pathlib\napp.config.from_pyfile(pathlib.Path('~/shop.py').expanduser(), silent=True)\n",
            "~/shop.py",
        ),
        (
            (
                "import tomllib\nif os.path.exists('/etc/shop.toml'):\n    with open('/etc/shop.toml') as file:\n"
                "        for key, value in tomllib.loads(file.read()).items():\n            app.config[key.upper()] = value\n"
            ),
            "/etc/shop.toml",
        ),
    ],
)
def test_settings_of_the_machine_may_replace_what_the_source_says(body: str, file: str) -> None:
    setting = _configured(HEAD + "app.secret_key = 'k'\n" + body).get("SECRET_KEY")
    assert setting.value == Known("k", setting.value.origin)
    assert (setting.file, setting.expected) == (file, True)


@pytest.mark.parametrize(
    ("settings", "file"),
    [
        ("KEY = 'k'\ntry:\n    from local_settings import *\nexcept ImportError:\n    pass\n", "local_settings.py"),
        ("KEY = 'k'\ntry:\n    from .local import *\nexcept Exception:\n    pass\n", "shop/settings/local.py"),
        ("KEY = 'k'\ntry:\n    from ..math import *\nexcept Exception:\n    pass\n", "shop/math.py"),
        ("KEY = 'k'\ntry:\n    from shop.local import *\nexcept Exception:\n    pass\n", "shop/local.py"),
        ("try:\n    from local_settings import *\nexcept ImportError:\n    pass\nKEY = 'k'\n", ""),
        ("KEY = 'k'\ntry:\n    from math import *\nexcept ImportError:\n    pass\n", ""),
        ("KEY = 'k'\nfrom local_settings import *\n", ""),  # without it nothing starts
        ("KEY = 'k'\ntry:\n    from local_settings import DATABASE\nexcept ImportError:\n    pass\n", ""),
    ],
)
def test_a_module_that_a_deployment_may_have_replaces_what_is_bound_before(settings: str, file: str) -> None:
    app = HEAD + "app.config.from_object('shop.settings.base')\n"
    files = {"shop/__init__.py": "", "shop/settings/__init__.py": "", "shop/settings/base.py": settings}
    key = _configured(app, files).get("KEY")
    assert key.value == Known("k", key.value.origin)
    assert (key.file, key.expected) == (file, bool(file))


def test_a_file_that_the_program_does_without_is_not_expected() -> None:
    setting = _configured(HEAD + "app.secret_key = 'k'\napp.config.from_pyfile('/tmp/s.cfg', silent=True)\n")
    key = setting.get("SECRET_KEY")
    assert (key.file, key.expected) == ("/tmp/s.cfg", False)


def test_a_file_that_has_to_be_missing_says_nothing_of_what_it_holds() -> None:
    body = "if not os.path.exists('/etc/shop'):\n    app.secret_key = os.urandom(3)\n"
    setting = _configured(HEAD + "app.secret_key = 'k'\n" + body).get("SECRET_KEY")
    assert isinstance(setting.value, Unknown)


def test_a_configuration_made_before_the_application_is_its_own() -> None:
    body = "import flask\nown = flask.Config('/')\nown['SECRET_KEY'] = 'k'\napp.config = own\napp.debug = True\n"
    found = _configured(HEAD + body)
    assert [found.get(key).value for key in ("SECRET_KEY", "DEBUG")] == [
        Known(value, found.get(key).value.origin) for key, value in (("SECRET_KEY", "k"), ("DEBUG", True))
    ]


@pytest.mark.parametrize(
    ("test", "value", "variable"),
    [
        ("'KEY' in os.environ", "os.environ['KEY']", "KEY"),
        ("os.getenv('KEY')", "os.getenv('KEY').strip()", "KEY"),
        ("os.getenv('MODE') == 'dev'", "'other'", ""),
        ("os.getenv('MODE') == 'dev'", "os.environ['KEY']", ""),
    ],
)
def test_what_a_variable_would_replace_is_its_default(test: str, value: str, variable: str) -> None:
    body = f"app.config['SECRET_KEY'] = 'k'\nif {test}:\n    app.config['SECRET_KEY'] = {value}\n"
    setting = _configured(HEAD + body).get("SECRET_KEY")
    assert setting.value == Known("k", setting.value.origin)
    assert (setting.variable, setting.fallback, setting.guarded) == (variable, bool(variable), False)


def test_a_check_of_one_setting_does_not_guard_what_was_chosen_with_it() -> None:
    text = HEAD + (
        "class C:\n    SECRET_KEY = os.getenv('K', 'dev')\n    OTHER = os.getenv('O', 'x')\n"
        "app.config.from_object({'C': C}[os.getenv('MODE', 'C')])\n"
        "if not app.config['OTHER']:\n    raise RuntimeError\n"
    )
    found = _configured(text)
    assert (found.get("SECRET_KEY").guarded, found.get("OTHER").guarded) == (False, True)


def test_the_entries_of_a_table_made_by_keywords_have_places() -> None:
    setting = _configured(HEAD + "C = dict(\n    SECRET_KEY='k',\n)\napp.config.update(C)\n").get("SECRET_KEY")
    assert setting.span is not None and setting.span.line == 5


@pytest.mark.parametrize(
    ("written", "default"), [("SECRET_KEY=${KEY:-x}", "KEY"), ("SECRET_KEY=${KEY-x}", "KEY"), ("SECRET_KEY=x", "")]
)
def test_the_line_of_the_deploy_file_that_sets_a_value(written: str, default: str) -> None:
    place = Span("docker-compose.yml", 7)
    env = {"SECRET_KEY": Known("x", (Origin(place, written),))}
    body = HEAD + "app.secret_key = os.environ['SECRET_KEY']\napp.config['LIMIT'] = 3\n"
    found = effective_configuration(_modules({"app.py": body}), _app(), env=env)
    assert (found.get("SECRET_KEY").deployed_at, found.get("SECRET_KEY").deploy_default) == (place, default)
    assert (found.get("SECRET_KEY").is_constant, found.get("LIMIT").is_constant) == (False, True)
    assert found.get("LIMIT").deployed_at is None


def test_a_default_of_a_deploy_file_leaves_the_default_of_the_source() -> None:
    env = {"SECRET_KEY": Known("x", (Origin(Span("docker-compose.yml", 7), "SECRET_KEY=${KEY:-x}"),))}
    modules = _modules({"app.py": HEAD + "app.secret_key = os.getenv('SECRET_KEY', 'dev')\n"})
    (left,) = effective_configuration(modules, _app(), env=env).weaker
    assert left.get("SECRET_KEY").value == Known("dev", left.get("SECRET_KEY").value.origin)
    assert left.get("SECRET_KEY").fallback


def test_a_loader_that_is_not_known_gives_nothing_certain() -> None:
    body = "from omegaconf import OmegaConf\nsettings = OmegaConf.load('shop.yaml')\n"
    found = _configured(HEAD + body + "app.debug = settings['debug']\n").get("DEBUG")
    assert isinstance(found.value, Unknown)


def test_what_a_library_is_handed_fills_only_what_nothing_set() -> None:
    body = "from house import init_app\nclass C:\n    DEBUG = True\n    SECRET_KEY = 'k'\n"
    found = _configured(HEAD + body + "app.config['DEBUG'] = False\ninit_app(app, C)\n")
    debug, key = found.get("DEBUG"), found.get("SECRET_KEY")
    assert (debug.value, debug.file) == (Known(False, debug.value.origin), "")
    assert (key.value, key.file) == (Known("k", key.value.origin), "house.init_app()")
    assert not found.complete


def test_a_path_inside_the_image_is_a_file_of_the_project() -> None:
    launch = _launch(layout=(("/srv", "."),))
    text = HEAD + "app.config.from_envvar('SETTINGS')\n"
    modules = _modules({"app.py": text, "conf/live.py": "SECRET_KEY = 'live'\n"})
    env = {"SETTINGS": Known("/srv/conf/live.py")}
    found = effective_configuration(modules, _app(), launch=launch, env=env).get("SECRET_KEY")
    assert (found.value, str(found.span)) == (Known("live", found.value.origin), "conf/live.py:1")


@pytest.mark.parametrize(
    ("left", "right", "either"),
    [("'a'", "'b'", ("a", "b")), ("'a'", "os.urandom(3)", ()), ("'a'", "'a'", ()), ("b'a'", "'c'", (b"a", "c"))],
)
def test_the_ways_of_a_branch_that_is_not_decided(left: str, right: str, either: tuple[object, ...]) -> None:
    body = f"import time\nif time.time() > 1:\n    app.secret_key = {left}\nelse:\n    app.secret_key = {right}\n"
    assert _configured(HEAD + body).get("SECRET_KEY").either == either


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    return f()\napp.secret_key = f()\n",
        "x = 'a'\nfor i in range(99):\n    x = x + x\napp.secret_key = x\n",
        "app.secret_key = 'a' * 10 ** 9\n",
        "app.secret_key = '%999999999d' % 1\n",
        "app.secret_key = '{:>999999999}'.format(1)\n",
        "app.config['N'] = 9 ** 9 ** 9\n",
        "while True:\n    app.config['N'] = 1\n",
        "class A(B): pass\nclass B(A): pass\napp.config.from_object(B)\n",
        "import app as me\nme.app.secret_key = me.nothing\n",
        "app.config['N'] = " + "(" * 60 + "1" + ")" * 60 + "\n",
        "app.config['N'] = " + "+".join(["1"] * 150) + "\n",
        "d = {}\nd['d'] = d\napp.config['N'] = d\n",
        "from dynaconf import Dynaconf\nd = {}\nd['d'] = d\ns = Dynaconf(X=d)\napp.config['N'] = s.X\n",
        "from dynaconf import Dynaconf\ns = Dynaconf()\ns.set('a' + '.a' * 3000, 1)\napp.config['N'] = s.A\n",
        "import confuse, time\nif time.time() > 1:\n    c = confuse.Configuration('a')\nelse:\n    c = None\nc.set_env()\nc.read()\napp.config['N'] = c['x'].get(1)\n",
        "import confuse\nc = confuse.Configuration('a')\nd = {}\nd['d'] = d\nc.set(d)\napp.config['N'] = c['d']['d'].get()\napp.config['M'] = c.flatten()\n",
        "from pydantic import BaseModel\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\nclass A(BaseModel):\n    a: 'A' = None\n    b: A | None = None\nclass S(BaseSettings):\n    model_config = SettingsConfigDict(env_nested_delimiter='__')\n    b: A | None = None\nos.environ['B' + '__B' * 3000] = '1'\napp.config['N'] = S().b\n",
        "os.environ['FLASK_A' + '__a' * 3000] = '1'\napp.config.from_prefixed_env()\napp.config['N'] = 1\n",
        "x = 'abc'[::0]\napp.config['N'] = [1, 2][::0]\n",
    ],
)
def test_hostile_programs_end(text: str) -> None:
    found = _configured(HEAD + text)
    assert all(isinstance(setting.value, Known | Unknown) for setting in found.settings.values())


def test_an_application_of_another_distribution_is_none_that_stands_beside_it() -> None:
    text = (
        "from flask import Flask\nfrom invenio_base.app import create_app_factory\ndef create_app():\n"
        "    api = create_app_factory('shop')()\n    pages = Flask(__name__)\n    pages.config['DEBUG'] = True\n    return api\n"
    )
    configuration = _configured(text)
    assert (configuration.complete, dict(configuration.settings)) == (False, {})


@pytest.mark.parametrize(("padding", "known"), [(10, True), (200_000, False)])
def test_a_data_file_that_is_too_long_for_settings_is_not_read(padding: int, known: bool) -> None:
    text = HEAD + "import json\napp.config.from_file('c.json', load=json.load)\n"
    held = f'{{"SECRET_KEY": "j", "REST": "{"x" * padding}"}}'.encode()
    modules = _modules({"app.py": text, "c.json": held.decode()})
    found = effective_configuration(modules, _app(), read={"c.json": held}.get)
    assert (isinstance(found.get("SECRET_KEY").value, Known), found.complete) == (known, known)
