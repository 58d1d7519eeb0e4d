"""Whether a shell that waits for what it has put into the background hands the stop signal on.

Source: https://www.gnu.org/software/bash/manual/bash.html ("Signals": a trap runs at once while ``wait`` waits, and only
after the command where one runs in the foreground).
"""

from __future__ import annotations

from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.facts.types import ShellScript

_STOP = frozenset({"TERM", "SIGTERM", "15"})
#: Actions of ``trap`` that ignore a signal, or take the trap back.
_NO_ACTION = frozenset({"''", '""', "-"})


def hands_signals_on(script: ShellScript | None) -> bool:
    """Whether ``script`` traps the signal that stops a container, and waits in a way that lets the trap run."""
    commands = [[word.text for word in each.words] for each in every_command(script.body)] if script is not None else []
    waits = any(words[:1] == ["wait"] for words in commands)
    return waits and any(
        words[:1] == ["trap"] and len(words) > 2 and words[1] not in _NO_ACTION and not _STOP.isdisjoint(words[2:])
        for words in commands
    )
