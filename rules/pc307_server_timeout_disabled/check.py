"""PC307: a timeout of 0 leaves hung gunicorn workers alone for ever."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Hit, Launch, Project, Server, Span


def check(project: Project) -> Iterator[Hit]:
    seen: set[Span] = set()
    managed = any(
        container.kind == "Service" for file in project.facts.kubernetes.values() for container in file.containers
    )
    for launch in project.production:
        setting = launch.setting("timeout")
        if launch.server is not Server.GUNICORN or setting is None or setting[0] != "0" or managed:
            continue
        if setting[1] not in seen and launch.confidence is not Confidence.LOW:
            seen.add(setting[1])
            what = "--timeout" if setting[1] == launch.end.span else "timeout"
            severity = "warning" if _is_sync(launch) else "info"
            yield Hit(at=setting[1], via=launch.hops, facts={"what": what}, severity=severity)


def _is_sync(launch: Launch) -> bool:
    worker = launch.setting("worker_class")
    threads = launch.setting("threads")
    return (worker is None or worker[0] == "sync") and (threads is None or threads[0] == "1")
