"""Services that an image hands to its supervisor: the ``run`` scripts of s6 that a RUN instruction writes, and those of
the project that COPY puts into the folder which runit (or s6, or daemontools) is given.

Sources: the README of s6-overlay ("/etc/services.d", "s6-rc.d"; ``/init`` starts them, and CMD beside them);
https://smarden.org/runit/runsvdir.8; the README of phusion/baseimage ("/etc/service", which ``/sbin/my_init`` starts).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell_commands import text_of
from flask_prodcheck.facts.types import Command
from flask_prodcheck.model.launching.base_images import is_plain_base
from flask_prodcheck.model.launching.images import Image, Mapped
from flask_prodcheck.model.launching.written_files import written_by_runs
from flask_prodcheck.patterns import regex

_SCRIPT = regex(r"/etc/(?:services\.d|s6-overlay/s6-rc\.d|s6/services)/[^/]+/run")
_S6_FOLDERS = ("/etc/services.d", "/etc/s6-overlay/s6-rc.d", "/etc/s6/services")
#: The program by which s6-overlay starts an image.
S6_INIT = "/init"
_BASE_STARTS = (((S6_INIT,), _S6_FOLDERS), (("/sbin/my_init",), ("/etc/service",)))


def service_starts(image: Image) -> Iterator[Command]:
    """The commands of the services that the RUN lines of ``image`` write, in order."""
    for written in written_by_runs(image):
        if _SCRIPT.fullmatch(written.path):
            yield Command(written.span, written.path, shell=written.text)


def scripts_of_services(folder: str, mapping: Sequence[Mapped], facts: Facts) -> list[str]:
    """The project files that stand at ``<folder>/<service>/run`` in an image, by service."""
    found: dict[str, str] = {}
    runs = [path for path in facts.paths if posixpath.basename(path) == "run"]
    for each in mapping:
        for path in (*runs, *([each.repo] if each.repo in facts.paths else [])):
            service, name = posixpath.split(each.holds_at(path) or "")
            if name == "run" and posixpath.dirname(service) == (folder.rstrip("/") or "/"):
                found[posixpath.basename(service)] = path
    return [found[service] for service in sorted(found)]


def scripts_of_s6(mapping: Sequence[Mapped], facts: Facts) -> list[str]:
    """The ``run`` scripts of the project that stand where s6-overlay looks for services."""
    return [path for folder in _S6_FOLDERS for path in scripts_of_services(folder, mapping, facts)]


def uses_s6(image: Image) -> bool:
    """Whether a RUN line of ``image`` speaks of s6-overlay."""
    return any("s6-overlay" in text_of(command) for command, _ in image.runs)


def init_of_base(image: Image, facts: Facts) -> tuple[str, ...] | None:
    """The init of the base image that starts the services which COPY brings, where the image starts nothing itself; None
    where it brings none, or the base has no init."""
    if is_plain_base(image.base):
        return None
    return next(
        (
            start
            for start, folders in _BASE_STARTS
            if any(scripts_of_services(folder, image.mapping, facts) for folder in folders)
        ),
        None,
    )
