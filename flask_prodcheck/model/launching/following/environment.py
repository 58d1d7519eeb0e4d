"""The variables that a command line gives what it starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_prodcheck.base import Origin, Value
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.launching.place import Place, variables_of_file
from flask_prodcheck.model.launching.words import as_value


def given_variables(
    environment: Mapping[str, str], env_files: Sequence[str], place: Place, facts: Facts
) -> dict[str, Value[str]]:
    """``environment`` and the variables of ``env_files``, as values of what is started at ``place``: the files win."""
    origin = (Origin(place.hops[-1].span, "set in front of the command"),)
    given = {name: as_value(value, origin) for name, value in environment.items()}
    for name in env_files:
        given.update(variables_of_file(name, place.with_env(given), facts))
    return given
