"""The command lines of Azure and Google Cloud, where they carry the start command of what they deploy.

Sources: https://learn.microsoft.com/cli/azure/webapp (``--startup-file``);
https://cloud.google.com/sdk/gcloud/reference/run/deploy (``--command``, ``--args``).
"""

from __future__ import annotations

from flask_prodcheck.model.launching.commands.behind import Behind
from flask_prodcheck.model.launching.commands.options import Words, option_value
from flask_prodcheck.model.launching.steps import Nothing, ShellRun, Step


def read_az(words: Words) -> Step:
    """``az webapp config set --startup-file COMMAND``: a shell of the platform runs the command, or the file."""
    command = option_value(words, ("--startup-file",)) if words[:1] == ["webapp"] else None
    return ShellRun(command) if command else Nothing("az")


def read_gcloud(words: Words) -> Step | Behind:
    """``gcloud run deploy --command PROGRAM --args A,B``; without a program the image decides it."""
    rest = words[1:] if words[:1] in (["beta"], ["alpha"]) else words
    command = option_value(rest, ("--command",)) if rest[:2] == ["run", "deploy"] else None
    given = option_value(rest, ("--args",)) or ""
    return Behind([*command.split(","), *filter(None, given.split(","))]) if command else Nothing("gcloud")
