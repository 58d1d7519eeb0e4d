"""What a launch is for, and why: names, places, targets, comments and pairs of files decide, then what a README says."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Callable, Sequence

from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.launching.platforms import PLATFORM_KINDS
from flask_prodcheck.model.project import Purpose, Server
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_SAMPLE_SUFFIX = regex(
    r"(?:[._-](?:sample|example|template|dist|default|tmpl|tpl|in|j2|jinja2?|jnj|erb|orig))+$", re.IGNORECASE
)

#: Formats whose processes are production ones unless something says otherwise.
_DEPLOY_KINDS = PLATFORM_KINDS | {
    "dockerfile",
    "compose",
    "kubernetes",
    "systemd",
    "supervisor",
    "circus",
    "uwsgi",
    "apache",
    "wsgi-script",
    "azure",
    "passenger",
    "toolforge",
    "rc-local",
    "upstart",
    "launchd",
    "iis",
    "init-script",
    "nginx-unit",
    "cron",
    "koyeb",
    "captain",
    "s2i",
    "ecs",
    "terraform",
    "nomad",
    "entry-point",
}
#: Formats that run things for people at work.
_TASK_KINDS = frozenset({
    "makefile", "justfile", "taskfile", "npm", "pdm", "hatch", "package-script", "invoke", "tox", "nox", "replit", "told-processes",
})  # fmt: skip


#: Formats that a person starts by a command, which a README may show.
_TOLD_KINDS = _TASK_KINDS | {"compose", "dockerfile", "script", "python-script", "entry-point"}
#: Systems that no host of Procfiles runs: ``heroku local -f Procfile.windows`` is for people at work.
_OTHER_SYSTEMS = frozenset({"windows", "win", "mac", "macos", "osx"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a head offers to judge its purpose by. ``names``: process, service, stage, target, profile names;
    ``overrides_production`` when it replaces an image's own production server by a development one; ``has_production``
    when another deploy file of the project starts a production server; ``comment`` stands right above the start,
    ``header`` at the head of its file. ``development`` and ``production`` are what the environment that the file gives
    the start says of itself. ``mounts_sources`` when the project's files are mounted over those that the image holds;
    ``built_aside`` when development services alone build the image, and others another one that serves the same; ``generated`` when a
    code generator wrote it; ``stand_in`` is a service beside it that only replaces another, ``on_host`` says how a script
    leaves it running on a machine that is a server; ``elsewhere`` when another deploy file than its own, and those that
    run its image, starts a production server; ``unused`` when it is the development server of an image and every service
    that builds this has a command of its own; ``released`` the name under which a workflow releases the image; ``shown``
    the place where a document shows how a production server is started, in a project that starts none itself."""

    file: str
    kind: str
    names: tuple[str, ...]
    server: Server
    comment: str = ""
    header: str = ""
    hints: tuple[str, ...] = ()
    overrides_production: bool = False
    has_production: bool = False
    has_deploy: bool = False
    production_pair: bool = False
    reloads: bool = False
    development: str = ""
    production: str = ""
    mounts_sources: bool = False
    built_aside: bool = False
    generated: bool = False
    stand_in: str = ""
    on_host: str = ""
    elsewhere: bool = False
    unused: bool = False
    released: str = ""
    shown: str = ""


Judgement = tuple[Purpose, str]
"""A purpose, and why."""


