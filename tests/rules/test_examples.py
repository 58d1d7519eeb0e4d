"""Every example of every rule, audited as a project in memory."""

from __future__ import annotations

from functools import cache

import pytest

from flask_prodcheck.audit import audit_tree
from flask_prodcheck.findings.finding import Finding
from flask_prodcheck.policy.report import Report
from flask_prodcheck.registry.load import builtin_rules
from flask_prodcheck.registry.rule import Example, Expectation, Rule
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import memory_tree

EVERYTHING = Settings(persona="auditor")


def cases() -> list[object]:
    return [
        pytest.param(
            rule,
            example,
            id=f"{rule.code}-{example.kind}-{example.name}",
            marks=[pytest.mark.xfail(strict=True, reason="known limit")] if example.kind == "missed" else [],
        )
        for rule in builtin_rules()
        for example in rule.examples
    ]


@cache
def report_on(files: tuple[tuple[str, str], ...]) -> Report:
    return audit_tree(memory_tree(dict(files)), EVERYTHING)


def audited(example: Example) -> Report:
    return report_on(tuple(example.files.items()))


@pytest.mark.parametrize(("rule", "example"), cases())
def test_example(rule: Rule, example: Example) -> None:
    report = audited(example)
    found = [each for each in report.findings if each.code == rule.code and each.is_open]
    shown = [
        f"{each.span} {each.severity} {each.message} via {[str(hop.span) for hop in each.evidence]}" for each in found
    ]
    assert len(found) == len(example.expect), shown
    for expected in example.expect:
        assert any(meets(each, expected, example, rule) for each in found), (expected, shown)


def meets(finding: Finding, expected: Expectation, example: Example, rule: Rule) -> bool:
    """Where the example states no severity, the finding has the rule's own."""
    line = example.files[expected.file].splitlines()[finding.span.line - 1 : finding.span.line]
    return (
        finding.span.file == expected.file
        and any(expected.quote in each for each in line)
        and (expected.via is None or tuple(hop.span.file for hop in finding.evidence) == expected.via)
        and (expected.says is None or expected.says in finding.message)
        and finding.severity == (expected.severity or rule.severity)
    )


@pytest.mark.parametrize(("rule", "example"), cases())
def test_example_is_read_completely(rule: Rule, example: Example) -> None:
    if example.kind == "missed":
        pytest.xfail("known limit")
    assert audited(example).problems == ()


@pytest.mark.parametrize(
    ("rule", "example"),
    [pytest.param(r, e, id=f"{r.code}-{e.name}") for r in builtin_rules() for e in r.examples if e.kind == "good"],
)
def test_good_example_has_no_error_at_all(rule: Rule, example: Example) -> None:
    errors = [each for each in audited(example).open_findings if each.severity == "error"]
    assert [f"{each.code} {each.span} {each.message}" for each in errors] == []
