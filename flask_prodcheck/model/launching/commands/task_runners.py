"""Task runners: which tasks of which file a command names."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask_prodcheck.model.launching.commands.options import Words, drop_options
from flask_prodcheck.model.launching.steps import Nothing, Step, TaskRun


def read_make(words: Words) -> Step:
    rest, names, file, directory = list(words), [], None, None
    while rest:
        word = rest.pop(0)
        if word in ("-f", "--file", "--makefile") and rest:
            file = rest.pop(0)
        elif word in ("-C", "--directory") and rest:
            directory = rest.pop(0)
        elif word.startswith("-") or "=" in word:
            continue
        else:
            names.append(word)
    return TaskRun("make", tuple(names) or ("",), file=file, directory=directory)


def read_npm(words: Words) -> Step:
    rest = drop_options(words, frozenset({"--prefix", "-C", "--cwd"}))
    if rest[:1] in (["run"], ["run-script"]) and len(rest) > 1:
        return TaskRun("npm", (rest[1],), tuple(word for word in rest[2:] if word != "--"))
    return TaskRun("npm", ("start",)) if rest[:1] == ["start"] else Nothing("npm")


def named_task(runner: str, *skip: str) -> Callable[[Words], Step]:
    def read(words: Words) -> Step:
        rest = drop_options(
            words, frozenset({"-c", "--collection", "-r", "-f", "--file", "-p", "--project", "-e", "--root"})
        )
        if skip:
            if rest[:1] != [skip[0]]:
                return Nothing(runner)
            rest = drop_options(rest[1:], frozenset({"-e", "--env"}))
        return TaskRun(runner, (rest[0],), tuple(rest[1:])) if rest else Nothing(runner)

    return read


def read_invoke(words: Words) -> Step:
    """Several tasks may stand in one line, each with options: every bare word is a candidate, the project's tasks decide."""
    rest = drop_options(
        words, frozenset({"-c", "--collection", "-r", "--search-root", "-f", "--config", "-H", "--hosts"})
    )
    names = tuple(word for word in rest if not word.startswith("-") and re.fullmatch(r"[A-Za-z_][\w.-]*", word))
    return TaskRun("invoke", names, tuple(rest)) if names else Nothing("invoke")


def read_pdm(words: Words) -> Step:
    rest = drop_options(words, frozenset({"-p", "--project"}))
    if rest[:1] == ["run"]:
        rest = drop_options(rest[1:], frozenset({"-p", "--project", "--venv"}))
    return TaskRun("pdm", (rest[0],), tuple(rest[1:])) if rest else Nothing("pdm")


def read_hatch(words: Words) -> Step:
    rest = drop_options(words, frozenset({"-e", "--env", "-p", "--project"}))
    if rest[:1] != ["run"]:
        return Nothing("hatch")
    rest = drop_options(rest[1:])
    return TaskRun("hatch", (rest[0].rsplit(":", 1)[-1],), tuple(rest[1:])) if rest else Nothing("hatch")
