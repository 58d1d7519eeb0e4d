"""What the effective configuration says beyond the value: place, fallback, guard, randomness, completeness."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from flask_prodcheck.base import Known, Span, Unknown
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.facts.types import EnvFile, EnvVar
from flask_prodcheck.model.configuration.config import effective_configuration, production_candidates
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
    setting = _configured(text).get("SECRET_KEY")
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
    found = _configured(text, {"config.py": config})
    assert (found.get("DEBUG").fallback, found.get("DEBUG").variable) == (True, "MODE")
    assert (found.get("SECRET_KEY").fallback, str(found.get("SECRET_KEY").span)) == (False, "config.py:2")


@pytest.mark.parametrize(
    ("body", "complete", "key_unknown"),
    [
        ("app.config['SECRET_KEY'] = 'x'\n", True, False),
        ("app.config['SECRET_KEY'] = 'x'\napp.config.from_pyfile('/etc/site.cfg')\n", False, True),
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
    hop = Hop(Span("Procfile", 1), "web: flask run")
    launch = Launch(
        (hop,),
        Server.FLASK_RUN,
        Purpose.PRODUCTION,
        "",
        "file",
        "flask run",
        "app:app",
        True,
        Confidence.HIGH,
        "procfile",
    )
    found = effective_configuration(_modules({"app.py": HEAD + "app.debug = True\n"}), _app(), launch=launch)
    assert found.get("DEBUG").value == Known(False)


def test_a_script_runs_its_main_block() -> None:
    hop = Hop(Span("Procfile", 1), "web: python app.py")
    launch = Launch(
        (hop,),
        Server.APP_RUN,
        Purpose.PRODUCTION,
        "",
        "file",
        "python app.py",
        "app.py",
        True,
        Confidence.HIGH,
        "procfile",
    )
    modules = _modules({"app.py": HEAD + "if __name__ == '__main__':\n    app.run(debug=os.getenv('D', '1'))\n"})
    found = effective_configuration(modules, _app(), launch=launch, target_module="app.py").get("DEBUG")
    assert isinstance(found.value, Known) and found.value.value is True
    assert (found.fallback, found.variable) == (True, "D")
    assert effective_configuration(modules, _app()).get("DEBUG").value != found.value


def test_dotenv_of_an_image_without_it_is_not_read() -> None:
    text = "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = os.getenv('K', 'dev')\n"
    variables = (EnvVar("K", "from-file", Span(".env", 1)),)
    hop = Hop(Span("Dockerfile", 1), "CMD gunicorn app:app")
    launch = Launch(
        (hop,),
        Server.GUNICORN,
        Purpose.PRODUCTION,
        "",
        "file",
        "gunicorn app:app",
        "app:app",
        True,
        Confidence.HIGH,
        "dockerfile",
        container=True,
    )
    seen = effective_configuration(_modules({"app.py": text}, {".env": variables}), _app(), launch=launch)
    hidden = _modules({"app.py": text}, {".env": variables}, dockerignore={".dockerignore": (".env",)})
    value = seen.get("SECRET_KEY").value
    assert isinstance(value, Known) and (value.value, str(value.origin[0].span)) == ("from-file", ".env:1")
    assert effective_configuration(hidden, _app(), launch=launch).get("SECRET_KEY").fallback


def test_candidates_name_the_default_class_first() -> None:
    config = "class Base:\n    DEBUG = False\nclass Prod(Base):\n    X = 1\nclass Dev(Base):\n    DEBUG = True\nall = {'prod': Prod, 'dev': Dev}\n"
    text = HEAD + "from config import all\napp.config.from_object(all[os.getenv('MODE', 'dev')])\n"
    found = production_candidates(_modules({"app.py": text, "config.py": config}), _app())
    assert (found[0].name, found[0].chosen, found[0].variable) == ("Dev", True, "MODE")
    assert {one.name for one in found} == {"Base", "Prod", "Dev"}


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
    ],
)
def test_hostile_programs_end(text: str) -> None:
    found = _configured(HEAD + text)
    assert all(isinstance(setting.value, Known | Unknown) for setting in found.settings.values())
