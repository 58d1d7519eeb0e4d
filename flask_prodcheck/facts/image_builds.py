"""Builds of images: ``docker build`` and its like among the commands of scripts, tasks and workflows, and compose services.

Sources: the command line references of ``docker buildx build``, ``podman build`` and ``buildah build``; the README of
kaniko ("Additional flags").
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.growth import Room
from flask_prodcheck.facts.quoting import split_words
from flask_prodcheck.facts.shell_commands import commands_of, every_command, text_of
from flask_prodcheck.facts.types import (
    Built,
    ComposeFile,
    Dockerfile,
    ImageBuild,
    Lit,
    ShellCommand,
    ShellScript,
    Start,
    StartFile,
    Var,
    Word,
)
from flask_prodcheck.records import dataclass, replace

_PROGRAMS = frozenset({"docker", "podman", "nerdctl", "buildah", "executor"})
_BUILDS = (("build",), ("buildx", "build"), ("buildx", "b"), ("image", "build"), ("builder", "build"), ("bud",))
_BEFORE = 6  # words of wrappers: ``sudo -E docker``
_VALUED = frozenset(
    ["-t", "--tag", "-f", "--file", "--target", "--build-arg", "--build-context", "--platform", "--label", "--secret", "--ssh", "--progress", "--add-host", "--allow", "--annotation", "--attest", "--builder", "--cache-from", "--cache-to", "--call", "--cgroup-parent", "--cpu-period", "--cpu-quota", "-c", "--cpu-shares", "--cpuset-cpus", "--cpuset-mems", "--iidfile", "--isolation", "-m", "--memory", "--memory-swap", "--metadata-file", "--network", "--no-cache-filter", "-o", "--output", "--security-opt", "--shm-size", "--ulimit", "-v", "--volume", "--format", "--authfile", "--creds", "--context", "--dockerfile", "-d", "--destination"]
)
_MAX_BUILDS, _MAX_NAMES = 500, 100  # of one script, of one image
#: The variables that hold the folder in which a script or a job begins.
_HERE = dict.fromkeys(("PWD", "CI_PROJECT_DIR", "GITHUB_WORKSPACE"), ".")


def builds_of_scripts(scripts: Mapping[str, ShellScript], start_files: Mapping[str, StartFile]) -> Iterator[ImageBuild]:
    """The images that the commands of scripts and tasks build."""
    for path, script in sorted(scripts.items()):
        folder = posixpath.dirname(path) or "."
        yield from marked([builds_of(every_command(script.body), (folder, "."), (posixpath.basename(path),))])
    for path, file in sorted(start_files.items()):
        folder = posixpath.dirname(path) or "."
        yield from file.builds
        yield from marked(_builds_of_start(start, (folder, ".")) for start in file.starts)


def builds_of_compose(compose: Mapping[str, ComposeFile]) -> Iterator[ImageBuild]:
    """The builds of compose services."""
    for path in sorted(compose):
        folder = posixpath.dirname(path) or "."
        for service in compose[path].services:
            build = service.build
            if build is None:
                continue
            file = posixpath.join(build.context, build.dockerfile) if build.dockerfile else None
            args = tuple((arg.name, arg.value) for arg in build.args if arg.value is not None)
            names = tuple(filter(None, [service.image]))
            yield ImageBuild(
                service.span, names, (folder,), build.context, file, build.target, args, build.contexts, (service.name,)
            )


_DEFAULT_FILES = ("Dockerfile", "Containerfile")


def located(build: ImageBuild, dockerfiles: Mapping[str, Dockerfile]) -> Built | None:
    """``build`` with its Dockerfile; None where that is another's, or a variable decides it."""
    context = build.context
    remote = context == "-" or "://" in context or context.startswith("git@")
    hidden = remote or "${" in context or "$(" in context
    if hidden and (remote or build.dockerfile is None):
        return None
    for folder in build.folders:
        names = [build.dockerfile] if build.dockerfile else [posixpath.join(context, name) for name in _DEFAULT_FILES]
        for path in (posixpath.normpath(posixpath.join(folder, name.lstrip("/"))) for name in names):
            if path in dockerfiles and dockerfiles[path].stages:
                inside = posixpath.normpath(posixpath.join(folder, context.lstrip("/")))
                return Built(path, None if hidden else inside, build)
    return None


def _builds_of_start(start: Start, folders: tuple[str, ...]) -> BuiltAndPushed:
    command = start.command
    text = text_of(command) if command is not None else ""
    if command is None or not any(word in text for word in ("build", "bud", "push")):
        return [], frozenset()
    commands = commands_of(command)
    if commands is None:
        words = split_words(text)
        commands = [ShellCommand(command.span, text, tuple(Word((Lit(word),), word) for word in words))]
    return builds_of(commands, folders, (start.name,))


BuiltAndPushed = tuple[list[ImageBuild], frozenset[str]]
"""What commands build, and the names, without tags, of what they push."""


def marked(parts: Iterable[BuiltAndPushed]) -> list[ImageBuild]:
    """The builds of all of ``parts``, those marked that one of them pushes."""
    parts = list(parts)
    pushed = frozenset().union(*(names for _, names in parts))
    return [
        replace(each, pushed=True, push="") if any(_without_tag(name) in pushed for name in each.names) else each
        for built, _ in parts
        for each in built
    ]


