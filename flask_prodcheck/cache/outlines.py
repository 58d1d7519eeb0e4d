"""What reading found in each file of a project, kept by the digest of the file: after a change only what changed is read.

The data is the readers' own; nothing is believed of it but that it was put here for a file with this content by this very
tool, and they check its shape. A line for each file, because all of them together take more memory than an audit: its
path as JSON, the digest of its content, and the data as JSON, with tabs between them.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from flask_prodcheck.cache.contents import Content
from flask_prodcheck.cache.identity import tool_identity
from flask_prodcheck.cache.store import Lines, Store
from flask_prodcheck.records import dataclass

_NAME = "outlines"


@dataclass(slots=True)
class RememberedOutlines:
    """The outlines of one project. ``contents`` is what its files hold now, ``known`` where the line of each path is in
    ``lines``."""

    store: Store
    contents: Mapping[str, Content]
    lines: Lines | None
    known: dict[str, int]

    def recall(self, path: str) -> tuple[str, object] | None:
        """The digest of the content of ``path``, and what was noted of it; None when it was not, or has changed."""
        parts = self._line(path).split(b"\t")
        if len(parts) != 3 or parts[1].decode("ascii", "replace") != self.contents[path].digest:
            return None
        try:
            return self.contents[path].digest, json.loads(parts[2])
        except (ValueError, RecursionError):
            return None

    def keep(self, noted: Iterable[tuple[str, str, object]]) -> None:
        """Keeps (path, digest, data) of each file that was read, and of the rest what is still in the project."""
        entries = iter(noted)
        first = next(entries, None)
        if first is not None or any(path not in self.contents for path in self.known):
            written = chain((first,) if first is not None else (), entries)
            self.store.write_lines(_NAME, self._written(written))

    def _written(self, noted: Iterable[tuple[str, str, object]]) -> Iterator[bytes]:
        yield tool_identity().encode()
        replaced = set()
        for path, digest, data in noted:
            replaced.add(path)
            yield f"{json.dumps(path)}\t{digest}\t{json.dumps(data, separators=(',', ':'))}".encode()
        for path in self.known:
            if path in self.contents and path not in replaced:
                yield self._line(path)

    def _line(self, path: str) -> bytes:
        place = self.known.get(path)
        return b"" if place is None or self.lines is None else self.lines.at(place)


@contextlib.contextmanager
def remembered_outlines(store: Store, contents: Mapping[str, Content]) -> Iterator[RememberedOutlines]:
    """What ``store`` remembers of the files whose present ``contents`` are known."""
    with store.lines(_NAME) as lines:
        known = _index(lines) if lines is not None else {}
        yield RememberedOutlines(store, contents, lines, known)


def _index(lines: Lines) -> dict[str, int]:
    """Where the line of each path is; nothing when another tool wrote them."""
    found: dict[str, int] = {}
    for number, (place, line) in enumerate(lines):
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
