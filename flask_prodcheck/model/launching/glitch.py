"""Glitch, a platform that ran the ``start.sh`` at the root of a Python project.

Source: Glitch's help, and its template for Python: what a project keeps for itself stands in ``.data``, the
environment of Python too; ``.glitch-assets`` lists the files of its content delivery network.
"""

from __future__ import annotations

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell_commands import every_command

_OWN_FILE = ".glitch-assets"
_START = "start.sh"
_KEPT = ".data/"


def is_started_by_glitch(path: str, facts: Facts) -> bool:
    """Whether Glitch starts the script at ``path``: it has the name, and the project was written there."""
    script = facts.scripts.get(path)
    if path != _START or script is None:
        return False
    if _OWN_FILE in facts.paths:
        return True
    return any(
        word.text.strip("\"'").startswith(_KEPT)
        for each in every_command(script.body)
        for word in (*each.words, *(value for _, value in each.assigns))
    )
