"""The scripts of ``package.json``."""

from __future__ import annotations

from flask_prodcheck.facts.types import Start, StartFile
from flask_prodcheck.facts.yaml_nodes import read_yaml, shell_command


def read_npm(path: str, text: str) -> StartFile:
    """One start for each script. Raises ReadError for invalid JSON."""
    starts = []
    for document in read_yaml(path, text):
        scripts = document.get("scripts")
        for name, span, value in scripts.items() if scripts is not None else ():
            command = shell_command(value, span)
            if command is not None:
                starts.append(Start("npm", name, span, command))
    return StartFile(path, "npm", tuple(starts))
