"""``rockcraft.yaml``: the images of Canonical's Rockcraft, whose services Pebble starts.

Sources: https://documentation.ubuntu.com/rockcraft/en/latest/reference/extensions/flask-framework.html ("Project
requirements"), the reference of ``rockcraft.yaml`` (``services``) and Pebble's layer specification.
"""

from __future__ import annotations

from flask_prodcheck.facts.platforms.options import entries
from flask_prodcheck.facts.quoting import split_words
from flask_prodcheck.facts.types import Command, Start, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, env_mapping

_EXTENSION = "flask-framework"
_SERVICE = "flask"  # the one that the extension defines


def read_rockcraft(path: str, root: YamlNode) -> StartFile:
    """The services that start with the image: those of the file, and the one that the extension for Flask brings, which
    starts its default where the file gives it no command."""
    extensions = root.get("extensions")
    extension = next((each for each in extensions.elements() if each.raw == _EXTENSION), None) if extensions else None
    common = env_mapping(root.get("environment"))
    starts, given = [], False
    for name, service in entries(root.get("services")):
        own = extension is not None and name == _SERVICE
        command = _command(service)
        if command is None or (service.string("startup") != "enabled" and not own):
            continue
        given = given or own
        user = service.string("user") or ("_daemon_" if own else root.string("run-user"))
        env = (*common, *env_mapping(service.get("environment")))
        starts.append(Start("rockcraft", name, command.span, command, env=env, user=user))
    if extension is not None and not given:
        env = (*common, *env_mapping(root.get("services", _SERVICE, "environment")))
        starts.append(Start("rockcraft", _SERVICE, extension.span, None, env=env, user="_daemon_"))
    return StartFile(path, "rockcraft", tuple(starts))


def _command(service: YamlNode) -> Command | None:
    """What Pebble runs, without a shell; the words between ``[`` and ``]`` are given where nothing else is."""
    text = service.string("command")
    words = tuple(word for word in split_words(text or "") if word not in ("[", "]"))
    return Command(service.key_span("command"), " ".join((text or "").split()), argv=words) if words else None
