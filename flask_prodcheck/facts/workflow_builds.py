"""The images that workflows of GitHub Actions and pipelines of GitLab build: by an action, or by a command of a job; and the
files of the project whose steps they have run.

Sources: README of docker/build-push-action ("inputs"; without ``context`` it is the repository) and of
docker/metadata-action ("inputs", "outputs"); https://docs.github.com/actions/reference/workflow-commands-for-github-actions
("Setting an environment variable", "Setting an output parameter"); https://docs.gitlab.com/ee/ci/yaml/ ("variables");
https://docs.github.com/actions/reference/metadata-syntax-for-github-actions ("runs for composite actions").
"""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Iterator

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.image_builds import BuiltAndPushed, builds_of, goes_to_a_registry, marked, pairs
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.facts.types import ImageBuild, WorkflowCall
from flask_prodcheck.facts.workflow_calls import CALLS, jobs_of, may_be_true, script_lines, with_inputs
from flask_prodcheck.facts.workflow_values import REFERENCE, Scope, environment, filled, folder, with_paths
from flask_prodcheck.facts.yaml_nodes import YamlNode, read_yaml
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

#: What no file without a build of an image holds: most workflows are not read at all.
_BUILDS = regex(
    r"\bbuild-push-action\b|\b(?:docker|podman|nerdctl|buildah|buildx)\s+(?:build|bud|b)\b|\bimage\s+build\b|\bkaniko\b"
)
_SET = regex(r"echo\s+(?:-[en]+\s+)?[\"']?([A-Za-z_][\w-]*)=(.*)")
_SET_OUTPUT = regex(r"::set-output name=([A-Za-z_][\w-]*)::(.*)")
_DEFAULT = "${defaultContext}"  # written ``{{defaultContext}}``: the repository, or with a colon one of its folders
_MAX_JOBS, _MAX_DEPTH = 30, 8  # of one matrix


def workflow_builds(path: str, text: str) -> tuple[tuple[ImageBuild, ...], tuple[WorkflowCall, ...]]:
    """The images that the jobs build, and the files that they call. What an expression decides and the file does not say
    stays as ``${PATH}``, an input as what :func:`with_inputs` writes. Raises ReadError for invalid YAML."""
    if _BUILDS.search(text) is None and CALLS.search(text) is None:
        return (), ()
    found: dict[ImageBuild, None] = {}
    calls: dict[WorkflowCall, None] = {}
    for document in read_yaml(path, with_paths(with_inputs(text)).replace("{{defaultContext}}", _DEFAULT)):
        released = document.get("on", "release") is not None or document.get("on", "push", "tags") is not None
        here = {"github.workspace": ".", "github.action_path": posixpath.dirname(path) or "."}
        scope = {**here, **environment(document, {})}
        for name, job in jobs_of(document):
            for values in _matrix(job):
                known = {**scope, **values}
                known |= environment(job, known)
                called = tuple(filter(None, (name, job.string("environment") or job.string("environment", "name"))))
                for call in _calls(job, called, known):
                    calls[replace(call, released=released)] = None
                for build in marked(_job(name, job, known)):
                    found[replace(build, workflow=True, released=released)] = None
                outputs = job.get("outputs")
                for key, _, value in outputs.items() if outputs is not None else ():
                    scope[f"needs.{name}.outputs.{key}"] = filled(value.text or "", known)
    return tuple(found), tuple(calls)


def _calls(job: YamlNode, called: tuple[str, ...], scope: Scope) -> Iterator[WorkflowCall]:
    """The files of the project that a job, or one of its steps, has run: those that begin with ``./``."""
    steps = job.get("steps")
    for node in (job, *(steps.elements() if steps is not None else ())):
        uses, given = node.string("uses"), node.get("with")
        if uses is not None and uses.startswith("./"):
            inputs = given.items() if given is not None else ()
            values = tuple((name, filled(value.text, scope)) for name, _, value in inputs if value.text is not None)
            yield WorkflowCall(uses, values, called)


def _matrix(job: YamlNode) -> list[dict[str, str]]:
    """The values that a job runs with, one mapping for each time that it runs."""
    matrix = job.get("strategy", "matrix")
    if matrix is None or not matrix.is_mapping:
        return [{}]
    axes: list[list[dict[str, str]]] = []
    for name, _, values in matrix.items():
        if name not in ("include", "exclude") and values.is_sequence:
            axes.append([_flat(f"matrix.{name}", each) for each in values.elements()] or [{}])
    jobs = [
        {name: value for part in parts for name, value in part.items()}
        for parts in itertools.islice(itertools.product(*axes), _MAX_JOBS)
    ]
    included = matrix.get("include")
    more = [_flat("matrix", each) for each in itertools.islice(included.elements(), _MAX_JOBS)] if included else []
    if not axes:
        return more or [{}]
    for each in more:
        same = [job for job in jobs if all(job.get(name, value) == value for name, value in each.items())]
        for job_values in same:
            job_values.update(each)
        jobs += [] if same else [each]
    return jobs


