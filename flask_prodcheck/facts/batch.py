"""Command files of Windows (``.bat``, ``.cmd``): the programs that their lines start, by the reference of ``cmd``.

Every line counts, whatever ``if``, ``for`` or ``goto`` decides: which of them run is not followed.
"""

from __future__ import annotations

import posixpath

from flask_prodcheck.base import Span
from flask_prodcheck.facts.types import Command, EnvVar, Start, StartFile
from flask_prodcheck.facts.windows_words import arguments, plain_word, windows_words, with_shell_variables
from flask_prodcheck.patterns import regex

_OPERAND = r'(?:"[^"]*"|[^\s"=]+)'
_CONDITION = regex(
    rf"(?i:if\s+(?:/i\s+)?(?:not\s+)?(?:exist\s+{_OPERAND}|defined\s+\S+|errorlevel\s+\d+"
    rf"|{_OPERAND}\s*(?:==|\s(?:equ|neq|lss|leq|gtr|geq)\s)\s*{_OPERAND})\s*|for\s.*?\sdo\s+|else\b\s*|[@()\s]+)"
)
_PIECES = regex(r'((?:"[^"]*"|\d?>&\d|[^&|"])+)')
_REDIRECTION = regex(r'\s\d?>>?\s*(?:&\d|"[^"]*"|[^\s"]+)')
_SETTING = regex(r'"?([A-Za-z_][A-Za-z0-9_]*)=([^"]*)"?')
_NESTED = 8  # processes of a line, one in another

#: Commands of ``cmd`` and programs of Windows that start nothing, some of which are called like others elsewhere.
_BUILTINS = frozenset({"cls", "exit", "goto", "pause", "setlocal", "endlocal", "timeout", "title", "color", "chcp"})


def read_batch(path: str, text: str) -> StartFile:
    """One start for each program that a line runs, in the folder into which the ``cd`` and ``pushd`` lines above it
    lead, with the variables that the ``set`` lines set. Never raises."""
    reader = _Reader(path)
    pending, first = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        first = first if pending else number
        pending += line.rstrip()
        if pending.endswith("^"):
            pending = pending[:-1]
            continue
        reader.line(pending.strip(), Span(path, first))
        pending = ""
    return StartFile(path, "batch", tuple(reader.starts))


class _Reader:
    def __init__(self, path: str) -> None:
        self.path = path
        self.starts: list[Start] = []
        self._env: dict[str, EnvVar] = {}
        self._folders: list[str] = ["."]
        self._outer: list[list[str]] = []

    def line(self, text: str, span: Span) -> None:
        begin = 0
        while (match := _CONDITION.match(text, begin)) is not None:
            begin = match.end()
        text = text[begin:]
        if text.lower().startswith(("rem ", "rem\t", ":")):
            return
        for piece in _PIECES.findall(text):
            self._command(windows_words(_REDIRECTION.sub("", f" {piece}").strip(" \t()")), text, span)

    def _command(self, words: list[str], text: str, span: Span) -> None:
        while words and words[0].lower() == "call":
            words = words[1:]
        program = words[0].strip('"').lower().removesuffix(".exe") if words else ""
        if program in ("start", "cmd"):
            if len(self._outer) == _NESTED:
                return
            self._outer.append(self._folders)
            self._folders = list(self._folders)  # another process: its folder is its own
            if program == "start":
                self._command(self._started(words[1:]), text, span)
            else:
                inner = [word for word in words[1:] if not word.startswith("/")]
                self.line(inner[0].strip('"') if len(inner) == 1 else " ".join(inner), span)
            self._folders = self._outer.pop()
        elif program:
            self._simple(program, words, text, span)

    def _started(self, words: list[str]) -> list[str]:
        """What ``start`` runs: without its title and its options."""
        rest = words[1:] if words and words[0].startswith('"') else words
        while rest and rest[0].startswith("/"):
            if rest[0].lower() == "/d":
                self._enter(rest[1:2])
            rest = rest[2 if rest[0].lower() == "/d" else 1 :]
        return rest

    def _enter(self, words: list[str]) -> None:
        target = next((plain_word(each) for each in words if each.lower() != "/d"), ".")
        self._folders[-1] = posixpath.normpath(posixpath.join(self._folders[-1], target))

    def _simple(self, program: str, words: list[str], text: str, span: Span) -> None:
        rest = words[1:]
        if program in ("cd", "chdir", "pushd"):
            self._folders += self._folders[-1:] if program == "pushd" else []
            self._enter(rest)
        elif program == "popd":
            self._folders[-1:] = [] if len(self._folders) > 1 else self._folders[-1:]
        elif program == "set":
            match = _SETTING.fullmatch(" ".join(rest))
            if match is not None:
                self._env[match.group(1)] = EnvVar(match.group(1), with_shell_variables(match.group(2)), span)
        elif program not in _BUILTINS and not program.startswith("echo"):
            command = Command(span, text, argv=arguments(words))
            self.starts.append(Start("batch", "", span, command, self._folders[-1], tuple(self._env.values())))
