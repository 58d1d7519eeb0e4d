"""PC323: the port that is published and the port that the server listens on must be one."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Address,
    Confidence,
    Hit,
    Launch,
    Project,
    Span,
    has_heroku_files,
    listens,
    numeral,
    open_environment,
    shares_container,
)

#: Ports that a container publishes for something else than its web server: SSH and a debugger.
OTHER_PROTOCOLS = frozenset({"22", "2222", "5678"})


def check(project: Project) -> Iterator[Hit]:
    seen: set[Span] = set()
    for launch in project.production:
        addresses = listens(launch, project.facts)
        if not addresses or any(each.unix or each.port is None for each in addresses):
            continue
        found = _published(launch, addresses, project) or _chosen(launch, addresses, project)
        if found is None or addresses[0].span in seen or launch.confidence is Confidence.LOW:
            continue
        seen.add(addresses[0].span)
        severity, who, wanted = found
        if any(each.default for each in addresses) and open_environment(launch, project.facts):
            severity = "warning"
        ports = " and ".join(str(port) for port in sorted({each.port for each in addresses if each.port is not None}))
        facts = {"server": launch.server.value, "port": ports, "who": who, "wanted": wanted}
        yield Hit(at=addresses[0].span, via=launch.hops, facts=facts, severity=severity)


def _published(launch: Launch, addresses: tuple[Address, ...], project: Project) -> tuple[str, str, str] | None:
    """A container whose published ports are all others."""
    if not launch.container or shares_container(launch, project.facts):
        return None
    ports = {each.port for each in addresses}
    wanted = [each for each in launch.published or () if each not in OTHER_PROTOCOLS]
    if any(_port(upstream) in ports for proxy in project.facts.proxies.values() for upstream in proxy.upstreams):
        return None  # a server in another container passes requests on to this port
    numbers = {numeral(each) for each in wanted}
    if wanted and None not in numbers and not ports & numbers:
        if launch.kind == "kubernetes":
            return "warning", "the container port", ", ".join(wanted)
        return "error", "the published port", ", ".join(wanted)
    inside = [
        dict(start.options)["internal_port"]
        for path, file in project.facts.start_files.items()
        for start in file.starts
        if file.kind == "fly" and "internal_port" in dict(start.options) and path == "fly.toml"
    ]
    port = numeral(inside[0]) if len(set(inside)) == 1 else None
    plain = port is not None and not any(each.default for each in addresses)
    if plain and launch.kind == "dockerfile" and launch.dockerfile == "Dockerfile" and port not in ports:
        return "error", "internal_port of fly.toml", inside[0]
    return None


def _port(upstream: str) -> int | None:
    return numeral(upstream.rpartition(":")[2].partition("/")[0])


def _chosen(launch: Launch, addresses: tuple[Address, ...], project: Project) -> tuple[str, str, str] | None:
    """A fixed port where Heroku chooses one."""
    web = launch.kind == "procfile" and launch.service == "web"
    if web and has_heroku_files(project, launch) and not any(each.default for each in addresses):
        return "warning", "Heroku's router", "the port that PORT names"
    return None
