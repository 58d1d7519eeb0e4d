"""Taskfiles: the commands of each task, by the schema reference of taskfile.dev."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.facts.types import Start, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, env_mapping, read_yaml, shell_command


def read_taskfile(path: str, text: str) -> StartFile:
    """One start for each command of a task (``cmds``, ``cmd``, or the task as a text or a list). A command that calls
    another task (``task: name``) becomes ``task name``. Raises :class:`ReadError` for invalid YAML."""
    starts: list[Start] = []
    for document in read_yaml(path, text):
        tasks = document.get("tasks") if document.is_mapping else None
        common = env_mapping(document.get("env")) if document.is_mapping else ()
        for name, _, task in tasks.items() if tasks is not None and tasks.is_mapping else ():
            env = (*common, *(env_mapping(task.get("env")) if task.is_mapping else ()))
            folder = task.string("dir") if task.is_mapping else None
            for command in _commands(task):
                found = shell_command(command, command.span)
                if found is not None:
                    starts.append(Start("taskfile", name, found.span, found, folder, env))
    return StartFile(path, "taskfile", tuple(starts))


def _commands(task: YamlNode) -> Iterator[YamlNode]:
    if not task.is_mapping:
        yield from task.elements() if task.is_sequence else [task]
        return
    for key in ("cmds", "cmd"):
        value = task.get(key)
        for each in () if value is None else value.elements() if value.is_sequence else [value]:
            inner = each.get("cmd") if each.is_mapping else each
            if inner is not None:
                yield inner
