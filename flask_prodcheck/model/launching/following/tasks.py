"""Which processes or functions of the project a task runner or a process manager starts."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from flask_prodcheck.facts.conditionals import CONDITIONAL
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Start
from flask_prodcheck.model.launching.place import Place, locate, standing_at
from flask_prodcheck.model.launching.started_process import start_place
from flask_prodcheck.model.launching.steps import TaskRun
from flask_prodcheck.model.launching.words import is_open
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

#: Where supervisord looks by itself, and the packages of distributions make it look.
_READ_BY_ITSELF = regex(r"/etc/supervis")
#: Runners whose files stand anywhere in the project: an installation or an image puts them where they are read.
_PROCESS_MANAGERS = ("supervisor", "circus")


def starts_of(run: TaskRun, place: Place, facts: Facts) -> list[Start]:
    """The processes that ``run`` names, in the files that it means at ``place``."""
    kinds = {"make": "makefile", "just": "justfile", "task": "taskfile"}.get(run.runner, run.runner)
    files = [
        file
        for file in facts.start_files.values()
        if file.kind == kinds or any(start.kind == kinds for start in file.starts)
    ]
    starts = [start for file in files for start in file.starts] + [
        start for manifest in facts.manifests.values() for start in manifest.starts if start.kind == kinds
    ]
    basename = posixpath.basename(run.file or "")
    if run.file and not is_open(basename):  # the folder may be a value of the build's own
        wanted = None if is_open(run.file) else locate(run.file, place, facts)
        named = [start for start in starts if start.span.file == wanted] or [
            start for start in starts if posixpath.basename(start.span.file) == basename
        ]
        starts = named or ([] if run.runner in ("make", "procfile") else starts)
    elif run.runner == "procfile":
        starts = _nearest([start for start in starts if posixpath.basename(start.span.file) == "Procfile"], place)
    elif run.runner in _PROCESS_MANAGERS and place.image is not None:
        read = [start for start in starts if any(map(_READ_BY_ITSELF.match, standing_at(start.span.file, place)))]
        inside = {each.repo for each in place.image.mapping}
        copied = [
            start for start in starts if start.span.file in inside or posixpath.dirname(start.span.file) in inside
        ]
        starts = read or copied or starts
    elif run.runner not in _PROCESS_MANAGERS:
        starts = _nearest(starts, place)
    if run.names and run.names != ("",) and not any(is_open(name) for name in run.names):
        return [start for start in starts if start.name in run.names]
    if run.runner in ("make", "just"):
        first = starts[0].name if starts else ""
        return [start for start in starts if start.name == first]
    return starts


def _nearest(starts: list[Start], place: Place) -> list[Start]:
    """Those of ``starts`` that stand in the folder of ``place``, else beside what starts them, else in the root."""
    near = [start for start in starts if (posixpath.dirname(start.span.file) or ".") == place.cwd]
    beside = posixpath.dirname(place.hops[-1].span.file) if place.hops and not place.cwd_known else ""
    near = near or [start for start in starts if beside and posixpath.dirname(start.span.file) == beside]
    return near or [start for start in starts if posixpath.dirname(start.span.file) == ""] or starts


def file_of_function(task: str, base: str, place: Place, modules: Modules) -> str | None:
    """The file below the tasks module ``base`` that holds the function of an invoke or fabric ``task``; dots are nested
    collections."""
    *folders, function = task.split(".")
    for candidate in (".".join([base, *folders, function]), ".".join([base, *folders])):
        path = modules.path_of(candidate, (place.cwd, "."))
        module = modules.module(path) if path else None
        if path is not None and module is not None and module.binds(function):
            return path
    return None


def options_behind(words: Sequence[str], name: str) -> tuple[str, ...]:
    """The words after ``name``: the options that belong to that task."""
    return tuple(words[list(words).index(name) + 1 :]) if name in words else tuple(words)


def place_of_task(run: TaskRun, start: Start, place: Place, facts: Facts) -> Place:
    """``place`` as ``run`` starts one of its processes; the name of a Procfile says what its processes are for."""
    hints = (*place.hints, posixpath.basename(start.span.file)) if run.runner == "procfile" else place.hints
    inner = start_place(start, place, facts)
    return replace(inner, args=run.args, certain=inner.certain and _starts_by_itself(start), hints=hints)


def _starts_by_itself(start: Start) -> bool:
    """Whether a process manager starts the process when it begins, and no template decides that, or the command."""
    return CONDITIONAL not in start.options and dict(start.options).get("autostart", "true").lower() in (
        "true",
        "1",
        "yes",
        "on",
    )
