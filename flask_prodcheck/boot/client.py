"""Requests to the server in the box: loopback only, bounded in time and size."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Mapping

from flask_prodcheck.records import dataclass

HOST = "127.0.0.1"
_MOST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``status`` is 0 when no complete answer came, and ``failure`` says why. ``headers`` are in the
    order they were sent, names in lower case; ``body`` at most a MiB of it."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    failure: str = ""
    seconds: float = 0.0

    def header(self, name: str) -> str | None:
        """The first header of this (lower-case) name."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def get(port: int, path: str, *, headers: Mapping[str, str] | None = None, seconds: float = 10.0) -> Answer:
    """The answer to ``GET path``. Redirects are not followed. Never raises: what went wrong is in the answer."""
    started = time.monotonic()
    connection = http.client.HTTPConnection(HOST, port, timeout=seconds)
    try:
        connection.request("GET", path, headers={"Connection": "close", **(headers or {})})
        response = connection.getresponse()
        body = bytearray()
        while len(body) < _MOST and (piece := response.read1(65536)):
            body += piece
            if time.monotonic() - started > seconds:
                raise TimeoutError
        complete = response.length in (None, 0) or len(body) >= _MOST
        named = tuple((name.lower(), value) for name, value in response.getheaders())
        taken = time.monotonic() - started
        if not complete:
            return Answer(0, named, bytes(body), "the answer broke off", taken)
        return Answer(response.status, named, bytes(body), "", taken)
    except (OSError, http.client.HTTPException, ValueError) as failure:
        return Answer(0, failure=_reason(failure, seconds), seconds=time.monotonic() - started)
    finally:
        connection.close()


def free_port() -> int:
    """A TCP port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _reason(failure: Exception, seconds: float) -> str:
    if isinstance(failure, TimeoutError):
        return f"no answer within {seconds:.0f} s"
    if isinstance(failure, ConnectionRefusedError):
        return "nothing listens"
    if isinstance(failure, (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)):
        return "the connection was closed without an answer"
    if isinstance(failure, http.client.IncompleteRead):
        return "the answer broke off"
    return f"{type(failure).__name__}: {failure}"
