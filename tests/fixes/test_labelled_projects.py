"""Fixes on real projects: all of those that are labelled for the accuracy figures, checked out in PRODCHECK_CORPUS."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from flask_prodcheck.edits.overlay import overlay
from flask_prodcheck.edits.text_file import decode, line_end, plain
from flask_prodcheck.errors import RefusedError
from flask_prodcheck.fixes.cure import cure
from flask_prodcheck.fixes.python_edit import comments_of
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import discover

CORPUS = os.environ.get("PRODCHECK_CORPUS", "")
PROJECTS = sorted(path for path in Path(CORPUS).iterdir() if path.is_dir()) if CORPUS else []

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CORPUS, reason="PRODCHECK_CORPUS names no folder with the projects"),
]


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize("root", PROJECTS, ids=lambda path: path.name)
def test_fixes_keep_what_they_are_not_about_and_are_made_once(root: Path, unsafe: bool) -> None:
    settings = Settings()
    tree = discover(root, exclude=settings.exclude)
    made = cure(tree, settings, root, unsafe=unsafe)
    for change in made.plan.changes:
        if change.before is None:
            continue
        data = tree.content.read(change.path)
        text, encoding = decode(data)
        assert text == change.before
        assert decode(change.after.encode(encoding)) == (change.after, encoding), change.path
        assert line_end(change.after) == line_end(change.before), change.path
        assert change.after.startswith("\ufeff") == change.before.startswith("\ufeff"), change.path
        if change.path.endswith(".py"):
            left = Counter(_comments(change.after))
            assert not Counter(_comments(change.before)) - left, change.path
    done = {(each.finding.code, each.finding.fingerprint) for each in made.applied}
    assert not done & {(each.code, each.fingerprint) for each in made.ended.open_findings}
    again = cure(overlay(tree, made.plan), settings, root, unsafe=unsafe)
    assert [change.path for change in again.plan.changes] == []


def _comments(text: str) -> list[str]:
    try:
        return comments_of(plain(text))
    except RefusedError:  # Python of another version: nothing is edited there but by its text
        return []
