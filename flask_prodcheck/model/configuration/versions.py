"""What a version specifier lets the deployment install."""

from __future__ import annotations

import re

from flask_prodcheck.model.project import Launch, Project
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

Version = tuple[int, ...]

_BARE = regex(r"v?\d{1,9}(?:\.\d{1,9})*(?:\.\*)?")
_LOWER = regex(r"(?<![!<])(===?|~=|>=?|\^|~)\s*v?(\d{1,9}(?:\.\d{1,9})*)")
_UPPER = regex(r"(===?|~=|<=?|\^|~)\s*v?(\d{1,9}(?:\.\d{1,9})*)(\.\*)?")


def _numbers(text: str) -> Version:
    return tuple(int(part) for part in text.split("."))


def _written_out(specifier: str) -> str:
    """``specifier`` with the operator that Poetry and Pipenv let out: a version alone is that release (Poetry,
    "Dependency specification": "Exact requirements")."""
    return f"=={specifier.strip()}" if _BARE.fullmatch(specifier.strip()) else specifier


def newest_allowed(specifier: str) -> Version | None:
    """The newest release that ``specifier`` lets in, as numbers (an exclusive bound counts as itself minus a little:
    ``<2`` gives ``(1, 999)``); None when nothing bounds it from above."""
    found: list[Version] = []
    for operator, text, star in _UPPER.findall(_written_out(specifier)):
        version = _numbers(text)
        if operator in ("==", "===", "<=") and not star:
            found.append(version)
        elif operator == "<":
            found.append(_just_below(version))
        elif operator == "==":
            found.append((*version, 999))
        elif operator in ("~=", "~"):
            found.append((*(version[:-1] if len(version) > 1 else version), 999))
        elif operator == "^":
            lead = next((index for index, part in enumerate(version) if part), len(version) - 1)
            found.append((*version[: lead + 1], 999))
    return min(found) if found else None


def oldest_allowed(specifier: str) -> Version | None:
    """The oldest release that ``specifier`` lets in (an exclusive bound counts as itself); None without a lower bound."""
    found = [_numbers(text) for _, text in _LOWER.findall(_written_out(specifier))]
    return max(found) if found else None


@dataclass(frozen=True, slots=True)
class Releases:
    """Which releases of a distribution a deployment may install: the bounds that each file which asks for it sets, as
    ``(oldest, newest)``; None where a bound is missing."""

    bounds: tuple[tuple[Version | None, Version | None], ...]

    def all_before(self, version: Version) -> bool:
        """Whether none that may be installed is as new as ``version``."""
        return all(newest is not None and newest < version for _, newest in self.bounds)

    def all_from(self, version: Version) -> bool:
        """Whether every one that may be installed is at least ``version``."""
        return all(oldest is not None and oldest >= version for oldest, _ in self.bounds)

    def fresh_from(self, version: Version) -> bool:
        """Whether an installation made now, which takes the newest that is let in, is at least ``version``."""
        return all(newest is None or newest >= version for _, newest in self.bounds)


def releases(project: Project, name: str, launch: Launch) -> Releases | None:
    """The releases of the distribution ``name`` that ``launch`` may find: by lock files, else by every requirement and
    the RUN lines of its Dockerfile; None when no file asks for it."""
    dependencies = [each for each in project.dependencies if each.name == name]
    locked = [each for each in dependencies if each.group == "lock"]
    specifiers = [each.specifier for each in locked or dependencies]
    dockerfile = project.facts.dockerfiles.get(launch.dockerfile or "")
    if dockerfile is not None:
        asked = re.compile(rf"(?<![\w./-]){re.escape(name)}(?:\[[\w,\s-]*\])?((?:[=<>~!]=?=?\s*[\w.*]+,?)*)(?![\w.-])")
        for stage in dockerfile.stages:
            for run in stage.runs:
                if "install" in run.command.text:
                    specifiers += asked.findall(run.command.text)
    if not specifiers:
        return None
    return Releases(tuple((oldest_allowed(each), newest_allowed(each)) for each in specifiers))


def _just_below(version: Version) -> Version:
    last = len(version) - 1
    while last > 0 and version[last] == 0:
        last -= 1
    if version[last] == 0:
        return (0,)
    return (*version[:last], version[last] - 1, 999)


def flask_before(project: Project, version: Version) -> bool:
    """Whether every requirement for Flask keeps it below ``version``; false when nothing bounds it."""
    newest = [newest_allowed(dependency.specifier) for dependency in project.dependencies if dependency.name == "flask"]
    return bool(newest) and all(each is not None and each < version for each in newest)
