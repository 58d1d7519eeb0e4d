"""What confuse and dynaconf give where production may say otherwise: a variable, the user's folder, a file that is not
part of the project."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Configuration
from flask_prodcheck.sources.discover import memory_tree

CONFUSE = "import confuse\nfrom flask import Flask\nconfig = confuse.Configuration('shop', __name__)\n"
DYNACONF = (
    "from dynaconf import Dynaconf\nfrom flask import Flask\n"
    "settings = Dynaconf(settings_files=['settings.toml'{}], environments=True)\napp = Flask(__name__)\n"
)
YAML = "port: 80\nsecret: dev\n"
TOML = "[default]\nsecret_key = 'd'\ndebug = true\n[production]\nsecret_key = 'p'\n"


def _configuration(files: Mapping[str, str]) -> Configuration:
    whole = {"requirements.txt": "flask\ngunicorn\n", "Procfile": "web: gunicorn app:app\n", **files}
    project = link(parse(memory_tree(dict(whole))), name="shop", read=lambda name: whole[name].encode())
    (found,) = project.configurations
    return found


def _confuse(body: str) -> Configuration:
    return _configuration({"app.py": CONFUSE + body, "config_default.yaml": YAML})


def _dynaconf(body: str, more: str = "", toml: str = TOML) -> Configuration:
    return _configuration({"app.py": DYNACONF.replace("{}", more) + body, "settings.toml": toml})


OLD = "from typing import Optional\nfrom flask import Flask\nfrom pydantic import BaseSettings, Field\n"


@pytest.mark.parametrize(
    ("written", "value", "variable"),
    [
        ("Optional[str]", "none", "KEY"),
        ("Optional[str] = Field(env='THE_KEY')", "none", "THE_KEY"),
        ("Optional[str] = Field(..., env='THE_KEY')", None, "THE_KEY"),
        ("str = Field('d', env='THE_KEY')", "d", "THE_KEY"),
        ("str = Field('d', env=['ONE', 'TWO'])", "d", "ONE"),
        ("str = Field('d', alias='THE_KEY')", None, ""),  # pydantic 1 does not read it, and warns
    ],
)
def test_fields_of_pydantic_1(written: str, value: str | None, variable: str) -> None:
    body = f"class S(BaseSettings):\n    key: {written}\napp = Flask(__name__)\napp.secret_key = S().key or 'none'\n"
    found = _configuration({"app.py": OLD + body}).get("SECRET_KEY")
    assert (found.value.value if isinstance(found.value, Known) else None, found.variable) == (value, variable)


def test_the_users_own_file_may_replace_a_default_of_confuse() -> None:
    found = _confuse("app = Flask(__name__)\napp.secret_key = config['secret'].get(str)\n").get("SECRET_KEY")
    assert (found.value, str(found.span)) == (Known("dev", found.value.origin), "config_default.yaml:2")
    assert (found.file, found.fallback, found.guarded) == ("~/.config/shop/config.yaml", False, False)


def test_a_variable_may_replace_a_default_of_confuse() -> None:
    body = "config.set_env()\napp = Flask(__name__)\napp.secret_key = config['secret'].as_str()\n"
    found = _confuse(body).get("SECRET_KEY")
    assert (found.value, found.fallback, found.variable) == (Known("dev", found.value.origin), True, "SHOP_SECRET")


@pytest.mark.parametrize(
    ("start", "key", "guarded"),
    [
        ("", "none", False),
        ("config.set_env()\n", "none", True),
        ("config.set_file('/etc/shop.yaml')\n", "secret", False),
    ],
)
def test_what_only_production_has_is_unknown(start: str, key: str, guarded: bool) -> None:
    found = _confuse(f"{start}app = Flask(__name__)\napp.secret_key = config['{key}'].get(str)\n").get("SECRET_KEY")
    assert isinstance(found.value, Unknown) and found.guarded is guarded


def test_the_section_for_production_is_taken_to_be_chosen() -> None:
    found = _dynaconf("app.secret_key = settings.SECRET_KEY\n")
    key = found.get("SECRET_KEY")
    assert (key.value, str(key.span)) == (Known("p", key.value.origin), "settings.toml:5")
    assert (found.selector, key.fallback, key.variable) == ("ENV_FOR_DYNACONF", True, "DYNACONF_SECRET_KEY")
    assert found.unselected is not None
    assert found.unselected.get("SECRET_KEY").value == Known("d", found.unselected.get("SECRET_KEY").value.origin)


@pytest.mark.parametrize(
    "body",
    [
        "app.config['SECRET_KEY'] = settings['secret_key']\n",
        "app.config.from_object(settings)\n",  # dynaconf before 3.2; later ones make Flask fail
        "app.config.update(settings.as_dict())\n",
        "app.config.update(settings)\n",
    ],
)
def test_a_file_that_is_missing_may_replace_a_setting(body: str) -> None:
    found = _dynaconf("app.config['OWN'] = 1\n" + body, ", '.secrets.toml'")
    key = found.get("SECRET_KEY")
    assert (key.value, key.file) == (Known("p", key.value.origin), ".secrets.toml")
    own = found.get("OWN")
    whole = "settings)" in body or "as_dict" in body
    assert (own.value, own.file) == (Known(1, own.value.origin), ".secrets.toml" if whole else "")
    assert found.complete is not whole


def test_a_default_stands_in_for_a_setting_that_nothing_sets() -> None:
    found = _dynaconf("app.secret_key = settings.get('key', 'dev')\n").get("SECRET_KEY")
    assert (found.value, found.fallback, found.variable) == (Known("dev", found.value.origin), True, "DYNACONF_KEY")


@pytest.mark.parametrize("body", ["settings.KEY", "settings['key']"])
def test_a_setting_without_which_start_up_fails(body: str) -> None:
    found = _dynaconf(f"app.secret_key = {body}\n").get("SECRET_KEY")
    assert isinstance(found.value, Unknown)
    assert (found.guarded, found.variable) == (True, "DYNACONF_KEY")


def test_a_validator_makes_start_up_fail() -> None:
    text = DYNACONF.replace("{}", "").replace("environments=True", "validators=[Validator('KEY', must_exist=True)]")
    body = "app.secret_key = settings.get('KEY')\n"
    files = {"app.py": "from dynaconf import Validator\n" + text + body, "settings.toml": "a = 1\n"}
    found = _configuration(files).get("SECRET_KEY")
    assert isinstance(found.value, Unknown) and (found.guarded, found.variable) == (True, "DYNACONF_KEY")


@pytest.mark.parametrize(
    ("more", "toml"),
    [
        ("], includes=['other.toml'", TOML),
        ("], merge_enabled=True, loaders=['own'", TOML),
        ("], validators=[check()", TOML),
        ("", "[production]\nsecret_key = '@jinja {{ env.X }}'\n"),
        ("", "[production]\nsecret_key = 'a'\ndynaconf_merge = true\n"),
        ("", "not toml"),
    ],
)
def test_what_is_not_followed_is_unknown(more: str, toml: str) -> None:
    assert isinstance(_dynaconf("app.secret_key = settings.SECRET_KEY\n", more, toml).get("SECRET_KEY").value, Unknown)
