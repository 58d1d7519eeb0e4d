"""No file can hold up a run: reading it ends, and the report says that it was given up."""

from __future__ import annotations

import signal
import sys
import time

import pytest

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts import parse as stage
from flask_prodcheck.facts.time_limit import time_limit
from flask_prodcheck.sources.discover import memory_tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process timers")


def spin(_path: str, _text: str) -> None:
    while True:
        time.sleep(0.001)


def test_a_reader_that_does_not_end_is_stopped() -> None:
    with pytest.raises(ReadError, match=r"takes longer than 0\.05 s"), time_limit(0.05):
        spin("", "")
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_reader_in_time_leaves_nothing_behind() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(5):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_the_report_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "_reader", lambda _place: spin)
    monkeypatch.setattr(stage, "time_limit", lambda: time_limit(0.05))
    facts = stage.parse(memory_tree({"Procfile": "web: x\n"}))
    assert [(each.file, each.message, each.blocking) for each in facts.problems] == [
        ("Procfile", "takes longer than 0.05 s to read: given up", True)
    ]
