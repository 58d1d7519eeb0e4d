"""PC303: a factory handed to a WSGI server has to be called."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Project


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        if launch.target_kind == "factory" and not launch.called and launch.resolves:  # flask run calls it by itself
            yield Hit(
                at=launch.head.span, via=launch.hops, facts={"server": launch.server.value, "target": launch.target}
            )
