"""A command run in a box: in its own session, with limits, its output bounded, and nothing of it left at the end."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from flask_prodcheck.boot.processes import Process, descendants, marked
from flask_prodcheck.records import dataclass

_HEAD = 64 * 1024
_TAIL = 64 * 1024
_PIECE = 64 * 1024
_MARK = "PRODCHECK_BOX"
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from flask_prodcheck.boot.keeper import main; main()"  # -I: only this
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a box allows: wall clock ``seconds`` for the whole box, ``memory`` bytes of address space and ``file`` bytes
    of a written file for each process, that many ``processes`` at a time, and ``output`` bytes printed in all."""

    seconds: float = 90.0
    memory: int = 4 * 1024**3
    file: int = 256 * 1024**2
    processes: int = 256
    output: int = 64 * 1024**2


class Box:
    """A context: the command starts on entry, everything it started is gone on exit.

    ``over`` names the limit that was passed ("seconds", "processes", "output"), "" while none was. ``left`` counts the
    processes that outlived the command. ``status`` is its exit status (negative: a signal), None while it runs or when
    it had to be ended. ``clean`` turns true once nothing is left.
    """

    def __init__(self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str], limits: Limits) -> None:
        self.mark = secrets.token_hex(8)
        self.limits = limits
        self.pid = 0
        self.status: int | None = None
        self.left = 0
        self.over = ""
        self.failure = ""
        self.clean = False
        self.printed = 0
        self._order = {
            "command": list(command),
            "cwd": str(cwd),
            "env": {**env, _MARK: self.mark},
            "seconds": limits.seconds,
            "cpu": limits.seconds + 1,
            "memory": limits.memory,
            "file": limits.file,
            "processes": limits.processes,
            "tasks": 2048,
            "priority": os.getpriority(os.PRIO_PROCESS, 0),
        }
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._ended = threading.Event()
        self._started = threading.Event()
        self._lock = threading.Lock()
        self._ending = False
        self._group: Path | None = None

    def __enter__(self) -> Box:  # noqa: PYI034 - typing has Self from 3.11 on
        root = str(Path(__file__).resolve().parents[2])
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
            start_new_session=True,
        )
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        assert self._keeper.stderr is not None
        self._threads = [
            threading.Thread(target=self._listen, args=(self._keeper.stdout,), daemon=True),
            threading.Thread(target=self._drain, args=(self._keeper.stderr,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        with contextlib.suppress(OSError):
            self._keeper.stdin.write(json.dumps(self._order).encode() + b"\n")
            self._keeper.stdin.flush()
        self._started.wait(20)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Kills whatever still runs, and returns when it is gone."""
        assert self._keeper.stdin is not None
        self._ending = True
        with contextlib.suppress(OSError):
            self._keeper.stdin.close()
        try:
            self._keeper.wait(30)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()
        # The last word if the keeper was killed by what it kept.
        end = time.monotonic() + 10
        while (strays := marked(self.mark)) and time.monotonic() < end:
            for process in strays:
                with contextlib.suppress(OSError):
                    os.kill(process.pid, signal.SIGKILL)
            time.sleep(0.05)
        self.clean = not marked(self.mark)
        if self._group is not None:
            with contextlib.suppress(OSError):  # gone already, unless the keeper was killed
                self._group.rmdir()
        for thread in self._threads:
            thread.join(5)
        for stream in (self._keeper.stdout, self._keeper.stderr):
            if stream is not None and not any(thread.is_alive() for thread in self._threads):
                stream.close()
        self._ended.set()

    @property
    def lives(self) -> bool:
        """Whether the command runs and may go on."""
        return not self._ended.is_set()

    def wait(self, seconds: float) -> bool:
        """Whether the command ended, or had to be ended, within ``seconds``."""
        return self._ended.wait(max(0.0, seconds))

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the command itself, if it still runs."""
        if self.pid and self.lives:
            with contextlib.suppress(OSError):
                os.kill(self.pid, number)

    def members(self) -> list[Process]:
        """The command and every process below it that lives."""
        return [process for process in descendants(self._keeper.pid) if process.lives]

    def children(self) -> list[int]:
        """The processes that the command itself started and that live."""
        return sorted(process.pid for process in self.members() if process.parent == self.pid)

    @property
    def output(self) -> str:
        """What was printed: the beginning and the end where it was too much to keep."""
        with self._lock:
            tail = b"".join(self._tail)
            kept = len(self._head) + len(tail)
            gap = b"" if kept >= self.printed else b"\n[... %d bytes ...]\n" % (self.printed - kept)
            return (bytes(self._head) + gap + tail).decode("utf-8", "replace")

    def _drain(self, stream: IO[bytes]) -> None:
        while piece := os.read(stream.fileno(), _PIECE):
            with self._lock:
                self.printed += len(piece)
                room = _HEAD - len(self._head)
                self._head += piece[: max(0, room)]
                rest = piece[max(0, room) :]
                if rest:
                    self._tail.append(rest)
                    self._tail_size += len(rest)
                while self._tail and self._tail_size - len(self._tail[0]) >= _TAIL:
                    self._tail_size -= len(self._tail.popleft())
            if self.printed > self.limits.output and not self.over:
                self.over = "output"
                self._ending = True
                assert self._keeper.stdin is not None
                with contextlib.suppress(OSError):
                    self._keeper.stdin.close()

    def _listen(self, stream: IO[bytes]) -> None:
        for line in stream:
            said = json.loads(line)
            if "group" in said:
                self._group = Path(said["group"])
            if "pid" in said:
                self.pid = said["pid"]
                self._started.set()
            if "failed" in said:
                self.failure = said["failed"]
            if "over" in said and not self.over:
                self.over = said["over"]
                self._ended.set()
            if "exit" in said:
                self.status = said["exit"]
                self.left = said["left"]
                self._ended.set()
        self._started.set()
        if not self._ended.is_set() and not self._ending:
            self.failure = self.failure or "it killed the process that watches it"
        self._ended.set()
