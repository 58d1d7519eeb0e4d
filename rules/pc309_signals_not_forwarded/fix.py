"""PC309: the server takes the place of the shell."""

from __future__ import annotations

import re

from flask_prodcheck.rulekit import ExecCommand, Fix, Hit, Project, safe

KEYWORD = re.compile(r"(?:CMD|ENTRYPOINT)[ \t]+", re.IGNORECASE)  # of a Dockerfile


def fix(project: Project, hit: Hit) -> Fix | None:
    launch = next((each for each in project.production if each.end.span == hit.at), None)
    if launch is None or hit.at.file in project.facts.modules:
        return None
    command = KEYWORD.sub("", launch.end.text)
    return safe("start the server with exec", ExecCommand(hit.at, command))
