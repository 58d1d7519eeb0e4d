"""The pipeline: from a folder to a report."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.parse import Outlines, parse
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.findings.build import build
from flask_prodcheck.findings.lines import SourceLines
from flask_prodcheck.model.link import link
from flask_prodcheck.policy.decide import decide
from flask_prodcheck.policy.report import Report, Stats
from flask_prodcheck.policy.select import check_selectors
from flask_prodcheck.registry.load import load
from flask_prodcheck.registry.run import run
from flask_prodcheck.rulekit import Project
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import discover
from flask_prodcheck.sources.tree import Tree

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
) -> tuple[Report, Project]:
    """The report on ``tree``, and the project that was judged. ``outlines`` are what is remembered of its files."""
    started = time.perf_counter() if started is None else started
    rules = load((root / folder for folder in settings.extend_rules), examples=False)
    check_selectors(settings, rules)
    facts = parse(tree, outlines)
    project = _link(facts, tree, settings)
    outcome = run(rules, project)
    lines = SourceLines(tree.content)
    findings = build(outcome.hits, lines)
    stats = Stats(
        files=len(tree.sources),
        parsed=facts.parsed,
        from_cache=facts.recalled,
        seconds=round(time.perf_counter() - started, 3),
    )
    problems = (*outcome.problems, *facts.later)  # rules read statements too
    return decide(findings, project, tree, lines, rules, settings, problems, stats), project


def linked(root: Path, settings: Settings = DEFAULTS) -> Project:
    """The project in the folder ``root`` as the rules would see it, without a judgement."""
    return linked_tree(discover(root, exclude=settings.exclude), settings)


def linked_tree(tree: Tree, settings: Settings = DEFAULTS) -> Project:
    """The project in ``tree`` as the rules would see it, without a judgement."""
    return _link(parse(tree), tree, settings)


def _link(facts: Facts, tree: Tree, settings: Settings) -> Project:
    def read(path: str) -> bytes | None:
        try:
            return tree.content.read(path) if path in tree.paths else None
        except ReadError:
            return None

    project = link(facts, name=tree.name, production=settings.production, development=settings.development, read=read)
    return replace(project, problems=(*project.problems, *facts.later))
