"""Which Dockerfile of the project an image is built from: by the names that commands, workflows and compose files give what
they build.

Sources: https://docs.docker.com/reference/cli/docker/image/tag/ (the parts of a name: registry, repository, tag; ``library``);
https://docs.docker.com/reference/cli/docker/buildx/build/ ("--build-context"), and the references of compose
("additional_contexts") and bake ("target.contexts").
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Built, Dockerfile
from flask_prodcheck.model.launching.base_images import OFFICIAL_IMAGES, base_script, is_plain_base
from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.launching.words import expand
from flask_prodcheck.model.project import Purpose
from flask_prodcheck.numerals import numeral
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass


def stage_index(dockerfile: Dockerfile, name: str) -> int | None:
    """The stage that ``name`` means in FROM, COPY --from or ``target``: an alias or a number."""
    for index, stage in enumerate(dockerfile.stages):
        if stage.alias and stage.alias == name.lower():
            return index
    number = numeral(name)
    return number if number is not None and number < len(dockerfile.stages) else None


def built_stages(facts: Facts) -> dict[str, set[int]]:
    """The stages of each Dockerfile that something builds by name, other than a workflow for itself."""
    found: dict[str, set[int]] = {}
    for built in facts.builds:
        if built.build.workflow and not built.build.pushed:
            continue
        index = stage_index(facts.dockerfiles[built.dockerfile], built.build.target or "")
        if index is not None:
            found.setdefault(built.dockerfile, set()).add(index)
    return found


def built_as(image: str, facts: Facts) -> list[Built]:
    """The builds that make what ``image`` names: those with its tag, else those whose tag may be it, before others; the
    pushed ones of them. With more than one Dockerfile among them it is not known which."""
    wanted = _Name.of(image)
    last = wanted.parts[-1]  # what is not in a name need not be taken apart: projects have hundreds of images
    named = [
        (built, same)
        for built in facts.builds
        if (same := [name for each in built.build.names if last in each and wanted.may_be(name := _Name.of(each))])
    ]
    exact = [each for each in named if any(wanted.parts == name.parts for name in each[1])]
    nearest = exact or named
    tagged = [built for built, names in nearest if any(name.tag == wanted.tag for name in names)]
    choices = (
        tagged,
        _tagged_closest(wanted.tag, named, 1),
        _tagged_closest(wanted.tag, nearest, 0),
        [built for built, names in nearest if not all(_is_aside(name.tag) for name in names)],
        [built for built, _ in nearest],
    )
    return _pushed(next(filter(None, choices), []))


def _pushed(builds: list[Built]) -> list[Built]:
    return [built for built in builds if built.build.pushed] or builds


def _tagged_closest(tag: str, named: Sequence[tuple[Built, Sequence[_Name]]], least: int) -> list[Built]:
    """The builds whose tag is not known as a whole (``$VERSION-gpu``) and may be ``tag``: those of which most is known, at
    ``least`` that many letters."""
    known = [(max((name.known_of(tag) for name in names), default=-1), built) for built, names in named]
    most = max((length for length, _ in known), default=-1)
    return [built for length, built in known if length == most >= least]


def dockerfile_of(builds: Sequence[Built]) -> str | None:
    """The one Dockerfile of ``builds``."""
    return _agreed(built.dockerfile for built in builds)


def target_of_builds(builds: Sequence[Built]) -> str | None:
    """The stage that all of ``builds`` make, by name."""
    return _agreed(built.build.target for built in builds)


def context_of_builds(builds: Sequence[Built]) -> str | None:
    """The folder that all of ``builds`` are made from."""
    return _agreed(built.context for built in builds)


def _agreed(values: Iterable[str | None]) -> str | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None


def arguments_of_builds(builds: Sequence[Built]) -> dict[str, str]:
    """The arguments that ``builds`` are given, where those that give one agree, as far as they are known; of an image the
    tag may be open."""
    found: dict[str, set[str]] = {}
    for built in builds:
        for name, value in built.build.args:
            found.setdefault(name, set()).add(value)
    agreed = {name: values.pop() for name, values in found.items() if len(values) == 1}
    return {name: value for name, value in agreed.items() if "$" not in (value.rpartition(":")[0] or value)}


def builds_of(dockerfile: str, facts: Facts) -> list[Built]:
    """The builds of ``dockerfile``: those that are pushed, where any is."""
    return _pushed([built for built in facts.builds if built.dockerfile == dockerfile])


def base_of(name: str, dockerfile: str, facts: Facts) -> Built | None:
    """The build that makes the image which ``dockerfile`` begins FROM, under the ``name`` that it has there: a named context
    of its builds stands in for it, or it is one of the project's. None where it is another's, or may be several."""
    named = [
        (value, built.build.span.file)
        for built in facts.builds
        if built.dockerfile == dockerfile
        for key, value in built.build.contexts
        if _Name.of(key) == _Name.of(name)
    ]
    if named:
        found = [built for value, file in dict.fromkeys(named) for built in _of_context(value, file, facts)]
    else:
        found = built_as(name, facts) if not is_plain_base(name) else []
    origins = {(built.dockerfile, built.build.target) for built in found}
    return found[0] if len(origins) == 1 and found[0].dockerfile != dockerfile else None


def _of_context(value: str, file: str, facts: Facts) -> list[Built]:
    """The builds of an image that stands in for another: ``target:`` and ``service:`` name one of the same ``file``, or of
    another that is read with it."""
    kind, _, name = value.partition(":")
    if kind == "docker-image":
        return built_as(name.removeprefix("//"), facts)
    called = [built for built in facts.builds if kind in ("target", "service") and built.build.called == (name,)]
    return [built for built in called if built.build.span.file == file] or called


def _is_aside(text: str) -> bool:
    """Whether ``text`` is called after development or tests."""
    named = purpose_of_words(words_of(text))
    return named is not None and named[0] is not Purpose.PRODUCTION


def published_name(built: Built) -> str:
    """The name under which a workflow releases what ``built`` makes, for everybody; "" where it does not, or only calls it
    after development or tests."""
    build = built.build
    if not (build.workflow and build.pushed) or _is_aside(" ".join((*build.called, build.target or ""))):
        return ""
    names = [(name, _Name.of(name)) for name in build.names]
    return next(
        (
            written
            for written, name in names
            if (build.released or name.tag == "latest") and not _is_aside(f"{name.parts[-1]} {name.tag}")
        ),
        "",
    )


_UNKNOWN = "${}"
#: The owner of the official images in Docker Hub, which names need not say.
_OFFICIAL = "library"
_VARIABLE = regex(r"\$\{[^{}]*\}|\$\([^()]*\)")


@dataclass(frozen=True, slots=True)
class _Name:
    """The name of an image: the parts of its repository without the registry, and its tag. A variable of which the value is
    not known is ``${}``."""

    parts: tuple[str, ...]
    tag: str

    @staticmethod
    @functools.lru_cache(maxsize=4096)
    def of(written: str) -> _Name:
        text = _VARIABLE.sub(_UNKNOWN, expand(written, {}))
        *folders, last = text.split("/")
        if len(folders) > 0 and ("." in folders[0] or ":" in folders[0] or folders[0] == "localhost"):
            folders = folders[1:]
        if folders == [_OFFICIAL] and text.startswith((f"{_OFFICIAL}/", f"docker.io/{_OFFICIAL}/")):
            folders = []
        name, _, tag = re.split("@", last, maxsplit=1)[0].partition(":")
        return _Name((*folders, name), tag or "latest")

    def known_of(self, tag: str) -> int:
        """The letters of ``tag`` that are known where the own tag, with unknown parts, may be it; else -1."""
        first, *others = self.tag.split(_UNKNOWN)
        if not others or not tag.startswith(first) or not tag.endswith(others[-1]) or len(others) > 1:
            return -1
        length = len(first) + len(others[-1])
        return length if length < len(tag) else -1

    def _is_public(self) -> bool:
        """Whether a well-known image has this name, be it this one or another's of the same last part."""
        return self.parts[-1] in OFFICIAL_IMAGES or base_script("/".join(self.parts)) is not None

    def may_be(self, built: _Name) -> bool:
        """Whether an image that is built as ``built`` may be this one."""
        if _UNKNOWN in self.parts[-1] or self.parts[-1] != built.parts[-1]:
            return False
        if self._is_public() and any(_UNKNOWN in part for part in (*self.parts, *built.parts)):
            return False  # only whose it is tells it from the project's own
        own, theirs = list(self.parts[-2::-1]), list(built.parts[-2::-1])
        while own and theirs:
            one, other = own.pop(0), theirs.pop(0)
            if _UNKNOWN in one or _UNKNOWN in other:
                return True
            if one != other:
                return False
        return not theirs and (not own or _UNKNOWN in own[0])
