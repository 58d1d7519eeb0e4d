"""PC310: a production container should not serve as root."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Project


def check(project: Project) -> Iterator[Hit]:
    seen: set[str] = set()
    for launch in project.production:
        if not launch.root_user or launch.dockerfile is None or launch.dockerfile in seen:
            continue
        if launch.setting("user", "uid", "gid") is not None:
            continue
        seen.add(launch.dockerfile)
        yield Hit(at=launch.head.span, via=launch.hops)
