"""PC327: ProxyFix where clients connect themselves, or for headers that the proxy passes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Attribute,
    Call,
    ClassDef,
    Confidence,
    Const,
    Exposure,
    FunctionDef,
    Hit,
    Launch,
    Name,
    Project,
    PyModule,
    Span,
    calls_in,
    every_statement,
    exposure,
    nested_statements,
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
    """The calls of ProxyFix that nothing decides about, in what the server imports."""
    for path in sorted(launch.imported):
        module = project.facts.modules.get(path)
        chosen = _in_one_of_several(module) if module is not None else frozenset()
        for statement, context in every_statement(module) if module is not None else ():
            if context.conditional or context.in_main or id(statement) in chosen:
                continue
            for call in calls_in(statement):
                name = call.func.id if isinstance(call.func, Name) else ""
                name = call.func.attr if isinstance(call.func, Attribute) else name
                if name == "ProxyFix":
                    yield call


def _in_one_of_several(module: PyModule) -> frozenset[int]:
    """The statements of methods that several classes of the module have: which of them runs is chosen somewhere (the
    ``init_app`` of the settings for each place where the application may run)."""
    methods = [
        method
        for each in module.body
        if isinstance(each, ClassDef)
        for method in each.body
        if isinstance(method, FunctionDef)
    ]
    counts = Counter(method.name for method in methods)
    return frozenset(
        id(stmt) for method in methods if counts[method.name] > 1 for stmt, _ in nested_statements(method.body)
    )


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
