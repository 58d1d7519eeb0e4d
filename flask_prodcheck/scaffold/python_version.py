"""The Python that the project is meant for, as far as its files say."""

from __future__ import annotations

import posixpath
import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from flask_prodcheck.edits.text_file import decode, plain
from flask_prodcheck.errors import ReadError
from flask_prodcheck.model.project import Project
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass
from flask_prodcheck.sources.tree import Tree

DEFAULT = "3.13"
_KNOWN = tuple(f"3.{minor}" for minor in range(6, 15))
_VERSION = regex(r"(?:python-|cpython-)?(3\.\d{1,2})(?:\.\d{1,3}|\.x)?(?:\D.*)?")
_IMAGE = regex(r"(?:^|/)python:(3\.\d{1,2})(?:[.-]|$)")


@dataclass(frozen=True, slots=True)
class PythonVersion:
    """``version`` as ``3.N``; ``reason`` says, in a sentence, where it comes from."""

    version: str
    reason: str


def python_version(project: Project, tree: Tree, folder: str) -> PythonVersion:
    """The version that a server in the project folder ``folder`` needs: what a version file pins, the base image in
    use, what the packaging metadata requires; else :data:`DEFAULT`."""
    for name in (".python-version", "runtime.txt"):
        for place in dict.fromkeys((folder, ".")):
            path = posixpath.normpath(posixpath.join(place, name))
            found = _in_file(tree, path)
            if found is not None:
                return PythonVersion(found, f"{path} names Python {found}.")
    for path in sorted(project.facts.dockerfiles):
        for stage in project.facts.dockerfiles[path].stages:
            match = _IMAGE.search(stage.base)
            if match is not None:
                return PythonVersion(match.group(1), f"{path} uses Python {match.group(1)} already.")
    for path in sorted(project.facts.manifests, key=lambda each: (each.count("/"), each)):
        requires = project.facts.manifests[path].python_requires
        found = _allowed(requires) if requires else None
        if found is not None:
            return PythonVersion(found, f"{path} asks for Python {requires}.")
    return PythonVersion(DEFAULT, "The project does not say which Python it needs: this is a supported one.")


def _in_file(tree: Tree, path: str) -> str | None:
    if path not in tree.paths:
        return None
    try:
        text = plain(decode(tree.content.read(path))[0])
    except ReadError:
        return None
    for line in text.split("\n")[:5]:
        match = _VERSION.fullmatch(line.strip()[:80])
        if match is not None:
            return match.group(1)
    return None


def _allowed(requires: str) -> str | None:
    """:data:`DEFAULT` where ``requires`` allows it, else the newest version that it does."""
    text = re.sub(r"\^\s*(3(?:\.\d+)*)", r">=\1,<4", requires.strip())
    text = re.sub(r"(?<![~=<>!])~\s*(3\.\d+(?:\.\d+)*)", r"~=\1", text)
    text = re.sub(r"(?<=[\d*])\s+(?=[<>=!~])", ",", text)
    try:
        specifier = SpecifierSet(text)
    except InvalidSpecifier:
        return None
    # A bound may stand inside a minor release: its last one decides.
    fitting = [each for each in _KNOWN if any(f"{each}.{patch}" in specifier for patch in (0, 5, 10, 20))]
    if not fitting:
        return None
    return DEFAULT if DEFAULT in fitting else fitting[-1]
