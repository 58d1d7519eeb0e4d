"""Launches of other projects: containers of images that are built elsewhere, of programs that are not here."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.model.launching.launches.found import Found
from flask_prodcheck.model.launching.words import is_open


def serves_another_project(each: Found, found: Sequence[Found]) -> bool:
    """Whether a container runs an image that no file here builds and serves a module or a file that is not here, in a
    project whose own application is served as well."""
    image = each.head.place.image
    return (
        each.head.kind in ("compose", "kubernetes")
        and image is not None
        and not image.dockerfile
        and each.launch.target != ""
        and not is_open(each.launch.target)
        and each.launch.resolves is not True
        and not each.launch.module_file
        and any(other.launch.app is not None for other in found)
    )
