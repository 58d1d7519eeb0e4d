"""Work that is shared among processes: the results of one process, whatever becomes of the others."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

import flask_prodcheck.facts.parse as parsing
from flask_prodcheck.facts import shares
from flask_prodcheck.facts.looked import Looked
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.syntax import Held
from flask_prodcheck.sources.discover import memory_tree

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="one process is all there is without fork")


@pytest.fixture(autouse=True)
def four_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "_processors", lambda: 4)


def by_process(items: list[int], work: Callable[[int], object]) -> list[object]:
    with shares.shared(items, lambda item: item, work, worth=10) as work_done:
        return work_done.results()


def processes(items: list[int]) -> set[object]:
    """The processes that did ``items``, each of which takes a while: every process gets its turn."""

    def work(_: int) -> object:
        time.sleep(0.3)
        return os.getpid()

    return set(by_process(items, work))


def test_the_order_is_that_of_the_items() -> None:
    items = [7, 30, 1, 12, 9, 25, 3]
    assert by_process(items, lambda item: item + 1) == [item + 1 for item in items]
    assert len(processes(items)) == 4


def test_others_begin_at_once_and_the_heaviest_comes_first() -> None:
    here = os.getpid()
    with shares.shared([1, 2, 30, 0], lambda item: item, lambda item: (item, os.getpid()), worth=10) as work_done:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)  # one of them found nothing left to do
        found = work_done.results()
    assert [item for item, _ in found] == [1, 2, 30, 0]
    assert [process == here for _, process in found] == [False, False, False, True]  # what weighs nothing is done here


def test_many_items_are_each_done_once() -> None:
    items = list(range(1, 20_001))
    assert by_process(items, lambda item: -item) == [-item for item in items]


def test_a_pipe_that_holds_too_little_is_no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", lambda _, data: len(data) - 1)
    assert processes([20, 20]) == {os.getpid()}


@pytest.mark.parametrize("items", [[], [5], [1, 2, 3]])
def test_little_work_stays_in_one_process(items: list[int]) -> None:
    assert processes(items) <= {os.getpid()}


def test_work_stays_here_while_another_thread_runs() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert processes([50, 50]) == {os.getpid()}
    finally:
        done.set()
        thread.join()


def test_what_a_child_cannot_deliver_is_done_here() -> None:
    here = os.getpid()

    def dying(item: int) -> object:
        if os.getpid() != here:
            os._exit(0)
        return item

    def raising(item: int) -> object:
        if os.getpid() != here:
            raise MemoryError
        return item

    def strange(item: int) -> object:
        return item if os.getpid() == here else (lambda: item)

    for work in (dying, raising, strange):
        assert by_process([20, 20, 20], work) == [20, 20, 20]


def test_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", full)
    assert processes([20, 20]) == {os.getpid()}


def test_an_interruption_leaves_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    here = os.getpid()

    def interrupted(item: int) -> object:
        if os.getpid() == here:
            raise KeyboardInterrupt
        time.sleep(0.05)
        return item

    with pytest.raises(KeyboardInterrupt):
        by_process([20] * 40, interrupted)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def with_statements(facts: Facts) -> Facts:
    """``facts`` with the statements of every module at hand, as nobody had asked for them."""
    assert not facts.later
    modules = {path: replace(each, source=Held(each.body)) for path, each in facts.modules.items()}
    return replace(facts, modules=modules, looked=Looked())


def test_the_facts_are_the_same_with_any_number_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        f"pkg/m{number}.py": f"import os\nfrom flask import Flask\napp = Flask(__name__)\nX = {number}, f'{{os.sep}}'\n"
        for number in range(30)
    }
    files |= {
        "pkg/bad.py": "app = Flask((\n",
        "Dockerfile": "FROM python:3.12\nCMD flask run\n",
        ".dockerignore": "a\n",
    }
    tree = memory_tree(files)
    alone = parse(tree)
    monkeypatch.setattr(parsing, "_WORTH_A_PROCESS", 200)
    started: list[int] = []
    fork = os.fork

    def counted() -> int:
        started.append(1)
        return fork()

    monkeypatch.setattr(os, "fork", counted)
    assert with_statements(parse(tree)) == alone
    assert len(started) == 3
