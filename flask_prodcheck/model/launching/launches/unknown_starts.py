"""Starts of which the project does not show what they start."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.launching.base_images import is_plain_base
from flask_prodcheck.model.launching.commands.read import read_command
from flask_prodcheck.model.launching.heads.decided import decided
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.images import build_image, effective_start
from flask_prodcheck.model.launching.service_scripts import scripts_of_services, service_starts
from flask_prodcheck.model.launching.steps import ConsoleRun, ScriptRun, TaskRun
from flask_prodcheck.model.project import Hop


def starts_something_unseen(head: Head, facts: Facts) -> bool:
    """Whether a container command runs a program that is not in the project and not known to serve nothing, or a process
    manager of whose processes nothing is in the project."""
    if head.command is None or head.command.argv is None:
        return False
    step = read_command(head.command.argv).step
    if isinstance(step, TaskRun) and step.runner == "runit":
        return not scripts_of_services(step.file or "", head.place, facts)
    if isinstance(step, TaskRun) and step.runner in ("supervisor", "circus"):
        return all(file.kind != step.runner for file in facts.start_files.values())
    return isinstance(step, (ScriptRun, ConsoleRun))


def imageless_starts(facts: Facts) -> list[Hop]:
    """Dockerfiles that start nothing themselves on top of a base image that is no plain Python or system image."""
    found = []
    for path in sorted(facts.dockerfiles):
        stages = facts.dockerfiles[path].stages
        if (
            stages
            and effective_start(image := build_image(facts.dockerfiles[path], facts)) is None
            and not any(service_starts(image))
            and not is_plain_base(stages[-1].base)
        ):
            found.append(Hop(stages[-1].span, f"FROM {stages[-1].base}"))
    return found


def undecided_starts(facts: Facts) -> list[Hop]:
    """Starts that a file declares in a language of expressions: a resource, or a command that a template decides."""
    found: dict[Span, Hop] = {}
    for path in sorted(facts.start_files):
        starts = facts.start_files[path].starts
        kept = {start.span for start in decided(starts)}
        for start in starts:
            if start.role == "unknown" or start.span not in kept:
                found.setdefault(start.span, Hop(start.span, start.name))
    return list(found.values())
