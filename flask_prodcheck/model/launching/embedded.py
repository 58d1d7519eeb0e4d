"""Deploy files inside shell scripts and programs: text that they write as a systemd unit, a supervisor program, a Procfile,
a virtual host of Apache, a configuration of circus or uWSGI, a crontab, ``rc.local``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from flask_prodcheck.base import Problem, Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.apache import read_apache
from flask_prodcheck.facts.circus import read_circus
from flask_prodcheck.facts.crontab import read_crontab
from flask_prodcheck.facts.procfile import read_procfile
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.facts.supervisor import read_supervisor
from flask_prodcheck.facts.systemd import read_systemd
from flask_prodcheck.facts.types import Command, ShellCommand, ShellScript, Start, StartFile
from flask_prodcheck.facts.uwsgi import read_uwsgi
from flask_prodcheck.records import replace


def embedded_files(script: ShellScript) -> tuple[list[StartFile], list[Problem]]:
    """The process files that ``script`` writes, with positions in the script, and those that could not be read."""
    files: list[StartFile] = []
    problems: list[Problem] = []
    for command in every_command(script.body):
        try:
            file = embedded_file(script.path, command)
        except ReadError as failure:
            line = _offset(command) + failure.line
            problems.append(Problem(script.path, line, f"the file written here cannot be read: {failure}"))
            continue
        if file is not None:
            files.append(file)
    return files, problems


def embedded_file(path: str, command: ShellCommand) -> StartFile | None:
    """The process file that ``command`` of the script at ``path`` writes; None when it writes none. Raises
    :class:`ReadError` with a line counted from the beginning of that file."""
    if command.heredoc is None:
        return None
    offset = _offset(command)
    return process_file(path, _written_path(command), command.heredoc, lambda line: line + offset)


def process_file(path: str, written: str, text: str, at: Callable[[int], int]) -> StartFile | None:
    """The processes of the ``text`` that a file at ``path`` writes to ``written``, each at the line of ``path`` that ``at``
    gives for the one of the text; None when nothing runs what is in it. Raises as :func:`embedded_file` does."""
    name = posixpath.basename(written)
    if re.search(r"^\s*\[Service\]", text, re.MULTILINE):
        file = _named(read_systemd(path, text), name)
    elif re.search(r"^\s*\[program:", text, re.MULTILINE):
        file = read_supervisor(path, text)
    elif re.search(r"^\s*\[watcher:", text, re.MULTILINE):
        file = read_circus(path, text)
    elif re.search(r"^\s*\[uwsgi\]", text, re.MULTILINE):
        file = _uwsgi(path, text)
    elif re.search(r"^\s*WSGIScriptAlias\s", text, re.MULTILINE):
        file = read_apache(path, text)
    elif name == "Procfile":
        file = read_procfile(path, text)
    elif name == "rc.local":
        file = _boot_script(path, text)
    elif is_crontab(written):
        file = read_crontab(path, text)
    else:
        return None
    return replace(file, starts=tuple(_moved(start, at) for start in file.starts))


def _named(file: StartFile, name: str) -> StartFile:
    """The unit with the name that the file gets where it is written, as far as this is known."""
    unit = name.removesuffix(".service")
    return file if unit in ("", name) or "$" in unit else replace(
        file, starts=tuple(replace(start, name=unit) for start in file.starts)
    )


def is_crontab(written: str) -> bool:
    """Whether cron reads what is written to ``written``."""
    return posixpath.basename(written) == "crontab" or "/cron.d/" in written


def _boot_script(path: str, text: str) -> StartFile:
    """The script that runs when the machine has started (``/etc/rc.local``), as the one process that it is."""
    span = Span(path, 1)
    return StartFile(path, "rc-local", (Start("rc-local", "boot", span, Command(span, "rc.local", shell=text)),))


def _uwsgi(path: str, text: str) -> StartFile:
    """A configuration of uWSGI as the process that it describes: its options on uWSGI's command line."""
    config = read_uwsgi(path, text)
    found = config.get("module", "wsgi", "wsgi-file", "file", "mount", "wsgi_file")
    if found is None:
        return StartFile(path, "uwsgi", ())
    argv = ("uwsgi", *(f"--{key}={value}" for key, value, _ in config.options))
    return StartFile(path, "uwsgi", (Start("uwsgi", "uwsgi", found[1], Command(found[1], found[0], argv=argv)),))


def _offset(command: ShellCommand) -> int:
    return (command.heredoc_line or command.span.line + 1) - 1


def _written_path(command: ShellCommand) -> str:
    if command.output is not None:
        return command.output.text.strip("\"'")
    words = [word.text.strip("\"'") for word in command.words]
    return words[-1] if "tee" in words else ""


def _moved(start: Start, at: Callable[[int], int]) -> Start:
    command: Command | None = (
        replace(start.command, span=_span_at(start.command.span, at)) if start.command is not None else None
    )
    env = tuple(replace(each, span=_span_at(each.span, at)) for each in start.env)
    files = tuple(replace(each, span=_span_at(each.span, at)) for each in start.env_files)
    return replace(start, span=_span_at(start.span, at), command=command, env=env, env_files=files)


def _span_at(span: Span, at: Callable[[int], int]) -> Span:
    return replace(span, line=at(span.line), end_line=at(span.end_line) if span.end_line else 0)
