"""What uWSGI reads of its configuration: a file with the files that it includes, its loops, its placeholders.

Sources: uWSGI manual, "How uWSGI parses config files" (an included file is read where it is named), "Configuration logic"
(``for``, ``for-glob``, ``if-...``, ``%(_)``) and "Configuring uWSGI" (placeholders, ``%d``, ``file:section``);
``core/config.c`` of uWSGI (``uwsgi_logic_opt_for_glob``, ``for-times``).
"""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterator, Mapping, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.growth import Room
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import UwsgiConfig, UwsgiOption
from flask_prodcheck.model.launching.folders import folders_of
from flask_prodcheck.model.launching.place import Place, locate, standing_at
from flask_prodcheck.model.project import Hop
from flask_prodcheck.numerals import numeral
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

#: The options of uWSGI that name what it serves, the one that a chain ends with first.
UWSGI_TARGETS = ("module", "wsgi", "wsgi-file", "file", "mount")
#: The options that have another file read. ``import`` is none: it imports a module of Python.
_INCLUDES = frozenset({"include", "inherit", "ini", "yaml", "yml", "json", "xml"})
_ENDS = frozenset({"endfor", "end-for", "endif", "end-if", "end"})
_MOST_VALUES = 1000  # of one loop
_MOST_OPTIONS = 5_000
_MOST_FILES = 100
_MOST_TEXT = 1_000_000  # characters that loops and placeholders bring


@dataclass(frozen=True, slots=True)
class UwsgiRead:
    """Everything that uWSGI reads when it starts with ``path``: the ``options`` in order, as written (with dashes), and by
    the place of an option that another file brings the lines that ``led`` there. ``cut`` where there is more of it than is
    read."""

    path: str
    options: tuple[UwsgiOption, ...]
    led: Mapping[Span, tuple[Hop, ...]]
    cut: bool = False

    def get(self, name: str) -> tuple[str, Span] | None:
        """The last value of the option ``name``."""
        return next(((value, span) for key, value, span in reversed(self.options) if key == name), None)

    def filled(self) -> tuple[UwsgiOption, ...]:
        """The options with the simple placeholders filled in."""
        plain, room = {key: value for key, value, _ in self.options}, Room(_MOST_TEXT)
        return tuple((key, _filled(value, plain, span, room), span) for key, value, span in self.options)


def read_with_includes(config: UwsgiConfig, place: Place, facts: Facts, section: str = "") -> UwsgiRead:
    """What uWSGI reads when it starts at ``place`` with ``config``, or with the ``section`` of it that is asked for."""
    reading = _Reading(place, facts)
    reading.read(config.section(section) or config.options, (), ((config.path, section),))
    return UwsgiRead(config.path, tuple(reading.options), reading.led, reading.cut)


