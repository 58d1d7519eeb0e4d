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


def glitch_start(facts: Facts) -> str:
    """The script that Glitch starts: it has the name, and the project was written there; "" where there is none."""
    script = facts.scripts.get(_START)
    if script is None:
        return ""
    kept = _OWN_FILE in facts.paths or any(
        word.text.strip("\"'").startswith(_KEPT)
        for each in every_command(script.body)
        for word in (*each.words, *(value for _, value in each.assigns))
    )
    return _START if kept else ""
