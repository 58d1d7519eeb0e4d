"""How the documents of a project say that it is served: the command of a production server that they show for one of
its modules. Nothing starts it, so it is no launch; but who follows the document does not run the development server."""

from __future__ import annotations

import posixpath

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.readme import read_readme
from flask_prodcheck.model.evaluation.data_files import Reader
from flask_prodcheck.model.launching.commands.read import read_command
from flask_prodcheck.model.launching.readmes.commands import commands_of
from flask_prodcheck.model.launching.steps import ServerStart
from flask_prodcheck.model.project import Hop
from flask_prodcheck.patterns import regex

_ENDINGS = (".md", ".markdown", ".rst")
#: What tells of other releases than this one, or of other projects.
_PAST = regex(r"changes?|changelog|history|news|releases?|release[-_]notes|upgrad\w*|migrat\w*")
_UWSGI_TARGETS = ("module", "wsgi", "wsgi-file", "file")
_MANY = 100
_LARGE = 300_000  # bytes


def shown_server(facts: Facts, read: Reader | None) -> Hop | None:
    """The first place where a document shows how a production server is started for a module of the project: READMEs and
    what stands near the root come first. None where no document does."""
    if read is None:
        return None
    for path in _documents(facts):
        data = read(path)
        if data is None or len(data) > _LARGE:
            continue
        readme = read_readme(data.decode("utf-8", "replace"), restructured=path.endswith(".rst"))
        for shown in readme.shown:
            if " " in shown.code and _serves(shown.code, facts):
                return Hop(Span(path, shown.line), shown.code)
    return None


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
        and any(_is_own(target, facts) for target in (step.target, *map(step.options.get, _UWSGI_TARGETS)) if target)
        for step in steps
    )


def _is_own(target: str, facts: Facts) -> bool:
    """Whether the project holds the module, or the file, that ``target`` names, in whatever folder the reader stands."""
    module = target.partition(":")[0]
    if not module:
        return False
    stem = module.removesuffix(".py") if module.endswith(".py") else module.replace(".", "/")
    ends = tuple(f"/{stem.lstrip('./')}{ending}" for ending in (".py", "/__init__.py", ".wsgi"))
    return any(f"/{path}".endswith(ends) for path in facts.paths)
