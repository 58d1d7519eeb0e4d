"""What reading found in each file of a project, kept by the digest of the file: after a change only what changed is read.

The data is the readers' own; nothing is believed of it but that it was put here for a file with this content by this very
tool, and they check its shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_prodcheck.cache.contents import Content
from flask_prodcheck.cache.identity import tool_identity
from flask_prodcheck.cache.store import Store

_NAME = "outlines"


@dataclass(slots=True)
class RememberedOutlines:
    """The outlines of one project. ``contents`` is what its files hold now, ``known`` what is remembered, by path:
    (digest, data)."""

    store: Store
    contents: Mapping[str, Content]
    known: dict[str, tuple[str, object]]
    noted: dict[str, tuple[str, object]] = field(default_factory=dict)

    def recall(self, path: str) -> tuple[str, object] | None:
        """The digest of the content of ``path``, and what was noted of it; None when it was not, or has changed."""
        found = self.known.get(path)
        return found if found is not None and found[0] == self.contents[path].digest else None

    def note(self, path: str, digest: str, data: object) -> None:
        """Notes ``data`` of ``path`` with a content of that ``digest``."""
        self.noted[path] = digest, data

    def save(self) -> None:
        """Keeps what was noted, and of the rest what is still in the project."""
        kept = {path: each for path, each in self.known.items() if path in self.contents}
        if self.noted or len(kept) < len(self.known):
            files = {path: list(each) for path, each in (kept | self.noted).items()}
            self.store.write(_NAME, {"tool": tool_identity(), "files": files})


def remembered_outlines(store: Store, contents: Mapping[str, Content]) -> RememberedOutlines:
    """What ``store`` remembers of the files whose present ``contents`` are known."""
    kept = store.read(_NAME)
    files = kept.get("files") if kept is not None and kept.get("tool") == tool_identity() else None
    known: dict[str, tuple[str, object]] = {}
    for path, each in files.items() if isinstance(files, dict) else ():
        match each:
            case [str(digest), data]:
                known[path] = digest, data
    return RememberedOutlines(store, contents, known)
