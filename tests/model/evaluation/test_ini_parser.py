"""``configparser`` as the evaluator has it against the one of the standard library."""

from __future__ import annotations

import configparser
from pathlib import Path

import pytest

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.facts.syntax import Assign
from flask_prodcheck.model.evaluation.evaluate import Evaluated, Scope, evaluate
from flask_prodcheck.model.python.modules import Modules

INI = """# the shop
[DEFAULT]
Host = localhost

[web]
port = 8001
debug = False
secret: a = b
half = 50%%
wide = 100%
address = %(host)s:80

[empty]
"""
HEAD = "import configparser\ncfg = configparser.ConfigParser()\ncfg.read('shop.ini')\n"


def _evaluated(expression: str, head: str = HEAD) -> Evaluated:
    module = read_python("app.py", head.encode())
    asked = read_python("asked.py", f"RESULT = {expression}\n".encode())
    assert module is not None and asked is not None and isinstance(asked.body[0], Assign)
    facts = Facts(modules={"app.py": module}, paths=frozenset({"app.py", "shop.ini"}))
    read = {"shop.ini": INI.encode()}.get
    return evaluate(asked.body[0].value, Scope(Modules(facts), "app.py", read=read))


EXPRESSIONS = [
    "cfg.get('web', 'port')",
    "cfg.getint('web', 'port')",
    "cfg.getfloat('web', 'port')",
    "cfg.getboolean('web', 'debug')",
    "cfg.get('web', 'HOST')",
    "cfg['web']['secret']",
    "cfg['web'].get('nothing')",
    "cfg['web'].get('nothing', 'x')",
    "cfg['web'].getint('port')",
    "cfg.get('web', 'nothing', fallback='x')",
    "cfg.get('none', 'nothing', fallback='x')",
    "cfg.getint('web', 'nothing', fallback=3)",
    "cfg.get('web', 'half')",
    "cfg.has_option('web', 'port')",
    "cfg.has_option('web', 'nothing')",
    "cfg.has_section('web')",
    "cfg.has_section('none')",
    "'web' in cfg",
    "'none' in cfg",
    "'port' in cfg['web']",
    "dict(cfg['empty'])",
    "dict(cfg.items('empty'))",
    "bool(cfg.get('web', 'debug'))",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_it_gives_what_the_real_one_gives(expression: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop.ini").write_text(INI)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(HEAD, names)
    found = _evaluated(expression).value
    assert isinstance(found, Known)
    assert found.value == eval(expression, names)


@pytest.mark.parametrize(
    "expression",
    ["cfg.get('web', 'address')", "cfg.get('web', 'wide')", "cfg.get('web', 'port', raw=True)", "cfg.sections()"],
)
def test_what_is_not_followed_is_unknown(expression: str) -> None:
    assert isinstance(_evaluated(expression).value, Unknown)


def test_the_place_of_an_option() -> None:
    found = _evaluated("cfg['web']['secret']")
    assert (str(found.span), found.expression) == ("shop.ini:8", "'a = b'")


@pytest.mark.parametrize("expression", ["cfg.get('web', 'nothing')", "cfg['none']", "cfg['web']['nothing']"])
def test_what_is_not_there_raises(expression: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop.ini").write_text(INI)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(HEAD, names)
    with pytest.raises((KeyError, configparser.Error)) as real:
        eval(expression, names)
    found = _evaluated(expression)
    assert found.guarded and isinstance(found.value, Unknown)
    assert type(real.value).__name__ in found.value.reason


def test_a_file_that_the_project_lacks_may_replace_what_it_has() -> None:
    head = HEAD + "cfg.read('/etc/shop.ini')\n"
    found = _evaluated("cfg.get('web', 'port')", head)
    assert (found.value, found.files) == (Known("8001", found.value.origin), ("/etc/shop.ini",))


def test_values_without_references() -> None:
    head = "import configparser\ncfg = configparser.RawConfigParser()\ncfg.read('shop.ini')\n"
    assert isinstance(_evaluated("cfg.get('web', 'address')", head).value, Known)


def test_an_assignment_replaces_an_option() -> None:
    head = HEAD + "cfg['web']['port'] = '9'\ncfg['more'] = {'a': 'b'}\ncfg.set('web', 'debug', 'yes')\n"
    values = [_evaluated(e, head).value for e in ("cfg['web']['port']", "cfg['more']['a']", "cfg['web']['debug']")]
    assert [each.value for each in values if isinstance(each, Known)] == ["9", "b", "yes"]
