"""Apache configuration: what mod_wsgi serves, by the mod_wsgi manual ("Configuration Directives")."""

from __future__ import annotations

import re

from flask_prodcheck.base import Span
from flask_prodcheck.facts.quoting import split_words
from flask_prodcheck.facts.types import EnvVar, Start, StartFile
from flask_prodcheck.patterns import regex

_SETTINGS = regex(
    r"(?:Passenger|WSGI|ProxyPass|SSL|Include(?:Optional)?$|RequestHeader$|ServerName$|LimitRequestBody$)",
    re.IGNORECASE,
)


def read_apache(path: str, text: str) -> StartFile:
    """One start for each ``WSGIScriptAlias``: options ``script``, ``callable`` (when set), ``daemon`` ("true" when a
    process group serves it) and the options of its ``WSGIDaemonProcess``. Every directive that concerns WSGI,
    Passenger, proxying, TLS or other files is also a setting. Never raises."""
    directives = list(_directives(text))
    daemons = {
        words[1]: words[2:] for _, words in directives if words[0].lower() == "wsgidaemonprocess" and len(words) > 1
    }
    env = tuple(
        EnvVar(words[1], words[2] if len(words) > 2 else None, Span(path, line))
        for line, words in directives
        if words[0].lower() == "setenv" and len(words) > 1
    )
    settings = tuple((words[0], " ".join(words[1:])) for _, words in directives if _SETTINGS.match(words[0]))
    starts: list[Start] = []
    for host in _hosts(directives):
        callable_name = _last(host, "wsgicallableobject") or _last(directives, "wsgicallableobject")
        group = _last(host, "wsgiprocessgroup") or _last(directives, "wsgiprocessgroup")
        for line, words in host:
            if words[0].lower() not in ("wsgiscriptalias", "wsgiscriptaliasmatch") or len(words) < 3:
                continue
            own = dict(word.partition("=")[::2] for word in words[3:])
            name = own.get("process-group") or group
            options = [("script", words[2])]
            if own.get("callable-object") or callable_name:
                options.append(("callable", own.get("callable-object") or callable_name or ""))
            if name is not None and name != "%{GLOBAL}":
                options.append(("daemon", "true"))
            daemon = [word.partition("=")[::2] for word in daemons.get(name or "", [])]
            options.extend((key, value) for key, value in daemon if key not in ("script", "callable", "daemon"))
            found = dict(daemon)
            starts.append(
                Start(
                    "apache",
                    words[1],
                    Span(path, line),
                    None,
                    found.get("home"),
                    env,
                    user=found.get("user"),
                    options=tuple(options),
                )
            )
    return StartFile(path, "apache", tuple(starts), settings)


_Directive = tuple[int, list[str]]


def _directives(text: str) -> list[_Directive]:
    """``(line, words)`` of each directive; ``<Section args>`` keeps its angle bracket in the first word."""
    found: list[_Directive] = []
    pending, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        start = start if pending else number
        pending += line.strip()
        if pending.endswith("\\"):
            pending = pending[:-1] + " "
            continue
        bare, pending = pending.strip(), ""
        if bare and not bare.startswith(("#", "{%", "{#")):
            words = [_without_drive(word) for word in split_words(bare.rstrip(">") if bare.startswith("<") else bare)]
            if words:
                found.append((start, words))
    return found


def _without_drive(word: str) -> str:
    """A path of a Windows host as it is written elsewhere (``C:/sites/web.wsgi``); any other word as it is."""
    return word[2:] if re.match(r"[A-Za-z]:/", word) else word


def _hosts(directives: list[_Directive]) -> list[list[_Directive]]:
    """The directives of each virtual host, and those outside any."""
    outside: list[_Directive] = []
    hosts: list[list[_Directive]] = [outside]
    current = outside
    for directive in directives:
        word = directive[1][0].lower()
        if word == "<virtualhost":
            current = []
            hosts.append(current)
        elif word.startswith("</virtualhost"):
            current = outside
        else:
            current.append(directive)
    return hosts


def _last(directives: list[_Directive], name: str) -> str | None:
    found = [words[1] for _, words in directives if words[0].lower() == name and len(words) > 1]
    return found[-1] if found else None
