"""Builtins that change the running shell: declarations, ``cd``, ``set``, ``shift``, ``unset``, and a file of variables
that is sourced."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

from flask_prodcheck.base import Origin, Value
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import ShellCommand, Var, Word
from flask_prodcheck.model.launching.images import Mapped
from flask_prodcheck.model.launching.place import Place, enter, locate, variables_of_file
from flask_prodcheck.model.launching.shell.expansion import Expander
from flask_prodcheck.model.launching.words import as_value, is_open
from flask_prodcheck.numerals import numeral
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

#: ``export $(cat .env | xargs)`` and its like.
_LISTED = regex(r"^\$\((?:cat|grep|sed|egrep|xargs)\b.*?([\w./-]*\.env[\w.-]*)")
_PLACING = frozenset({"cp", "mv", "ln", "install"})
_PLACING_VALUES = frozenset({"-m", "-o", "-g", "--mode", "--owner", "--group", "-S", "--suffix", "-t"})
_DECLARING = frozenset({"export", "declare", "local", "readonly", "typeset"})


def place_after(argv: Sequence[str], command: ShellCommand, place: Place, facts: Facts) -> Place | None:
    """``place`` after the builtin that ``argv``, the words of ``command``, call; None when they call something else."""
    name = argv[0]
    if name in _DECLARING:
        return _declared(argv, command, place, facts)
    if name in ("cd", "pushd"):
        return enter(place, next((word for word in argv[1:] if word == "-" or not word.startswith("-")), "~"), facts)
    if name == "popd":
        return enter(place, "-", facts)
    if name == "set":
        return _set(argv, command, place)
    if name == "shift":
        count = numeral(argv[1]) or 0 if len(argv) > 1 else 1
        return replace(place, args=place.args[count:])
    if name == "unset":
        return _without(place, argv[1:])
    if name in (".", "source") and len(argv) > 1 and (given := variables_of_file(argv[1], place, facts)):
        return place.assigned(given)
    if name == ":":
        return place.assigned(_defaults(command, place))
    if posixpath.basename(name) in _PLACING:
        return _placed(argv[1:], place, facts)
    return None


def _placed(words: Sequence[str], place: Place, facts: Facts) -> Place:
    """``place`` after ``cp``, ``mv``, ``ln`` or ``install`` put a file of the project at another path of the machine."""
    valued = {index + 1 for index, word in enumerate(words) if word in _PLACING_VALUES}
    operands = [word for index, word in enumerate(words) if index not in valued and not word.startswith("-")]
    if len(operands) != 2 or not operands[1].startswith("/") or any(is_open(word) for word in operands):
        return place
    origin = locate(operands[0], place, facts)
    if origin is None or origin not in facts.paths:
        return place
    inside = Mapped(posixpath.join(operands[1], posixpath.basename(operands[0])), origin)
    placed = (inside,) if operands[1].endswith("/") else (Mapped(posixpath.normpath(operands[1]), origin), inside)
    return replace(place, mounts=(*place.mounts, *(each for each in placed if each not in place.mounts)))


def _declared(argv: Sequence[str], command: ShellCommand, place: Place, facts: Facts) -> Place:
    kind, *words = argv
    exports = kind == "export" or any(re.fullmatch(r"-[a-zA-Z]*x[a-zA-Z]*", word) for word in words)
    for word in words:
        if word.startswith("-"):
            continue
        listed = _LISTED.search(word) if exports else None
        name, has_value, value = word.partition("=")
        if listed is not None:
            place = place.with_env(variables_of_file(listed[1], place, facts))
        elif has_value:
            origin = (Origin(command.span, command.text[:200]),)
            given = {name: as_value(value, origin)}
            place = place.with_env(given) if exports else place.assigned(given)
        elif exports:
            place = place.exported([name])
    return place


def _set(argv: Sequence[str], command: ShellCommand, place: Place) -> Place:
    for switch in (word for word in argv[1:] if re.fullmatch(r"[-+][a-z]*a[a-z]*", word)):
        place = replace(place, exports_all=switch[0] == "-")
    if "--" not in argv:
        return place
    return replace(
        place,
        args=tuple(argv[argv.index("--") + 1 :]),
        args_open=place.args_open and any('"$@"' in word.text for word in command.words),
    )


def _without(place: Place, names: Sequence[str]) -> Place:
    """``place`` after ``unset``."""
    env = {name: value for name, value in place.env.items() if name not in names}
    return replace(place, env=env, shell={name: value for name, value in place.shell.items() if name not in names})


def _defaults(command: ShellCommand, place: Place) -> Mapping[str, Value[str]]:
    """What ``: ${NAME:=default}`` assigns."""
    expander = Expander(place)
    origin = (Origin(command.span, command.text[:200]),)
    found: dict[str, Value[str]] = {}
    for part in (part for word in command.words for part in word.parts):
        if isinstance(part, Var) and part.op in (":=", "=") and part.operand is not None:
            text = expander.text(Word((part,), part.name))
            found[part.name] = as_value(text, origin)
    return found
