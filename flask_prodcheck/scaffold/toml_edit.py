"""Adding one requirement to a TOML file by its text, so that everything else stays as it was written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import tomli

from flask_prodcheck.edits.text_file import Edit, apply, line_start, line_stop
from flask_prodcheck.patterns import regex

_HEADER = regex(r"[ \t]*\[([^\[\]\n]+)\][ \t]*(?:#.*)?")
_ITEM = regex(r"([ \t]*)[\"']")


def added_item(text: str, table: Sequence[str], key: str, item: str, reason: str) -> list[Edit] | None:
    """The edit that appends the string ``item`` to the array ``key`` of ``table``, with ``reason`` as a comment where
    every item has a line of its own. None when it cannot be made with certainty."""
    place = _key(text, table, key)
    if place is None:
        header = _table(text, table)
        if header is None or _at(_load(text), (*table, key)) is not None:
            return None
        return _checked(text, _new_line(text, header, f'{key} = ["{item}"]'), (*table, key), [item])
    opening = text.find("[", place)
    closing, last = _array(text, opening)
    old = _at(_load(text), (*table, key))
    if closing is None or not isinstance(old, list):
        return None
    return _checked(text, _item_edits(text, opening, closing, last, item, reason), (*table, key), [*old, item])


def added_key(text: str, table: Sequence[str], name: str, value: str, parsed: object, reason: str) -> list[Edit] | None:
    """The edit that adds ``name = value`` to ``table`` after its last line; ``parsed`` is what TOML makes of
    ``value``. None when the table is not written as one, or it cannot be made with certainty."""
    header = _table(text, table)
    old = _at(_load(text), table)
    if header is None or not isinstance(old, Mapping) or name in old:
        return None
    edits = _new_line(text, header, f"{name} = {value}  # {reason}")
    return _checked(text, edits, tuple(table), {**old, name: parsed})


def _item_edits(text: str, opening: int, closing: int, last: int | None, item: str, reason: str) -> list[Edit]:
    if last is None:
        return [Edit(opening + 1, opening + 1, f'"{item}"')]
    follows_comma = _comma_after(text, last, closing)
    if "\n" not in text[last:closing]:
        inner = text[last:closing].rstrip()
        at = last + len(inner)
        return [Edit(at, at, f'{"" if follows_comma else ","} "{item}"')]
    start = text.rfind("\n", 0, last) + 1
    match = _ITEM.match(text, start)
    indent = match.group(1) if match is not None else "    "
    end_of_line = text.find("\n", last)
    comma = [] if follows_comma else [Edit(last, last, ",")]
    # After what else stands below the last item (comments), right above the bracket's line.
    bracket_line = text.rfind("\n", 0, closing)
    at = max(end_of_line, bracket_line)
    line = f'\n{indent}"{item}",  # {reason}'
    return [Edit(at, at, f",{line}")] if comma and at == last else [*comma, Edit(at, at, line)]


def _comma_after(text: str, last: int, closing: int) -> bool:
    for line in text[last:closing].split("\n"):
        code = line.partition("#")[0].strip()
        if code:
            return code.startswith(",")
    return False


def _array(text: str, opening: int) -> tuple[int | None, int | None]:
    """Where the array that opens at ``opening`` closes, and just past its last string; strings and comments are
    stepped over."""
    last: int | None = None
    depth = 0
    at = opening
    while at < len(text):
        character = text[at]
        if character == "#":
            following = text.find("\n", at)
            if following < 0:
                return None, None
            at = following
        elif character in "\"'":
            triple = character * 3
            if text.startswith(triple, at):
                return None, None
            at += 1
            while at < len(text) and text[at] not in (character, "\n"):
                at += 2 if character == '"' and text[at] == "\\" else 1
            last = at + 1
        elif character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
            if depth == 0:
                return at, last
            last = at + 1
        at += 1
    return None, None


def _table(text: str, table: Sequence[str]) -> int | None:
    """The 1-based line of the header ``[table]``."""
    for number, line in enumerate(text.split("\n"), 1):
        match = _HEADER.fullmatch(line)
        if match is not None and _parts(match.group(1)) == tuple(table):
            return number
    return None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in text.split("."))


def _key(text: str, table: Sequence[str], key: str) -> int | None:
    """The offset just past ``key =`` inside ``[table]``."""
    header = _table(text, table)
    if header is None:
        return None
    pattern = re.compile(rf"[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*=[ \t]*")
    for number, line in enumerate(text.split("\n")[header:], header + 1):
        if _HEADER.fullmatch(line) or line.lstrip().startswith("[["):
            return None
        match = pattern.match(line)
        if match is not None:
            return line_start(text, number) + match.end()
    return None


def _new_line(text: str, header: int, line: str) -> list[Edit]:
    """``line`` after the last line of the table at ``header`` that is neither empty nor a comment."""
    last = header
    for number, each in enumerate(text.split("\n")[header:], header + 1):
        stripped = each.strip()
        if _HEADER.fullmatch(each) or stripped.startswith("[["):
            break
        if stripped and not stripped.startswith("#"):
            last = number
    at = line_stop(text, last)
    return [Edit(at, at, f"\n{line}")]


def _checked(text: str, edits: list[Edit], path: tuple[str, ...], expected: object) -> list[Edit] | None:
    """``edits`` if they give exactly the document with ``expected`` at ``path``."""
    data = _load(text)
    try:
        changed = tomli.loads(apply(text, edits))
    except (tomli.TOMLDecodeError, ValueError):
        return None
    return edits if data is not None and changed == _with(data, path, expected) else None


def _load(text: str) -> dict[str, object] | None:
    try:
        return tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError, ValueError):
        return None


def _at(data: object, path: Sequence[str]) -> object:
    for key in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(key)
    return data


def _with(data: Mapping[str, object], path: tuple[str, ...], value: object) -> dict[str, object]:
    if not path:
        return dict(data)
    head, *rest = path
    inner = data.get(head)
    new = value if not rest else _with(inner if isinstance(inner, Mapping) else {}, tuple(rest), value)
    return {**data, head: new}
