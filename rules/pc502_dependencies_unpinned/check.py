"""PC502: what production installs is pinned or locked."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Project


def check(project: Project) -> Iterator[Hit]:
    if any(dependency.group in ("lock", "constraint") for dependency in project.dependencies) or project.has_lock_file:
        return
    flask = [dependency for dependency in project.dependencies if dependency.name == "flask"]
    if any("==" in dependency.specifier for dependency in flask):
        return
    for dependency in flask:
        if not dependency.specifier and dependency.editable_path is None:
            yield Hit(at=dependency.span, facts={"what": "flask"})
            return
