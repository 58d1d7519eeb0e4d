"""Commands that start something on another machine: ssh, and the command lines of Azure and Google Cloud where they carry
the start command of what they deploy.

Sources: man ssh(1); https://learn.microsoft.com/cli/azure/webapp (``--startup-file``);
https://cloud.google.com/sdk/gcloud/reference/run/deploy (``--command``, ``--args``).
"""

from __future__ import annotations

from flask_prodcheck.model.launching.commands.behind import Behind
from flask_prodcheck.model.launching.commands.options import Words, drop_options, option_value
from flask_prodcheck.model.launching.steps import Nothing, ShellRun, Step

#: The shell of another machine, which has nothing of what the one at hand has set.
SSH = "ssh"
_SSH_VALUES = frozenset(f"-{letter}" for letter in "BbcDEeFIiJLlmOoPpQRSWw")


def read_ssh(words: Words) -> Step:
    """``ssh HOST COMMAND``: the shell of the other machine runs the command."""
    command = drop_options(drop_options(words, _SSH_VALUES)[1:])
    return ShellRun(" ".join(command), shell=SSH) if command else Nothing(SSH)


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
