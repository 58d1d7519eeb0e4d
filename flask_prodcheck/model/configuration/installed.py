"""The modules of a project as they are once it is installed."""

from __future__ import annotations

from collections.abc import Mapping

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.model.evaluation.data_files import Reader
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import replace


def installed_modules(modules: Modules, placed: Mapping[str, str], read: Reader | None) -> Modules:
    """``modules`` with the files of ``placed`` (project path -> the project file that stands there) in their places. The
    places of their statements stay those of the file that was copied. Those of the same ``placed`` are made once."""
    if not placed or read is None:
        return modules
    known = modules.memo.setdefault("installed", {})
    key = tuple(sorted(placed.items()))
    found = known.get(key) if isinstance(known, dict) else None
    if isinstance(found, Modules):
        return found
    made = _installed(modules, placed, read)
    if isinstance(known, dict):
        known[key] = made
    return made


def _installed(modules: Modules, placed: Mapping[str, str], read: Reader) -> Modules:
    facts = modules.facts
    added = dict(facts.modules)
    env_files = dict(facts.env_files)
    for place, origin in placed.items():
        if origin in facts.env_files:
            env_files[place] = facts.env_files[origin]
        data = read(origin) if place.endswith(".py") else None
        if data is None:
            continue
        try:
            module = read_python(origin, data)
        except ReadError:
            continue
        if module is not None:
            added[place] = module
    return Modules(replace(facts, modules=added, env_files=env_files, paths=facts.paths | frozenset(placed)))
