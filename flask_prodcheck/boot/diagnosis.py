"""Why a server did not start, or answered with an error, from what it printed: missing settings first."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from flask_prodcheck.base import Known
from flask_prodcheck.facts.secrets import masked
from flask_prodcheck.findings.redact import redact
from flask_prodcheck.model.project import Configuration
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_RAISED = regex(r"([A-Za-z_][\w.]{0,200})(?:: (.{0,2000}))?")
_FRAME = regex(r'\s+File "([^"]{1,500})", line (\d{1,7})')
_KEY = regex(r"['\"]([A-Za-z_][A-Za-z0-9_]{0,100})['\"]")
_CAPITALS = regex(r"(?<![\w/.-])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]{4,})(?![\w/-])")
_SPEAKS_OF_A_SETTING = regex(
    r"environment|env var|not set|n't set|unset|must be (?:set|provided|defined)|required|missing|not found|undefined"
    r"|not configured|please (?:set|define|provide)|\bset the\b",
    re.IGNORECASE,
)
_REFUSED = regex(
    r"connection refused|could not connect|can't connect|cannot connect|could not translate host name"
    r"|name or service not known|name resolution|nodename nor servname|getaddrinfo failed|no route to host"
    r"|network is unreachable|error 111\b|errno 111\b|serverselectiontimeout|nobrokersavailable|max retries exceeded"
    r"|timed? ?out (?:while )?connecting",
    re.IGNORECASE,
)
_HOST = regex(
    r"(?:connection to server at|host name|host|server at|server on|connecting to|connect to|connection to)[ =]+['\"(]*([A-Za-z0-9_.-]{1,200}|::1)"
)
_PORT = regex(r"(?:port[ =]+|:)(\d{2,5})\b")
_ADDRESS = regex(r"[a-z][a-z0-9+.-]{0,40}://(?:[^/@\s]{0,200}@)?([A-Za-z0-9_.-]{1,200})?(?::(\d{2,5}))?", re.IGNORECASE)
#: SQLite, PostgreSQL, MySQL, SQL Server, Oracle.
_TABLE = regex(
    r"no such table: ?([\w.]{1,200})|relation \"([^\"]{1,200})\" does not exist|Table '([^']{1,200})' doesn't exist"
    r"|Invalid object name '([^']{1,200})'|ORA-00942"
)
_MODULE = regex(r"No module named '([\w.]{1,200})'")
_LINES = 4000
#: Exceptions whose message quotes names of the source, not values.
_NAMES_CODE = frozenset({"AttributeError", "ImportError", "ModuleNotFoundError", "NameError", "TypeError"})


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """``missing`` variables have no value here; ``unreachable`` names what did not answer, with the variables that lead
    there; ``module`` is a package that the interpreter lacks; ``table`` is one that the database lacks. ``said`` is the error as it was raised, secrets cut, and
    ``place`` the last line of the project that it came from ("" when there is none)."""

    missing: tuple[str, ...] = ()
    unreachable: str = ""
    module: str = ""
    table: str = ""
    said: str = ""
    place: str = ""

    @property
    def environment(self) -> bool:
        """Whether this is about the surroundings, not about the project: with them it may well run."""
        return bool(self.missing or self.unreachable or self.module or self.table)


@dataclass(frozen=True, slots=True)
class _Raised:
    type: str
    message: str
    frames: tuple[str, ...]  # the lines of the traceback above it
    place: str


def diagnose(
    output: str, root: Path, env: Mapping[str, str], configuration: Configuration | None, paths: Iterable[str] = ()
) -> Diagnosis:
    """What ``output`` says of a project that runs in ``root`` with ``env``; ``paths`` are the project's files."""
    raised = _exceptions(output, root)
    if not raised:
        return Diagnosis()
    last = raised[-1]
    said = f"{last.type}: {last.message}" if last.message else last.type
    if last.type not in _NAMES_CODE:
        said = redact(said)
    place = next((each.place for each in reversed(raised) if each.place), "")
    missing = tuple(dict.fromkeys(name for each in raised for name in _missing(each) if not env.get(name)))
    if missing:
        return Diagnosis(missing=missing, said=said, place=place)
    for each in reversed(raised):
        text = f"{each.type}: {each.message}"
        if _REFUSED.search(text) or "ConnectionRefused" in each.type:
            return Diagnosis(unreachable=_unreachable(text, env, configuration), said=redact(text), place=place)
        lacking = _TABLE.search(each.message)
        if lacking is not None:
            table = next(filter(None, lacking.groups()), "")
            return Diagnosis(table=f"table {table}".rstrip(), said=redact(text), place=place)
    found = _MODULE.search(last.message)
    if found is not None and last.type in ("ModuleNotFoundError", "ImportError"):
        top = found.group(1).partition(".")[0]
        own = any(
            f"/{path}".endswith((f"/{top}.py", f"/{top}/__init__.py")) or f"/{top}/" in f"/{path}" for path in paths
        )
        if not own:
            return Diagnosis(module=top, said=said, place=place)
    return Diagnosis(said=said, place=place)


