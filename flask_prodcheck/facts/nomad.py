"""Nomad: the commands of the tasks of a job that runs on as a service.

Sources: https://developer.hashicorp.com/nomad/docs/job-specification ("job": ``type``; "task": ``driver``, ``config``,
``env``, ``user``; "lifecycle"; "template": ``env``), and the pages of the drivers ``docker`` (without ``command`` the
arguments go to the image's ENTRYPOINT), ``podman``, ``exec`` and ``raw_exec``.
"""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.hcl import EXPRESSION, Block, Value, is_plain_command, read_hcl
from flask_prodcheck.facts.platforms.options import MORE_VARIABLES
from flask_prodcheck.facts.terraform import given_environment
from flask_prodcheck.facts.types import Command, Start, StartFile

KIND = "nomad"
_IMAGES = frozenset({"docker", "podman"})
_PROGRAMS = frozenset({"exec", "raw_exec"})
_MAX_STARTS = 500


def read_nomad(path: str, text: str) -> StartFile:
    """One start for each task of a service, its image and whether its ENTRYPOINT is replaced as options; of role "unknown"
    where the command is not plain. A task that has no command of its own starts what its image does. Never raises."""
    starts: list[Start] = []
    for job in read_hcl(text).all("job"):
        if job.text("type") in (None, "service", "system"):
            tasks = (*job.all("group", "task"), *job.all("task"))
            starts += [start for each in tasks if (start := _start(path, each)) is not None]
    return StartFile(path, KIND, tuple(starts[:_MAX_STARTS]))


def _start(path: str, task: Block) -> Start | None:
    driver, name = task.text("driver"), next(iter(task.labels), "")
    config = _values(task, "config")
    if any(each.text("sidecar") != "true" for each in task.all("lifecycle")) or driver not in _IMAGES | _PROGRAMS:
        return None
    entry = config.get("entrypoint")
    given = [value for value in (entry, config.get("command"), config.get("args")) if value is not None]
    if not given:
        return None
    span = Span(path, given[0].line)
    words: tuple[str, ...] = ()
    for value in given:
        texts = value.texts() if value.items is not None else (value.text,) if value.text is not None else None
        words = (*words, *(texts if texts is not None else (EXPRESSION,)))
    if not is_plain_command(words):
        return Start(KIND, name, span, None, role="unknown")
    image = config.get("image")
    options = (("image", image.text),) if image is not None and image.text and driver in _IMAGES else ()
    options = (*options, *((("overrides", "entrypoint"),) if entry is not None or driver in _PROGRAMS else ()))
    env = given_environment(path, _values(task, "env").items())
    listed, templates = task.attributes.get("env"), task.all("template")
    if (listed is not None and listed.entries is None) or any("env" in each.attributes for each in templates):
        options = (*options, *MORE_VARIABLES)
    return Start(
        KIND, name, span, Command(span, " ".join(words), argv=words), env=env, user=task.text("user"), options=options
    )


def _values(task: Block, kind: str) -> dict[str, Value]:
    """What blocks of a ``kind``, or an attribute of that name, set."""
    value = task.attributes.get(kind)
    entries = value.entries if value is not None else None
    found = dict(entries) if entries is not None else {}
    for block in task.all(kind):
        found |= block.attributes
    return found
