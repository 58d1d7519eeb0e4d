"""PC309: the server takes the place of the shell."""

from __future__ import annotations

import re

from flask_prodcheck.rulekit import ExecCommand, Fix, Hit, Hop, Project, every_command, safe

KEYWORD = re.compile(r"(?:CMD|ENTRYPOINT)[ \t]+", re.IGNORECASE)  # of a Dockerfile
#: It replaces itself with the last command of its text: where it does not, something stands in the way of that.
BASH = re.compile(r"(?:\S*/)?bash[ \t]+-\w*c\b")


def fix(project: Project, hit: Hit) -> Fix | None:
    hop = next((each for each in hit.via if isinstance(each, Hop) and each.span == hit.at), None)
    if hop is None or hit.at.file in project.facts.modules:
        return None
    script = project.facts.scripts.get(hit.at.file)
    commands = every_command(script.body) if script is not None else ()
    if any(each.background and each.span == hit.at for each in commands):
        return None  # what follows it would not run
    command = KEYWORD.sub("", hop.text)
    if BASH.match(command):
        return None
    return safe("start the server with exec", ExecCommand(hit.at, command))
