"""Files that say which images are built: those of ``docker buildx bake`` (HCL and JSON) and of Skaffold.

Sources: https://docs.docker.com/build/bake/reference/ ("Target", "Variable"; ``dockerfile`` stands in the context);
https://skaffold.dev/docs/references/yaml/ (``build.artifacts``).
"""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import field

from flask_prodcheck.base import Span
from flask_prodcheck.facts.growth import Room
from flask_prodcheck.facts.hcl import read_hcl
from flask_prodcheck.facts.image_builds import goes_to_a_registry
from flask_prodcheck.facts.types import ImageBuild, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, read_yaml
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_REFERENCE = regex(r"\$\{([A-Za-z_]\w*)\}")
_MAX_BASES, _MAX_DEPTH = 4, 5  # of what a target inherits
_MAX_TARGETS = 200


def read_build_file(path: str, text: str) -> StartFile | None:
    """The images that the file builds; None where it builds none. Raises ReadError for invalid YAML and JSON."""
    name = posixpath.basename(path)
    folders = (posixpath.dirname(path) or ".", ".")
    if name.endswith((".yaml", ".yml")):
        builds = tuple(_artifacts(path, text, folders[:1]))
    else:
        targets = _json_targets(path, text) if name.endswith(".json") else _hcl_targets(path, text)
        builds = tuple(_build(name, targets, folders) for name in itertools.islice(targets, _MAX_TARGETS))
    return StartFile(path, "image-builds", (), builds=builds) if builds else None


def _artifacts(path: str, text: str, folders: tuple[str, ...]) -> Iterator[ImageBuild]:
    for document in read_yaml(path, text):
        artifacts = document.get("build", "artifacts")
        for each in artifacts.elements() if artifacts is not None else ():
            how = each.get("docker") or each.get("kaniko")
            image, context = each.string("image"), each.string("context") or "."
            if image is None or any(each.get(other) is not None for other in _WITHOUT_DOCKERFILE):
                continue
            file = how.string("dockerfile") if how is not None else None
            args = how.get("buildArgs") if how is not None else None
            yield ImageBuild(
                each.span, (image,), folders, context, posixpath.join(context, file) if file else None,
                how.string("target") if how is not None else None, _texts(args),
            )  # fmt: skip


_WITHOUT_DOCKERFILE = ("buildpacks", "bazel", "ko", "jib", "custom")


def _texts(node: YamlNode | None) -> tuple[tuple[str, str], ...]:
    pairs = node.items() if node is not None else ()
    return tuple((name, value.text) for name, _, value in pairs if value.text is not None)


@dataclass(frozen=True, slots=True)
class _Target:
    """One target: its attributes that are texts or lists of texts, and those that are mappings of texts."""

    span: Span
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    mappings: dict[str, dict[str, str]] = field(default_factory=dict)


def _build(name: str, targets: Mapping[str, _Target], folders: tuple[str, ...]) -> ImageBuild:
    target = _inherited(name, targets)

    def text(key: str) -> str | None:
        return next(iter(target.texts.get(key, ())), None)

    context, file = text("context") or ".", text("dockerfile")
    return ImageBuild(
        target.span, target.texts.get("tags", ()), folders, context, posixpath.join(context, file) if file else None,
        text("target"), tuple(target.mappings.get("args", {}).items()), tuple(target.mappings.get("contexts", {}).items()),
        (name,), pushed=goes_to_a_registry(target.texts.get("output", ())),
    )  # fmt: skip


def _inherited(name: str, targets: Mapping[str, _Target], seen: frozenset[str] = frozenset()) -> _Target:
    """The target ``name`` with what it inherits. ``seen`` are the targets that inherit it."""
    own = targets[name]
    texts: dict[str, tuple[str, ...]] = {}
    mappings: dict[str, dict[str, str]] = {}
    seen |= {name}
    named = own.texts.get("inherits", ())[:_MAX_BASES] if len(seen) <= _MAX_DEPTH else ()
    bases = (_inherited(each, targets, seen) for each in named if each in targets and each not in seen)
    for base in (*bases, own):
        texts |= base.texts
        for key, values in base.mappings.items():
            mappings[key] = {**mappings.get(key, {}), **values}
    return _Target(own.span, texts, mappings)


def _json_targets(path: str, text: str) -> dict[str, _Target]:
    found: dict[str, _Target] = {}
    for document in read_yaml(path, text):
        targets = document.get("target")
        for name, span, node in targets.items() if targets is not None else ():
            target = _Target(span)
            for key, _, value in node.items():
                if value.is_mapping:
                    target.mappings[key] = dict(_texts(value))
                else:
                    target.texts[key] = value.strings()
            found[name] = target
    return found


def _hcl_targets(path: str, text: str) -> dict[str, _Target]:
    root = read_hcl(text)
    variables = {
        block.labels[0]: block.text("default") or f"${{{block.labels[0]}}}"
        for block in root.all("variable")
        if block.labels
    }

    def filled(value: str) -> str:
        room = Room.of(value)
        return _REFERENCE.sub(lambda match: room.take(variables.get(match[1], match[0]), match[0]), value)

    found = {}
    for block in root.all("target"):
        target = _Target(Span(path, block.line))
        for key, value in block.attributes.items():
            if value.entries is not None:
                texts = {name: each.text for name, each in value.entries.items()}
                target.mappings[key] = {name: filled(text) for name, text in texts.items() if text is not None}
            elif value.items is not None:
                target.texts[key] = tuple(filled(each.text) for each in value.items if each.text is not None)
            elif value.text is not None:
                target.texts[key] = (filled(value.text),)
        if block.labels:
            found[block.labels[0]] = target
    return found
