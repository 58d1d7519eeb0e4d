"""PC502: what production installs is pinned or locked."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Dependency, Hit, Project

# What brings Flask along stands for it where a project names no Flask of its own.
FRAMEWORKS = ("flask", "dash", "apiflask", "connexion")


def check(project: Project) -> Iterator[Hit]:
    if any(dependency.group == "lock" for dependency in project.dependencies) or project.has_lock_file:
        return
    named = {dependency.name for dependency in project.dependencies}
    framework = next((each for each in FRAMEWORKS if each in named), None)
    asked = [dependency for dependency in project.dependencies if dependency.name == framework]
    held = [dependency for dependency in _constraints(project) if dependency.name == framework]
    if any("==" in dependency.specifier for dependency in (*asked, *held)):
        return
    for dependency in asked:
        if not dependency.specifier and dependency.editable_path is None:
            yield Hit(at=dependency.span, facts={"what": dependency.name})
            return


def _constraints(project: Project) -> Iterator[Dependency]:
    """What files of constraints say of a release, whoever asks for it."""
    for manifest in project.facts.manifests.values():
        yield from (dependency for dependency in manifest.dependencies if dependency.group == "constraint")
