"""The commands of tox environments (``tox.ini``, or the same sections in ``setup.cfg``)."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.ini import IniSection, read_ini
from flask_prodcheck.facts.quoting import split_words
from flask_prodcheck.facts.types import Command, EnvVar, Start, StartFile


def read_tox(path: str, text: str) -> StartFile:
    """One start for each line of ``commands``, named by the environment ("testenv" for the common one). tox runs no
    shell. Never raises."""
    starts: list[Start] = []
    for section in read_ini(text, delimiters="="):
        head, _, name = section.name.partition(":")
        if head in ("testenv", "env"):
            starts.extend(_commands(path, name or "testenv", section))
    return StartFile(path, "tox", tuple(starts))


def _commands(path: str, name: str, section: IniSection) -> list[Start]:
    env = []
    setenv = section.last("setenv") or section.last("set_env")
    for offset, line in enumerate((setenv.value or "").split("\n")) if setenv is not None else ():
        key, equals, value = line.partition("=")
        if equals and setenv is not None:
            env.append(EnvVar(key.strip(), None if "{" in value else value.strip(), Span(path, setenv.line + offset)))
    folder = section.value("changedir") or section.value("change_dir")
    folder = folder.strip() if folder else None
    found = []
    for entry in section.all("commands"):
        pending = ""
        for offset, line in enumerate((entry.value or "").split("\n")):
            if line.endswith("\\"):
                pending += line[:-1].rstrip() + " "
                continue
            text, pending = (pending + line).lstrip("-! ").strip(), ""
            if text and not text.startswith("#"):
                span = Span(path, entry.line + offset)
                found.append(Start("tox", name, span, Command(span, text, argv=split_words(text)), folder, tuple(env)))
    return found
