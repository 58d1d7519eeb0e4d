"""The effective configuration as it is shown: states, origins, and no secret."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from flask_prodcheck.errors import UsageError
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.graph import data, settings_text
from flask_prodcheck.graph.effective import EffectiveConfiguration, effective
from flask_prodcheck.model.link import link
from flask_prodcheck.rulekit import Project
from flask_prodcheck.sources.discover import memory_tree

PASSWORD = "Xq7vT2nLw9Rk4Zb8"
FILES = {
    "Procfile": "web: gunicorn app:app\n",
    "app.py": (
        "import os\nfrom flask import Flask\n\napp = Flask(__name__)\n"
        f"app.config['SECRET_KEY'] = '{PASSWORD}'\n"
        "app.config['DEBUG'] = False\n"
        "app.config['REGION'] = os.environ.get('REGION', 'eu')\n"
        "app.config['HOST'] = os.environ['PUBLIC_HOST']\n"
        f"app.config['DATABASE'] = 'postgresql://web:{PASSWORD}@db/web'\n"
        f"app.config.update(MAIL_PASSWORD='{PASSWORD}', MAIL_PORT=25)\n"
    ),
}


def project(files: Mapping[str, str] = FILES) -> Project:
    return link(parse(memory_tree(files)), name="p")


def one(*keys: str, files: Mapping[str, str] = FILES) -> EffectiveConfiguration:
    (found,) = effective(project(files), launch=1, keys=keys)
    return found


@pytest.mark.parametrize(
    ("key", "state", "shown", "lines"),
    [
        ("SECRET_KEY", "known", "'Xq***'", [5]),
        ("DEBUG", "known", "False", [6]),
        ("REGION", "known", "'eu'", [7]),
        ("DATABASE", "known", "'postgresql://web:***@db/web'", [9]),
        ("MAIL_PORT", "known", "25", [10, 10]),
        ("TESTING", "unset", "", []),
    ],
)
def test_setting(key: str, state: str, shown: str, lines: list[int]) -> None:
    (setting,) = one(key).settings
    assert (setting.key, setting.state, setting.shown) == (key, state, shown)
    assert [step.span.line for step in setting.origin] == lines


def test_unknown_says_why() -> None:
    (setting,) = one("HOST").settings
    assert setting.state == "unknown"
    assert "PUBLIC_HOST" in setting.shown


def test_a_default_that_the_environment_could_replace_is_said() -> None:
    (setting,) = one("REGION").settings
    assert setting.notes == ("the default in the source; $REGION is not set by any file and could replace it",)


def test_all_keys_sorted() -> None:
    keys = [setting.key for setting in one().settings]
    assert keys == sorted(keys)
    assert {"SECRET_KEY", "DEBUG", "REGION", "HOST", "DATABASE", "MAIL_PASSWORD", "MAIL_PORT"} <= set(keys)


@pytest.mark.parametrize("render", [settings_text.render, data.render_configurations])
def test_no_secret_is_shown(render: object) -> None:
    assert callable(render)
    shown = render(effective(project()))
    assert PASSWORD not in shown
    assert PASSWORD[:8] not in shown
    assert "MAIL_PORT" in shown


def test_text() -> None:
    shown = settings_text.render((one("DEBUG", "TESTING"),))
    assert shown == (
        "[1] app:app, started by Procfile:1 (gunicorn, production)\n"
        "  DEBUG = False\n"
        "      app.py:6  app.config['DEBUG'] = False\n"
        "  TESTING unset (Flask's own default applies)\n"
    )


def test_json() -> None:
    found = json.loads(data.render_configurations((one("DEBUG"),)))
    (configuration,) = found["configurations"]
    assert (configuration["app"], configuration["launch"]["number"], configuration["complete"]) == ("app:app", 1, True)
    assert configuration["settings"] == [
        {
            "key": "DEBUG",
            "state": "known",
            "value": "False",
            "notes": [],
            "origin": [{"file": "app.py", "line": 6, "text": "app.config['DEBUG'] = False"}],
        }
    ]


@pytest.mark.parametrize(("number", "words"), [(0, "there are 1"), (2, "there are 1")])
def test_a_number_that_no_launch_has(number: int, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        effective(project(), launch=number)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"Makefile": "dev:\n\tflask run\n", "app.py": "import flask\napp = flask.Flask('a')\n"}, "it is for development"),
        ({"Procfile": "web: gunicorn nowhere:app\n", "app.py": "import flask\napp = flask.Flask('a')\n"}, "reaches no application"),
    ],
)  # fmt: skip
def test_a_launch_without_a_configuration_says_why(files: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        effective(project(files), launch=1)


def test_without_launches() -> None:
    assert "No configuration to show" in settings_text.render(effective(project({"a.py": "x = 1\n"})))
    with pytest.raises(UsageError, match="there is none"):
        effective(project({"a.py": "x = 1\n"}), launch=1)


def test_each_launch_has_its_own() -> None:
    files = {
        **FILES,
        "compose.yaml": "services:\n  web:\n    image: python:3.13\n    command: gunicorn app:app\n    environment:\n      REGION: us\n",
    }
    shown = [
        (each.number, setting.shown) for each in effective(project(files), keys=["REGION"]) for setting in each.settings
    ]
    assert sorted(shown) == [(1, "'eu'"), (2, "'us'")]
