"""What an audit has looked at in the Python files of a project, of all that their outlines tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import field

from flask_prodcheck.records import dataclass


@dataclass(slots=True)
class Looked:
    """``files``: those whose statements, or whose names one by one, were looked at. Of the others it has seen which of
    ``words`` their outlines hold (as a name that is bound, called, mentioned or given a value), and which names with one of
    ``parts`` in them; of ``givers`` also every name that they give a value. More than that of their words it has not seen."""

    files: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)
    givers: set[str] = field(default_factory=set)
    known: dict[int, Collection[str]] = field(default_factory=dict)

    def for_words(self, words: Iterable[str]) -> None:
        """Takes note that ``words`` are looked for in any file."""
        if isinstance(words, frozenset):
            # The same large set is looked for in each of a thousand files. It is kept: its number stays its own.
            if id(words) in self.known:
                return
            self.known[id(words)] = words
        self.words.update(words)
