"""Launches: each head of the project followed to what serves, resolved, and judged for its purpose."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.base import Problem, Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.workflow_calls import KIND as WORKFLOW
from flask_prodcheck.model.evaluation.data_files import Reader
from flask_prodcheck.model.launching.gunicorn_files import gunicorn_files
from flask_prodcheck.model.launching.heads.beanstalk import beanstalk_deployments
from flask_prodcheck.model.launching.heads.find import find_heads
from flask_prodcheck.model.launching.heads.head import Head, is_for_work, is_test_place
from flask_prodcheck.model.launching.heads.image_hosts import IMAGE_KINDS
from flask_prodcheck.model.launching.heads.kept_copies import kept_copies
from flask_prodcheck.model.launching.launches.builder import LaunchBuilder
from flask_prodcheck.model.launching.launches.checks import with_checks
from flask_prodcheck.model.launching.launches.found import NO_DEPLOYMENT, Found
from flask_prodcheck.model.launching.launches.handing_on import with_application_behind
from flask_prodcheck.model.launching.launches.judging import judged
from flask_prodcheck.model.launching.launches.other_frameworks import (
    is_program_of_another_framework,
    serves_another_framework,
)
from flask_prodcheck.model.launching.launches.other_projects import serves_another_project
from flask_prodcheck.model.launching.launches.overlaps import (
    SERVICE,
    files_passed,
    without_parts,
    without_repeats,
    without_runs_of_images,
    without_starts_of_services,
)
from flask_prodcheck.model.launching.launches.remote_starts import restarted_servers, restarts_something_unseen
from flask_prodcheck.model.launching.launches.unknown_starts import (
    imageless_starts,
    runs_one_of_several,
    runs_python_unseen,
    starts_something_unseen,
    undecided_starts,
)
from flask_prodcheck.model.launching.launches.unlisted import (
    console_scripts,
    other_branches,
    placed_by_platforms,
    python_scripts,
    service_scripts,
    task_starts,
    told_processes,
    unreferenced_scripts,
    written_by_scripts,
    wsgi_scripts,
)
from flask_prodcheck.model.launching.launches.vercel_functions import vercel_functions
from flask_prodcheck.model.launching.launches.written_by_programs import written_by_programs
from flask_prodcheck.model.launching.readmes.said import Readmes
from flask_prodcheck.model.launching.readmes.servers import shown_server
from flask_prodcheck.model.project import App, Hop, Launch, RunSite
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Launches:
    """All launches, the problems met on the way, and whether the project has any deploy file at all."""

    launches: tuple[Launch, ...]
    problems: tuple[Problem, ...]
    has_deploy_files: bool
    unknown_starts: tuple[Hop, ...] = ()
    shown_server: Hop | None = None


def find_launches(
    facts: Facts,
    modules: Modules,
    apps: Sequence[App],
    run_sites: Sequence[RunSite],
    *,
    production: Sequence[str] = (),
    development: Sequence[str] = (),
    read: Reader | None = None,
) -> Launches:
    """Every launch of the project. ``production``/``development`` overrule the purpose (settings); ``read`` gives the bytes
    of a file."""
    builder = LaunchBuilder(facts, modules, run_sites)
    readmes = Readmes(facts, read)
    heads = find_heads(facts)
    aside = kept_copies(heads, facts)
    for path in aside:
        builder.follower.budget.note(Span(path, 1), "a copy that was put aside and that nothing names: what it starts is left out")
    heads = [each for each in heads if each.span.file not in aside]
    found: list[Found] = []
    unknown: list[Hop] = []
    programs: list[Head] = []
    for head in heads:
        chains = builder.follow(head)
        found += chains
        templated = head.kind == "kubernetes" and "{{" in head.text  # the values of a chart decide the command
        hosted = head.container and head.kind in IMAGE_KINDS  # a host runs the project's image
        image = hosted or (head.kind == "dockerfile" and not is_for_work(head.span.file))
        elsewhere = restarts_something_unseen(head, facts)
        if not chains and (
            templated
            or elsewhere
            or (image and starts_something_unseen(head, facts))
            or runs_one_of_several(head, facts)
        ):
            unknown.append(Hop(head.span, head.text))
        elif not chains and image and runs_python_unseen(head, facts, modules):
            programs.append(head)
    started = {each.launch.dockerfile for each in found}
    unknown += [Hop(each.span, each.text) for each in programs if each.span.file not in started]
    # A base image may start something known.
    begun = {each.head.span for each in found} | {hop.span for hop in unknown}
    unknown += [hop for hop in imageless_starts(facts) if hop.span not in begun]
    unknown += undecided_starts(facts)
    found += [each for head in beanstalk_deployments(facts) for each in builder.follow(head)]
    written, undecided = written_by_programs(builder, facts)
    installed = [*placed_by_platforms(builder, facts), *written_by_scripts(builder, facts), *written]
    found += installed
    unknown += undecided
    found += service_scripts(builder, facts)
    found = [wrapped for each in found if (wrapped := with_application_behind(each, apps)) is not None]
    consumed = files_passed(found)
    found = [
        each
        for each in found
        if each.head.kind not in ("uwsgi", "dockerfile", "compose") or not is_test_place(each.head.span.file)
    ]
    found = without_parts(without_runs_of_images(without_repeats(found)))
    found += unreferenced_scripts(builder, facts, consumed)
    found += other_branches(builder, facts, found)
    found = without_parts(without_starts_of_services(without_runs_of_images(found)))
    served, unseen = wsgi_scripts(builder, facts, found)
    found += served
    unknown += unseen
    found += told_processes(builder, facts, found, readmes)
    found += console_scripts(builder, facts, found)
    found += task_starts(builder, facts, found)
    found += [
        each
        for each in python_scripts(builder, facts, found)
        if not is_program_of_another_framework(each.launch, apps, modules)
    ]
    found += vercel_functions(builder, facts, found, unknown)
    found = with_checks(builder, facts, found)
    found = [each for each in found if not serves_another_framework(each.launch, apps, modules)]
    foreign = [each for each in found if serves_another_project(each, found)]
    unknown += dict.fromkeys(Hop(each.head.span, each.head.text) for each in foreign)
    found = [each for each in found if each not in foreign]
    starts_none = all(each.launch.server.is_development for each in found)
    shown = shown_server(facts, read) if apps and starts_none else None
    unknown += restarted_servers(facts) if apps and starts_none else ()
    launches = judged(found, facts, production, development, readmes, shown)
    problems = tuple(builder.follower.budget.notes)
    unknown += dict.fromkeys(builder.follower.budget.unseen)
    return Launches(
        tuple(launches),
        problems,
        any(head.kind not in (*NO_DEPLOYMENT, WORKFLOW) and not is_for_work(head.span.file) for head in heads)
        or any(each.head.kind == WORKFLOW for each in found)
        or bool(installed)
        or any(each.head.kind in ("beanstalk", "wsgi-script", "vercel", SERVICE) for each in found)
        or any(each.kind == "script" and each.is_production and not each.server.is_development for each in launches)
        or any(gunicorn_files(facts)),
        tuple(unknown),
        shown,
    )
