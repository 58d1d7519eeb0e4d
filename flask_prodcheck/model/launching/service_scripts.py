"""Services that an image hands to its supervisor: the ``run`` scripts of s6 that a RUN instruction writes, and those of
the project that COPY puts into the folder which runit (or s6, or daemontools) is given.

Source: the README of s6-overlay ("/etc/services.d", "s6-rc.d"). The base image's own ENTRYPOINT, ``/init``, starts them;
https://smarden.org/runit/runsvdir.8 for the others.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Command
from flask_prodcheck.model.launching.images import Image
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.written_files import written_by_runs
from flask_prodcheck.patterns import regex

_SCRIPT = regex(r"/etc/(?:services\.d|s6-overlay/s6-rc\.d|s6/services)/[^/]+/run")


def service_starts(image: Image) -> Iterator[Command]:
    """The commands of the services that the RUN lines of ``image`` write, in order."""
    for written in written_by_runs(image):
        if _SCRIPT.fullmatch(written.path):
            yield Command(written.span, written.path, shell=written.text)


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
