"""The heads of Elastic Beanstalk: its configuration as the sum of its files, and what its platform starts by itself."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Start, StartFile
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.heads.processes import start_head
from flask_prodcheck.model.launching.images import Mapped
from flask_prodcheck.records import replace


def beanstalk_default(facts: Facts) -> Iterator[Head]:
    """What Elastic Beanstalk's Python platform starts where its configuration says nothing of it: ``application`` of
    ``application.py``. A Procfile or an image beside it decides instead."""
    files = [file for _, file in sorted(facts.start_files.items()) if file.kind == "beanstalk"]
    if not files or any(start.name == "web" for file in files for start in file.starts):
        return
    start = Start("beanstalk", "web", Span(files[0].path, 1), None)
    head = start_head(start, facts)
    beside = {posixpath.normpath(posixpath.join(head.place.cwd, name)) for name in _BEANSTALK_STARTS}
    module = facts.modules.get(posixpath.normpath(posixpath.join(head.place.cwd, "application.py")))
    if module is not None and module.binds("application") and not beside & facts.paths:
        yield head


def beanstalk_deployments(facts: Facts) -> Iterator[Head]:
    """What Elastic Beanstalk runs on its servers when it deploys: its commands and hooks."""
    for _, file in sorted(facts.start_files.items()):
        for start in file.starts:
            if start.kind == "beanstalk" and start.role == "deploy":
                head = start_head(start, facts)
                mounts = tuple(Mapped(each, head.place.cwd) for each in _DEPLOYED)
                yield replace(head, place=replace(head.place, mounts=mounts))


#: Where the platform keeps the version that runs, and the one that it deploys.
_DEPLOYED = (
    "/var/app/current", "/var/app/staging", "/var/app/ondeck", "/opt/python/current/app", "/opt/python/ondeck/app",
)  # fmt: skip
_BEANSTALK_STARTS = ("Procfile", "Dockerfile", "Dockerrun.aws.json", "docker-compose.yml")


def completed(file: StartFile, facts: Facts) -> StartFile:
    """Elastic Beanstalk's configuration as the sum of its files: the one start has the target of the file that says it
    and the platform of the file that names it."""
    if file.kind != "beanstalk":
        return file
    web = [start for each in facts.start_files.values() if each.kind == "beanstalk" for start in each.starts]
    web = [start for start in web if start.name == "web" and start.role == "run"]
    said = any("WSGIPath" in dict(start.options) for start in web)
    platform = next((dict(start.options)["platform"] for start in web if "platform" in dict(start.options)), None)
    starts = []
    for start in file.starts:
        if start in web and said and "WSGIPath" not in dict(start.options):
            continue
        named = start in web and platform is not None and "platform" not in dict(start.options)
        starts.append(replace(start, options=(*start.options, ("platform", platform or ""))) if named else start)
    return replace(file, starts=tuple(starts))
