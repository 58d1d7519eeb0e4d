"""The heads of Kubernetes manifests, and what a manifest gives a container that starts by itself."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.placeholders import is_placeholder
from flask_prodcheck.facts.types import Command, Container, EnvVar
from flask_prodcheck.model.launching.containers import (
    dockerfile_of_image,
    image_named,
    image_place,
    shared_folders,
)
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.launching.images import effective_start, unbuilt_image
from flask_prodcheck.model.launching.place import Place, known_variables
from flask_prodcheck.model.launching.words import expand
from flask_prodcheck.model.project import Hop, Purpose
from flask_prodcheck.records import replace


def kubernetes_heads(facts: Facts) -> Iterator[Head]:
    """The containers of manifests that have a command or arguments of their own."""
    for path in sorted(facts.kubernetes):
        file = facts.kubernetes[path]
        for container in file.containers:
            head = _container_head(container, facts)
            if head is not None:
                yield replace(head, place=in_pod(head.place, container, facts))


def in_pod(place: Place, container: Container, facts: Facts) -> Place:
    """``place`` with the environment and the user that a manifest gives ``container``."""
    for name in container.env_from:
        place = place.with_env(known_variables(_entries(name, container, facts), {}))
    variables = known_variables(container.env, {})
    for variable, name, key in container.references:
        found = known_variables(_entries(name, container, facts), {}).get(key)
        if found is not None:
            variables[variable] = found
    place = place.with_env(variables)
    user = container.user or ("nonroot" if container.run_as_non_root else None)
    return replace(place, user=user) if user is not None else place


def _entries(name: str, container: Container, facts: Facts) -> tuple[EnvVar, ...]:
    """The entries of the config map or the secret that ``container`` means by ``name``: that of its own file, else of the
    nearest. What a secret has for somebody to fill in is not what the cluster has."""
    own = container.span.file
    found = [
        (path == own, shared_folders(path, own), path, entries)
        for path, file in facts.kubernetes.items()
        for each, entries in (*file.config_maps, *((name, _filled_in(given)) for name, given in file.secrets))
        if each == name
    ]
    return max(found, key=lambda each: each[:3])[3] if found else ()


def _filled_in(secret: tuple[EnvVar, ...]) -> tuple[EnvVar, ...]:
    return tuple(replace(entry, value=None) if is_placeholder(entry.value) else entry for entry in secret)


def container_of(dockerfile: str, facts: Facts) -> Container | None:
    """The container of a manifest that runs the image of ``dockerfile`` with the image's own command: one for
    production, None when the manifests show none."""
    for path in sorted(facts.kubernetes):
        named = purpose_of_words(words_of(path))
        if named is not None and named[0] is not Purpose.PRODUCTION:
            continue
        folder = posixpath.dirname(path)
        for container in facts.kubernetes[path].containers:
            if (
                container.command is None
                and container.args is None
                and dockerfile_of_image(container.image, facts, folder, local=True) == dockerfile
            ):
                return container
    return None


def _container_head(container: Container, facts: Facts) -> Head | None:
    own = container.command or container.args
    if own is None:
        return None
    dockerfile = dockerfile_of_image(container.image, facts, posixpath.dirname(container.span.file)) or (
        next(iter(facts.dockerfiles)) if len(facts.dockerfiles) == 1 else None
    )
    hop = Hop(own.span, own.text)
    if dockerfile is not None:
        image = image_named(container.image, dockerfile, facts)
    else:
        image = unbuilt_image(own.span, container.image)
    place = image_place(image, facts, hop, working_dir=container.working_dir)
    begun = effective_start(image, entrypoint=container.command, command=container.args)
    if begun is None:
        return None
    if begun[0] is image.entrypoint and image.entrypoint is not None:
        place = place.hop(image.entrypoint.span, image.entrypoint.text)
    _, argv, shell = begun
    if argv is not None:
        argv = tuple(expand(word, place.variables, parentheses=True) for word in argv)
    return Head(
        "kubernetes", own.span, own.text, place, Command(own.span, own.text, argv=argv, shell=shell), names=(container.workload, container.name),
        service=container.workload, published=container.ports, container=True,
    )  # fmt: skip
