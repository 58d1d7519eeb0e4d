"""Running rules over a project. A rule that crashes is a blocking problem of the report, never silence."""

from __future__ import annotations

from collections.abc import Iterable

from flask_prodcheck.base import Problem
from flask_prodcheck.records import dataclass, replace
from flask_prodcheck.registry.rule import CONFIDENCES, SEVERITIES, Rule
from flask_prodcheck.registry.unstarted import as_far_as_started
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
        for hit in found:
            proposed, problem = with_fix(rule, hit, project)
            hits.append((rule, proposed))
            problems += [problem] if problem is not None else []
    return Outcome(as_far_as_started(hits, project), tuple(problems))


def with_fix(rule: Rule, hit: Hit, project: Project) -> tuple[Hit, Problem | None]:
    """``hit`` with the cure that the rule proposes for it, and what went wrong while it was asked."""
    if rule.fix is None:
        return hit, None
    try:
        return replace(hit, fix=rule.fix(project, hit)), None
    except Exception as failure:  # the finding stands without its cure
        message = f"the fix of rule {rule.code} ({rule.slug}) failed: {type(failure).__name__}: {failure}"
        return hit, Problem(hit.at.file, hit.at.line, message)


def _valid(hit: Hit, rule: Rule) -> Hit:
    """``hit`` when it can be shown; a wrong one is an error of the rule."""
    if hit.severity is not None and hit.severity not in SEVERITIES:
        raise ValueError(f"severity {hit.severity!r}")
    if hit.confidence is not None and hit.confidence not in CONFIDENCES:
        raise ValueError(f"confidence {hit.confidence!r}")
    (hit.message or rule.message).format_map(hit.facts)
    return hit
