"""Launches of the process files that Python programs write: a unit that a deploy program makes from a text."""

from __future__ import annotations

import posixpath

from flask_prodcheck.base import Problem
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Command, StartFile
from flask_prodcheck.model.launching.commands.read import read_command
from flask_prodcheck.model.launching.embedded import process_file
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.heads.processes import written_heads
from flask_prodcheck.model.launching.launches.aside import is_aside
from flask_prodcheck.model.launching.launches.builder import LaunchBuilder
from flask_prodcheck.model.launching.launches.found import Found
from flask_prodcheck.model.launching.steps import PythonRun
from flask_prodcheck.model.launching.words import is_open, split
from flask_prodcheck.model.project import Hop
from flask_prodcheck.model.python.written_texts import WrittenText, written_texts


def written_by_programs(builder: LaunchBuilder, facts: Facts) -> tuple[list[Found], list[Hop]]:
    """The launches of what Python programs write for a process manager, and the starts of which they do not show what is
    started. A unit for something that the project does not hold is one of these: the program may deploy others."""
    found: list[Found] = []
    unknown: list[Hop] = []
    for path in sorted(facts.modules):
        if not facts.modules[path].holds_processes or is_aside(path):
            continue
        for written in written_texts(builder.modules, path):
            try:
                file = _file(path, written)
            except ReadError as failure:
                problem = f"the file written here cannot be read: {failure}"
                builder.follower.budget.notes.append(Problem(path, written.span.line, problem))
                continue
            if file is None:
                if _is_for_processes(written.path):
                    unknown.append(Hop(written.span, f"writes {written.path}"))
                continue
            for head in written_heads(file, facts):
                chains = builder.follow(head)
                own = [each for each in chains if each.launch.app is not None]
                found += own
                if not own and (chains or _is_undecided(head)):
                    unknown.append(Hop(head.span, head.text))
    return found, unknown


def _file(path: str, written: WrittenText) -> StartFile | None:
    lines = written.lines
    if not lines:
        return None
    text = "\n".join(each.text for each in lines)
    own = lines[0].span.file  # the text may be one of another file
    return process_file(own, written.path, text, lambda line: lines[min(line, len(lines)) - 1].span.line)


def _is_for_processes(path: str) -> bool:
    """Whether what is written to ``path`` is a unit of a service, a program of supervisor, or a Procfile."""
    name = posixpath.basename(path)
    in_supervisor = "/supervisor" in path and name.endswith((".conf", ".ini"))
    in_systemd = "/systemd/" in path and (name.endswith(".service") or is_open(name))
    return in_supervisor or in_systemd or name == "Procfile"


def _is_undecided(head: Head) -> bool:
    """Whether the program that ``head`` runs is only known when the file is written."""
    words = _words(head.command)
    if not words:
        return False
    step = read_command(words).step
    if isinstance(step, PythonRun):
        return is_open(step.script or "") or is_open(step.module or "")
    return is_open(posixpath.basename(words[0]))


def _words(command: Command | None) -> list[str]:
    if command is None:
        return []
    return list(command.argv) if command.argv is not None else split(command.shell or "")
