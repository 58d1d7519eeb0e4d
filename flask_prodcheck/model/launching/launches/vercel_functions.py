"""Functions that Vercel makes of a project by itself: a Python file in ``api/`` with an application at its top level.

Source: Vercel, "Python Functions in the /api Directory" and "Rewrites". Such a project needs no ``vercel.json``; one
without ``builds`` and ``functions`` changes which requests arrive there, not what is served.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.launches.builder import LaunchBuilder
from flask_prodcheck.model.launching.launches.found import NO_DEPLOYMENT, Found
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.project import Confidence, Hop, Launch
from flask_prodcheck.records import replace

#: The names that the runtime looks for, in its order.
_NAMES = ("app", "application", "handler")
#: Starts that no deployment need take: where a project has nothing else, a platform may deploy it without a file.
_BESIDE = frozenset({*NO_DEPLOYMENT, "entry-point", "python-script", "invoke"})


def vercel_functions(
    builder: LaunchBuilder, facts: Facts, found: Sequence[Found], unknown: Sequence[Hop]
) -> list[Found]:
    """The function of ``api/index.py`` (no other tool gives a file that name), or of the files that a ``vercel.json``
    sends requests to. Without such a file it counts where nothing else deploys the project."""
    configured = [file for file in facts.start_files.values() if file.kind == "vercel"]
    if any(file.starts or ("builds", "") in file.settings for file in configured):
        return []
    if not configured and (unknown or any(each.head.kind not in _BESIDE for each in found)):
        return []
    places = [(posixpath.dirname(file.path), [value for _, value in file.settings]) for file in configured]
    return [
        each
        for folder, destinations in places or [("", [])]
        for path in _functions(folder, destinations, facts)
        for each in [_found(builder, path, folder, facts, sure=bool(configured))]
        if each.launch.app is not None
    ]


def _functions(folder: str, destinations: Sequence[str], facts: Facts) -> Iterator[str]:
    named = {posixpath.normpath(posixpath.join(folder, each)) for each in destinations}
    for path in sorted({posixpath.join(folder, "api/index.py"), *named}):
        inside = posixpath.dirname(path)
        packaged = f"{inside}/__init__.py" in facts.paths  # a package called "api", whose modules get what it binds
        if path in facts.modules and (path in named or not packaged):
            yield path


def _found(builder: LaunchBuilder, path: str, folder: str, facts: Facts, *, sure: bool) -> Found:
    builder.follower.budget.begin()
    name = next((each for each in _NAMES if facts.modules[path].binds(each)), "app")
    module = posixpath.relpath(path, folder or ".").removesuffix(".py").replace("/", ".")
    hop = Hop(Span(path, 1), posixpath.basename(path))
    place = Place((hop,), cwd=folder or ".")
    head = Head("vercel", hop.span, hop.text, place, None, default="vercel", options=(("app", f"{module}.{name}"),))
    (found,) = builder.follow(head)
    return found if sure else replace(found, launch=_less_sure(found.launch))


def _less_sure(launch: Launch) -> Launch:
    return replace(launch, confidence=Confidence.MEDIUM)
