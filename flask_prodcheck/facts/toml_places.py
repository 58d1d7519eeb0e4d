"""TOML as the same positioned nodes that YAML files give: tomli decides the values, a line scan where they stand."""

from __future__ import annotations

import re

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.yaml_nodes import YamlNode, node_of

_TABLE = re.compile(r"[ \t]*(\[\[?)([^\[\]\n]+)\]")
_KEY = re.compile(
    r"""[ \t]*((?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')(?:[ \t]*\.[ \t]*(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*'))*)[ \t]*="""
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*'""")
_LINE_OF_ERROR = re.compile(r"line (\d{1,9})")
_Path = tuple[str, ...]


def read_toml(path: str, text: str) -> YamlNode:
    """The root table. Values have the place of their key; values of inline tables and arrays that of the nearest key
    around them. Raises ReadError with the line of the fault."""
    import tomli

    text = text.removeprefix("\ufeff")
    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        found = _LINE_OF_ERROR.search(str(error))
        raise ReadError(f"invalid TOML: {error}", int(found.group(1)) if found else 1) from error
    except RecursionError as error:
        raise ReadError("invalid TOML: nested too deeply") from error
    except ValueError as error:  # an integer of too many digits
        raise ReadError(f"invalid TOML: {error}") from error
    return node_of(path, text, data, places_of(text))


def places_of(text: str) -> dict[_Path, int]:
    """The line of each key and table by its path; the members of arrays of tables have their index in the path."""
    places: dict[_Path, int] = {}
    counts: dict[_Path, int] = {}
    table: _Path = ()
    closing: str | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if closing is not None:
            closing = None if closing in line else closing
            continue
        header = _TABLE.match(line)
        key = None if header is not None else _KEY.match(line)
        if header is not None:
            table = _indexed(_parts(header.group(2)), counts)
            if header.group(1) == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, str(counts[table]))
            places.setdefault(table, number)
        elif key is not None:
            names = _parts(key.group(1))
            for end in range(1, len(names) + 1):
                places.setdefault((*table, *names[:end]), number)
        for mark in ('"""', "'''"):
            if line.count(mark) % 2:
                closing = mark
                break
    return places


def _parts(text: str) -> _Path:
    return tuple(part.strip("\"'") for part in _PART.findall(text))


def _indexed(names: _Path, counts: dict[_Path, int]) -> _Path:
    """``names`` with the index of the last member after each array of tables but the last name."""
    found: _Path = ()
    for position, name in enumerate(names):
        found = (*found, name)
        if position < len(names) - 1 and found in counts:
            found = (*found, str(counts[found]))
    return found
