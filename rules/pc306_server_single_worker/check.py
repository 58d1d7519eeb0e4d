"""PC306: one synchronous worker is one request at a time."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Hit, Launch, Project, Server

# Formats whose platform sets WEB_CONCURRENCY or brings workers of its own.
PLATFORM_WORKERS = frozenset({"procfile", "heroku-yml", "render", "azure", "beanstalk", "app-engine", "railway"})


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        if (
            launch.server is Server.GUNICORN
            and launch.kind not in PLATFORM_WORKERS
            and launch.confidence is not Confidence.LOW
            and _is_single(launch)
        ):
            setting = launch.setting("workers")
            yield Hit(
                at=setting[1] if setting is not None else launch.end.span,
                via=launch.hops,
                facts={"server": launch.server.value},
            )


def _is_single(launch: Launch) -> bool:
    if launch.target_kind == "app" and launch.run_site is None and not launch.target:
        return False
    worker_class = launch.setting("worker_class")
    if worker_class is not None and worker_class[0] not in ("sync", "gthread"):
        return False
    return all(
        value is None or value[0] == "1" for value in (launch.setting("workers"), launch.setting("threads"))
    ) and (not launch.target.endswith(".py") and ":" in launch.target)
