"""Launches that never serve, and what may be said of the application that they would serve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_prodcheck.records import replace
from flask_prodcheck.registry.rule import Rule
from flask_prodcheck.rulekit import Confidence, Hit, Hop, Launch, Project, Span

Chain = tuple[Hop | Span, ...]


def as_far_as_started(hits: Iterable[tuple[Rule, Hit]], project: Project) -> tuple[tuple[Rule, Hit], ...]:
    """``hits`` without errors that need a launch to serve which another rule has seen never to. Such a finding comes
    true once the launch is repaired: a warning, and advice where another launch of production serves the same
    application, because then the broken one cannot be how production runs. Launches that share a configuration are
    judged by it once: one of them that serves keeps the finding, as its proof."""
    found = tuple(hits)
    reasons = _never_serving(found, project)
    return tuple((rule, _lowered(rule, hit, reasons, project)) for rule, hit in found) if reasons else found


def _never_serving(hits: tuple[tuple[Rule, Hit], ...], project: Project) -> Mapping[Chain, str]:
    """The chains of the launches that never serve, each with the rule that says so. One whose target surely does not
    exist is among them even where the rule only warns of it, because another launch works."""
    missing = {
        launch.hops
        for launch in project.production
        if launch.resolves is False and launch.confidence is not Confidence.LOW
    }
    reasons: dict[Chain, str] = {}
    for rule, hit in hits:
        if rule.start == "prevented" and ((hit.severity or rule.severity) == "error" or hit.via in missing):
            reasons.setdefault(hit.via, rule.code)
    return reasons


def _lowered(rule: Rule, hit: Hit, reasons: Mapping[Chain, str], project: Project) -> Hit:
    if rule.start != "needed":
        return hit
    broken = next((launch for launch in project.production if hit.via[: len(launch.hops)] == launch.hops), None)
    if broken is None or broken.hops not in reasons:
        return hit
    serving = [launch for launch in project.production if launch.hops not in reasons]
    sharing = _sharing(broken, project)
    if (other := next((launch for launch in serving if launch in sharing), None)) is not None:
        return replace(hit, via=(*other.hops, *hit.via[len(broken.hops) :]))
    served = any(launch.app is not None and launch.app == broken.app for launch in serving)
    severity = hit.severity or rule.severity
    if severity == "error" or served:
        severity = "info" if served else "warning"
    message = f"{hit.message or rule.message} (once the launch starts: see {reasons[broken.hops]})"
    return replace(hit, severity=severity, message=message)


def _sharing(launch: Launch, project: Project) -> tuple[Launch, ...]:
    """The launches that are judged by the same configuration as ``launch``, of which it is the one that is shown."""
    return next((each.shared for each in project.configurations if each.launch is launch), ())
