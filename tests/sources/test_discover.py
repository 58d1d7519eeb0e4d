from __future__ import annotations

import os
import subprocess
import tracemalloc
from pathlib import Path

import pytest

from flask_prodcheck.errors import UsageError
from flask_prodcheck.sources.discover import discover, memory_tree, project_root
from flask_prodcheck.sources.kinds import Kind
from flask_prodcheck.sources.tree import MOST_BYTES, DiskContent


def write(root: Path, *paths: str, text: str = "x = 1\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def git(root: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b", *words], check=True, capture_output=True
    )


def test_git_says_what_is_tracked_and_what_is_ignored(tmp_path: Path) -> None:
    write(tmp_path, "app.py", "new.py", "secret.py", "build/x.py")
    (tmp_path / ".gitignore").write_text("secret.py\nbuild/\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "app.py")
    tree = discover(tmp_path)
    assert [(each.path, each.tracked) for each in tree.sources] == [("app.py", True), ("new.py", False)]
    assert tree.paths == {".gitignore", "app.py", "new.py"}


def test_the_repository_cannot_run_a_program(tmp_path: Path) -> None:
    write(tmp_path, "app.py")
    git(tmp_path, "init", "-q")
    hook = tmp_path / "hook.sh"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(hook))
    discover(tmp_path)
    assert not (tmp_path / "ran").exists()


def test_a_tracked_file_that_was_deleted_is_no_source(tmp_path: Path) -> None:
    write(tmp_path, "app.py", "gone.py")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    (tmp_path / "gone.py").unlink()
    tree = discover(tmp_path)
    assert tree.paths == frozenset({"app.py"})
    assert tree.problems == ()


def test_a_repository_git_refuses_is_walked_and_said(tmp_path: Path) -> None:
    write(tmp_path, "app.py")
    (tmp_path / ".git").mkdir()
    tree = discover(tmp_path)
    assert [each.path for each in tree.sources] == ["app.py"]
    assert [(each.file, each.blocking) for each in tree.problems] == [(".", False)]


def test_a_root_that_the_repository_around_ignores_is_walked(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("work/\n")
    write(tmp_path, "work/app.py")
    assert discover(tmp_path / "work").paths == {"app.py"}


def test_nested_ignore_files_in_a_plain_walk(tmp_path: Path) -> None:
    write(tmp_path, "a.log", "sub/a.log", "sub/keep.log", "sub/x/y.py", "z/y.py")
    (tmp_path / ".gitignore").write_text("*.log\n[\n")
    (tmp_path / "sub/.gitignore").write_text("!keep.log\n/x/\n")
    assert discover(tmp_path).paths == {".gitignore", "sub/.gitignore", "sub/keep.log", "z/y.py"}


@pytest.mark.parametrize("in_git", [False, True])
def test_other_peoples_code_is_left_out_by_what_it_is(tmp_path: Path, in_git: bool) -> None:
    write(tmp_path, "app.py", "env/pyvenv.cfg", "env/lib/a.py", "package.json", "node_modules/a/b.py")
    write(tmp_path, "lib/flask/app.py", "lib/Flask-3.0.dist-info/METADATA", "pkg/__pycache__/a.py", "pkg/m.py")
    write(tmp_path, "venv/kept.py", "src/p/a.py", "src/p.egg-info/PKG-INFO", "web/node_modules/own.py")
    if in_git:
        git(tmp_path, "init", "-q")
    assert [each.path for each in discover(tmp_path).sources if each.kind is Kind.PYTHON] == [
        "app.py", "pkg/m.py", "src/p/a.py", "venv/kept.py", "web/node_modules/own.py",
    ]  # fmt: skip


@pytest.mark.parametrize("above", ["node_modules", "tests", "site-packages", "venv", "__pycache__"])
def test_names_above_the_root_do_not_matter(tmp_path: Path, above: str) -> None:
    root = tmp_path / above / "project"
    write(root, "app.py")
    write(tmp_path, "package.json")
    assert discover(root).paths == {"app.py"}


def test_links(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, "docker/Dockerfile", "real/m.py", text="FROM python:3.12\n")
    write(tmp_path, "outside/secret.py", "outside/Dockerfile")
    (root / "Dockerfile").symlink_to("docker/Dockerfile")
    (root / "loop").symlink_to(".")
    (root / "self.py").symlink_to("self.py")
    (root / "away").symlink_to(tmp_path / "outside")
    (root / "secret.py").symlink_to(tmp_path / "outside/secret.py")
    (root / "broken.py").symlink_to("nothing.py")
    tree = discover(root)
    assert [each.path for each in tree.sources] == ["Dockerfile", "docker/Dockerfile", "real/m.py"]
    assert {each.file for each in tree.problems} == {"self.py", "secret.py", "broken.py"}


def test_what_an_audit_looks_into_later_is_no_link_out(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, "real/notes.md", text="inside")
    write(tmp_path, "outside/notes.md", text="outside")
    (root / "a.md").symlink_to("real/notes.md")
    (root / "b.md").symlink_to(tmp_path / "outside/notes.md")
    tree = discover(root)
    assert [tree.read(path) for path in ("a.md", "b.md", "real/notes.md")] == [b"inside", None, b"inside"]


def test_what_an_audit_looks_into_later_is_not_enormous(tmp_path: Path) -> None:
    for path, size in (("a.md", MOST_BYTES), ("b.md", MOST_BYTES + 1), ("c.md", 20 * MOST_BYTES)):
        with (tmp_path / path).open("wb") as file:
            file.truncate(size)  # holes: nothing of it is on the disk
    tree = discover(tmp_path)
    tracemalloc.start()
    assert [len(tree.read(path) or b"") for path in ("a.md", "b.md", "c.md")] == [MOST_BYTES, 0, 0]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * MOST_BYTES


def test_a_file_that_says_no_size_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "app.py")
    nothing = os.stat_result([0] * 10)
    monkeypatch.setattr("flask_prodcheck.sources.tree.os.fstat", lambda _: nothing)
    assert DiskContent(tmp_path).read("app.py") == b"x = 1\n"


