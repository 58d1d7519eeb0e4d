"""A bounded load on a server of loopback, and what it did: how many, how long, how many failed."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Iterable, Sequence

from flask_prodcheck.boot.client import HOST
from flask_prodcheck.records import dataclass

_PATIENCE = 10.0
_PIECE = 65536
_MOST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Load:
    """One run. ``latencies`` are the seconds of the requests that were answered, in no order; ``failures`` counts those
    that were not, or with a status from 500 on; ``seconds`` is the wall clock of the whole run."""

    latencies: tuple[float, ...]
    failures: int
    seconds: float

    @property
    def rate(self) -> float:
        """Answered requests per second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The latency in seconds that ``share`` (0 to 1) of the answered requests do not exceed, 0 without any."""
        return percentile(self.latencies, share)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of ``values`` that at least ``share`` of them do not exceed (nearest rank), 0 without any."""
    ordered = sorted(values)
    rank = -int(-share * len(ordered) // 1)
    return ordered[min(max(rank, 1), len(ordered)) - 1] if ordered else 0.0


def median(values: Iterable[float]) -> float:
    """The median of ``values``, 0 without any."""
    found = list(values)
    return statistics.median(found) if found else 0.0


def run_load(port: int, path: str, *, requests: int, seconds: float, clients: int) -> Load:
    """Asks for ``path`` from ``clients`` threads at once, each time over a new connection as a proxy in front would,
    until ``requests`` are made or ``seconds`` are over."""
    message = (
        f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nUser-Agent: prodcheck\r\nConnection: close\r\n\r\n".encode()
    )
    latencies: list[float] = []
    failures = 0
    left = requests
    lock = threading.Lock()
    started = time.perf_counter()
    end = started + seconds

    def client() -> None:
        nonlocal failures, left
        while True:
            with lock:
                if left <= 0 or time.perf_counter() > end:
                    return
                left -= 1
            begun = time.perf_counter()
            good = _ask(port, message)
            taken = time.perf_counter() - begun
            with lock:
                if good:
                    latencies.append(taken)
                else:
                    failures += 1

    threads = [threading.Thread(target=client, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + _PATIENCE + 5)
    return Load(tuple(latencies), failures, time.perf_counter() - started)


def _ask(port: int, message: bytes) -> bool:
    """Whether one request got a complete answer with a status below 500."""
    try:
        with socket.create_connection((HOST, port), timeout=_PATIENCE) as connection:
            connection.sendall(message)
            head = connection.recv(_PIECE)
            size = len(head)
            while size < _MOST and (piece := connection.recv(_PIECE)):
                size += len(piece)
                if len(head) < 32:
                    head += piece
    except OSError:
        return False
    words = head[:64].split(b" ", 2)
    return len(words) > 1 and words[0].startswith(b"HTTP/") and words[1].isdigit() and int(words[1]) < 500
