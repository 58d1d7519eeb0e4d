"""Dockerfiles: the stages with their files, variables and start commands.

A Dockerfile is a language of lines: Docker joins continuation lines, leaves out comments and empty lines inside them,
collects heredocs, and only then looks at the instruction. The same rules are applied here, and not a grammar: the
tree-sitter grammars swallow the instruction after a malformed one without an error, and a lost CMD is a wrong verdict.
Source: the Dockerfile reference, sections "Format", "Parser directives", "Shell and exec form", "Here-Documents".
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Iterator
from dataclasses import field

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.types import Command, Copy, Dockerfile, EnvVar, Run, Stage
from flask_prodcheck.facts.windows_words import windows_shell
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_INSTRUCTIONS = frozenset(
    [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ]
)
_DIRECTIVE = regex(r"#[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*(.*)")
_KEYWORD = regex(r"[ \t]*([A-Za-z]+)(?=[ \t]|$)[ \t]*")
_FLAG = regex(r"--([a-z][a-z0-9-]*)(?:=(\S*))?(?:[ \t]+|$)")
_SHELL_FLAG = regex(r"--[a-z][a-z0-9-]*(?:=[^\s\\]*)?(?:[ \t]|\\\n)+")
_HEREDOC = regex(r"(?<![<\w])\d*<<(-?)(['\"]?)([A-Za-z_][A-Za-z0-9_.-]*)\2")
_WINDOWS_ROOT = regex(r"[A-Za-z]:[\\/]")
_MARKS = ("#", "{%", "{#", "{{", "<%")  # comments, and the lines of template languages


def read_dockerfile(path: str, text: str) -> Dockerfile:
    """The stages of the Dockerfile ``text`` in the file ``path``.

    Variables stay unexpanded. Raises :class:`ReadError` with the line when no ``FROM`` is there or an instruction that
    must have a value has none.
    """
    lines = tuple(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"))
    escape = _escape(lines)
    instructions = [
        each
        for first, last in _extents(lines, escape)
        if (each := _instruction(path, lines, first, last, escape)) is not None
    ]
    return _assemble(path, instructions, escape)


@dataclass(frozen=True, slots=True)
class _Heredoc:
    """``marker`` as written (``<<-'EOF'``), the ``name`` that ends it, and the text between."""

    marker: str
    name: str
    body: str


@dataclass(frozen=True, slots=True)
class _Instruction:
    """One instruction: ``value`` after the keyword as Docker joins it, ``shell`` the same with its continuations,
    ``text`` for display. ``pieces`` are the lines it was joined from; the value starts at their ``start``."""

    keyword: str
    value: str
    shell: str
    text: str
    span: Span
    pieces: tuple[tuple[int, str], ...]
    start: int
    heredocs: tuple[_Heredoc, ...] = ()

    def flags(self) -> tuple[dict[str, str], str]:
        """The leading ``--name=value`` flags, and what follows them."""
        found: dict[str, str] = {}
        rest = self.value.lstrip()
        while (match := _FLAG.match(rest)) is not None:
            found[match.group(1)] = match.group(2) or ""
            rest = rest[match.end() :]
        return found, rest.strip()

    def script(self) -> str:
        """The shell form's text: flags gone, continuations kept."""
        rest = self.shell
        lead = ""
        while (match := _SHELL_FLAG.match(rest)) is not None:
            lead += "\\\n" * match.group().count("\n")
            rest = rest[match.end() :]
        return lead + rest

    def place(self, offset: int, length: int) -> Span:
        """The place of what stands at ``offset`` of the value, on the line where it starts."""
        at = self.start + offset
        for index, text in self.pieces:
            if at < len(text):
                return Span(self.span.file, index + 1, at + 1, index + 1, min(at + length, len(text)) + 1)
            at -= len(text)
        return self.span


# --- where the instructions are --------------------------------------------------------------------------------------


def _escape(lines: tuple[str, ...]) -> str:
    """The escape character: the directive counts only in the comments that open the file."""
    for line in lines:
        match = _DIRECTIVE.fullmatch(line.strip())
        if match is None:
            return "\\"
        if match.group(1).lower() == "escape" and match.group(2).strip() in ("\\", "`"):
            return match.group(2).strip()
    return "\\"


