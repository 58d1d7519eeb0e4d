"""What reading found in each file of a project, kept by the digest of the file: after a change only what changed is read.

The data is the readers' own; nothing is believed of it but that it was put here for a file with this content by this very
tool, and they check its shape.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field

from flask_prodcheck.cache.contents import Content
from flask_prodcheck.cache.identity import tool_identity
from flask_prodcheck.cache.store import Store
from flask_prodcheck.records import dataclass

_NAME = "outlines"


@dataclass(slots=True)
class RememberedOutlines:
    """The outlines of one project. ``contents`` is what its files hold now, ``known`` what is remembered, by path: the
    digest, a blank, and the data as JSON, which takes a fifth of the memory of what it stands for."""

    store: Store
    contents: Mapping[str, Content]
    known: dict[str, str]
    noted: dict[str, str] = field(default_factory=dict)

    def recall(self, path: str) -> tuple[str, object] | None:
        """The digest of the content of ``path``, and what was noted of it; None when it was not, or has changed."""
        digest, _, text = self.known.get(path, "").partition(" ")
        if digest != self.contents[path].digest:
            return None
        try:
            return digest, json.loads(text)
        except (ValueError, RecursionError):
            return None

    def note(self, path: str, digest: str, data: object) -> None:
        """Notes ``data`` of ``path`` with a content of that ``digest``."""
        self.noted[path] = f"{digest} {json.dumps(data, separators=(',', ':'))}"

    def save(self) -> None:
        """Keeps what was noted, and of the rest what is still in the project."""
        kept = {path: each for path, each in self.known.items() if path in self.contents}
        if self.noted or len(kept) < len(self.known):
            self.store.write(_NAME, {"tool": tool_identity(), "files": kept | self.noted})


def remembered_outlines(store: Store, contents: Mapping[str, Content]) -> RememberedOutlines:
    """What ``store`` remembers of the files whose present ``contents`` are known."""
    kept = store.read(_NAME)
    files = kept.get("files") if kept is not None and kept.get("tool") == tool_identity() else None
    known = {path: each for path, each in files.items() if isinstance(each, str)} if isinstance(files, dict) else {}
    return RememberedOutlines(store, contents, known)
