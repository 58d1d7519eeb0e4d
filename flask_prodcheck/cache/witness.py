"""What an answer depended on, as places that can be looked at again: see ``recall``."""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from flask_prodcheck.cache.identity import tool_files
from flask_prodcheck.cache.place import default_folder, is_own
from flask_prodcheck.cache.recall import ABSENT, mark_of, packed, place_of, question
from flask_prodcheck.cache.store import put
from flask_prodcheck.patterns import regex
from flask_prodcheck.sources.kinds import kind_of, wants_head
from flask_prodcheck.sources.tree import Tree

_MARGIN = 2_000_000_000  # as in ``contents``: time stamps are as coarse as that
_MAX_PLACES = 200_000
_DAYS_KEPT = 30
_SETTINGS = ("pyproject.toml", "prodcheck.toml")
#: Folders that no audit looks into, whatever is in them.
_NEVER_ENTERED = frozenset({".git", "__pycache__"})
#: Git's settings by which something else decides what it lists.
_ELSEWHERE = regex(r"excludes_?file|\[\s*include|worktree|sparse", re.IGNORECASE)


def leave(
    words: Sequence[str], root: Path, tree: Tree, others: Collection[str], text: str, exit_code: int, begun: int
) -> None:
    """Keeps the answer to the command line ``words``, an audit of the folder ``root`` with the files ``tree`` that began
    at ``begun`` (nanoseconds) and also read the files ``others``. It is not kept where something may have changed
    since, or where not everything that it depends on can be looked at again."""
    folder = default_folder(os.environ)
    if folder is None or sys.platform == "win32" or tree.problems or not is_own(folder):
        return
    marks: dict[str, str] = {}
    try:
        for place in places(root, tree, others):
            if place is None or len(marks) > _MAX_PLACES:
                return
            marks[place] = mark_of(place)
            if not _is_settled(marks[place], begun):
                return
        asked = question(words, os.environ, is_terminal=sys.stdout.isatty())
        data = packed(asked, os.path.abspath(root), marks, text, exit_code)
        kept = Path(place_of(folder, asked))
        kept.parent.mkdir(mode=0o700, exist_ok=True)
    except (OSError, ValueError):
        return  # a place that can be neither looked at nor named
    if data is not None:
        put(kept, (data,))
        _forget_old(kept.parent)


def places(root: Path, tree: Tree, others: Collection[str]) -> Iterator[str | None]:
    """Every place that the answer depends on; None for one that cannot be named."""
    base = os.path.abspath(root)
    folders = [base, *_folders(base)]
    yield from folders
    for folder in folders:
        ignoring = os.path.join(folder, ".gitignore")
        if os.path.lexists(ignoring):  # a new one changes the folder
            yield ignoring
    for path in sorted(tree.paths.union(others)):
        if path in others or wants_head(path) or kind_of(path, None) is not None:
            yield os.path.join(base, path)
    yield from (os.path.join(base, name) for name in _SETTINGS)
    yield from _git(base)
    tool = tool_files()
    yield from dict.fromkeys(os.path.dirname(place) for place in tool)
    yield from tool
    yield from sys.path  # a library that is found before the ones known


def _folders(base: str) -> Iterator[str]:
    for parent, names, _ in os.walk(base):
        names[:] = sorted(name for name in names if name not in _NEVER_ENTERED)
        for name in names:
            place = os.path.join(parent, name)
            if not os.path.islink(place):
                yield place


def _git(base: str) -> Iterator[str | None]:
    """What decides which files git lists, and that it is asked at all."""
    own = os.path.join(base, ".git")
    if not os.path.lexists(own):
        parent = os.path.dirname(base)
        while True:
            above = os.path.join(parent, ".git")
            yield None if os.path.lexists(above) else above
            if parent == os.path.dirname(parent):
                return
            parent = os.path.dirname(parent)
    if os.path.islink(own) or not os.path.isdir(own):
        yield None  # a work tree or a submodule, whose repository lies elsewhere
    yield from (os.path.join(own, name) for name in ("HEAD", "index", "info/exclude", "commondir"))
    settings = [os.path.join(own, "config"), *_users_git_files(os.environ)]
    for place in settings:
        yield place
        try:
            with open(place, encoding="utf-8", errors="replace") as stream:
                if _ELSEWHERE.search(stream.read()):
                    yield None
        except FileNotFoundError:
            continue
        except OSError:
            yield None


def _users_git_files(environment: Mapping[str, str]) -> Iterator[str]:
    home = environment.get("HOME", "")
    folder = environment.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    yield os.path.join(home, ".gitconfig")
    yield os.path.join(folder, "git", "config")
    yield os.path.join(folder, "git", "ignore")


def _is_settled(mark: str, begun: int) -> bool:
    if mark == ABSENT:
        return True
    modified, changed, *_ = map(int, mark.split(" "))
    return max(modified, changed) + _MARGIN < begun


def _forget_old(folder: Path) -> None:
    """Removes the answers that were not left anew for a month."""
    limit = time.time() - _DAYS_KEPT * 86_400
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode) and status.st_mtime < limit:
                    os.unlink(entry.path)
    except OSError:
        return  # of no consequence: they are looked at again, never believed