def _exceptions(output: str, root: Path) -> list[_Raised]:
    """The exceptions whose traceback was printed, in order."""
    found: list[_Raised] = []
    frames: list[str] | None = None
    real = os.path.realpath(root)
    for line in output.splitlines()[-_LINES:]:
        if line.startswith("Traceback (most recent call last)"):
            frames = []
        elif frames is None:
            continue
        elif line[:1] in (" ", "\t", ""):
            frames.append(line)
        else:
            match = _RAISED.fullmatch(line)
            if match is not None and frames:
                found.append(_Raised(match.group(1), match.group(2) or "", tuple(frames), _place(frames, root, real)))
                frames = None
    # What follows the first line of a message (pydantic lists the fields there) belongs to the last one.
    if found:
        tail = output.rpartition(found[-1].message)[2] if found[-1].message else ""
        if "validation error" in found[-1].message:
            last = found.pop()
            found.append(
                _Raised(last.type, f"{last.message} {' '.join(tail.splitlines()[:20])}"[:2000], last.frames, last.place)
            )
    return found


def _place(frames: list[str], root: Path, real: str) -> str:
    for line in reversed(frames):
        match = _FRAME.match(line)
        if match is None:
            continue
        path = match.group(1)
        for folder in (str(root.absolute()), real):
            if path.startswith(folder + os.sep) and f"{os.sep}site-packages{os.sep}" not in path:
                return f"{path[len(folder) + 1 :].replace(os.sep, '/')}:{match.group(2)}"
    return ""


def _missing(raised: _Raised) -> list[str]:
    """The variables that an exception says are not set."""
    if raised.type == "KeyError":
        near = "\n".join(raised.frames[-6:])
        key = _KEY.search(raised.message)
        asks_environment = "environ" in near or "<frozen os>" in near or re.search(r"[\\/]os\.py\"", near) is not None
        return [key.group(1)] if key is not None and asks_environment else []
    if raised.type in ("ModuleNotFoundError", "ImportError", "AttributeError", "NameError", "SyntaxError"):
        return []
    if not _SPEAKS_OF_A_SETTING.search(raised.message) and "Undefined" not in raised.type:
        return []
    if _REFUSED.search(raised.message):
        return []
    return [name for name in _CAPITALS.findall(raised.message) if name not in _WORDS]


_WORDS = frozenset(
    {"ERROR", "WARNING", "INFO", "NOTE", "FATAL", "NULL", "NONE", "TRUE", "FALSE", "HTTP", "HTTPS", "JSON"}
)


def _unreachable(text: str, env: Mapping[str, str], configuration: Configuration | None) -> str:
    """What did not answer, and the variables or keys whose value leads there."""
    host = _HOST.search(text)
    port = _PORT.search(text)
    where = ":".join(match.group(1) for match in (host, port) if match is not None)
    names = [name for name, value in env.items() if _leads_to(value, host, port)]
    for setting in configuration.settings.values() if configuration is not None else ():
        if isinstance(setting.value, Known) and isinstance(setting.value.value, str):
            if _leads_to(setting.value.value, host, port):
                shown = masked(setting.key, setting.value.value)
                names.append(setting.variable or f"{setting.key} ({shown})")
        elif setting.variable and any(word in setting.key for word in ("DATABASE", "REDIS", "MONGO", "BROKER", "URI")):
            names.append(setting.variable)
    by = f", set by {', '.join(dict.fromkeys(names))}" if names else ""
    return f"{where or 'a service'}{by}"


def _leads_to(value: str, host: re.Match[str] | None, port: re.Match[str] | None) -> bool:
    address = _ADDRESS.match(value)
    if host is None and port is None:
        return address is not None
    if address is None:
        return host is not None and value == host.group(1)
    if host is not None and address.group(1) is not None:
        same = {address.group(1), host.group(1)}
        return len(same) == 1 or same <= {"localhost", "127.0.0.1", "::1"}
    return port is not None and address.group(2) == port.group(1)
