"""PC327: ProxyFix where clients connect themselves, or for headers that the proxy passes on."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Attribute,
    Call,
    Confidence,
    Const,
    Exposure,
    Hit,
    Launch,
    Name,
    Project,
    Span,
    calls_in,
    every_statement,
    exposure,
)

HEADERS = {"x_host": "X-Forwarded-Host", "x_prefix": "X-Forwarded-Prefix", "x_port": "X-Forwarded-Port"}


def check(project: Project) -> Iterator[Hit]:
    seen: set[Span] = set()
    for launch in project.production:
        if launch.server.is_development or launch.app is None or launch.confidence is Confidence.LOW:
            continue
        for call in _fixes(launch, project):
            found = _published(launch, project) or _passed_on(call, project)
            if found is not None and call.span not in seen:
                seen.add(call.span)
                what, why = found
                yield Hit(at=call.span, via=launch.hops, facts={"what": what, "why": why})


def _fixes(launch: Launch, project: Project) -> Iterator[Call]:
    """The calls of ProxyFix that no condition guards, in what the server imports."""
    for path in sorted(launch.imported):
        module = project.facts.modules.get(path)
        for statement, context in every_statement(module) if module is not None else ():
            if context.conditional or context.in_main:
                continue
            for call in calls_in(statement):
                name = call.func.id if isinstance(call.func, Name) else ""
                name = call.func.attr if isinstance(call.func, Attribute) else name
                if name == "ProxyFix":
                    yield call


def _published(launch: Launch, project: Project) -> tuple[str, str] | None:
    if exposure(launch, project.facts) is Exposure.PUBLIC:
        return "the forwarded headers", "compose publishes the port of the server itself"
    return None


def _passed_on(call: Call, project: Project) -> tuple[str, str] | None:
    """A header that the call trusts and no proxy of the project sets."""
    proxies = [each for each in project.facts.proxies.values() if each.server == "nginx" and each.headers]
    for keyword in call.keywords:
        header = HEADERS.get(keyword.name or "")
        trusted = isinstance(keyword.value, Const) and isinstance(keyword.value.value, int) and keyword.value.value > 0
        if header and trusted and proxies and not any(header in each.headers for each in proxies):
            return header, f"{proxies[0].path} passes the client's own on"
    return None
