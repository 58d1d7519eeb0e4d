"""PC326: an application that uses the client's address or builds external URLs has to know of the proxy in front."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import App, Hit, Launch, Project, Server, Span, names_read


def check(project: Project) -> Iterator[Hit]:
    proxy = _proxy(project)
    if not proxy:
        return
    seen: set[Span] = set()
    for launch in project.production:
        app = launch.app
        if launch.server.is_development or launch.server is Server.UWSGI or app is None or app.span in seen:
            continue
        uses = _uses(launch, app, project)
        if uses and not any("prox" in name.lower() for name in _names(launch, app, project)):
            seen.add(app.span)
            facts = {"app": app.ref, "proxy": proxy, "uses": uses}
            yield Hit(at=app.span, via=launch.hops, facts=facts)


def _proxy(project: Project) -> str:
    """What stands in front of the application by the project's own files; "" when nothing is known to."""
    for path, config in sorted(project.facts.proxies.items()):
        sets_scheme = config.upstreams and "SCRIPT_NAME" not in config.headers
        if sets_scheme and config.server != "apache" and not any(":3031" in each for each in config.upstreams):
            return f"{config.server} ({path})"
    for path, file in sorted(project.facts.kubernetes.items()):
        if file.has_ingress:
            return f"an ingress ({path})"
    for path, compose in sorted(project.facts.compose.items()):
        for service in compose.services:
            if any(key.startswith("traefik.http.routers.") for key, _ in service.labels):
                return f"Traefik ({path})"
    return ""


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
