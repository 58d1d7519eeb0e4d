"""What reading found in each file of a project, kept by the digest of the file: after a change only what changed is read.

The data is the readers' own; nothing is believed of it but that it was put here for a file with this content by this very
tool, and they check its shape. A line for each file, because all of them together take more memory than an audit: its
path as JSON, the digest of its content, and the data, with tabs between them. Before the data of an outline stand the
digests of its shape and of its words: what an audit can see of a file that it does not look into.

All data is JSON. That of an outline holds no text of the file. Statements hold its texts, secrets among them: they are kept
so that only who has the file itself can read them.
"""

from __future__ import annotations

import binascii
import contextlib
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from itertools import chain
from typing import Protocol

from flask_prodcheck.cache.contents import Content
from flask_prodcheck.cache.identity import tool_identity
from flask_prodcheck.cache.store import Lines, Store
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass
from flask_prodcheck.sources.tree import digest_of

_OUTLINES = "outlines"
_STATEMENTS = "statements"
MOST_LOOKS = 20_000
"""Files of a project up to which their looks are compared: those of more take too much memory."""
#: What stands before the data.
_LOOK = regex(rb'\["([0-9a-f]{64})","([0-9a-f]{64})",')
_MAX_STATEMENTS = 16 * 1024 * 1024
_MAX_OF_A_FILE = 64 * 1024 * 1024


class Noted(Protocol):
    """What is kept of a Python file with a content of this ``digest``."""

    @property
    def path(self) -> str: ...

    @property
    def digest(self) -> str: ...

    @property
    def data(self) -> object: ...

    @property
    def shape(self) -> object: ...

    @property
    def words(self) -> object: ...


@dataclass(slots=True)
class RememberedOutlines:
    """The outlines of one project, and the statements of the files that linking asked for. ``fresh`` are the looks of the
    files that were read now, unless they are too many."""

    outlines: _Kept
    others: _Kept
    fresh: dict[str, Look] = field(default_factory=dict)

    def look(self, path: str) -> Look | None:
        """How the present content of ``path`` looks; None when it is not known."""
        return self.fresh.get(path) or _look(self.outlines.recall(path) or b"")

    def former(self, path: str) -> tuple[Look, object] | None:
        """How the content of ``path`` looked when it was read last, whatever it is now, and the data of its outline."""
        line = self.outlines.last(path)
        look = _look(line)
        try:
            _, _, data = json.loads(line) if look is not None else (None, None, None)
        except (ValueError, TypeError, RecursionError):
            return None
        return (look, data) if look is not None else None

    def recall(self, path: str) -> tuple[str, object] | None:
        """The digest of the content of ``path``, and what was noted of it; None when it was not, or has changed."""
        line = self.outlines.recall(path)
        try:
            _, _, data = json.loads(line) if line is not None else (None, None, None)
        except (ValueError, TypeError, RecursionError):
            return None
        return (self.outlines.contents[path].digest, data) if line is not None else None

    def keep(self, noted: Iterable[Noted]) -> None:
        """Keeps what was noted of each file that was read, and of the rest what is still in the project."""
        self.outlines.keep(map(self._entry, noted))

    def _entry(self, noted: Noted) -> tuple[str, str, bytes]:
        look = Look(*(digest_of(_packed(each)) for each in (noted.shape, noted.words)))
        if len(self.outlines.contents) <= MOST_LOOKS:
            self.fresh[noted.path] = look
        data = b'["%s","%s",%s]' % (look.shape.encode(), look.words.encode(), _packed(noted.data))
        return noted.path, noted.digest, data

    def recall_statements(self, path: str, digest: str, content: bytes) -> object:
        """What was kept of the statements of ``path``, whose ``content`` is that of ``digest``; None when nothing was."""
        data = self.others.recall(path)
        if data is None or self.others.contents[path].digest != digest:
            return None
        try:
            return json.loads(_unlocked(data, content))
        except (ValueError, zlib.error, RecursionError):
            return None

    def keep_statements(self, read: Iterable[tuple[str, str, bytes, object]]) -> None:
        """Keeps the last of each (path, digest, content, statements), and of the rest what is still in the project."""
        self.others.keep(_locked(read))


