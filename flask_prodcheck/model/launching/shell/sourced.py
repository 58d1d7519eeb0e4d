"""The functions that a script has from the files which it sources."""

from __future__ import annotations

import posixpath

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.facts.types import ShellFunction, ShellScript
from flask_prodcheck.model.launching.place import Place, locate
from flask_prodcheck.model.launching.shell.expansion import Expander
from flask_prodcheck.records import replace


def functions_of(script: ShellScript, place: Place, facts: Facts) -> dict[str, ShellFunction]:
    """The functions of ``script``, its own and those of the files that it sources."""
    return {**_sourced(script, place, facts, set()), **own_functions(script)}


def own_functions(script: ShellScript) -> dict[str, ShellFunction]:
    """The functions that ``script`` itself defines."""
    return {each.name: each for each in script.body if isinstance(each, ShellFunction)}


def _sourced(script: ShellScript, place: Place, facts: Facts, seen: set[str]) -> dict[str, ShellFunction]:
    found: dict[str, ShellFunction] = {}
    seen.add(script.path)
    here = replace(place, cwd=posixpath.dirname(script.path) or ".", cwd_known=False)
    for command in every_command(tuple(each for each in script.body if not isinstance(each, ShellFunction))):
        if len(command.words) < 2 or command.words[0].text not in (".", "source"):
            continue
        path = locate(Expander(here).text(command.words[1]), here, facts)
        other = facts.scripts.get(path or "")
        if other is None or other.path in seen:
            continue
        found |= _sourced(other, place, facts, seen)
        found |= own_functions(other)
    return found
