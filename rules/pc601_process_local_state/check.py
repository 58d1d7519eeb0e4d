"""PC601: what one request leaves for the next is where every process finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Hit, Project, replicas, served_modules, worker_processes

# What is only kept to answer sooner may differ between processes.
CACHE = re.compile(r"cache|memo|registry|pool", re.IGNORECASE)


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        launch = configuration.launch
        if launch is None or launch.confidence is Confidence.LOW:
            continue
        count = max(worker_processes(launch) or 1, replicas(project, launch) or 1)
        if count < 2:
            continue
        for module in served_modules(project, configuration):
            for change in module.mutations:
                if change.view and change.read and not change.memo and not CACHE.search(change.name):
                    yield Hit(
                        at=change.changed,
                        via=(*launch.hops, change.bound),
                        facts={"name": change.name, "function": change.function, "count": str(count)},
                    )