@dataclass(slots=True)
class _Kept:
    """The lines of the files of one project under ``name``. ``contents`` is what its files hold now, ``known`` where the
    line of each path is in ``lines``."""

    store: Store
    name: str
    contents: Mapping[str, Content]
    lines: Lines | None
    known: dict[str, int]

    def recall(self, path: str) -> bytes | None:
        """The data of ``path``; None where there is none of its present content."""
        parts = self._line(path).split(b"\t")
        if len(parts) != 3 or parts[1].decode("ascii", "replace") != self.contents[path].digest:
            return None
        return parts[2]

    def last(self, path: str) -> bytes:
        """The data of ``path`` whatever content it was made of; none where there is none."""
        return self._line(path).rpartition(b"\t")[2]

    def keep(self, noted: Iterable[tuple[str, str, bytes]]) -> None:
        """Keeps (path, digest, data) of files, and of the rest what is still in the project."""
        entries = iter(noted)
        first = next(entries, None)
        if first is not None or any(path not in self.contents for path in self.known):
            written = chain((first,) if first is not None else (), entries)
            self.store.write_lines(self.name, self._written(written))

    def _written(self, noted: Iterable[tuple[str, str, bytes]]) -> Iterator[bytes]:
        yield tool_identity().encode()
        replaced = set()
        for path, digest, data in noted:
            replaced.add(path)
            yield b"\t".join((json.dumps(path).encode(), digest.encode(), data))
        for path in self.known:
            if path in self.contents and path not in replaced:
                yield self._line(path)

    def _line(self, path: str) -> bytes:
        place = self.known.get(path)
        return b"" if place is None or self.lines is None else self.lines.at(place)


@dataclass(frozen=True, slots=True)
class Look:
    """The digests of what an audit sees of a file that it does not look into, the same wherever in it things stand: of the
    ``shape`` of its outline, and of its ``words``, of which the audit looks for some."""

    shape: str
    words: str


def _look(line: bytes) -> Look | None:
    found = _LOOK.match(line)
    return Look(found[1].decode(), found[2].decode()) if found is not None else None


@contextlib.contextmanager
def remembered_outlines(store: Store, contents: Mapping[str, Content]) -> Iterator[RememberedOutlines]:
    """What ``store`` remembers of the files whose present ``contents`` are known."""
    with store.lines(_OUTLINES) as outlines, store.lines(_STATEMENTS) as others:
        yield RememberedOutlines(
            _Kept(store, _OUTLINES, contents, outlines, _index(outlines)),
            _Kept(store, _STATEMENTS, contents, others, _index(others)),
        )


def _packed(data: object) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode()


def _index(lines: Lines | None) -> dict[str, int]:
    """Where the line of each path is; nothing when another tool wrote them."""
    found: dict[str, int] = {}
    for number, (place, line) in enumerate(lines or ()):
        if number:
            try:
                path = json.loads(line.partition(b"\t")[0])
            except (ValueError, RecursionError):
                continue
            if isinstance(path, str):
                found[path] = place
        elif line != tool_identity().encode():
            return {}
    return found


def _locked(read: Iterable[tuple[str, str, bytes, object]]) -> Iterator[tuple[str, str, bytes]]:
    """(path, digest, data), as long as there is room: data that is told only with the content."""
    size = 0
    for path, digest, content, statements in read:
        try:
            text = json.dumps(statements, separators=(",", ":"), ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            continue  # nested too deeply, or a number or a text that JSON has not: the file is read again
        data = binascii.b2a_base64(_crossed(zlib.compress(text, 1), content), newline=False)
        size += len(data)
        if size > _MAX_STATEMENTS:
            return
        yield path, digest, data


def _unlocked(data: bytes, content: bytes) -> bytes:
    opened = zlib.decompressobj()
    text = opened.decompress(_crossed(binascii.a2b_base64(data), content), _MAX_OF_A_FILE)
    if not opened.eof:
        raise ValueError(len(text))
    return text


def _crossed(data: bytes, content: bytes) -> bytes:
    """``data`` with a stream that is made of ``content`` added to it, or taken from it."""
    key = hashlib.sha256(b"statements\0" + content).digest()
    stream = hashlib.shake_256(key).digest(len(data))
    return (int.from_bytes(data, "little") ^ int.from_bytes(stream, "little")).to_bytes(len(data), "little")
