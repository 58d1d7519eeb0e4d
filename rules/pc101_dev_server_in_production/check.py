"""PC101: a production launch must not end in the development server."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Hit, Project


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        if not launch.server.is_development:
            continue
        at = launch.run_site.span if launch.run_site is not None else launch.end.span
        # An error has to be proven: a chain that could not be followed surely is a hazard only.
        severity = None if launch.confidence is Confidence.HIGH else "warning"
        confidence = launch.confidence.value
        yield Hit(
            at=at, via=launch.hops, facts={"start": str(launch.head.span)}, severity=severity, confidence=confidence
        )
