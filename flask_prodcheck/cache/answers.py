"""Remembered answers: the text of a report and its exit code, given again while nothing it depends on has changed.

An answer depends on the tool, the settings, the view (format, colours, paths), the list of files with what git says of
each, the bytes of every file of a known kind, and those of the others that the audit came to read (a JSON file that the
application takes its settings from). Only what was printed is remembered, so secrets are as masked as there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import astuple, field
from pathlib import Path

from flask_prodcheck.cache.contents import Content, contents, from_data, to_data
from flask_prodcheck.cache.identity import tool_identity
from flask_prodcheck.cache.outlines import RememberedOutlines, remembered_outlines
from flask_prodcheck.cache.place import default_folder
from flask_prodcheck.cache.recall import SECONDS, with_seconds
from flask_prodcheck.cache.store import Store, store_of
from flask_prodcheck.errors import ReadError
from flask_prodcheck.records import dataclass, replace
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.place import prefix_of
from flask_prodcheck.sources.tree import Tree, WatchedContent, digest_of

_INDEX = "contents"
_INCOMPLETE = 3  # what could not be read today may be readable tomorrow, without any change of the files


@dataclass(frozen=True, slots=True)
class Answer:
    """``text`` as it is printed, with :data:`SECONDS` for the time taken, and ``exit_code``. ``others`` are the files of
    no known kind that it also depends on."""

    text: str
    exit_code: int
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class Question:
    """One audit that may have been answered before. ``name`` tells the questions about one project apart, ``key``
    holds everything that the answer depends on."""

    store: Store
    root: Path
    tree: Tree
    name: str
    key: str
    found: dict[str, Content] = field(default_factory=dict)
    seen: dict[str, bytes | None] = field(default_factory=dict)

    def answer(self) -> Answer | None:
        """What was answered."""
        known = self.store.read(self.name)
        if known is None or known.get("key") != self.key:
            return None
        text, code, others = known.get("text"), known.get("exit_code"), known.get("others")
        if not isinstance(text, str) or type(code) is not int or not 0 <= code < _INCOMPLETE:
            return None
        if not isinstance(others, dict) or any(self._digest(path) != digest for path, digest in others.items()):
            return None
        return Answer(text, code, tuple(others))

    def watched(self) -> Tree:
        """The tree to audit for an answer that is to be remembered."""
        return replace(self.tree, content=WatchedContent(self.tree.content, self.found, self.seen))

    def outlines(self) -> AbstractContextManager[RememberedOutlines]:
        """What is remembered of the files themselves."""
        return remembered_outlines(self.store, self.found)

    def remember(self, render: Callable[[float], str], exit_code: int) -> None:
        """Remembers the answer of an audit of the :meth:`watched` tree. ``render`` gives its text for a time taken. Not
        remembered are answers that may be incomplete, those whose files changed meanwhile or could not be read, and
        texts in which the time cannot be replaced."""
        read = {path: digest_of(data) for path, data in self.seen.items() if data is not None}
        if exit_code == _INCOMPLETE or len(read) < len(self.seen):
            return
        after = contents(self.root, self.found, self.found)
        if after is None or any(not each.same_file(self.found[path]) for path, each in after.items()):
            return
        text = render(SECONDS)
        if with_seconds(text, 1.125) != render(1.125):
            return
        self.store.write(self.name, {"key": self.key, "text": text, "exit_code": exit_code, "others": read})

    def _digest(self, path: str) -> str | None:
        """The digest of one of the project's files that are of no known kind; None when it cannot be read."""
        if path not in self.tree.paths:
            return None
        try:
            return digest_of(self.tree.content.read(path))
        except ReadError:
            return None


def ask(root: Path, tree: Tree, settings: Settings, view: tuple[str, ...], folder: Path) -> Question | None:
    """The question what an audit of ``tree`` (the files of ``root``) says in this ``view``; None when its answer cannot
    be remembered because a file cannot be read."""
    store = store_of(root, folder)
    known = from_data(store.read(_INDEX))
    found = contents(root, [source.path for source in tree.sources], known)
    rules = _rule_files(root, settings)
    if found is None or rules is None:
        return None
    if found != known:
        store.write(_INDEX, to_data(found))
    files = [
        (source.path, source.kind.value, source.size, source.tracked, found[source.path].digest)
        for source in tree.sources
    ]
    problems = [astuple(problem) for problem in tree.problems]
    chosen = repr(settings)
    whole = [tool_identity(), chosen, view, tree.name, files, sorted(tree.paths), problems, rules]
    key = digest_of(json.dumps(whole).encode())
    name = digest_of(json.dumps([chosen, view]).encode())[:32]
    return Question(store, root, tree, f"answer-{name}", key, found)


def asked(
    root: Path, tree: Tree, settings: Settings, view: tuple[str, ...], folder: Path | None = None
) -> Question | None:
    """The question in the cache ``folder`` (None: the user's), with paths as seen from the current folder; None when
    there is no cache to ask."""
    place = folder or default_folder(os.environ)
    return ask(root, tree, settings, (*view, prefix_of(root, Path.cwd())), Path(place)) if place is not None else None


def _rule_files(root: Path, settings: Settings) -> list[tuple[str, str]] | None:
    """The user's own rules: (path, digest) of each file in their folders."""
    found: list[tuple[str, str]] = []
    for folder in settings.extend_rules:
        if not (root / folder).is_dir():
            return None
        for parent, folders, names in os.walk(root / folder):
            folders.sort()
            for name in sorted(names):
                place = os.path.join(parent, name)
                try:
                    with open(place, "rb") as stream:
                        found.append((place, digest_of(stream.read())))
                except OSError:
                    return None
    return found
