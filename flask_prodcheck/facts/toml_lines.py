"""Where keys stand in a TOML text. tomli gives values without places; this finds the line of a key path."""

from __future__ import annotations

from functools import lru_cache

import tomli

from flask_prodcheck.errors import ReadError
from flask_prodcheck.patterns import regex

_Path = tuple[str, ...]
_MESSAGE_LINE = regex(r"\(at line (\d{1,9}), column \d{1,9}\)")
_BARE = regex(r"[A-Za-z0-9_-]+")
_MAX_ITEM_LINES = 5000


def load_toml(text: str) -> dict[str, object]:
    """The document. Raises :class:`ReadError` with the line that tomli names."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        match = _MESSAGE_LINE.search(str(error))
        raise ReadError(f"invalid TOML: {error}", int(match.group(1)) if match else text.count("\n") + 1) from error
    except RecursionError as error:
        raise ReadError("invalid TOML: nested too deeply") from error
    except ValueError as error:  # an integer with more digits than Python converts
        raise ReadError(f"invalid TOML: {error}") from error


def line_of(text: str, *path: str) -> int:
    """The 1-based line on which the key ``path`` is written.

    The elements are keys; an array of tables is entered with its index as text (``"services", "0", "name"``; without an
    index the first one counts). For a key inside an inline table, and for a path that is written nowhere, the line of
    the longest written prefix; 1 when there is none.
    """
    places = places_of(text)
    for end in range(len(path), 0, -1):
        found = places.get(path[:end])
        if found is not None:
            return found
    return 1


def value_line(text: str, start: int, value: str) -> int:
    """The first line from ``start`` on that holds ``value`` in quotes, inside the statement that begins there (an item
    of an array); ``start`` when it is written another way."""
    lines = text.split("\n")
    depth = 0
    quoted = (f'"{value}"', f"'{value}'")
    for number in range(start, min(len(lines), start + _MAX_ITEM_LINES) + 1):
        line = lines[number - 1]
        if any(each in line for each in quoted):
            return number
        if number == start:  # past the key, or past the brackets of a table header
            line = line.partition("=")[2]
        depth, closing = _scan(line, depth)
        if depth <= 0 or closing:
            break
    return start


@lru_cache(maxsize=16)
def places_of(text: str) -> dict[_Path, int]:
    places: dict[_Path, int] = {}
    counts: dict[_Path, int] = {}
    tables: tuple[_Path, ...] = ((),)
    depth = 0
    closing = ""
    for number, line in enumerate(text.split("\n"), 1):
        if closing:
            end = line.find(closing)
            if end >= 0:
                depth, closing = _scan(line[end + 3 :], depth)
            continue
        if depth > 0:
            depth, closing = _scan(line, depth)
            continue
        stripped = line.strip()
        if stripped.startswith("[["):
            key = _dotted(stripped[2:])[0]
            counts[key] = counts.get(key, -1) + 1
            tables = _indexed(key, counts)
        elif stripped.startswith("["):
            key = _dotted(stripped[1:])[0]
            tables = _indexed(key, counts)
        elif stripped and not stripped.startswith("#"):
            key, rest = _dotted(stripped)
            for table in tables:
                _note(places, (*table, *key), number)
            depth, closing = _scan(rest, 0)
            continue
        else:
            continue
        for table in tables:
            _note(places, table, number)
    return places


def _note(places: dict[_Path, int], path: _Path, number: int) -> None:
    for end in range(1, len(path) + 1):
        places.setdefault(path[:end], number)


def _indexed(key: _Path, counts: dict[_Path, int]) -> tuple[_Path, ...]:
    """``key`` with the current index after each array of tables, and as written while that is the first element."""
    with_index: list[str] = []
    first = True
    for end in range(1, len(key) + 1):
        with_index.append(key[end - 1])
        if key[:end] in counts:
            with_index.append(str(counts[key[:end]]))
            first = first and counts[key[:end]] == 0
    indexed = tuple(with_index)
    return (indexed, key) if first and indexed != key else (indexed,)


def _dotted(text: str) -> tuple[_Path, str]:
    """The dotted key at the start of ``text``, and what follows it."""
    parts: list[str] = []
    position = 0
    while position < len(text):
        if text[position] in " \t.":
            position += 1
        elif text[position] in "\"'":
            end = text.find(text[position], position + 1)
            if end < 0:
                break
            parts.append(text[position + 1 : end])
            position = end + 1
        else:
            match = _BARE.match(text, position)
            if match is None:
                break
            parts.append(match.group())
            position = match.end()
    return tuple(parts) or ("",), text[position:]


def _scan(text: str, depth: int) -> tuple[int, str]:
    """The bracket depth after ``text``, and the delimiter of a multi-line string that stays open."""
    position = 0
    while position < len(text):
        character = text[position]
        if character == "#":
            break
        if character in "\"'":
            triple = character * 3
            if text.startswith(triple, position):
                end = text.find(triple, position + 3)
                if end < 0:
                    return depth, triple
                position = end + 3
                continue
            position += 1
            while position < len(text) and text[position] != character:
                position += 2 if character == '"' and text[position] == "\\" else 1
        elif character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
        position += 1
    return depth, ""
