"""The stages that scripts and tasks build: ``docker build --target NAME``, by the reference of its command line."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.quoting import split_words
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.model.launching.images import join, stage_index

_BUILDERS = frozenset({"docker", "podman", "nerdctl", "buildah"})
_WITH_VALUE = frozenset(
    {
        "-t",
        "--tag",
        "--build-arg",
        "-f",
        "--file",
        "--target",
        "--platform",
        "--label",
        "--secret",
        "--ssh",
        "--progress",
    }
)


def built_stages(facts: Facts) -> dict[str, set[int]]:
    """The stages of each Dockerfile that some command builds by name. A file or a target that variables decide is left
    out."""
    found: dict[str, set[int]] = {}
    for folder, words in _commands(facts):
        builder = next((index for index, word in enumerate(words) if posixpath.basename(word) in _BUILDERS), None)
        if builder is None or "build" not in words[builder:]:
            continue
        options, positional = _read(words[words.index("build", builder) + 1 :])
        path = _dockerfile(folder, options, positional, facts)
        if "--target" not in options or path is None:
            continue
        index = stage_index(facts.dockerfiles[path], options["--target"])
        if index is not None:
            found.setdefault(path, set()).add(index)
    return found


def _commands(facts: Facts) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The commands of scripts and tasks as words, with the folder of their file."""
    for path, script in facts.scripts.items():
        for command in every_command(script.body):
            yield posixpath.dirname(path) or ".", tuple(word.text.strip("\"'") for word in command.words)
    for path, file in facts.start_files.items():
        for start in file.starts:
            if start.command is not None:
                yield posixpath.dirname(path) or ".", start.command.argv or split_words(start.command.shell or "")


def _read(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    options: dict[str, str] = {}
    positional: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, has_value, value = word.partition("=")
        if word in _WITH_VALUE:
            options[word] = rest.pop(0) if rest else ""
        elif word.startswith("-"):
            options[name] = value if has_value else ""
        elif word in ("&&", ";", "|"):
            break
        else:
            positional.append(word)
    return options, positional


def _dockerfile(folder: str, options: dict[str, str], positional: Sequence[str], facts: Facts) -> str | None:
    context = positional[-1] if positional else "."
    named = options.get("-f") or options.get("--file") or posixpath.join(context, "Dockerfile")
    for path in (join(folder, named), join(".", named)):  # a script may be called from the root of the project
        if path in facts.dockerfiles:
            return path
    return None
