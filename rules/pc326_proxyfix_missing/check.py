"""PC326: an application that uses the client's address or builds external URLs has to know of the proxy in front."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    App,
    Hit,
    Launch,
    Name,
    Project,
    ProxyConfig,
    Server,
    Span,
    calls_in,
    every_statement,
    listens,
    names_read,
    router_of,
)

# Folders whose manifests nobody applies.
ASIDE = frozenset(
    {"backup", "backups", "example", "examples", "sample", "samples", "docs", "doc", "extras", "test", "tests"}
)


def check(project: Project) -> Iterator[Hit]:
    seen: set[Span] = set()
    for launch in project.production:
        app = launch.app
        if launch.server.is_development or launch.server is Server.UWSGI or app is None:
            continue
        proxy = _proxy(launch, project)
        uses = _uses(launch, app, project) if proxy else ""
        if uses and not any("prox" in name.lower() for name in _names(launch, app, project)):
            place = _made(launch, app, project)
            if place not in seen:
                seen.add(place)
                yield Hit(at=place, via=launch.hops, facts={"app": app.ref, "proxy": proxy, "uses": uses})


def _proxy(launch: Launch, project: Project) -> str:
    """What stands in front of ``launch`` by the project's own files; "" when nothing is known to."""
    for path, config in sorted(project.facts.proxies.items()):
        if config.server != "apache" and _leads_to(config, launch, project):
            return f"{config.server} ({path})"
    for path, file in sorted(project.facts.kubernetes.items()):
        if file.has_ingress and launch.container and not ASIDE & set(path.lower().split("/")):
            return f"an ingress ({path})"
    for path, compose in sorted(project.facts.compose.items()):
        for service in compose.services:
            if service.name == launch.service and any(key.startswith("traefik.http.") for key, _ in service.labels):
                return f"Traefik ({path})"
    return router_of(project, launch)


def _leads_to(config: ProxyConfig, launch: Launch, project: Project) -> bool:
    """Whether the proxy passes HTTP requests to an address of ``launch``."""
    addresses = listens(launch, project.facts) or ()
    for upstream in config.upstreams:
        unix = upstream.startswith("unix:")
        port = upstream.rpartition(":")[2]
        if any((each.unix and unix) or (each.port is not None and str(each.port) == port) for each in addresses):
            return True
    return False


def _made(launch: Launch, app: App, project: Project) -> Span:
    """Where the Flask object is made, when the server's target only hands it on."""
    places = [
        call.span
        for path in sorted(_files(launch, app))
        if (module := project.facts.modules.get(path)) is not None
        for statement, _ in every_statement(module)
        for call in calls_in(statement)
        if isinstance(call.func, Name) and call.func.id == "Flask"
    ]
    return places[0] if len(places) == 1 else app.span


def _files(launch: Launch, app: App) -> frozenset[str]:
    return launch.imported | {app.span.file}


def _uses(launch: Launch, app: App, project: Project) -> str:
    for path in sorted(_files(launch, app)):
        module = project.facts.modules.get(path)
        if module is not None and module.uses.external_urls is not None:
            return f"builds external URLs ({module.uses.external_urls})"
        if module is not None and module.uses.remote_addr is not None:
            return f"uses the client's address ({module.uses.remote_addr})"
    return ""


def _names(launch: Launch, app: App, project: Project) -> Iterator[str]:
    """Every name that the served modules read or bind."""
    for path in _files(launch, app):
        module = project.facts.modules.get(path)
        if module is not None:
            yield from module.names
            yield from names_read(module.body)
