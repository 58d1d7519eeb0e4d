"""The pipeline: from a folder to a report."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flask_prodcheck.facts.parse import Noted, Outlines, note, reading
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import discover
from flask_prodcheck.sources.tree import Tree

if TYPE_CHECKING:
    from flask_prodcheck.policy.report import Report
    from flask_prodcheck.rulekit import Project

DEFAULTS = Settings()


def audit(root: Path, settings: Settings = DEFAULTS) -> Report:
    """The report on the project in the folder ``root``, which is only read. Raises
    :class:`~flask_prodcheck.errors.ProdcheckError` when it cannot be audited."""
    started = time.perf_counter()
    return audit_tree(discover(root, exclude=settings.exclude), settings, root=root, started=started)


def audit_tree(
    tree: Tree, settings: Settings = DEFAULTS, *, root: Path = Path(), started: float | None = None
) -> Report:
    """The report on ``tree``. Paths in the settings are relative to ``root``."""
    return examine(tree, settings, root=root, started=started)[0]


def examine(
    tree: Tree,
    settings: Settings = DEFAULTS,
    *,
    root: Path = Path(),
    started: float | None = None,
    outlines: Outlines | None = None,
    watched: Tree | None = None,
) -> tuple[Report, Project]:
    """The report on ``tree``, and the project that was judged. ``outlines`` are what is remembered of its files; what more
    than these is looked into is read from ``watched``, where that is given."""
    started = time.perf_counter() if started is None else started
    with reading(tree, outlines) as facts:
        # What judges takes a while to load: on a large tree others read meanwhile.
        from flask_prodcheck.judge import judge

        return judge(facts, watched or tree, settings, root=root, started=started)


def noting(tree: Tree) -> Callable[[str], Noted | None]:
    """Looks at Python files of ``tree`` again. None for one that cannot be read."""
    sources = {source.path: source for source in tree.sources}
    return lambda path: note(sources[path], tree)


def linked(root: Path, settings: Settings = DEFAULTS) -> Project:
    """The project in the folder ``root`` as the rules would see it, without a judgement."""
    return linked_tree(discover(root, exclude=settings.exclude), settings)


def linked_tree(tree: Tree, settings: Settings = DEFAULTS) -> Project:
    """The project in ``tree`` as the rules would see it, without a judgement."""
    with reading(tree) as facts:
        from flask_prodcheck.judge import project_of

        return project_of(facts(), tree, settings)
