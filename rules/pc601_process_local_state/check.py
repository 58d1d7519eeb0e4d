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
    "{names} {live} in the memory of a process, changed by {functions}: "
    "a restart forgets that, and no other process sees it"
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
            found = _by_variable(module)
            for bound, changes in found.items() if where else ():
                yield Hit(
                    at=bound,
                    via=(*launch.hops, *sorted({change.changed for change in changes})),
                    facts={
                        "name": " and ".join(sorted({change.name for change in changes})),
                        "functions": _functions(changes),
                        "where": where,
                    },
                )
            if found and not where:  # what may be meant so is said once for a file
                changes = [change for bound in sorted(found) for change in found[bound]]
                names = list(dict.fromkeys(change.name for change in changes))
                yield Hit(
                    at=min(found),
                    via=(*launch.hops, *sorted({change.changed for change in changes})),
                    facts={
                        "names": _listed(names, "variables"),
                        "live": "lives" if len(names) == 1 else "live",
                        "functions": _functions(changes),
                    },
                    message=ALONE,
                    confidence="medium",
                    cure=KEEP,
                )


def _by_variable(module: PyModule) -> dict[Span, list[Mutation]]:
    """The changes that requests make and see, by the statement that binds the variable."""
    found: dict[Span, list[Mutation]] = {}
    for change in shared_state(module):
        found.setdefault(change.bound, []).append(change)
    return found


def _functions(changes: Sequence[Mutation]) -> str:
    """The functions that change the variables, in the order of the file."""
    names = dict.fromkeys(f"{each.function}()" for each in sorted(changes, key=lambda each: each.changed))
    return _listed(list(names), "functions")


def _listed(names: list[str], what: str) -> str:
    """The first of ``names`` by name, and how many more there are."""
    if len(names) > NAMED:
        names = [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more {what}"]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
