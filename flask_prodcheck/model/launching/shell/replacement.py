"""Which command of a text bash replaces itself with.

Source: https://git.savannah.gnu.org/cgit/bash.git/tree/execute_cmd.c (``optimize_connection_fork``: the last command of
``bash -c`` in a list of ``&&``, ``||`` and ``;``, since 5.1; not with redirections, pipes, traps or jobs), tried with 5.2.
Dash, which is /bin/sh on Debian, does not do it.
"""

from __future__ import annotations

from flask_prodcheck.patterns import regex

_BETWEEN = regex(r"&&|[;\n]")


def last_command(text: str) -> str:
    """The command at the end of ``text`` that ``bash -c`` runs in place of itself; "" where it stays in front of it."""
    if not any(mark in text for mark in "|&;<>\n"):
        return text
    last = _BETWEEN.split(text.rstrip())[-1].strip()
    jobs = "&" in text.replace("&&", "").replace("2>&1", "")
    return "" if jobs or "trap" in text or any(mark in last for mark in "|<>") else last
