"""Whether an answer still stands after Python files have changed that the audit hardly looked at.

Of most files of a large project an audit sees the outline alone: what their views do, in which order, what they import, and
whether they bind, call or mention any of the names that it looks for. It asks for the statements, or the bytes, of few. An
answer stands as long as those few, and what is no Python, are the same, the shapes of the others are, and no name that was
looked for is bound or mentioned in another way than before. A file that the answer may name is one of the few: there the
lines count.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from flask_prodcheck.cache.contents import Content
from flask_prodcheck.cache.outlines import MOST_LOOKS, Look, Noted, RememberedOutlines
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

#: Changed files up to which it pays to read them alone first.
_MAX_CHANGED = 50
_WORDS = regex(r"[\w./+-]+")


class Looked(Protocol):
    """What an audit looked at: at ``files`` as a whole, in the others for ``words`` and for names with one of ``parts`` in
    them, and at every name that ``givers`` give a value."""

    @property
    def files(self) -> AbstractSet[str]: ...

    @property
    def words(self) -> AbstractSet[str]: ...

    @property
    def parts(self) -> AbstractSet[str]: ...

    @property
    def givers(self) -> AbstractSet[str]: ...


Apart = Callable[[object, object], "tuple[frozenset[str], frozenset[str]] | None"]
"""The names that differ between the data of two outlines, and those of them that are given a value; None: any may."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds the answer up, of the Python files: ``used`` the digest of each that was looked into, ``looks`` that of
    all the others' looks together, ``words``, ``parts`` and ``givers`` what was looked for in those."""

    used: Mapping[str, str]
    looks: str
    words: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    givers: frozenset[str] = frozenset()

    def to_data(self) -> object:
        return [dict(self.used), self.looks, sorted(self.words), sorted(self.parts), sorted(self.givers)]

    def minds(self, path: str, words: frozenset[str], given: frozenset[str]) -> bool:
        """Whether it makes a difference that ``path`` uses ``words`` in another way, and gives ``given`` another value."""
        return (
            not self.words.isdisjoint(words)
            or (bool(given) and path in self.givers)
            or any(part in word for part in self.parts for word in words)
        )


def from_data(data: object) -> Standing | None:
    """What :meth:`Standing.to_data` made."""
    match data:
        case [dict(used), str(looks), list(words), list(parts), list(givers)]:
            texts = [*used, *used.values(), *words, *parts, *givers]
            if all(type(each) is str for each in texts):
                return Standing(used, looks, frozenset(words), frozenset(parts), frozenset(givers))
    return None


def standing_of(
    python: Sequence[str],
    contents: Mapping[str, Content],
    outlines: RememberedOutlines,
    used: Collection[str],
    looked: Looked,
    shown: object,
) -> Standing | None:
    """What holds up an answer on the files ``python``, of which those ``used`` were read and which were ``looked`` at, and
    which shows what ``shown`` tells. None where it cannot be said."""
    if len(python) > MOST_LOOKS:
        return None
    names = _names_in(shown)
    whole = {path for path in python if path in used or path in looked.files or _may_be_named(path, names)}
    looks = _together(outlines.look, (path for path in python if path not in whole))
    digests = {path: contents[path].digest for path in sorted(whole)}
    found = Standing(digests, looks, *map(frozenset, (looked.words, looked.parts, looked.givers)))
    return found if looks else None


def still_standing(
    standing: Standing,
    python: Sequence[str],
    contents: Mapping[str, Content],
    outlines: RememberedOutlines,
    read: Callable[[str], Noted | None],
    apart: Apart,
) -> Standing | None:
    """What holds an answer up now, where it still does. ``read`` looks at a file that has changed; None where more has to
    be known of it."""
    if any(path not in contents or contents[path].digest != digest for path, digest in standing.used.items()):
        return None
    others = [path for path in python if path not in standing.used]
    changed = {path: outlines.former(path) for path in others if outlines.look(path) is None}
    if len(python) > MOST_LOOKS or len(changed) > _MAX_CHANGED:
        return None
    former = {path: known[0] for path, known in changed.items() if known is not None}
    noted = [each for path in changed if (each := read(path)) is not None]
    if len(noted) < len(changed) or any(each.digest != contents[each.path].digest for each in noted):
        return None
    if _together(lambda path: former.get(path) or outlines.look(path), others) != standing.looks:
        return None
    outlines.keep(noted)
    for each in noted:
        known, look = changed[each.path], outlines.look(each.path)
        if known is None or look is None or known[0].shape != look.shape:
            return None
        different = (frozenset(), frozenset()) if known[0] == look else apart(known[1], each.data)
        if different is None or standing.minds(each.path, *different):
            return None
    return replace(standing, looks=_together(outlines.look, others))


def _together(look: Callable[[str], Look | None], paths: Iterable[str]) -> str:
    """One digest of the looks of ``paths``; "" when one is not known."""
    found = hashlib.sha256()
    for path in paths:
        known = look(path)
        if known is None:
            return ""
        found.update(f"{path}\0{known.shape}{known.words}\n".encode("utf-8", "surrogateescape"))
    return found.hexdigest()


def _names_in(shown: object) -> frozenset[str]:
    """The last parts of whatever may be a path in what is shown, as it is before it is laid out in lines."""
    return frozenset(posixpath.basename(word.rstrip(".")) for word in _WORDS.findall(repr(shown)))


def _may_be_named(path: str, names: Collection[str]) -> bool:
    """Whether ``path`` may be one of ``names``; one that is not written as it is may be any."""
    return _WORDS.fullmatch(path) is None or posixpath.basename(path) in names
