"""Services that an image hands to its supervisor: the ``run`` scripts of s6 that a RUN instruction writes, and those of
the project that COPY puts into the folder which runit (or s6, or daemontools) is given.

Source: the README of s6-overlay ("/etc/services.d", "s6-rc.d"). The base image's own ENTRYPOINT, ``/init``, starts them;
https://smarden.org/runit/runsvdir.8 for the others.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Command, Lit, Var, Word
from flask_prodcheck.model.launching.images import Image
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.shell_commands import commands_of
from flask_prodcheck.patterns import regex

_SCRIPT = regex(r"/etc/(?:services\.d|s6-overlay/s6-rc\.d|s6/services)/[^/]+/run")
_WRITERS = frozenset({"echo", "printf"})


def service_starts(image: Image) -> Iterator[Command]:
    """The commands of the services that the RUN lines of ``image`` write, in order."""
    for run, _ in image.runs:
        for each in commands_of(run) or ():
            written = each.output.text.strip("\"'") if each.output is not None else ""
            if not each.words or each.words[0].text not in _WRITERS or not _SCRIPT.fullmatch(written):
                continue
            text = " ".join(_text(word) for word in each.words[1:] if not word.text.startswith("-"))
            yield Command(each.span, written, shell=text.replace("\\n", "\n"))


def scripts_of_services(folder: str, place: Place, facts: Facts) -> list[str]:
    """The project files that stand at ``<folder>/<service>/run`` in the image, by service."""
    found: dict[str, str] = {}
    image = place.image
    for each in (*image.mapping, *place.mounts) if image is not None else ():
        inside = f"{each.repo}/" if each.repo != "." else ""
        for path in facts.paths:
            if path == each.repo:
                there = each.image
            elif path.startswith(inside) and path.endswith("/run"):
                there = posixpath.join(each.image, path[len(inside) :])
            else:
                continue
            service, _, name = there.removeprefix(folder.rstrip("/") + "/").partition("/")
            if service and there.startswith(folder.rstrip("/") + "/") and name == "run":
                found[service] = path
    return [found[service] for service in sorted(found)]


def _text(word: Word) -> str:
    return "".join(
        part.text if isinstance(part, Lit) else f"${{{part.name}}}" if isinstance(part, Var) else ""
        for part in word.parts
    )
