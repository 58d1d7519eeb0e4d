"""supervisord configuration: ``[program:x]`` sections, by the supervisor manual ("Configuration File")."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.conditionals import possible_texts
from flask_prodcheck.facts.ini import IniSection, read_ini
from flask_prodcheck.facts.quoting import split_words
from flask_prodcheck.facts.types import Command, EnvVar, Start, StartFile
from flask_prodcheck.patterns import regex

_PROGRAM = regex(r"(?:program|fcgi-program|eventlistener):(.+)")
_VARIABLE = regex(r"""(?<![A-Za-z0-9_.])([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^,\s]*))""")
_FROM_ENVIRONMENT = regex(r"%\(ENV_([A-Za-z_][A-Za-z0-9_]*)\)s")
_OWN = frozenset({"command", "directory", "environment", "user"})


def read_supervisor(path: str, text: str) -> StartFile:
    """The programs, with every other key of their sections as options; ``[include] files`` and the keys of
    ``[supervisord]`` as settings. ``%(ENV_X)s`` becomes ``${X}`` in commands and values. Never raises."""
    starts: list[Start] = []
    settings: list[tuple[str, str]] = []
    for section in read_ini(text, inline=(";", "#")):
        match = _PROGRAM.fullmatch(section.name)
        if match is not None:
            starts += _program(path, match.group(1).strip(), section)
        elif section.name == "include":
            settings.extend(("include", each) for each in (section.value("files") or "").split())
        elif section.name == "supervisord":
            settings.extend((entry.key, entry.value) for entry in section.entries if entry.value)
    return StartFile(path, "supervisor", tuple(starts), tuple(settings))


def _program(path: str, name: str, section: IniSection) -> list[Start]:
    entry = section.last("command")
    if entry is None or not entry.value:
        return []
    span = Span(path, entry.line, entry.column)
    texts, conditional = possible_texts(" ".join(entry.value.split()))
    options = tuple((each.key, each.value) for each in section.entries if each.value and each.key not in _OWN)
    return [
        Start(
            "supervisor", name, span, Command(span, text, argv=split_words(_expanded(text))),
            (section.value("directory") or "").strip() or None, _environment(path, section),
            user=(section.value("user") or "").strip() or None, options=options + conditional,
            comment=entry.comment or section.comment,
        )
        for text in texts
    ]  # fmt: skip


def _expanded(text: str) -> str:
    return _FROM_ENVIRONMENT.sub(r"${\1}", text)


def _environment(path: str, section: IniSection) -> tuple[EnvVar, ...]:
    entry = section.last("environment")
    if entry is None or not entry.value:
        return ()
    found = []
    for match in _VARIABLE.finditer(entry.value):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        line = entry.line + entry.value.count("\n", 0, match.start())
        found.append(
            EnvVar(match.group(1), None if "{{" in value else _expanded(value).replace("%%", "%"), Span(path, line))
        )
    return tuple(found)
