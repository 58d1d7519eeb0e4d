"""PC605: server-side sessions outlive the container and are shared by its replicas."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Known, Launch, Project, loses_files, replicas, served_modules, shares_disk

ON_DISK = frozenset({"filesystem", "cachelib"})


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        launch, setting = configuration.launch, configuration.get("SESSION_TYPE")
        if launch is None or setting.span is None or not isinstance(setting.value, Known):
            continue
        if setting.value.value not in ON_DISK or not _is_lost(project, launch):
            continue
        if any("flask_session" in module.imports for module in served_modules(project, configuration)):
            yield Hit(
                at=setting.span,
                via=launch.hops,
                facts={"value": str(setting.value.value)},
                confidence="medium" if setting.fallback else None,
            )


def _is_lost(project: Project, launch: Launch) -> bool:
    several = (replicas(project, launch) or 1) > 1 and not shares_disk(project, launch)
    return several or loses_files(project, launch)
