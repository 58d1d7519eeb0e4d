"""Where a variable of a launch may come from that the launch itself does not show: an environment file that is not in the
project, another platform's file that starts the same, a secret store of the cluster, a workload whose image a chart's values decide, a service of compose with a command of
its own, a script that deploys, a template of an environment file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.platforms.options import MORE_VARIABLES
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.facts.types import ComposeFile, ComposeService, ShellCommand, Start
from flask_prodcheck.model.launching.heads.services import merged_service, services_of
from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.launching.platforms import PLATFORM_KINDS
from flask_prodcheck.model.project import Launch, Purpose

#: Commands that hand the variables they name to nothing outside the script, unless their output is written to a file.
_STAYS_INSIDE = frozenset({"read", "unset", "export", "local", "echo"})

#: Files that say what a platform starts and cannot say what it sets (https://docs.railway.com/reference/config-as-code).
_WITHOUT_VARIABLES = frozenset({"procfile", "railway"})

#: A text to be replaced; shorter ones stand in scripts for something else.
_SHORTEST = 6


def supplier(launch: Launch, variable: str, facts: Facts) -> str:
    """The file that may set ``variable`` for ``launch``, "" where none is seen. Nothing here says that it does."""
    if variable in launch.env:
        return ""
    for file, service in _services(launch, facts):
        if absent := absent_env_file(file, service, facts):
            return absent
        if any(each.name == variable for each in service.environment):
            return file.path
    if absent := _absent_file_of_unit(launch, facts):
        return absent
    if has_more_variables(launch, facts):
        return launch.head.span.file
    if launch.kind in _WITHOUT_VARIABLES and (other := _started_alike(launch, variable, facts)):
        return other
    workload = facts.kubernetes.get(launch.head.span.file)
    if workload is not None and any(each.env_from for each in workload.containers):
        return launch.head.span.file
    scripts = _deploying_scripts(launch, variable, facts)
    return next(scripts, "") or _filled_in(variable, facts) or _charted(launch, variable, facts)


def replacer(value: object, facts: Facts) -> str:
    """The shell script that puts something else where the project writes ``value`` (``sed -i s/value/.../ file``); ""
    where none does."""
    if not isinstance(value, str) or len(value) < _SHORTEST:
        return ""
    return next(
        (
            path
            for path in sorted(facts.scripts)
            for command in every_command(facts.scripts[path].body)
            if value in command.text and any(word.text == "sed" for word in command.words)
        ),
        "",
    )


def absent_env_file(file: ComposeFile, service: ComposeService, facts: Facts) -> str:
    """The path, as written, of an ``env_file`` of ``service`` in ``file`` that is not in the project; "" where all are."""
    folder = posixpath.dirname(file.path)
    return next(
        (
            reference.path
            for reference in service.env_files
            if posixpath.normpath(posixpath.join(folder, reference.path)) not in facts.env_files
        ),
        "",
    )


def _absent_file_of_unit(launch: Launch, facts: Facts) -> str:
    """The path, as written, of an environment file that the launch's unit or process file names and the project has no file
    of that name for; "" where there is none."""
    present = {posixpath.basename(path) for path in facts.env_files}
    return next(
        (
            reference.path
            for start in _starts_of(launch, facts)
            for reference in start.env_files
            if posixpath.basename(reference.path) not in present
        ),
        "",
    )


def has_more_variables(launch: Launch, facts: Facts) -> bool:
    """Whether what the file of the launch starts may have more variables than this lists."""
    return any(set(MORE_VARIABLES) <= set(start.options) for start in _starts_of(launch, facts))


def _starts_of(launch: Launch, facts: Facts) -> Iterator[Start]:
    """The starts of a file of processes that are the head of ``launch``."""
    file, at = facts.start_files.get(launch.head.span.file), launch.head.span
    for start in file.starts if file is not None else ():
        if start.span == at or (start.command is not None and start.command.span == at):
            yield start


def _started_alike(launch: Launch, variable: str, facts: Facts) -> str:
    """The file of another platform that starts what this launch does and sets ``variable``: of the two the file of the launch
    may be the one that is left over; "" where there is none."""
    return next(
        (
            path
            for path in sorted(facts.start_files)
            if facts.start_files[path].kind in PLATFORM_KINDS - _WITHOUT_VARIABLES
            for start in facts.start_files[path].starts
            if start.command is not None and _starts(start.command.text, launch)
            if any(each.name == variable for each in start.env)
        ),
        "",
    )


def _starts(command: str, launch: Launch) -> bool:
    """Whether ``command`` starts what the launch does: it names the same target, or is the same command."""
    return command.strip() == launch.head.text.strip() or bool(launch.target and launch.target in command.split())


def _services(launch: Launch, facts: Facts) -> Iterator[tuple[ComposeFile, ComposeService]]:
    """The services of compose that run the launch's image, or the launch itself; those for development or tests left
    out."""
    if launch.head.span.file in facts.compose:
        file = facts.compose[launch.head.span.file]
        found = [(file, each) for each in file.services if each.name == launch.service]
    else:
        found = services_of(launch.dockerfile, facts) if launch.dockerfile is not None else []
    for file, service in found:
        words = [*words_of(posixpath.basename(file.path)), *words_of(service.name)]
        named = purpose_of_words(words)
        if named is None or named[0] is Purpose.PRODUCTION:
            yield file, merged_service(file, service, facts)


def _deploying_scripts(launch: Launch, variable: str, facts: Facts) -> Iterator[str]:
    """Shell scripts outside the launch that hand ``variable`` on: as an option, an entry of a definition, a line that is
    written into a file."""
    name = re.compile(rf"(?<![\w$]){re.escape(variable)}\b(?!\}})")
    inside = {hop.span.file for hop in launch.hops}
    for path in sorted(facts.scripts):
        named = purpose_of_words(words_of(posixpath.basename(path)))
        if path in inside or (named is not None and named[0] is not Purpose.PRODUCTION):
            continue
        if any(_hands_on(command, name) for command in every_command(facts.scripts[path].body)):
            yield path


def _filled_in(variable: str, facts: Facts) -> str:
    """The environment file that a template engine fills in and that sets ``variable``; "" where there is none."""
    return next(
        (
            path
            for path in sorted(facts.env_files)
            if (named := purpose_of_words(words_of(path))) is None or named[0] is Purpose.PRODUCTION
            if any(each.name == variable and "{{" in (each.value or "") for each in facts.env_files[path].variables)
        ),
        "",
    )


def _charted(launch: Launch, variable: str, facts: Facts) -> str:
    """The workload that sets ``variable`` for an image which the values of a chart decide: it may be that of ``launch``;
    "" where there is none, or the launch is no container."""
    return next(
        (
            path
            for path in sorted(facts.kubernetes)
            if launch.container
            if (named := purpose_of_words(words_of(path))) is None or named[0] is Purpose.PRODUCTION
            for each in facts.kubernetes[path].containers
            if (each.chosen_image or "$" in each.image) and any(variable == entry.name for entry in each.env)
        ),
        "",
    )


def _hands_on(command: ShellCommand, name: re.Pattern[str]) -> bool:
    """Whether ``command`` may give something else the variable that ``name`` finds."""
    if command.output is not None and name.search(command.text):
        return True
    if not command.words or command.words[0].text in _STAYS_INSIDE:
        return False
    return any(name.search(text) for text in (command.text, command.heredoc or ""))
