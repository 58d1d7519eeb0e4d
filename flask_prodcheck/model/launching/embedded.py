"""Deploy files inside shell scripts: a heredoc that writes a systemd unit, a supervisor program, a Procfile, a virtual
host of Apache, a configuration of circus or uWSGI, ``rc.local``."""

from __future__ import annotations

import posixpath
import re

from flask_prodcheck.base import Problem, Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.apache import read_apache
from flask_prodcheck.facts.circus import read_circus
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
    text = command.heredoc
    if text is None:
        return None
    if re.search(r"^\s*\[Service\]", text, re.MULTILINE):
        file = read_systemd(path, text)
    elif re.search(r"^\s*\[program:", text, re.MULTILINE):
        file = read_supervisor(path, text)
    elif re.search(r"^\s*\[watcher:", text, re.MULTILINE):
        file = read_circus(path, text)
    elif re.search(r"^\s*\[uwsgi\]", text, re.MULTILINE):
        file = _uwsgi(path, text)
    elif re.search(r"^\s*WSGIScriptAlias\s", text, re.MULTILINE):
        file = read_apache(path, text)
    elif posixpath.basename(_written_path(command)) == "Procfile":
        file = read_procfile(path, text)
    elif posixpath.basename(_written_path(command)) == "rc.local":
        file = _boot_script(path, text)
    else:
        return None
    return replace(file, starts=tuple(_shifted(start, _offset(command)) for start in file.starts))


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


def _shifted(start: Start, offset: int) -> Start:
    command: Command | None = (
        replace(start.command, span=_down(start.command.span, offset)) if start.command is not None else None
    )
    return replace(start, span=_down(start.span, offset), command=command)


def _down(span: Span, offset: int) -> Span:
    return replace(span, line=span.line + offset, end_line=span.end_line + offset if span.end_line else 0)
