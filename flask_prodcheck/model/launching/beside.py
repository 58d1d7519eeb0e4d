"""Files of a platform beside the file that says what is started: they give the process its environment and its address.

Sources: Heroku's ``app.json`` schema; Elastic Beanstalk's ``aws:elasticbeanstalk:application:environment``; the
configuration references of Fly.io, Render and the other hosts that run an image.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Start

#: Hosts that build and run the Dockerfile beside their file, unless that names a command.
IMAGE_HOSTS = frozenset({"fly", "render", "railway", "digitalocean", "koyeb", "apprunner", "heroku-yml"})
_PROCESS_HOSTS = frozenset({"app-json", "beanstalk"})
_OWN_FOLDERS = frozenset({".ebextensions", ".platform", ".do", ".koyeb"})


def platform_starts(path: str, kind: str, facts: Facts) -> Iterator[Start]:
    """What the platforms' files say of the process that ``path``, a Dockerfile or a Procfile, starts."""
    for file in sorted(facts.start_files):
        for start in facts.start_files[file].starts:
            if start.command is not None:
                continue
            if kind == "procfile" and start.kind in _PROCESS_HOSTS and start.name == "environment":
                named = _folder(file) == posixpath.dirname(path)
            else:
                named = kind == "dockerfile" and start.kind in IMAGE_HOSTS and _builds(start, file, path)
            if named:
                yield start


def _builds(start: Start, file: str, dockerfile: str) -> bool:
    """Whether the host builds ``dockerfile``: the one that its file names, else the one beside it."""
    return "image" not in dict(start.options) and start.role == "run" and built_dockerfile(start, file) == dockerfile


def built_dockerfile(start: Start, file: str) -> str:
    """The Dockerfile that a host of images builds by its ``file``, unless that names an image."""
    options = dict(start.options)
    folder = posixpath.join(_folder(file), options.get("root", ""))
    return posixpath.normpath(posixpath.join(folder, options.get("dockerfile") or "Dockerfile"))


def _folder(file: str) -> str:
    """The folder that a platform's file speaks of: above one that only such files stand in."""
    folder = posixpath.dirname(file)
    return posixpath.dirname(folder) if posixpath.basename(folder) in _OWN_FOLDERS else folder
