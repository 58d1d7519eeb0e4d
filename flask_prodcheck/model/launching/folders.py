"""The folders of a project, and paths that are relative to one of them."""

from __future__ import annotations

import functools
import posixpath
from collections.abc import Iterator, Mapping

from flask_prodcheck.facts.parsed import Facts


def join(folder: str, path: str) -> str:
    """``path`` below ``folder`` as a normal project path; "." for the root; ".." that leaves the root stays visible."""
    return posixpath.normpath(posixpath.join(folder, path.lstrip("/"))) if folder else posixpath.normpath(path)


def above(path: str) -> Iterator[str]:
    """Every folder that holds ``path``, the nearest first, the root excepted."""
    folder = posixpath.dirname(path)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)


def folders_of(facts: Facts) -> frozenset[str]:
    """Every folder that holds a file of the project ("." included)."""
    return _folders(facts.paths)


@functools.lru_cache(maxsize=4)
def _folders(paths: frozenset[str]) -> frozenset[str]:
    found = {"."}
    for path in paths:
        folder = posixpath.dirname(path)
        while folder and folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return frozenset(found)


def files_in(paths: frozenset[str], folder: str) -> tuple[str, ...]:
    """The files that stand in ``folder`` itself ("" for the root)."""
    return _by_folder(paths).get(folder, ())


@functools.lru_cache(maxsize=4)
def _by_folder(paths: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(posixpath.dirname(path), []).append(path)
    return {folder: tuple(files) for folder, files in found.items()}
