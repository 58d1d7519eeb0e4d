"""Whether visitors reach the application over TLS, as far as the project's own files show it."""

from __future__ import annotations

from flask_prodcheck.base import Known, Span
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.facts.types import ComposeService
from flask_prodcheck.model.launching.beside import platform_starts
from flask_prodcheck.model.project import Configuration, Launch, Project

#: Hosts that serve every application under an ``https://`` address of their own.
_TLS_HOSTS = frozenset(
    ["heroku-yml", "render", "fly", "railway", "app-engine", "azure", "vercel", "digitalocean", "koyeb", "apprunner"]
)
_ONION_SERVICE = "HiddenServicePort"
_CERTIFICATES = ("certfile", "ssl_certfile", "ssl-certfile", "https")


def tls_evidence(project: Project, configuration: Configuration) -> Span | None:
    """The place that shows that production is served over TLS: the server's own certificate, a proxy or an ingress that
    ends TLS, the labels of a proxy on the service, a host that always does, or the scheme of the application's links.
    None when nothing shows it, which proves nothing."""
    launch = configuration.launch
    scheme = configuration.get("PREFERRED_URL_SCHEME")
    if isinstance(scheme.value, Known) and scheme.value.value == "https" and scheme.span is not None:
        return scheme.span
    if launch is None:
        return None
    certificate = launch.setting(*_CERTIFICATES)
    if certificate is not None:
        return certificate[1]
    for path in sorted(project.facts.proxies):
        proxy = project.facts.proxies[path]
        if proxy.tls and proxy.upstreams:
            return proxy.span
    routed = _routed(project, launch)
    if routed is not None:
        return routed
    for path in sorted(project.facts.kubernetes):
        file = project.facts.kubernetes[path]
        if file.tls is not None:
            return file.tls
    if launch.kind in _TLS_HOSTS:
        return launch.head.span
    hosted = platform_starts(launch.head.span.file, launch.kind, project.facts)
    return next((start.span for start in hosted if start.kind in _TLS_HOSTS), None)


def is_onion_service(project: Project) -> bool:
    """Whether a script of the project makes Tor hand an onion service on: visitors come through Tor alone, which encrypts
    all of the way, to an address with ``http://`` (https://community.torproject.org/onion-services/setup/)."""
    return any(
        _ONION_SERVICE in (command.heredoc or command.text)
        for script in project.facts.scripts.values()
        for command in every_command(script.body)
    )


def _routed(project: Project, launch: Launch) -> Span | None:
    """The compose service that starts the launch, or builds its image, when Traefik or nginx-proxy serves it with TLS."""
    for path in sorted(project.facts.compose):
        for service in project.facts.compose[path].services:
            if _runs(service, path, launch) and _has_tls_labels(service):
                return service.span
    return None


def _runs(service: ComposeService, path: str, launch: Launch) -> bool:
    if launch.head.span.file == path:
        return service.name == launch.service
    return service.build is not None and launch.dockerfile is not None


def _has_tls_labels(service: ComposeService) -> bool:
    return any(
        (".tls" in key and value.lower() != "false") or (key.endswith(".entrypoints") and "websecure" in value)
        for key, value in service.labels
        if key.startswith("traefik.")
    ) or any(variable.name == "LETSENCRYPT_HOST" and variable.value for variable in service.environment)
