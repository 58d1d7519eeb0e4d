"""PC321: a server that daemonizes leaves whatever watches it."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Hit, Launch, Project, Server, Span, start_options


def check(project: Project) -> Iterator[Hit]:
    seen: set[Span] = set()
    for launch in project.production:
        setting = launch.setting("daemon" if launch.server is Server.GUNICORN else "daemonize")
        if launch.server not in (Server.GUNICORN, Server.UWSGI) or setting is None or setting[0] in ("false", ""):
            continue
        supervisor = _supervisor(launch, project)
        if supervisor and setting[1] not in seen:
            seen.add(setting[1])
            severity = "warning" if launch.confidence is Confidence.LOW else None
            facts = {"server": launch.server.value, "supervisor": supervisor}
            yield Hit(at=setting[1], via=launch.hops, facts=facts, severity=severity)


def _supervisor(launch: Launch, project: Project) -> str:
    """What watches the process that the launch starts; "" when nothing does, or when something else stays for it."""
    for hop in reversed(launch.hops):
        start = project.facts.start_files.get(hop.span.file)
        if start is not None and start.kind in ("supervisor", "circus"):
            return start.kind
    if launch.kind == "systemd":
        kind = start_options(launch, project).get("Type", "simple")
        return "" if kind in ("forking", "oneshot") else "systemd"
    if launch.container and _is_last(launch, project):
        return "the container"
    return ""


def _is_last(launch: Launch, project: Project) -> bool:
    """Whether nothing runs after the server: it is the command of the image, or the last line of the script."""
    span = launch.end.span if launch.server is Server.GUNICORN else launch.head.span
    script = project.facts.scripts.get(span.file)
    if script is not None:
        return bool(script.body) and script.body[-1].span.line == span.line and len(launch.hops) == 2
    separators = ("&&", ";", "||", " & ", "|")
    return launch.head.span == span and not any(each in launch.head.text for each in separators)
