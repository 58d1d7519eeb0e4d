"""Development containers: ``devcontainer.json``, by the Development Container Specification.

Sources: https://containers.dev/implementors/json_reference/ ("Lifecycle scripts", "Image or Dockerfile specific properties",
"Docker Compose specific properties").
"""

from __future__ import annotations

from flask_prodcheck.facts.platforms.options import Options, options_of
from flask_prodcheck.facts.types import Start, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, any_command, env_mapping

_LIFECYCLE = ("onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand", "postAttachCommand")


def read_devcontainer(path: str, root: YamlNode) -> StartFile:
    """The lifecycle commands inside the container: a string (a shell runs it), a list of words, or several of these by
    name, which run at the same time. Options say which folder they begin in, and what brings the project there: a mount,
    or the service of the compose files (one option each)."""
    env = (*env_mapping(root.get("containerEnv")), *env_mapping(root.get("remoteEnv")))
    files = root.get("dockerComposeFile")
    options: Options = options_of(root, workspace="workspaceFolder", workspace_mount="workspaceMount", service="service")
    if files is not None:
        options = (*options, *(("compose", each) for each in files.strings()))
    starts = []
    for key in _LIFECYCLE:
        value = root.get(key)
        if value is None:
            continue
        named = value.items() if value.is_mapping else ((key, root.key_span(key), value),)
        for name, span, each in named:
            command = any_command(each, span)
            if command is not None:
                starts.append(Start("devcontainer", name, command.span, command, env=env, options=options))
    return StartFile(path, "devcontainer", tuple(starts))