def test_git_cannot_lead_out_through_a_linked_folder(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, "a/b.py", "app.py")
    write(tmp_path, "outside/b.py")
    git(root, "init", "-q")
    git(root, "add", ".")
    (root / "a/b.py").unlink()
    (root / "a").rmdir()
    (root / "a").symlink_to(tmp_path / "outside")
    assert [each.path for each in discover(root).sources] == ["app.py"]


def test_pipes_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "Dockerfile")
    os.mkfifo(tmp_path / "x.conf")
    os.mkfifo(tmp_path / ".gitignore")
    tree = discover(tmp_path)
    assert tree.sources == ()
    assert [(each.file, each.blocking) for each in tree.problems] == [
        (".gitignore", False),
        ("Dockerfile", True),
        ("x.conf", False),
    ]


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="the file system rejects such names")
@pytest.mark.parametrize("in_git", [False, True])
def test_hostile_names_are_kept_and_shown_safely(tmp_path: Path, in_git: bool) -> None:
    for name in (b"caf\xe9.py", b"two\nlines.py"):
        with (tmp_path / os.fsdecode(name)).open("wb") as stream:
            stream.truncate(3 * 1024 * 1024)
    if in_git:
        git(tmp_path, "init", "-q")
    tree = discover(tmp_path)
    assert tree.paths == {"caf\udce9.py", "two\nlines.py"}
    assert {each.file for each in tree.problems} == {"caf\\xe9.py", "two\\nlines.py"}
    assert tree.problems[0].message.startswith("skipped: 3 MB is over the limit")


@pytest.mark.parametrize(
    ("path", "blocking"), [("Dockerfile", True), ("app.py", True), ("lib/data.py", False), ("uv.lock", False)]
)
def test_large_files_are_skipped_and_said(tmp_path: Path, path: str, blocking: bool) -> None:
    write(tmp_path, path)
    os.truncate(tmp_path / path, 50 * 1024 * 1024)
    tree = discover(tmp_path)
    assert tree.sources == ()
    assert tree.paths == {path}
    assert [(each.message, each.blocking) for each in tree.problems] == [
        ("skipped: 50 MB is over the limit of 2 MB", blocking)
    ]


def test_an_unreadable_folder_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "app.py", "ops/x.py")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if str(path).endswith("ops"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert [(each.file, each.message, each.blocking) for each in discover(tmp_path).problems] == [
        ("ops", "folder cannot be read: Permission denied", True)
    ]


def test_exclude(tmp_path: Path) -> None:
    write(tmp_path, "app.py", "docs/conf.py", "a/x_test.py")
    assert discover(tmp_path, exclude=["docs/", "*_test.py"]).paths == {"app.py"}
    with pytest.raises(UsageError):
        discover(tmp_path, exclude=["a*b*c*d*e*f*g"])


def test_memory_tree() -> None:
    tree = memory_tree(
        {
            "b.py": "x",
            "Dockerfile": b"FROM x",
            ".gitignore": ".env\n",
            ".env": "A=b",
            "k.yaml": "apiVersion: v1\nkind: Pod\n",
        }
    )
    assert [(each.path, each.kind, each.tracked) for each in tree.sources] == [
        ("Dockerfile", Kind.DOCKERFILE, True),
        ("b.py", Kind.PYTHON, True),
        ("k.yaml", Kind.KUBERNETES, True),
    ]
    assert tree.content.read("b.py") == b"x"


def test_project_root(tmp_path: Path) -> None:
    write(tmp_path, "p/pyproject.toml", "p/a/b/m.py", "q/m.py")
    assert project_root(tmp_path / "p/a/b/m.py") == tmp_path / "p"
    assert project_root(tmp_path / "p/a") == tmp_path / "p/a"
    assert project_root(tmp_path / "q/m.py") == tmp_path / "q"
    with pytest.raises(UsageError):
        project_root(tmp_path / "nothing")
