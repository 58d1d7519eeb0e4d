"""The files that the RUN lines of an image write with ``echo`` and ``printf``."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.shell_commands import commands_of
from flask_prodcheck.facts.types import Lit, Var, Word
from flask_prodcheck.model.launching.images import Image
from flask_prodcheck.records import dataclass

_WRITERS = frozenset({"echo", "printf"})


@dataclass(frozen=True, slots=True)
class Written:
    """The ``text`` that a command at ``span`` writes to ``path``."""

    path: str
    text: str
    span: Span


def written_by_runs(image: Image) -> Iterator[Written]:
    """What the RUN lines of ``image`` write, in order."""
    for run, _ in image.runs:
        for each in commands_of(run) or ():
            if not each.words or each.words[0].text not in _WRITERS or each.output is None:
                continue
            text = " ".join(_text(word) for word in each.words[1:] if not word.text.startswith("-"))
            yield Written(each.output.text.strip("\"'"), text.replace("\\n", "\n"), each.span)


def may_be_made(path: str, image: Image) -> bool:
    """Whether a RUN line of ``image`` may have made the file that a command names by the relative ``path``: it names it, or
    the folder that it begins with, or runs something that fetches or builds what it does not name."""
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    named = {parts[0], parts[-1]} if parts else set()
    return any(
        _is_made_by([word.text.strip("\"'") for word in each.words], named)
        or (each.output is not None and posixpath.basename(each.output.text.strip("\"'")) in named)
        for run, _ in image.runs
        for each in commands_of(run) or ()
    )


_FETCHERS = frozenset({"git", "svn", "hg", "tar", "unzip", "make", "cmake", "go", "cargo", "mvn", "gradle"})
_CHANGERS = frozenset({"chmod", "chown", "sed", "dos2unix", "rm", "test", "ls", "cat", "stat"})


def _is_made_by(words: Sequence[str], named: set[str]) -> bool:
    """Whether a command makes a file of one of the names in ``named``; what only changes files makes none."""
    if not words or posixpath.basename(words[0]) in _CHANGERS:
        return False
    if posixpath.basename(words[0]) in _FETCHERS:
        return True
    return any(part in named for word in words[1:] for part in word.split("/"))


def _text(word: Word) -> str:
    return "".join(
        part.text if isinstance(part, Lit) else f"${{{part.name}}}" if isinstance(part, Var) else ""
        for part in word.parts
    )
