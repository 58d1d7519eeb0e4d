"""Which distributions an image installs, read from its RUN lines, and which the project's manifests ask for."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell_commands import commands_of
from flask_prodcheck.facts.types import Dependency
from flask_prodcheck.facts.windows_words import windows_shell
from flask_prodcheck.model.launching.base_images import is_plain_base
from flask_prodcheck.model.launching.images import Image, project_path
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

#: Groups that a production installation leaves out unless it asks for them.
DEVELOPMENT_GROUPS = frozenset(
    {"dev", "test", "tests", "docs", "doc", "lint", "development", "testing", "typing", "ci", "constraint"}
)

#: Programs that build a system's package of the project.
_PACKAGERS = frozenset({"dpkg-buildpackage", "debuild", "dh_virtualenv", "rpmbuild", "fpm", "nfpm"})

_NAME = regex(r"([A-Za-z0-9][A-Za-z0-9._-]*)")
_PIP = regex(r"pip(?:[0-9.]*|\$\{\w+\}|\$\w+)")
#: A distribution packed, or several of them: ``dist/*.whl``, ``/wheels/*``, ``https://host/shop.tar.gz``.
_ARCHIVE = regex(r"\*|://|\.(?:whl|tar\.gz|tgz|zip)$")
_PIP_VALUE_OPTIONS = frozenset(
    [
        "-i",
        "--index-url",
        "--extra-index-url",
        "-f",
        "--find-links",
        "-t",
        "--target",
        "--prefix",
        "--root",
        "-c",
        "--constraint",
        "--cache-dir",
        "--trusted-host",
        "--timeout",
        "--proxy",
        "--platform",
        "--python",
        "--progress-bar",
        "--retries",
        "--src",
        "--upgrade-strategy",
        "--no-binary",
        "--only-binary",
        "--config-settings",
        "-p",
        "--python-version",
    ]
)


def normalised(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def production_dependencies(facts: Facts) -> tuple[Dependency, ...]:
    """What every manifest asks for outside development groups, in file order."""
    return tuple(
        dep
        for manifest in facts.manifests.values()
        for dep in manifest.dependencies
        if dep.group not in DEVELOPMENT_GROUPS
    )


def _brought(dependencies: Iterable[Dependency], facts: Facts, seen: frozenset[str] = frozenset()) -> set[str]:
    """The distributions that come with ``dependencies``: themselves, those that their extras are named for
    (``connexion[uvicorn]``), and what a distribution of this same project asks for in turn."""
    found: set[str] = set()
    for dep in dependencies:
        found.add(dep.name)
        found |= {normalised(extra) for extra in dep.extras}
        if dep.name in seen:
            continue
        for manifest in facts.manifests.values():
            if manifest.project_name is not None and normalised(manifest.project_name) == dep.name:
                own = [each for each in manifest.dependencies if each.group == "main" or each.group in dep.extras]
                found |= _brought(own, facts, seen | {dep.name})
    return found


def _requirements(path: str | None, facts: Facts, seen: set[str]) -> set[str]:
    """The distributions of a requirements file and of those it includes."""
    manifest = facts.manifests.get(path or "")
    if manifest is None or manifest.path in seen:
        return set()
    seen.add(manifest.path)
    found = _brought(manifest.dependencies, facts)
    for include in manifest.includes:
        found |= _requirements(
            posixpath.normpath(posixpath.join(posixpath.dirname(manifest.path), include.path)), facts, seen
        )
    return found


@dataclass(frozen=True, slots=True)
class Installs:
    """The distributions that an image is seen to install; ``certain`` where there are no others."""

    names: frozenset[str]
    certain: bool


def image_installs(image: Image, facts: Facts) -> frozenset[str] | None:
    """The distributions that the RUN lines of ``image`` install; None when a base image or a script may bring others."""
    found = installs_of(image, facts)
    return found.names if found.certain else None


def installs_of(image: Image, facts: Facts) -> Installs:
    """What the RUN lines of ``image`` are seen to install."""
    found: set[str] = set()
    certain = is_plain_base(image.base)
    for command, folder in image.runs:
        cwd = folder
        commands = commands_of(command)
        if commands is None:
            certain = False
            continue
        for each in commands:
            words = [word.text.replace('"', "").strip("'") for word in each.words]
            if words[:1] == ["cd"] and len(words) > 1:
                cwd = posixpath.normpath(posixpath.join(cwd, words[1]))
                continue
            outcome = _one(words, cwd, image, facts)
            if outcome is None:
                certain = False
            else:
                found |= outcome
    return Installs(frozenset(found), certain)


def _one(words: list[str], cwd: str, image: Image, facts: Facts) -> set[str] | None:
    """What one RUN command installs; None when it may install things that cannot be seen."""
    while words and (
        words[0] in ("sudo", "exec", "time", "env", "--") or "=" in words[0].split("/")[0] or words[0].startswith("-")
    ):
        words = words[1:]
    if not words:
        return set()
    program = posixpath.basename(words[0])
    if _builds(words):
        return _packed_project(cwd, image, facts)
    if program.startswith("python") and words[1:3] == ["-m", "pip"]:
        program, words = "pip", words[2:]
    elif program.startswith("python") and "-m" in words:
        words = words[words.index("-m") + 1 :]
        program = words[0] if words else ""
    if program == "uv" and words[1:2] == ["pip"]:
        program, words = "pip", words[1:]
    if _PIP.fullmatch(program):
        return _pip(words[1:], cwd, image, facts) if "install" in words or "wheel" in words else set()
    if program == "pipx":
        return {normalised(word) for word in words[2:] if not word.startswith("-")}
    if program in ("poetry", "pipenv", "uv", "pdm", "rye", "hatch", "conda", "mamba", "micromamba") and any(
        word in ("install", "sync", "create", "update", "add", "build") for word in words
    ):
        return _project_manager(program, words, cwd, image, facts)
    if program in ("apt-get", "apt", "apk", "dnf", "yum", "microdnf"):
        return {
            normalised(word.removeprefix("python3-").removeprefix("py3-"))
            for word in words
            if word.startswith(("python3-", "py3-", "gunicorn", "uwsgi"))
        }
    if program in _PACKAGERS:
        return None  # what the package holds is installed with it
    if program in ("sh", "bash", "make") or windows_shell(program) or "\\" in words[0] or (
        "/" in words[0] and not words[0].startswith(("/bin/", "/usr/bin/", "/usr/local/bin/"))
    ):
        return None
    return set()


def _pip(words: list[str], cwd: str, image: Image, facts: Facts) -> set[str] | None:
    found: set[str] = set()
    installs = "install" in words
    rest = words[words.index("install" if installs else "wheel") + 1 :]
    while rest:
        word = rest.pop(0)
        if word in ("-r", "--requirement") or (word.startswith(("--requirement=", "-r")) and word != "-r"):
            name = (
                rest.pop(0) if word in ("-r", "--requirement") and rest else word.split("=", 1)[-1].removeprefix("-r")
            )
            path = project_path(image.mapping, posixpath.join(cwd, name), facts)
            if path is None or path not in facts.manifests:
                same = [each for each in facts.manifests if posixpath.basename(each) == posixpath.basename(name)]
                path = same[0] if len(same) == 1 else None
            if path is None:
                return None
            found |= _requirements(path, facts, set())
        elif word in ("-e", "--editable"):
            if rest:
                found |= _local_project(rest.pop(0), cwd, image, facts)
        elif word in _PIP_VALUE_OPTIONS:
            rest = rest[1:]
        elif word.startswith("-"):
            continue
        elif _ARCHIVE.search(word):
            if "://" in word or not (installs and _collects_wheels(image)):
                return None  # what stands in it, and what that asks for, is not known
        elif word.startswith((".", "/")):
            found |= _local_project(word, cwd, image, facts)
        elif "$" in word:
            return None
        elif match := _NAME.match(word):
            found.add(normalised(match.group(1)))
            if "[" in word:
                found |= {normalised(extra) for extra in word[word.index("[") + 1 : word.find("]")].split(",") if extra}
    return found


def _collects_wheels(image: Image) -> bool:
    """Whether a RUN line gathers the wheels of all that it names (``pip wheel -r requirements.txt``), which counts as
    installing them, or packs the project, which counts as installing what that asks for."""
    for command, _ in image.runs:
        for each in commands_of(command) or ():
            words = [posixpath.basename(word.text) for word in each.words]
            pip = next((index for index, word in enumerate(words) if _PIP.fullmatch(word)), len(words))
            if next((word for word in words[pip + 1 :] if not word.startswith("-")), "") == "wheel" or _builds(words):
                return True
    return False


def _builds(words: Sequence[str]) -> bool:
    """Whether a command packs the project in its folder, or installs it, by its own set-up script."""
    program, rest = posixpath.basename(words[0]) if words else "", list(words[1:])  # assignments alone have no word
    if not program.startswith("python"):
        return program in ("uv", "poetry", "hatch", "flit", "pdm") and rest[:1] == ["build"]
    if rest[:2] == ["-m", "build"]:
        return True
    return rest[:1] == ["setup.py"] and not _PACKS.isdisjoint(rest)


_PACKS = frozenset({"bdist_wheel", "sdist", "bdist", "install", "develop"})


def _local_project(word: str, cwd: str, image: Image, facts: Facts) -> set[str]:
    """``pip install .`` (with extras): the main dependencies and those of the extras named."""
    path, _, extras = word.partition("[")
    folder = project_path(image.mapping, posixpath.join(cwd, path or "."), facts) or image.context
    groups = {"main", *(extra.strip() for extra in extras.rstrip("]").split(",") if extra)}
    return _manifest_names(facts, folder, groups)


def _packed_project(cwd: str, image: Image, facts: Facts) -> set[str] | None:
    """What a distribution asks for that is made of the project in ``cwd``; None where its set-up script computes that from
    no requirements beside it."""
    folder = project_path(image.mapping, cwd, facts) or image.context
    prefix = "" if folder == "." else folder + "/"
    found = _manifest_names(facts, folder, {"main"})
    if not any(
        facts.manifests[path].open for path in (f"{prefix}setup.py", f"{prefix}setup.cfg") if path in facts.manifests
    ):
        return found
    beside = _requirements(f"{prefix}requirements.txt", facts, set())
    return found | beside if beside else None


def _manifest_names(facts: Facts, folder: str, groups: set[str] | None) -> set[str]:
    prefix = "" if folder == "." else folder + "/"
    found: set[str] = set()
    for name in ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile"):
        manifest = facts.manifests.get(prefix + name)
        if manifest is not None:
            wanted = [dep for dep in manifest.dependencies if groups is None or dep.group in groups]
            found |= _brought(wanted, facts)
            if name in ("setup.py", "setup.cfg"):
                for include in manifest.includes:
                    found |= _requirements(posixpath.normpath(posixpath.join(folder, include.path)), facts, set())
    return found


def _project_manager(program: str, words: list[str], cwd: str, image: Image, facts: Facts) -> set[str] | None:
    if program in ("conda", "mamba", "micromamba"):
        return None
    folder = project_path(image.mapping, cwd, facts) or image.context
    without_dev = any(
        word in ("--no-dev", "--without", "--only", "--production", "--prod", "--deploy")
        or word.startswith(("--without=", "--only=", "--no-default-groups"))
        for word in words
    )
    asked = [
        dep
        for manifest in facts.manifests.values()
        if (posixpath.dirname(manifest.path) or ".") == folder
        for dep in manifest.dependencies
    ]
    main = _brought([dep for dep in asked if dep.group not in DEVELOPMENT_GROUPS and dep.group != "lock"], facts)
    # What other distributions bring along is in the lock file alone, which does not say for which group.
    locked = {dep.name for dep in asked if dep.group == "lock"}
    brought = locked - {dep.name for dep in asked if dep.group in DEVELOPMENT_GROUPS}
    explicit = (
        {
            normalised(word.split("[")[0].split("=")[0])
            for word in words[2:]
            if word[:1].isalpha() and words[1] in ("install", "add")
        }
        if program == "pipenv" or words[1:2] == ["add"]
        else set()
    )
    if not explicit and all((posixpath.dirname(path) or ".") != folder for path in facts.manifests):
        return None  # what it reads came into the image in a way that is not seen
    return (main | brought if without_dev else _manifest_names(facts, folder, None) | locked) | explicit
