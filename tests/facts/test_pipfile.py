from __future__ import annotations

import pytest

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.pipfile import read_lock, read_pipfile

PIPFILE = """\
[[source]]
url = "https://host/simple"
[packages]
flask = "*"
gunicorn = {extras = ["gevent"], version = ">=20"}
[dev-packages]
pytest = "*"
[requires]
python_version = "3.11"
[scripts]
web = "gunicorn app:app"
"""


def test_pipfile() -> None:
    found = read_pipfile("Pipfile", PIPFILE)
    assert [(each.name, each.specifier, each.extras, each.group, each.span.line) for each in found.dependencies] == [
        ("flask", "", (), "main", 4),
        ("gunicorn", ">=20", ("gevent",), "main", 5),
        ("pytest", "", (), "dev", 7),
    ]
    assert [(each.kind, each.name, each.span.line) for each in found.starts] == [("package-script", "web", 11)]
    assert found.python_requires == "==3.11.*"


def test_toml_locks() -> None:
    text = (
        '[[package]]\nname = "Flask"\nversion = "3.0.0"\n\n[[package]]\n'
        'name = "own"\nsource = { editable = "." }\n\n[[package]]\nname = "gunicorn"\nversion = "22.0"\n'
    )
    found = read_lock("uv.lock", text).dependencies
    assert [(each.name, each.specifier, each.group, each.span.line) for each in found] == [
        ("flask", "==3.0.0", "lock", 1),
        ("gunicorn", "==22.0", "lock", 9),
    ]


def test_pipenv_lock_leaves_development_out() -> None:
    text = (
        '{\n "_meta": {},\n "default": {\n  "flask": {\n   "version": "==3.0"\n  }\n },\n "develop": {"pytest": {}}\n}'
    )
    assert [(each.name, each.specifier, each.span.line) for each in read_lock("Pipfile.lock", text).dependencies] == [
        ("flask", "==3.0", 4)
    ]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [("Pipfile.lock", "{\n x", 2), ("uv.lock", "a = 1\nb =", 2), ("Pipfile.lock", "[" * 100_000, 1)],
)
def test_invalid(path: str, text: str, line: int) -> None:
    with pytest.raises(ReadError) as raised:
        read_lock(path, text)
    assert raised.value.line == line


def test_wrong_shapes() -> None:
    assert read_lock("Pipfile.lock", "[]").dependencies == ()
    assert read_lock("uv.lock", "package = 1").dependencies == ()
    assert read_pipfile("Pipfile", "packages = 1\nscripts = 2\nrequires = 3").dependencies == ()
