"""Adding Gunicorn to the requirements that the deployment really installs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from flask_prodcheck.edits.drafts import Drafts
from flask_prodcheck.edits.text_file import appended
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.requirements import group_of
from flask_prodcheck.facts.shell_commands import commands_of
from flask_prodcheck.facts.types import Manifest
from flask_prodcheck.model.launching.images import Image, build_image, project_path
from flask_prodcheck.model.launching.installs import DEVELOPMENT_GROUPS, production_dependencies
from flask_prodcheck.model.project import Project
from flask_prodcheck.records import dataclass
from flask_prodcheck.scaffold.dockerfile_edit import after, before, stage_of, with_package
from flask_prodcheck.scaffold.toml_edit import added_item, added_key
from flask_prodcheck.scaffold.worker import Worker

_REASON = "the production server; older releases let requests be smuggled"
_WHY = "installs the server that the start command runs"
_MANAGERS = frozenset({"poetry", "pipenv", "uv", "pdm", "rye", "hatch"})
_LOCKS = {"poetry.lock": "poetry lock", "uv.lock": "uv lock", "pdm.lock": "pdm lock", "Pipfile.lock": "pipenv lock"}
_NAMES = ("requirements.txt", "pipfile", "pyproject.toml")
_VALUE_OPTIONS = frozenset(
    ["-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-t", "--target", "--prefix", "-c", "--constraint", "--cache-dir", "--trusted-host", "--timeout", "--python", "--progress-bar", "-p"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Install:
    """One RUN line that installs: requirements ``files`` (project paths), a project ``folder``, or packages by
    ``names`` as written; ``line`` of the instruction."""

    line: int
    files: tuple[str, ...] = ()
    folder: str | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """A production start of Gunicorn: in the image of ``dockerfile`` (its command on ``line``, 0 where that is new), or
    outside one. ``installs`` is what the image is known to install. ``new`` when the plan makes it."""

    dockerfile: str | None = None
    line: int = 0
    installs: frozenset[str] | None = None
    new: bool = True


def add_requirement(
    project: Project, starts: Sequence[Start], drafts: Drafts, worker: Worker, folder: str
) -> list[str]:
    """Adds Gunicorn where ``starts`` install from and it is missing: to a manifest, or to the Dockerfile. ``folder`` is
    where the server starts. The notes say what a person has to do."""
    notes: list[str] = []
    present = {dependency.name for dependency in production_dependencies(project.facts)}
    images: dict[str, Start] = {}
    for start in starts:
        if start.dockerfile is not None:
            images.setdefault(start.dockerfile, start)
    for path, start in images.items():
        installs = start.installs if start.installs is not None else present
        # What runs already is believed: the manifests name the server, however the image gets it.
        if "gunicorn" not in installs and (start.new or "gunicorn" not in present):
            notes += _to_image(project.facts, start.line, path, drafts, worker)
    outside = any(start.dockerfile is None and (start.new or project.facts.manifests) for start in starts)
    if outside and "gunicorn" not in present and not project.open_manifests:
        notes += _to_manifest(project.facts, main_manifest(project.facts, folder), drafts, worker, folder)
    if worker.extra and "gunicorn" in present:
        listed = next(each for each in production_dependencies(project.facts) if each.name == "gunicorn")
        if worker.extra not in listed.extras:
            notes.append(f"{listed.span}: the {worker.name} worker needs {worker.requirement} there")
    return list(dict.fromkeys(notes))


# --- through an image -------------------------------------------------------------------------------------------------


def _to_image(facts: Facts, line: int, path: str, drafts: Drafts, worker: Worker) -> list[str]:
    dockerfile = facts.dockerfiles[path]
    index = stage_of(dockerfile, facts, line)
    image = build_image(dockerfile, facts, target=index)
    installs = list(_installs(image, facts))
    files = [file for install in installs for file in install.files]
    chosen = next((file for file in reversed(files) if _names_flask(facts, file, set())), files[-1] if files else None)
    if chosen is not None and _add_to(facts.manifests[chosen], drafts, worker):
        return _after_lock(facts, chosen)
    folder = next((install.folder for install in reversed(installs) if install.folder is not None), None)
    if folder is not None and chosen is None:
        manifest = _project_manifest(facts, folder)
        if manifest is not None and _add_to(manifest, drafts, worker):
            return _after_lock(facts, manifest.path)
    text = drafts.text(path)
    for install in reversed(installs):
        edit = with_package(text, install.line, install.names, worker.requirement) if install.names else None
        if edit is not None:
            drafts.edit(path, [edit], _WHY)
            return []
    run = f'RUN pip install --no-cache-dir "{worker.requirement}"'
    stage = dockerfile.stages[-1 if index is None else index]
    stages = [each.span.line for each in dockerfile.stages]
    end = min((each for each in stages if each > stage.span.line), default=len(text))
    lines = [install.line for install in installs if stage.span.line < install.line < end]
    first_use = min((each.span.line for each in (stage.cmd, stage.entrypoint) if each is not None), default=0)
    if lines:
        drafts.edit(path, [after(text, max(lines), run)], _WHY)
    elif first_use:
        place = stage.user_span.line if stage.user_span is not None and stage.user_span.line < first_use else first_use
        drafts.edit(path, [before(text, place, run)], _WHY)
    else:
        return [f"{path}: install {worker.requirement} in its image"]
    return []


def _installs(image: Image, facts: Facts) -> Iterator[_Install]:
    for command, cwd in image.runs:
        for each in commands_of(command) or ():
            found = _install([word.text.strip("\"'") for word in each.words], command.span.line, cwd, image, facts)
            if found is not None:
                yield found


def _install(words: list[str], line: int, cwd: str, image: Image, facts: Facts) -> _Install | None:
    if words[1:3] == ["-m", "pip"] or words[:2] == ["uv", "pip"]:
        words = words[words.index("pip") :]
    program = posixpath.basename(words[0]) if words else ""
    if program in _MANAGERS:
        wanted = any(word in ("install", "sync") for word in words[1:])
        return _Install(line, folder=project_path(image.mapping, cwd, facts) or image.context) if wanted else None
    if not program.startswith("pip") or "install" not in words:
        return None
    rest = words[words.index("install") + 1 :]
    files: list[str] = []
    names: list[str] = []
    folder = None
    while rest:
        word = rest.pop(0)
        if word in ("-r", "--requirement") and rest:
            files.append(rest.pop(0))
        elif word.startswith("--requirement="):
            files.append(word.partition("=")[2])
        elif word.startswith("-r") and len(word) > 2:
            files.append(word[2:])
        elif word in _VALUE_OPTIONS:
            rest = rest[1:]
        elif word in ("-e", "--editable"):
            continue
        elif word.startswith((".", "/")):
            folder = project_path(image.mapping, posixpath.join(cwd, word.partition("[")[0]), facts) or image.context
        elif not word.startswith("-") and "$" not in word:
            names.append(word)
    if names and set(names) <= {"pip", "setuptools", "wheel", "poetry", "pipenv", "uv", "pdm"}:
        names = []
    paths = [found for file in files if (found := _manifest_at(file, cwd, image, facts)) is not None]
    return _Install(line, tuple(paths), folder, tuple(names))


def _manifest_at(name: str, cwd: str, image: Image, facts: Facts) -> str | None:
    path = project_path(image.mapping, posixpath.join(cwd, name), facts)
    if path is not None and path in facts.manifests:
        return path
    same = [each for each in facts.manifests if posixpath.basename(each) == posixpath.basename(name)]
    return same[0] if len(same) == 1 else None


def _names_flask(facts: Facts, path: str, seen: set[str]) -> bool:
    manifest = facts.manifests.get(path)
    if manifest is None or path in seen:
        return False
    seen.add(path)
    if any(dependency.name.startswith("flask") for dependency in manifest.dependencies):
        return True
    folder = posixpath.dirname(path)
    return any(
        _names_flask(facts, posixpath.normpath(posixpath.join(folder, each.path)), seen) for each in manifest.includes
    )


# --- through a manifest -----------------------------------------------------------------------------------------------


def main_manifest(facts: Facts, folder: str) -> Manifest | None:
    """The manifest that a platform installs for a server in ``folder``: one that names Flask, near it, of the kind that
    platforms look for first."""
    found = [
        manifest
        for manifest in facts.manifests.values()
        if group_of(manifest.path) not in DEVELOPMENT_GROUPS
        and not manifest.path.endswith(".lock")
        and _is_written_by_hand(manifest)
    ]
    if not found:
        return None

    def key(manifest: Manifest) -> tuple[object, ...]:
        name = posixpath.basename(manifest.path).lower()
        place = posixpath.dirname(manifest.path) or "."
        rank = (
            _NAMES.index(name)
            if name in _NAMES
            else (1 if name.startswith("req") and not manifest.path.endswith(".in") else 4)
        )
        near = (
            place == folder or (folder + "/").startswith(place + "/") or place == "." or place.endswith("requirements")
        )
        return (
            not _main_flask(manifest),
            not near,
            rank,
            -place.count("/") if near else place.count("/"),
            manifest.path,
        )

    return min(found, key=key)


def serving_manifest(facts: Facts, folder: str) -> Manifest | None:
    """The manifest that an image for production installs: a requirements file that brings the server and Flask, itself
    or through the files it includes; else :func:`main_manifest`."""
    found = [
        manifest
        for path, manifest in sorted(facts.manifests.items())
        if group_of(path) not in DEVELOPMENT_GROUPS
        and path.endswith(".txt")
        and any(each.name == "gunicorn" for each in manifest.dependencies)
        and _names_flask(facts, path, set())
    ]
    near = [each for each in found if (posixpath.dirname(each.path) or ".") in (folder, ".")]
    return next(iter([*near, *found]), None) or main_manifest(facts, folder)


def _is_written_by_hand(manifest: Manifest) -> bool:
    return posixpath.basename(manifest.path).lower() not in ("pipfile.lock", "pylock.toml")


def _main_flask(manifest: Manifest) -> bool:
    return any(each.name == "flask" and each.group not in DEVELOPMENT_GROUPS for each in manifest.dependencies)


def _project_manifest(facts: Facts, folder: str) -> Manifest | None:
    prefix = "" if folder == "." else folder + "/"
    return next(
        (facts.manifests[prefix + name] for name in ("pyproject.toml", "Pipfile") if prefix + name in facts.manifests),
        None,
    )


def _to_manifest(facts: Facts, manifest: Manifest | None, drafts: Drafts, worker: Worker, folder: str) -> list[str]:
    if manifest is None:
        path = posixpath.normpath(posixpath.join(folder, "requirements.txt"))
        if drafts.exists(path):
            return [f"{path}: add {worker.requirement}"]
        text = f"flask\n{worker.requirement}  # {_REASON}\n"
        drafts.create(path, text, "names what a deployment has to install")
        return [f"{path} is new and names Flask and Gunicorn only: add what else the application imports"]
    if _add_to(manifest, drafts, worker):
        return _after_lock(facts, manifest.path)
    own = posixpath.normpath(posixpath.join(posixpath.dirname(manifest.path), "requirements.txt"))
    if posixpath.basename(manifest.path) in ("setup.py", "setup.cfg") and not drafts.exists(own):
        text = f"# The project itself, with what {manifest.path} asks for.\n.\n{worker.requirement}  # {_REASON}\n"
        drafts.create(own, text, "names what a deployment has to install")
        return []
    with_hash = ", with its hash," if "--hash=" in drafts.text(manifest.path) else ""
    return [f"{manifest.path}: add {worker.requirement}{with_hash} to what production installs"]


def _add_to(manifest: Manifest, drafts: Drafts, worker: Worker) -> bool:
    """Adds the requirement to ``manifest``; false when its text is not one that can be edited with certainty."""
    path = manifest.path
    name = posixpath.basename(path).lower()
    text = drafts.text(path)
    requirement = worker.requirement
    if name == "pyproject.toml":
        edits = None if manifest.open else added_item(text, ("project",), "dependencies", requirement, _REASON)
        if edits is None or _is_poetry_only(text):
            edits = (
                added_key(text, ("tool", "poetry", "dependencies"), "gunicorn", *_table_value(worker), _REASON) or edits
            )
    elif name == "pipfile":
        edits = added_key(text, ("packages",), "gunicorn", *_table_value(worker), _REASON)
    elif name in ("setup.py", "setup.cfg") or "--hash=" in text or path.endswith(".lock"):
        edits = None
    else:
        edits = [appended(text, f"{requirement}  # {_REASON}")]
    if edits is None:
        return False
    drafts.edit(path, edits, _WHY)
    return True


def _is_poetry_only(text: str) -> bool:
    """Whether Poetry's own table is where the dependencies stand."""
    return "[tool.poetry.dependencies]" in text and "\ndependencies" not in text.partition("[tool.poetry")[0]


def _table_value(worker: Worker) -> tuple[str, object]:
    version = f">=23,<{worker.below}"
    if not worker.extra:
        return f'"{version}"', version
    return f'{{version = "{version}", extras = ["{worker.extra}"]}}', {"version": version, "extras": [worker.extra]}


def _after_lock(facts: Facts, path: str) -> list[str]:
    """What to run after editing ``path`` where its result is locked or compiled."""
    folder = posixpath.dirname(path)
    name = posixpath.basename(path).lower()
    notes = []
    if name in ("pyproject.toml", "pipfile"):
        for lock, command in _LOCKS.items():
            if posixpath.join(folder, lock) in facts.paths and (lock == "Pipfile.lock") == (name == "pipfile"):
                notes.append(f"{posixpath.join(folder, lock)} no longer fits: run `{command}`")
    source = f"{path.removesuffix('.txt')}.in"
    if path.endswith(".txt") and source in facts.paths:
        notes.append(f"{path} is compiled from {source}: add the line there too")
    return notes
