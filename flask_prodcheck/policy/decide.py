"""From everything that was found to the report: suppress, select, conclude."""

from __future__ import annotations

from collections.abc import Iterable

from flask_prodcheck.base import Problem
from flask_prodcheck.findings.build import build, order
from flask_prodcheck.findings.finding import Finding
from flask_prodcheck.findings.lines import SourceLines
from flask_prodcheck.findings.published import published_launch
from flask_prodcheck.policy.report import Report, Stats
from flask_prodcheck.policy.select import selected
from flask_prodcheck.policy.suppress import apply, find_comments, unused_hits
from flask_prodcheck.policy.verdict import exit_code, standing, verdict
from flask_prodcheck.registry.rule import Rule
from flask_prodcheck.registry.run import with_fix
from flask_prodcheck.rulekit import Launch, Project
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.tree import Tree


def decide(
    findings: tuple[Finding, ...],
    project: Project,
    tree: Tree,
    lines: SourceLines,
    rules: tuple[Rule, ...],
    settings: Settings,
    problems: Iterable[Problem],
    stats: Stats,
) -> Report:
    """The report on ``project``. ``rules`` are those that were run."""
    comments, comment_problems = find_comments(tree, lines)
    judged, used = apply(findings, comments)
    unused = [(rule, with_fix(rule, hit, project)[0]) for rule, hit in unused_hits(comments, used, rules)]
    everything = tuple(sorted((*judged, *build(unused, lines)), key=order))
    shown = selected(everything, settings)
    said = tuple(sorted({*problems, *project.problems, *tree.problems, *comment_problems}))
    result = verdict(project, everything)
    visible = {finding.fingerprint for finding in shown}
    return Report(
        name=tree.name,
        verdict=result,
        standing=standing(project, everything, shown),
        exit_code=exit_code(result, shown, said, settings.fail_on),
        apps=tuple(sorted(project.apps, key=lambda app: (app.span, app.name))),
        launches=tuple(published_launch(each) for each in sorted(project.launches, key=launch_order)),
        run_sites=tuple(sorted(project.run_sites, key=lambda site: (site.span, site.call))),
        findings=shown,
        problems=said,
        stats=stats,
        hidden=tuple(finding for finding in everything if finding.is_open and finding.fingerprint not in visible),
        kind=project.kind,
        rules=rules,
    )


def launch_order(launch: Launch) -> tuple[str, int, str, str, str]:
    """The sort key of launches in reports."""
    return launch.head.span.file, launch.head.span.line, launch.server.value, launch.target, launch.command
