"""What docopt reads from a command line, by the usage that a program's text declares.

Source: http://docopt.org/
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_COMMAND = regex(r"[A-Za-z][\w-]*")
_BRACKETS = str.maketrans(dict.fromkeys("[]()|", " "))


@dataclass(frozen=True, slots=True)
class _Option:
    """An option by all its names; ``default`` where the text gives one."""

    names: tuple[str, ...]
    takes_value: bool
    default: str | None = None


def docopt_values(text: str, argv: Sequence[str]) -> dict[str, object]:
    """The commands and options of the usage in ``text`` with what ``argv`` gives each: a truth value, a text, None. Words
    that are none of them are left out: values by position."""
    usage, rest = _usage(text)
    options = _options(usage, rest)
    values: dict[str, object] = {
        name: each.default if each.takes_value else False for each in options for name in each.names
    }
    named = {name: each for each in options for name in each.names}
    words: list[str] = []
    skip = False
    for index, word in enumerate(argv):
        if skip:
            skip = False
            continue
        name, equals, given = word.partition("=")
        option = named.get(name)
        if option is None:
            words.append(word)
            continue
        if option.takes_value and not equals:
            given = argv[index + 1] if index + 1 < len(argv) else ""
            skip = True
        values.update(dict.fromkeys(option.names, given if option.takes_value else True))
    for command in _commands(usage):
        values[command] = command in words
    unclear = any("${" in word or (word[:1] == "-" and len(word) > 1) for word in words)
    return dict.fromkeys(values, OPEN) if unclear else values


def _usage(text: str) -> tuple[list[str], list[str]]:
    """The lines of the usage, without the program's name, and all lines after it."""
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if "usage:" in line.lower()), len(lines))
    usage: list[str] = []
    for at in range(start, len(lines)):
        line = lines[at] if at > start else lines[at][lines[at].lower().index("usage:") + 6 :]
        if not line.strip() and (usage or at > start + 1):
            return usage, lines[at:]
        if line.strip():
            usage.append(line.strip().partition(" ")[2])
    return usage, []


def _commands(usage: Sequence[str]) -> list[str]:
    words = [word.rstrip(".") for line in usage for word in line.translate(_BRACKETS).split()]
    return [word for word in words if _COMMAND.fullmatch(word) and not word.isupper()]


def _options(usage: Sequence[str], rest: Sequence[str]) -> list[_Option]:
    described = [_described(line.strip()) for line in rest if line.strip().startswith("-")]
    known = {name for each in described for name in each.names}
    found = list(described)
    for line in usage:
        for word in line.translate(_BRACKETS).split():
            name, equals, _ = word.rstrip(".").partition("=")
            if name.startswith("-") and len(name) > 1 and name not in known:
                known.add(name)
                found.append(_Option((name,), bool(equals)))
    return found


def _described(line: str) -> _Option:
    """An option of the list that describes them: ``-p PORT --port=PORT  The port [default: 80].``"""
    declared, _, description = line.partition("  ")
    words = declared.replace(",", " ").replace("=", " ").split()
    default, is_closed, _ = description.partition("[default: ")[2].partition("]")
    names = tuple(word for word in words if word.startswith("-"))
    return _Option(names, len(names) < len(words), default if is_closed else None)
