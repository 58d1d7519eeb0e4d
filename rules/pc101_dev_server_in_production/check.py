"""PC101: a production launch must not end in the development server."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Hit, Launch, Project, Span


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        if not launch.server.is_development:
            continue
        at = launch.run_site.span if launch.run_site is not None else _command(launch)
        # An error has to be proven: a chain that could not be followed surely is a hazard only.
        severity = None if launch.confidence is Confidence.HIGH else "warning"
        confidence = launch.confidence.value
        yield Hit(
            at=at, via=launch.hops, facts={"start": str(launch.head.span)}, severity=severity, confidence=confidence
        )


def _command(launch: Launch) -> Span:
    """Where the command is written: a script that runs what it is given (``exec "$@"``) has it from an earlier hop."""
    if "$@" in launch.end.text:
        for hop in reversed(launch.hops[:-1]):
            if re.search(r"\bflask\b", hop.text):
                return hop.span
    return launch.end.span
