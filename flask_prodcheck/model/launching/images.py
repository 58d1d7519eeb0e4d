"""Container images as the model needs them: what a build stage starts, with which environment, and which file of the
project stands at which path inside it.

Sources: Dockerfile reference ("Understand how CMD and ENTRYPOINT interact", COPY, WORKDIR, ENV, ARG).
"""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Mapping, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell_commands import commands_of, text_of
from flask_prodcheck.facts.types import Command, Copy, Dockerfile, EnvVar
from flask_prodcheck.model.launching.base_images import LAMBDA_FOLDER, base_folder, is_lambda_base, is_plain_base
from flask_prodcheck.model.launching.build_contexts import choose_context, is_context_open
from flask_prodcheck.model.launching.built_images import arguments_of_builds, base_of, stage_index
from flask_prodcheck.model.launching.folders import above, files_in, folders_of, join
from flask_prodcheck.model.launching.words import expand, is_open
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

_MAX_STAGES = 64
_FROM_FILE = 16  # stages for which a step to another Dockerfile counts


@dataclass(frozen=True, slots=True)
class Mapped:
    """``image`` (an absolute path inside) holds ``repo`` (a project path, "." for the root)."""

    image: str
    repo: str

    def holds_at(self, path: str) -> str | None:
        """Where the project file or folder ``path`` then stands inside; None where this does not bring it."""
        if path == self.repo:
            return self.image
        if self.repo == ".":
            return posixpath.join(self.image, path)
        return posixpath.join(self.image, path[len(self.repo) + 1 :]) if path.startswith(f"{self.repo}/") else None


@dataclass(frozen=True, slots=True)
class Image:
    """One stage with everything it inherits. ``env`` are its variables (expanded where possible); ``mapping`` in order
    of the COPY instructions; ``inline`` the files written by heredoc COPY; ``runs`` every RUN line with its folder;
    ``base`` the outermost image name; ``opaque`` when files arrive that the build context does not show (git clone, a
    copy from another image)."""

    dockerfile: str
    stage: str
    span: Span
    base: str
    context: str
    workdir: str
    env: Mapping[str, EnvVar]
    mapping: tuple[Mapped, ...]
    inline: Mapping[str, tuple[str, Span]]
    runs: tuple[tuple[Command, str], ...]
    user: str | None
    user_span: Span | None
    entrypoint: Command | None
    cmd: Command | None
    expose: tuple[str, ...]
    stop_signal: str | None
    opaque: bool

    @property
    def variables(self) -> dict[str, str]:
        """The environment as plain text, only what is known."""
        return {name: var.value for name, var in self.env.items() if var.value is not None and not is_open(var.value)}


def unbuilt_image(span: Span, base: str, *, context: str = ".", dockerfile: str = "", opaque: bool = True) -> Image:
    """The image called ``base`` as far as the project shows it: nothing of what it holds."""
    return Image(
        dockerfile=dockerfile, stage="", span=span, base=base, context=context, workdir=base_folder(base), env={}, mapping=(),
        inline={}, runs=(), user=None, user_span=None, entrypoint=None, cmd=None, expose=(), stop_signal=None,
        opaque=opaque,
    )  # fmt: skip


def build_image(
    dockerfile: Dockerfile,
    facts: Facts,
    *,
    target: int | None = None,
    context: str | None = None,
    args: Mapping[str, str] | None = None,
) -> Image:
    """The image of a stage (default: the last), with what its base stages contribute."""
    folder = context if context is not None else choose_context(dockerfile, facts)
    index = len(dockerfile.stages) - 1 if target is None else target
    image = _stage_image(dockerfile, facts, index, folder, args or {}, 0)
    unseen = (context is None and is_context_open(dockerfile)) or is_without_code(image, facts)
    return replace(image, opaque=True) if unseen else image


def is_without_code(image: Image, facts: Facts) -> bool:
    """Whether no COPY brings a Python file of the project: the code then comes with a volume, when the container runs."""
    folders = {each.repo for each in image.mapping}
    return "." not in folders and not any(
        path in folders or any(outer in folders for outer in above(path)) for path in facts.modules
    )


