"""PC309: the stop signal has to reach the server of a container."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Launch, Project, Span

HANDS_ON = re.compile(r'(?:exec[ \t]+)?"?\$[@*]"?')


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        if launch.container and launch.shell_parent is not None and not launch.server.is_development:
            yield Hit(at=_place(launch, project), via=launch.hops, facts={"server": launch.server.value})


def _place(launch: Launch, project: Project) -> Span:
    """The last command that a shell runs: what follows is a program's own configuration or its code, and a script that
    ends with its arguments starts what another line says."""
    facts = project.facts
    programs = {entry.span for manifest in facts.manifests.values() for entry in manifest.entry_points}
    for hop in reversed(launch.hops):
        file = hop.span.file
        if (
            file not in facts.modules
            and file not in facts.uwsgi
            and hop.span not in programs
            and not (file in facts.start_files and hop is not launch.head)
            and not HANDS_ON.fullmatch(hop.text.strip())
        ):
            return hop.span
    return launch.end.span
