"""What one command does, once its wrappers are off: it starts a server, runs something to be followed, or neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from flask_prodcheck.model.project import Server
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class ServerStart:
    """A server's own command. ``target`` as written (words expanded); ``options`` by long name without dashes, flags
    as "true"; ``unknown`` are options the server does not have; ``called``: the server calls the target
    (``--factory``, ``--call``, the Flask CLI); ``paths`` are extra import roots in order of search."""

    server: Server
    target: str
    options: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    called: bool = False
    chdir: str | None = None
    paths: tuple[str, ...] = ()
    config: str | None = None
    program: str = ""


@dataclass(frozen=True, slots=True)
class PythonRun:
    """``python script args`` or ``python -m module args`` (``code`` for ``-c``)."""

    script: str | None = None
    module: str | None = None
    code: str | None = None
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptRun:
    """A file that is executed or, with ``sourced``, read into the running shell. ``shell`` names the interpreter given."""

    path: str
    args: tuple[str, ...] = ()
    sourced: bool = False
    shell: bool = False


@dataclass(frozen=True, slots=True)
class ShellRun:
    """Text handed to a shell (``sh -c``, ``eval``, ``su -c``); ``args`` become ``$0``, ``$1``...; ``shell`` is the program's name."""

    text: str
    args: tuple[str, ...] = ()
    shell: str = "sh"


@dataclass(frozen=True, slots=True)
class TaskRun:
    """A named task of a runner: make, just, npm, pdm, hatch, poe, invoke, fabric, tox, nox, procfile, supervisor,
    circus; or every service in the folder ``file`` (runit and its kin), or what the configuration of Apache serves."""

    runner: str
    names: tuple[str, ...]
    args: tuple[str, ...] = ()
    file: str | None = None
    directory: str | None = None


@dataclass(frozen=True, slots=True)
class ContainerRun:
    """``docker run IMAGE args``: the image's ENTRYPOINT with ``args`` for its CMD; ``environment`` and ``env_files`` are
    what ``-e`` and ``--env-file`` give it."""

    image: str
    args: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    env_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceDeploy:
    """A platform builds the image of a ``folder`` and runs it with what ``environment`` sets: of its Dockerfile, else by
    buildpacks. ``told``: these are given variables that may say what to start."""

    folder: str
    environment: Mapping[str, str] = field(default_factory=dict)
    told: bool = False


@dataclass(frozen=True, slots=True)
class ConsoleRun:
    """Any other program: a console script of the project, or something that serves nothing."""

    name: str
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """A command known not to start a web server for the app. ``own``: what it is in the project whose distribution
    installs a program of that name, or that gives it this command."""

    name: str
    own: ConsoleRun | None = None


Step = ServerStart | PythonRun | ScriptRun | ShellRun | TaskRun | ContainerRun | SourceDeploy | ConsoleRun | Nothing


@dataclass(frozen=True, slots=True)
class Reading:
    """A command read: the step, and what the wrappers around it say. ``user`` is who it drops to; ``reloads`` when a
    wrapper restarts it on file changes; ``environment`` the assignments in front; ``directory`` a wrapper's chdir."""

    step: Step
    wrappers: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    env_files: tuple[str, ...] = ()
    user: str | None = None
    reloads: bool = False
    directory: str | None = None
    replaces_shell: bool = False  # "exec" was in front
    background: bool = False
