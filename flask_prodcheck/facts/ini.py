"""Files of sections and ``key = value`` lines, read with their line numbers and repeated keys.

``configparser`` refuses or drops what these formats give a meaning to: keys that repeat, keys before any section.
"""

from __future__ import annotations

from typing import Literal

from flask_prodcheck.facts.conditionals import is_open_conditional
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_SECTION = regex(r"\[([^\]\n]+)\]")


@dataclass(frozen=True, slots=True)
class IniEntry:
    """One ``key = value``. ``value`` is None when the line has no delimiter; continuation lines are joined by ``\\n``
    (by a blank for backslash continuations).
    ``comment``: the comment lines right above, without their marks."""

    section: str
    key: str
    value: str | None
    line: int
    column: int = 1
    comment: str = ""


@dataclass(frozen=True, slots=True)
class IniSection:
    """A section as it stands in the file; one name may come several times. The entries before any section have the
    name ""."""

    name: str
    line: int
    entries: tuple[IniEntry, ...]
    comment: str = ""

    def all(self, key: str) -> list[IniEntry]:
        return [entry for entry in self.entries if entry.key == key]

    def last(self, key: str) -> IniEntry | None:
        found = self.all(key)
        return found[-1] if found else None

    def value(self, key: str) -> str | None:
        entry = self.last(key)
        return None if entry is None else entry.value


def read_ini(
    text: str,
    *,
    continuation: Literal["indent", "backslash", "none"] = "indent",
    delimiters: str = "=:",
    inline: tuple[str, ...] = (),
) -> tuple[IniSection, ...]:
    """The sections in order. ``inline``: the marks that start a comment after a blank. Lines that hold only a template
    control (``{% ... %}``) are passed over, but where a value begins a conditional: it goes on to its end. Never
    raises."""
    sections: list[tuple[str, int, list[IniEntry], str]] = [("", 1, [], "")]
    comments: list[str] = []
    lines = text.removeprefix("\ufeff").splitlines()
    index = 0
    while index < len(lines):
        number, line = index + 1, lines[index]
        index += 1
        bare = line.strip()
        if not bare:
            comments = []
            continue
        if bare[0] in "#;":
            comments.append(bare.lstrip("#; "))
            continue
        if bare.startswith(("{%", "{#")):
            continue
        match = _SECTION.match(bare)
        if match is not None:
            sections.append((match.group(1).strip(), number, [], "\n".join(comments)))
            comments = []
            continue
        parts = [_without_comment(bare, inline)]
        if continuation == "backslash":
            while parts[-1].endswith("\\") and index < len(lines):
                parts[-1] = parts[-1][:-1].rstrip()
                while index < len(lines) and lines[index].strip()[:1] in ("#", ";") and lines[index].strip():
                    index += 1
                if index < len(lines):
                    parts.append(lines[index].strip())
                    index += 1
            joiner = " "
        else:
            joiner = "\n"
            while continuation == "indent":
                ahead = index
                while ahead < len(lines) and not lines[ahead].strip():
                    ahead += 1
                if ahead == len(lines) or _depth(lines[ahead]) <= _depth(line):
                    break
                following = lines[ahead].strip()
                # What is left out keeps an empty line, so that the lines of a value can be counted.
                parts.extend([""] * (ahead - index))
                parts.append("" if following[0] in "#;" else _without_comment(following, inline))
                index = ahead + 1
        while (
            index < len(lines) and is_open_conditional(joiner.join(parts)) and not _SECTION.match(lines[index].strip())
        ):
            parts.append(lines[index].strip())
            index += 1
        key, value = _split(joiner.join(parts), delimiters)
        column = _depth(line) + 1
        sections[-1][2].append(IniEntry(sections[-1][0], key, value, number, column, "\n".join(comments)))
        comments = []
    return tuple(
        IniSection(name, line, tuple(entries), comment) for name, line, entries, comment in sections if name or entries
    )


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _without_comment(line: str, inline: tuple[str, ...]) -> str:
    """``line`` without a comment that one of ``inline`` starts after a blank."""
    cuts = [position for mark in inline for blank in " \t" if (position := line.find(blank + mark)) >= 0]
    return line[: min(cuts)].rstrip() if cuts else line


def _split(line: str, delimiters: str) -> tuple[str, str | None]:
    places = [position for each in delimiters if (position := line.find(each)) >= 0]
    if not places:
        return line.strip(), None
    return line[: min(places)].strip(), line[min(places) + 1 :].lstrip(" \t").rstrip()
