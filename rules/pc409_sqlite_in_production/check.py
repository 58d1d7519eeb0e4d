"""PC409: the data of production outlive the container and are shared by its hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Hit,
    Known,
    Launch,
    Project,
    Server,
    Setting,
    has_more_variables,
    loses_files,
    replicas,
    runs_several,
    shares_disk,
)

KEYS = ("SQLALCHEMY_DATABASE_URI", "DATABASE_URI", "DATABASE_URL")
_MEMORY = re.compile(r"^sqlite(?:\+\w{1,30})?:(?://)?/?(?::memory:)?(?:\?.{0,200})?$")


SELECTED = (
    "The settings that {} selects for production keep the data in an SQLite file: lost with each new"
    " host or container, and each has its own"
)


#: Descriptions of functions that hold the variables as well: what they do not set is not set.
_TELLING = frozenset({"zappa", "serverless", "sam"})


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        launch = configuration.launch
        for key in KEYS:
            setting = configuration.get(key)
            if setting.span is None or not _is_sqlite(setting) or setting.guarded:
                continue
            if launch is not None:
                yield from _judged(project, launch, setting)
            elif configuration.selector and not setting.fallback:
                yield Hit(at=setting.span, facts={"what": SELECTED.format(configuration.selector)}, confidence="medium")
            break


def _is_sqlite(setting: Setting) -> bool:
    if isinstance(setting.value, Known):
        return isinstance(setting.value.value, str) and setting.value.value.startswith("sqlite")
    return setting.in_project.startswith("sqlite")


def _file(setting: Setting) -> str:
    """The absolute path of the database; "" where it is not known, or depends on the folder of the application."""
    value = setting.value.value if isinstance(setting.value, Known) else None
    path = value.partition("?")[0].partition("://")[2] if isinstance(value, str) else ""
    return path[1:] if path.startswith("//") else ""


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
    if (replicas(project, launch) or 1) > 1 and not shares_disk(project, launch, _file(setting)):
        reason = "each replica has a file of its own"
    elif launch.server is Server.LAMBDA:
        if setting.fallback and launch.kind not in _TELLING:
            return
        reason = "each instance of the function has a disk of its own, which does not last"
    elif loses_files(project, launch):
        if setting.fallback and (project.facts.kubernetes or not (launch.container or _tells(project, launch))):
            return  # the address may be a secret of the cluster, or come with the platform's database
        reason = "the file is lost with the container"
    else:
        return
    yield Hit(
        at=setting.span,
        via=launch.hops,
        facts={"what": f"The database{unless} is an SQLite file: {reason}"},
        confidence="medium" if setting.fallback else None,
    )


def _tells(project: Project, launch: Launch) -> bool:
    """Whether the platform's file lists variables of the launch, and nothing that may bring others."""
    file = project.facts.start_files.get(launch.head.span.file)
    if file is None or file.kind != "render" or has_more_variables(launch, project.facts):
        return False
    own = [each for each in file.starts if each.command is not None and each.command.span == launch.head.span]
    return bool(own) and all(each.env for each in own)
