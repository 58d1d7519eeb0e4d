"""systemd service units and their drop-ins, by systemd.service(5), systemd.exec(5) and systemd.syntax(7)."""

from __future__ import annotations

import posixpath
import re

from flask_prodcheck.base import Span
from flask_prodcheck.facts.conditionals import possible_texts
from flask_prodcheck.facts.ini import IniEntry, read_ini
from flask_prodcheck.facts.quoting import split_words
from flask_prodcheck.facts.types import Command, EnvFileRef, EnvVar, Start, StartFile
from flask_prodcheck.patterns import regex

_OPTIONS = frozenset(
    {
        "Type", "KillMode", "KillSignal", "TimeoutStopSec", "TimeoutSec", "Restart", "RestartSec", "Group", "PIDFile",
        "DynamicUser", "RuntimeDirectory", "NoNewPrivileges", "ProtectSystem", "PrivateTmp", "ExecReload", "ExecStop",
        "RootDirectory", "LimitNOFILE", "AmbientCapabilities", "SendSIGKILL",
    }
)  # fmt: skip
_UNIT = regex(r"(?P<name>[^/]+)\.service(?:\.[^/]*)*")


def read_systemd(path: str, text: str) -> StartFile:
    """The commands of a unit: ``ExecStart`` with role "run", ``ExecStartPre`` with role "release". A drop-in that
    starts nothing yields one start without a command, for the settings it adds. Never raises."""
    entries: dict[str, list[IniEntry]] = {}
    line, comment, seen = 1, "", False
    settings: list[tuple[str, str]] = []
    for section in read_ini(text, continuation="backslash", delimiters="="):
        if section.name == "Service":
            if not seen:
                line, comment, seen = section.line, section.comment, True
            for entry in section.entries:
                if entry.value == "":  # an empty assignment resets what came before
                    entries[entry.key] = []
                elif entry.value is not None:
                    entries.setdefault(entry.key, []).append(entry)
        else:
            settings.extend((entry.key, entry.value) for entry in section.entries if entry.value)
    if not seen:
        return StartFile(path, "systemd", (), tuple(settings))
    name = _unit_name(path)
    options = tuple((key, found[-1].value or "") for key, found in entries.items() if key in _OPTIONS and found)
    folder, user = _last(entries, "WorkingDirectory"), _last(entries, "User")
    env = tuple(var for entry in entries.get("Environment", ()) for var in _environment(path, entry))
    files = tuple(
        EnvFileRef(
            (entry.value or "").lstrip("-"),
            Span(path, entry.line, entry.column),
            not (entry.value or "").startswith("-"),
        )
        for entry in entries.get("EnvironmentFile", ())
    )
    if folder is not None:
        folder = folder.lstrip("-").strip('"') or None
    starts = []
    for key, role in (("ExecStartPre", "release"), ("ExecStart", "run")):
        for entry in entries.get(key, ()):
            texts, conditional = possible_texts(entry.value or "")
            commands = [_command(path, entry, text) for text in texts]
            starts += [
                Start("systemd", name, each.span, each, folder, env, files, user, role, options + conditional, entry.comment or comment)
                for each in commands
            ]  # fmt: skip
    if not any(start.role == "run" for start in starts):
        starts.append(Start("systemd", name, Span(path, line), None, folder, env, files, user, "run", options, comment))
    return StartFile(path, "systemd", tuple(starts), tuple(settings))


def _last(entries: dict[str, list[IniEntry]], key: str) -> str | None:
    found = entries.get(key)
    return found[-1].value if found else None


def _unit_name(path: str) -> str:
    """The unit's name without its type: of ``web.service.d/10.conf`` and of ``web.service.j2`` it is ``web``."""
    for part in reversed(path.split("/")):
        match = _UNIT.fullmatch(part)
        if match is not None:
            return match.group("name")
    return posixpath.basename(path).partition(".")[0]


def _environment(path: str, entry: IniEntry) -> list[EnvVar]:
    found = []
    for word in split_words(entry.value or ""):
        name, equals, value = word.partition("=")
        if equals and name:
            found.append(EnvVar(name, None if "{{" in value else value, Span(path, entry.line, entry.column)))
    return found


#: What the unit of a template leaves to whoever installs it: ``<path to the environment>/bin/gunicorn``.
_PLACEHOLDER = regex(r"<([^<>|&;\n]*[^<>|&;\s])>")
_SERVERS = ("gunicorn", "uwsgi", "waitress-serve", "uvicorn", "hypercorn")


def _meant(found: re.Match[str]) -> str:
    """One word for a placeholder: the server that it speaks of, else a path that nobody knows."""
    text = found.group(1).lower()
    return next((each for each in _SERVERS if each in text and found.end() < len(found.string)), "/placeholder")


def _command(path: str, entry: IniEntry, text: str) -> Command:
    bare = text.lstrip("@-:+!|").lstrip()
    words = split_words(_PLACEHOLDER.sub(_meant, bare))
    if "@" in text[: len(text) - len(text.lstrip("@-:+!|"))]:
        words = words[:1] + words[2:]  # the second word is what the program sees as its own name
    return Command(Span(path, entry.line, entry.column), " ".join(text.split()), argv=words)
