"""Programs that a distribution of the project installs: its console scripts and the scripts of its package manager."""

from __future__ import annotations

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import EntryPoint, Start
from flask_prodcheck.model.launching.following.python_programs import import_roots
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.python.distributions import import_folders
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass

#: Command groups of distributions that are Flask's own, with a factory of theirs (Invenio-App: ``create_cli`` of Invenio-Base).
FLASK_GROUPS = frozenset({"invenio_app.cli:cli"})


@dataclass(frozen=True, slots=True)
class ConsoleScript:
    """An entry point and the file of its module, None where the project does not hold that."""

    entry: EntryPoint
    path: str | None


def console_script(name: str, place: Place, facts: Facts, modules: Modules) -> ConsoleScript | None:
    """The console script called ``name``, with the file of its module at ``place``."""
    for manifest in facts.manifests.values():
        for entry in manifest.entry_points:
            if entry.name == name:
                roots = (*import_folders(manifest), *import_roots(place, facts))
                return ConsoleScript(entry, modules.path_of(entry.module, roots))
    return None


def is_console_script(name: str, facts: Facts) -> bool:
    """Whether a distribution of the project installs a console script called ``name``."""
    return any(entry.name == name for each in facts.manifests.values() for entry in each.entry_points)


def managed_script(name: str, place: Place, facts: Facts) -> Start | None:
    """The script called ``name`` that a package manager runs at ``place``: from its own file, or as ``poetry run NAME``."""
    for manifest in facts.manifests.values():
        for start in manifest.starts:
            within = start.kind in ("pdm", "hatch") and place.hops[-1].span.file == manifest.path
            if (
                start.name == name
                and start.command is not None
                and (within or place.wrappers[-1:] in (("poetry",), ("pipenv",), ("uv",), ("hatch",)))
            ):
                return start
    return None
