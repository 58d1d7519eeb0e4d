"""Remembered answers: the text of a report and its exit code, given again while nothing it depends on has changed.

An answer depends on the tool, the settings, the view (format, colours, paths), the list of files with what git says of
each, the bytes of every file of a known kind, and those of the others that the audit came to read (a JSON file that the
application takes its settings from). Of Python files it may depend on less: see :mod:`~flask_prodcheck.cache.standing`. Only what was printed is remembered, so secrets are as masked as there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import astuple, field
from pathlib import Path

from flask_prodcheck.cache.contents import Content, contents, from_data, to_data
from flask_prodcheck.cache.identity import tool_identity
from flask_prodcheck.cache.outlines import Noted, RememberedOutlines, remembered_outlines
from flask_prodcheck.cache.place import default_folder
from flask_prodcheck.cache.recall import SECONDS, with_seconds
from flask_prodcheck.cache.standing import Apart, Looked, standing_of, still_standing
from flask_prodcheck.cache.standing import from_data as from_standing
from flask_prodcheck.cache.store import Store, store_of
from flask_prodcheck.errors import ReadError
from flask_prodcheck.records import dataclass, replace
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.kinds import Kind
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
    holds everything that the answer depends on, ``frame`` all of that but the bytes of Python files. ``used``: the files
    that the audit looked into."""

    store: Store
    root: Path
    tree: Tree
    name: str
    key: str
    frame: str
    found: dict[str, Content] = field(default_factory=dict)
    seen: dict[str, bytes | None] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def answer(self) -> Answer | None:
        """What was answered."""
        known = self.store.read(self.name)
        return self._answer(known) if known is not None and known.get("key") == self.key else None

    def standing(
        self, outlines: RememberedOutlines, read: Callable[[str], Noted | None], apart: Apart
    ) -> Answer | None:
        """What was answered before Python files changed, where that makes no difference. ``read`` looks at one again,
        ``apart`` compares what was noted of it."""
        known = self.store.read(self.name)
        held = from_standing(known.get("standing")) if known is not None else None
        if known is None or held is None or known.get("frame") != self.frame:
            return None
        answer = self._answer(known)
        if answer is None:
            return None
        now = still_standing(held, self._python, self.found, outlines, read, apart)
        if now is None or not self._is_settled():
            return None
        self.store.write(self.name, {**known, "key": self.key, "standing": now.to_data()})
        return answer

    @property
    def _python(self) -> list[str]:
        return [source.path for source in self.tree.sources if source.kind is Kind.PYTHON]

    def _answer(self, known: Mapping[str, object]) -> Answer | None:
        text, code, others = known.get("text"), known.get("exit_code"), known.get("others")
        if not isinstance(text, str) or type(code) is not int or not 0 <= code < _INCOMPLETE:
            return None
        if not isinstance(others, dict) or any(self._digest(path) != digest for path, digest in others.items()):
            return None
        return Answer(text, code, tuple(others))

    def watched(self) -> Tree:
        """The tree to audit for an answer that is to be remembered."""
        return replace(self.tree, content=WatchedContent(self.tree.content, self.found, self.seen, self.used))

    def outlines(self) -> AbstractContextManager[RememberedOutlines]:
        """What is remembered of the files themselves."""
        return remembered_outlines(self.store, self.found)

    def remember(
        self,
        render: Callable[[float], str],
        exit_code: int,
        outlines: RememberedOutlines | None = None,
        looked: Looked | None = None,
        shown: object = None,
    ) -> None:
        """Remembers the answer of an audit of the :meth:`watched` tree. ``render`` gives its text for a time taken,
        ``looked`` is what it looked at, ``shown`` what that text tells. Not remembered are answers that may be incomplete, those whose files changed meanwhile
        or could not be read, and texts in which the time cannot be replaced."""
        read = {path: digest_of(data) for path, data in self.seen.items() if data is not None}
        if exit_code == _INCOMPLETE or len(read) < len(self.seen):
            return
        if not self._is_settled():
            return
        text = render(SECONDS)
        if with_seconds(text, 1.125) != render(1.125):
            return
        known: dict[str, object] = {"key": self.key, "text": text, "exit_code": exit_code, "others": read}
        held = None
        if outlines is not None and looked is not None:
            held = standing_of(self._python, self.found, outlines, self.used, looked, shown)
        if held is not None:
            known |= {"frame": self.frame, "standing": held.to_data()}
        self.store.write(self.name, known)

    def _is_settled(self) -> bool:
        """Whether the files are still what they were when the question was asked."""
        after = contents(self.root, self.found, self.found)
        return after is not None and all(each.same_file(self.found[path]) for path, each in after.items())

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
    listed = [(source.path, source.kind.value, source.tracked) for source in tree.sources]
    problems = [astuple(problem) for problem in tree.problems]
    chosen = repr(settings)
    whole = [tool_identity(), chosen, view, tree.name, listed, sorted(tree.paths), problems, rules]
    digests = [found[source.path].digest for source in tree.sources]
    framed = ["" if source.kind is Kind.PYTHON else found[source.path].digest for source in tree.sources]
    key, frame = (digest_of(json.dumps([*whole, each]).encode()) for each in (digests, framed))
    name = digest_of(json.dumps([chosen, view]).encode())[:32]
    return Question(store, root, tree, f"answer-{name}", key, frame, found)


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
