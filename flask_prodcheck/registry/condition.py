"""Declarative rules: the ``[when]`` table of a rule.toml, and the check that it means. Data only: nothing is run."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.records import dataclass
from flask_prodcheck.registry.rule import Check
from flask_prodcheck.rulekit import (
    Confidence,
    Configuration,
    Hit,
    Known,
    Launch,
    Project,
    Span,
    Unset,
    masked,
    newest_allowed,
    used_by,
)

SUBJECTS = ("config", "environment", "option", "dependency")
STATES = ("set", "unset")
USES = ("session", "files", "body", "remote_addr", "external_urls", "routes")

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Condition:
    """What a declarative rule looks for on the way production starts the project.

    ``subject`` says whose ``names`` they are: Flask's configuration keys ("config"), environment variables of the
    launch, options of the server by their long name, or distributions ("dependency"). A name meets the condition when
    its value is one of ``equals``, when it is ``state`` "set" or "unset", or when every release that a requirement lets
    in is ``below`` a version; exactly one of the three is given. ``servers``, ``installed``, ``not_installed`` and
    ``uses`` narrow it: all of them have to hold.
    """

    subject: str
    names: tuple[str, ...]
    equals: tuple[Scalar, ...] = ()
    state: str = ""
    below: tuple[int, ...] = ()
    servers: frozenset[str] = frozenset()
    installed: frozenset[str] = frozenset()
    not_installed: frozenset[str] = frozenset()
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Match:
    """A name that meets the condition. ``certain`` is false when something outside the project could still change it."""

    name: str
    shown: str
    span: Span
    certain: bool = True


def check_of(condition: Condition, severity: str) -> Check:
    """The check that ``condition`` means for a rule of ``severity``. An error whose value is not certain is a warning."""

    def check(project: Project) -> Iterator[Hit]:
        if condition.installed - project.installed or condition.not_installed & project.installed:
            return
        if condition.subject == "dependency":
            for match in _dependencies(condition, project):
                yield _hit(match, None, severity)
            return
        for configuration in project.configurations if condition.subject == "config" or condition.uses else ():
            launch = configuration.launch
            if not _wanted_server(condition, launch) or not _is_used(condition, project, configuration):
                continue
            if condition.subject == "config":
                matches = _keys(condition, configuration)
            else:
                matches = _launch_matches(condition, launch) if launch is not None else iter(())
            for match in matches:
                yield _hit(match, launch, severity)
        if condition.subject != "config" and not condition.uses:
            for launch in project.production:
                if _wanted_server(condition, launch):
                    for match in _launch_matches(condition, launch):
                        yield _hit(match, launch, severity)

    return check


def _hit(match: _Match, launch: Launch | None, severity: str) -> Hit:
    doubtful = not match.certain or (launch is not None and launch.confidence is Confidence.LOW)
    return Hit(
        at=match.span,
        via=launch.hops if launch is not None else (),
        facts={
            "name": match.name,
            "value": match.shown,
            "server": launch.server.value if launch is not None else "the server",
        },
        severity="warning" if doubtful and severity == "error" else None,
        confidence="medium" if doubtful else None,
    )


def _wanted_server(condition: Condition, launch: Launch | None) -> bool:
    return not condition.servers or (launch is not None and launch.server.value in condition.servers)


def _is_used(condition: Condition, project: Project, configuration: Configuration) -> bool:
    return all(used_by(project, configuration, kind) is not None for kind in condition.uses)


def _keys(condition: Condition, configuration: Configuration) -> Iterator[_Match]:
    """A default that is in force only because no deploy file is known says nothing about production: it is left out."""
    launch = configuration.launch
    for name in condition.names:
        setting = configuration.get(name)
        if isinstance(setting.value, Unset):
            if condition.state == "unset" and configuration.complete:
                yield _Match(name, "unset", configuration.app.span, launch is not None)
            continue
        if not isinstance(setting.value, Known) or setting.span is None or (launch is None and setting.fallback):
            continue
        value = setting.value.value
        if condition.state == "set" or (condition.equals and _equals(value, condition.equals)):
            yield _Match(name, masked(name, value), setting.span, launch is not None and not setting.fallback)


def _equals(value: object, wanted: tuple[Scalar, ...]) -> bool:
    """``True`` is not ``1`` here, and no text is a number."""
    return any(type(value) is type(each) and value == each for each in wanted)


def _launch_matches(condition: Condition, launch: Launch) -> Iterator[_Match]:
    for name in condition.names:
        found = _variable(launch, name) if condition.subject == "environment" else launch.options.get(name)
        if found is None:
            # A dashboard, a wrapper or a configuration file that computes may still set it: never certain.
            if condition.state == "unset" and (condition.subject == "option" or name not in launch.env):
                yield _Match(name, "unset", launch.end.span, certain=False)
            continue
        value, span = found
        if condition.state == "set" or (condition.equals and value in condition.equals):
            yield _Match(name, masked(name, value), span)


def _variable(launch: Launch, name: str) -> tuple[str, Span] | None:
    value = launch.env.get(name)
    if not isinstance(value, Known):
        return None
    return value.value, value.origin[-1].span if value.origin else launch.head.span


def _dependencies(condition: Condition, project: Project) -> Iterator[_Match]:
    wanted = [each for each in project.dependencies if each.name in condition.names]
    if condition.state == "unset":
        anchor = next((each for each in project.dependencies if each.name == "flask"), None)
        if anchor is not None and not project.open_manifests:
            for name in condition.names:
                if name not in project.installed:
                    yield _Match(name, "unset", anchor.span)
        return
    for dependency in wanted:
        newest = newest_allowed(dependency.specifier)
        if condition.state == "set" or (newest is not None and newest < condition.below):
            yield _Match(dependency.name, dependency.specifier or "any version", dependency.span)
