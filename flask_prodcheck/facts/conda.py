"""Reads conda environment files (``environment.yml``): packages of conda, and those of pip inside them.

Source: conda, "Creating an environment file manually", and the package match specification: ``name=1.2`` is any 1.2
release, ``name==1.2`` exactly that one, ``channel::name`` names where it comes from.
"""

from __future__ import annotations

from packaging.utils import canonicalize_name

from flask_prodcheck.facts.requirements import group_of, read_line
from flask_prodcheck.facts.types import Dependency, EnvFileRef, Manifest
from flask_prodcheck.facts.yaml_nodes import YamlNode, read_yaml
from flask_prodcheck.patterns import regex

_SPEC = regex(r"(?:[^\s:]+::)?([A-Za-z0-9_][A-Za-z0-9_.-]*)(?:\[[^\]]*\])?[ \t]*(.*)")
_FUZZY = regex(r"=([0-9][^=,|\s]*)(?:=\S*)?")  # a build string may follow


def read_conda(path: str, text: str) -> Manifest:
    """The dependencies of an environment file. Raises ReadError for invalid YAML."""
    documents = read_yaml(path, text)
    listed = documents[0].get("dependencies") if documents else None
    found: list[Dependency] = []
    includes: list[EnvFileRef] = []
    for node in listed.elements() if listed is not None else ():
        pip = node.get("pip") if node.is_mapping else None
        for line in pip.elements() if pip is not None else ():
            read = read_line((line.text or "").strip(), line.span, group_of(path))
            if isinstance(read, EnvFileRef):
                includes.append(read)
            elif read is not None:
                found.append(read)
        if not node.is_mapping and (each := _of_conda(node, path)) is not None:
            found.append(each)
    python = next((each.specifier for each in found if each.name == "python"), None)
    dependencies = tuple(each for each in found if each.name != "python")
    return Manifest(path, dependencies, includes=tuple(includes), python_requires=python or None)


def _of_conda(node: YamlNode, path: str) -> Dependency | None:
    match = _SPEC.fullmatch((node.text or "").strip())
    if match is None:
        return None
    name, version = match.groups()
    fuzzy = _FUZZY.fullmatch(version)
    specifier = f"=={fuzzy.group(1).removesuffix('.*').removesuffix('*')}.*" if fuzzy is not None else version.strip()
    return Dependency(canonicalize_name(name), specifier, node.span, group_of(path))
