"""PC502: what production installs is pinned or locked."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Project

# What brings Flask along stands for it where a project names no Flask of its own.
FRAMEWORKS = ("flask", "dash", "apiflask", "connexion")


def check(project: Project) -> Iterator[Hit]:
    if any(dependency.group in ("lock", "constraint") for dependency in project.dependencies) or project.has_lock_file:
        return
    named = {dependency.name for dependency in project.dependencies}
    framework = next((each for each in FRAMEWORKS if each in named), None)
    asked = [dependency for dependency in project.dependencies if dependency.name == framework]
    if any("==" in dependency.specifier for dependency in asked):
        return
    for dependency in asked:
        if not dependency.specifier and dependency.editable_path is None:
            yield Hit(at=dependency.span, facts={"what": dependency.name})
            return
