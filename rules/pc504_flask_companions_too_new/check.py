"""PC504: an old Flask is installed with the releases it was made for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_prodcheck.rulekit import Confidence, Dependency, Hit, Project, newest_allowed

Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """``missed`` is what Flask imports of ``name``, whose release ``since`` no longer has it; ``python`` is the oldest
    Python for which that release can be installed (``Requires-Python`` of its metadata)."""

    name: str
    since: Version
    missed: str
    python: Version


JINJA2 = Lost("jinja2", (3, 1), "jinja2.escape", (3, 7))
ITSDANGEROUS = Lost("itsdangerous", (2, 1), "itsdangerous.json", (3, 7))
WERKZEUG_2 = Lost("werkzeug", (2, 1), "werkzeug.wrappers.BaseResponse", (3, 7))
WERKZEUG_3 = Lost("werkzeug", (3,), "werkzeug.urls.url_quote", (3, 8))
#: Distributions with a release that asks for a companion below the one that Flask cannot start with (their metadata).
HOLDING = frozenset({
    "apache-airflow", "apache-superset", "connexion", "dash", "flask-appbuilder", "flask-restplus", "flask-restx", "jupyter-dash",
    "localstack", "mlflow", "moto", "odoo", "tensorboard", "zappa",
})  # fmt: skip
PYTHON_IMAGE = re.compile(r"(?:^|/)python:(\d+)\.(\d+)(?![\w])")
# Measured by installing and importing: from the first to the last of these Flasks. Those in between, 1.1.3 and 1.1.4,
# ask for old companions themselves.
BROKEN: tuple[tuple[Version, Version, tuple[Lost, ...]], ...] = (
    ((1, 0), (1, 0, 4), (WERKZEUG_3, JINJA2, ITSDANGEROUS)),
    ((1, 1), (1, 1, 2), (WERKZEUG_2, JINJA2, ITSDANGEROUS)),
    ((2, 0), (2, 2, 3), (WERKZEUG_3,)),
)


def check(project: Project) -> Iterator[Hit]:
    if project.has_lock_file or project.open_manifests:
        return
    newest_python = _newest_python(project)
    for flask in project.dependencies:
        newest = newest_allowed(flask.specifier) if flask.name == "flask" else None
        if newest is None or flask.group != "main" or flask.marker:
            continue
        lost = [
            each
            for first, last, companions in BROKEN
            if first <= newest <= last
            for each in companions
            if not _kept_below(project, each) and (newest_python is None or newest_python >= each.python)
        ]
        if lost:
            bounds = [(each.name, ".".join(map(str, each.since))) for each in lost]
            facts = {
                "version": flask.specifier,
                "releases": " or ".join(f"{name} {bound}" for name, bound in bounds),
                "missed": ", ".join(each.missed for each in lost),
                "lines": "\n".join(f"{name}<{bound}" for name, bound in bounds),
            }
            yield Hit(at=flask.span, facts=facts, severity="error" if _is_certain(project, lost) else None)


def _is_certain(project: Project, lost: Sequence[Lost]) -> bool:
    """Whether production starts, with nothing among the requirements that keeps the companions at older releases, and no
    command of the image that installs one of them."""
    known = {each.name for each in project.dependencies}
    beside = {name for launch in project.production for name in launch.installs or ()} - known
    certain = any(launch.confidence is not Confidence.LOW for launch in project.production)
    return certain and known.isdisjoint(HOLDING) and beside.isdisjoint(each.name for each in lost)


def _newest_python(project: Project) -> Version | None:
    """The newest Python that a production launch runs with; None where one does not say it."""
    found = [PYTHON_IMAGE.search(launch.base_image) for launch in project.production]
    named = [(int(each.group(1)), int(each.group(2))) for each in found if each is not None]
    return max(named) if named and len(named) == len(found) else None


def _kept_below(project: Project, lost: Lost) -> bool:
    """Whether a file keeps the companion at a release that has it all."""
    return any(_is_below(each, lost.since) for each in project.dependencies if each.name == lost.name)


def _is_below(dependency: Dependency, version: Version) -> bool:
    newest = newest_allowed(dependency.specifier)
    return newest is not None and newest < version