def builds_of(
    commands: Iterable[ShellCommand],
    folders: tuple[str, ...],
    called: tuple[str, ...] = (),
) -> BuiltAndPushed:
    """What ``commands`` build and push, which begin in one of ``folders``."""
    scope = dict(_HERE)
    own: set[str] = set()
    found: list[ImageBuild] = []
    pushed: set[str] = set()
    for command in commands:
        for name, value in _assigned(command):
            text = _text(value, scope)
            if name in own and scope.get(name) != text:
                text = f"${{{name}}}"  # the branches of a script give it several values
            scope[name] = text
            own.add(name)
        words = [_text(word, scope) for word in command.words]
        if words[:1] in (["cd"], ["pushd"]) and len(words) == 2 and "$" not in words[1]:
            folders = tuple(posixpath.normpath(posixpath.join(folder, words[1])) for folder in folders)
        at = next((n for n, word in enumerate(words[:_BEFORE]) if posixpath.basename(word) in _PROGRAMS), None)
        if at is None:
            continue
        rest = words[at + 1 :]
        if rest[:1] == ["push"]:
            pushed |= {_without_tag(word) for word in rest[1:] if not word.startswith("-")}
        elif rest[:1] == ["tag"] and len(rest) == 3:
            found = [
                replace(each, names=(*each.names, rest[2])) if _is_given(rest[1], rest[2], each) else each
                for each in found
            ]
        else:
            build = _build(posixpath.basename(words[at]), rest, command.span, folders)
            found += [replace(build, called=called)] if build is not None and len(found) < _MAX_BUILDS else []
    return found, frozenset(pushed)


def _is_given(name: str, another: str, build: ImageBuild) -> bool:
    """Whether the image of ``build``, which has the ``name``, is given ``another``."""
    return name in build.names and another not in build.names and len(build.names) < _MAX_NAMES


def _assigned(command: ShellCommand) -> Iterator[tuple[str, Word]]:
    """The variables that ``command`` sets for those behind it."""
    if not command.words:
        yield from command.assigns
    elif command.words[0].text in ("export", "local", "readonly", "declare"):
        for word in command.words[1:]:
            name, equals, _ = word.text.partition("=")
            if equals and name.isidentifier() and isinstance(word.parts[0], Lit):
                first = replace(word.parts[0], text=word.parts[0].text.partition("=")[2])
                yield name, replace(word, parts=(first, *word.parts[1:]))


def _text(word: Word, scope: Mapping[str, str]) -> str:
    """``word`` with what is known of its variables; the others stay as ``${NAME}``."""
    room = Room.of(word.text)
    return "".join(
        part.text if isinstance(part, Lit)
        else room.take(_value(part, scope), f"${{{part.name}}}") if isinstance(part, Var)
        else _substituted(part.text)
        for part in word.parts
    )  # fmt: skip


def _value(part: Var, scope: Mapping[str, str]) -> str:
    plain = part.operand is not None and all(isinstance(each, Lit) for each in part.operand.parts)
    if part.name in scope and part.op in ("", ":-", "-", ":=", "=", ":?", "?"):
        return scope[part.name]
    if part.op in (":-", "-", ":=", "=") and part.operand is not None and plain:
        return _text(part.operand, {})
    return f"${{{part.name}}}"


def _substituted(text: str) -> str:
    return "." if text.strip() == "pwd" else "${OUTPUT}"


def _without_tag(name: str) -> str:
    folder, slash, last = name.rpartition("/")
    return folder + slash + re.split("[:@]", last, maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class _Options:
    values: Mapping[str, Sequence[str]]
    positional: Sequence[str]

    def all(self, *names: str) -> tuple[str, ...]:
        return tuple(value for name in names for value in self.values.get(name, ()))

    def last(self, *names: str) -> str | None:
        found = self.all(*names)
        return found[-1] if found else None


def _read(words: Sequence[str]) -> _Options:
    values: dict[str, list[str]] = {}
    positional: list[str] = []
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if word in ("&&", ";", "|"):
            break
        if word in _VALUED:
            values.setdefault(word, []).append(next(rest, ""))
        elif word.startswith("-") and word != "-":
            values.setdefault(name, []).append(value if equals else "")
        else:
            positional.append(word)
    return _Options(values, positional)


def _build(program: str, words: Sequence[str], span: Span, folders: tuple[str, ...]) -> ImageBuild | None:
    if program == "executor":  # of kaniko
        options = _read(words)
        names = options.all("-d", "--destination")
        if not names and "--no-push" not in options.values:
            return None
        context = (options.last("-c", "--context") or ".").removeprefix("dir://")
        file = options.last("-f", "--dockerfile")
        pushed = "--no-push" not in options.values
        dockerfile = posixpath.join(context, file) if file else None
    else:
        words = words[next((n for n, word in enumerate(words) if not word.startswith("-")), 0) :]
        form = next((each for each in _BUILDS if tuple(words[: len(each)]) == each), None)
        if form is None:
            return None
        options = _read(words[len(form) :])
        names = options.all("-t", "--tag")
        context = options.positional[-1] if options.positional else "."
        dockerfile = options.last("-f", "--file")
        pushed = "--push" in options.values or goes_to_a_registry(options.all("-o", "--output"))
    return ImageBuild(
        span, names, folders, context, dockerfile or None, options.last("--target"),
        pairs(options.all("--build-arg")), pairs(options.all("--build-context")), pushed=pushed,
    )  # fmt: skip


def goes_to_a_registry(outputs: Iterable[str]) -> bool:
    """Whether one of the ``outputs`` of a build pushes the image."""
    return any("type=registry" in each or "push=true" in each for each in outputs)


def pairs(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """``NAME=VALUE`` of each of ``texts``; a name alone takes what the caller has."""
    parts = (text.partition("=") for text in texts)
    return tuple((name, value) for name, equals, value in parts if equals)
