"""What scripts and command lines for the shells of Windows start."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.batch import read_batch
from flask_prodcheck.facts.conditionals import BRANCH
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.powershell import read_powershell
from flask_prodcheck.facts.types import Start
from flask_prodcheck.facts.windows_words import CMD, POWERSHELL, arguments, windows_words
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.started_process import start_place
from flask_prodcheck.model.launching.steps import ShellRun
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

_READERS = {POWERSHELL: read_powershell, CMD: read_batch}
_SCRIPTS = frozenset({"batch", "powershell"})

Commands = Iterator[tuple[tuple[str, ...], Place]]
"""Words of commands, each with the place where it runs."""


#: A command line that only PowerShell's own path rules read rightly: a shell of Unix would take its backslashes away.
_WITH_PATHS = regex(r"\s*(?:powershell|pwsh)(?:\.exe)?\s[^'\\]*\\[^']*", re.IGNORECASE)


def windows_argv(text: str) -> tuple[str, ...] | None:
    """The words of a command line that calls PowerShell with paths of Windows; None for any other."""
    return arguments(windows_words(text)) if _WITH_PATHS.fullmatch(text) else None


def starts_of_text(run: ShellRun, span: Span) -> Sequence[Start]:
    """What the text starts that is handed to a shell of Windows at ``span``."""
    return _READERS[run.shell](span.file, run.text).starts


def commands_of_text(run: ShellRun, span: Span, place: Place, facts: Facts) -> Commands:
    """The commands of such a text."""
    return ((argv, _place_of(start, place, facts)) for argv, start in _commands(starts_of_text(run, span)))


def is_windows_script(path: str, facts: Facts) -> bool:
    """Whether a shell of Windows runs the file at ``path``."""
    return path in facts.start_files and facts.start_files[path].kind in _SCRIPTS


def commands_of_script(path: str, place: Place, facts: Facts) -> Commands:
    """The commands of the script at ``path``. It runs in the folder of its caller; where that is not its own the folder is
    not known, as what a script says of its folder is read from its own."""
    folder = posixpath.dirname(path) or "."
    if folder != place.cwd:
        place = replace(place, cwd=folder, cwd_known=False, folder="")
    for argv, start in _commands(facts.start_files[path].starts):
        text = start.command.text if start.command is not None else ""
        yield argv, _place_of(start, place.hop(start.span, text), facts)


def _commands(starts: Sequence[Start]) -> Iterator[tuple[tuple[str, ...], Start]]:
    for start in starts:
        if start.command is not None and start.command.argv:
            yield start.command.argv, start


def _place_of(start: Start, place: Place, facts: Facts) -> Place:
    inner = start_place(start, place, facts)
    branch = dict(start.options).get(BRANCH)
    return inner if branch is None else replace(inner, certain=False, hints=(*inner.hints, *branch.split()))
