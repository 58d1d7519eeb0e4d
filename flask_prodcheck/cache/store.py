"""A folder of small remembered texts: checked when read, replaced in one step when written, and never needed.

Nothing here raises for the state of the folder. A file that is missing, cut short, changed or of another version is the
same as none; a folder that cannot be written (read-only, full, somebody else's) only means that nothing is remembered.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from flask_prodcheck.cache.place import is_own
from flask_prodcheck.records import dataclass

FORMAT = "prodcheck-cache-1"

_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# See https://bford.info/cachedir/\n"
_DAYS_KEPT = 30
_MAX_BYTES = 64 * 1024 * 1024


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
            put(self._place(name), _seal(body) + b"\n" + body)

    def _place(self, name: str) -> Path:
        return self.folder / self.project / f"{name}.json"

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


def store_of(root: Path, folder: Path) -> Store:
    """What is remembered of the project at ``root``."""
    return Store(folder, hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:32])


def _seal(body: bytes) -> bytes:
    return f"{FORMAT} {hashlib.sha256(body).hexdigest()}".encode()


def put(place: Path, data: bytes) -> None:
    """Puts ``data`` at ``place`` in one step, if that can be done."""
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=place.parent, prefix=".new-")
        with open(descriptor, "wb") as stream:
            stream.write(data)
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
