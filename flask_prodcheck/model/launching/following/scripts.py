"""Which script a path runs: the project's, one that its Dockerfile writes, a program of an environment, the base image's."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.launching.base_images import BASE_UWSGI, base_start
from flask_prodcheck.model.launching.following.console_scripts import is_console_script
from flask_prodcheck.model.launching.place import Place, locate, on_path
from flask_prodcheck.model.launching.steps import ScriptRun


def written_inline(path: str, place: Place) -> tuple[str, Span] | None:
    """The text of a script that the Dockerfile itself writes to ``path``, and the line where it begins."""
    if place.image is None:
        return None
    return place.image.inline.get(posixpath.normpath(posixpath.join(place.folder or place.image.workdir, path)))


def script_path(path: str, place: Place, facts: Facts) -> str | None:
    """The file of the project that ``path`` runs at ``place``."""
    found = locate(path, place, facts)
    return on_path(path, place, facts) if found is None and "/" not in path else found


def own_wrapper(argv: Sequence[str], wrappers: Sequence[str], place: Place, facts: Facts) -> ScriptRun | None:
    """A script of the project that is called like one of ``wrappers``, but takes other words before the command."""
    for index, word in enumerate(argv):
        if "/" in word and posixpath.basename(word) in wrappers and script_path(word, place, facts) in facts.scripts:
            return ScriptRun(word, tuple(argv[index + 1 :]))
    return None


def installed_program(path: str, found: str | None, facts: Facts) -> str:
    """The console script of the project that stands at ``path``, where pip puts those of an environment (in an image, on a
    host); "" elsewhere. ``found``: the file of the project that ``path`` may mean instead."""
    folder, name = posixpath.split(path)
    if posixpath.basename(folder) != "bin" or not name or (found or "").endswith(f"bin/{name}"):
        return ""
    return name if is_console_script(name, facts) else ""


def of_base_image(path: str, place: Place, facts: Facts) -> tuple[str, ...] | None:
    """What the start script at ``path`` of a known base image starts."""
    started = base_start(place.image.base, path) if place.image is not None else None
    if started is not None and started[:2] == ("uwsgi", "--ini"):
        return started if locate(started[2], place, facts) in facts.uwsgi else BASE_UWSGI
    return started
