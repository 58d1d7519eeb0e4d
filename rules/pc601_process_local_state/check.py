"""PC601: what one request leaves for the next is where every process finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from flask_prodcheck.rulekit import Confidence, Hit, Mutation, Project, Span, kept_apart, served_modules

# What is only kept to answer sooner may differ between processes.
CACHE = re.compile(r"cache|memo|registry|pool", re.IGNORECASE)
NAMED = 3


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        launch = configuration.launch
        if launch is None or launch.confidence is Confidence.LOW:
            continue
        where = kept_apart(project, launch)
        if not where:
            continue
        for module in served_modules(project, configuration):
            for bound, changes in _by_variable(module.mutations).items():
                yield Hit(
                    at=bound,
                    via=(*launch.hops, *sorted({change.changed for change in changes})),
                    facts={
                        "name": " and ".join(sorted({change.name for change in changes})),
                        "functions": _listed(changes),
                        "where": where,
                    },
                )


def _by_variable(mutations: Sequence[Mutation]) -> dict[Span, list[Mutation]]:
    """The changes that requests make and see, by the statement that binds the variable."""
    found: dict[Span, list[Mutation]] = {}
    for change in mutations:
        if change.view and change.read and not change.memo and not CACHE.search(change.name):
            found.setdefault(change.bound, []).append(change)
    return found


def _listed(changes: Sequence[Mutation]) -> str:
    """The functions that change the variable, in the order of the file: the first of them by name."""
    names = list(dict.fromkeys([f"{each.function}()" for each in sorted(changes, key=lambda each: each.changed)]))
    if len(names) > NAMED:
        names[NAMED - 1 :] = [f"{len(names) - NAMED + 1} more functions"]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
