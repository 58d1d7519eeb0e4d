"""Property lists of launchd, by launchd.plist(5): the program with its arguments, folder and environment."""

from __future__ import annotations

import plistlib
import re
from xml.parsers.expat import ExpatError

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.types import Command, EnvVar, Start, StartFile
from flask_prodcheck.facts.xml_elements import without_declaration

_PROGRAM = ("ProgramArguments", "Program")


def read_launchd(path: str, text: str) -> StartFile | None:
    """The process of a service; None for any other property list. Raises ReadError for one that holds a program and
    cannot be read."""
    if not any(f"<key>{key}</key>" in text for key in _PROGRAM):
        return None
    try:
        data = plistlib.loads(without_declaration(text).encode(), fmt=plistlib.FMT_XML)
    except (plistlib.InvalidFileException, ExpatError, ValueError, TypeError, AttributeError, LookupError) as error:
        raise ReadError(f"invalid property list: {error}") from error
    if not isinstance(data, dict):
        return None
    arguments, program = data.get("ProgramArguments"), data.get("Program")
    words = [each for each in arguments if isinstance(each, str)] if isinstance(arguments, list) else []
    if isinstance(program, str):
        words = [program, *words[1:]]  # the first of the arguments is then only what the process is called
    if not words:
        return None
    span = Span(path, _line_of("ProgramArguments" if isinstance(arguments, list) else "Program", text))
    variables = data.get("EnvironmentVariables")
    env = tuple(
        EnvVar(str(name), value if isinstance(value, str) else None, Span(path, _line_of(str(name), text)))
        for name, value in (variables.items() if isinstance(variables, dict) else ())
    )
    folder, user, label = (data.get(key) for key in ("WorkingDirectory", "UserName", "Label"))
    start = Start(
        "launchd",
        label if isinstance(label, str) else "",
        span,
        Command(span, " ".join(words), argv=tuple(words)),
        folder if isinstance(folder, str) else None,
        env,
        user=user if isinstance(user, str) else None,
    )
    return StartFile(path, "launchd", (start,))


def _line_of(key: str, text: str) -> int:
    found = re.search(rf"<key>\s*{re.escape(key)}\s*</key>", text)
    return text.count("\n", 0, found.start()) + 1 if found is not None else 1
