"""From the facts to the report: linking, the rules, the policy."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.findings.build import build
from flask_prodcheck.findings.lines import SourceLines
from flask_prodcheck.model.link import link
from flask_prodcheck.policy.decide import decide
from flask_prodcheck.policy.report import Report, Stats
from flask_prodcheck.policy.select import check_selectors
from flask_prodcheck.records import replace
from flask_prodcheck.registry.load import load
from flask_prodcheck.registry.run import run
from flask_prodcheck.rulekit import Project
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.tree import Tree


def judge(
    facts_of: Callable[[], Facts], tree: Tree, settings: Settings, *, root: Path, started: float
) -> tuple[Report, Project]:
    """The report on ``tree``, whose facts are asked for after the rules are loaded, and the project that was judged.
    Paths in the settings are relative to ``root``; ``started`` is what the performance counter said then. Raises
    :class:`~flask_prodcheck.errors.ProdcheckError` for rules or settings that are wrong."""
    rules = load((root / folder for folder in settings.extend_rules), examples=False)
    check_selectors(settings, rules)
    facts = facts_of()
    project = project_of(facts, tree, settings)
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


def project_of(facts: Facts, tree: Tree, settings: Settings) -> Project:
    """What the facts of ``tree`` mean together."""
    project = link(
        facts, name=tree.name, production=settings.production, development=settings.development, read=tree.read
    )
    return replace(project, problems=(*project.problems, *facts.later))
