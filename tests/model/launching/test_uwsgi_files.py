"""What uWSGI reads with its configuration: files that it includes, sections, loops."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.uwsgi_files import read_with_includes
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
FACTORY = "from flask import Flask\n\n\ndef make():\n    return Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"
GLOB = "[uwsgi]\nmaster = true\nfor-glob = /etc/uwsgi.d/*\ninclude = %(_)\nendfor =\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "the files of a folder that COPY fills",
        {
            "Dockerfile": IMAGE + "COPY deploy /etc\nCMD uwsgi --ini /etc/uwsgi.ini\n",
            "deploy/uwsgi.ini": GLOB,
            "deploy/uwsgi.d/10_user.ini": "[uwsgi]\nuid = site\n",
            "deploy/uwsgi.d/50_site.ini": "[uwsgi]\nmodule = web\ncallable = make()\n",
            "web.py": FACTORY,
        },
        ["Dockerfile:5 > deploy/uwsgi.ini:4 > deploy/uwsgi.d/50_site.ini:2 uwsgi production web:make() True"],
    ),
    (
        "the files that several COPY lines put there, the last one wins",
        {
            "Dockerfile": IMAGE + "COPY a/20.ini b/30.ini /etc/uwsgi.d/\nCOPY uwsgi.ini /etc/\nCMD uwsgi --ini /etc/uwsgi.ini\n",
            "uwsgi.ini": GLOB,
            "a/20.ini": "[uwsgi]\nmodule = old:app\n",
            "b/30.ini": "[uwsgi]\nmodule = web:app\n",
            "old.py": APP,
            "web.py": APP,
        },
        [
            "Dockerfile:6 > uwsgi.ini:4 > b/30.ini:2 uwsgi production web:app True",
            "a/20.ini:2 uwsgi production old:app True",
        ],
    ),
    (
        "a pattern that matches nothing in the project",
        {
            "Dockerfile": IMAGE + "COPY uwsgi.ini /etc/\nCMD uwsgi --ini /etc/uwsgi.ini\n",
            "uwsgi.ini": GLOB,
            "web.py": APP,
        },
        ["Dockerfile:5 uwsgi production  None"],
    ),
    (
        "a pattern beside the file, and hidden files",
        {
            "Dockerfile": IMAGE + "CMD uwsgi --ini conf/uwsgi.ini\n",
            "conf/uwsgi.ini": "[uwsgi]\nfor-glob = %d/parts/*.ini\ninclude = %(_)\nendfor =\n",
            "conf/parts/.old.ini": "[uwsgi]\ncallable = old\n",
            "conf/parts/web.ini": "[uwsgi]\nmodule = web\n",
            "parts/web.ini": "[uwsgi]\nmodule = old:app\n",
            "old.py": APP,
            "web.py": APP + "application = old = app\n",
        },
        [
            "Dockerfile:4 > conf/uwsgi.ini:3 > conf/parts/web.ini:2 uwsgi production web:application True",
            "parts/web.ini:2 uwsgi production old:app True",
        ],
    ),
    (
        "a list of names",
        {
            "Dockerfile": IMAGE + "CMD uwsgi --ini uwsgi.ini\n",
            "uwsgi.ini": "[uwsgi]\nfor = base site\ninclude = conf/%(_).ini\nendfor =\n",
            "conf/base.ini": "[uwsgi]\nmaster = true\n",
            "conf/site.ini": "[uwsgi]\nmodule = web:app\n",
            "web.py": APP,
        },
        ["Dockerfile:4 > uwsgi.ini:3 > conf/site.ini:2 uwsgi production web:app True"],
    ),
    (
        "a file that includes one which includes another, and itself",
        {
            "Dockerfile": IMAGE + "CMD uwsgi --yaml uwsgi.yaml\n",
            "uwsgi.yaml": "uwsgi:\n  ini: base.ini\n",
            "base.ini": "[uwsgi]\nini = base.ini\ninherit = site.ini\n",
            "site.ini": "[uwsgi]\nyaml = uwsgi.yaml\nmodule = web:app\n",
            "web.py": APP,
        },
        ["Dockerfile:4 > uwsgi.yaml:2 > base.ini:3 > site.ini:3 uwsgi production web:app True"],
    ),
    (
        "a section of the same file, and the one that a command asks for",
        {
            "Dockerfile": IMAGE + "CMD uwsgi --ini uwsgi.ini:live\n",
            "uwsgi.ini": "[uwsgi]\nmodule = old:app\n[base]\nmodule = web:app\n[live]\nini = :base\n",
            "old.py": APP,
            "web.py": APP,
        },
        [
            "Dockerfile:4 > uwsgi.ini:4 uwsgi production web:app True",
            "uwsgi.ini:2 uwsgi production old:app True",
        ],
    ),
    (
        "lines before the first section belong to none",
        {"uwsgi.ini": "notes = here\n[uwsgi]\nmodule = web:app\n", "web.py": APP},
        ["uwsgi.ini:3 uwsgi production web:app True"],
    ),
    (
        "what a condition guards is not read",
        {
            "Dockerfile": IMAGE + "CMD uwsgi --ini uwsgi.ini\n",
            "uwsgi.ini": "[uwsgi]\nmodule = web:app\nif-env = OLD\ninclude = old.ini\nendif =\n",
            "old.ini": "[uwsgi]\nmodule = old:app\n",
            "old.py": APP,
            "web.py": APP,
        },
        [
            "Dockerfile:4 > uwsgi.ini:2 uwsgi production web:app True",
            "old.ini:2 uwsgi production old:app True",
        ],
    ),
    (
        "a file that only includes another is the launch",
        {
            "conf/live.ini": "[uwsgi]\nprocesses = 4\ninclude = base.ini\n",
            "conf/base.ini": "[uwsgi]\nmodule = web:app\n",
            "web.py": APP,
        },
        ["conf/live.ini:3 > conf/base.ini:2 uwsgi production web:app True"],
    ),
    (
        "a file for development includes the one of production",
        {
            "uwsgi_dev.ini": "[uwsgi]\ninclude = uwsgi.ini\npy-autoreload = 1\n",
            "uwsgi.ini": "[uwsgi]\nmodule = web:app\n",
            "web.py": APP,
        },
        [
            "uwsgi.ini:2 uwsgi production web:app True",
            "uwsgi_dev.ini:2 > uwsgi.ini:2 uwsgi development web:app True",
        ],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chains(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for = 1 2\nsocket = :808%(_)\nhttp = :909%(_)\nendfor =\n", ["socket=:8081", "socket=:8082", "http=:9091", "http=:9092"]),
        ("for-times = 2\nsocket = :808%(_)\nendfor =\nname = %(_)\n", ["socket=:8081", "socket=:8082", "name=%(_)"]),
        ("for = $(PORTS)\nsocket = :%(_)\nendfor =\n", ["for=$(PORTS)", "socket=:%(_)", "endfor="]),
        ("for-readline = /etc/ports\nsocket = :%(_)\nendfor =\n", ["for-readline=/etc/ports", "socket=:%(_)", "endfor="]),
        ("import = other.ini\n", ["import=other.ini"]),
    ],
)
def test_loops(text: str, expected: list[str]) -> None:
    facts = parse(memory_tree({"site.ini": f"[uwsgi]\n{text}", "other.ini": "[uwsgi]\nmodule = web\n"}))
    read = read_with_includes(facts.uwsgi["site.ini"], Place(()), facts)
    assert [f"{key}={value}" for key, value, _ in read.options] == expected


def test_files_that_include_each_other_again_and_again() -> None:
    every = "".join(f"include = {number}.ini\n" for number in range(30))
    facts = parse(memory_tree({f"{number}.ini": f"[uwsgi]\n{every}" for number in range(30)}))
    assert len(read_with_includes(facts.uwsgi["0.ini"], Place(()), facts).options) < 5_001


@pytest.mark.parametrize(
    "text",
    [
        "a = {long}\nb = {placeholders}\n",
        "a = {long}\nfor = {placeholders}\nb = %(_)\nendfor =\n",
        "for-times = 1000\nenv = {long}\nendfor =\n",
        "for = {long} {long}\nenv = {items}\nendfor =\n",
        "env = {folders}\n",
    ],
)
def test_values_that_multiply_stay_short(text: str) -> None:
    given = {"long": "x" * 50_000, "placeholders": "%(a)" * 5_000, "items": "%(_)" * 5_000, "folders": "%d" * 5_000}
    facts = parse(memory_tree({f"{'deep/' * 200}site.ini": f"[uwsgi]\n{text.format_map(given)}"}))
    (config,) = facts.uwsgi.values()
    read = read_with_includes(config, Place(()), facts)
    assert sum(len(value) for options in (read.options, read.filled()) for _, value, _ in options) < 3_000_000


@pytest.mark.parametrize(
    "more",
    [
        "env = a\n" * 6_000,
        "for = " + "x " * 1_000 + "\nenv = " + "%(_)" * 2_000 + "\nendfor =\n",
        "".join(f"include = /app/part{number}.ini\n" for number in range(150)),
    ],
    ids=["options", "a loop", "files"],
)
def test_a_configuration_that_is_not_read_to_its_end_is_said(more: str) -> None:
    parts = {f"part{number}.ini": f"[uwsgi]\nenv = A={number}\n" for number in range(150)}
    files = {"Dockerfile": IMAGE + "CMD uwsgi --ini /app/uwsgi.ini\n", "app.py": APP, **parts}
    tree = memory_tree({**files, "uwsgi.ini": f"[uwsgi]\nmodule = gone\n{more}"})
    project = link(parse(tree), name="shop", read=tree.read)
    assert ("uwsgi.ini", "the configuration is too large to read to its end") in {
        (problem.file, problem.message) for problem in project.problems
    }
    assert [launch.resolves for launch in project.launches if launch.head.span.file == "Dockerfile"] == [None]
    short = memory_tree({**files, "uwsgi.ini": "[uwsgi]\nmodule = gone\ninclude = /app/part1.ini\n"})
    project = link(parse(short), name="shop", read=short.read)
    assert [problem.message for problem in project.problems] == []
    assert [launch.resolves for launch in project.launches if launch.head.span.file == "Dockerfile"] == [False]
