"""The command lines of Azure and Google Cloud, where they carry the start command of what they deploy.

Sources: https://learn.microsoft.com/cli/azure/webapp (``--startup-file``);
https://cloud.google.com/sdk/gcloud/reference/run/deploy (``--command``, ``--args``, ``--source``).
"""

from __future__ import annotations

from flask_prodcheck.model.launching.commands.behind import Behind
from flask_prodcheck.model.launching.commands.options import Words, option_value
from flask_prodcheck.model.launching.steps import Nothing, ShellRun, SourceDeploy, Step


def read_az(words: Words) -> Step:
    """``az webapp config set --startup-file COMMAND``: a shell of the platform runs the command, or the file."""
    command = option_value(words, ("--startup-file",)) if words[:1] == ["webapp"] else None
    return ShellRun(command) if command else Nothing("az")


def read_gcloud(words: Words) -> Step | Behind:
    """``gcloud run deploy --command PROGRAM --args A,B``; without a program the image decides it, which ``--source FOLDER``
    has the platform build: by buildpacks what ``GOOGLE_ENTRYPOINT`` says. A function of Cloud Run (``--function``) is started by another program."""
    rest = words[1:] if words[:1] in (["beta"], ["alpha"]) else words
    if rest[:2] != ["run", "deploy"] or option_value(rest, ("--function",)) is not None:
        return Nothing("gcloud")
    command, given = option_value(rest, ("--command",)), option_value(rest, ("--args",)) or ""
    if command:
        return Behind([*command.split(","), *filter(None, given.split(","))])
    folder = option_value(rest, ("--source",))
    built = option_value(rest, ("--set-build-env-vars",)) or ""
    name, _, entry = built.partition("=")
    if name == "GOOGLE_ENTRYPOINT" and "," not in entry:
        return ShellRun(entry)
    told = bool(built) or option_value(rest, ("--build-env-vars-file",)) is not None
    pairs = (option_value(rest, (name,)) or "" for name in ("--set-env-vars", "--update-env-vars"))
    parts = (part.partition("=") for each in pairs for part in each.split(",") if not each.startswith("^"))
    environment = {name: value for name, equals, value in parts if equals}
    return SourceDeploy(folder, environment, told) if folder else Nothing("gcloud")
