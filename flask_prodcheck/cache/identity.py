"""Which tool this is: everything but the project and the settings that an answer depends on."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from flask_prodcheck import __version__
from flask_prodcheck.resources import lesson_file, rules_folder

#: The packages whose reading of a project decides what is reported.
_LIBRARIES = ("dotenv", "jinja2", "libcst", "packaging", "pathspec", "tomli", "tree_sitter", "tree_sitter_bash", "yaml")
_PACKAGE = Path(__file__).resolve().parent.parent
_WRITTEN_ON_USE = ("__pycache__",)


def tool_identity() -> str:
    """A digest over the version, this Python, and name, size and time stamps of every file of the tool: what is installed
    anew or edited is another tool."""
    digest = hashlib.sha256(f"{__version__}\0{sys.version}\0{sys.platform}".encode())
    for place in tool_files():
        status = os.stat(place)
        line = f"{place}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_ctime_ns}\0{status.st_ino}\n"
        digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def tool_files() -> list[str]:
    """Every file of the tool and of its rules, and the libraries' first files."""
    places = [str(lesson_file()), *_files(str(_PACKAGE)), *_files(str(rules_folder()))]
    for name in _LIBRARIES:
        found = importlib.util.find_spec(name)
        if found is not None and found.origin:
            places.append(found.origin)
    return places


def _files(folder: str) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _WRITTEN_ON_USE)
        yield from (os.path.join(parent, name) for name in sorted(names))
