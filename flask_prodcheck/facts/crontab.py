"""Crontabs: what starts when the machine does (``@reboot``), by crontab(5)."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.types import Command, EnvVar, Start, StartFile
from flask_prodcheck.patterns import regex

_VARIABLE = regex(r"[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*)")
_REBOOT = regex(r"[ \t]*@reboot[ \t]+(?:(root|www-data|[a-z_][a-z0-9_-]*)[ \t]+(?=[./]|cd[ \t]))?(.+)")


def read_crontab(path: str, text: str) -> StartFile:
    """One start for each ``@reboot`` line; every other line runs now and then, and serves nothing. A system crontab
    names the user in front of the command. Never raises."""
    env: list[EnvVar] = []
    starts: list[Start] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("#"):
            continue
        span = Span(path, number)
        if (match := _REBOOT.fullmatch(line.rstrip())) is not None:
            command = match.group(2).replace(r"\%", "%")
            starts.append(
                Start(
                    "cron", "@reboot", span, Command(span, command, shell=command), env=tuple(env), user=match.group(1)
                )
            )
        elif (match := _VARIABLE.fullmatch(line)) is not None:
            env.append(EnvVar(match.group(1), match.group(2).strip("\"' \t"), span))
    return StartFile(path, "cron", tuple(starts))
