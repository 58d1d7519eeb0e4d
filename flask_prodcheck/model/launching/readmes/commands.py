"""What a command that a README shows would start: the deploy file, the script or the task that it names."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.model.launching.commands.options import (
    Words,
    drop_options,
    option_value,
    option_values,
    positional,
)
from flask_prodcheck.model.launching.commands.read import read_command
from flask_prodcheck.model.launching.folders import folders_of
from flask_prodcheck.model.launching.steps import ConsoleRun, PythonRun, ScriptRun, TaskRun
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Started:
    """``file`` is a path, "" for a console script; ``names`` are the services or tasks that are named: none means all."""

    kind: str
    file: str
    names: tuple[str, ...] = ()


def started_by(line: str, folder: str, facts: Facts) -> tuple[str, tuple[Started, ...]]:
    """What ``line`` starts in a shell that stands in ``folder``, and the folder where it leaves the shell."""
    found: list[Started] = []
    for words in commands_of(line):
        if words[0] == "cd" and len(words) == 2:
            folder = _entered(words[1], folder, facts)
        else:
            found += _started(words, folder, facts)
    return folder, tuple(found)


def commands_of(line: str) -> Iterator[list[str]]:
    """The words of each command of ``line``, behind ``sudo``; none where it is no shell."""
    try:
        statements = parse_command_line(line, Span("", 1))
    except ReadError:
        return
    for command in every_command(statements):
        words = [word.text.strip("\"'") for word in command.words]
        while words[:1] == ["sudo"]:
            words = drop_options(words[1:], frozenset({"-u", "-g"}))
        if words:
            yield words


def resolved(path: str, folder: str, facts: Facts) -> str:
    """The file or folder that ``path`` names for who reads a README in ``folder``: from there, or from the root."""
    own = posixpath.normpath(posixpath.join(folder, path))
    root = posixpath.normpath(path.removeprefix("/"))
    return next((each for each in (own, root) if each in facts.paths or each in folders_of(facts)), own)


def _entered(path: str, folder: str, facts: Facts) -> str:
    """The folder after ``cd``; the checkout itself where the project has none of that name."""
    found = resolved(path, folder, facts)
    return found if found in folders_of(facts) else folder


def _started(words: Words, folder: str, facts: Facts) -> list[Started]:
    program = posixpath.basename(words[0])
    if program in ("docker", "podman") and words[1:2] == ["compose"]:
        return _composed(words[2:], folder, facts)
    if program in ("docker-compose", "podman-compose"):
        return _composed(words[1:], folder, facts)
    if program in ("docker", "podman"):
        return _built(words[1:], folder, facts)
    step = read_command(words).step
    if isinstance(step, ScriptRun):
        return [Started("script", resolved(step.path, folder, facts))]
    if isinstance(step, PythonRun) and step.script is not None:
        return [Started("python-script", resolved(step.script, folder, facts))]
    if isinstance(step, TaskRun):
        kind = "makefile" if step.runner == "make" else step.runner
        below = resolved(step.directory, folder, facts) if step.directory else folder
        return [Started(kind, posixpath.normpath(posixpath.join(below, step.file or "")), step.names)]
    return [Started("entry-point", "", (step.name,))] if isinstance(step, ConsoleRun) else []


_COMPOSE_OPTIONS = frozenset({"-f", "--file", "-p", "--project-name", "--profile", "--env-file", "--project-directory"})
_UP_OPTIONS = frozenset({"--scale", "-t", "--timeout", "--exit-code-from", "--attach", "--no-attach", "--pull"})
_COMPOSE_FILES = (
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)


def _composed(words: Words, folder: str, facts: Facts) -> list[Started]:
    """``compose -f FILE up [SERVICE...]``."""
    rest = drop_options(words, _COMPOSE_OPTIONS)
    if rest[:1] not in (["up"], ["start"]):
        return []
    before = words[: len(words) - len(rest)]
    files = option_values(before, ("-f", "--file"))
    services = tuple(word for word in positional(rest[1:], _UP_OPTIONS) if "=" not in word)
    if not files:
        beside = [posixpath.normpath(posixpath.join(folder, name)) for name in _COMPOSE_FILES]
        return [Started("compose", path, services) for path in beside if path in facts.compose]
    return [Started("compose", resolved(file, folder, facts), services) for file in files]


_BUILD_OPTIONS = frozenset({
    "-f", "--file", "-t", "--tag", "--build-arg", "--target", "--platform", "--network", "--secret", "--ssh", "--label",
    "--cache-from", "--cache-to", "--output", "-o", "--progress", "--builder",
})  # fmt: skip


def _built(words: Words, folder: str, facts: Facts) -> list[Started]:
    """``docker build -f FILE CONTEXT`` and ``docker stack deploy -c FILE``."""
    rest = words[1:] if words[:1] in (["buildx"], ["image"]) else words
    if words[:2] == ["stack", "deploy"]:
        return [
            Started("compose", resolved(file, folder, facts)) for file in option_values(words, ("-c", "--compose-file"))
        ]
    if rest[:1] != ["build"]:
        return []
    context = drop_options(rest[1:], _BUILD_OPTIONS)[:1]
    file = option_value(rest, ("-f", "--file"))
    inside = resolved(context[0], folder, facts) if context else folder
    return [
        Started(
            "dockerfile",
            resolved(file, folder, facts) if file else posixpath.normpath(posixpath.join(inside, "Dockerfile")),
        )
    ]
