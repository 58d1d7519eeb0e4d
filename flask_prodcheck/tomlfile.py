"""A TOML document that remembers its text, so that an error about a key can name the key's line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import tomli

from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_AT_LINE = regex(r"at line (\d+)")
_HEADER = regex(r"\s*\[{1,2}([^\]\n]+)\]{1,2}")


class TomlError(ValueError):
    """Invalid TOML; ``line`` is 1-based."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Document:
    """The parsed ``data`` of ``text``."""

    data: Mapping[str, object]
    text: str

    def line(self, table: str, key: str = "", nth: int = 0) -> int:
        """The line of ``key`` inside the table ``table`` ("" = the top), or of the table's header when ``key`` is "".
        ``nth`` picks one element of an array of tables. The nearest that is found, 1 when nothing is."""
        current, seen, best = "", -1, 1
        wanted = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*[.=]""") if key else None
        for number, line in enumerate(self.text.splitlines(), 1):
            header = _HEADER.match(line)
            if header:
                current = header.group(1).strip().replace('"', "").replace("'", "")
                if current == table:
                    seen += 1
                    if seen == nth:
                        best = number
                        if wanted is None:
                            return number
                elif key and current == (f"{table}.{key}" if table else key):
                    return number
            elif (
                wanted
                and current == table
                and seen in (nth, -1)
                and (table == "" or seen == nth)
                and wanted.match(line)
            ):
                return number
        return best


def parse_toml(text: str) -> Document:
    """The document in ``text``. Raises :class:`TomlError`."""
    try:
        return Document(tomli.loads(text), text)
    except tomli.TOMLDecodeError as failure:
        found = _AT_LINE.search(str(failure))
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise TomlError(f"invalid TOML: {failure}", line) from failure
    except RecursionError as failure:
        raise TomlError("invalid TOML: nested too deeply", 1) from failure


def nearest(word: str, valid: Iterable[str]) -> str:
    """`` (did you mean "x"?)`` for the most similar of the ``valid`` words, else ""."""
    close = closest(word, valid)
    return f' (did you mean "{close}"?)' if close else ""


def closest(word: str, valid: Iterable[str]) -> str:
    """The most similar of the ``valid`` words, "" when none is similar."""
    return next(iter(get_close_matches(word.lower(), list(valid), n=1)), "")
