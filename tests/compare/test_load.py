"""The load and its figures."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest

from flask_prodcheck.boot.client import free_port, get
from flask_prodcheck.compare.load import Load, median, percentile, run_load


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = {"/error": 500, "/moved": 302}.get(self.path, 200)
        self.send_response(status)
        self.send_header("Content-Length", "2" if self.path != "/short" else "9")
        self.send_header("X-Seen", self.headers.get("X-Forwarded-Proto", "none"))
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize(("path", "answered", "failed"), [("/", 50, 0), ("/error", 0, 50), ("/moved", 50, 0)])
def test_every_request_is_counted(port: int, path: str, answered: int, failed: int) -> None:
    load = run_load(port, path, requests=50, seconds=20, clients=4)
    assert (len(load.latencies), load.failures) == (answered, failed)
    assert load.rate == pytest.approx(answered / load.seconds)


def test_time_bounds_a_run(port: int) -> None:
    load = run_load(port, "/", requests=10_000_000, seconds=0.3, clients=2)
    assert 0 < len(load.latencies) < 10_000_000
    assert load.seconds < 10


def test_nobody_there() -> None:
    load = run_load(free_port(), "/", requests=5, seconds=5, clients=2)
    assert (len(load.latencies), load.failures, load.rate) == (0, 5, 0.0)
    assert load.percentile(0.99) == 0.0


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_percentile_is_the_nearest_rank(share: float, value: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == value


def test_figures_without_values() -> None:
    assert (percentile([], 0.5), median([]), Load((), 0, 0.0).rate) == (0.0, 0.0, 0.0)


def test_client_answers(port: int) -> None:
    answer = get(port, "/", headers={"X-Forwarded-Proto": "https"})
    assert (answer.status, answer.text, answer.header("x-seen"), answer.failure) == (200, "ok", "https", "")
    assert get(port, "/short").failure == "the answer broke off"
    assert get(free_port(), "/").failure == "nothing listens"