def _extents(lines: tuple[str, ...], escape: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    # Where each text stands, with and without its tabs: looked up once per heredoc, however many a file opens.
    closings: dict[tuple[str, str], list[int]] = {}
    for at, line in enumerate(lines):
        closings.setdefault(("", line), []).append(at)
        closings.setdefault(("-", line.lstrip("\t")), []).append(at)
    index = 0
    while index < len(lines):
        if not lines[index].strip() or lines[index].lstrip().startswith(_MARKS):
            index += 1
            continue
        first = index
        parts, index = _join(lines, first, len(lines), escape)
        joined = _joined(parts)
        keyword = _KEYWORD.match(joined)
        if keyword is not None and keyword.group(1).upper() in ("RUN", "COPY", "ADD"):
            for match in _HEREDOC.finditer(joined):
                ends = closings.get((match.group(1), match.group(3)), [])
                nearest = bisect.bisect_left(ends, index)
                if nearest == len(ends):
                    break  # never closed: a shift in arithmetic, or a broken file whose lines are better kept
                index = ends[nearest] + 1
        found.append((first, index - 1))
    return found


def _heredoc_end(lines: tuple[str, ...], start: int, stop: int, marker: re.Match[str]) -> int | None:
    for index in range(start, stop):
        line = lines[index].lstrip("\t") if marker.group(1) else lines[index]
        if line == marker.group(3):
            return index
    return None


def _join(lines: tuple[str, ...], first: int, stop: int, escape: str) -> tuple[list[tuple[int, str]], int]:
    """The pieces (line index, text) of the logical line that starts at ``first``, and the index of the line after it.
    Comment lines and empty lines inside a continuation are left out, as Docker does."""
    parts: list[tuple[int, str]] = []
    index = first
    while index < stop:
        line = lines[index]
        if parts and (not line.strip() or line.lstrip().startswith("#")):
            index += 1
            continue
        index += 1
        stripped = line.rstrip()
        if not stripped.endswith(escape):
            parts.append((index - 1, line))
            break
        parts.append((index - 1, stripped[: -len(escape)]))
    return parts, index


def _joined(parts: list[tuple[int, str]]) -> str:
    return "".join(text for _, text in parts)


def _instruction(path: str, lines: tuple[str, ...], first: int, last: int, escape: str) -> _Instruction | None:
    parts, after = _join(lines, first, last + 1, escape)
    joined = _joined(parts)
    match = _KEYWORD.match(joined)
    if match is None or match.group(1).upper() not in _INSTRUCTIONS:
        if match is not None and match.group(1).isupper() and joined[match.end(1) :][:1].isspace():
            raise ReadError(f"unknown instruction {match.group(1)}: docker build refuses the file", first + 1)
        return None
    heredocs: list[_Heredoc] = []
    if match.group(1).upper() in ("RUN", "COPY", "ADD"):
        for marker in _HEREDOC.finditer(joined):
            end = _heredoc_end(lines, after, last + 1, marker)
            if end is None:
                break
            body = [line.lstrip("\t") if marker.group(1) else line for line in lines[after:end]]
            heredocs.append(_Heredoc(marker.group(), marker.group(3), "".join(line + "\n" for line in body)))
            after = end + 1
    head = lines[first].rstrip()
    column = len(head) - len(head.lstrip()) + 1
    # A shell drops a continuation where it stands, so keeping them keeps the line of every command.
    continued = "".join(
        ("\\\n" * (index - parts[at - 1][0]) if at else "") + text for at, (index, text) in enumerate(parts)
    )
    return _Instruction(
        keyword=match.group(1).upper(),
        value=joined[match.end() :].rstrip(),
        shell=continued[match.end(1) :].strip(),
        text=" ".join(filter(None, (text.strip() for _, text in parts))),
        span=Span(path, first + 1, column, first + 1, len(head) + 1),
        pieces=tuple(parts),
        start=match.end(),
        heredocs=tuple(heredocs),
    )


# --- what the instructions say ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Building:
    """A stage while its instructions are read."""

    base: str
    alias: str | None
    span: Span
    workdir: str = ""
    env: list[EnvVar] = field(default_factory=list)
    args: list[EnvVar] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    user: str | None = None
    user_span: Span | None = None
    entrypoint: Command | None = None
    cmd: Command | None = None
    expose: list[str] = field(default_factory=list)
    stop_signal: str | None = None
    has_healthcheck: bool = False
    volumes: list[str] = field(default_factory=list)
    shell: tuple[str, ...] = ()

    def stage(self) -> Stage:
        return Stage(
            base=self.base,
            alias=self.alias,
            span=self.span,
            workdir=self.workdir,
            env=tuple(self.env),
            args=tuple(self.args),
            copies=tuple(self.copies),
            runs=tuple(self.runs),
            user=self.user,
            user_span=self.user_span,
            entrypoint=self.entrypoint,
            cmd=self.cmd,
            expose=tuple(self.expose),
            stop_signal=self.stop_signal,
            has_healthcheck=self.has_healthcheck,
            volumes=tuple(self.volumes),
        )


def _assemble(path: str, instructions: list[_Instruction], escape: str) -> Dockerfile:
    stages: list[_Building] = []
    args: list[EnvVar] = []
    shells: dict[str, tuple[str, ...]] = {}  # by the alias of the stage
    for each in instructions:
        if each.keyword == "FROM":
            if stages and stages[-1].alias is not None:
                shells[stages[-1].alias] = stages[-1].shell
            stages.append(_from(each))
            stages[-1].shell = shells.get(stages[-1].base.lower(), ())
        elif stages:
            _apply(stages[-1], each, escape)
        elif each.keyword == "ARG":
            args += _arguments(each, escape)
    if not stages:
        line = instructions[0].span.line if instructions else 1
        raise ReadError("the Dockerfile has no FROM instruction", line)
    return Dockerfile(path, tuple(stage.stage() for stage in stages), tuple(args))


def _from(each: _Instruction) -> _Building:
    words = each.flags()[1].split()
    if not words:
        raise ReadError("FROM names no image", each.span.line)
    alias = words[2].lower() if len(words) > 2 and words[1].upper() == "AS" else None
    return _Building(words[0], alias, each.span)


def _apply(stage: _Building, each: _Instruction, escape: str) -> None:
    keyword = each.keyword
    value = each.value.strip()
    if keyword == "ENV":
        stage.env += _environment(each, escape)
    elif keyword == "ARG":
        stage.args += _arguments(each, escape)
    elif keyword == "WORKDIR":
        stage.workdir = _join_path(stage.workdir, _path(value))
    elif keyword == "USER":
        stage.user, stage.user_span = _unquote(value) or None, each.span
    elif keyword in ("COPY", "ADD"):
        copy = _copy(each, stage.workdir)
        if copy is not None:
            stage.copies.append(copy)
    elif keyword == "RUN":
        stage.runs.append(Run(_run(each, stage.shell), stage.workdir))
    elif keyword == "CMD":
        stage.cmd = _started(each, value, stage.shell)
    elif keyword == "ENTRYPOINT":
        stage.entrypoint = _started(each, value, stage.shell)
    elif keyword == "EXPOSE":
        stage.expose += value.split()
    elif keyword == "VOLUME":
        listed = _json_strings(value)
        stage.volumes += listed if listed is not None else [_unquote(each) for each in value.split()]
    elif keyword == "STOPSIGNAL":
        stage.stop_signal = _unquote(value) or None
    elif keyword == "SHELL":
        stage.shell = _json_strings(value) or ()
    elif keyword == "HEALTHCHECK":
        stage.has_healthcheck = each.flags()[1].upper() != "NONE"


def _started(each: _Instruction, value: str, shell: tuple[str, ...]) -> Command:
    """A command for the shell that SHELL names: for one of Windows as the list of words that Docker makes of it, as its
    language is another."""
    if shell and windows_shell(shell[0]) and _json_strings(value) is None:
        return Command(each.span, each.text, argv=(*shell, value))
    return _command(each, value)


def _command(each: _Instruction, value: str) -> Command:
    argv = _json_strings(value)
    if argv is None:
        return Command(each.span, each.text, shell=each.script())
    return Command(each.span, each.text, argv=argv)


def _run(each: _Instruction, shell: tuple[str, ...]) -> Command:
    value = each.flags()[1]
    if len(each.heredocs) == 1 and value == each.heredocs[0].marker:
        # The body is the script. The empty first line stands for the instruction's own, so that lines count from it.
        lead = "\n" * (each.pieces[-1][0] - each.pieces[0][0] + 1)
        return Command(each.span, each.text, shell=lead + each.heredocs[0].body)
    if each.heredocs:
        bodies = "".join(f"{heredoc.body}{heredoc.name}\n" for heredoc in each.heredocs)
        return Command(each.span, each.text, shell=f"{each.script()}\n{bodies}")
    return _started(each, value, shell)


def _json_strings(value: str) -> tuple[str, ...] | None:
    """The exec form: a JSON array of strings, or None."""
    if not value.startswith("["):
        return None
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        # Docker takes what is no JSON array for the shell form; so does this.
        return None
    if isinstance(found, list) and all(isinstance(item, str) for item in found):
        return tuple(found)
    return None


def _copy(each: _Instruction, workdir: str) -> Copy | None:
    flags, rest = each.flags()
    written = _json_strings(rest) or tuple(word for _, word in _split(rest, "\\"))
    if len(written) < 2:
        return None
    markers = {heredoc.marker for heredoc in each.heredocs}
    sources = tuple(_unquote(word) for word in written[:-1] if word not in markers)
    inline = each.heredocs[0].body if each.heredocs else None
    return Copy(sources, _path(written[-1]), each.span, workdir, flags.get("from") or None, inline)


def _environment(each: _Instruction, escape: str) -> list[EnvVar]:
    words = list(_split(each.value, escape))
    if words and "=" not in words[0][1]:
        offset, name = words[0]
        value = each.value[offset + len(name) :].strip()
        return [EnvVar(name, _unquote(value), each.place(offset, len(name)))] if value else []
    found: list[EnvVar] = []
    for offset, word in words:
        name, equals, value = word.partition("=")
        if equals:
            found.append(EnvVar(_unquote(name), _unquote(value), each.place(offset, len(word))))
    return found


def _arguments(each: _Instruction, escape: str) -> list[EnvVar]:
    found: list[EnvVar] = []
    for offset, word in _split(each.value, escape):
        name, equals, value = word.partition("=")
        found.append(EnvVar(name, _unquote(value) if equals else None, each.place(offset, len(word))))
    return found


def _split(text: str, escape: str) -> Iterator[tuple[int, str]]:
    """(offset, word) at unquoted blanks, quotes kept."""
    start = -1
    quote, index = "", 0
    while index < len(text):
        char = text[index]
        if char.isspace() and not quote:
            if start >= 0:
                yield start, text[start:index]
            start = -1
        else:
            if start < 0:
                start = index
            if char == escape and quote != "'":
                index += 1
            elif quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
        index += 1
    if start >= 0:
        yield start, text[start:]


def _path(text: str) -> str:
    """The path that ``text`` names in the image, of Windows as from the root of its drive."""
    bare = text.strip('"')
    return bare[2:].replace("\\", "/") if _WINDOWS_ROOT.match(bare) else _unquote(text)


def _unquote(text: str) -> str:
    """Quotes and escapes removed, variables left as they are written."""
    out: list[str] = []
    quote, index = "", 0
    while index < len(text):
        char = text[index]
        if char == "\\" and quote != "'" and index + 1 < len(text):
            following = text[index + 1]
            if following == "$":
                out.append("\\$")  # the linker expands later: the escape must survive until then
            elif quote and following not in ('"', "\\"):
                out.append("\\" + following)
            else:
                out.append(following)
            index += 2
            continue
        if quote and char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        else:
            out.append(char)
        index += 1
    return "".join(out)


def _join_path(current: str, path: str) -> str:
    """``WORKDIR path`` after ``current``. A path that starts with a variable may be absolute: it stands as written."""
    if not path:
        return current
    if path.startswith(("/", "$", "\\")):
        return path if len(path) == 1 else path.rstrip("/")
    parts = [part for part in (current or "/").split("/") if part]
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    joined = "/".join(parts)
    return joined if current.startswith("$") else "/" + joined
