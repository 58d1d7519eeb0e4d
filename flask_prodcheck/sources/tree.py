"""The read-only tree of an audited project, on disk or in memory (rule examples use the latter)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container, Mapping
from dataclasses import field
from pathlib import Path
from typing import Protocol

from flask_prodcheck.base import Problem
from flask_prodcheck.errors import ReadError
from flask_prodcheck.records import dataclass
from flask_prodcheck.sources.kinds import Kind

_WIDE = (b"\xff\xfe", b"\xfe\xff")  # the marks of UTF-16, in which no text stands as in ASCII


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

    def with_word(self, path: str, word: bytes) -> bytes:
        """The bytes of ``path`` where ``word`` (ASCII) stands in them, or may, as UTF-16; else none. Raises as
        :meth:`read`."""


def where_held(word: bytes, data: bytes) -> bytes:
    """``data`` where ``word`` may stand in it, else nothing."""
    return data if word in data or data.startswith(_WIDE) else b""


#: What is read of one file at the most, a document or a data file of which discovery does not look at the size.
MOST_BYTES = 20 * 1024**2


@dataclass(frozen=True, slots=True)
class DiskContent:
    """Bytes from the folder ``root``."""

    root: Path

    def read(self, path: str) -> bytes:
        # pathlib takes as long again as the system does.
        place = os.path.join(self.root, path)  # noqa: PTH118
        if os.path.islink(place) and not Path(os.path.realpath(place)).is_relative_to(os.path.realpath(self.root)):  # noqa: PTH114
            raise ReadError("link out of the project: not followed")
        try:
            with open(place, "rb") as file:  # noqa: PTH123
                # Room for the most at once would be asked of the system, and given back, for every file.
                size = os.fstat(file.fileno()).st_size
                data = file.read(min(size, MOST_BYTES) + 1)
                if len(data) > size:  # it grows, or says no size
                    data += file.read(MOST_BYTES + 1 - len(data))
        except OSError as failure:
            raise ReadError(f"cannot be read: {failure.strerror or failure}") from failure
        if len(data) > MOST_BYTES:
            raise ReadError(f"is larger than {MOST_BYTES // 1024**2} MB: not read")
        return data

    def with_word(self, path: str, word: bytes) -> bytes:
        return where_held(word, self.read(path))


@dataclass(frozen=True, slots=True)
class MemoryContent:
    """Bytes from a mapping of path to content."""

    files: Mapping[str, bytes]

    def read(self, path: str) -> bytes:
        try:
            return self.files[path]
        except KeyError:
            raise ReadError("cannot be read: no such file") from None

    def with_word(self, path: str, word: bytes) -> bytes:
        return where_held(word, self.read(path))


@dataclass(frozen=True, slots=True)
class WatchedContent:
    """``content``, with a note of the bytes that were read of each path (None: it could not be read) but those
    ``known``, of which only the path is noted."""

    content: Content
    known: Container[str]
    seen: dict[str, bytes | None] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def read(self, path: str) -> bytes:
        if path in self.known:
            self.used.add(path)
            return self.content.read(path)
        self.seen[path] = None
        data = self.seen[path] = self.content.read(path)
        return data

    def with_word(self, path: str, word: bytes) -> bytes:
        data = self.content.with_word(path, word)
        if data:
            self.used.add(path)
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
