"""The digests of a tree's files: taken from the bytes, and taken over while nothing can have changed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from flask_prodcheck.records import dataclass
from flask_prodcheck.sources.tree import digest_of

_MARGIN = 2_000_000_000
"""Nanoseconds before a file's digest was taken in which its last change must not lie: time stamps are as coarse as two
seconds (FAT), so a later change could leave them as they were."""


@dataclass(frozen=True, slots=True)
class Content:
    """One file as it was at ``taken`` (nanoseconds since the epoch): what the file system says of it, and the digest
    of its bytes."""

    size: int
    modified: int
    changed: int
    number: int
    taken: int
    digest: str

    @property
    def is_settled(self) -> bool:
        """Whether a change after ``taken`` must show in the time stamps."""
        return max(self.modified, self.changed) + _MARGIN < self.taken

    def same_file(self, other: Content) -> bool:
        """Whether bytes and time stamps are the same (``taken`` is not of the file)."""
        return self.stamps == other.stamps and self.digest == other.digest

    @property
    def stamps(self) -> tuple[int, int, int, int]:
        return self.size, self.modified, self.changed, self.number


def contents(root: Path, paths: Iterable[str], known: Mapping[str, Content]) -> dict[str, Content] | None:
    """The present content of each of ``paths`` below ``root``; None when one cannot be read. Those of ``known`` are
    taken over where the time stamps prove that they still hold."""
    base = os.path.join(root, "")
    found: dict[str, Content] = {}
    for path in paths:
        try:
            status = os.stat(base + path)
            stamps = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
            before = known.get(path)
            if before is not None and before.stamps == stamps and before.is_settled:
                found[path] = before
                continue
            taken = time.time_ns()
            with open(base + path, "rb") as stream:
                digest = digest_of(stream.read())
        except (OSError, ValueError):
            return None
        found[path] = Content(*stamps, taken, digest)
    return found


def to_data(found: Mapping[str, Content]) -> dict[str, object]:
    """``found`` for JSON. Paths that are no UTF-8 keep their bytes as escapes."""
    return {path: [*each.stamps, each.taken, each.digest] for path, each in found.items()}


def from_data(data: object) -> dict[str, Content]:
    """What :func:`to_data` made; whatever is not shaped like it is left out."""
    found: dict[str, Content] = {}
    for path, each in data.items() if isinstance(data, dict) else ():
        match each:
            case [int(size), int(modified), int(changed), int(number), int(taken), str(digest)] if len(digest) == 64:
                found[path] = Content(size, modified, changed, number, taken, digest)
    return found
