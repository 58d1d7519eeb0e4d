"""Running rules over a project. A rule that crashes is a blocking problem of the report, never silence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_prodcheck.base import Problem
from flask_prodcheck.registry.rule import CONFIDENCES, SEVERITIES, Rule
from flask_prodcheck.rulekit import Hit, Project


@dataclass(frozen=True, slots=True)
class Outcome:
    """The hits of each rule in the order they were found, and the rules that could not be run."""

    hits: tuple[tuple[Rule, Hit], ...] = ()
    problems: tuple[Problem, ...] = ()


def run(rules: Iterable[Rule], project: Project) -> Outcome:
    """Every rule's hits on ``project``."""
    hits: list[tuple[Rule, Hit]] = []
    problems: list[Problem] = []
    for rule in rules:
        if rule.check is None:
            continue
        try:
            found = [_valid(hit, rule) for hit in rule.check(project)]
        except Exception as failure:  # whatever a rule does, the report has to say that it was not checked
            problems.append(
                Problem(
                    ".", 1, f"rule {rule.code} ({rule.slug}) failed: {type(failure).__name__}: {failure}", blocking=True
                )
            )
            continue
        hits += [(rule, hit) for hit in found]
    return Outcome(tuple(hits), tuple(problems))


def _valid(hit: Hit, rule: Rule) -> Hit:
    """``hit`` when it can be shown; a wrong one is an error of the rule."""
    if hit.severity is not None and hit.severity not in SEVERITIES:
        raise ValueError(f"severity {hit.severity!r}")
    if hit.confidence is not None and hit.confidence not in CONFIDENCES:
        raise ValueError(f"confidence {hit.confidence!r}")
    (hit.message or rule.message).format_map(hit.facts)
    return hit
