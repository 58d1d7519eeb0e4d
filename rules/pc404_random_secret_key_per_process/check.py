"""PC404: the signing key must be the same in every process."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import SIGNING_KEYS, Hit, Project, is_kept, loads_once, numeral, used_by, worker_processes

#: Where there is one worker, or the workers are forked from a process that has drawn the key.
AT_EVERY_START = "{key} is drawn anew at every start: a restart, or a second instance, makes all sessions void"


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        launch = configuration.launch
        if launch is None or launch.server.is_development:
            continue
        for key in SIGNING_KEYS:
            setting = configuration.get(key)
            if not setting.random or setting.span is None or is_kept(project, setting.span):
                continue
            # a server that has no workers
            alone = worker_processes(launch) == 1 and launch.setting("workers", "processes") is None
            if alone and used_by(project, configuration, "session") is None:
                continue  # nothing that a restart would make void
            if alone or loads_once(launch):
                yield Hit(
                    at=setting.span, via=launch.hops, facts={"key": key}, severity="warning", message=AT_EVERY_START
                )
                continue
            count = launch.setting("workers", "processes")
            number = numeral(count[0]) if count is not None else None
            workers = f"{number} workers" if number is not None else "as many as there are workers"
            several = number is None or number > 1
            decided = count is not None and "$" not in count[0]  # else there may be one
            yield Hit(
                at=setting.span,
                via=launch.hops,
                facts={"key": key, "workers": workers},
                message=None if several else AT_EVERY_START,
                severity=None if several and decided and not (setting.fallback or setting.variable) else "warning",
            )
