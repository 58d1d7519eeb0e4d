"""Replacing the command of a line ``Key=command`` in a systemd unit or a supervisord file."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from flask_prodcheck.edits.text_file import Edit, line_start, line_stop
from flask_prodcheck.facts.quoting import split_words
from flask_prodcheck.patterns import regex
from flask_prodcheck.scaffold.start_command import StartCommand, replaced_argv

_PLAIN = regex(r"[\w@%+=:,./${}()-]+")
_PREFIX = regex(r"[-:+!|]*")


def replaced_unit(text: str, line: int, start: StartCommand) -> Edit | None:
    """The edit of the plain ``text`` for the ``ExecStart=`` on ``line`` (systemd.service(5)): its prefixes and wrappers
    stay. None when its command is not one that starts a web process, or names the program's own name (``@``)."""
    found = _value(text, line)
    if found is None:
        return None
    begin, end = found
    value = " ".join(text[begin:end].replace("\\\n", " ").split())
    prefix = _PREFIX.match(value)
    lead = prefix.group() if prefix is not None else ""
    argv = replaced_argv(split_words(value[len(lead) :]), start)
    return None if argv is None else Edit(begin, end, lead + unit_words(argv))


def replaced_program(text: str, line: int, start: StartCommand) -> Edit | None:
    """The edit for the ``command=`` of a supervisord program on ``line``."""
    found = _value(text, line)
    if found is None:
        return None
    begin, end = found
    value = text[begin:end]
    if "\n" in value or " ;" in value:
        return None
    argv = replaced_argv(split_words(value), start)
    return None if argv is None else Edit(begin, end, shlex.join(argv))


def unit_words(argv: Sequence[str]) -> str:
    """``argv`` as systemd reads a command line (systemd.syntax(7)): quotes group, and nothing else is special here."""
    return " ".join(_quoted(word) for word in argv)


def _quoted(word: str) -> str:
    if _PLAIN.fullmatch(word):
        return word
    if "'" not in word:
        return f"'{word}'"
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _value(text: str, line: int) -> tuple[int, int] | None:
    """The part behind the first ``=`` of ``line``, continued lines included."""
    begin = text.find("=", line_start(text, line), line_stop(text, line)) + 1
    if not begin:
        return None
    while text[begin : begin + 1] in (" ", "\t"):
        begin += 1
    last = line
    while text[: line_stop(text, last)].endswith("\\") and line_stop(text, last) < len(text):
        last += 1
    end = line_stop(text, last)
    return begin, begin + len(text[begin:end].rstrip())
