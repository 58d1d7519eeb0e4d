"""Distributions that the repository holds in folders of their own: a library beside the services that install it."""

from __future__ import annotations

import posixpath
import re

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Manifest


def import_name(distribution: str) -> str:
    """The name by which a distribution's top package is imported where that is called like it."""
    return re.sub(r"[-_.]+", "_", distribution)


def import_folders(manifest: Manifest) -> tuple[str, ...]:
    """The folders from which the packages of a distribution are imported, its own last."""
    folder = posixpath.dirname(manifest.path) or "."
    return (*(posixpath.normpath(posixpath.join(folder, each)) for each in manifest.package_dirs), folder)


def distributed(facts: Facts) -> dict[str, tuple[str, ...]]:
    """The folders in which a distribution has its top package, by that package's name where it is called like the
    distribution: what any file imports by that name may come from there."""
    found: dict[str, tuple[str, ...]] = {}
    for path, manifest in sorted(facts.manifests.items()):
        name = import_name(manifest.project_name or "")
        folder = posixpath.dirname(path)
        if not name or not folder:
            continue  # (the root is searched anyway)
        for root in (folder, *(posixpath.normpath(posixpath.join(folder, each)) for each in manifest.package_dirs)):
            if f"{root}/{name}/__init__.py" in facts.paths:
                found[name] = tuple(dict.fromkeys((*found.get(name, ()), root)))
    return found
