"""PC601: what one request leaves for the next is where every process finds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_prodcheck.rulekit import (
    Confidence,
    Hit,
    Mutation,
    Project,
    PyModule,
    Span,
    kept_apart,
    served_modules,
    shared_state,
)

ALONE = (
    "{name} lives in the memory of a process and is changed by {functions}: "
    "a restart forgets it, and no other process sees it"
)
KEEP = "Keep what requests share in a database or in Redis: then a restart loses nothing, and more processes may serve."
NAMED = 3


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        launch = configuration.launch
        if launch is None or launch.confidence is Confidence.LOW:
            continue
        where = kept_apart(project, launch)
        if not where and launch.server.is_development:
            continue
        for module in served_modules(project, configuration):
            for bound, changes in _by_variable(module).items():
                yield Hit(
                    at=bound,
                    via=(*launch.hops, *sorted({change.changed for change in changes})),
                    facts={
                        "name": " and ".join(sorted({change.name for change in changes})),
                        "functions": _listed(changes),
                        "where": where,
                    },
                    message=None if where else ALONE,
                    confidence=None if where else "medium",
                    cure=None if where else KEEP,
                )


def _by_variable(module: PyModule) -> dict[Span, list[Mutation]]:
    """The changes that requests make and see, by the statement that binds the variable."""
    found: dict[Span, list[Mutation]] = {}
    for change in shared_state(module):
        found.setdefault(change.bound, []).append(change)
    return found


def _listed(changes: Sequence[Mutation]) -> str:
    """The functions that change the variable, in the order of the file: the first of them by name."""
    names = list(dict.fromkeys([f"{each.function}()" for each in sorted(changes, key=lambda each: each.changed)]))
    if len(names) > NAMED:
        names[NAMED - 1 :] = [f"{len(names) - NAMED + 1} more functions"]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
