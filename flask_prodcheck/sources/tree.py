"""The read-only tree of an audited project, on disk or in memory (rule examples use the latter)."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping
from dataclasses import field
from pathlib import Path
from typing import Protocol

from flask_prodcheck.base import Problem
from flask_prodcheck.errors import ReadError
from flask_prodcheck.records import dataclass
from flask_prodcheck.sources.kinds import Kind


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """One file: ``path`` relative to the root with ``/``, ``size`` in bytes, ``tracked`` by git (None: no git)."""

    path: str
    kind: Kind = field(compare=False)
    size: int = field(default=0, compare=False)
    tracked: bool | None = field(default=None, compare=False)


def digest_of(data: bytes) -> str:
    """What tells one content of a file from another."""
    return hashlib.sha256(data).hexdigest()


class Content(Protocol):
    """Where the bytes of a tree come from."""

    def read(self, path: str) -> bytes:
        """The bytes of ``path``. Raises :class:`ReadError` when they cannot be had."""


@dataclass(frozen=True, slots=True)
class DiskContent:
    """Bytes from the folder ``root``."""

    root: Path

    def read(self, path: str) -> bytes:
        try:
            return (self.root / path).read_bytes()
        except OSError as failure:
            raise ReadError(f"cannot be read: {failure.strerror or failure}") from failure


@dataclass(frozen=True, slots=True)
class MemoryContent:
    """Bytes from a mapping of path to content."""

    files: Mapping[str, bytes]

    def read(self, path: str) -> bytes:
        try:
            return self.files[path]
        except KeyError:
            raise ReadError("cannot be read: no such file") from None


@dataclass(frozen=True, slots=True)
class WatchedContent:
    """``content``, with a note of the bytes that were read of each path (None: it could not be read) but those
    ``known``."""

    content: Content
    known: Container[str]
    seen: dict[str, bytes | None] = field(default_factory=dict)

    def read(self, path: str) -> bytes:
        if path in self.known:
            return self.content.read(path)
        self.seen[path] = None
        data = self.seen[path] = self.content.read(path)
        return data


@dataclass(frozen=True, slots=True)
class Tree:
    """What discovery found. ``sources`` are the files to read, sorted; ``paths`` every file of the project that was
    not ignored (also kinds that are not read), so that a launch target can be looked up; ``problems`` what discovery
    itself could not do."""

    name: str
    sources: tuple[Source, ...]
    paths: frozenset[str]
    content: Content
    problems: tuple[Problem, ...] = ()

    def read(self, path: str) -> bytes | None:
        """The bytes of a file of the project; None where it has none there, or one that cannot be read."""
        try:
            return self.content.read(path) if path in self.paths else None
        except ReadError:
            return None