class _Reading:
    """Reads one configuration: holds what was read so far."""

    def __init__(self, place: Place, facts: Facts) -> None:
        self.options: list[UwsgiOption] = []
        self.led: dict[Span, tuple[Hop, ...]] = {}
        self.cut = False
        self._place = place
        self._facts = facts
        self._files = 0
        self._room = Room(_MOST_TEXT)

    def read(
        self, options: Sequence[UwsgiOption], lines: tuple[Hop, ...], opened: tuple[tuple[str, str], ...]
    ) -> None:
        """Take ``options``, to which ``lines`` led; the sections that are ``opened`` are not read within themselves."""
        plain = {key: value for key, value, _ in options}
        values: tuple[str, ...] = ()
        undecided = False
        for key, value, span in options:
            name = key.replace("_", "-")
            if name in _ENDS:
                kept, values, undecided = undecided, (), False
                if not kept:
                    continue
            elif name == "for" or name.startswith("for-"):
                values = self._values(name, value, plain, span)
                undecided = not values
                if values:
                    continue
            elif name.startswith("if-"):
                undecided = True  # what it asks for is another machine's
            for text in self._repeated(value, values) if values else (value,):
                includes = name in _INCLUDES and not undecided
                self.cut |= includes and self._files >= _MOST_FILES
                section = self._included(text, plain, span) if includes and self._files < _MOST_FILES else None
                if section is not None and section not in opened:
                    self._files += 1
                    path, asked = section
                    config = self._facts.uwsgi[path]
                    step = () if path == span.file else (Hop(span, f"{key} = {text}"),)
                    self.read(config.section(asked) or config.options, (*lines, *step), (*opened, section))
                elif len(self.options) < _MOST_OPTIONS:
                    self.options.append((name, text, span))
                    self.led[span] = lines
                else:
                    self.cut = True

    def _repeated(self, value: str, values: Sequence[str]) -> Iterator[str]:
        """``value`` for each of the ``values`` of a loop, which goes over each line by itself."""
        for each in values if len(self.options) < _MOST_OPTIONS else ():
            self._room.left -= len(value) + value.count("%(_)") * len(each)
            if self._room.left < 0:
                self.cut = True
                return
            yield value.replace("%(_)", each)

    def _values(self, name: str, value: str, plain: Mapping[str, str], span: Span) -> tuple[str, ...]:
        """What a loop goes over; () where it is not known."""
        if name == "for-glob":
            return tuple(self._matching(_with_values(value, plain, self._room), span))[:_MOST_VALUES]
        text = _filled(value, plain, span, self._room)
        if "${" in text or "%(" in text:
            return ()
        if name == "for":
            return tuple(text.split())[:_MOST_VALUES]
        times = min(numeral(text) or 0, _MOST_VALUES) if name == "for-times" else 0
        return tuple(str(each) for each in range(1, times + 1))

    def _included(self, value: str, plain: Mapping[str, str], span: Span) -> tuple[str, str] | None:
        """The file of the project that an option includes, and the section of it that it asks for ("" for the usual
        one)."""
        text = _with_values(value, plain, self._room)
        head, colon, section = text.rpartition(":")
        path = (self._found(head, span) if head else span.file) if colon else self._found(text, span)
        config = self._facts.uwsgi.get(path or "")
        if config is None or (section and colon and not config.section(section)):
            return None
        return config.path, section if colon else ""

    def _matching(self, pattern: str, span: Span) -> list[str]:
        """The configurations of the project that ``pattern`` matches, as uWSGI would name them."""
        parts = pattern.split("/")
        fixed = next((at for at, part in enumerate(parts) if any(mark in part for mark in "*?[")), len(parts) - 1)
        if pattern.startswith("/"):
            inside = {there for path in self._facts.uwsgi for there in standing_at(path, self._place)}
            if matched := [each for each in sorted(inside) if _fits(each.split("/"), parts)]:
                return matched
        beginning = "/".join(parts[:fixed]) or ("/" if pattern.startswith("/") else "")
        folder = self._found(beginning, span)
        if folder is None or folder not in folders_of(self._facts):
            return []
        above = "" if folder == "." else f"{folder}/"
        below = [path[len(above) :] for path in sorted(self._facts.uwsgi) if path.startswith(above)]
        return [posixpath.join(beginning, each) for each in below if _fits(each.split("/"), parts[fixed:])]

    def _found(self, text: str, span: Span) -> str | None:
        """The file or folder of the project that ``text``, written at ``span``, names: seen from the folder in which uWSGI
        starts, or where this is not known from that of the file."""
        own = text.startswith("%d")
        if own or not (text.startswith("/") or self._place.cwd_known):
            beside = posixpath.normpath(
                posixpath.join(posixpath.dirname(span.file), text.removeprefix("%d").lstrip("/"))
            )
            if own or beside in self._facts.paths or beside in folders_of(self._facts):
                return beside
        return locate(text or ".", self._place, self._facts)


def _fits(names: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether every name of a path matches its part of ``pattern``, as a shell has it: hidden names match no star."""
    return len(names) == len(pattern) and all(
        fnmatch.fnmatchcase(name, part) and (not name.startswith(".") or part.startswith("."))
        for name, part in zip(names, pattern, strict=True)
    )


_PLACEHOLDER = regex(r"%\(([A-Za-z0-9_-]+)\)")
_OWN = regex(r"%[dn]")
_VARIABLE = regex(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")


def _with_values(text: str, plain: Mapping[str, str], room: Room) -> str:
    """``text`` with the values of other options, as far as there is room, and with variables as a shell writes them."""
    text = _PLACEHOLDER.sub(lambda match: room.take(plain.get(match[1], match[0]), match[0]), text)
    return _VARIABLE.sub(r"${\1}", text)


def _filled(text: str, plain: Mapping[str, str], span: Span, room: Room) -> str:
    folder, name = posixpath.split(span.file)
    own = {"%d": f"{folder or '.'}/", "%n": name.rsplit(".", 1)[0]}
    return _OWN.sub(lambda match: room.take(own[match[0]], match[0]), _with_values(text, plain, room))
