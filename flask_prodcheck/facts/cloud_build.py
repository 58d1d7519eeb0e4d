"""Google Cloud Build: the images that the steps of ``cloudbuild.yaml`` build, and what they have Cloud Run start.

Sources: https://docs.cloud.google.com/build/docs/build-config-file-schema ("steps", "images", "substitutions");
https://docs.cloud.google.com/build/docs/configuring-builds/substitute-variable-values (``$$`` is a dollar sign);
README of the builders ``docker`` and ``gcloud`` (GoogleCloudPlatform/cloud-builders), and of kaniko.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.growth import Room
from flask_prodcheck.facts.image_builds import BuiltAndPushed, builds_of, marked
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.facts.types import Command, Lit, ShellCommand, Start, StartFile, Word
from flask_prodcheck.facts.workflow_calls import KIND
from flask_prodcheck.facts.workflows import started_elsewhere
from flask_prodcheck.facts.yaml_nodes import YamlNode, read_yaml
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

_SUBSTITUTION = regex(r"\$\$|\$\{(_[A-Z0-9_]+)\}|\$(_[A-Z0-9_]+)")
#: The images of steps that run one program, which their arguments are given to.
_BUILDERS = frozenset({"docker", "gcloud", "executor"})
_SHELLS = frozenset({"bash", "sh", "/bin/bash", "/bin/sh"})


def read_cloud_build(path: str, text: str) -> StartFile | None:
    """The builds and starts of the steps; None where there are none. Raises ReadError for invalid YAML or JSON."""
    builds: list[BuiltAndPushed] = []
    starts: list[Start] = []
    for document in read_yaml(path, text):
        given = document.get("substitutions")
        values = {name: value.text or "" for name, _, value in given.items()} if given is not None else {}
        steps, images = document.get("steps"), document.get("images")
        for step in steps.elements() if steps is not None else ():
            folder = posixpath.normpath(_filled(step.string("dir") or ".", values))
            name, commands = step.string("id") or "", _commands(step, values)
            builds.append(builds_of(commands, tuple(dict.fromkeys((folder, _join(path, folder)))), (name,) if name else ()))
            starts += [replace(start, cwd=folder) for start in _starts(step, name, values)]
        pushed = (_filled(each, values) for each in (images.strings() if images is not None else ()))
        builds.append(([], frozenset(re.sub(r":[^:/]*$", "", each) for each in pushed)))
    built = tuple(replace(each, workflow=True) for each in marked(builds))
    return StartFile(path, KIND, tuple(starts), builds=built) if starts or built else None


def _join(path: str, folder: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), folder))


def _filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with the substitutions that the file gives a value."""
    room = Room.of(text)

    def value(match: re.Match[str]) -> str:
        return "$" if match[0] == "$$" else room.take(values.get(match[1] or match[2], match[0]), match[0])

    return _SUBSTITUTION.sub(value, text)


def _words(step: YamlNode, values: Mapping[str, str]) -> list[str]:
    """The command of a step that is no script: its program, by the image where nothing else names it, and its arguments."""
    image = re.split("[:@]", posixpath.basename(step.string("name") or ""), maxsplit=1)[0]
    program = step.string("entrypoint") or (image if image in _BUILDERS else None)
    args = step.get("args")
    words = [program, *(args.strings() if args is not None else ())]
    return [_filled(word, values) for word in words if word is not None]


def _script(step: YamlNode, values: Mapping[str, str]) -> tuple[str, Span] | None:
    """The text of a step that a shell runs, and where it begins."""
    script = step.get("script")
    if script is not None and script.is_scalar:
        return script.text or "", script.first_line
    words, args = _words(step, values), step.get("args")
    if args is None or len(words) < 3 or words[0] not in _SHELLS or not words[1].endswith("c"):
        return None
    given = [each for each in args.elements() if each.is_scalar]
    return words[2], given[1].first_line if len(given) > 1 else step.span


def _commands(step: YamlNode, values: Mapping[str, str]) -> list[ShellCommand]:
    script = _script(step, values)
    if script is None:
        words = _words(step, values)
        return [ShellCommand(step.span, " ".join(words), tuple(Word((Lit(word),), word) for word in words))]
    try:
        return list(every_command(parse_command_line(*script)))
    except ReadError:
        return []


def _starts(step: YamlNode, name: str, values: Mapping[str, str]) -> Iterator[Start]:
    script, words = _script(step, values), _words(step, values)
    if script is not None:
        yield from started_elsewhere(name, *script)
    elif words[:1] == ["gcloud"]:
        yield Start(KIND, name, step.span, Command(step.span, " ".join(words), argv=tuple(words)))
