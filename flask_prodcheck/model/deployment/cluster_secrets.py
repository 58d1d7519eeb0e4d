"""Secrets and settings of a cluster whose manifests stand in the project, with what they hold."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.facts.types import EnvVar
from flask_prodcheck.model.deployment.paths import is_production_path
from flask_prodcheck.model.project import Project


def cluster_secrets(project: Project) -> Iterator[tuple[str, tuple[EnvVar, ...]]]:
    """(name, entries that are known) of each secret that the project holds for production: manifests start the project
    there, or one of their containers is given the secret."""
    manifests = project.facts.kubernetes
    starts = any(launch.head.span.file in manifests for launch in project.production)
    whole, single = _given(project)
    given = whole | {source for source, _ in single}
    for path, file in sorted(manifests.items()):
        if is_production_path(path):
            for name, entries in file.secrets:
                if starts or name in given:
                    yield name, tuple(entry for entry in entries if entry.value is not None)


def cluster_settings(project: Project) -> Iterator[tuple[str, tuple[EnvVar, ...]]]:
    """(name, entries) of each ConfigMap that the project holds for production and that one of its containers is given: of
    one that is given by its keys those alone."""
    whole, single = _given(project)
    for path, file in sorted(project.facts.kubernetes.items()):
        if is_production_path(path):
            for name, entries in file.config_maps:
                yield name, tuple(each for each in entries if name in whole or (name, each.name) in single)


def _given(project: Project) -> tuple[set[str], set[tuple[str, str]]]:
    """What the containers are given: the names of what they get whole, and (name, key) of what they get by its keys."""
    containers = [each for file in project.facts.kubernetes.values() for each in file.containers]
    whole = {name for each in containers for name in each.env_from}
    return whole, {(source, key) for each in containers for _, source, key in each.references}
