"""Forked children that take jobs from a common queue and send back what became of them, through pipes.

Only forking is used, and only on Linux: a spawned interpreter would start in the folder of the audited project and look
there for modules, and forking is not dependable elsewhere. Whatever a child cannot deliver is done by this process, so
that the result is the same with any number of processes.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import is_dataclass
from types import TracebackType
from typing import Any, Generic, NoReturn, TypeVar

R = TypeVar("R")

#: How many numbers of jobs are written into the queue at once, before anybody reads: fewer bytes than a pipe holds.
_TOKENS = 8_000
_TOKEN = struct.Struct("=i")

#: How many results a child sends at once.
_PART = 500


class Forks(Generic[R]):
    """``processes`` children that do some of the ``jobs``, ``work(job)`` each, from now on; the rest is for
    :meth:`results`. As a context it leaves no child behind."""

    def __init__(self, jobs: Sequence[int], work: Callable[[int], R], processes: int) -> None:
        self._jobs, self._work = jobs, work
        self._stride = -(-len(jobs) // _TOKENS) or 1
        self._queue = _queue(range(0, len(jobs), self._stride))
        self._children: list[tuple[int, int]] = []
        for _ in range(processes if self._queue is not None else 0):
            child = _start(lambda: [(job, work(job)) for job in self._taken()])
            if child is not None:
                self._children.append(child)

    def __enter__(self) -> Forks[R]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._children:
            _abandon(self._children.pop())
        if self._queue is not None:
            os.close(self._queue)
            self._queue = None

    def results(self) -> dict[int, R]:
        """What became of the jobs, by job: this process takes its share, and waits for the others. Jobs that a child took
        and did not deliver are missing."""
        found = {job: self._work(job) for job in self._taken()}
        while self._children:
            found.update(_collected(self._children[-1]))
            self._children.pop()
        return found

    def _taken(self) -> Iterator[int]:
        """The jobs that this process gets from the queue, until it is empty."""
        while self._queue is not None and len(token := os.read(self._queue, _TOKEN.size)) == _TOKEN.size:
            (first,) = _TOKEN.unpack(token)
            yield from self._jobs[first : first + self._stride]


def _queue(numbers: range) -> int | None:
    """A pipe that holds ``numbers`` and ends after them; None when there can be none."""
    try:
        reading, writing = os.pipe()
    except OSError:
        return None
    tokens = b"".join(map(_TOKEN.pack, numbers))
    os.set_blocking(writing, False)  # nobody reads yet, and a system may grant a pipe less than its usual 64 KiB
    try:
        written = os.write(writing, tokens)
    except BlockingIOError:
        written = -1
    os.close(writing)
    if written == len(tokens):
        return reading
    os.close(reading)
    return None


def _start(work: Callable[[], list[Any]]) -> tuple[int, int] | None:
    """(process, pipe) of a child that sends what ``work`` gives; None when there can be none."""
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
        _serve(work, writing)
    os.close(writing)
    return process, reading


def _serve(work: Callable[[], list[Any]], writing: int) -> NoReturn:
    code = 1
    try:
        found = work()
        with open(writing, "wb") as stream:
            # In parts, so that neither side holds all of it a second time.
            for first in range(0, len(found), _PART):
                _Pickler(stream, pickle.HIGHEST_PROTOCOL).dump(found[first : first + _PART])
        code = 0
    finally:
        # Never through the parent's exit handlers, nor with a traceback: the parent does the share again and reports.
        os._exit(code)


def _collected(child: tuple[int, int]) -> list[Any]:
    process, reading = child
    found: list[Any] = []
    with open(reading, "rb") as stream:  # noqa: PTH123
        try:
            while stream.peek(1):
                # The bytes come from a copy of this very process through a pipe that nobody else holds.
                found += pickle.load(stream)  # noqa: S301
        except (EOFError, pickle.UnpicklingError):
            found.clear()  # the child ended before it had written all of them
    _, status = os.waitpid(process, 0)
    return found if status == 0 else []


def _abandon(child: tuple[int, int]) -> None:
    process, reading = child
    try:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(reading)
    except OSError:
        return  # it has been collected


class _Pickler(pickle.Pickler):
    """Dataclasses as their class and the values of their slots: half the time of what dataclasses do themselves."""

    def reducer_override(self, obj: Any) -> Any:
        kind = type(obj)
        if is_dataclass(kind) and not issubclass(kind, type):
            return kind, tuple([getattr(obj, name) for name in kind.__dataclass_fields__])
        return NotImplemented
