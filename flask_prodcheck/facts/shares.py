"""Work on many files, shared with other processes where that is safe and worth it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MAX_PROCESSES = 8


class Shared(Generic[R]):
    """Work that is being done. ``results`` gives what became of each item, ``ask`` what the process that did the item of an
    index says of it, where that is another one that is still there."""

    def __init__(self, results: Callable[[], list[R]], ask: Callable[[int], bytes | None] = lambda _: None) -> None:
        self.results = results
        self.ask = ask


@contextlib.contextmanager
def shared(
    items: Sequence[T],
    weight: Callable[[T], int],
    work: Callable[[T], R],
    *,
    worth: int,
    say: Callable[[T], bytes | None] = lambda _: None,
) -> Iterator[Shared[R]]:
    """Gives ``[work(item) for item in items]``. Where the weights sum up to ``worth`` or more for each of two processes at
    least, others begin at once, while this one does something else, and then take turns with it; what weighs nothing is
    done here. They stay to be asked what they ``say`` of an item. ``work`` raises nothing that is to be told apart, and its
    results can be pickled."""
    count = min(MAX_PROCESSES, _processors(), sum(map(weight, items)) // worth if worth else 1)
    if count < 2 or not _can_fork():
        yield Shared(lambda: [work(item) for item in items])
        return
    # Most audits need no other process, nor what it takes to have one.
    from flask_prodcheck.facts.forks import Forks

    weights = list(map(weight, items))
    heaviest = sorted(range(len(items)), key=lambda index: -weights[index])
    jobs = [index for index in heaviest if weights[index]]
    with Forks(jobs, lambda index: work(items[index]), count - 1, lambda index: say(items[index])) as forks:

        def results() -> list[R]:
            found = {index: work(items[index]) for index in heaviest[len(jobs) :]}
            found |= forks.results()
            return [found[index] if index in found else work(item) for index, item in enumerate(items)]

        yield Shared(results, forks.ask)


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return 1


def _can_fork() -> bool:
    threading = sys.modules.get("threading")
    # A lock that another thread holds while this one forks stays locked in the child for ever.
    return sys.platform == "linux" and (threading is None or threading.active_count() == 1)
