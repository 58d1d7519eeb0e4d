"""PC322: uWSGI with a master takes SIGTERM for a reload."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Hit, Launch, Project, Server, Span, start_options

TRUE = frozenset({"true", "1", "on", "yes"})


def check(project: Project) -> Iterator[Hit]:
    seen: set[Span] = set()
    for launch in project.production:
        master = launch.setting("master", "M")
        if launch.server is not Server.UWSGI or master is None or master[0].lower() not in TRUE:
            continue
        if any("unix_signal:15" in text for text, _ in launch.options.values()) or launch.confidence is Confidence.LOW:
            continue
        stops = launch.setting("die-on-term")
        supervisor = _stopped_with_sigterm(launch, project)
        if supervisor and (stops is None or stops[0].lower() not in TRUE) and master[1] not in seen:
            seen.add(master[1])
            yield Hit(at=master[1], via=launch.hops, facts={"supervisor": supervisor})


def _stopped_with_sigterm(launch: Launch, project: Project) -> str:
    """What stops the launch with SIGTERM; "" when nothing is known to."""
    options = start_options(launch, project)
    if launch.kind == "supervisor":
        return "supervisor" if "TERM" in options.get("stopsignal", "TERM").upper() else ""
    if launch.kind == "circus":
        return "circus" if options.get("stop_signal", "SIGTERM").upper() in ("SIGTERM", "TERM", "15") else ""
    if launch.kind == "systemd":
        return "systemd" if "TERM" in options.get("KillSignal", "SIGTERM").upper() else ""
    dockerfile = project.facts.dockerfiles.get(launch.dockerfile or "")
    if launch.container and launch.kind in ("dockerfile", "compose", "kubernetes") and dockerfile is not None:
        other = any(stage.stop_signal for stage in dockerfile.stages)
        within = any(hop.span.file in project.facts.start_files for hop in launch.hops)
        return "" if other or within or launch.shell_parent is not None else "the container"
    return ""
