"""Finding the files of a project: what git knows, or a plain walk that honours ``.gitignore``."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from flask_prodcheck.base import Problem
from flask_prodcheck.errors import UsageError
from flask_prodcheck.records import dataclass
from flask_prodcheck.sources.ignore import ignore_spec, is_foreign
from flask_prodcheck.sources.kinds import DEPLOY_KINDS, HEAD_BYTES, Kind, kind_of, wants_head
from flask_prodcheck.sources.names import printable
from flask_prodcheck.sources.tree import DiskContent, MemoryContent, Source, Tree

if TYPE_CHECKING:
    import pathspec

MAX_BYTES = 2 * 1024 * 1024
"""Files over this size are not read."""

_GIT_SECONDS = 30.0
_MAX_IGNORE_BYTES = 256 * 1024


def project_root(path: Path) -> Path:
    """The folder to audit for ``path``: the folder itself, or for a file the nearest folder upwards that holds a
    ``pyproject.toml`` or ``.git`` (else the file's own). Raises :class:`UsageError` when ``path`` does not exist or
    cannot be looked at."""
    try:
        exists = path.exists()
    except OSError as failure:
        raise UsageError(f"{path}: {failure.strerror or failure}") from failure
    if not exists:
        raise UsageError(f"{path}: no such file or folder")
    if path.is_dir():
        return path
    folder = path.absolute().parent
    for candidate in (folder, *folder.parents):
        if (candidate / "pyproject.toml").is_file() or (candidate / ".git").exists():
            return candidate
    return folder


def discover(root: Path, *, exclude: Sequence[str] = (), max_bytes: int = MAX_BYTES) -> Tree:
    """The tree of files under ``root``.

    Inside a git work tree these are the tracked and the untracked but not ignored files; elsewhere every file that no
    ``.gitignore`` names. Virtual environments, installed packages and files matching ``exclude`` (patterns in the
    syntax of ``.gitignore``) are left out. Nothing outside ``root`` is read. Raises :class:`UsageError` when ``root``
    is no folder or a pattern is invalid.
    """
    if not root.is_dir():
        raise UsageError(f"{root}: not a folder")
    excluded = ignore_spec(exclude, strict=True)
    problems: list[Problem] = []
    listed = _git_listing(root, problems)
    if listed is None:
        tracked: frozenset[str] | None = None
        candidates = sorted(_walk(root, "", problems))
    else:
        tracked, others = listed
        candidates = _without_foreign(sorted(_expanded(root, tracked | others, problems)))
    real_root = os.path.realpath(root)
    folders: dict[str, bool] = {}
    sources: list[Source] = []
    paths: set[str] = set()
    for path in candidates:
        if (excluded is not None and excluded.match_file(path)) or not _folder_is_real(
            real_root, path.rpartition("/")[0], folders
        ):
            continue
        found = _examine(root, real_root, path, max_bytes, None if tracked is None else path in tracked)
        if found.problem is not None:
            problems.append(found.problem)
        if found.exists:
            paths.add(path)
        if found.source is not None:
            sources.append(found.source)
    return Tree(
        name=root.resolve().name or "project",
        sources=tuple(sorted(sources)),
        paths=frozenset(paths),
        content=DiskContent(root),
        problems=tuple(sorted(problems)),
    )


def memory_tree(files: Mapping[str, str | bytes], name: str = "project") -> Tree:
    """A tree of ``files`` (path -> content) as if they were all committed: what an in-memory top-level ``.gitignore``
    names is left out."""
    data = {
        path: text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text for path, text in files.items()
    }
    ignored = ignore_spec(data.get(".gitignore", b"").decode("utf-8", "replace").splitlines())
    kept = {path: content for path, content in sorted(data.items()) if ignored is None or not ignored.match_file(path)}
    sources = []
    for path, content in kept.items():
        kind = kind_of(path, content[:HEAD_BYTES])
        if kind is not None:
            sources.append(Source(path, kind, len(content), True))
    return Tree(name, tuple(sources), frozenset(kept), MemoryContent(kept))


# --- git -------------------------------------------------------------------------------------------------------------


def _git_listing(root: Path, problems: list[Problem]) -> tuple[frozenset[str], frozenset[str]] | None:
    """(tracked, untracked) paths relative to ``root``, or None when a plain walk has to find the files."""
    absolute = root.absolute()
    if not any((folder / ".git").exists() for folder in (absolute, *absolute.parents)):
        return None
    git = shutil.which("git")
    if git is None:
        problems.append(
            Problem(
                ".", 1, "git is not installed: files were found by a plain walk, and which are committed is unknown"
            )
        )
        return None
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    }
    # The settings below are those by which a repository's own configuration could run a program.
    command = [
        git, "--no-pager", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-C", str(absolute),
        "ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, env=environment, stdin=subprocess.DEVNULL, timeout=_GIT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = "took too long" if isinstance(error, subprocess.TimeoutExpired) else "could not be run"
        problems.append(
            Problem(".", 1, f"git {reason}: files were found by a plain walk, and which are committed is unknown")
        )
        return None
    errors = done.stderr.decode("utf-8", "backslashreplace")
    if done.returncode != 0:
        reason = (
            "the repository belongs to another user"
            if "dubious ownership" in errors
            else (errors.strip().splitlines() or ["no reason given"])[0]
        )
        message = f"git refused to list the files ({printable(reason)}): they were found by a plain walk"
        problems.append(Problem(".", 1, message))
        return None
    problems += [
        Problem(printable(name.rstrip("/")) or ".", 1, "folder cannot be read", blocking=True)
        for name in re.findall(r"could not open directory '([^'\n]*)'", errors)
    ]
    tracked: set[str] = set()
    others: set[str] = set()
    for entry in done.stdout.split(b"\0"):
        if len(entry) > 2:
            (others if entry[:1] == b"?" else tracked).add(os.fsdecode(entry[2:]))
    if not tracked and not others:
        return None  # the root itself is ignored by a repository around it (or is empty)
    return frozenset(tracked), frozenset(others)


def _expanded(root: Path, paths: Iterable[str], problems: list[Problem]) -> Iterator[str]:
    """``paths`` with nested repositories (git lists only their folder) replaced by their files."""
    for path in paths:
        bare = path.rstrip("/")
        place = root / bare
        if path.endswith("/") or (place.is_dir() and not place.is_symlink()):
            yield from _walk(root, bare, problems)
        else:
            yield path


def _without_foreign(paths: Sequence[str]) -> list[str]:
    """``paths`` without those inside folders that hold other people's code."""
    entries: dict[str, set[str]] = {}
    for path in paths:
        folder = path
        while folder:
            parent, _, name = folder.rpartition("/")
            known = entries.setdefault(parent, set())
            if name in known:
                break
            known.add(name)
            folder = parent
    foreign: dict[str, bool] = {"": False}

    def inside(folder: str) -> bool:
        pending: list[str] = []
        while folder not in foreign:
            pending.append(folder)
            folder = folder.rpartition("/")[0]
        state = foreign[folder]
        for each in reversed(pending):
            parent, _, name = each.rpartition("/")
            state = state or is_foreign(name, entries[each], entries[parent])
            foreign[each] = state
        return state

    return [path for path in paths if not inside(path.rpartition("/")[0])]


# --- plain walk ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Folder:
    path: str
    siblings: frozenset[str] = frozenset()
    rules: tuple[tuple[str, pathspec.GitIgnoreSpec], ...] = field(default=())


def _walk(root: Path, start: str, problems: list[Problem]) -> Iterator[str]:
    """Every path under ``start`` that is no folder, without ignored ones. Links are yielded and never entered."""
    pending = [_Folder(start)]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(root / folder.path if folder.path else root) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            message = f"folder cannot be read: {error.strerror or error}"
            problems.append(Problem(printable(folder.path) or ".", 1, message, blocking=True))
            continue
        names = frozenset(entry.name for entry in entries)
        if folder.path != start and is_foreign(folder.path.rpartition("/")[2], names, folder.siblings):
            continue
        rules = folder.rules
        own = _read_ignore(root / folder.path / ".gitignore") if ".gitignore" in names else None
        if own is not None:
            rules = (*rules, (folder.path, own))
        for entry in entries:
            path = f"{folder.path}/{entry.name}" if folder.path else entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name == ".git" or _ignored(path + "/" if is_folder else path, rules):
                continue
            if is_folder:
                pending.append(_Folder(path, names, rules))
            else:
                yield path


def _read_ignore(path: Path) -> pathspec.GitIgnoreSpec | None:
    try:
        # Never through a link or into a pipe: only a regular file's patterns count (git does the same).
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        with path.open("rb") as stream:
            return ignore_spec(stream.read(_MAX_IGNORE_BYTES).decode("utf-8", "surrogateescape").splitlines())
    except OSError:
        return None


def _ignored(path: str, rules: Sequence[tuple[str, pathspec.GitIgnoreSpec]]) -> bool:
    for folder, spec in reversed(rules):
        result = spec.check_file(path[len(folder) + 1 :] if folder else path)
        if result.include is not None:
            return result.include
    return False


# --- one file --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    source: Source | None = None
    exists: bool = False
    problem: Problem | None = None


def _folder_is_real(real_root: str, folder: str, known: dict[str, bool]) -> bool:
    """Whether no part of ``folder`` is a link (git's index can name files behind one)."""
    above: list[str] = []
    while folder and folder not in known:
        above.append(folder)
        folder = folder.rpartition("/")[0]
    real = known[folder] if folder else True
    for each in reversed(above):
        # One look for each folder: os.path.realpath looks at all above it again.
        real = real and not os.path.islink(f"{real_root.rstrip(os.sep)}{os.sep}{each}")  # noqa: PTH114
        known[each] = real
    return real


def _examine(root: Path, real_root: str, path: str, max_bytes: int, tracked: bool | None) -> _Found:
    place = os.path.join(root, path)  # noqa: PTH118 - half the time of this function was pathlib's
    named = kind_of(path, None)
    essential = named in DEPLOY_KINDS or (named is Kind.PYTHON and "/" not in path)

    def trouble(message: str, *, blocking: bool, exists: bool = False) -> _Found:
        return _Found(exists=exists, problem=Problem(printable(path), 1, message, blocking))

    try:
        status = os.lstat(place)
        if stat.S_ISLNK(status.st_mode):
            target = os.path.realpath(place)
            if not target.startswith(real_root.rstrip(os.sep) + os.sep):
                return (
                    trouble("link out of the project: not followed", blocking=essential)
                    if named
                    else _Found(exists=True)
                )
            status = os.stat(place)  # noqa: PTH116
            if stat.S_ISDIR(status.st_mode):
                return _Found()
    except FileNotFoundError:
        if os.path.islink(place):  # noqa: PTH114
            return trouble("link to a file that does not exist", blocking=False) if named else _Found()
        return _Found()  # deleted, but still in git's index
    except OSError as error:
        return trouble(f"cannot be examined: {error.strerror or error}", blocking=essential)
    if not stat.S_ISREG(status.st_mode):
        return trouble("skipped: not a regular file (pipe, socket or device)", blocking=essential)
    kind = named
    if wants_head(path):
        try:
            with open(place, "rb") as stream:  # noqa: PTH123
                kind = kind_of(path, stream.read(HEAD_BYTES))
        except OSError as error:
            return trouble(f"cannot be read: {error.strerror or error}", blocking=essential, exists=True)
    if kind is None:
        return _Found(exists=True)
    if status.st_size > max_bytes:
        essential = kind in DEPLOY_KINDS or (kind is Kind.PYTHON and "/" not in path)
        return trouble(
            f"skipped: {_size(status.st_size)} is over the limit of {_size(max_bytes)}", blocking=essential, exists=True
        )
    return _Found(Source(path, kind, status.st_size, tracked), exists=True)


def _size(count: int) -> str:
    return f"{count / 1_048_576:.3g} MB" if count >= 1_048_576 else f"{max(1, round(count / 1024))} kB"
