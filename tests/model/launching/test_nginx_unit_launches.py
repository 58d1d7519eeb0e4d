"""What NGINX Unit serves, one mechanism each."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from flask_prodcheck.facts.nginx_unit import read_nginx_unit
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = application = Flask(__name__)\n"
MAKER = "from flask import Flask\ndef make():\n    return Flask(__name__)\n"
UNIT = "FROM unit:1.32.1-python3.11\n"


def config(passed: str = "applications/web", *, routes: object = None, **settings: object) -> str:
    """A configuration whose one application stands on line 3."""
    listeners = json.dumps({"*:80": {"pass": passed}})
    web = json.dumps({"type": "python 3.11", "module": "app", **settings})
    return f'{{"listeners": {listeners},\n"routes": {json.dumps(routes or [])}, "applications": {{\n"web": {web}}}}}\n'


CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "the callable that Unit takes by itself",
        {"unit.json": config(path="/www"), "app.py": APP},
        ["unit.json:3 other production app:application True"],
    ),
    (
        "a callable, in a folder that is searched",
        {
            "unit.json": config(module="web", callable="app", path=["/www/nowhere", "/www/src"]),
            "old/web.py": "",
            "src/web.py": APP,
        },
        ["unit.json:3 other production web:app True"],
    ),
    (
        "a factory, which is called",
        {"unit.json": config(module="shop", callable="make", factory=True), "shop.py": MAKER},
        ["unit.json:3 other production shop:make True"],
    ),
    (
        "a route, and a target of the application",
        {
            "unit.json": config(
                "routes",
                routes=[{"action": {"pass": "applications/web/api"}}],
                targets={"api": {"module": "api", "callable": "app"}, "old": {"module": "old"}},
            ),
            "api.py": APP,
        },
        ["unit.json:3 other production api:app True"],
    ),
    (
        "an application to which nothing is passed",
        {"unit.json": config("applications/other"), "app.py": APP},
        [],
    ),
    (
        "the name of an application in older releases; one of another language",
        {
            "unit.json": config().replace('"pass": "applications/web"', '"application": "web"'),
            "php.json": config(type="php"),
            "app.py": APP,
        },
        ["unit.json:3 other production app:application True"],
    ),
    (
        "a variable of the request decides",
        {"unit.json": config("applications/$host"), "app.py": APP},
        ["unit.json:3 other production app:application True"],
    ),
    (
        "a template decides what a listener passes to",
        {"unit.json.j2": config("applications/{{ chosen }}"), "app.py": APP},
        ["unit.json.j2:3 other production app:application True"],
    ),
    (
        "a template decides the listeners",
        {"unit.json.j2": config().replace('{"*:80": {"pass": "applications/web"}}', "{{ listeners }}"), "app.py": APP},
        ["unit.json.j2:3 other production app:application True"],
    ),
    (
        "a template decides the version of Python",
        {"unit.json.j2": config(type="python {{ version }}"), "app.py": APP},
        ["unit.json.j2:3 other production app:application True"],
    ),
    (
        "a template decides the callable",
        {"unit.json.j2": config(callable="{{ app }}"), "app.py": APP},
        ["unit.json.j2:3 other production app:{{ app }} None"],
    ),
    (
        "comments",
        {"unit.json": "// ours\n" + config(), "app.py": APP},
        ["unit.json:4 other production app:application True"],
    ),
    (
        "the official image, started as it is",
        {
            "Dockerfile": UNIT + "COPY config.json /docker-entrypoint.d/\nCOPY . /www\n",
            "config.json": config(path="/www"),
            "app.py": APP,
        },
        ["Dockerfile:1 > config.json:3 other production app:application True"],
    ),
    (
        "the image of NGINX, Unit as its command, configuration where Unit keeps it",
        {
            "Dockerfile": "FROM nginx/unit:1.29.0-python3.11\nCOPY app.py /srv/\nCOPY ops/ /var/lib/unit/\nCMD unitd --no-daemon\n",
            "ops/conf.json": config(path="/srv"),
            "app.py": APP,
        },
        ["Dockerfile:4 > ops/conf.json:3 other production app:application True"],
    ),
    (
        "configuration in the Dockerfile itself",
        {
            "Dockerfile": UNIT
            + "COPY app.py /www/\nCOPY <<EOF /docker-entrypoint.d/a.json\n"
            + config(path="/www")
            + "EOF\n",
            "app.py": APP,
        },
        ["Dockerfile:1 > Dockerfile:3 other production app:application True"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_launches_of_unit(
    files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]
) -> None:
    assert chains(files) == expected


def test_surroundings_of_an_application() -> None:
    text = config(environment={"A": "1"}, user="www", working_directory="/srv/shop")
    file = read_nginx_unit("unit.json", text)
    assert file is not None
    [start] = file.starts
    assert (start.name, start.user, start.cwd, [(each.name, each.value) for each in start.env]) == (
        "web",
        "www",
        "/srv/shop",
        [("A", "1")],
    )


@pytest.mark.parametrize(
    ("copied", "unknown"),
    [
        ("COPY config.json /docker-entrypoint.d/\n", []),
        ("", ["Dockerfile:1"]),
        ("CMD unitd --no-daemon\n", ["Dockerfile:3"]),
        ("COPY <<EOF /docker-entrypoint.d/a.json\n{\nEOF\nCMD unitd --no-daemon\n", ["Dockerfile:6"]),
        ("COPY config.json /docker-entrypoint.d/\nCMD unitd --no-daemon\n", []),
        ("CMD unitd --version\n", []),
    ],
)
def test_the_image_starts_something_unseen_without_configuration(copied: str, unknown: list[str]) -> None:
    files = {"Dockerfile": UNIT + "COPY app.py /www/\n" + copied, "config.json": config(path="/www"), "app.py": APP}
    project = link(parse(memory_tree(files)), name="site")
    assert [str(hop.span) for hop in project.unknown_starts] == unknown


def test_applications_do_not_run_as_root() -> None:
    files = {
        "Dockerfile": UNIT + "USER root\nCOPY . /www\nCOPY config.json /docker-entrypoint.d/\n",
        "config.json": config(path="/www"),
        "app.py": APP,
    }
    [launch] = link(parse(memory_tree(files)), name="site").launches
    assert not launch.root_user


def test_applications_run_as_the_user_that_the_configuration_names() -> None:
    files = {
        "Dockerfile": UNIT + "COPY . /www\nCOPY config.json /docker-entrypoint.d/\n",
        "config.json": config(path="/www", user="root"),
        "app.py": APP,
    }
    [launch] = link(parse(memory_tree(files)), name="site").launches
    assert launch.root_user


@pytest.mark.parametrize("factory", [True, False])
def test_unit_calls_what_is_called_a_factory(factory: bool) -> None:
    files = {"unit.json": config(module="shop", callable="make", factory=factory), "shop.py": MAKER}
    [launch] = link(parse(memory_tree(files)), name="site").launches
    assert (launch.target_kind, launch.called) == ("factory", factory)
