"""PC409: the data of production outlive the container and are shared by its hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Hit,
    Known,
    Launch,
    Project,
    Setting,
    Unknown,
    loses_files,
    replicas,
    runs_several,
)

KEYS = ("SQLALCHEMY_DATABASE_URI", "DATABASE_URI", "DATABASE_URL")
_MEMORY = re.compile(r"^sqlite(?:\+\w{1,30})?:(?://)?/?(?::memory:)?(?:\?.{0,200})?$")


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        launch = configuration.launch
        if launch is None:
            continue
        for key in KEYS:
            setting = configuration.get(key)
            if setting.span is None or not _is_sqlite(setting) or setting.guarded:
                continue
            yield from _judged(project, launch, setting)
            break


def _is_sqlite(setting: Setting) -> bool:
    if isinstance(setting.value, Known):
        return isinstance(setting.value.value, str) and setting.value.value.startswith("sqlite")
    # The path may hang on the project's folder; which database it is does not, once no variable replaces it.
    return isinstance(setting.value, Unknown) and setting.fallback and "sqlite:" in setting.expression


def _judged(project: Project, launch: Launch, setting: Setting) -> Iterator[Hit]:
    unless = f", unless {setting.variable} is set," if setting.fallback and setting.variable else ""
    value = setting.value.value if isinstance(setting.value, Known) else None
    assert setting.span is not None
    if isinstance(value, str) and _MEMORY.match(value):
        if runs_several(project, launch):
            yield Hit(
                at=setting.span,
                via=launch.hops,
                facts={"what": f"The database{unless} lives in memory: each worker has an empty one of its own"},
                severity="warning" if setting.fallback else "error",
            )
        return
    if (replicas(project, launch) or 1) > 1:
        reason = "each replica has a file of its own"
    elif loses_files(project, launch):
        if setting.fallback and project.facts.kubernetes:
            return
        reason = "the file is lost with the container"
    else:
        return
    yield Hit(
        at=setting.span,
        via=launch.hops,
        facts={"what": f"The database{unless} is an SQLite file: {reason}"},
        confidence="medium" if setting.fallback else None,
    )
