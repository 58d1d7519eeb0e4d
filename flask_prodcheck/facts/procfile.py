"""Procfiles: the processes of Heroku, Dokku, honcho and the buildpacks.

Source: the Heroku Dev Center article "The Procfile" and the parser of its cloud native buildpack.
"""

from __future__ import annotations

import posixpath

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.types import Command, Start, StartFile
from flask_prodcheck.patterns import regex

_PROCESS = regex(r"([ \t]*)([A-Za-z0-9_-]+)[ \t]*:[ \t]*(.*)")


def is_found_by_name(path: str) -> bool:
    """Whether the file at ``path`` is called as what looks for Procfiles expects; of any other a command has to say that it is one."""
    return "procfile" in posixpath.basename(path).lower()


def read_procfile(path: str, text: str) -> StartFile:
    """The processes of the Procfile ``text`` in order, repeated names included (the readers of Procfiles differ in
    which one wins). The process ``release`` has the role "release".

    Raises :class:`ReadError` when there are lines but none of them names a process with a command.
    """
    starts: list[Start] = []
    comments: list[str] = []
    wrong = 0
    for number, line in enumerate(
        text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1
    ):
        stripped = line.strip()
        if stripped.startswith("#"):
            comments.append(stripped.lstrip("#").strip())
            continue
        match = _PROCESS.fullmatch(line.rstrip())
        if match is not None and match.group(3):
            name, command = match.group(2), match.group(3)
            column, end = match.start(3) + 1, match.end(3) + 1
            starts.append(
                Start(
                    kind="procfile",
                    name=name,
                    span=Span(path, number, match.start(2) + 1, number, end),
                    command=Command(Span(path, number, column, number, end), command, shell=command),
                    role="release" if name.lower() == "release" else "run",
                    comment=" ".join(comments),
                )
            )
        elif stripped:
            wrong = wrong or number
        comments = []
    if wrong and not starts:
        raise ReadError("no line of the Procfile names a process and its command", wrong)
    return StartFile(path, "procfile", tuple(starts))
