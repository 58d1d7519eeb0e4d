"""Whether an answer still stands after Python files have changed that the audit hardly looked at.

Of most files of a large project an audit sees the shape alone: the names that they bind, use and import, and what their
views do, in which order. It asks for the statements, or the bytes, of few. An answer stands as long as those few, and what
is no Python, are the same, and the shapes of the others are. A file that the answer may name is one of the few: there the
lines count.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from flask_prodcheck.cache.contents import Content
from flask_prodcheck.cache.outlines import Noted, RememberedOutlines
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

#: Changed files up to which it pays to read them alone first.
_MAX_CHANGED = 50
#: Python files up to which the shapes are looked at.
_MAX_FILES = 20_000
_WORDS = regex(r"[\w./+-]+")


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds the answer up, of the Python files: ``used`` the digest of each that was looked into, ``shapes`` that of
    all the others' shapes together."""

    used: Mapping[str, str]
    shapes: str

    def to_data(self) -> object:
        return [dict(self.used), self.shapes]


def from_data(data: object) -> Standing | None:
    """What :meth:`Standing.to_data` made."""
    match data:
        case [dict(used), str(shapes)] if all(type(each) is str for pair in used.items() for each in pair):
            return Standing(used, shapes)
    return None


def standing_of(
    python: Sequence[str],
    contents: Mapping[str, Content],
    outlines: RememberedOutlines,
    used: Collection[str],
    shown: object,
) -> Standing | None:
    """What holds up an answer on the files ``python`` for which those ``used`` were looked into, and which shows what
    ``shown`` tells. None where it cannot be said."""
    if len(python) > _MAX_FILES:
        return None
    names = _names_in(shown)
    looked_into = {path for path in python if path in used or path in outlines.asked or _may_be_named(path, names)}
    shapes = _together(outlines, (path for path in python if path not in looked_into))
    return Standing({path: contents[path].digest for path in sorted(looked_into)}, shapes) if shapes else None


def stands(
    standing: Standing,
    python: Sequence[str],
    contents: Mapping[str, Content],
    outlines: RememberedOutlines,
    read: Callable[[str], Noted | None],
) -> bool:
    """Whether what holds an answer up is still so. ``read`` looks at a file that has changed; None where more has to be
    known of it."""
    if any(path not in contents or contents[path].digest != digest for path, digest in standing.used.items()):
        return False
    others = [path for path in python if path not in standing.used]
    changed = [path for path in others if outlines.shape(path) is None]
    if len(python) > _MAX_FILES or len(changed) > _MAX_CHANGED:
        return False
    noted = [each for path in changed if (each := read(path)) is not None]
    if len(noted) < len(changed) or any(each.digest != contents[each.path].digest for each in noted):
        return False
    outlines.keep(noted)
    return _together(outlines, others) == standing.shapes


def _together(outlines: RememberedOutlines, paths: Iterable[str]) -> str:
    """One digest of the shapes of ``paths``; "" when one is not known."""
    found = hashlib.sha256()
    for path in paths:
        shape = outlines.shape(path)
        if shape is None:
            return ""
        found.update(f"{path}\0{shape}\n".encode("utf-8", "surrogateescape"))
    return found.hexdigest()


def _names_in(shown: object) -> frozenset[str]:
    """The last parts of whatever may be a path in what is shown, as it is before it is laid out in lines."""
    return frozenset(posixpath.basename(word.rstrip(".")) for word in _WORDS.findall(repr(shown)))


def _may_be_named(path: str, names: Collection[str]) -> bool:
    """Whether ``path`` may be one of ``names``; one that is not written as it is may be any."""
    return _WORDS.fullmatch(path) is None or posixpath.basename(path) in names
