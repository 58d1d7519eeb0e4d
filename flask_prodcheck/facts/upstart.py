"""Jobs of Upstart (``/etc/init/NAME.conf``), by init(5): what ``exec`` or ``script`` runs, and where."""

from __future__ import annotations

import posixpath

from flask_prodcheck.base import Span
from flask_prodcheck.facts.quoting import split_words
from flask_prodcheck.facts.types import Command, EnvVar, Start, StartFile
from flask_prodcheck.patterns import regex

_STANZA = regex(r"(exec|chdir|setuid|env)[ \t]+(.*\S)[ \t]*")
_ASSIGNMENT = regex(r"([A-Za-z_]\w*)=(.*)")


def read_upstart(path: str, text: str) -> StartFile:
    """The one process of a job; none where a job only waits. Never raises."""
    lines = text.split("\n")
    given: dict[str, str] = {}
    env: list[EnvVar] = []
    command: Command | None = None
    number = 0
    while number < len(lines):
        line, first = lines[number], number + 1
        number += 1
        while line.endswith("\\") and number < len(lines):
            line, number = line[:-1] + " " + lines[number].strip(), number + 1
        if line.strip() == "script" and line[:1] == "s":
            end = next((at for at in range(number, len(lines)) if lines[at].strip() == "end script"), len(lines))
            body = "\n".join(lines[number:end])
            command = Command(Span(path, first + 1), " ".join(body.split()), shell=body)
            number = end + 1
        elif (match := _STANZA.fullmatch(line)) is not None:
            word, value = match.groups()
            if word == "exec":
                command = Command(Span(path, first), value, shell=f"exec {value}")
            elif word == "env" and (assigned := _ASSIGNMENT.fullmatch(" ".join(split_words(value)))) is not None:
                env.append(EnvVar(assigned[1], assigned[2], Span(path, first)))
            else:
                given[word] = value
    if command is None:
        return StartFile(path, "upstart", ())
    name = posixpath.basename(path).partition(".")[0]
    start = Start("upstart", name, command.span, command, given.get("chdir"), tuple(env), user=given.get("setuid"))
    return StartFile(path, "upstart", (start,))
