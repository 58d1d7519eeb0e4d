"""Reading is done without a search for circles, and leaves the collector as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

import flask_prodcheck.facts.parse as parsing
from flask_prodcheck.facts.circles import without_collection
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.sources.discover import memory_tree
from flask_prodcheck.sources.tree import Source, Tree


@pytest.fixture(autouse=True)
def _collects_again() -> Iterator[None]:
    yield
    gc.enable()


def test_reading_is_done_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    read = parsing._read

    def watched(source: Source, tree: Tree) -> object:
        seen.append(gc.isenabled())
        return read(source, tree)

    monkeypatch.setattr(parsing, "_read", watched)
    parse(memory_tree({"app.py": b"x = 1\n", "Procfile": b"web: gunicorn app\n"}))
    assert (seen, gc.isenabled()) == ([False, False], True)


def test_what_is_left_is_old() -> None:
    gc.collect()
    with without_collection():
        kept = [[each] for each in range(10_000)]
    assert gc.get_count()[0] < len(kept)
    assert gc.get_freeze_count() == 0


def test_a_failure_leaves_it_as_it_was() -> None:
    with pytest.raises(KeyError), without_collection():
        raise KeyError
    assert gc.isenabled()


def test_who_takes_care_of_it_keeps_it() -> None:
    gc.disable()
    with without_collection():
        pass
    assert not gc.isenabled()
