"""Development containers: ``devcontainer.json``, by the Development Container Specification ("Lifecycle scripts")."""

from __future__ import annotations

from flask_prodcheck.facts.types import Start, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, any_command

_LIFECYCLE = ("onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand", "postAttachCommand")


def read_devcontainer(path: str, root: YamlNode) -> StartFile:
    """The lifecycle commands inside the container: a string (a shell runs it), a list of words, or several of these by
    name, which run at the same time."""
    starts = []
    for key in _LIFECYCLE:
        value = root.get(key)
        if value is None:
            continue
        named = value.items() if value.is_mapping else ((key, root.key_span(key), value),)
        for name, span, each in named:
            command = any_command(each, span)
            if command is not None:
                starts.append(Start("devcontainer", name, command.span, command))
    return StartFile(path, "devcontainer", tuple(starts))
