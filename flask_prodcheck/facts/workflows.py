"""Workflows and composite actions of GitHub and pipelines of GitLab: what they start on the server or the platform that they deploy to, and
the images that they build.

What else a job runs on its own machine is a build or a test. A deployment is plain in three forms: an action that
runs a script by ssh, ``ssh HOST COMMAND`` in a job's own commands, and the start command that a platform's action or
command line is given.

Sources: https://docs.github.com/actions/reference/workflow-syntax-for-github-actions; README of appleboy/ssh-action
("script"), of azure/webapps-deploy ("startup-command") and of google-github-actions/deploy-cloudrun ("source", "flags"); https://docs.gitlab.com/ee/ci/yaml/ ("script").
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.facts.types import Command, ShellCommand, Start, StartFile
from flask_prodcheck.facts.workflow_builds import workflow_builds
from flask_prodcheck.facts.workflow_calls import KIND, defaults_of, jobs_of, with_inputs
from flask_prodcheck.facts.workflow_checks import workflow_checks
from flask_prodcheck.facts.workflow_includes import included_files
from flask_prodcheck.facts.workflow_values import ANY_EXPRESSION
from flask_prodcheck.facts.yaml_nodes import YamlNode, read_yaml
from flask_prodcheck.patterns import regex
from flask_prodcheck.sources.kinds import is_workflow_by_name

#: What no file without a deployment of these forms holds: most workflows are not read at all.
_DEPLOYS = regex(r"\bssh\b|startup-command|\baz\s+webapp\b|\bgcloud\s+(?:(?:beta|alpha)\s+)?run\s+deploy\b|deploy-cloudrun\b")
_SSH_ACTION = regex(r"(?:^|[/_-])ssh(?:[/_-]|$)")
_SSH_SCRIPTS = ("script", "command", "commands")
_EXPRESSION = regex(r"\$\{\{[^{}]*?(\w+)\s*\}\}")
#: Programs of a job's own commands that start something elsewhere.
_REMOTE = frozenset({"ssh", "az", "gcloud"})
_MAX_WORDS_BEFORE = 6  # ``sshpass -p $PASSWORD ssh``, ``sudo -E ssh``


def read_workflow(path: str, text: str) -> StartFile | None:
    """What the jobs start elsewhere, each with the name of its job and of the environment that it deploys to, the images
    that they build, what they run here, and what they call and include. None where the file does nothing of it. Raises ReadError for invalid YAML."""
    builds, calls = workflow_builds(path, text)
    starts = _starts(path, text) if _DEPLOYS.search(text) is not None else ()
    checks = workflow_checks(path, text)
    includes = included_files(path, text)
    if not (starts or builds or calls or checks or includes):
        return None
    defaults = tuple(each for document in read_yaml(path, text) for each in defaults_of(document))
    part = not is_workflow_by_name(path)
    return StartFile(path, KIND, starts, builds=builds, calls=calls, defaults=defaults, checks=checks, includes=includes, part=part)


def _starts(path: str, text: str) -> tuple[Start, ...]:
    starts: list[Start] = []
    for document in read_yaml(path, _without_expressions(text)):
        for name, job in jobs_of(document):
            starts += _job(name, job)
    return tuple(starts)


def _without_expressions(text: str) -> str:
    """``text`` with every expression of GitHub as a variable of the shell, called as its last word is."""
    named = _EXPRESSION.sub(lambda match: f"${{{match[1]}}}", with_inputs(text))
    return ANY_EXPRESSION.sub("${EXPRESSION}", named)


def _job(name: str, job: YamlNode) -> Iterator[Start]:
    environment = job.string("environment") or job.string("environment", "name") or ""
    shown = " ".join(filter(None, (name, environment)))
    steps = job.get("steps")
    for step in steps.elements() if steps is not None else ():
        yield from _step(shown, step)
    for key in ("before_script", "script", "after_script"):  # of GitLab
        own = job.get(key)
        lines = own.elements() if own is not None and own.is_sequence else filter(None, [own])
        for each in lines:
            yield from started_elsewhere(shown, each.text or "", each.first_line)


def _step(name: str, step: YamlNode) -> Iterator[Start]:
    action = (step.string("uses") or "").partition("@")[0].lower()
    given = step.get("with")
    if given is not None and _SSH_ACTION.search(action):
        for key in _SSH_SCRIPTS:
            script = given.get(key)
            if script is not None and script.text:
                yield _start(name, script.text, script.first_line)
    if given is not None and action == "azure/webapps-deploy":
        command = given.get("startup-command")
        if command is not None and command.text:
            yield _start(name, command.text, command.first_line)
    if given is not None and action == "google-github-actions/deploy-cloudrun":
        source = given.get("source")
        if source is not None and source.text:
            yield _start(name, f"gcloud run deploy --source {source.text} {given.string('flags') or ''}", source.first_line)
    run = step.get("run")
    if run is not None:
        yield from started_elsewhere(name, run.text or "", run.first_line)


def started_elsewhere(name: str, text: str, span: Span) -> Iterator[Start]:
    """The commands among those of the job ``name`` that start something on another machine."""
    if _DEPLOYS.search(text) is None:
        return
    try:
        commands = every_command(parse_command_line(text, span))
        yield from _remote(name, list(commands))
    except ReadError:
        yield _start(name, text, span)  # who follows it says that it cannot be read


def _remote(name: str, commands: Iterable[ShellCommand]) -> Iterator[Start]:
    for each in commands:
        programs = [posixpath.basename(word.text) for word in each.words[:_MAX_WORDS_BEFORE]]
        at = next((index for index, program in enumerate(programs) if program in _REMOTE), None)
        if at is None:
            continue
        if programs[at] == "ssh" and each.heredoc is not None:
            line = each.heredoc_line or each.span.line + 1
            yield _start(name, each.heredoc, Span(each.span.file, line))
        else:
            yield _start(name, " ".join(word.text for word in each.words[at:]), each.span)


def _start(name: str, text: str, span: Span) -> Start:
    return Start(KIND, name, span, Command(span, " ".join(text.split()), shell=text))