def _stage_image(
    dockerfile: Dockerfile, facts: Facts, index: int, context: str, args: Mapping[str, str], depth: int
) -> Image:
    stage = dockerfile.stages[index]
    global_args = {arg.name: args.get(arg.name, arg.value) for arg in dockerfile.args}
    known = {name: value for name, value in global_args.items() if value is not None}
    base_name = expand(stage.base, known)
    base_index = stage_index(dockerfile, base_name)
    if base_index is not None and base_index < index and depth < _MAX_STAGES:
        base = _stage_image(dockerfile, facts, base_index, context, args, depth + 1)
    elif (begun := _of_another(base_name, dockerfile, facts, depth)) is not None:
        base = begun
    else:
        opaque_base = not is_plain_base(base_name) and base_name != "scratch"
        base = unbuilt_image(stage.span, base_name, context=context, dockerfile=dockerfile.path, opaque=opaque_base)
        if is_lambda_base(base_name):
            root = EnvVar("LAMBDA_TASK_ROOT", LAMBDA_FOLDER, stage.span)
            base = replace(base, workdir=LAMBDA_FOLDER, env={root.name: root}, opaque=False)
    for arg in stage.args:
        value = args.get(arg.name, arg.value if arg.value is not None else global_args.get(arg.name))
        if value is not None:
            known[arg.name] = expand(value, known)
    env = dict(base.env)
    for var in stage.env:
        scope = {**known, **{name: each.value for name, each in env.items() if each.value is not None}}
        env[var.name] = replace(var, value=None if var.value is None else expand(var.value, scope))
    scope = {**known, **{name: each.value for name, each in env.items() if each.value is not None}}
    workdir = expand(stage.workdir, scope) if stage.workdir else base.workdir
    if not workdir.startswith(("/", "$")):
        workdir = posixpath.normpath(posixpath.join(base.workdir, workdir))
    mapping, inline, opaque = list(base.mapping), dict(base.inline), base.opaque
    for copy in stage.copies:
        opaque |= _apply_copy(
            copy, dockerfile, facts, index, context, args, scope, base.workdir, mapping, inline, depth
        )
    for run in stage.runs:
        spread = _spread(run.command, _absolute(run.cwd, scope, base.workdir), mapping, facts)
        opaque = opaque or spread is None
        mapping += spread or ()
    brought = tuple(
        run for copy in stage.copies for run in _stage_runs(copy, dockerfile, facts, index, context, args, scope, depth)
    )
    runs = (*base.runs, *brought, *((run.command, _absolute(run.cwd, scope, base.workdir)) for run in stage.runs))
    entrypoint = stage.entrypoint if stage.entrypoint is not None else base.entrypoint
    cmd = stage.cmd if stage.cmd is not None else base.cmd
    return Image(
        dockerfile.path, stage.alias or str(index), stage.span, base.base, context, workdir, env, tuple(mapping), inline, runs,
        stage.user if stage.user is not None else base.user, stage.user_span or base.user_span, entrypoint, cmd, (*base.expose, *stage.expose),
        stage.stop_signal or base.stop_signal, opaque,
    )  # fmt: skip


def _of_another(name: str, dockerfile: Dockerfile, facts: Facts, depth: int) -> Image | None:
    """The image ``name`` that another Dockerfile of the project makes; None where none does."""
    built = base_of(name, dockerfile.path, facts) if depth < _MAX_STAGES else None
    if built is None:
        return None
    file = facts.dockerfiles[built.dockerfile]
    index = stage_index(file, built.build.target or "")
    folder = built.context or choose_context(file, facts)
    arguments = arguments_of_builds([built])
    return _stage_image(file, facts, len(file.stages) - 1 if index is None else index, folder, arguments, depth + _FROM_FILE)


def _stage_runs(
    copy: Copy,
    dockerfile: Dockerfile,
    facts: Facts,
    index: int,
    context: str,
    args: Mapping[str, str],
    scope: Mapping[str, str],
    depth: int,
) -> tuple[tuple[Command, str], ...]:
    """The RUN lines of a stage that this one copies from: what it installed comes along."""
    if copy.source_stage is None or depth >= _MAX_STAGES:
        return ()
    origin = stage_index(dockerfile, expand(copy.source_stage, dict(scope)))
    return (
        _stage_image(dockerfile, facts, origin, context, args, depth + 1).runs
        if origin is not None and origin < index
        else ()
    )


