"""Containers of the project's own images: which Dockerfile an image name means, and where a container starts."""

from __future__ import annotations

import posixpath
import re

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Dockerfile
from flask_prodcheck.model.launching.base_images import OFFICIAL_IMAGES
from flask_prodcheck.model.launching.built_images import (
    arguments_of_builds,
    built_as,
    context_of_builds,
    dockerfile_of,
    stage_index,
    target_of_builds,
)
from flask_prodcheck.model.launching.folders import folders_of
from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.launching.images import Image, Mapped, build_image, project_path
from flask_prodcheck.model.launching.place import Place, known_variables
from flask_prodcheck.model.launching.words import expand, is_open
from flask_prodcheck.model.project import Hop, Purpose
from flask_prodcheck.records import replace


def image_place(
    image: Image, facts: Facts, hop: Hop, *, mounts: tuple[Mapped, ...] = (), working_dir: str | None = None
) -> Place:
    """Where a container of ``image`` starts."""
    workdir = expand(working_dir, image.variables) if working_dir else image.workdir
    if not workdir.startswith("/"):
        workdir = posixpath.normpath(posixpath.join(image.workdir, workdir))
    inside = project_path((*image.mapping, *mounts), workdir, facts)
    return Place(
        (hop,),
        cwd=inside if inside is not None else image.context,
        cwd_known=inside is not None,
        env=known_variables(tuple(image.env.values()), {}),
        image=replace(image, workdir=workdir),
        mounts=mounts,
        user=image.user,
        folder="" if is_open(workdir) else workdir,
    )


def start_stage(dockerfile: Dockerfile) -> int:
    """The stage that runs in production: the last, unless it is called development or test and another one production."""
    named = [purpose_of_words(words_of(stage.alias or "")) for stage in dockerfile.stages]
    last = len(named) - 1
    final = named[last]
    if final is None or final[0] is Purpose.PRODUCTION:
        return last
    production = [
        index for index, purpose in enumerate(named) if purpose is not None and purpose[0] is Purpose.PRODUCTION
    ]
    return production[-1] if production else last


def dockerfile_of_image(image: str, facts: Facts, near: str, *, local: bool = False) -> str | None:
    """The Dockerfile of the project that builds ``image``; ``near`` is the folder of the file that names it.

    ``local``: the image is run by hand, so a name without a registry is one that was built here.

    What builds an image of that name decides; where that may be several Dockerfiles it is not known which. Else its folder or
    its suffix carries the image's name, or the image carries the project's (or its package's) name: then the nearest
    Dockerfile that is neither for development nor for tests.
    """
    built = built_as(image, facts)
    if built:
        return dockerfile_of(built)
    name = re.split(r"[:@]", image.rsplit("/", 1)[-1])[0].lower()
    if "$" in image.split(":", maxsplit=1)[0].rsplit("/", 1)[-1]:
        if says_another(name, facts) or _for_people(name):  # (``${dev_image}``)
            return None
        ours = [path for path in facts.dockerfiles if not _for_people(path)]
        if len(ours) == 1:
            return ours[0]
        return "Dockerfile" if "Dockerfile" in facts.dockerfiles and image.startswith("$") else None
    if not name:
        return None
    for path in sorted(facts.dockerfiles):
        folder = posixpath.basename(posixpath.dirname(path)).lower()
        suffix = posixpath.basename(path).lower().removeprefix("dockerfile").strip(".-_").removesuffix(".dockerfile")
        if (folder and folder == name) or (suffix and suffix == name):
            return path
    ours = [path for path in facts.dockerfiles if not _for_people(path)]
    if len(ours) == 1 and local and "/" not in image and name not in OFFICIAL_IMAGES:
        return ours[0]
    names = _project_names(facts)
    if name not in names and not (len(facts.dockerfiles) == 1 and names & set(re.split(r"[._-]", name))):
        return None
    candidates = [path for path in facts.dockerfiles if not _for_people(path)]
    return (
        max(candidates, key=lambda path: (shared_folders(path, near), -path.count("/"), _is_release(path), path))
        if candidates
        else None
    )


def image_named(name: str, dockerfile: str, facts: Facts, *, target: int | None = None) -> Image:
    """The image of ``dockerfile`` as what builds it under ``name`` makes it; nothing names a stage: ``target``."""
    file, built = facts.dockerfiles[dockerfile], built_as(name, facts)
    named = stage_index(file, target_of_builds(built) or "")
    return build_image(
        file,
        facts,
        target=target if named is None else named,
        context=context_of_builds(built),
        args=arguments_of_builds(built),
    )


def says_another(name: str, facts: Facts) -> bool:
    """Whether an image, or the variable that holds it, is called after a program that is not the project's (``mysql``,
    ``${PG_IMAGE}``)."""
    words = set(words_of(name)) - _ANY_IMAGE
    return bool(words & (OFFICIAL_IMAGES | _SHORT)) and not words & _project_names(facts)


_ANY_IMAGE = frozenset({"image", "name", "docker", "container", "tag", "python"})
_SHORT = frozenset({"pg", "postgresql", "psql", "db", "database", "cache", "queue", "mq", "proxy", "es"})


def _project_names(facts: Facts) -> frozenset[str]:
    names = {(manifest.project_name or "").lower() for manifest in facts.manifests.values()}
    names |= {
        folder.lower() for folder in folders_of(facts) if "/" not in folder and f"{folder}/__init__.py" in facts.paths
    }
    return frozenset(name for name in names if name and name not in ("app", "src", "tests", "web", "api", "server"))


def _for_people(path: str) -> bool:
    named = purpose_of_words(words_of(path))
    return named is not None and named[0] is not Purpose.PRODUCTION


def _is_release(path: str) -> bool:
    return purpose_of_words(words_of(posixpath.basename(path))) is not None


def shared_folders(path: str, near: str) -> int:
    """How many leading parts two paths have in common."""
    count = 0
    for one, other in zip(path.split("/"), near.split("/"), strict=False):
        if one != other:
            break
        count += 1
    return count
