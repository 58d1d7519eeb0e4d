from __future__ import annotations

import pytest

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.pyproject import read_pyproject
from flask_prodcheck.facts.toml_lines import line_of, value_line

PROJECT = """\
[project]
name = "shop"
requires-python = ">=3.10"
dependencies = [
    "flask>=3",
    "gunicorn[gevent]",
]
[project.optional-dependencies]
web = ["waitress"]
[project.scripts]
shop = "shop.cli:main"
bad = "shop"
[dependency-groups]
dev = ["pytest", {include-group = "web"}]
[tool.uv]
dev-dependencies = ["ruff"]
[tool.pdm.dev-dependencies]
x = ["tox"]
"""


def test_standard_tables() -> None:
    found = read_pyproject("pyproject.toml", PROJECT)
    assert [(each.name, each.group, each.span.line) for each in found.dependencies] == [
        ("flask", "main", 5),
        ("gunicorn", "main", 6),
        ("waitress", "web", 9),
        ("pytest", "dev", 14),
        ("tox", "dev", 18),
        ("ruff", "dev", 16),
    ]
    assert found.dependencies[1].extras == ("gevent",)
    assert [(each.name, each.module, each.function, each.span.line) for each in found.entry_points] == [
        ("shop", "shop.cli", "main", 11)
    ]
    assert (found.project_name, found.python_requires, found.open) == ("shop", ">=3.10", False)


POETRY = """\
[tool.poetry]
name = "shop"
packages = [{include = "shop", from = "src"}]
[tool.poetry.dependencies]
python = "^3.11"
Flask = "^3.0"
gunicorn = {version = "*", extras = ["gevent"]}
lib = {path = "../lib", develop = true}
own = {git = "https://host/own.git"}
[tool.poetry.group.test.dependencies]
pytest = "*"
[tool.poetry.dev-dependencies]
black = "*"
[tool.poetry.scripts]
serve = "shop:serve"
"""


def test_poetry() -> None:
    found = read_pyproject("pyproject.toml", POETRY)
    assert [(each.name, each.specifier, each.group, each.span.line) for each in found.dependencies] == [
        ("flask", "^3.0", "main", 6),
        ("gunicorn", "", "main", 7),
        ("lib", "", "main", 8),
        ("own", "@ https://host/own.git", "main", 9),
        ("black", "", "dev", 13),
        ("pytest", "", "test", 11),
    ]
    assert found.dependencies[2].editable_path == "../lib"
    assert (found.package_dirs, found.python_requires) == (("src",), "^3.11")
    assert [(each.name, each.module, each.function) for each in found.entry_points] == [("serve", "shop", "serve")]


TASKS = """\
[tool.hatch.envs.default.scripts]
serve = "gunicorn shop:app"
all = ["a b", "c d"]
[tool.hatch.envs.default.env-vars]
FLASK_DEBUG = "1"
[tool.pdm.scripts]
start = {cmd = "flask run", env = {A = "b"}}
argv = {cmd = ["flask", "run"]}
[tool.poe.tasks]
web = "waitress-serve shop:app"
dev.shell = "flask run --debug"
[tool.taskipy.tasks]
go = {cmd = "python app.py", cwd = "src"}
"""


def test_tasks() -> None:
    starts = read_pyproject("pyproject.toml", TASKS).starts
    assert [(each.kind, each.name, each.command.text if each.command else None, each.span.line) for each in starts] == [
        ("hatch", "serve", "gunicorn shop:app", 2),
        ("hatch", "all", "a b", 3),
        ("hatch", "all", "c d", 3),
        ("pdm", "start", "flask run", 7),
        ("pdm", "argv", "flask run", 8),
        ("package-script", "web", "waitress-serve shop:app", 10),
        ("package-script", "dev", "flask run --debug", 11),
        ("package-script", "go", "python app.py", 13),
    ]
    assert starts[4].command is not None
    assert starts[4].command.argv == ("flask", "run")
    assert [each.name for each in starts[0].env] == ["FLASK_DEBUG"]
    assert [(each.name, each.value) for each in starts[3].env] == [("A", "b")]
    assert starts[7].cwd == "src"


@pytest.mark.parametrize(
    "text",
    [
        '[tool.setuptools.packages.find]\nwhere = ["src"]',
        '[tool.setuptools]\npackage-dir = {"" = "src"}',
        '[tool.hatch.build.targets.wheel]\npackages = ["src/shop"]',
        '[tool.poetry]\npackages = [{include = "x", from = "src/"}]',
        '[build-system]\nrequires = ["setuptools"]',
    ],
)
def test_where_packages_live(text: str) -> None:
    assert read_pyproject("pyproject.toml", text).package_dirs == ("src",)


@pytest.mark.parametrize(
    "text",
    ['[build-system]\nrequires = ["setuptools"]\n[tool.setuptools]\npackages = ["shop"]', '[project]\nname = "shop"'],
)
def test_a_build_backend_that_does_not_search(text: str) -> None:
    assert read_pyproject("pyproject.toml", text).package_dirs == ()


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = \n", 2), ("[x\n", 1), ("a = 1\na = 2\n", 2)])
def test_invalid_toml_names_the_line(text: str, line: int) -> None:
    with pytest.raises(ReadError) as raised:
        read_pyproject("pyproject.toml", text)
    assert raised.value.line == line


@pytest.mark.parametrize(
    "text",
    [
        "project = 1",
        "[project]\ndependencies = 'x'\nscripts = []",
        "[tool]\npoetry = [1]\nhatch.envs = 2",
        "[tool.poe.tasks]\na = 1",
    ],
)
def test_wrong_shapes_are_passed_over(text: str) -> None:
    found = read_pyproject("pyproject.toml", text)
    assert (found.dependencies, found.entry_points, found.starts) == ((), (), ())


TEXT = (
    'a = 1\n[x]\nb = [\n  "q",\n  "r" ]\nc.d = """\nzz = 1\n"""\n'
    '[[s]]\nn = 1\n[[s]]\nn = 2\n[s.e]\nk = 1\n["q.z"]\nw = {v = 1}\n'
)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 1),
        (("x",), 2),
        (("x", "b"), 3),
        (("x", "c", "d"), 6),
        (("zz",), 1),
        (("s", "n"), 10),
        (("s", "0", "n"), 10),
        (("s", "1", "n"), 12),
        (("s", "1", "e", "k"), 14),
        (("q.z", "w", "v"), 16),
        (("nothing",), 1),
    ],
)
def test_line_of(path: tuple[str, ...], line: int) -> None:
    assert line_of(TEXT, *path) == line


def test_value_line() -> None:
    assert [value_line(TEXT, 3, value) for value in ("q", "r", "nothing")] == [4, 5, 3]


def test_plugins_have_a_group() -> None:
    text = '[project.entry-points."shop.commands"]\nserve = "shop.cli:serve"\nwhole = "shop.cli"\n[tool.poetry.plugins."shop.reports"]\nday = "shop.reports:day"\n'
    found = read_pyproject("pyproject.toml", text).plugins
    assert [(each.group, each.name, each.module, each.function, each.span.line) for each in found] == [
        ("shop.commands", "serve", "shop.cli", "serve", 2),
        ("shop.reports", "day", "shop.reports", "day", 5),
    ]
