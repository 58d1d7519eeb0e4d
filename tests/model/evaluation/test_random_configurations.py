"""Random programs that configure an application: what is folded is what Flask ends with, or not known."""

from __future__ import annotations

import os
from collections.abc import Mapping
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flask_prodcheck.base import Known, Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.model.configuration.config import effective_configuration
from flask_prodcheck.model.evaluation.applications.defaults import DEFAULTS
from flask_prodcheck.model.project import App, Configuration
from flask_prodcheck.model.python.modules import Modules

KEYS = ("DEBUG", "SECRET_KEY", "TESTING", "SESSION_COOKIE_SECURE", "LIMIT", "URL")
VARIABLES = ("MODE", "DEBUG", "SECRET_KEY", "FLASK_DEBUG", "APP_URL", "APP_LIMIT", "N")
TEXTS = ("", "0", "1", "true", "False", "yes", "dev", "7", "a,b")

_keys = st.sampled_from(KEYS)
_variables = st.sampled_from(VARIABLES)
_literals = st.sampled_from([repr(text) for text in TEXTS] + ["True", "False", "None", "3", "0", "b'k'", "(1, 'a')"])
_texts = st.sampled_from([repr(text) for text in TEXTS])


def _reads(draw: st.DrawFn) -> str:
    name, default = draw(_variables), draw(_texts)
    return draw(
        st.sampled_from(
            [
                f"os.environ.get({name!r}, {default})",
                f"os.getenv({name!r}, {default})",
                f"(os.getenv({name!r}) or {default})",
                f"os.environ.get({name!r}, default={default})",
                f"(os.environ[{name!r}] if {name!r} in os.environ else {default})",
                f"helper({name!r}, {default})",
                f"os.environ.get({name!r}, os.getenv({draw(_variables)!r}, {default}))",
            ]
        )
    )


@st.composite
def expressions(draw: st.DrawFn) -> str:
    text, other = _reads(draw), draw(_texts)
    return draw(
        st.sampled_from(
            [
                draw(_literals), text, f"bool({text})", f"{text}.lower() in ('1', 'true', 'yes')", f"{text} == {other}",
                f"not {text}", f"f'{{{text}}}-{{1 + 1}}'", f"{text} + {other}", f"'%s:%s' % ({text}, {other})",
                f"'{{}}/{{x}}'.format({text}, x={other})", f"(1 if {text} else {other})", f"len({text}) > 1", f"{text}.split(',')",
                f"({text} and {other})", f"({text} or {other})", f"{text} != {other} and {draw(_literals)}",
                f"int({text} or '5')", f"{text}.replace('a', 'x').strip().upper()", f"{draw(_variables)!r} in os.environ",
                f"[{text}, {other}][-1]", f"{{'k': {text}}}.get({other}, {draw(_literals)})", f"TABLE.get({text}, {other})",
                f"dict(a={text})['a']", f"any([{text}, {other}])", f"max({text}, {other})", f"str({draw(_literals)})",
                f"{text}.startswith({other})", f"'{{0}}'.format({text})", f"next_value({text})",
            ]
        )
    )  # fmt: skip


