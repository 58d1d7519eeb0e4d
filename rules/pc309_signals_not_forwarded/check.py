"""PC309: the stop signal has to reach the server of a container."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Project


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        if launch.container and launch.shell_parent is not None and not launch.server.is_development:
            yield Hit(at=launch.end.span, via=launch.hops, facts={"server": launch.server.value})
