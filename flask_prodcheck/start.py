"""The command's way in: an answer that still holds, else the command line."""

from __future__ import annotations

import atexit
import os
import sys
import time

from flask_prodcheck.cache.recall import recalled, with_seconds


def main() -> None:
    """``prodcheck`` with the words of the command line. Ends the process."""
    try:
        answer()
    except SystemExit as leaving:
        _leave(leaving)


def _leave(leaving: SystemExit) -> None:
    """Ends the process without taking down what an audit has built, object by object: a sixth of its time. Raises
    ``leaving`` where somebody else is to be waited for or to be told."""
    threading = sys.modules.get("threading")
    if type(leaving.code) is not int or (threading is not None and threading.active_count() > 1):
        raise leaving
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        raise leaving from None
    atexit._run_exitfuncs()
    os._exit(leaving.code)


def answer() -> None:
    """What the words of the command line ask for. Raises SystemExit with the exit code."""
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
