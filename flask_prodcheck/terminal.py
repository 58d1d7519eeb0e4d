"""Where a command's text goes: a terminal with or without colours and Unicode, or a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from flask_prodcheck.errors import UsageError


def wants_color(choice: str, output: Path | None = None) -> bool:
    """Whether to colour: ``choice`` is "always", "never" or "auto" (a terminal that no variable says is plain)."""
    if choice != "auto":
        return choice == "always"
    if output is not None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()


def write(text: str, output: Path | None = None) -> None:
    """Writes ``text`` to the file ``output``, else to standard output; what its encoding lacks becomes escapes. Raises
    :class:`UsageError` when the file cannot be written."""
    if output is None:
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False, color=True)
        return
    try:
        output.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as failure:
        raise UsageError(f"{output}: cannot be written: {failure.strerror or failure}") from failure