def _absolute(path: str, scope: Mapping[str, str], workdir: str) -> str:
    expanded = expand(path, dict(scope)) if path else workdir
    return expanded if expanded.startswith(("/", "$")) else posixpath.normpath(posixpath.join(workdir, expanded))


def _apply_copy(
    copy: Copy, dockerfile: Dockerfile, facts: Facts, index: int, context: str, args: Mapping[str, str], scope: Mapping[str, str], base_workdir: str,
    mapping: list[Mapped], inline: dict[str, tuple[str, Span]], depth: int,
) -> bool:  # fmt: skip
    """Adds what ``copy`` places to ``mapping``; true when its source cannot be seen."""
    cwd = _absolute(copy.cwd, scope, base_workdir)
    target = expand(copy.target, dict(scope))
    into_folder = target.endswith("/") or target in (".", "..") or len(copy.sources) > 1
    absolute = posixpath.normpath(target if target.startswith(("/", "$")) else posixpath.join(cwd, target))
    if copy.inline is not None:
        inline[absolute] = (copy.inline, copy.span)
        return False
    if copy.source_stage is not None:
        origin = stage_index(dockerfile, expand(copy.source_stage, dict(scope)))
        if origin is None or origin >= index or depth >= _MAX_STAGES:
            return True
        source_image = _stage_image(dockerfile, facts, origin, context, args, depth + 1)
        carried = source_image.opaque
        for source in copy.sources:
            start = posixpath.normpath(posixpath.join(source_image.workdir, expand(source, dict(scope))))
            mapping += _moved(source_image.mapping, start, absolute, into_folder)
        return carried
    opaque = False
    into_folder = into_folder or absolute == posixpath.normpath(cwd) or _is_folder(absolute, mapping, facts)
    for source in copy.sources:
        text = expand(source, dict(scope))
        if is_open(text) or "://" in text:
            opaque = True
            continue
        mapping += _placed(join(context, text), absolute, into_folder, facts)
    return opaque


_COPIES = regex(r"\b(?:cp|mv|ln)\s")
_SPREADS = regex(r"\b(?:cp|mv)\b[^;&|\n]*/(?:\*|\.)\s")


def _spread(command: Command, cwd: str, mapping: Sequence[Mapped], facts: Facts) -> list[Mapped] | None:
    """What ``cp``, ``mv`` and ``ln`` of a RUN line bring to another place: a file (``cp boot.sh /``), a folder
    (``mv folder target/``), or with ``folder/.`` and ``folder/*`` its contents; None when the line does the latter but
    cannot be read."""
    text = text_of(command)
    if not _COPIES.search(text):
        return []
    commands = commands_of(command)
    if commands is None:
        return None if _SPREADS.search(text) else []
    found = []
    for each in commands:
        words = [word.text for word in each.words if not word.text.startswith("-")]
        if words[:1] == ["cd"] and len(words) == 2:
            cwd = posixpath.normpath(posixpath.join(cwd, words[1]))
        if len(words) < 3 or words[0] not in ("cp", "mv", "ln"):
            continue
        target = posixpath.normpath(posixpath.join(cwd, words[-1]))
        for source in words[1:-1]:
            folder = source.removesuffix("/*").removesuffix("/.")
            repo = project_path(mapping, posixpath.join(cwd, folder), facts)
            if repo in folders_of(facts) and words[0] != "ln":
                if folder != source:
                    found.append(Mapped(target, repo))
                elif words[-1].endswith("/"):
                    found.append(Mapped(posixpath.join(target, posixpath.basename(posixpath.normpath(source))), repo))
            elif repo in facts.paths and project_path(mapping, target, facts) not in facts.paths:
                into_folder = words[-1].endswith("/") or len(words) > 3
                found += _placed(repo, target, into_folder or _is_folder(target, mapping, facts), facts)
    return found


