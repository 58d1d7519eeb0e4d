"""circus configuration: ``[watcher:x]`` sections, by the circus manual ("Configuration")."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.conditionals import possible_texts
from flask_prodcheck.facts.ini import IniSection, read_ini
from flask_prodcheck.facts.quoting import split_words
from flask_prodcheck.facts.types import Command, EnvVar, Start, StartFile
from flask_prodcheck.patterns import regex

_FROM_ENVIRONMENT = regex(r"\$\(circus\.env\.([A-Za-z_][A-Za-z0-9_]*)\)", re.IGNORECASE)
_OWN = frozenset({"cmd", "args", "working_dir", "uid", "shell"})
_TRUE = frozenset({"true", "1", "yes", "on"})


def read_circus(path: str, text: str) -> StartFile:
    """The watchers, with every other key of their sections as options. ``$(circus.env.X)`` becomes ``${X}``; sockets and
    worker numbers stay as they are written. Never raises."""
    sections = read_ini(text)
    starts: list[Start] = []
    for section in sections:
        kind, _, name = section.name.partition(":")
        if kind == "watcher" and name.strip():
            starts += _watcher(path, name.strip(), section, sections)
    return StartFile(path, "circus", tuple(starts))


def _watcher(path: str, name: str, section: IniSection, sections: Sequence[IniSection]) -> Iterator[Start]:
    entry = section.last("cmd")
    if entry is None or not entry.value:
        return
    span = Span(path, entry.line, entry.column)
    texts, conditional = possible_texts(_expanded(" ".join(f"{entry.value} {section.value('args') or ''}".split())))
    in_shell = (section.value("shell") or "").lower() in _TRUE
    options = tuple((each.key, each.value) for each in section.entries if each.value and each.key not in _OWN)
    for text in texts:
        command = Command(span, text, shell=text) if in_shell else Command(span, text, argv=split_words(text))
        yield Start(
            "circus", name, span, command, (section.value("working_dir") or "").strip() or None,
            tuple(_environment(path, name, sections)), user=(section.value("uid") or "").strip() or None,
            options=options + conditional, comment=entry.comment or section.comment,
        )  # fmt: skip


def _environment(path: str, watcher: str, sections: Sequence[IniSection]) -> Iterator[EnvVar]:
    """``[env]`` is for every watcher, ``[env:a,b*]`` for those whose names match."""
    for section in sections:
        kind, _, names = section.name.partition(":")
        if kind != "env" or (
            names and not any(fnmatch.fnmatchcase(watcher, each.strip()) for each in names.split(","))
        ):
            continue
        for entry in section.entries:
            yield EnvVar(entry.key, None if entry.value is None else _expanded(entry.value), Span(path, entry.line))


def _expanded(text: str) -> str:
    return _FROM_ENVIRONMENT.sub(r"${\1}", text)
