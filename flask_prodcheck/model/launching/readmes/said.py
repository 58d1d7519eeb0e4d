"""What the READMEs of a project say a launch is for: the headings and sentences where they show how it is started.

Only what is not in doubt counts. A start that is shown without a purpose may be anyone's, and one for production outweighs
one for development: then the README says nothing.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.readme import Readme, Shown, read_readme
from flask_prodcheck.model.evaluation.data_files import Reader
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.readmes.commands import Started, resolved, started_by
from flask_prodcheck.model.launching.readmes.prose import (
    is_for_production,
    is_said_of_files,
    purposes_of_heading,
    purposes_of_sentence,
    purposes_of_title,
)
from flask_prodcheck.model.project import Purpose
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_NAME = regex(
    r"readme(?:[._-][\w-]+)?|contributing|development|developing|developers?|hacking|deploy|deployment|deploying"
)
_ENDINGS = ("", ".md", ".markdown", ".rst", ".txt")
_LARGE = 300_000


@dataclass(frozen=True, slots=True)
class _Said:
    """One place of a README: the purposes that it names, what a command there starts, and the file or folder that a
    sentence names."""

    path: str
    shown: Shown
    purposes: frozenset[Purpose]
    starts: tuple[Started, ...]
    names: str


class Readmes:
    """The READMEs of one project, read when a launch asks for them."""

    def __init__(self, facts: Facts, read: Reader | None) -> None:
        self._facts = facts
        self._read = read
        self._by_folder: dict[str, list[str]] | None = None
        self._documents: dict[str, tuple[Readme, list[_Said]]] = {}

    def purpose_of(self, head: Head) -> tuple[Purpose, str] | None:
        """The purpose of what ``head`` starts, with the place that says so; None where nothing does, or in doubt."""
        if self._read is None:
            return None
        file = head.span.file
        places: dict[Purpose, _Said] = {}
        unsaid = False
        for said in self._about(file):
            starts = any(_is_start_of(each, head) for each in said.starts)
            if not starts and (not said.names or said.names not in (file, posixpath.dirname(file))):
                continue
            if not said.purposes:
                unsaid = unsaid or starts
            elif (
                starts
                or Purpose.PRODUCTION in said.purposes
                or (said.names == file and purposes_of_sentence(said.shown.said))
            ):
                for purpose in said.purposes:
                    if purpose not in places or starts:
                        places[purpose] = said
        if Purpose.PRODUCTION in places:
            said = places[Purpose.PRODUCTION]
            alone = len(places) == 1 and any(_is_start_of(each, head) for each in said.starts)
            told = alone and is_for_production(said.shown.headings, said.shown.said)
            return (Purpose.PRODUCTION, _place(said, Purpose.PRODUCTION)) if told else None
        if unsaid:
            return None
        for purpose in (Purpose.DEVELOPMENT, Purpose.TEST):
            if purpose in places:
                return purpose, _place(places[purpose], purpose)
        return self._by_folder_of(head)

    def shows_start_of(self, file: str, kind: str) -> bool:
        """Whether a command that a README shows starts what the ``file`` of this ``kind`` holds, or part of it."""
        if self._read is None:
            return False
        return any(each.kind == kind and each.file == file for said in self._about(file) for each in said.starts)

    def _about(self, file: str) -> Iterator[_Said]:
        """What the READMEs say in the folder of ``file``, and in those above it."""
        folder = posixpath.dirname(file)
        while True:
            for path in self._in_folder(folder):
                yield from self._document(path)[1]
            if not folder:
                return
            folder = posixpath.dirname(folder)

    def _in_folder(self, folder: str) -> list[str]:
        if self._by_folder is None:
            self._by_folder = {}
            for path in sorted(self._facts.paths):
                stem, ending = posixpath.splitext(posixpath.basename(path).lower())
                if ending in _ENDINGS and _NAME.fullmatch(stem):
                    self._by_folder.setdefault(posixpath.dirname(path), []).append(path)
        return self._by_folder.get(folder, [])

    def _document(self, path: str) -> tuple[Readme, list[_Said]]:
        if path not in self._documents:
            data = self._read(path) if self._read is not None else None
            text = data.decode("utf-8", "replace") if data is not None and len(data) <= _LARGE else ""
            readme = read_readme(text, restructured=path.endswith(".rst"))
            self._documents[path] = (readme, list(self._said(path, readme)))
        return self._documents[path]

    def _said(self, path: str, readme: Readme) -> Iterator[_Said]:
        folder = posixpath.dirname(path) or "."
        own = posixpath.basename(path).partition(".")[0]
        begun = -1
        for shown in readme.shown:
            if shown.block == 0 or shown.block != begun:
                here = folder
            begun = shown.block
            named = not shown.block and " " not in shown.code and not shown.code.startswith("./")
            here, starts = started_by(shown.code, here, self._facts) if not named else (here, ())
            yield _Said(path, shown, _purposes(own, readme, shown), starts, self._named(path, shown))

    def _named(self, path: str, shown: Shown) -> str:
        """The file or folder that a sentence, not a command, names; "" for none."""
        code = shown.code.rstrip("/")
        if shown.block or not code or " " in code:
            return ""
        blob = _BLOB.fullmatch(code)
        return resolved(blob[1] if blob is not None else code, posixpath.dirname(path) or ".", self._facts)

    def _by_folder_of(self, head: Head) -> tuple[Purpose, str] | None:
        """A README beside the file whose first sentence says that what the folder holds is for development."""
        folder = posixpath.dirname(head.span.file)
        for path in self._in_folder(folder) if folder else ():
            readme = self._document(path)[0]
            sentence = readme.lead.partition(". ")[0]
            headings = {each for text in readme.headings for each in purposes_of_heading(text)}
            if (
                is_said_of_files(sentence)
                and purposes_of_sentence(sentence) == {Purpose.DEVELOPMENT}
                and Purpose.PRODUCTION not in headings
            ):
                return Purpose.DEVELOPMENT, f"{path} says that its folder is for development"
        return None


_BLOB = regex(r"https?://[^/]+/[^/]+/[^/]+/(?:-/)?(?:blob|tree)/[^/]+/(.+)")


def _purposes(own: str, readme: Readme, shown: Shown) -> frozenset[Purpose]:
    found = set(purposes_of_title(own)) | purposes_of_sentence(shown.said)
    for index, heading in enumerate(shown.headings):
        title = index == 0 and heading == readme.title
        found |= purposes_of_title(heading) if title else purposes_of_heading(heading)
    return frozenset(found)


def _place(said: _Said, purpose: Purpose) -> str:
    """Where it is said, in the words of the innermost heading that says it, or of the sentence."""
    where = next((each for each in reversed(said.shown.headings) if purpose in purposes_of_heading(each)), "")
    under = f"under {where!r}" if where else f"with {' '.join(said.shown.said.split())[:80]!r}"
    return f"{said.path}:{said.shown.line} shows it {under}"


def _is_start_of(started: Started, head: Head) -> bool:
    """Whether a command starts what ``head`` does."""
    file = head.span.file
    named = not started.names or not {head.service, *head.names}.isdisjoint(started.names)
    if head.kind in ("compose", "dockerfile", "script", "python-script"):
        same = started.kind == head.kind or (started.kind == "script" and head.kind == "python-script")
        return same and started.file == file and named
    if head.kind == "entry-point":
        return started.kind == head.kind and named
    beside = started.file in (file, posixpath.dirname(file) or ".") or file.endswith(".mk")
    return started.kind == head.kind and beside and bool(started.names) and named
