"""PC502: what production installs is pinned or locked."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from flask_prodcheck.rulekit import Dependency, Hit, Project

OPEN_ABOVE = "{what}{bound} takes any later release and no lock file stands beside it: the next build may install another one"
#: Who installs the project beside others needs room here.
METADATA = ("pyproject.toml", "setup.py", "setup.cfg")
# What brings Flask along stands for it where a project names no Flask of its own.
FRAMEWORKS = ("flask", "dash", "apiflask", "connexion")
EXTENSIONS = ("flask-sqlalchemy", "flask-migrate", "flask-login", "flask-wtf", "flask-cors", "flask-restful", "flask-restx")


def check(project: Project) -> Iterator[Hit]:
    if any(dependency.group == "lock" for dependency in project.dependencies) or project.has_lock_file:
        return
    named = {dependency.name for dependency in project.dependencies}
    framework = next((each for each in (*FRAMEWORKS, *EXTENSIONS) if each in named), None)
    asked = [dependency for dependency in project.dependencies if dependency.name == framework]
    held = [dependency for dependency in _constraints(project) if dependency.name == framework]
    if any("==" in dependency.specifier for dependency in (*asked, *held)):
        return
    for dependency in _around_the_app(project, asked) or asked:
        if dependency.editable_path is not None:
            continue
        if not dependency.specifier:
            yield Hit(at=dependency.span, facts={"what": dependency.name})
            return
        if _is_open_above(dependency.specifier) and not dependency.span.file.endswith(METADATA):
            facts = {"what": dependency.name, "bound": dependency.specifier}
            yield Hit(at=dependency.span, message=OPEN_ABOVE, facts=facts)
            return


def _is_open_above(specifier: str) -> bool:
    """Whether any later release will do (https://packaging.python.org/en/latest/specifications/version-specifiers/)."""
    return all(each.strip().startswith((">", "!=")) for each in specifier.split(","))


def _around_the_app(project: Project, asked: Sequence[Dependency]) -> list[Dependency]:
    """Those of the folders that hold the application: other folders may hold programs of their own."""
    app = project.best_app
    folders = [posixpath.dirname(dependency.span.file) for dependency in asked]
    return [
        dependency
        for dependency, folder in zip(asked, folders, strict=True)
        if app is not None and (not folder or app.module.startswith(f"{folder}/"))
    ]


def _constraints(project: Project) -> Iterator[Dependency]:
    """What files of constraints say of a release, whoever asks for it."""
    for manifest in project.facts.manifests.values():
        yield from (dependency for dependency in manifest.dependencies if dependency.group == "constraint")
