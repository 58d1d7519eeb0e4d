"""PC319: a server imports modules, so a path as its target ends it."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Hit, Launch, Project, Server, served_otherwise


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        if launch.resolves is False and launch.missing == "path":
            weak = launch.confidence is Confidence.LOW or served_otherwise(launch, project)
            facts = {"server": launch.server.value, "target": launch.target, "cure": _cure(launch)}
            yield Hit(at=launch.head.span, via=launch.hops, facts=facts, severity="warning" if weak else None)


def _cure(launch: Launch) -> str:
    path, _, attribute = launch.target.partition(":")
    folder, _, name = path.removesuffix(".py").removeprefix("./").rpartition("/")
    target = f"{name}:{attribute or 'app'}"
    if not folder:
        return f"write {target}"
    return (
        f"write --chdir {folder} {target}"
        if launch.server is Server.GUNICORN
        else f"write {target} and start in {folder}"
    )
