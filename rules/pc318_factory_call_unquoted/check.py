"""PC318: the parentheses of a factory call need quotes wherever a shell reads the command."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_prodcheck.rulekit import SHELLS, Hit, Launch, Project, Span, base_name

# Formats of one line that the platform or the process manager hands to a shell.
SHELL_KINDS = frozenset({"procfile", "heroku-yml", "render", "railway", "app-engine", "makefile", "npm"})

CALL = re.compile(r"[\w.]+:\w+\(")


def check(project: Project) -> Iterator[Hit]:
    seen: set[Span] = set()
    for launch in project.production:
        if not launch.target.endswith(")") or launch.end.span in seen:
            continue
        text = _shell_text(launch, project)
        if text is not None and _open_parenthesis(text):
            seen.add(launch.end.span)
            yield Hit(at=launch.end.span, via=launch.hops, facts={"target": launch.target})


def _shell_text(launch: Launch, project: Project) -> str | None:
    """The text that a shell reads for the last step of ``launch``; None when no shell is known to read it."""
    span = launch.end.span
    if span.file in project.facts.scripts:
        return launch.end.text
    dockerfile = project.facts.dockerfiles.get(span.file)
    for stage in dockerfile.stages if dockerfile is not None else ():
        for command in (stage.cmd, stage.entrypoint):
            if command is not None and command.span == span:
                return command.shell if command.shell is not None else _handed(command.argv or ())
    for file in project.facts.kubernetes.values():
        for container in file.containers:
            for command in (container.command, container.args):
                if command is not None and command.span == span:
                    return _handed(command.argv or ())
    if launch.kind in SHELL_KINDS and launch.end == launch.head:
        return launch.end.text
    return None


def _handed(argv: tuple[str, ...]) -> str | None:
    """The text that an argument list hands to a shell."""
    if len(argv) > 2 and base_name(argv[0]) in SHELLS and argv[1] in ("-c", "-ec", "-lc"):
        return argv[2]
    return None


def _open_parenthesis(text: str) -> bool:
    """Whether the parenthesis of a ``module:name(`` stands outside of quotes."""
    calls = {match.end() - 1 for match in CALL.finditer(text)}
    quote = ""
    index = 0
    while index < len(text):
        char = text[index]
        if char == "\\" and quote != "'":
            index += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif index in calls:
            return True
        index += 1
    return False
