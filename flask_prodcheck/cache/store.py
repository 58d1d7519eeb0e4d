"""A folder of small remembered texts: checked when read, replaced in one step when written, and never needed.

Nothing here raises for the state of the folder. A file that is missing, cut short, changed or of another version is the
same as none; a folder that cannot be written (read-only, full, somebody else's) only means that nothing is remembered.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from flask_prodcheck.cache.place import is_own
from flask_prodcheck.records import dataclass

FORMAT = "prodcheck-cache-1"

_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# See https://bford.info/cachedir/\n"
_DAYS_KEPT = 30
_MAX_BYTES = 64 * 1024 * 1024
_PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Store:
    """The texts that are remembered of one project, by name, below ``folder``."""

    folder: Path
    project: str

    def read(self, name: str) -> dict[str, object] | None:
        """The object remembered as ``name``, if it is whole."""
        if not is_own(self.folder):
            return None
        try:
            with open(self._place(name), "rb") as stream:
                data = stream.read(_MAX_BYTES + 1)
        except (OSError, ValueError):
            return None
        head, _, body = data.partition(b"\n")
        if len(data) > _MAX_BYTES or head != _seal(body):
            return None
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def write(self, name: str, value: Mapping[str, object]) -> None:
        """Remembers ``value``. A reader sees the old text or the new one, never a part."""
        body = json.dumps(value, separators=(",", ":")).encode()
        try:
            ready = len(body) <= _MAX_BYTES and self._prepare()
        except (OSError, ValueError):
            return  # by the contract above
        if ready:
            put(self._place(name), (_seal(body), b"\n", body))

    @contextlib.contextmanager
    def lines(self, name: str) -> Iterator[Lines | None]:
        """The lines remembered as ``name``, if they are whole."""
        with contextlib.ExitStack() as opened:
            try:
                stream = opened.enter_context(open(self._place(name, "lines"), "rb")) if is_own(self.folder) else None
                size = os.fstat(stream.fileno()).st_size - _SEAL_BYTES if stream is not None else -1
                found = Lines(stream, size) if stream is not None and 0 <= size <= _MAX_BYTES else None
                whole = found is not None and found.are_whole()
            except (OSError, ValueError):
                whole = False
            yield found if whole else None

    def write_lines(self, name: str, lines: Iterable[bytes]) -> None:
        """Remembers ``lines``, of which none holds a line end, in their order. A reader sees all of the old or of the
        new ones."""
        try:
            if self._prepare():
                put(self._place(name, "lines"), _sealed(lines))
        except (OSError, ValueError):
            return  # by the contract above

    def _place(self, name: str, suffix: str = "json") -> Path:
        return self.folder / self.project / f"{name}.{suffix}"

    def _prepare(self) -> bool:
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not is_own(self.folder):
            return False
        for name, text in (("CACHEDIR.TAG", _TAG), (".gitignore", "*\n")):
            place = self.folder / name
            if not place.exists():
                place.write_text(text, encoding="ascii")
        own = self.folder / self.project
        if not own.is_dir():
            own.mkdir(mode=0o700, exist_ok=True)
            self._forget_old()
        return True

    def _forget_old(self) -> None:
        """Removes the projects that were not audited for a month."""
        limit = time.time() - _DAYS_KEPT * 86_400
        with os.scandir(self.folder) as entries:
            for entry in entries:
                is_project = entry.is_dir(follow_symlinks=False) and len(entry.name) == len(self.project)
                if is_project and entry.stat(follow_symlinks=False).st_mtime < limit:
                    shutil.rmtree(entry.path, ignore_errors=True)


class Lines:
    """Many remembered lines, read one by one from ``stream``, whose first ``size`` bytes they are: the file stays what it
    is while another takes its place."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._size = size

    def are_whole(self) -> bool:
        """Whether the seal behind the lines is theirs."""
        digest, left = hashlib.sha256(), self._size
        self._stream.seek(0)
        while left > 0 and (piece := self._stream.read(min(left, _PIECE_BYTES))):
            digest.update(piece)
            left -= len(piece)
        return self._stream.read() == _seal_of(digest.hexdigest())

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """(place, line) for each line. Nothing else is to be read meanwhile."""
        place = self._stream.seek(0)
        while place < self._size:
            line = self._stream.readline()
            yield place, line.rstrip(b"\n")
            place += len(line)

    def at(self, place: int) -> bytes:
        """The line at a place that was given for it."""
        self._stream.seek(place)
        return self._stream.readline().rstrip(b"\n")


def store_of(root: Path, folder: Path) -> Store:
    """What is remembered of the project at ``root``."""
    return Store(folder, hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:32])


def _seal(body: bytes) -> bytes:
    return _seal_of(hashlib.sha256(body).hexdigest())


def _seal_of(digest: str) -> bytes:
    return f"{FORMAT} {digest}".encode()


_SEAL_BYTES = len(_seal(b""))


def _sealed(lines: Iterable[bytes]) -> Iterator[bytes]:
    """``lines`` with their ends, and the seal. Raises ValueError when they are too many."""
    digest, size = hashlib.sha256(), 0
    for line in lines:
        digest.update(line + b"\n")
        size += len(line) + 1
        if size > _MAX_BYTES:
            raise ValueError(size)
        yield line + b"\n"
    yield _seal_of(digest.hexdigest())


def put(place: Path, data: Iterable[bytes]) -> None:
    """Puts the pieces of ``data`` at ``place`` in one step, if that can be done."""
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=place.parent, prefix=".new-")
        with open(descriptor, "wb") as stream:
            stream.writelines(data)
        os.replace(temporary, place)
        temporary = ""
    except (OSError, ValueError):
        return  # by the contract above
    finally:
        if temporary:
            _remove(temporary)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return  # nothing was left behind, or nothing can be done about it
