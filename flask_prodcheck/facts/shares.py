"""Work on many files, shared among processes where that is safe and worth it: forked children, results through pipes.

Only forking is used, and only on Linux: a spawned interpreter would start in the folder of the audited project and look
there for modules, and forking is not dependable elsewhere. Whatever a child cannot deliver is done by this process, so
that the result is the same with any number of processes.
"""

from __future__ import annotations

import io
import os
import pickle
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import is_dataclass
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MAX_PROCESSES = 8


def shared(items: Sequence[T], weight: Callable[[T], int], work: Callable[[T], R], *, worth: int) -> list[R]:
    """``[work(item) for item in items]``. Where the weights sum up to ``worth`` or more for each of two processes at
    least, children take their share. ``work`` raises nothing that is to be told apart, and its results can be
    pickled."""
    total = sum(map(weight, items))
    count = min(MAX_PROCESSES, _processors(), total // worth if worth else 1)
    if count < 2 or not _can_fork():
        return [work(item) for item in items]
    shares = _split(items, weight, count)
    children = [_start([items[index] for index in share], work) for share in shares[1:]]
    results: dict[int, R] = {}
    try:
        for index in shares[0]:
            results[index] = work(items[index])
        for share, child in zip(shares[1:], children, strict=True):
            got = _collected(child) if child is not None else None
            if got is None or len(got) != len(share):
                got = [work(items[index]) for index in share]
            results.update(zip(share, got, strict=True))
    except BaseException:
        for child in children:
            if child is not None:
                _abandon(child)
        raise
    return [results[index] for index in range(len(items))]


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return 1


def _can_fork() -> bool:
    threading = sys.modules.get("threading")
    # A lock that another thread holds while this one forks stays locked in the child for ever.
    return sys.platform == "linux" and (threading is None or threading.active_count() == 1)


def _split(items: Sequence[T], weight: Callable[[T], int], count: int) -> list[list[int]]:
    """The indexes of ``items`` in ``count`` shares of about the same weight."""
    shares: list[list[int]] = [[] for _ in range(count)]
    loads = [0] * count
    for index in sorted(range(len(items)), key=lambda index: -weight(items[index])):
        least = loads.index(min(loads))
        shares[least].append(index)
        loads[least] += weight(items[index])
    return shares


def _start(items: Sequence[T], work: Callable[[T], R]) -> tuple[int, int] | None:
    """(process, pipe) of a child that does ``items``; None when there can be none."""
    try:
        reading, writing = os.pipe()
    except OSError:
        return None
    try:
        process = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return None
    if process == 0:
        _serve(items, work, writing)
    os.close(writing)
    return process, reading


def _serve(items: Sequence[T], work: Callable[[T], R], writing: int) -> NoReturn:
    code = 1
    try:
        buffer = io.BytesIO()
        _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump([work(item) for item in items])
        with open(writing, "wb") as stream:
            stream.write(buffer.getbuffer())
        code = 0
    finally:
        # Never through the parent's exit handlers, nor with a traceback: the parent does the share again and reports.
        os._exit(code)


def _collected(child: tuple[int, int]) -> list[Any] | None:
    process, reading = child
    with open(reading, "rb") as stream:  # noqa: PTH123
        data = stream.read()
    _, status = os.waitpid(process, 0)
    if status != 0:
        return None
    try:
        # The bytes come from a copy of this very process through a pipe that nobody else holds.
        found = pickle.loads(data)  # noqa: S301
    except (EOFError, pickle.UnpicklingError):
        return None  # the child ended before it had written all of them
    return found if isinstance(found, list) else None


def _abandon(child: tuple[int, int]) -> None:
    try:
        os.kill(child[0], signal.SIGKILL)
        os.waitpid(child[0], 0)
        os.close(child[1])
    except OSError:
        return  # it has been collected


class _Pickler(pickle.Pickler):
    """Dataclasses as their class and the values of their slots: half the time of what dataclasses do themselves."""

    def reducer_override(self, obj: Any) -> Any:
        kind = type(obj)
        if is_dataclass(kind) and not issubclass(kind, type):
            return kind, tuple([getattr(obj, name) for name in kind.__dataclass_fields__])
        return NotImplemented
