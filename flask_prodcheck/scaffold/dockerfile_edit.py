"""Edits of a Dockerfile: the start command of a stage, a file it has to hold, a package it has to install."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Sequence

from flask_prodcheck.edits.text_file import Edit, appended, line_start, line_stop
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Command, Dockerfile
from flask_prodcheck.model.launching.containers import start_stage
from flask_prodcheck.model.launching.images import build_image
from flask_prodcheck.patterns import regex
from flask_prodcheck.scaffold.start_command import (
    StartCommand,
    plain_argv,
    program_for,
    replaced_argv,
    replaced_shell,
    start_index,
)

_TAKES_HEREDOC = regex(r"[ \t]*(?:RUN|COPY|ADD)\b", re.IGNORECASE)
_HEREDOC = regex(r"(?<![<\w])\d*<<-?[\"']?([A-Za-z_][\w.-]*)")
_ESCAPE = regex(r"#[ \t]*escape[ \t]*=[ \t]*(`|\\)[ \t]*", re.IGNORECASE)


def stage_of(dockerfile: Dockerfile, facts: Facts, line: int) -> int | None:
    """The stage whose start command, or whose inherited one, stands on ``line``."""
    order: list[int] = [start_stage(dockerfile), *range(len(dockerfile.stages))]
    for index in order:
        image = build_image(dockerfile, facts, target=index)
        if any(command is not None and command.span.line == line for command in (image.entrypoint, image.cmd)):
            return index
    return None


def start_edits(text: str, entrypoint: Command | None, cmd: Command | None, start: StartCommand) -> list[Edit] | None:
    """The edits of the plain ``text`` that make a container start Gunicorn, given the instructions in force. An
    ENTRYPOINT that only wraps the command stays. None when it is not clear which part starts the web process."""
    if entrypoint is None:
        return None if cmd is None else _whole(text, "CMD", cmd, start)
    if cmd is None or entrypoint.argv is None:
        edits = _whole(text, "ENTRYPOINT", entrypoint, start)
        # The shell form ignored CMD; the exec form would take it as more arguments.
        return edits if edits is None or cmd is None else [*edits, _removed(text, cmd)]
    index = start_index((*entrypoint.argv, *(cmd.argv or ()))) if cmd.argv is not None else start_index(entrypoint.argv)
    if index is None or index >= len(entrypoint.argv):
        return _whole(text, "CMD", cmd, start)
    program = (*entrypoint.argv[:index], program_for(entrypoint.argv[index]))
    return [_instruction(text, entrypoint, "ENTRYPOINT", program), _instruction(text, cmd, "CMD", start.arguments)]


def _whole(text: str, keyword: str, command: Command, start: StartCommand) -> list[Edit] | None:
    """One instruction that holds the whole start: in exec form where no shell is needed."""
    argv = command.argv if command.argv is not None else plain_argv(command.shell or "")
    if argv is not None:
        new = replaced_argv(argv, start)
        return None if new is None else [_instruction(text, command, keyword, new)]
    shell = replaced_shell((command.shell or "").replace("\\\n", ""), start, exec_=True)
    if shell is None:
        return None
    first, last = extent(text, command.span.line)
    return [Edit(line_start(text, first), line_stop(text, last), f"{keyword} {shell.strip()}")]


def _instruction(text: str, command: Command, keyword: str, argv: Sequence[str]) -> Edit:
    first, last = extent(text, command.span.line)
    return Edit(line_start(text, first), line_stop(text, last), f"{keyword} {exec_form(argv)}")


def _removed(text: str, command: Command) -> Edit:
    first, last = extent(text, command.span.line)
    return Edit(line_start(text, first), min(line_stop(text, last) + 1, len(text)), "")


def exec_form(argv: Sequence[str]) -> str:
    """``argv`` as the JSON array that Docker runs without a shell."""
    return json.dumps(list(argv), ensure_ascii=False)


def extent(text: str, line: int) -> tuple[int, int]:
    """The first and the last line (1-based) of the instruction that begins on ``line``: continued lines belong to it,
    comments and empty lines inside a continuation, and the bodies of here-documents."""
    lines = text.split("\n")
    match = _ESCAPE.fullmatch(lines[0].strip())
    escape = match.group(1) if match is not None else "\\"
    last = line
    for number in range(line, len(lines) + 1):
        current = lines[number - 1].strip()
        if number > line and (not current or current.startswith("#")):
            continue
        last = number
        if not current.endswith(escape):
            break
    instruction = "\n".join(lines[line - 1 : last])
    if not _TAKES_HEREDOC.match(instruction):
        return line, last
    for marker in _HEREDOC.finditer(instruction):
        ends = [
            number for number in range(last + 1, len(lines) + 1) if lines[number - 1].lstrip("\t") == marker.group(1)
        ]
        if not ends:
            break
        last = ends[0]
    return line, last


def added_start(text: str, start: StartCommand) -> Edit:
    """A CMD at the end of a Dockerfile that has none."""
    return appended(text, f"CMD {exec_form(start.argv)}")


def before(text: str, line: int, instruction: str) -> Edit:
    """``instruction`` on a line of its own before the one on ``line``."""
    at = line_start(text, line)
    return Edit(at, at, f"{instruction}\n")


def after(text: str, line: int, instruction: str) -> Edit:
    """``instruction`` on a line of its own after the instruction that begins on ``line``."""
    at = line_stop(text, extent(text, line)[1])
    return Edit(at, at, f"\n{instruction}")


def copied(paths: Sequence[str], context: str) -> str:
    """The COPY instruction that puts the project files ``paths`` into the working folder."""
    sources = " ".join(posixpath.relpath(path, context) for path in paths)
    return f"COPY {sources} ./"


def with_package(text: str, line: int, packages: Sequence[str], requirement: str) -> Edit | None:
    """``requirement`` after the last of ``packages``, the words that the instruction on ``line`` installs by name."""
    first, last = extent(text, line)
    stop = line_stop(text, last)
    at = text.find("install", line_start(text, first), stop)
    for package in packages:
        found = (
            re.compile(rf"(?<![\w.-]){re.escape(package)}(?![\w.\[=<>~!-])").search(text, at, stop) if at >= 0 else None
        )
        if found is None:
            return None
        at = found.end()
    quote = text[at : at + 1]
    if (
        quote == '"'
        and text[line_start(text, first) : at].rstrip().count("[")
        and '", "' in text[line_start(text, first) : at]
    ):
        return Edit(at + 1, at + 1, f', "{requirement}"')
    at += quote in ("'", '"') and quote != ""
    return Edit(at, at, f' "{requirement}"')
