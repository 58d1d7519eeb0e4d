"""The time that reading one file may take, so that no input can hang a run."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterable, Iterator
from types import FrameType

from flask_prodcheck.base import Problem
from flask_prodcheck.errors import ReadError

SECONDS = 60.0
"""Far above what any real file takes (the slowest seen: under two seconds), so that the limit never decides a report
on a slow machine."""

_GIVEN_UP = ": given up"


def was_given_up(problems: Iterable[Problem]) -> bool:
    """Whether one of the ``problems`` is a file that took too long: the same file may be read another time."""
    return any(problem.message.endswith(_GIVEN_UP) for problem in problems)


@contextlib.contextmanager
def time_limit(seconds: float = SECONDS) -> Iterator[None]:
    """Raise :class:`ReadError` in the body when it takes longer than ``seconds``.

    Only where the operating system has timers for processes (not on Windows) and in the main thread, which alone gets
    signals; elsewhere, or when somebody else's timer runs already, the size limit of the files alone bounds the time.
    """
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not usable or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise ReadError(f"takes longer than {seconds:g} s to read{_GIVEN_UP}")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
