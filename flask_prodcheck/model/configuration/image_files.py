"""Which files of the project an image has: what is copied into it, and what ``.dockerignore`` keeps out.

Source: https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase


def is_copied(path: str, layout: Sequence[tuple[str, str]]) -> bool:
    """Whether ``path`` lies under something that is copied or mounted (``layout``: image path, project path). True where
    nothing is known of that."""
    return not layout or any(repo == "." or path == repo or path.startswith(f"{repo}/") for _, repo in layout)


def is_kept_out(path: str, ignored: Mapping[str, Iterable[str]]) -> bool:
    """Whether a ``.dockerignore`` (its lines by its path) of a folder above ``path`` excludes it."""
    for file, lines in ignored.items():
        folder = posixpath.dirname(file)
        if (not folder or path.startswith(f"{folder}/")) and _excluded(path[len(folder) :].lstrip("/"), lines):
            return True
    return False


def _excluded(path: str, lines: Iterable[str]) -> bool:
    """The last pattern that matches the file, or a folder above it, decides."""
    parts = path.split("/")
    excluded = False
    for line in lines:
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        kept = pattern.startswith("!")
        words = [word for word in posixpath.normpath(pattern.lstrip("!").strip()).split("/") if word not in ("", ".")]
        if any(_matches(parts[:end], words) for end in range(1, len(parts) + 1)):
            excluded = not kept
    return excluded


def _matches(parts: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a path matches a pattern, both in pieces; ``**`` is any number of folders."""
    reached = {0}
    for word in words:
        if word == "**":
            reached = set(range(min(reached, default=len(parts) + 1), len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and fnmatchcase(parts[at], word)}
    return len(parts) in reached
