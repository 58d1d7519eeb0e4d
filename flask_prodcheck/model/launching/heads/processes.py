"""The heads of files of processes, of every format: the folder, the environment and the name that each gives its command."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.facts.conditionals import BRANCH, CONDITIONAL
from flask_prodcheck.facts.iis import KIND as IIS
from flask_prodcheck.facts.nginx_unit import KIND as UNIT
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Start, StartFile
from flask_prodcheck.model.launching.beside import platform_starts
from flask_prodcheck.model.launching.heads.decided import decided
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.place import Place, known_variables
from flask_prodcheck.model.launching.platforms import PLATFORM_KINDS
from flask_prodcheck.model.launching.started_process import start_place
from flask_prodcheck.model.project import Hop
from flask_prodcheck.records import replace

#: Formats whose commands run in the folder that holds the file.
_OWN_FOLDER = PLATFORM_KINDS | {
    "makefile",
    "justfile",
    "taskfile",
    "tox",
    "npm",
    "pdm",
    "hatch",
    "package-script",
    "replit",
    "devcontainer",
    "batch",
    "powershell",
}

#: Formats whose processes have no names of their own.
_NAMELESS = frozenset({"fly", "render", "railway", "app-engine", "azure", "beanstalk", IIS})


def written_heads(file: StartFile, facts: Facts) -> Iterator[Head]:
    """The heads of a file of processes that a script or a program writes: what the file says of each process is part of
    its place, as the facts do not hold the file."""
    for start in decided(file.starts):
        if start.role == "run":
            head = start_head(start, facts)
            yield replace(head, place=start_place(start, head.place, facts))


def start_head(start: Start, facts: Facts) -> Head:
    """The head of one process."""
    folder = posixpath.dirname(start.span.file) or "."
    if posixpath.basename(posixpath.dirname(folder)) == ".devcontainer":
        folder = posixpath.dirname(folder)  # one of several: ``.devcontainer/NAME/devcontainer.json``
    while posixpath.basename(folder) in (
        ".ebextensions",
        ".elasticbeanstalk",
        ".platform",
        ".do",
        ".azure",
        ".devcontainer",
    ):
        folder = posixpath.dirname(folder) or "."  # configuration of the folder above it
    own = start.kind in _OWN_FOLDER and not start.span.file.endswith(".mk")
    span = start.command.span if start.command is not None else start.span
    text = start.command.text if start.command is not None else start.name
    near = own or start.kind == IIS  # what a deployment copies to the site's folder may stand in another one here
    place = Place((Hop(span, text),), cwd=folder if near else ".", cwd_known=own)
    if start.kind == "beanstalk":
        beside = [
            each
            for file in facts.start_files.values()
            for each in file.starts
            if each.kind == "beanstalk" and each.name == "environment"
        ]
        for each in beside:
            place = place.with_env(known_variables(each.env, {}))
    if start.kind == "procfile":
        for each in platform_starts(span.file, "procfile", facts):
            place = place.with_env(known_variables(each.env, {}))
    name = start.name if start.kind not in _NAMELESS else ""
    if start.kind == "zappa" and len(facts.start_files[start.span.file].starts) == 1:
        name = ""  # ``zappa init`` calls the first stage "dev": alone it says nothing
    branch = dict(start.options).get(BRANCH)
    if CONDITIONAL in start.options or branch is not None:
        place = replace(place, certain=False, hints=tuple((branch or "").split()))
    return Head(
        start.kind, span, text, place, start.command, names=tuple(filter(None, [name])), comment=start.comment, platform=start.kind, service=start.name,
        default="" if start.command is not None or start.kind in ("apache", IIS, UNIT) else start.kind, options=start.options,
    )  # fmt: skip
