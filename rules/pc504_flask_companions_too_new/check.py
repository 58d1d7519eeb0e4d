"""PC504: an old Flask is installed with the releases it was made for."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Dependency, Hit, Project, newest_allowed

Version = tuple[int, ...]

# Measured by importing each release: the newest Flask that imports what the companion no longer has from that release
# on, the companion, that release as a bound, and the name that is missed.
BROKEN: tuple[tuple[Version, str, Version, str], ...] = (
    ((2, 2, 3), "werkzeug", (3,), "werkzeug.urls.url_quote"),
    ((1, 1, 2), "jinja2", (3, 1), "jinja2.escape"),
    ((1, 1, 2), "itsdangerous", (2, 1), "itsdangerous.json"),
)
#: These Flasks ask for old companions themselves.
BOUNDED = ((1, 1, 3), (1, 999))


def check(project: Project) -> Iterator[Hit]:
    if project.has_lock_file or project.open_manifests:
        return
    for flask in project.dependencies:
        newest = newest_allowed(flask.specifier) if flask.name == "flask" else None
        if newest is None or flask.group != "main" or flask.marker or BOUNDED[0] <= newest <= BOUNDED[1]:
            continue
        open_ones = [
            (name, ".".join(map(str, first_without)), missed)
            for last, name, first_without, missed in BROKEN
            if newest <= last and not _kept_below(project, name, first_without)
        ]
        if open_ones:
            yield Hit(
                at=flask.span,
                facts={
                    "version": flask.specifier,
                    "releases": " or ".join(f"{name} {bound}" for name, bound, _ in open_ones),
                    "missed": ", ".join(missed for _, _, missed in open_ones),
                    "lines": "\n".join(f"{name}<{bound}" for name, bound, _ in open_ones),
                },
            )


def _kept_below(project: Project, name: str, version: Version) -> bool:
    """Whether a file keeps ``name`` below ``version``."""
    return any(_is_below(each, version) for each in project.dependencies if each.name == name)


def _is_below(dependency: Dependency, version: Version) -> bool:
    newest = newest_allowed(dependency.specifier)
    return newest is not None and newest < version