def judge(
    evidence: Evidence,
    production: Sequence[str] = (),
    development: Sequence[str] = (),
    told: Callable[[], Judgement | None] = lambda: None,
) -> Judgement:
    """The purpose and the reason. ``production``/``development`` are the settings' globs (``path`` or ``path:name``);
    ``told`` gives what the READMEs say: it is asked where nothing else decides."""
    for globs, purpose in ((production, Purpose.PRODUCTION), (development, Purpose.DEVELOPMENT)):
        for glob in globs:
            path, _, name = glob.partition(":")
            if fnmatch.fnmatchcase(evidence.file, path) and (
                not name or any(fnmatch.fnmatchcase(each, name) for each in evidence.names)
            ):
                return purpose, f"[tool.prodcheck] says so ({glob})"
    if evidence.kind == "devcontainer":
        return Purpose.DEVELOPMENT, "it starts in the container that people work in"
    hinted = purpose_of_words([word for hint in evidence.hints for word in words_of(hint)])
    if hinted is not None and hinted[0] is not Purpose.PRODUCTION:
        return hinted[0], f"the branch taken says {hinted[1]!r}"
    if evidence.kind == "check":
        return Purpose.TEST, "a job of a workflow starts it on its own machine"
    if evidence.kind == "workflow":
        return _by_workflow(evidence)
    silent = _silent_words(evidence.kind)
    for name in evidence.names:
        named = purpose_of_words([word for word in words_of(name) if word not in silent])
        if named is not None and not (named[0] is Purpose.PRODUCTION and _overrides(evidence)):
            return named[0], f"it is called {name!r}"
    if evidence.released:
        return Purpose.PRODUCTION, f"a workflow releases the image as {evidence.released!r}"
    placed = _by_path(evidence.file, silent)
    if placed is not None:
        return placed
    words = words_of(posixpath.basename(evidence.file))
    if evidence.kind == "procfile" and (system := next((word for word in words if word in _OTHER_SYSTEMS), None)):
        return Purpose.DEVELOPMENT, f"only a developer's machine reads a Procfile for {system}"
    commented = _by_comment(evidence.comment)
    if commented is not None:
        return commented
    if _REFUSES.search(evidence.header.lower()):
        return Purpose.DEVELOPMENT, "the comment at the head of the file says so"
    if evidence.development:
        return Purpose.DEVELOPMENT, f"its environment is {evidence.development}"
    around = _by_what_is_around(evidence)
    if around is not None:
        return around
    default = _by_kind(evidence)
    said = told() if _may_be_told(evidence, default[0]) else None
    return said if said is not None and _is_believed(said[0], evidence, default[0]) else default


def _may_be_told(evidence: Evidence, default: Purpose) -> bool:
    """Whether a README is asked: about what people start, and about development that production starts otherwise."""
    if evidence.kind not in _TOLD_KINDS:
        return False
    return default is Purpose.PRODUCTION or not evidence.has_production


def _is_believed(said: Purpose, evidence: Evidence, default: Purpose) -> bool:
    """Whether a README that shows a start for one purpose decides. An image that it builds to develop is for production as
    well, unless that starts elsewhere."""
    if default is not Purpose.PRODUCTION:
        return said is Purpose.PRODUCTION
    return evidence.kind != "dockerfile" or said is Purpose.PRODUCTION or evidence.elsewhere


def _by_workflow(evidence: Evidence) -> tuple[Purpose, str]:
    """What a workflow starts on a server is deployed: that the same file, or job, also tests says nothing of it."""
    for name in (*evidence.names, posixpath.basename(evidence.file)):
        words = [
            word for word in words_of(name) if (found := purpose_of_words([word])) and found[0] is not Purpose.TEST
        ]
        named = purpose_of_words(words)
        if named is not None:
            return named[0], f"it is called {name!r}"
    return Purpose.PRODUCTION, "a workflow deploys it"


#: Formats of process managers and clusters, which run what serves and build nothing.
_RUNNING_KINDS = frozenset({"systemd", "supervisor", "circus", "kubernetes", "upstart", "launchd"})
#: Formats of which a host has one in a place of its own: what a project holds as an example is to be copied there.
_COPIED_KINDS = frozenset({
    "apache", "uwsgi", "systemd", "supervisor", "circus", "upstart", "launchd", "init-script", "iis", "nginx-unit",
})  # fmt: skip
#: What files that are to be copied are called.
SAMPLE_WORDS = frozenset({"example", "examples", "sample", "samples"})
#: Words of the folders, in a manual, that hold the files by which readers install the project.
_INSTALLING = frozenset({"installation", "install", "installing", "deploying", "hosting"})


def _silent_words(kind: str) -> frozenset[str]:
    """The words that say nothing of the purpose of a file or a process in a format of this ``kind``."""
    pages = frozenset({"docs"}) if kind in _RUNNING_KINDS else frozenset()  # the project's own, served to everybody
    return pages | (SAMPLE_WORDS if kind in _COPIED_KINDS else frozenset())


def _overrides(evidence: Evidence) -> bool:
    """Whether a compose file of another purpose than production starts it: the stage that it builds, or the service that it
    overrides, may be called production."""
    named = purpose_of_words(words_of(posixpath.basename(evidence.file))) if evidence.kind == "compose" else None
    return named is not None and named[0] is not Purpose.PRODUCTION


