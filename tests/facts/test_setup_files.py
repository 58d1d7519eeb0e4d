from __future__ import annotations

import pytest

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.setup_files import read_setup_cfg, read_setup_py

CFG = """\
[metadata]
name = shop
[options]
python_requires = >=3.10
package_dir =
    = src
install_requires =
    flask>=2
    # comment
    gunicorn; python_version > "3"
[options.extras_require]
dev = pytest
[options.entry_points]
console_scripts =
    shop = shop.cli:main
shop.commands =
    serve = shop.commands:serve
[options.packages.find]
where = src
"""


def test_setup_cfg() -> None:
    found = read_setup_cfg("setup.cfg", CFG)
    assert [(each.name, each.group, each.span.line) for each in found.dependencies] == [
        ("flask", "main", 8),
        ("gunicorn", "main", 10),
        ("pytest", "dev", 12),
    ]
    assert [(each.name, each.module, each.function, each.span.line) for each in found.entry_points] == [
        ("shop", "shop.cli", "main", 15)
    ]
    assert [(each.group, each.name, each.function, each.span.line) for each in found.plugins] == [
        ("shop.commands", "serve", "serve", 17)
    ]
    assert (found.project_name, found.python_requires, found.package_dirs) == ("shop", ">=3.10", ("src",))


def test_setup_cfg_that_reads_requirements_from_a_file_is_open() -> None:
    assert read_setup_cfg("setup.cfg", "[options]\ninstall_requires = file: requirements.txt\n").open


@pytest.mark.parametrize(("text", "line"), [("x = 1\n", 1), ("[a]\nno key here\n", 2)])
def test_invalid_setup_cfg(text: str, line: int) -> None:
    with pytest.raises(ReadError) as raised:
        read_setup_cfg("setup.cfg", text)
    assert raised.value.line == line


PY = """\
from setuptools import find_packages, setup
REQUIRES = ["flask>=2", "gunicorn"]
setup(
    name="shop",
    python_requires=">=3.9",
    install_requires=REQUIRES + ["redis"],
    extras_require={"dev": ["pytest"]},
    entry_points={"console_scripts": ["shop = shop.cli:main"], "flask.commands": ["x = y:z"]},
    package_dir={"": "src"},
    packages=find_packages("src"),
)
"""


def test_setup_py() -> None:
    found = read_setup_py("setup.py", PY)
    assert found is not None
    assert [(each.name, each.group, each.span.line) for each in found.dependencies] == [
        ("flask", "main", 2),
        ("gunicorn", "main", 2),
        ("redis", "main", 6),
        ("pytest", "dev", 7),
    ]
    assert [(each.name, each.module, each.function) for each in found.entry_points] == [("shop", "shop.cli", "main")]
    assert [(each.group, each.name, each.module) for each in found.plugins] == [("flask.commands", "x", "y")]
    assert (found.project_name, found.python_requires, found.package_dirs, found.open) == (
        "shop",
        ">=3.9",
        ("src",),
        False,
    )


@pytest.mark.parametrize(
    "text",
    [
        "setup(install_requires=open('requirements.txt').read().splitlines())",
        "R = ['a']\nR.append('b')\nsetup(install_requires=R)",
        "R = ['a']\nif x:\n    R = ['b']\nsetup(install_requires=R)",
        "setup(install_requires=['a', name])",
        "setup(**options)",
    ],
)
def test_what_is_computed_is_open(text: str) -> None:
    found = read_setup_py("setup.py", text)
    assert found is not None
    assert found.open


def test_plugins_that_are_computed_leave_the_rest_known() -> None:
    found = read_setup_py("setup.py", "setup(entry_points={'shop.reports': reports, 'console_scripts': ['a = b:c']})")
    assert found is not None
    assert [each.name for each in found.entry_points] == ["a"]
    assert not found.open
    found = read_setup_py("setup.py", "setup(entry_points='[console_scripts]\\na=b:c\\n[shop.reports]\\nd=e:f')")
    assert found is not None
    assert [(each.group, each.name) for each in (*found.entry_points, *found.plugins)] == [("", "a"), ("shop.reports", "d")]


def test_setup_py_edges() -> None:
    assert read_setup_py("setup.py", "x = 1") is None
    found = read_setup_py("setup.py", "X = Y\nY = X\nsetup(name=X, install_requires='''\na\nb\n''')")
    assert found is not None
    assert [(each.name, each.span.line) for each in found.dependencies] == [("a", 4), ("b", 5)]
    with pytest.raises(ReadError) as raised:
        read_setup_py("setup.py", "x = 1\nprint 'a'\n")
    assert raised.value.line == 2
