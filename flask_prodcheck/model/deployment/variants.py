"""Compose files of one folder that say the same: a base and what an installation may take in its place."""

from __future__ import annotations

import posixpath

from flask_prodcheck.base import Span
from flask_prodcheck.model.project import Project

_DEFAULTS = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


def compose_order(path: str) -> tuple[bool, str]:
    """Compose files by this key: those that are read without being named first."""
    return posixpath.basename(path) not in _DEFAULTS, path


def variants(project: Project, at: Span) -> tuple[Span, ...]:
    """``at``, a variable that a compose file gives a service, with the same variable of the same service in the files
    beside it where it has the same value: that of the file that is read without being named first. ``at`` alone for
    any other place."""
    own = project.facts.compose.get(at.file)
    held = [
        (service.name, variable.name, variable.value)
        for service in (own.services if own is not None else ())
        for variable in service.environment
        if variable.span == at
    ]
    if not held:
        return (at,)
    folder = posixpath.dirname(at.file)
    found = {
        variable.span
        for path, file in project.facts.compose.items()
        if posixpath.dirname(path) == folder
        for service in file.services
        for variable in service.environment
        if (service.name, variable.name, variable.value) == held[0]
    }
    return tuple(sorted(found | {at}, key=lambda span: (compose_order(span.file), span.line)))
