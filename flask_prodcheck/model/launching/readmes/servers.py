"""How the documents of a project say that it is served: the command of a production server that they show for one of
its modules. Nothing starts it, so it is no launch; but who follows the document does not run the development server."""

from __future__ import annotations

import functools
import itertools
import posixpath
from collections.abc import Iterator, Mapping

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.readme import read_readme
from flask_prodcheck.model.evaluation.data_files import Reader
from flask_prodcheck.model.launching.commands.read import read_command
from flask_prodcheck.model.launching.readmes.commands import commands_of
from flask_prodcheck.model.launching.servers import MODULES, READERS
from flask_prodcheck.model.launching.steps import ServerStart
from flask_prodcheck.model.launching.uwsgi_files import UWSGI_TARGETS
from flask_prodcheck.model.project import Hop
from flask_prodcheck.patterns import regex

_ENDINGS = (".md", ".markdown", ".rst")
#: What tells of other releases than this one, or of other projects.
_PAST = regex(r"changes?|changelog|history|news|releases?|release[-_]notes|upgrad\w*|migrat\w*")
_MODULE_ENDINGS = ("/__init__.py", ".py", ".wsgi")
_MANY = 100
_LARGE = 300_000  # bytes
_MOST_COMMANDS = 1_000
#: Words of which one stands in every such command: nothing else is read.
_SERVERS = frozenset({*READERS, *MODULES}) - {"flask"}


def shown_server(facts: Facts, read: Reader | None) -> Hop | None:
    """The first place where a document shows how a production server is started for a module of the project: READMEs and
    what stands near the root come first. None where no document does."""
    shown = _commands(facts, read) if read is not None else iter(())
    return next((each for each in itertools.islice(shown, _MOST_COMMANDS) if _serves(each.text, facts)), None)


def _commands(facts: Facts, read: Reader) -> Iterator[Hop]:
    """The lines of the documents that name a server."""
    for path in _documents(facts):
        data = read(path)
        text = data.decode("utf-8", "replace") if data is not None and len(data) <= _LARGE else ""
        if not _names_server(text):
            continue
        for shown in read_readme(text, restructured=path.endswith(".rst")).shown:
            if " " in shown.code and _names_server(shown.code):
                yield Hop(Span(path, shown.line), shown.code)


def _names_server(text: str) -> bool:
    small = text.lower()
    return any(each in small for each in _SERVERS)


def _documents(facts: Facts) -> list[str]:
    found = [
        path
        for path in facts.paths
        if path.lower().endswith(_ENDINGS)
        and not _PAST.fullmatch(posixpath.splitext(posixpath.basename(path).lower())[0])
    ]
    return sorted(found, key=lambda path: (path.count("/"), "readme" not in path.lower(), path))[:_MANY]


def _serves(line: str, facts: Facts) -> bool:
    steps = [read_command(words).step for words in commands_of(line)]
    return any(
        isinstance(step, ServerStart)
        and not step.server.is_development
        and any(_is_own(target, facts) for target in (step.target, *map(step.options.get, UWSGI_TARGETS)) if target)
        for step in steps
    )


def _is_own(target: str, facts: Facts) -> bool:
    """Whether the project holds the module, or the file, that ``target`` names, in whatever folder the reader stands."""
    module = target.partition(":")[0]
    stem = (module.removesuffix(".py") if module.endswith(".py") else module.replace(".", "/")).lstrip("./")
    return any(f"/{each}".endswith(f"/{stem}") for each in _modules(facts.paths).get(posixpath.basename(stem), ()))


@functools.lru_cache(maxsize=4)
def _modules(paths: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """What stands at ``paths`` that holds an application, without endings, by its last name."""
    found: dict[str, list[str]] = {}
    for path in paths:
        stem = next((path.removesuffix(each) for each in _MODULE_ENDINGS if path.endswith(each)), "")
        if stem:
            found.setdefault(posixpath.basename(stem), []).append(stem)
    return {name: tuple(stems) for name, stems in found.items()}
