"""Files that say which images are built: those of ``docker buildx bake`` (HCL and JSON) and of Skaffold.

Sources: https://docs.docker.com/build/bake/reference/ ("Target", "Variable"; ``dockerfile`` stands in the context);
https://skaffold.dev/docs/references/yaml/ (``build.artifacts``).
"""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from flask_prodcheck.base import Span
from flask_prodcheck.facts.growth import Room
from flask_prodcheck.facts.image_builds import goes_to_a_registry
from flask_prodcheck.facts.types import ImageBuild, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, read_yaml
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

#: What is not closed ends with the line, or a comment with the file: no text is looked at twice.
_TOKEN = regex(
    r'"(?:[^"\\\n]|\\.)*"?|[A-Za-z_][\w.-]*|[{}\[\]=,:\n]|#[^\n]*|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?|[^\s]'
)
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


@dataclass(slots=True)
class _Tokens:
    """The words of an HCL file, each with its line."""

    items: list[tuple[str, int]]
    at: int = 0

    def next(self) -> tuple[str, int]:
        self.at += 1
        return self.items[self.at - 1] if self.at <= len(self.items) else ("", 0)

    def peek(self) -> str:
        return self.items[self.at][0] if self.at < len(self.items) else ""


def _tokens(text: str) -> _Tokens:
    items: list[tuple[str, int]] = []
    line = 1
    for match in _TOKEN.finditer(text):
        token = match.group()
        if not token.startswith(("#", "//", "/*")):
            items.append((token, line))
        line += token.count("\n")
    return _Tokens(items)


def _hcl_targets(path: str, text: str) -> dict[str, _Target]:
    tokens = _tokens(text)
    variables: dict[str, str] = {}
    found: dict[str, _Target] = {}
    while tokens.peek():
        word, line = tokens.next()
        if word not in ("target", "variable") or not tokens.peek().startswith('"'):
            continue
        name = _string(tokens.next()[0])
        if tokens.peek() != "{":
            continue
        tokens.next()
        target = _Target(Span(path, line))
        _attributes(tokens, target)
        if word == "variable":
            variables[name] = next(iter(target.texts.get("default", ())), f"${{{name}}}")
        else:
            found[name] = target

    def filled(value: str) -> str:
        room = Room.of(value)
        return _REFERENCE.sub(lambda match: room.take(variables.get(match[1], match[0]), match[0]), value)

    return {
        name: _Target(
            each.span,
            {key: tuple(filled(value) for value in values) for key, values in each.texts.items()},
            {key: {n: filled(v) for n, v in pairs.items()} for key, pairs in each.mappings.items()},
        )
        for name, each in found.items()
    }


def _attributes(tokens: _Tokens, target: _Target, *, nested: bool = False) -> None:
    """The attributes of a block, up to its end; of a ``nested`` one those that are texts or lists of texts."""
    while (word := tokens.next()[0]) not in ("", "}"):
        if word == "{":  # a block in the block
            _skip(tokens)
        elif tokens.peek() in ("=", ":") and word not in ("=", ":"):
            tokens.next()
            first = tokens.next()[0]
            if first == "{" and nested:
                _skip(tokens)
            elif first == "{":
                target.mappings[_string(word)] = _mapping(tokens)
            elif first == "[":
                target.texts[_string(word)] = tuple(_list(tokens))
            elif first.startswith('"') and tokens.peek() in ("\n", "}", ",", ""):
                target.texts[_string(word)] = (_string(first),)
            elif first.isidentifier() and tokens.peek() in ("\n", "}", ",", ""):
                target.texts[_string(word)] = (f"${{{first}}}",)


def _mapping(tokens: _Tokens) -> dict[str, str]:
    inner = _Target(Span("", 1))
    _attributes(tokens, inner, nested=True)
    return {key: values[0] for key, values in inner.texts.items() if values}


def _list(tokens: _Tokens) -> Iterator[str]:
    """The plain texts of a list: what an expression makes is left out."""
    before = ","
    while (word := tokens.next()[0]) not in ("", "]"):
        if word == "\n":
            continue
        if word.startswith('"') and before == "," and tokens.peek() in ("\n", ",", "]"):
            yield _string(word)
        before = word


def _skip(tokens: _Tokens) -> None:
    depth = 1
    while depth and (word := tokens.next()[0]):
        depth += (word == "{") - (word == "}")


def _string(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:].removesuffix('"')) if token.startswith('"') else token
