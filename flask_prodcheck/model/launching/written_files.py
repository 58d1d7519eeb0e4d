"""The files that the RUN lines of an image write with ``echo`` and ``printf``."""

from __future__ import annotations

from collections.abc import Iterator

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


def _text(word: Word) -> str:
    return "".join(
        part.text if isinstance(part, Lit) else f"${{{part.name}}}" if isinstance(part, Var) else ""
        for part in word.parts
    )