def _flat(path: str, value: YamlNode, depth: int = 0) -> dict[str, str]:
    if value.is_mapping and depth < _MAX_DEPTH:  # an anchor may hold itself
        below = [_flat(f"{path}.{key}", each, depth + 1) for key, _, each in value.items()]
        return {name: text for each in below for name, text in each.items()}
    return {path: value.text} if value.text is not None else {}


def _job(name: str, job: YamlNode, scope: dict[str, str]) -> Iterator[BuiltAndPushed]:
    """What each step of a job builds and pushes."""
    steps = job.get("steps")
    at = folder(job.string("defaults", "run", "working-directory"), scope)
    for step in steps.elements() if steps is not None else ():
        called = tuple(filter(None, (name, step.string("name"))))
        known = {**scope, **environment(step, scope)}
        given = step.get("with")
        action = (step.string("uses") or "").partition("@")[0].lower()
        if given is not None and action.endswith("/build-push-action"):
            yield [_built_by_action(given, step, known, called)], frozenset()
        if given is not None and action.endswith("/metadata-action"):
            scope[f"steps.{step.string('id')}.outputs.tags"] = "\n".join(_described(given, known))
        run = step.get("run")
        if run is not None and run.text:
            scope |= _outputs(run.text, step.string("id") or "", known)
            yield _commands(run, folder(step.string("working-directory"), known) or at, known, called)
    lines = script_lines(job)
    if lines:
        text = "\n".join(each.text or "" for each in lines)
        yield _commands(lines[0], "", scope, (name,), text)


def _commands(
    script: YamlNode, at: str, scope: Scope, called: tuple[str, ...], text: str | None = None
) -> BuiltAndPushed:
    text = filled(script.text or "" if text is None else text, {k: v for k, v in scope.items() if "\n" not in v})
    text = REFERENCE.sub(lambda match: f"${{{(match[1] or match[2]).rpartition('.')[2].replace('-', '_')}}}", text)
    if not any(word in text for word in ("build", "bud", "push", "executor")):
        return [], frozenset()
    try:
        commands = every_command(parse_command_line(text, script.first_line))
        return builds_of(commands, (at or ".",), called)
    except ReadError:
        return [], frozenset()


def _outputs(script: str, step: str, scope: Scope) -> dict[str, str]:
    """What a script hands to the later steps: variables and outputs. Values of several branches are joined, as a list."""
    found: dict[str, list[str]] = {}
    for line in script.split("\n"):
        command, arrow, file = line.rpartition(">>")
        match = _SET.search(command) if arrow else _SET_OUTPUT.search(line)
        if match is None:
            continue
        path = f"env.{match[1]}" if "GITHUB_ENV" in file else f"steps.{step}.outputs.{match[1]}"
        found.setdefault(path, []).append(filled(match[2].strip().strip("\"'"), scope))
    return {path: "\n".join(values) for path, values in found.items()}


def _described(given: YamlNode, scope: Scope) -> Iterator[str]:
    """The names that docker/metadata-action gives an image."""
    raw = [
        part[6:]
        for line in (given.string("tags") or "").split("\n")
        if "type=raw" in line
        for part in line.strip().split(",")
        if part.startswith("value=") and "$" not in part
    ]
    suffix = next((line[7:] for line in (given.string("flavor") or "").split() if line.startswith("suffix=")), "")
    suffix = suffix.partition(",")[0]
    for line in _entries(given, "images", scope):
        image = next((part[5:] for part in line.split(",") if part.startswith("name=")), line.partition(",")[0])
        tags = [f"{tag}{suffix}" for tag in raw] or ([f"latest{suffix}"] if suffix else [])
        yield from [f"{image}:{tag}" for tag in tags] or [image]


def _entries(given: YamlNode, key: str, scope: Scope) -> list[str]:
    """The lines of an input that is a list."""
    value = given.get(key)
    texts = value.strings() if value is not None else ()
    return [line.strip() for text in texts for line in filled(text, scope).split("\n") if line.strip()]


def _built_by_action(given: YamlNode, step: YamlNode, scope: Scope, called: tuple[str, ...]) -> ImageBuild:
    names = [name.strip() for line in _entries(given, "tags", scope) for name in line.split(",") if name.strip()]
    context = filled(given.string("context") or ".", scope)
    file = filled(given.string("file") or "", scope) or None
    if context.startswith(_DEFAULT):
        context = context.partition(":")[2] or "."
        file = posixpath.join(context, file) if file else None
    push = filled(given.string("push") or "", scope)
    to_a_registry = goes_to_a_registry(_entries(given, "outputs", scope))
    return ImageBuild(
        step.span, tuple(names), (".",), context, file, filled(given.string("target") or "", scope) or None,
        pairs(_entries(given, "build-args", scope)), pairs(_entries(given, "build-contexts", scope)), called,
        pushed=to_a_registry or may_be_true(push), push="" if to_a_registry else push,
    )  # fmt: skip
