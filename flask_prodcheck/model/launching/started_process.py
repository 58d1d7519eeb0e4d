"""Where a process stands that a deploy file starts."""

from __future__ import annotations

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Start
from flask_prodcheck.model.launching.place import Place, enter, known_variables, locate
from flask_prodcheck.records import replace


def start_place(start: Start, place: Place, facts: Facts) -> Place:
    """``place`` as a deploy file's process starts it: folder, environment and user."""
    for reference in start.env_files:
        path = locate(reference.path, place, facts)
        if path is not None and path in facts.env_files:
            place = place.with_env(known_variables(facts.env_files[path].variables, place.variables))
    place = place.with_env(known_variables(start.env, place.variables))
    if start.cwd:
        place = enter(place, start.cwd, facts)
    return replace(place, user=start.user or place.user)
