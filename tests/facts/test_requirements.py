from __future__ import annotations

import pytest

from flask_prodcheck.facts.requirements import group_of, read_requirements

LINES: list[tuple[str, list[tuple[str, str]]]] = [
    ("Flask", [("flask", "")]),
    ("Flask_Login >= 0.5, <1  # why", [("flask-login", ">=0.5,<1")]),
    ("a==1 \\\n  --hash=sha256:aa \\\n  --hash=sha256:bb\nb", [("a", "==1"), ("b", "")]),
    ("x @ https://host/x.zip", [("x", "@ https://host/x.zip")]),
    ("git+https://host/o/r.git@v1#egg=Foo", [("foo", "@ git+https://host/o/r.git@v1")]),
    ("-e git+ssh://git@host/o/bar.git@main", [("bar", "@ git+ssh://git@host/o/bar.git@main")]),
    ("./wheels/foo_x-1.0-py3-none-any.whl", [("foo-x", "@ ./wheels/foo_x-1.0-py3-none-any.whl")]),
    ("--index-url https://host/\n-f links\n# c\n\n", []),
    ("flask=2.0", [("flask", "=2.0")]),
    ("<<<<<<< HEAD\n{{ x }}\n=======\n", []),
    ("\\", []),
]


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_lines(text: str, expected: list[tuple[str, str]]) -> None:
    assert [
        (each.name, each.specifier) for each in read_requirements("requirements.txt", text.encode()).dependencies
    ] == expected


@pytest.mark.parametrize(
    ("text", "path"), [("-e .", "."), ("--editable=./lib", "./lib"), ("-e .[dev]", "."), ("./lib", "./lib")]
)
def test_local_projects(text: str, path: str) -> None:
    (found,) = read_requirements("requirements.txt", text.encode()).dependencies
    assert (found.name, found.editable_path) == ("", path)


def test_extras_marker_and_place() -> None:
    (found,) = read_requirements(
        "r/requirements.txt", b"# x\n\ngunicorn[gevent, tornado]>=20 ; python_version >= '3.8'\n"
    ).dependencies
    assert (found.extras, found.marker, found.span.line) == (("gevent", "tornado"), 'python_version >= "3.8"', 3)


def test_includes() -> None:
    includes = read_requirements(
        "requirements.txt", b"-r base.txt\n-rdev.txt\n-c c.txt\n--requirement=x.txt # y\n"
    ).includes
    assert [(each.path, each.span.line) for each in includes] == [
        ("base.txt", 1),
        ("dev.txt", 2),
        ("c.txt", 3),
        ("x.txt", 4),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings_of_windows(encoding: str) -> None:
    found = read_requirements("requirements.txt", "flask==2.0\r\ngunicorn\r\n".encode(encoding)).dependencies
    assert [each.name for each in found] == ["flask", "gunicorn"]


def test_bytes_that_are_no_text() -> None:
    assert read_requirements("requirements.txt", b"flask # caf\xe9\n").dependencies[0].name == "flask"
    assert isinstance(read_requirements("requirements.txt", bytes(range(256))).dependencies, tuple)


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("requirements.txt", "main"),
        ("requirements/prod.txt", "main"),
        ("requirements-dev.txt", "dev"),
        ("requirements/tests.txt", "test"),
        ("docs/requirements.txt", "docs"),
        ("constraints.txt", "constraint"),
        ("devices/requirements.txt", "main"),
    ],
)
def test_group(path: str, group: str) -> None:
    assert group_of(path) == group
    assert [each.group for each in read_requirements(path, b"a").dependencies] == [group]
