"""Writing is all or nothing and keeps what a file is like."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flask_prodcheck.edits.changes import Change, Plan
from flask_prodcheck.edits.write import Written, write
from flask_prodcheck.errors import RefusedError

NEW = Change("sub/new.txt", None, "new\n", "why")


def test_new_and_changed(tmp_path: Path) -> None:
    old = tmp_path / "old.sh"
    old.write_bytes("\ufeffa\r\nb\n".encode("utf-16-le"))
    old.chmod(0o751)
    made = Plan((NEW, Change("old.sh", "\ufeffa\r\nb\n", "\ufeffA\r\nb\n", "why")))
    mask = os.umask(0o027)
    try:
        assert write(made, tmp_path) == Written(("sub/new.txt", "old.sh"))
    finally:
        os.umask(mask)
    assert old.read_bytes() == "\ufeffA\r\nb\n".encode("utf-16-le")
    assert old.stat().st_mode & 0o777 == 0o751
    assert (tmp_path / "sub/new.txt").read_bytes() == b"new\n"
    assert (tmp_path / "sub/new.txt").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["new.txt", "old.sh"]


def test_a_users_file_is_kept_without_force(tmp_path: Path) -> None:
    config = tmp_path / "gunicorn.conf.py"
    config.write_text("mine")
    made = Plan((Change("gunicorn.conf.py", "mine", "ours", "why", keeps_existing=True), Change("a", None, "a", "why")))
    assert write(made, tmp_path) == Written(("a",), ("gunicorn.conf.py",))
    assert config.read_text() == "mine"
    (tmp_path / "a").unlink()
    assert write(made, tmp_path, force=True) == Written(("gunicorn.conf.py", "a"))
    assert config.read_text() == "ours"


def test_a_users_file_that_the_tree_does_not_show_is_kept_too(tmp_path: Path) -> None:
    (tmp_path / "gunicorn.conf.py").write_text("ignored by git")
    made = Plan((Change("gunicorn.conf.py", None, "ours", "why", keeps_existing=True),))
    assert write(made, tmp_path).kept == ("gunicorn.conf.py",)
    assert (tmp_path / "gunicorn.conf.py").read_text() == "ignored by git"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("wsgi.py", "mine", "ours", "why", keeps_existing=True, vital=True), "--force replaces it"),
        (Change("wsgi.py", "another", "ours", "why"), "has changed since"),
        (Change("gone.py", "text", "ours", "why"), "is gone since"),
        (Change("wsgi.py", None, "ours", "why"), "is no part of the project"),
        (Change("../out.py", None, "ours", "why"), "leads out of the project"),
        (Change("link/out.py", None, "ours", "why"), "leads out of the project"),
        (Change("wsgi.py/x.py", None, "ours", "why"), "cannot be written"),
        (Change("latin.py", "caf\xe9", "caf\xe9 \u20ac", "why"), "has no '\u20ac'"),
    ],
)
def test_refused_with_nothing_written(tmp_path: Path, change: Change, words: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "wsgi.py").write_text("mine")
    (root / "latin.py").write_bytes(b"caf\xe9")
    (root / "link").symlink_to(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(RefusedError) as caught:
        write(Plan((Change("first.txt", None, "x", "why"), change)), root)
    assert words in str(caught.value)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("path", ["link.txt", "folder/real.txt"])
def test_nothing_is_written_through_a_link(tmp_path: Path, path: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "real.txt").write_text("a")
    (tmp_path / "link.txt").symlink_to("sub/real.txt")
    (tmp_path / "folder").symlink_to("sub")
    with pytest.raises(RefusedError, match="reached through a link"):
        write(Plan((Change(path, "a", "b", "why"),)), tmp_path)
    assert (tmp_path / "sub" / "real.txt").read_text() == "a"
