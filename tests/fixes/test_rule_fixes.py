"""Every rule with a fix: its bad examples, cured and audited again."""

from __future__ import annotations

from pathlib import Path

import pytest

from flask_prodcheck.audit import audit_tree
from flask_prodcheck.edits.overlay import overlay
from flask_prodcheck.findings.finding import Finding
from flask_prodcheck.fixes.cure import Cured, cure
from flask_prodcheck.policy.report import Report
from flask_prodcheck.registry.load import builtin_rules
from flask_prodcheck.registry.rule import Example, Rule
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import memory_tree
from flask_prodcheck.sources.tree import Tree

FIXABLE = [rule for rule in builtin_rules() if rule.fix is not None]


def cured(tree: Tree, code: str) -> Cured:
    return cure(tree, Settings(select=(code,), persona="auditor"), Path(), unsafe=True)


def of(report: Report, code: str) -> list[Finding]:
    return [each for each in report.open_findings if each.code == code]


def errors(report: Report) -> set[str]:
    return {each.code for each in (*report.open_findings, *report.hidden) if each.severity == "error"}


def bad_examples() -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.code}-{example.name}")
        for rule in FIXABLE
        for example in rule.examples
        if example.kind == "bad"
    ]


@pytest.mark.parametrize(("rule", "example"), bad_examples())
def test_a_bad_example_is_cured(rule: Rule, example: Example) -> None:
    tree = memory_tree(example.files)
    made = cured(tree, rule.code)
    offered = [each for each in of(made.started, rule.code) if each.fix is not None]
    if not offered:
        assert made.plan.changes == ()
        return
    assert [each.reason for each in made.refused] == []
    assert len(made.applied) >= 1
    left = [each for each in of(made.ended, rule.code) if each.fix is not None]
    assert left == []
    assert errors(made.ended) <= errors(made.started)
    again = cured(overlay(tree, made.plan), rule.code)
    assert (again.plan.changes, again.applied) == ((), ())


@pytest.mark.parametrize("rule", FIXABLE, ids=lambda rule: rule.code)
def test_a_rule_with_a_fix_offers_it_in_an_example(rule: Rule) -> None:
    reports = [audit_tree(memory_tree(each.files)) for each in rule.examples if each.kind == "bad"]
    assert any(each.fix is not None for report in reports for each in of(report, rule.code))
