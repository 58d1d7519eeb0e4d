"""Carrying out the actions of one fix on a tree: all of them, or none with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.edits.actions import (
    Action,
    AddLine,
    AddStatement,
    CallTarget,
    DropArgument,
    DropOption,
    DropStatement,
    DropSuppression,
    DropVariable,
    ExecCommand,
    Fix,
    FlipDefault,
    GuardStatement,
    ReplaceWord,
    RequireGunicorn,
    SetUpGunicorn,
    SetValue,
)
from flask_prodcheck.edits.changes import Plan
from flask_prodcheck.edits.drafts import Drafts
from flask_prodcheck.edits.text_file import Edit, line_start, line_stop
from flask_prodcheck.errors import ReadError, RefusedError
from flask_prodcheck.fixes.command_edit import (
    add_line,
    call_target,
    drop_option,
    drop_setting,
    exec_command,
    replace_word,
)
from flask_prodcheck.fixes.comment_edit import drop_suppression
from flask_prodcheck.fixes.environment_edit import drop_variable
from flask_prodcheck.fixes.script_tail import ends_script, sets_trap
from flask_prodcheck.model.project import Project
from flask_prodcheck.scaffold.dockerfile_edit import extent
from flask_prodcheck.scaffold.plan import plan
from flask_prodcheck.scaffold.requirement import Start, add_requirement
from flask_prodcheck.scaffold.worker import worker_for
from flask_prodcheck.sources.tree import Tree

_PYTHON = (DropArgument, GuardStatement, DropStatement, SetValue, FlipDefault, AddStatement)


def perform(fix: Fix, project: Project, tree: Tree) -> Plan:
    """The changes that ``fix`` makes to ``tree``, from which ``project`` was linked. Raises :class:`RefusedError` when
    an action cannot be carried out with certainty."""
    drafts = Drafts(tree)
    notes: list[str] = []
    try:
        if any(isinstance(action, SetUpGunicorn) for action in fix.actions):
            return plan(project, tree, "gunicorn")
        for action in fix.actions:
            if isinstance(action, RequireGunicorn):
                notes += _require_gunicorn(action, project, drafts)
            else:
                _edit(action, project, drafts, fix.title)
    except ReadError as failure:
        raise RefusedError(str(failure)) from failure
    return Plan(drafts.changes(), tuple(notes))


def _edit(action: Action, project: Project, drafts: Drafts, why: str) -> None:
    assert not isinstance(action, (RequireGunicorn, SetUpGunicorn))
    path = action.at.file
    if not drafts.exists(path):
        raise RefusedError("there is no such file")
    text = drafts.text(path)
    if isinstance(action, _PYTHON):
        edits = _python(action, text, path, drafts)
    elif isinstance(action, DropOption) and path in project.facts.modules:
        edits = _python(DropStatement(action.at), text, path, drafts)
    else:
        edits = [_deploy(action, text, path, project)]
    if not drafts.edit(path, edits, why):
        raise RefusedError("two of its edits touch the same text")


def _python(
    action: DropArgument | GuardStatement | DropStatement | SetValue | FlipDefault | AddStatement,
    text: str,
    path: str,
    drafts: Drafts,
) -> list[Edit]:
    from flask_prodcheck.facts.python.screen import decode
    from flask_prodcheck.fixes.python_edit import python_edits

    if decode(drafts.tree.content.read(path)) != text:
        raise RefusedError("its encoding cannot be kept with certainty")
    return python_edits(text, action)


def _deploy(action: Action, text: str, path: str, project: Project) -> Edit:
    if isinstance(action, DropSuppression):
        begin = _offset(text, action.at.line, action.at.column)
        return drop_suppression(text, begin, _offset(text, action.at.end_line, action.at.end_column), action.code)
    if isinstance(action, (DropOption, DropVariable, ReplaceWord, CallTarget, ExecCommand, AddLine)):
        begin, end = _lines(text, action.at, path, project)
        if isinstance(action, DropOption):
            if path in project.facts.uwsgi:
                return drop_setting(text, begin, end, action.name)
            return drop_option(text, begin, end, action.name, action.value)
        script = project.facts.scripts.get(path)
        if isinstance(action, ExecCommand) and script is not None:
            if not ends_script(script.body, action.at):
                raise RefusedError("something follows the command, which `exec` would skip")
            if sets_trap(text):
                raise RefusedError("the script traps a signal, which it could not after `exec`")
        if isinstance(action, DropVariable):
            return drop_variable(text, begin, end, action.name)
        if isinstance(action, ReplaceWord):
            return replace_word(text, begin, end, action.old, action.new)
        if isinstance(action, CallTarget):
            plain = path in project.facts.uwsgi or path in project.facts.modules
            return call_target(text, begin, end, action.target, words=not plain)
        if isinstance(action, ExecCommand):
            return exec_command(text, begin, end, action.text)
        return add_line(text, begin, end, action.text)
    raise TypeError(f"no edit for {type(action).__name__}")


def _lines(text: str, at: Span, path: str, project: Project) -> tuple[int, int]:
    """The lines of ``at``: of a Dockerfile the whole instruction."""
    last = max(at.line, at.end_line)
    first = at.line
    if path in project.facts.dockerfiles:
        first, last = _instruction(text, at.line)
    return line_start(text, first), line_stop(text, last)


def _instruction(text: str, line: int) -> tuple[int, int]:
    """The lines of the Dockerfile instruction that ``line`` is part of."""
    for first in range(line, 0, -1):
        if first == 1 or not text.split("\n")[first - 2].rstrip().endswith(("\\", "`")):
            return extent(text, first)
    return line, line


def _offset(text: str, line: int, column: int) -> int:
    return line_start(text, line) + column - 1


def _require_gunicorn(action: RequireGunicorn, project: Project, drafts: Drafts) -> Sequence[str]:
    launches = [launch for launch in project.production if launch.head.span == action.at]
    if not launches:
        raise RefusedError("the launch is no longer there")
    starts = [Start(each.dockerfile, each.head.span.line, each.installs) for each in launches]
    return add_requirement(project, starts, drafts, worker_for(project, drafts.tree), launches[0].cwd)
