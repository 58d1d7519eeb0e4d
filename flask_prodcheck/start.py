"""The command's way in: an answer that still holds, else the command line."""

from __future__ import annotations

import os
import sys
import time

from flask_prodcheck.cache.recall import recalled, with_seconds


def main() -> None:
    """``prodcheck`` with the words of the command line. Ends the process."""
    started = time.perf_counter()
    words = sys.argv[1:]
    known = recalled(words, os.environ, is_terminal=sys.stdout.isatty()) if sys.stdout is not None else None
    if known is None:
        from flask_prodcheck.cli import main as command

        command(prog_name="prodcheck", obj=tuple(words))
        return
    text, code = known
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        sys.stdout.write(
            with_seconds(text, time.perf_counter() - started).encode(encoding, "backslashreplace").decode(encoding)
        )
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = None  # as the command line does: nobody is left to tell
        code = 0
    sys.exit(code)
