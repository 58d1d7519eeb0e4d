"""Work on many files, shared with other processes where that is safe and worth it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

MAX_PROCESSES = 8


@contextlib.contextmanager
def shared(
    items: Sequence[T], weight: Callable[[T], int], work: Callable[[T], R], *, worth: int
) -> Iterator[Callable[[], list[R]]]:
    """Gives a function that gives ``[work(item) for item in items]``. Where the weights sum up to ``worth`` or more for
    each of two processes at least, others begin at once, while this one does something else, and then take turns with it;
    what weighs nothing is done here. ``work`` raises nothing that is to be told apart, and its results can be pickled."""
    count = min(MAX_PROCESSES, _processors(), sum(map(weight, items)) // worth if worth else 1)
    if count < 2 or not _can_fork():
        yield lambda: [work(item) for item in items]
        return
    # Most audits need no other process, nor what it takes to have one.
    from flask_prodcheck.facts.forks import Forks

    weights = list(map(weight, items))
    heaviest = sorted(range(len(items)), key=lambda index: -weights[index])
    jobs = [index for index in heaviest if weights[index]]
    with Forks(jobs, lambda index: work(items[index]), count - 1) as forks:

        def results() -> list[R]:
            found = {index: work(items[index]) for index in heaviest[len(jobs) :]}
            found |= forks.results()
            return [found[index] if index in found else work(item) for index, item in enumerate(items)]

        yield results


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return 1


def _can_fork() -> bool:
    threading = sys.modules.get("threading")
    # A lock that another thread holds while this one forks stays locked in the child for ever.
    return sys.platform == "linux" and (threading is None or threading.active_count() == 1)
