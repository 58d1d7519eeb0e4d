"""Taking an environment variable out of a deploy file, by its text."""

from __future__ import annotations

import re

from flask_prodcheck.edits.text_file import Edit
from flask_prodcheck.errors import RefusedError
from flask_prodcheck.fixes.command_edit import dropped_word

_VALUE = r"(?:\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|[^\s\"',;]*)"


def drop_variable(text: str, begin: int, end: int, name: str) -> Edit:
    """The edit that removes what sets ``name`` in the lines ``text[begin:end]``: the whole line where it sets nothing
    else, an entry of a list or mapping with the lines below it, one pair among several. Raises :class:`RefusedError`
    unless that is clear."""
    lines = text[begin:end]
    alone = rf"""[ \t]*(?:-[ \t]+)?(?:ENV[ \t]+|ARG[ \t]+|export[ \t]+|set[ \t]+|Environment[ \t]*=[ \t]*)?
        (?P<q>["']?){name}(?:(?P=q)?[ \t]*[:=][ \t]*|[ \t]+)(?:{_VALUE})(?P=q)?[ \t]*,?[ \t]*(?:\#[^\n]*)?"""
    if re.compile(alone, re.VERBOSE | re.IGNORECASE).fullmatch(lines):
        return _line(text, begin, end)
    entry = re.compile(rf"([ \t]*)-[ \t]+[\"']?(?:name|key|Name)[\"']?[ \t]*:[ \t]*[\"']?{name}[\"']?[ \t]*(?:#.*)?")
    first_end = text.find("\n", begin)
    first_end = len(text) if first_end < 0 else first_end
    item = entry.fullmatch(text[begin:first_end])
    if item is not None:
        return _line(text, begin, _block_end(text, first_end, len(item.group(1))))
    pairs = list(re.compile(rf"(?<![\w-])(?P<q>[\"']?){name}={_VALUE}(?P=q)").finditer(text, begin, end))
    if len(pairs) != 1:
        raise RefusedError(f"{name} does not stand there exactly once")
    start, stop = pairs[0].span()
    before, after = text[begin:start].rstrip(" \t"), text[stop:end].lstrip(" \t")
    if after.startswith(","):
        following = end - len(after) + 1
        return Edit(start, following + len(text[following:end]) - len(text[following:end].lstrip(" \t")), "")
    if before.endswith(","):
        return Edit(begin + len(before) - 1, stop, "")
    if before.endswith(("ENV", "Environment=", "export", "environment=", "environment =")):
        if not after.strip():
            return _line(text, begin, end)
        return (
            Edit(start, end - len(after), "") if not after.startswith("\\") else Edit(start, _next_word(text, stop), "")
        )
    if start == begin + len(before) and not before:
        return Edit(start, end - len(after), "")
    return dropped_word(text, start, stop)


def _next_word(text: str, at: int) -> int:
    match = re.compile(r"[ \t]*(?:\\\n[ \t]*)*").match(text, at)
    return match.end() if match is not None else at


def _block_end(text: str, at: int, indent: int) -> int:
    """Where the lines end that follow the line end ``at`` and stand further in than ``indent``."""
    while at < len(text):
        stop = text.find("\n", at + 1)
        stop = len(text) if stop < 0 else stop
        line = text[at + 1 : stop]
        if not line.strip() or len(line) - len(line.lstrip(" \t")) <= indent:
            break
        at = stop
    return at


def _line(text: str, begin: int, end: int) -> Edit:
    """The whole lines; with them the key above where they are all that it holds."""
    stop = min(end + 1, len(text))
    indent = _indent(text[begin:end])
    above = text.rfind("\n", 0, max(begin - 1, 0)) + 1
    header = text[above:begin]
    below_end = text.find("\n", stop)
    below = text[stop : len(text) if below_end < 0 else below_end]
    if begin > 0 and indent and re.fullmatch(r"[ \t]*[\w-]+:[ \t]*\n", header):
        last = not below.strip() or _indent(below) < indent or (_indent(below) == _indent(header) < indent)
        same_list = below.lstrip().startswith("- ") and _indent(below) == indent
        if last and not same_list:
            return Edit(above, stop, "")
    return Edit(begin, stop, "")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
