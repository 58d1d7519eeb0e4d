"""Which names the files of a project use, and for what: the quick look that says where a closer one can find nothing.

A call, or a name, is followed through imports and aliases only to things that are spelled somewhere; the sets here are
made of all spellings, so that what they leave out cannot be what is looked for. They are made of the outlines of files
alone: the statements of a file that is left out are never read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from itertools import chain

from flask_prodcheck.facts.looked import Looked
from flask_prodcheck.facts.syntax import PyModule
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class ProjectMentions:
    """The mentions of all files, by simple name: ``callers`` are the files that call it, ``givers`` those that give a name or
    an attribute of it a value (or define a function or class so called); ``aliases``, ``inside`` and ``values`` as in
    :class:`~flask_prodcheck.facts.syntax.Mentions`, those of one name together. ``looked`` takes note of every name that
    an answer hangs on: where none of them is mentioned in another way, each answer is the same."""

    looked: Looked
    callers: dict[str, list[str]] = field(default_factory=dict)
    givers: dict[str, list[str]] = field(default_factory=dict)
    aliases: dict[str, set[str]] = field(default_factory=dict)
    inside: dict[str, set[str]] = field(default_factory=dict)
    values: dict[str, set[str]] = field(default_factory=dict)

    def spellings(self, names: frozenset[str]) -> frozenset[str]:
        """``names`` and every name that stands for one of them in some file: what resolves to a thing that is called by
        one of ``names`` at home is spelled with one of these."""
        return self._reached(names, self.aliases)

    def leading_to(self, names: Iterable[str]) -> frozenset[str]:
        """``names`` and every function and class that mentions one of them, over any number of steps."""
        return self._reached(names, _turned(self.inside))

    def holding(self, names: Iterable[str]) -> frozenset[str]:
        """``names`` and every name that may stand for what one of them makes: what is assigned from it, functions that
        return it, classes below it, and all aliases."""
        users = _turned(self.values)
        for name, aliases in self.aliases.items():
            users.setdefault(name, set()).update(aliases)
        return self._reached(names, users)

    def defines_one_of(self, names: frozenset[str]) -> bool:
        """Whether a function or class is called by one of ``names``."""
        self.looked.for_words(names)
        return not names.isdisjoint(self.inside)

    def files_calling(self, name: str) -> Sequence[str]:
        """The files that call something called ``name``."""
        self.looked.for_words((name,))
        return self.callers.get(name, ())

    def files_giving(self, name: str) -> Sequence[str]:
        """The files that give something called ``name`` a value, or define it."""
        self.looked.for_words((name,))
        return self.givers.get(name, ())

    def used_with(self, part: str) -> frozenset[str]:
        """The names with ``part`` in them that are imported, mentioned or stand for a value."""
        self.looked.parts.add(part)
        used = chain(self.aliases, *self.inside.values(), *self.values.values())
        return frozenset(name for name in used if part in name)

    def given_in(self, modules: Iterable[PyModule]) -> frozenset[str]:
        """The names that ``modules`` give a value."""
        found: set[str] = set()
        for module in modules:
            self.looked.givers.add(module.path)
            found.update(name for name, _ in module.mentions.values)
        return frozenset(found)

    def _reached(self, names: Iterable[str], following: dict[str, set[str]]) -> frozenset[str]:
        """What :func:`_reached` gives: what is not mentioned with any name of it changes nothing."""
        found = _reached(names, following)
        self.looked.for_words(found)
        return found


def mentions_of(modules: Modules) -> ProjectMentions:
    """The one :class:`ProjectMentions` of ``modules``."""
    found = modules.memo.get("mentions")
    if not isinstance(found, ProjectMentions):
        found = modules.memo["mentions"] = ProjectMentions(modules.facts.looked)
        for module in modules:
            for name in module.mentions.called:
                found.callers.setdefault(name, []).append(module.path)
            for name, alias in module.mentions.aliases:
                found.aliases.setdefault(name, set()).add(alias)
            for name, names in module.mentions.inside:
                found.inside.setdefault(name, set()).update(names)
            for name, names in module.mentions.values:
                found.values.setdefault(name, set()).update(names)
                found.givers.setdefault(name, []).append(module.path)
    return found


def files_leading_to(modules: Modules, names: frozenset[str]) -> frozenset[str]:
    """The files that call something by one of ``names`` when they run, and those that import one of these, over any
    number of steps (also inside functions, and what an import may load rather than what it does)."""
    importers: dict[str, set[str]] = {}
    calling: list[str] = []
    for module in modules:
        if module.runs_one_of(names):
            calling.append(module.path)
        for path in _imported_files(modules, module):
            importers.setdefault(path, set()).add(module.path)
    return _reached(calling, importers)


def within_reach(modules: Modules, path: str) -> frozenset[str]:
    """The project files that ``path`` may load at any time, itself included: imports in functions count too."""
    found: set[str] = set()
    queue = [path]
    while queue:
        item = queue.pop()
        if item not in found:
            found.add(item)
            module = modules.module(item)
            queue += _named_files(modules, module) if module is not None else ()
    return frozenset(found)


def _named_files(modules: Modules, module: PyModule) -> Iterator[str]:
    """The project files that the imports of ``module`` name, wherever in it they stand."""
    for dotted in module.imported:
        name = dotted.lstrip(".")
        path = modules.find_imported(module.path, name, len(dotted) - len(name))
        if path is not None and not path.endswith("/"):
            yield path


def _imported_files(modules: Modules, module: PyModule) -> set[str]:
    """The project files that the imports of ``module`` may load, the packages above them included."""
    found = {each for path in _named_files(modules, module) for each in (path, *modules.packages_above(path))}
    return found - {module.path}


def _turned(table: dict[str, set[str]]) -> dict[str, set[str]]:
    """Name -> those that mention it."""
    users: dict[str, set[str]] = {}
    for name, mentioned in table.items():
        for other in mentioned:
            users.setdefault(other, set()).add(name)
    return users


def _reached(names: Iterable[str], following: dict[str, set[str]]) -> frozenset[str]:
    found = set(names)
    pending = list(found)
    while pending:
        for name in following.get(pending.pop(), ()):
            if name not in found:
                found.add(name)
                pending.append(name)
    return frozenset(found)