def _by_path(path: str, silent: frozenset[str]) -> Judgement | None:
    base = _SAMPLE_SUFFIX.sub("", posixpath.basename(path))
    if base == "rc.local":
        return Purpose.PRODUCTION, "it runs when the machine starts"
    named = purpose_of_words([word for word in words_of(base) if word not in silent])
    if named is not None:
        return named[0], f"the file is called {base!r}"
    installs = False
    for part in reversed(posixpath.dirname(path).split("/")):
        installs = installs or not _INSTALLING.isdisjoint(words_of(part))
        if installs and part in ("doc", "docs"):
            continue
        words = [word for word in words_of(part) if word != "ci"] + (
            ["ci"] if part in (".github", ".gitlab", ".circleci", ".travis", ".buildkite") else []
        )
        named = purpose_of_words(words)
        if named is not None:
            return named[0], f"it stands in {part!r}"
    return None


# The head of a file also says what other files are for ("for development see ..."): only a refusal of production counts
# there.
_REFUSES = regex(
    r"\b(?:not|never|don'?t)\s+(?!only\b|just\b)(?:\w+\s+){0,3}(?:for|in)\s+(?:a\s+|any\s+)?production\b(?!\s+(?:without|until|unless))|\bnot\s+production[\s-]ready\b"
    r"|\b(?:development|testing)\s+(?:purposes\s+)?only\b|\bonly\s+for\s+(?:local\s+)?(?:development|testing)\b"
)


def _by_comment(comment: str) -> Judgement | None:
    text = comment.lower()
    if re.search(r"\b(?:for|in|only|local)\s+(?:local\s+)?(?:development|dev|debugging)\b", text) or _REFUSES.search(
        text
    ):
        return Purpose.DEVELOPMENT, "the comment above says so"
    if re.search(r"\b(?:for|in)\s+production\b", text):
        return Purpose.PRODUCTION, "the comment above says so"
    return None


def _by_what_is_around(evidence: Evidence) -> Judgement | None:
    if evidence.kind == "compose":
        if evidence.overrides_production:
            return Purpose.DEVELOPMENT, "it replaces the image's production server by a development one"
        if evidence.server.is_development and evidence.production_pair:
            return Purpose.DEVELOPMENT, "a production compose file stands beside it"
        if evidence.server.is_development and evidence.mounts_sources and evidence.has_production:
            return (
                Purpose.DEVELOPMENT,
                "it mounts the sources over those of the image, which production starts otherwise",
            )
        if evidence.stand_in:
            return Purpose.DEVELOPMENT, f"it runs beside {evidence.stand_in}, which only stands in for a service"
    if evidence.generated:
        return Purpose.DEVELOPMENT, "a generator wrote it, and production starts elsewhere"
    if evidence.kind == "dockerfile" and evidence.built_aside:
        return Purpose.DEVELOPMENT, "only development services build it, and others another image of the same"
    if evidence.unused and evidence.elsewhere:
        return Purpose.DEVELOPMENT, "every service that builds the image starts something else, and so does production"
    if evidence.on_host and (evidence.kind == "script" or evidence.kind in _TASK_KINDS):
        return Purpose.PRODUCTION, evidence.on_host
    return None


def _by_kind(evidence: Evidence) -> Judgement:
    if evidence.kind == "entry-point" and evidence.server.is_development and evidence.shown:
        return Purpose.DEVELOPMENT, f"{evidence.shown} shows another server"
    if evidence.kind in _DEPLOY_KINDS:
        return Purpose.PRODUCTION, f"a {evidence.kind} starts it"
    if evidence.kind == "script" and evidence.production:
        return Purpose.PRODUCTION, f"it sets {evidence.production}"
    if evidence.server.is_development:
        return Purpose.DEVELOPMENT, "no deploy file calls it and it starts a development server"
    if evidence.kind in _TASK_KINDS:
        return (
            (Purpose.DEVELOPMENT, "a task for people at work")
            if evidence.has_deploy or evidence.reloads
            else (Purpose.PRODUCTION, "the project's only way to start a production server")
        )
    if evidence.kind == "python-script" and evidence.has_production:
        return Purpose.DEVELOPMENT, "no deploy file calls this script"
    return Purpose.PRODUCTION, "it starts a production server"