@st.composite
def statements(draw: st.DrawFn, indent: str = "", depth: int = 0) -> str:
    key, other, value, second = draw(_keys), draw(_keys), draw(expressions()), draw(expressions())
    simple = [
        f"app.config[{key!r}] = {value}", f"app.config.update({key}={value})", f"app.config.update({{{key!r}: {value}, {other!r}: {second}}})",
        f"app.config.setdefault({key!r}, {value})", f"app.config.from_mapping({key}={value}, low=1)", f"app.debug = {value}", f"app.secret_key = {value}",
        f"app.config.from_object({draw(st.sampled_from(['Base', 'Middle', 'Leaf', 'Leaf()', 'Other']))})", "app.config.from_prefixed_env('APP')",
        "app.config.from_prefixed_env()", f"os.environ.setdefault({draw(_variables)!r}, {draw(_texts)})", f"app.config[{key!r}] = app.config.get({other!r}, {value})",
        f"app.config.pop({key!r}, None)", f"app.config |= {{{key!r}: {value}}}", f"Base.{key} = {value}", f"configure(app, {key}={value})",
        f"app.config[{key!r}] = app.config[{other!r}] = {value}", f"app.config.from_object(CLASSES.get({_reads(draw)}, Base))", "app.config.from_pyfile('absent.cfg', silent=True)",
    ]  # fmt: skip
    if depth < 2:
        inner = draw(statements(indent=indent + "    ", depth=depth + 1))
        after = draw(statements(indent=indent + "    ", depth=depth + 1))
        simple += [
            f"if {value}:\n{inner}\n{indent}else:\n{after}",
            f"for each in ({value}, {second}):\n{inner}\n{indent}    app.config[{key!r}] = each",
            f"try:\n{indent}    app.config[{key!r}] = os.environ[{draw(_variables)!r}]\n{indent}except KeyError:\n{inner}",
            f"try:\n{indent}    app.config[{key!r}] = int({value})\n{indent}except (TypeError, ValueError):\n{inner}",
            f"with app.app_context():\n{inner}",
        ]
    return indent + draw(st.sampled_from(simple))


@st.composite
def programs(draw: st.DrawFn) -> str:
    def body(name: str, base: str) -> str:
        attributes = [f"    {draw(_keys)} = {draw(expressions())}" for _ in range(draw(st.integers(0, 3)))]
        return "\n".join([f"class {name}({base}):", *(attributes or ["    pass"])])

    classes = [body("Base", "object"), body("Other", "object"), body("Middle", "Base"), body("Leaf", "Middle, Other")]
    lines = [draw(statements()) for _ in range(draw(st.integers(1, 5)))]
    return "\n".join(
        [
            "import os", "from flask import Flask", "TABLE = {'': 0, '1': True, 'dev': 'table'}",
            "def helper(name, default=None):\n    value = os.getenv(name)\n    if value is None:\n        return default\n    return value",
            "def next_value(text):\n    for word in ('dev', '1'):\n        if text == word:\n            return word * 2\n    return text",
            "def configure(app, **words):\n    for key, value in words.items():\n        app.config[key] = value",
            *classes, "CLASSES = {'1': Leaf, 'dev': Middle, 'true': Other}", "app = Flask(__name__)", *lines, "",
        ]
    )  # fmt: skip


def folded(text: str, env: Mapping[str, str]) -> Configuration:
    module = read_python("app.py", text.encode())
    assert module is not None
    modules = Modules(Facts(modules={"app.py": module}, paths=frozenset({"app.py"})))
    app = App("app:app", Span("app.py", 1), "app", "global", ".", "app")
    values = {name: Known(value) for name, value in env.items()}
    return effective_configuration(modules, app, env=values, env_closed=True)


def real(text: str, env: Mapping[str, str]) -> dict[str, object] | None:
    """What Flask ends with; None when the program fails."""
    scope: dict[str, object] = {"__name__": "app"}
    with mock.patch.dict(os.environ, env, clear=True):
        try:
            exec(compile(text, "app.py", "exec"), scope)
        except Exception:
            return None
    config = getattr(scope["app"], "config", None)
    assert isinstance(config, dict)
    return dict(config)


@settings(max_examples=120, suppress_health_check=list(HealthCheck))
@given(programs(), st.dictionaries(_variables, st.sampled_from(TEXTS), max_size=4))
def test_what_is_known_is_what_flask_ends_with(text: str, env: dict[str, str]) -> None:
    configuration = folded(text, env)
    values = real(text, env)
    if values is None:
        return
    for key in {*KEYS, *configuration.settings}:
        setting = configuration.get(key)
        if isinstance(setting.value, Known):
            found = setting.value.value
            assert (type(found), found) == (type(values.get(key)), values.get(key)), (key, env, text)
        elif key not in configuration.settings and configuration.complete:
            assert values.get(key) == DEFAULTS.get(key), (key, env, text)
