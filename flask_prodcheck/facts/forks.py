"""Forked children that take jobs from a common queue and send back what became of them, through pipes. Afterwards they wait
for questions about the jobs that they did.

Only forking is used, and only on Linux: a spawned interpreter would start in the folder of the audited project and look
there for modules, and forking is not dependable elsewhere. Whatever a child cannot deliver is done by this process, so
that the result is the same with any number of processes.
"""

from __future__ import annotations

import gc
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

_LENGTH = struct.Struct("=q")


class _Child:
    """A child as its parent sees it: the process, what it sends, and where it is asked."""

    def __init__(self, process: int, answers: int, questions: int) -> None:
        self.process = process
        self.answers = open(answers, "rb")  # noqa: SIM115 - closed when it is abandoned
        self.questions = questions

    def results(self) -> list[Any]:
        """What became of the jobs that it took; nothing when it has not delivered all of them."""
        found: list[Any] = []
        try:
            # The bytes come from a copy of this very process through a pipe that nobody else holds.
            while part := pickle.load(self.answers):  # noqa: S301
                found += part
        except (EOFError, OSError, pickle.UnpicklingError):
            return []
        return found

    def ask(self, job: int) -> bytes | None:
        """What it says of ``job``, one of those that it delivered; None when it says nothing."""
        try:
            os.write(self.questions, _TOKEN.pack(job))
            head = self.answers.read(_LENGTH.size)
            (length,) = _LENGTH.unpack(head) if len(head) == _LENGTH.size else (-1,)
            data = self.answers.read(length) if length >= 0 else b""
        except OSError:
            return None
        return data if len(data) == length else None

    def abandon(self) -> None:
        try:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
            os.close(self.questions)
            self.answers.close()
        except OSError:
            return  # nothing is left of it


class Forks(Generic[R]):
    """``processes`` children that do some of the ``jobs``, ``work(job)`` each, from now on; the rest is for
    :meth:`results`. A child answers questions about its jobs with ``say(job)``. As a context it leaves no child behind."""

    def __init__(
        self, jobs: Sequence[int], work: Callable[[int], R], processes: int, say: Callable[[int], bytes | None]
    ) -> None:
        self._jobs, self._work = jobs, work
        self._stride = -(-len(jobs) // _TOKENS) or 1
        self._queue = _queue(range(0, len(jobs), self._stride))
        self._children: list[_Child] = []
        self._doers: dict[int, _Child] = {}
        for _ in range(processes if self._queue is not None else 0):
            child = _start(lambda: [(job, work(job)) for job in self._taken()], say)
            if child is not None:
                self._children.append(child)

    def __enter__(self) -> Forks[R]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._doers.clear()
        while self._children:
            self._children.pop().abandon()
        if self._queue is not None:
            os.close(self._queue)
            self._queue = None

    def results(self) -> dict[int, R]:
        """What became of the jobs, by job: this process takes its share, and waits for the others. Jobs that a child took
        and did not deliver are missing."""
        found = {job: self._work(job) for job in self._taken()}
        for child in self._children:
            delivered = child.results()
            found.update(delivered)
            self._doers.update([(job, child) for job, _ in delivered])
        return found

    def ask(self, job: int) -> bytes | None:
        """What the child that did ``job`` says of it; None when none did, or it says nothing."""
        child = self._doers.get(job)
        said = child.ask(job) if child is not None else None
        if child is not None and said is None:
            self._doers = {each: doer for each, doer in self._doers.items() if doer is not child}  # it is out of step
        return said or None

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


def _start(work: Callable[[], list[Any]], say: Callable[[int], bytes | None]) -> _Child | None:
    """A child that sends what ``work`` gives, and then what ``say`` gives for each job that it is asked about; None when
    there can be none."""
    pipes: list[int] = []
    try:
        pipes += os.pipe()
        pipes += os.pipe()
        process = os.fork()
    except OSError:
        for each in pipes:
            os.close(each)
        return None
    answers, answering, asked, questions = pipes
    if process == 0:
        os.close(questions)
        _serve(work, say, answering, asked)
    os.close(answering)
    os.close(asked)
    return _Child(process, answers, questions)


def _serve(work: Callable[[], list[Any]], say: Callable[[int], bytes | None], answering: int, asked: int) -> NoReturn:
    code = 1
    gc.disable()  # it leaves before that would pay
    try:
        found = work()
        with open(answering, "wb") as stream:
            # In parts, so that neither side holds all of it a second time.
            for first in range(0, len(found), _PART):
                _Pickler(stream, pickle.HIGHEST_PROTOCOL).dump(found[first : first + _PART])
            pickle.dump([], stream)
            stream.flush()
            has_any = bool(found)
            found.clear()
            while has_any and len(token := os.read(asked, _TOKEN.size)) == _TOKEN.size:
                said = say(*_TOKEN.unpack(token)) or b""
                stream.write(_LENGTH.pack(len(said)) + said)
                stream.flush()
        code = 0
    finally:
        # Never through the parent's exit handlers, nor with a traceback: the parent does the share again and reports.
        os._exit(code)


class _Pickler(pickle.Pickler):
    """Dataclasses as their class and the values of their slots: half the time of what dataclasses do themselves."""

    def reducer_override(self, obj: Any) -> Any:
        kind = type(obj)
        if is_dataclass(kind) and not issubclass(kind, type):
            return kind, tuple([getattr(obj, name) for name in kind.__dataclass_fields__])
        return NotImplemented
