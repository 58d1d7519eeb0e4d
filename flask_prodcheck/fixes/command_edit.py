"""Edits of commands and settings in deploy files, by their text: one word changes, every other byte stays."""

from __future__ import annotations

import json
import re

from flask_prodcheck.base import Span
from flask_prodcheck.edits.text_file import Edit, line_start
from flask_prodcheck.errors import ReadError, RefusedError
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.patterns import regex
from flask_prodcheck.scaffold.start_command import last_command

_AFTER_WORD = r"(?![\w-])"
_ITEM = regex(r"[ \t]*-[ \t]+")


def drop_option(text: str, begin: int, end: int, name: str, value: str = "") -> Edit:
    """The edit that takes the option ``name``, with the ``value`` it has, out of the command in ``text[begin:end]``: an
    item of a list (JSON, YAML) or a word. Raises :class:`RefusedError` unless it stands there once."""
    given = rf"(?:(?:=|[ \t]+|[\"'],[ \t]*[\"']){re.escape(value)}(?![\w.-]))?" if value else ""
    found = list(re.compile(rf"(?<![\w-])--?{re.escape(name)}{_AFTER_WORD}{given}").finditer(text, begin, end))
    if len(found) != 1:
        raise RefusedError(f"the option {name} does not stand there exactly once")
    return dropped_word(text, *found[0].span())


def drop_setting(text: str, line_begin: int, line_end: int, name: str) -> Edit:
    """The edit that deletes the line ``name = ...`` (also ``name: ...``) of a settings file."""
    if not re.match(rf"[ \t]*[\"']?{re.escape(name)}[\"']?[ \t]*(?:[=:]|$)", text[line_begin:line_end]):
        raise RefusedError(f"the setting {name} does not stand there")
    return Edit(line_begin, min(line_end + 1, len(text)), "")


def dropped_word(text: str, start: int, end: int) -> Edit:
    """The edit that deletes the word ``text[start:end]`` with what separates it from its neighbours."""
    quote = text[start - 1 : start]
    if quote and quote in "\"'" and text[end : end + 1] == quote:
        before, after = text[: start - 1].rstrip(" \t\n"), text[end + 1 :].lstrip(" \t\n")
        if before.endswith("=") or (before.endswith(":") and not after.startswith(",")):
            return Edit(start, end, "")  # the only word of a quoted value
        start, end = start - 1, end + 1
        if before.endswith(","):
            return Edit(len(before) - 1, end, "")
        if before.endswith("[") and after.startswith(","):
            following = len(text) - len(after) + 1
            return Edit(start, following + _blanks(text, following), "")
    first = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    lead, rest = text[first:start], text[end:stop].strip()
    if (not lead.strip() and rest == "\\") or (_ITEM.fullmatch(lead) and not rest):
        return Edit(first, min(stop + 1, len(text)), "")
    if not lead.strip() and first > 0 and text[:first].endswith("\\\n"):
        before = text[: first - 2].rstrip(" \t")
        return Edit(len(before), end, "")
    blanks = len(lead) - len(lead.rstrip(" \t"))
    if blanks and lead.strip():
        return Edit(start - blanks, end, "")
    return Edit(start, end + _blanks(text, end), "")


def replace_word(text: str, begin: int, end: int, old: str, new: str) -> Edit:
    """The edit that puts ``new`` in the place of ``old``, which stands once in ``text[begin:end]``."""
    found = list(re.compile(rf"(?<![\w-]){re.escape(old)}{_AFTER_WORD}").finditer(text, begin, end))
    if len(found) != 1:
        raise RefusedError(f"{old} does not stand there exactly once")
    return Edit(*found[0].span(), new)


def call_target(text: str, begin: int, end: int, target: str, *, words: bool) -> Edit:
    """The edit that makes the ``target`` of the command in ``text[begin:end]`` a call. ``words``: a shell, or a reader
    with a shell's quotes, splits the text, so that parentheses have to be quoted."""
    found = list(re.compile(rf"(?<![\w.:/-]){re.escape(target)}(?![\w.:(-])").finditer(text, begin, end))
    if len(found) != 1:
        raise RefusedError(f"{target} does not stand there exactly once")
    start, stop = found[0].span()
    quote = text[start - 1 : start]
    if not words or (quote and quote in "\"'" and text[stop : stop + 1] == quote):
        return Edit(stop, stop, "()")
    line = text[max(begin, text.rfind("\n", 0, start) + 1) : start]
    inside = [each for each in "\"'" if len(re.findall(rf"(?<!\\){each}", line)) % 2]
    free = [each for each in "'\"" if each not in inside]
    if not free or (inside and free[0] == '"' and "[" in line):
        raise RefusedError("the quotes around it leave no way to quote the call")
    return Edit(start, stop, f"{free[0]}{target}(){free[0]}")


def exec_command(text: str, begin: int, end: int, command: str) -> Edit:
    """The edit that lets the last command of ``command``, which stands in ``text[begin:end]`` and is what its shell does
    last, replace that shell. Lines may be continued where ``command`` has a blank."""
    words = [re.escape(word) for word in command.split()]
    found = list(re.compile(r"(?:[ \t]|\\\n)+".join(words)).finditer(text, begin, end))
    if len(found) != 1:
        raise RefusedError("the command does not stand there exactly once")
    start, stop = found[0].span()
    if text[start] == "[":
        start, stop = _shell_text(text, start, stop)
    rest = (line.strip() for line in text[stop:end].split("\n"))
    if any(line.strip("\"' ];") and not line.startswith("#") for line in rest):
        raise RefusedError("something follows the command, which `exec` would skip")
    if text[begin:start].rstrip(" \t").endswith(("|", "(", "`", "&")):
        raise RefusedError("the command is part of another one")
    try:
        last = last_command(parse_command_line(text[start:stop], Span("", 1)))
    except ReadError as failure:
        raise RefusedError("the command cannot be read as a shell reads it") from failure
    if last is None or not last.words or last.words[0].text == "exec":
        raise RefusedError("it is not clear which command runs last")
    at = start + line_start(text[start:stop], last.span.line) + last.span.column - 1
    return Edit(at, at, "exec env " if last.assigns else "exec ")


def _shell_text(text: str, start: int, stop: int) -> tuple[int, int]:
    """Where the text for the shell stands in the JSON array ``text[start:stop]`` that starts one."""
    try:
        argv = json.loads(text[start:stop].replace("\\\n", " "))
    except ValueError as failure:
        raise RefusedError("the command is no JSON array") from failure
    inner = argv[-1] if len(argv) == 3 and all(isinstance(each, str) for each in argv) else ""
    at = text.rfind(f'"{inner}"', start, stop) + 1
    if not inner or not at or not re.fullmatch(r"-[a-z]*c", argv[1]):
        raise RefusedError("it is not clear which text the shell gets")
    return at, at + len(inner)


def add_line(text: str, begin: int, end: int, line: str) -> Edit:
    """The edit that adds ``line`` below the lines ``text[begin:end]``, indented like their first."""
    indent = re.match(r"[ \t]*", text[begin:end])
    return Edit(end, end, f"\n{indent.group() if indent is not None else ''}{line}")


def _blanks(text: str, at: int) -> int:
    return len(text[at:]) - len(text[at:].lstrip(" \t"))
