"""The command that starts Gunicorn, put in the place of the one that stands in a deploy file."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.edits.text_file import line_start
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.types import Lit, ShellCommand, ShellGroup, ShellList, ShellStmt, Word
from flask_prodcheck.model.launching.commands.read import read_command
from flask_prodcheck.model.launching.gunicorn import parse_arguments
from flask_prodcheck.model.launching.steps import PythonRun, ServerStart
from flask_prodcheck.model.project import Server
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_RUNNERS = frozenset({"uv", "poetry", "pipenv", "pdm", "hatch", "rye"})
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
_STARTERS = regex(r"(?:python|pypy)[\d.]*|flask|gunicorn")
_SYSTEM_FOLDERS = frozenset({"", "/bin", "/usr/bin"})  # pip installs into /usr/local/bin there: only PATH knows
_ITS_OWN = regex(r"FLASK_(?:APP|DEBUG|ENV|RUN_\w+)")


@dataclass(frozen=True, slots=True)
class StartCommand:
    """Gunicorn's arguments: the ``target``, the settings file ``config`` as named from where it starts, and the folder
    ``chdir`` to import from, relative to there ("." for the same)."""

    target: str
    config: str = "gunicorn.conf.py"
    chdir: str = "."

    @property
    def arguments(self) -> tuple[str, ...]:
        chdir = () if self.chdir == "." else ("--chdir", self.chdir)
        return ("-c", self.config, *chdir, self.target)

    @property
    def argv(self) -> tuple[str, ...]:
        return ("gunicorn", *self.arguments)

    @property
    def text(self) -> str:
        """The command as a shell reads it."""
        return shlex.join(self.argv)


def start_index(words: Sequence[str]) -> int | None:
    """Where among ``words`` the program stands that starts a web process; what is before it wraps it (``poetry run``,
    ``tini --``). None when nothing there starts one."""
    for index in range(len(words)):
        reading = read_command(words[index:])
        if reading.wrappers or reading.environment or not isinstance(reading.step, (ServerStart, PythonRun)):
            continue
        return index
    if len(words) > 2 and posixpath.basename(words[0]) in _RUNNERS and words[1] == "run":
        return 2
    return None


def program_for(word: str) -> str:
    """Gunicorn's program for a command whose program was ``word``: the one of the same virtual environment."""
    folder, name = posixpath.split(word)
    return (
        posixpath.join(folder, "gunicorn")
        if _STARTERS.fullmatch(name) and folder not in _SYSTEM_FOLDERS
        else "gunicorn"
    )


def replaced_argv(argv: Sequence[str], start: StartCommand) -> tuple[str, ...] | None:
    """``argv`` with its start replaced: wrappers stay, and so does what a shell runs before. None when nothing in it
    is known to start a web process."""
    if is_shell_form(argv):
        text = replaced_shell(argv[2], start, exec_=True)
        return None if text is None else (argv[0], argv[1], text)
    index = start_index(argv)
    return None if index is None else (*argv[:index], *_started(argv[index:], start))


def is_shell_form(argv: Sequence[str]) -> bool:
    """Whether ``argv`` hands one text to a shell: ``sh -c "..."``."""
    return len(argv) == 3 and posixpath.basename(argv[0]) in _SHELLS and bool(re.fullmatch(r"-[a-z]*c", argv[1]))


def _is_gunicorn(words: Sequence[str]) -> bool:
    step = read_command(words).step
    return isinstance(step, ServerStart) and step.server is Server.GUNICORN


def _started(words: Sequence[str], start: StartCommand) -> tuple[str, ...]:
    """The words that start Gunicorn instead of ``words``. A command of Gunicorn keeps its options: only the target, and
    the folder to import from where it names none, change."""
    if not _is_gunicorn(words):
        return (program_for(words[0]), *start.arguments)
    first = 3 if tuple(words[1:3]) == ("-m", "gunicorn") else 1
    target, options, _ = parse_arguments(words[first:])
    kept = list(words)
    if target in kept[first:]:
        del kept[len(kept) - 1 - kept[::-1].index(target)]
    chdir = () if start.chdir == "." or "chdir" in options else ("--chdir", start.chdir)
    return (*kept, *chdir, start.target)


def plain_argv(text: str) -> tuple[str, ...] | None:
    """The words of shell ``text`` that is one simple command without anything a shell would expand or set."""
    try:
        statements = parse_command_line(text, Span("", 1))
    except ReadError:
        return None
    if len(statements) != 1 or not isinstance(statements[0], ShellCommand):
        return None
    command = statements[0]
    if command.assigns or command.output is not None or command.background or command.heredoc is not None:
        return None
    words = [_literal(word) for word in command.words]
    index = start_index([word or "" for word in words])
    head = words[: index + 1] if index is not None else words
    keeps = index is not None and _is_gunicorn([word or "" for word in words[index:]])  # its options stay
    if any(word is None for word in (words if keeps else head)):
        return None
    found = tuple(word or "" for word in words)
    return found[1:] if found[:1] == ("exec",) else found


def replaced_shell(text: str, start: StartCommand, *, exec_: bool) -> str | None:
    """Shell ``text`` whose last command, the one that starts the web process, is replaced; everything before it stays
    as written. ``exec_`` lets the server take the shell's place, so that it gets the stop signal."""
    try:
        statements = parse_command_line(text, Span("", 1))
    except ReadError:
        return None
    command = last_command(statements)
    if command is None:
        return None
    words = [word.text for word in command.words]
    has_exec = words[:1] == ["exec"]
    words = words[1:] if has_exec else words
    index = start_index([_literal(word) or word.text for word in command.words][1 if has_exec else 0 :])
    if index is None:
        return None
    begin = line_start(text, command.span.line) + command.span.column - 1
    end = _end_of_words(text, begin, command)
    if end is None:
        return None
    kept = [f"{name}={word.text}" for name, word in command.assigns if not _ITS_OWN.fullmatch(name)]
    takes_over = exec_ or has_exec
    lead = ["exec", *(["env", *kept] if kept else [])] if takes_over else kept
    literal = [_literal(word) for word in command.words][1 if has_exec else 0 :]
    started = _started([word or words[at] for at, word in enumerate(literal)][index:], start)
    # A word that the shell expands stays as it is written.
    expanded = {words[at] for at, word in enumerate(literal) if word is None}
    new = [*lead, *words[:index], *(word if word in expanded else shlex.quote(word) for word in started)]
    return text[:begin] + " ".join(new) + text[end:]


def last_command(statements: Sequence[ShellStmt]) -> ShellCommand | None:
    """The command that runs last, if what comes before only prepares it."""
    if not statements:
        return None
    last = statements[-1]
    if isinstance(last, ShellCommand):
        return None if last.background or last.heredoc is not None else last
    if isinstance(last, ShellList):
        return last_command(last.items) if last.op == "&&" and not last.background else None
    if isinstance(last, ShellGroup):
        return None if last.subshell or last.background else last_command(last.body)
    return None


def _end_of_words(text: str, begin: int, command: ShellCommand) -> int | None:
    """Just past the last word of ``command``; redirections after it are not part of it."""
    at = begin
    for name, word in command.assigns:
        at = text.find(f"{name}=", at) + len(name) + 1 + len(word.text)
    for word in command.words:
        found = text.find(word.text, at)
        if found < 0:
            return None
        at = found + len(word.text)
    return at


def _literal(word: Word) -> str | None:
    """The text of a word in which nothing is expanded."""
    texts = [part.text if isinstance(part, Lit) else None for part in word.parts]
    return None if any(each is None for each in texts) else "".join(each or "" for each in texts)
