"""Ignore patterns in the syntax of ``.gitignore``, and folders that are left out because of what they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from flask_prodcheck.errors import UsageError

if TYPE_CHECKING:
    import pathspec

_MAX_STARS = 3
_MAX_LENGTH = 400


def ignore_spec(lines: Iterable[str], *, strict: bool = False) -> pathspec.GitIgnoreSpec | None:
    """The patterns of ``lines``, None where there is none. A line that is no pattern is passed over, as git does; with
    ``strict`` (the user's own patterns) it raises :class:`UsageError`."""
    given = [line for line in lines if line.strip()]
    if not given:
        return None
    import pathspec  # a tenth of the start of a project that needs none

    kept: list[str] = []
    for line in given:
        # The patterns become backtracking regular expressions: many stars in one segment would take polynomial time.
        if len(line) > _MAX_LENGTH or any(_stars(segment) > _MAX_STARS for segment in line.split("/")):
            if strict:
                raise UsageError(f"exclude pattern is too complex: {line[:60]!r}")
            continue
        try:
            pathspec.GitIgnoreSpec.from_lines([line])
        except ValueError as error:
            if strict:
                raise UsageError(f"invalid exclude pattern {line!r}: {error}") from error
            continue
        kept.append(line)
    return pathspec.GitIgnoreSpec.from_lines(kept) if kept else None


def _stars(segment: str) -> int:
    return 0 if segment == "**" else segment.count("*")


def is_foreign(name: str, entries: Collection[str], siblings: Collection[str]) -> bool:
    """Whether the folder ``name`` holds other people's code, by what is in it: a virtual environment, installed node
    modules, an installation target of pip, compiled files. ``entries`` and ``siblings`` are names in the folder and
    beside it."""
    if name in ("__pycache__", ".git") or "pyvenv.cfg" in entries:
        return True
    if name == "node_modules":
        return "package.json" in siblings or ".package-lock.json" in entries or ".yarn-integrity" in entries
    if any(entry.endswith(".dist-info") for entry in entries):
        return True
    # One *.egg-info is what an editable install leaves beside the project's own package.
    return sum(entry.endswith(".egg-info") for entry in entries) >= 3
