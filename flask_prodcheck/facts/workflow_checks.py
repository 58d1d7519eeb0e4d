"""What jobs of workflows and pipelines run on their own machine, where that may start a server: to test the project.

Sources: https://docs.github.com/actions/reference/workflow-syntax-for-github-actions ("env", "defaults.run",
"jobs.<job_id>.steps[*].working-directory"); https://docs.gitlab.com/ee/ci/yaml/ ("before_script", "script", "variables").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.types import Command, EnvVar, Start
from flask_prodcheck.facts.workflow_calls import KIND, jobs_of, script_lines, with_inputs
from flask_prodcheck.facts.workflow_values import Scope, environment, folder, with_paths
from flask_prodcheck.facts.yaml_nodes import YamlNode, read_yaml
from flask_prodcheck.patterns import regex

#: What no file holds whose jobs leave nothing running, and run no script: most workflows are not read at all.
_RUNS = regex(r"(?<![&>|])&(?![&>])[ \t]*(?:[\"'\w#]|$)|\.sh\b", re.MULTILINE)
_PATH = regex(r"\$\{([A-Za-z_]\w*\.[\w.-]+)\}")  # of an expression: no variable of a shell has a dot


def workflow_checks(path: str, text: str) -> tuple[Start, ...]:
    """The scripts and programs that the jobs run on their own machine. A value that the file does not say stays as ``${PATH}``. Raises
    ReadError for invalid YAML."""
    if _RUNS.search(text) is None:
        return ()
    found: list[Start] = []
    for document in read_yaml(path, with_paths(with_inputs(text))):
        scope = {"github.workspace": ".", **environment(document, {})}
        for name, job in jobs_of(document):
            found += _job(name, job, {**scope, **environment(job, scope)})
    return tuple(found)


def _job(name: str, job: YamlNode, scope: Scope) -> Iterator[Start]:
    steps = job.get("steps")
    default = folder(job.string("defaults", "run", "working-directory"), scope)
    for step in steps.elements() if steps is not None else ():
        run = step.get("run")
        if run is not None and run.text:
            known = {**scope, **environment(step, scope)}
            at = folder(step.string("working-directory"), known) or default
            yield from _start(name, run.text, run.first_line, at, known)
    written = [each for each in script_lines(job) if each.text]
    if written:
        yield from _start(name, _one_script(written), written[0].first_line, "", scope)


def _one_script(lines: Sequence[YamlNode]) -> str:
    """The commands of one job, each at the line, seen from the first, at which it stands."""
    first, text, at = lines[0].first_line.line, "", 0
    for each in lines:
        gap = max(each.first_line.line - first - at, 1 if text else 0)
        text += "\n" * gap + (each.text or "").rstrip("\n")
        at = text.count("\n")
    return text


def _start(name: str, text: str, span: Span, at: str, scope: Scope) -> Iterator[Start]:
    if _RUNS.search(text) is None:
        return
    script = _PATH.sub(lambda match: scope.get(match[1]) or f"${{{re.sub('[^A-Za-z0-9_]', '_', match[1])}}}", text)
    variables = {key.removeprefix("env."): value for key, value in scope.items() if key.startswith("env.")}
    given = tuple(EnvVar(key, None if "${" in value else value, span) for key, value in variables.items())
    command = Command(span, next(filter(None, map(str.strip, script.split("\n"))), ""), shell=script)
    yield Start(KIND, name, span, command, cwd=at or None, env=given)
