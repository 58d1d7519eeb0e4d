"""Every launch as a chain with what it reaches, and the run sites that no production launch reaches."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.base import Problem, Span
from flask_prodcheck.findings.published import published, published_hop, published_launch
from flask_prodcheck.model.evaluation.unparse import unparse
from flask_prodcheck.policy.decide import launch_order
from flask_prodcheck.records import dataclass
from flask_prodcheck.rulekit import Hop, Launch, Project, Purpose, RunSite

_MISSING = {
    "module": "the module does not exist",
    "attribute": "the module does not define that name",
    "script": "the script does not exist",
    "path": "a path stands where a module's name belongs",
    "program": "the whole command stands where a program's name belongs",
}
_ELSEWHERE = {
    Purpose.DEVELOPMENT: "a development launch",
    Purpose.TEST: "a launch of the tests",
}


@dataclass(frozen=True, slots=True)
class Chain:
    """One launch. ``number`` is the one that ``prodcheck config --launch`` takes, from 1 in the reports' order.
    ``reaches`` says in words where it ends; ``end`` is that place, None when the project does not show it."""

    number: int
    launch: Launch
    reaches: str
    end: Span | None


@dataclass(frozen=True, slots=True)
class Unreached:
    """A call that would start a development server and that no production launch reaches. ``why`` ends the sentence."""

    site: RunSite
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Graph:
    """How a project starts. ``unknown`` are deploy files that start something the project does not show."""

    name: str
    chains: tuple[Chain, ...]
    unreached: tuple[Unreached, ...]
    unknown: tuple[Hop, ...]
    problems: tuple[Problem, ...]


def graph_of(project: Project) -> Graph:
    """The graph of ``project``, in the order of the reports."""
    launches = sorted(project.launches, key=launch_order)
    chains = tuple(
        Chain(number, published_launch(launch), *_reaches(launch)) for number, launch in enumerate(launches, 1)
    )
    return Graph(
        name=project.name,
        chains=chains,
        unreached=tuple(_unreached(project, launches)),
        unknown=tuple(published_hop(hop) for hop in sorted(project.unknown_starts, key=lambda hop: hop.span)),
        problems=tuple(sorted({*project.problems, *project.facts.problems})),
    )


def _reaches(launch: Launch) -> tuple[str, Span | None]:
    if launch.resolves is False or launch.missing:
        if launch.target_kind == "main-only":
            return 'nothing: the name exists only under `if __name__ == "__main__"`', None
        return f"nothing: {_MISSING.get(launch.missing, 'the target does not exist')}", None
    if launch.app is not None:
        return launch.app.shown, launch.app.span
    if launch.target_span is not None:
        return launch.target or str(launch.target_span), launch.target_span
    if launch.run_site is not None:
        return call_text(launch.run_site), launch.run_site.span
    if launch.resolves is None:
        return f"{launch.target or 'an application'}, which only the build or the running system decides", None
    return launch.target or "an application that the project does not show", None


def call_text(site: RunSite) -> str:
    """The call of ``site`` as source."""
    return published(unparse(site.node), code=True)


def _unreached(project: Project, launches: list[Launch]) -> Iterator[Unreached]:
    for site in sorted(project.run_sites, key=lambda each: (each.span, each.call)):
        through = [each for each in launches if each.run_site is not None and each.run_site.span == site.span]
        if site.production == "yes" or any(each.is_production for each in through):
            continue
        if site.production == "no-deploy-files":
            why = "no deploy file says how production starts"
        else:
            why = "no production launch reaches it"
        if through:
            first = through[0]
            why += f", {_ELSEWHERE[first.purpose]} does: {first.head.span}"
        yield Unreached(site, call_text(site), why)
