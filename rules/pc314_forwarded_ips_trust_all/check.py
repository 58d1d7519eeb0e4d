"""PC314: forwarded headers are believed from every peer of a server that clients may reach themselves."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Exposure, Hit, Known, Launch, Project, Server, Span, exposure


def check(project: Project) -> Iterator[Hit]:
    seen: set[Span] = set()
    for launch in project.production:
        said = _trusted(launch)
        if said is None or "*" not in said[0].replace(" ", "").split(",") or launch.confidence is Confidence.LOW:
            continue
        reach = exposure(launch, project.facts)
        if reach is Exposure.INSIDE or said[1] in seen:
            continue
        seen.add(said[1])
        public = reach is Exposure.PUBLIC
        facts = {
            "server": launch.server.value,
            "exposure": ", and its port is published" if public else " that can reach its port",
        }
        yield Hit(at=said[1], via=launch.hops, facts=facts, severity=None if public else "info")


def _trusted(launch: Launch) -> tuple[str, Span] | None:
    if launch.server is Server.GUNICORN:
        return launch.setting("forwarded_allow_ips")
    if launch.server is not Server.UVICORN:
        return None
    variable = launch.env.get("FORWARDED_ALLOW_IPS")
    if isinstance(variable, Known) and variable.origin and "forwarded-allow-ips" not in launch.options:
        return variable.value, variable.origin[-1].span
    return launch.setting("forwarded-allow-ips")
