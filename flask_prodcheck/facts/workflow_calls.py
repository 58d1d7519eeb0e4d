"""Workflows and composite actions that other workflows of the project call: what they do, with the inputs that each call
gives.

Sources: https://docs.github.com/actions/how-tos/reuse-automations/reuse-workflows ("Using inputs and secrets in a reusable
workflow", "Calling a reusable workflow"); https://docs.github.com/actions/reference/metadata-syntax-for-github-actions
("inputs", "runs for composite actions").
"""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterator, Mapping

from flask_prodcheck.facts.growth import Room
from flask_prodcheck.facts.types import Command, ImageBuild, Start, StartFile, WorkflowCall
from flask_prodcheck.facts.workflow_includes import used
from flask_prodcheck.facts.yaml_nodes import YamlNode
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

KIND = "workflow"
#: What every file holds that calls another one of the project.
CALLS = regex(r"\buses[\"']?[ \t]*:[ \t]*[\"']?\./")
_INPUT = regex(r"\$\{\{\s*inputs\.([A-Za-z_][\w-]*)\s*\}\}")
_MARK = "inputs__"
_MARKED = regex(r"\$\{inputs__(\w+)\}")
_MAX_DEPTH, _MAX_RUNS = 9, 200  # of files that call one another, of what one file calls


def with_inputs(text: str) -> str:
    """``text`` with each input of the file as a variable of the shell that nothing else is called."""
    return _INPUT.sub(lambda match: f"${{{_MARK}{match[1].replace('-', '_')}}}", text)


def jobs_of(document: YamlNode) -> Iterator[tuple[str, YamlNode]]:
    """The jobs of a workflow or a pipeline by name; what a composite action ``runs`` is like one."""
    jobs = document.get("jobs")
    for name, _, job in (jobs if jobs is not None else document).items():
        if job.is_mapping:
            yield name, job


def script_lines(job: YamlNode) -> list[YamlNode]:
    """The commands of a job of GitLab, those before its script first."""
    scripts = [own for key in ("before_script", "script") if (own := job.get(key)) is not None]
    return [line for own in scripts for line in (own.elements() if own.is_sequence else (own,))]


def defaults_of(document: YamlNode) -> Iterator[tuple[str, str]]:
    """The inputs that a file gives a value itself, where a call does not."""
    for declared in (document.get("inputs"), document.get("on", "workflow_call", "inputs")):
        for name, _, node in declared.items() if declared is not None else ():
            default = node.string("default") if node.is_mapping else None
            if default is not None:
                yield name, default


def with_calls(files: Mapping[str, StartFile]) -> dict[str, StartFile]:
    """``files`` with what called workflows do once for each call, with its inputs, and what the others do with their own
    defaults. Those that only call are left out."""
    own = {path: file for path, file in used(files).items() if file.kind == KIND}
    callers = {_called(file.path, call.uses, own) for file in own.values() for call in file.calls}
    first = [path for path in own if path not in callers]
    runs = [run for path in first for run in _runs(_Run(own[path], dict(own[path].defaults)), own)]
    reached = {run.file.path for run in runs}  # files that only call one another are not
    runs += [_Run(file, dict(file.defaults)) for path, file in own.items() if path not in reached]
    done: dict[str, list[_Run]] = {}
    for run in runs:
        done.setdefault(run.file.path, []).append(run)
    found = {path: _together(file, done[path]) if path in own else file for path, file in files.items()}
    return {
        path: file
        for path, file in found.items()
        if file.kind != KIND or (path in own and (file.starts or file.builds or file.checks))
    }


@dataclass(frozen=True, slots=True)
class _Run:
    """One time that a file runs: the inputs that it is given, and by whom."""

    file: StartFile
    inputs: Mapping[str, str]
    call: WorkflowCall | None = None


def _runs(run: _Run, files: Mapping[str, StartFile]) -> Iterator[_Run]:
    """``run``, and those of the files that it calls."""
    return itertools.islice(_nested(run, files, 0), _MAX_RUNS)


def _nested(run: _Run, files: Mapping[str, StartFile], depth: int) -> Iterator[_Run]:
    yield run
    for call in run.file.calls if depth < _MAX_DEPTH else ():
        path = _called(run.file.path, call.uses, files)
        if path is not None:
            given = {name: _filled(value, run.inputs) for name, value in call.inputs}
            outer = run.call
            called = (*outer.called, *call.called) if outer is not None else call.called
            through = replace(call, called=called, released=outer.released if outer is not None else call.released)
            inputs = {**dict(files[path].defaults), **given}
            yield from _nested(_Run(files[path], inputs, through), files, depth + 1)


def _called(caller: str, uses: str, files: Mapping[str, StartFile]) -> str | None:
    """The file that ``uses`` names: a workflow, or the folder of an action, from the root of the repository."""
    root = caller.partition(".github/")[0]
    path = posixpath.normpath(posixpath.join(root, uses))
    return next((each for each in (path, f"{path}/action.yml", f"{path}/action.yaml") if each in files), None)


def _together(file: StartFile, runs: list[_Run]) -> StartFile:
    """``file`` with what it does in each of ``runs``."""
    if not (file.starts or file.builds or file.checks):
        return file
    starts = dict.fromkeys(_start(start, run) for run in runs for start in file.starts)
    builds = dict.fromkeys(_build(build, run) for run in runs for build in file.builds)
    checks = dict.fromkeys(_start(start, run) for run in runs for start in file.checks)
    return replace(file, starts=tuple(starts), builds=tuple(builds), checks=tuple(checks))


def _start(start: Start, run: _Run) -> Start:
    names = (*(run.call.called if run.call is not None else ()), start.name)
    command = start.command
    if command is not None and command.shell is not None:
        text, shell = (_MARKED.sub(r"${\1}", _filled(each, run.inputs)) for each in (command.text, command.shell))
        command = Command(command.span, text, shell=shell)
    return replace(start, name=" ".join(filter(None, names)), command=command)


def _build(build: ImageBuild, run: _Run) -> ImageBuild:
    def filled(text: str) -> str:
        return _filled(text, run.inputs)

    def values(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, filled(value)) for name, value in pairs)

    return replace(
        build,
        names=tuple(name for each in build.names for name in _names(each, filled(each))),
        folders=tuple(posixpath.normpath(filled(each)) for each in build.folders),
        context=filled(build.context) or ".",
        dockerfile=(filled(build.dockerfile) or None) if build.dockerfile is not None else None,
        target=(filled(build.target) or None) if build.target is not None else None,
        args=values(build.args),
        contexts=values(build.contexts),
        called=(*(run.call.called if run.call is not None else ()), *build.called),
        pushed=build.pushed and (not build.push or may_be_true(filled(build.push))),
        released=run.call.released if run.call is not None else build.released,
    )


def may_be_true(text: str) -> bool:
    """Whether a value is not known to be false; an input that is left empty is."""
    return text.lower() not in ("", "false")


def _names(written: str, filled: str) -> list[str]:
    """The names of an image that one ``written`` means: an input may give several, by lines or commas."""
    return [filled] if filled == written else [name for name in re.split(r"[,\s]+", filled) if name]


def _filled(text: str, inputs: Mapping[str, str]) -> str:
    """``text`` with the inputs that are known."""
    if _MARK not in text:
        return text
    room = Room.of(text)
    known = {name.replace("-", "_"): value for name, value in inputs.items()}
    return _MARKED.sub(lambda match: room.take(known.get(match[1], match[0]), match[0]), text)