def _is_folder(absolute: str, mapping: Sequence[Mapped], facts: Facts) -> bool:
    """Whether an earlier COPY made a folder of ``absolute``: a file that is copied over it goes into it."""
    return any(
        (each.image == absolute and each.repo in folders_of(facts)) or each.image.startswith(absolute + "/")
        for each in mapping
    )


def _placed(repo: str, absolute: str, into_folder: bool, facts: Facts) -> list[Mapped]:
    """A COPY source from the build context: a folder gives its contents, a file itself."""
    if any(mark in repo for mark in "*?["):
        parent = posixpath.dirname(repo)
        entries = {*files_in(facts.paths, parent if parent != "." else "")} | {
            each for each in folders_of(facts) if posixpath.dirname(each) == parent
        }
        return [
            Mapped(
                absolute if entry in folders_of(facts) else posixpath.join(absolute, posixpath.basename(entry)), entry
            )
            for entry in sorted(entries)
            if fnmatch.fnmatchcase(entry, repo)
        ]
    if repo in folders_of(facts):
        return [Mapped(absolute, repo)]
    if repo in facts.paths:
        return [
            Mapped(posixpath.join(absolute, posixpath.basename(repo)) if into_folder else absolute, repo),
            *([] if into_folder else [Mapped(posixpath.join(absolute, posixpath.basename(repo)), repo)]),
        ]
    return []


def _moved(mapping: Sequence[Mapped], start: str, absolute: str, into_folder: bool) -> list[Mapped]:
    """The part of another stage's mapping that lies at or below ``start``, or contains it, moved to ``absolute``."""
    found = []
    for each in mapping:
        if each.image == start:
            place = (
                posixpath.join(absolute, posixpath.basename(start))
                if into_folder and "." in posixpath.basename(each.repo)
                else absolute
            )
            found.append(Mapped(place, each.repo))
        elif each.image.startswith(start.rstrip("/") + "/"):
            found.append(Mapped(posixpath.join(absolute, posixpath.relpath(each.image, start)), each.repo))
        elif start.startswith(each.image.rstrip("/") + "/"):
            found.append(
                Mapped(absolute, posixpath.normpath(posixpath.join(each.repo, posixpath.relpath(start, each.image))))
            )
    return found


def project_path(mapping: Sequence[Mapped], absolute: str, facts: Facts) -> str | None:
    """The project path of what stands at ``absolute`` inside the image; None when no COPY puts anything there. Later
    instructions win; a candidate that exists in the project wins over one that does not."""
    wanted = posixpath.normpath(absolute)
    fallback = None
    for each in reversed(mapping):
        if wanted == each.image:
            candidate = each.repo
        elif wanted.startswith(each.image.rstrip("/") + "/"):
            candidate = posixpath.normpath(posixpath.join(each.repo, posixpath.relpath(wanted, each.image)))
        else:
            continue
        if candidate in facts.paths or candidate in folders_of(facts):
            return candidate
        fallback = fallback or candidate
    return fallback if fallback is not None and not fallback.startswith("..") else None


def effective_start(
    image: Image,
    *,
    entrypoint: Command | None = None,
    command: Command | None = None,
    shell: Sequence[str] = ("/bin/sh", "-c"),
) -> tuple[Command, tuple[str, ...] | None, str | None] | None:
    """``(command that heads the chain, argv, shell text)`` of a container: the image's ENTRYPOINT and CMD, overridden by
    ``entrypoint`` (which also drops the image's CMD) and ``command``. None when nothing is started. A shell-form
    ENTRYPOINT ignores CMD."""
    entry = entrypoint if entrypoint is not None else image.entrypoint
    if entry is not None and entry.argv == ():
        entry = None
    cmd = command if command is not None else (None if entrypoint is not None else image.cmd)
    if entry is None:
        if cmd is None:
            return None
        return (cmd, cmd.argv, cmd.shell) if cmd.argv != () else None
    if entry.argv is None:
        return entry, None, entry.shell
    tail: tuple[str, ...] = ()
    if cmd is not None:
        tail = cmd.argv if cmd.argv is not None else (*shell, cmd.shell or "")
    return entry, (*entry.argv, *tail), None
