"""Process managers: which file or folder of processes a command names."""

from __future__ import annotations

from flask_prodcheck.model.launching.commands.behind import Behind
from flask_prodcheck.model.launching.commands.options import Words, drop_options, option_value, positional
from flask_prodcheck.model.launching.steps import Nothing, Step, TaskRun


def read_procfile(words: Words) -> Step | Behind:
    """A runner of a Procfile: all its processes, or those that are named."""
    if "start" not in words and words[:1] != ["local"]:
        return Behind(words[words.index("run") + 1 :]) if "run" in words else Nothing("honcho")
    file = option_value(words, ("-f", "--procfile"))
    rest = words[words.index("start") + 1 :] if "start" in words else words[1:]
    names = positional(rest, frozenset({"-f", "--procfile", "-p", "--port", "-e", "--env", "-c", "-d"}))
    return TaskRun("procfile", tuple(names), file=file)


def read_supervisord(words: Words) -> Step:
    return TaskRun("supervisor", (), file=option_value(words, ("-c", "--configuration")))


def read_circusd(words: Words) -> Step:
    files = positional(
        words, frozenset({"--log-level", "--log-output", "--logger-config", "--pidfile", "--loggerconfig"})
    )
    return TaskRun("circus", (), file=files[0] if files else None)


def read_services(words: Words) -> Step:
    """runit, s6 and daemontools: every folder below the one that is named holds a service, whose ``run`` is started."""
    folders = positional(words, frozenset({"-c", "-C", "-d", "-t", "-X"}))
    return TaskRun("runit", (), file=folders[0]) if folders else Nothing("svscan")


def read_my_init(words: Words) -> Step | Behind:
    """The init of phusion/baseimage: runit, or beside it the command behind its options."""
    rest = drop_options(words)
    return Behind(rest) if rest else TaskRun("runit", (), file="/etc/service")
