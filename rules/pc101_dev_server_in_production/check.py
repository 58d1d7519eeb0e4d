"""PC101: a production launch must not end in the development server."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    CURE_ON_WINDOWS,
    Confidence,
    Hit,
    Launch,
    Project,
    Span,
    runs_on_windows,
    services_of,
)


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        if not launch.server.is_development:
            continue
        at = launch.run_site.span if launch.run_site is not None else _command(launch, project)
        # An error has to be proven: a chain that could not be followed surely is a hazard only.
        proven = launch.confidence is Confidence.HIGH and not _is_replaced(launch, project)
        severity = None if proven else "warning"
        confidence = launch.confidence.value
        yield Hit(
            at=at,
            via=launch.hops,
            facts={"start": str(launch.head.span)},
            severity=severity,
            confidence=confidence,
            cure=CURE_ON_WINDOWS if runs_on_windows(launch) else None,
        )


def _command(launch: Launch, project: Project) -> Span:
    """Where the command is written that a group of commands of the project's own takes for ``flask run``: no call of the
    program says so. A script that runs what it is given (``exec "$@"``) has it from an earlier hop."""
    end = launch.end
    hands_on, is_program = "$@" in end.text, end.span.file.endswith(".py")
    if not hands_on and not is_program:
        return end.span
    written = [
        hop
        for hop in launch.hops
        if not hop.span.file.endswith(".py") and hop.span.file not in project.facts.manifests and "$@" not in hop.text
    ]
    if not is_program:
        written = [hop for hop in written if re.search(r"\bflask\b", hop.text)]
    return written[-1].span if written else end.span


def _is_replaced(launch: Launch, project: Project) -> bool:
    """Whether all that runs the image by the project's files gives it another command, one of them for a server."""
    if launch.kind != "dockerfile" or project.facts.kubernetes:
        return False
    path = launch.head.span.file
    services = list(services_of(path, project.facts))
    compose = project.facts.compose
    if any(each.dockerfile == path and each.build.span.file not in compose for each in project.facts.builds):
        return False  # who builds it for another place runs it there as it is
    if any(service.command is None and service.entrypoint is None for _, service in services):
        return False
    names = {(file.path, service.name) for file, service in services}
    return any(
        (other.head.span.file, other.service) in names and not other.server.is_development
        for other in project.production
    ) and not any(start.command is None for file in project.facts.start_files.values() for start in file.starts)
