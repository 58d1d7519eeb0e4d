"""Following a launch chain: from a command, through scripts, tasks and Python programs, to what finally serves.

A :class:`Follower` takes one command at one :class:`Place` and returns every :class:`Ended` chain. Only the branch that
the arguments and the environment decide is taken; what they leave open is followed on both sides and marked uncertain.
Cycles and sheer size end in a note, never in a hang.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field

from flask_prodcheck.base import Known, Origin, Problem, Span, Unknown, Value
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.conditionals import CONDITIONAL
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.types import (
    Command,
    Lit,
    ShellCase,
    ShellCommand,
    ShellFunction,
    ShellGroup,
    ShellIf,
    ShellList,
    ShellLoop,
    ShellScript,
    ShellStmt,
    ShellTest,
    Start,
    Var,
    Word,
)
from flask_prodcheck.model.launching.base_images import BASE_UWSGI, base_start
from flask_prodcheck.model.launching.commands.read import read_command
from flask_prodcheck.model.launching.containers import dockerfile_of_image, image_place, start_stage
from flask_prodcheck.model.launching.embedded import embedded_file
from flask_prodcheck.model.launching.heads.decided import decided
from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.launching.images import build_image
from flask_prodcheck.model.launching.place import (
    Environment,
    Place,
    enter,
    is_there,
    known_variables,
    locate,
    on_path,
    user_id,
)
from flask_prodcheck.model.launching.service_scripts import scripts_of_services
from flask_prodcheck.model.launching.shell_commands import every_command
from flask_prodcheck.model.launching.shell_tests import decide, matches
from flask_prodcheck.model.launching.steps import (
    ConsoleRun,
    ContainerRun,
    PythonRun,
    Reading,
    ScriptRun,
    ServerStart,
    ShellRun,
    TaskRun,
)
from flask_prodcheck.model.launching.words import is_open, split
from flask_prodcheck.model.project import Purpose
from flask_prodcheck.model.python.execution.walk import run_module
from flask_prodcheck.model.python.execution.ways import Ending
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

_MAX_DEPTH = 24
_MAX_STEPS = 6000  # for one head
_MAX_FUNCTION_STEPS = 600  # for one function of a script whose caller is not known
_MAX_ALL_STEPS = 60_000
_MAX_TURNS = 32
_MAX_DRAFT = 4000  # characters of a command that a script puts together, which may double it at every turn

#: Command groups of distributions that are Flask's own, with a factory of theirs (Invenio-App: ``create_cli`` of Invenio-Base).
_FLASK_GROUPS = frozenset({"invenio_app.cli:cli"})
#: ``export $(cat .env | xargs)`` and its like.
_LISTED = regex(r"^\$\((?:cat|grep|sed|egrep|xargs)\b.*?([\w./-]*\.env[\w.-]*)")
#: The folder that a command starts in, as the beginning of a path.
_HERE = regex(r"^(?:\$\{PWD\}|\$\(pwd\))(?=/|$)")
_DECLARING = frozenset({"export", "declare", "local", "readonly", "typeset"})


@dataclass(frozen=True, slots=True)
class Ended:
    """A chain that reached something that serves: a server's own command (``start``) or a call in Python (``ending``).
    ``awaited``: the shell that starts it waits until ``timeout`` ends it."""

    place: Place
    start: ServerStart | None = None
    ending: Ending | None = None
    background: bool = False
    awaited: bool = False


@dataclass(slots=True)
class _State:
    """The running shell: what assignments, ``cd``, ``set`` and definitions have changed so far."""

    place: Place
    functions: dict[str, ShellFunction] = field(default_factory=dict)
    ended: bool = False


class Follower:
    """Follows commands of one project. Holds the budget and the notes of what could not be followed."""

    def __init__(self, facts: Facts, modules: Modules, installed: frozenset[str]) -> None:
        self.facts = facts
        self.modules = modules
        self.installed = installed
        self.notes: list[Problem] = []
        self.visited: set[str] = set()
        self.sourced: set[str] = set()
        self._steps = 0
        self._limit = _MAX_STEPS
        self._all_steps = 0
        self._depth = 0
        self._active: set[tuple[str, tuple[str, ...]]] = set()

    # --- entry ---------------------------------------------------------------------------------------------------

    def begin(self, limit: int = _MAX_STEPS) -> None:
        """Start with another head: what the others have used of the budget does not count."""
        self._all_steps += self._steps
        self._steps = 0
        self._limit = min(limit, max(_MAX_ALL_STEPS - self._all_steps, 0))

    def command(self, command: Command, place: Place) -> list[Ended]:
        """Follow ``command``; the place already holds its hop."""
        if command.argv is not None:
            return self.words(list(command.argv), command.span, place)
        return self.shell_text(command.shell or "", command.span, place)

    def shell_text(
        self, text: str, span: Span, place: Place, *, functions: dict[str, ShellFunction] | None = None
    ) -> list[Ended]:
        """Follow text that a shell runs."""
        try:
            statements = parse_command_line(text, span)
        except ReadError as failure:
            self._note(span, f"the command could not be read as shell: {failure}")
            return []
        state = _State(replace(place.in_new_shell(), shell_parent=span), dict(functions or {}))
        return self._walk(statements, state)

    def words(self, argv: Sequence[str], span: Span, place: Place, state: _State | None = None) -> list[Ended]:
        """Follow one command given as expanded words."""
        if not self._enter(span):
            return []
        try:
            reading = read_command(argv)
            return self._reading(reading, span, place, state)
        finally:
            self._depth -= 1

    def _enter(self, span: Span) -> bool:
        if self._depth >= _MAX_DEPTH or self._steps >= self._limit:
            self._note(span, "the launch chain is too long to follow")
            return False
        self._steps += 1
        self._depth += 1
        return True

    def _note(self, span: Span, message: str) -> None:
        problem = Problem(span.file, span.line, message)
        if problem not in self.notes:
            self.notes.append(problem)

    # --- one command -----------------------------------------------------------------------------------------------

    def _reading(self, reading: Reading, span: Span, place: Place, state: _State | None) -> list[Ended]:
        place = place.with_env(self._given(reading.environment, reading.env_files, place))
        if reading.wrappers or reading.reloads or reading.user:
            place = replace(
                place,
                wrappers=(*place.wrappers, *reading.wrappers),
                reloads=place.reloads or reading.reloads,
                user=reading.user or place.user,
            )
        if reading.replaces_shell:
            place = replace(place, shell_parent=None)
        if reading.directory:
            place = enter(place, reading.directory, self.facts)
        step = reading.step
        if isinstance(step, ServerStart):
            return [Ended(place, start=step)]
        if isinstance(step, PythonRun):
            return self._python(step, span, place)
        if isinstance(step, ScriptRun):
            return self._script(step, span, place, state)
        if isinstance(step, ShellRun):
            inner = replace(
                self._written_place(step.text, place), args=step.args[1:] if step.args else (), args_open=False
            )
            where = inner.hops[-1].span if len(inner.hops) > len(place.hops) else span
            found = self.shell_text(step.text, where, inner, functions=state.functions if state else None)
            # bash replaces itself with a lone simple command; dash, which is /bin/sh on Debian, does not.
            lone = step.shell == "bash" and not any(mark in step.text for mark in "|&;<>\n")
            return (
                [replace(each, place=replace(each.place, shell_parent=place.shell_parent)) for each in found]
                if lone
                else found
            )
        if isinstance(step, TaskRun):
            return self._task(step, span, place)
        if isinstance(step, ContainerRun):
            return self._container(step, place)
        if isinstance(step, ConsoleRun):
            return self._console(step, span, place)
        return []

    def _given(self, environment: Mapping[str, str], env_files: Sequence[str], place: Place) -> dict[str, Value[str]]:
        """The variables that a command line gives what it starts, those of the files it names last."""
        origin = (Origin(place.hops[-1].span, "set in front of the command"),)
        given: dict[str, Value[str]] = {
            name: Unknown(f"depends on {value}", origin) if is_open(value) else Known(value, origin)
            for name, value in environment.items()
        }
        for name in env_files:
            given.update(self._variables_of(name, place.with_env(given)))
        return given

    def _written_place(self, text: str, place: Place) -> Place:
        """``place`` with the line of the script that holds ``text`` as its end, where a later script only hands it on."""
        shown = " ".join(text.split())[:60]
        if not shown or not place.hops or shown in place.hops[-1].text:
            return place
        written = next((hop for hop in place.hops if hop.span.file in self.facts.scripts and shown in hop.text), None)
        return place.hop(written.span, text) if written is not None else place

    def _container(self, run: ContainerRun, place: Place) -> list[Ended]:
        """``docker run``: the ENTRYPOINT of the image that the project builds, with these arguments."""
        dockerfile = dockerfile_of_image(
            run.image, self.facts, posixpath.dirname(place.hops[-1].span.file) if place.hops else ".", local=True
        )
        if dockerfile is None:
            return []
        image = build_image(
            self.facts.dockerfiles[dockerfile], self.facts, target=start_stage(self.facts.dockerfiles[dockerfile])
        )
        words = [word for each in run.args for word in (place.args if each == "${@}" else (each,))]
        entry = image.entrypoint
        if entry is None or entry.argv is None:
            argv = tuple(words) or (image.cmd.argv if image.cmd is not None else None) or ()
        else:
            argv = (*entry.argv, *words)
        if not argv:
            return []
        inner = image_place(image, self.facts, place.hops[-1])
        inner = replace(inner, hops=place.hops, certain=place.certain, hints=place.hints)
        inner = inner.with_env(self._given(run.environment, run.env_files, place))
        if entry is not None:
            inner = inner.hop(entry.span, entry.text)
        return self.words(argv, entry.span if entry is not None else place.hops[-1].span, inner)

    # --- Python ----------------------------------------------------------------------------------------------------

    def _python(self, run: PythonRun, span: Span, place: Place) -> list[Ended]:
        if run.code is not None:
            return []
        path: str | None
        if run.script is not None:
            path = locate(run.script, place, self.facts)
            if path is None:
                tail = run.script.rsplit("/", 1)[-1]
                if tail in (
                    "gunicorn",
                    "flask",
                    "uwsgi",
                    "waitress-serve",
                    "uvicorn",
                    "hypercorn",
                    "granian",
                    "celery",
                ):
                    return self.words([run.script, *run.args], span, place)
                return (
                    [Ended(place, ending=_missing_script(run.script))]
                    if run.script.endswith(".py") and not is_open(run.script)
                    else []
                )
            if path.endswith(("/", ".")) or f"{path}/__main__.py" in self.facts.paths:
                path = f"{path}/__main__.py" if path != "." else "__main__.py"
        else:
            module = (run.module or "").replace("/", ".")
            roots = self.import_roots(place)
            path = self.modules.path_of(f"{module}.__main__", roots) or self.modules.path_of(module, roots)
            if path is None and "__init__.py" in self.facts.paths:
                path = self.modules.path_of(module.partition(".")[2], (".",))  # the checkout is that package itself
            if path is None:
                return [Ended(place, ending=_missing_script(f"-m {module}"))] if self._project_module(module) else []
        return self.python_file(path, run.args, place)

    def _project_module(self, module: str) -> bool:
        return any(
            path == f"{module.split('.', maxsplit=1)[0]}.py" or path.startswith(module.split(".", maxsplit=1)[0] + "/")
            for path in self.facts.paths
        )

    def import_roots(self, place: Place) -> tuple[str, ...]:
        """The folders that Python searches at ``place``, in order, as far as they belong to the project."""
        found = [*place.import_paths, place.cwd]
        for entry in place.variables.get("PYTHONPATH", "").split(":"):
            if entry and not is_open(entry):
                inside = locate(entry, place, self.facts)
                if inside is not None:
                    found.append(inside)
        for manifest in self.facts.manifests.values():
            if manifest.path.endswith(("setup.py", "setup.cfg", "pyproject.toml")):
                folder = posixpath.dirname(manifest.path) or "."
                found += [posixpath.normpath(posixpath.join(folder, each)) for each in manifest.package_dirs]
        return tuple(dict.fromkeys(found))

    def python_file(self, path: str, args: Sequence[str], place: Place, *, function: str | None = None) -> list[Ended]:
        """Follow the Python program at ``path`` as ``__main__`` (or its ``function``, for a console script)."""
        key = (f"{path}:{function or ''}", tuple(args))
        if key in self._active:
            self._note(Span(path, 1), "the launch chain comes back to itself")
            return []
        self.visited.add(path)
        self._active.add(key)
        try:
            outcome = run_module(
                self.modules,
                path,
                as_main=function is None,
                argv=tuple(args),
                env=place.variables,
                function=function,
                installed=self.installed,
            )
            for note in outcome.notes:
                self._note(Span(path, 1), note)
            ended: list[Ended] = []
            for ending in outcome.endings:
                ended += self._python_ending(ending, path, place)
            return ended
        finally:
            self._active.discard(key)

    def _python_ending(self, ending: Ending, path: str, place: Place) -> list[Ended]:
        inner = place
        for hop in ending.hops:
            inner = inner.hop(hop.span, hop.text)
            self.visited.add(hop.span.file)
        if not ending.certain:
            inner = replace(inner, certain=False)
        if ending.argv is None and ending.shell is None:
            return [Ended(inner, ending=ending)]
        span = ending.hops[-1].span if ending.hops else Span(path, 1)
        if ending.argv is not None:
            return self.words(list(ending.argv), span, inner)
        return self.shell_text(ending.shell or "", span, inner)

    # --- files and tasks -------------------------------------------------------------------------------------------

    def _script(self, run: ScriptRun, span: Span, place: Place, state: _State | None) -> list[Ended]:
        inline = self._inline(run.path, place)
        if inline is not None:
            text, where = inline
            return self.shell_text(
                text,
                Span(where.file, where.line + 1),
                replace(place.hop(where, f"COPY {run.path}"), args=run.args, args_open=False),
            )
        path = locate(run.path, place, self.facts)
        if path is None and "/" not in run.path:
            path = on_path(run.path, place, self.facts)
        name = _program_of_an_environment(run.path)
        if name and not (path or "").endswith(f"bin/{name}") and self._is_entry_point(name):
            return self._console(ConsoleRun(name, run.args), span, place)
        if path is None:
            return self._absent_script(run, span, place)
        if path in self.facts.scripts:
            return self.shell_file(self.facts.scripts[path], run.args, place, state if run.sourced else None)
        if path.endswith(".py") or path in self.facts.modules:
            return self.python_file(path, run.args, place)
        return []

    def _is_entry_point(self, name: str) -> bool:
        return any(entry.name == name for each in self.facts.manifests.values() for entry in each.entry_points)

    def _absent_script(self, run: ScriptRun, span: Span, place: Place) -> list[Ended]:
        """A script that the project does not hold: the start script of a known base image, else one that is missing."""
        if place.image is not None and (started := base_start(place.image.base, run.path)) is not None:
            if started[:2] == ("uwsgi", "--ini") and locate(started[2], place, self.facts) not in self.facts.uwsgi:
                started = BASE_UWSGI
            return self.words(list(started), span, replace(place, cwd_known=True))
        if run.path.startswith("/") or run.sourced or is_open(run.path) or len(place.hops) > 1:
            return []
        return [Ended(place, ending=_missing_script(run.path))]

    def _inline(self, path: str, place: Place) -> tuple[str, Span] | None:
        if place.image is None:
            return None
        absolute = path if path.startswith("/") else posixpath.join(place.image.workdir, path)
        return place.image.inline.get(posixpath.normpath(absolute))

    def shell_file(
        self, script: ShellScript, args: Sequence[str], place: Place, state: _State | None = None
    ) -> list[Ended]:
        """Follow a shell script with its arguments; with ``state`` it is sourced into the running shell."""
        key = (script.path, (*args, f"as {place.user}"))
        if key in self._active:
            self._note(Span(script.path, 1), "the launch chain comes back to itself")
            return []
        self.visited.add(script.path)
        self._active.add(key)
        try:
            if state is not None:
                self.sourced.add(script.path)
                return self._walk(script.body, state)
            inner = _State(
                replace(place.in_new_shell(), args=tuple(args), shell_parent=Span(script.path, 1), script=script.path)
            )
            return self._walk(script.body, inner)
        finally:
            self._active.discard(key)

    def _task(self, run: TaskRun, span: Span, place: Place) -> list[Ended]:
        if run.directory:
            place = enter(place, run.directory, self.facts)
        if run.runner == "invoke":
            return self._invoke(run, place)
        if run.runner == "runit":
            return self._services(run.file or "", place)
        ended: list[Ended] = []
        starts = self._task_starts(run, place)
        if not starts and run.runner in ("pdm", "hatch") and run.names:
            return self.words([*run.names, *run.args], span, place)  # no script of the project: the command itself
        for start in decided(starts):
            if start.command is None or start.role != "run":
                continue
            self.visited.add(start.span.file)
            key = (f"{start.span.file}:{start.span.line}", run.args)
            if key in self._active:
                self._note(start.span, "the launch chain comes back to itself")
                continue
            self._active.add(key)
            inner = start_place(start, place.hop(start.command.span, start.command.text), self.facts)
            inner = replace(inner, args=run.args, certain=inner.certain and _starts_by_itself(start))
            ended += self.command(start.command, inner)
            self._active.discard(key)
        return ended

    def _services(self, folder: str, place: Place) -> list[Ended]:
        """The ``run`` script of every service in ``folder`` of the image."""
        ended: list[Ended] = []
        for path in scripts_of_services(folder, place, self.facts):
            inner = replace(place, cwd=posixpath.dirname(path) or ".", shell_parent=None)
            if path in self.facts.scripts:
                ended += self.shell_file(self.facts.scripts[path], (), inner)
            elif path in self.facts.modules:
                ended += self.python_file(path, (), inner)
        return ended

    def _task_starts(self, run: TaskRun, place: Place) -> list[Start]:
        kinds = {"make": "makefile", "just": "justfile", "task": "taskfile"}.get(run.runner, run.runner)
        files = [
            file
            for file in self.facts.start_files.values()
            if file.kind == kinds or any(start.kind == kinds for start in file.starts)
        ]
        starts = [start for file in files for start in file.starts] + [
            start for manifest in self.facts.manifests.values() for start in manifest.starts if start.kind == kinds
        ]
        if run.file and not is_open(run.file):
            wanted = locate(run.file, place, self.facts)
            basename = posixpath.basename(run.file)
            named = [start for start in starts if start.span.file == wanted] or [
                start for start in starts if posixpath.basename(start.span.file) == basename
            ]
            starts = named or ([] if run.runner == "make" else starts)
        elif run.runner in _PROCESS_MANAGERS and place.image is not None:
            inside = {each.repo for each in place.image.mapping}
            copied = [
                start for start in starts if start.span.file in inside or posixpath.dirname(start.span.file) in inside
            ]
            starts = copied or starts
        elif run.runner not in _PROCESS_MANAGERS:
            near = [start for start in starts if (posixpath.dirname(start.span.file) or ".") == place.cwd]
            beside = posixpath.dirname(place.hops[-1].span.file) if place.hops and not place.cwd_known else ""
            near = near or [start for start in starts if beside and posixpath.dirname(start.span.file) == beside]
            starts = near or [start for start in starts if posixpath.dirname(start.span.file) == ""] or starts
        if run.names and run.names != ("",) and not any(is_open(name) for name in run.names):
            return [start for start in starts if start.name in run.names]
        if run.runner in ("make", "just"):
            first = starts[0].name if starts else ""
            return [start for start in starts if start.name == first]
        return starts

    def _invoke(self, run: TaskRun, place: Place) -> list[Ended]:
        """An invoke or fabric task: the function of that name in a tasks module (dots are nested collections)."""
        ended: list[Ended] = []
        for name in run.names:
            *folders, function = name.replace("-", "_").split(".")
            for base in ("tasks", "fabfile"):
                dotted = [".".join([base, *folders, function]), ".".join([base, *folders])]
                for candidate in dotted:
                    path = self.modules.path_of(candidate, (place.cwd, "."))
                    module = self.modules.module(path) if path else None
                    if path is None or module is None or function not in module.names:
                        continue
                    ended += self.python_file(path, _after(run.args, name), place, function=function)
                    break
                if ended:
                    break
        return ended

    def _console(self, run: ConsoleRun, span: Span, place: Place) -> list[Ended]:
        for manifest in self.facts.manifests.values():
            for entry in manifest.entry_points:
                if entry.name != run.name:
                    continue
                folder = posixpath.dirname(manifest.path) or "."
                roots = (
                    *(posixpath.normpath(posixpath.join(folder, each)) for each in manifest.package_dirs),
                    folder,
                    *self.import_roots(place),
                )
                path = self.modules.path_of(entry.module, roots)
                inner = place.hop(entry.span, f"{entry.name} = {entry.module}:{entry.function}")
                if path is not None:
                    return self.python_file(path, run.args, inner, function=entry.function)
                if f"{entry.module}:{entry.function}" in _FLASK_GROUPS:
                    return self.command(Command(entry.span, inner.hops[-1].text, argv=("flask", *run.args)), inner)
                return []
        for manifest in self.facts.manifests.values():
            for start in manifest.starts:
                within = start.kind in ("pdm", "hatch") and place.hops[-1].span.file == manifest.path
                if (
                    start.name == run.name
                    and start.command is not None
                    and (within or place.wrappers[-1:] in (("poetry",), ("pipenv",), ("uv",), ("hatch",)))
                ):
                    if any(hop.span == start.command.span for hop in place.hops):
                        self._note(start.span, "the launch chain comes back to itself")
                        return []
                    return self.command(start.command, place.hop(start.command.span, start.command.text))
        path = on_path(run.name, place, self.facts)
        if path is not None:
            return self._script(ScriptRun(path, run.args), span, replace(place, cwd="."), None)
        if self._inline(f"/usr/local/bin/{run.name}", place) is not None:
            return self._script(ScriptRun(f"/usr/local/bin/{run.name}", run.args), span, place, None)
        return []

    # --- shell -----------------------------------------------------------------------------------------------------

    def _walk(self, statements: Iterable[ShellStmt], state: _State) -> list[Ended]:
        found: list[Ended] = []
        for statement in statements:
            if state.ended:
                break
            found += self._statement(statement, state)
        return found

    def _statement(self, statement: ShellStmt, state: _State) -> list[Ended]:
        self._steps += 1
        if self._steps > self._limit:
            state.ended = True
            self._note(statement.span, "the script is too long to follow")
            return []
        if isinstance(statement, ShellCommand):
            return self._simple(statement, state)
        if isinstance(statement, ShellFunction):
            state.functions[statement.name] = statement
            return []
        if isinstance(statement, ShellIf):
            return self._if(statement, state)
        if isinstance(statement, ShellCase):
            return self._case(statement, state)
        if isinstance(statement, ShellLoop):
            return self._loop(statement, state)
        if isinstance(statement, ShellGroup):
            inner = _State(state.place, dict(state.functions)) if statement.subshell or statement.background else state
            found = self._walk(statement.body, inner)
            return [replace(each, background=each.background or statement.background) for each in found]
        if isinstance(statement, ShellList):
            return self._list(statement, state)
        return []

    def _condition(self, statements: Sequence[ShellStmt], state: _State) -> bool | None:
        if len(statements) != 1:
            return None
        statement = statements[0]
        if isinstance(statement, ShellTest):
            return decide(statement, _Expander(state).text, self._holds(state.place))
        if isinstance(statement, ShellCommand) and statement.words:
            name = _Expander(state).text(statement.words[0])
            return {"true": True, ":": True, "false": False}.get(name)
        if isinstance(statement, ShellList) and statement.op in ("&&", "||"):
            parts = [self._condition((item,), state) for item in statement.items]
            if statement.op == "&&":
                return False if False in parts else True if all(parts) else None
            return True if True in parts else False if all(part is False for part in parts) else None
        return None

    def _holds(self, place: Place) -> Callable[[str, str], bool]:
        return lambda operator, path: is_there(operator, path, place, self.facts)

    def _if(self, statement: ShellIf, state: _State) -> list[Ended]:
        found: list[Ended] = []
        open_sides: list[tuple[Sequence[ShellStmt], tuple[str, ...]]] = []
        negative: list[str] = []
        for condition, body in statement.branches:
            if not any(isinstance(each, ShellTest) for each in condition):
                found += self._walk(condition, _State(state.place, dict(state.functions)))
            outcome = self._condition(condition, state)
            if outcome is True:
                if not open_sides:
                    before = state.place
                    taken = self._walk(body, state)
                    if state.ended and not taken and _asks_for_root(condition):
                        # The script refuses to run as root: whoever starts it gives the container a user.
                        state.ended, state.place = False, before
                        continue
                    return found + taken
                open_sides.append((body, _side(condition, True, negative)))
                break
            if outcome is None:
                open_sides.append((body, _side(condition, True, negative)))
                negative += _opposite(condition)
        else:
            if not open_sides:
                return found + self._walk(statement.orelse, state)
            open_sides.append((statement.orelse, tuple(negative)))
        return found + self._sides(open_sides, state)

    def _sides(self, sides: Sequence[tuple[Sequence[ShellStmt], tuple[str, ...]]], state: _State) -> list[Ended]:
        """Follow every side of an undecided branch on a copy of the state, then join what they changed."""
        found: list[Ended] = []
        copies = []
        for body, hints in sides:
            copy = _State(
                replace(state.place, certain=False, hints=(*state.place.hints, *hints)), dict(state.functions)
            )
            found += self._walk(body, copy)
            copies.append(copy)
        going = [copy for copy in copies if not copy.ended]
        if not going:
            state.ended = True
            return found
        environment = _joined(state.place.env, [copy.place.env for copy in going])
        shell = _joined(state.place.shell, [copy.place.shell for copy in going])
        args = (
            going[0].place.args if all(copy.place.args == going[0].place.args for copy in going) else state.place.args
        )
        drafts = _joined_drafts([copy.place for copy in going])
        cwd_same = all(copy.place.cwd == going[0].place.cwd for copy in going)
        state.place = replace(
            state.place, env=environment, shell=shell, drafts=drafts, args=args, args_open=state.place.args_open or any(copy.place.args != args for copy in going),
            cwd=going[0].place.cwd if cwd_same else state.place.cwd, cwd_known=state.place.cwd_known and cwd_same,
            certain=state.place.certain and not any(copy.ended for copy in copies),
        )  # fmt: skip
        for copy in going:
            state.functions.update(copy.functions)
        return found

    def _case(self, statement: ShellCase, state: _State) -> list[Ended]:
        subject = _Expander(state).text(statement.subject)
        sides: list[tuple[Sequence[ShellStmt], tuple[str, ...]]] = []
        for patterns, body in statement.arms:
            texts = [_Expander(state).text(pattern) for pattern in patterns]
            outcomes = [matches(subject, text) for text in texts]
            if True in outcomes:
                if not sides:
                    return self._walk(body, state)
                sides.append((body, tuple(texts)))
                break
            if None in outcomes:
                sides.append((body, tuple(texts)))
        if sides and not (is_open(subject) and subject == ""):
            return self._sides([*sides, ((), ())], state)
        return []

    def _loop(self, statement: ShellLoop, state: _State) -> list[Ended]:
        if statement.kind in ("while", "until"):
            return self._while(statement, state)
        values = self._loop_values(statement, state)
        inner = _State(state.place, dict(state.functions))
        if values is None:
            if statement.variable:
                inner.place = inner.place.with_env({statement.variable: Unknown("a loop variable")})
            return self._walk(statement.body, inner)
        found: list[Ended] = []
        name = statement.variable or ""
        for value in values:
            inner.place = inner.place.with_env({name: Known(value, (Origin(statement.span, "a loop variable"),))})
            found += self._walk(statement.body, inner)
            if inner.ended:
                break
        state.ended = inner.ended
        state.place = inner.place.with_env({name: Unknown("a loop variable")}) if values else state.place
        return found

    def _loop_values(self, statement: ShellLoop, state: _State) -> list[str] | None:
        """The values of a ``for`` loop that runs to its end over words which are known; else None."""
        leaves = {posixpath.basename(each.words[0].text) for each in every_command(statement.body) if each.words}
        if statement.variable is None or leaves & {"break", "continue"}:
            return None
        if not statement.words:
            values = list(state.place.args)
            return None if state.place.args_open else values
        expander = _Expander(state)
        values = [text for word in statement.words for text in expander.texts(word)]
        unknown = any("$(" in value or "*" in value or value == "${@}" for value in values)
        return None if unknown or len(values) > _MAX_TURNS else values

    def _while(self, statement: ShellLoop, state: _State) -> list[Ended]:
        """The turns of a loop while its condition is decided; one turn on a copy where it is not."""
        found: list[Ended] = []
        ends = statement.kind == "until"
        for turn in range(_MAX_TURNS):
            outcome = self._condition(statement.condition, state)
            if turn == 0:
                found += self._walk(statement.condition, _State(state.place, dict(state.functions)))
            if outcome is ends:
                return found
            if outcome is None:
                return found + self._walk(statement.body, _State(state.place, dict(state.functions)))
            before = state.place
            reached = self._walk(statement.body, state)
            found += reached
            if state.ended or reached or state.place == before:
                break
        return found

    def _list(self, statement: ShellList, state: _State) -> list[Ended]:
        found: list[Ended] = []
        if statement.op == "|":
            for item in statement.items:
                piece = _State(state.place, dict(state.functions))
                found += self._statement(item, piece)
            found += self._piped_heredoc(statement, state)
        else:
            for index, item in enumerate(statement.items):
                if state.ended:
                    break
                if isinstance(item, ShellTest) or (
                    isinstance(item, ShellCommand) and self._condition((item,), state) is not None
                ):
                    outcome = self._condition((item,), state)
                    rest = statement.items[index + 1 :]
                    if outcome is None:
                        side = _side((item,), statement.op == "&&", [])
                        tail: ShellStmt = (
                            ShellList(statement.span, statement.op, tuple(rest))
                            if len(rest) > 1
                            else rest[0]
                            if rest
                            else item
                        )
                        return found + (self._sides([((tail,), side), ((), ())], state) if rest else [])
                    if outcome is (statement.op == "||"):
                        return found
                    continue
                if statement.op == "&&" and index > 0 and _gives_up(item):
                    return found  # ``! migrate && exit 1``: what must succeed did
                if statement.op == "||" and index > 0:
                    copy = _State(replace(state.place, certain=False), dict(state.functions))
                    found += self._statement(item, copy)
                else:
                    found += self._statement(item, state)
        if statement.background:
            state.ended = False
            return [replace(each, background=True, awaited=False) for each in found]
        return found

    def _piped_heredoc(self, statement: ShellList, state: _State) -> list[Ended]:
        """``cat <<EOF | sh`` (or ``| sudo -i``, ``| ssh host``): the text runs in a shell."""
        found: list[Ended] = []
        for index, item in enumerate(statement.items[:-1]):
            later = {
                posixpath.basename(word.text)
                for each in every_command(statement.items[index + 1 :])
                for word in each.words[:1]
            }
            if (
                isinstance(item, ShellCommand)
                and item.heredoc is not None
                and later & {"sh", "bash", "sudo", "su", "ssh", "dash", "zsh"}
            ):
                found += self.shell_text(
                    item.heredoc, Span(item.span.file, item.heredoc_line or item.span.line + 1), state.place
                )
        return found

    def _simple(self, command: ShellCommand, state: _State) -> list[Ended]:
        expander = _Expander(state)
        origin = (Origin(command.span, command.text[:200]),)
        assigned = {
            name: Unknown(f"depends on {text}", origin) if is_open(text) else Known(text, origin)
            for name, word in command.assigns
            for text in [expander.text(word)]
        }
        argv = [text for word in command.words for text in expander.texts(word)]
        if argv:
            argv = [_HERE.sub(".", word) for word in argv]
            assigned |= {
                name: Known(_HERE.sub(".", text), origin)
                for name, word in command.assigns
                for text in [expander.text(word)]
                if _HERE.match(text) and not is_open(_HERE.sub(".", text))
            }
        if not argv:
            drafts = {name: value for name, value in state.place.drafts.items() if name not in assigned}
            drafted = _Expander(state, drafts=True)
            drafts |= {
                name: text if _is_readable(text := drafted.text(word)) else expander.text(word)
                for name, word in command.assigns
                if name in assigned and not isinstance(assigned[name], Known)
            }
            state.place = replace(state.place.assigned(assigned), drafts=drafts)
            return []
        if argv[0] == "eval" or is_open(argv[0]):
            drafted = _Expander(state, drafts=True)
            argv = [text for word in command.words for text in drafted.texts(word)]
        elif state.place.drafts:
            # Unquoted, a draft of several words is the arguments that a script has put together.
            drafted = _Expander(state, drafts=True)
            pairs = [(expander.texts(word), drafted.texts(word)) for word in command.words]
            argv = [
                text
                for plain, drawn in pairs
                for text in (drawn if len(drawn) > 1 and not any("$(" in word for word in drawn) else plain)
            ]
            argv = [_HERE.sub(".", word) for word in argv]
        name = argv[0]
        if name in _DECLARING:
            self._declare(name, argv[1:], command, state)
            return []
        if name in ("cd", "pushd"):
            target = next((word for word in argv[1:] if not word.startswith("-")), "")
            state.place = enter(state.place, target, self.facts)
            return []
        if name == "set":
            for switch in (word for word in argv[1:] if re.fullmatch(r"[-+][a-z]*a[a-z]*", word)):
                state.place = replace(state.place, exports_all=switch[0] == "-")
            if "--" in argv:
                state.place = replace(
                    state.place,
                    args=tuple(argv[argv.index("--") + 1 :]),
                    args_open=state.place.args_open and any('"$@"' in word.text for word in command.words),
                )
            return []
        if name == "shift":
            count = int(argv[1]) if len(argv) > 1 and argv[1].isdigit() else 1
            state.place = replace(state.place, args=state.place.args[count:])
            return []
        if name in ("exit", "return"):
            state.ended = state.ended or name == "exit" or bool(self._depth)
            return []
        if name == "unset":
            state.place = _without(state.place, argv[1:])
            return []
        if name in (".", "source") and len(argv) > 1 and (given := self._variables_of(argv[1], state.place)):
            state.place = state.place.assigned(given)
            return []
        if name == ":":
            state.place = state.place.assigned(self._defaults(command, expander))
            return []
        if name in state.functions:
            return self._function(state.functions[name], argv[1:], state, command)
        if command.heredoc is not None and posixpath.basename(name) in ("sh", "bash", "dash", "ssh", "sudo", "su"):
            found = self.shell_text(
                command.heredoc, Span(command.span.file, command.heredoc_line or command.span.line + 1), state.place
            )
            if found:
                return found
        place = state.place.with_env(assigned)
        if not self._hands_on(command, place):
            place = place.hop(command.span, command.text)
        if command.heredoc is not None and place.image is not None:
            found = self._written_file(command, place)
            if found:
                return found
        found = self.words(argv, command.span, place, state)
        if command.background:
            return [replace(each, background=True) for each in found]
        if posixpath.basename(name) == "timeout":
            found = [replace(each, awaited=True) for each in found]
        if (name == "exec" and len(argv) > 1) or any(
            not each.background and not each.awaited and each.place.certain for each in found
        ):
            state.ended = True
        return found

    def _hands_on(self, command: ShellCommand, place: Place) -> bool:
        """Whether ``command`` of a wrapper script runs nothing but its arguments, which a process manager's file writes."""
        words = [word for word in command.words if word.text != "exec"]
        if len(words) != 1 or len(words[0].parts) != 1 or not place.args or not place.hops:
            return False
        part, written = words[0].parts[0], place.hops[-1]
        given = " ".join(place.args)
        return (
            isinstance(part, Var)
            and part.name == "@"
            and written.span.file in self.facts.start_files
            and given in written.text
        )

    def _written_file(self, command: ShellCommand, place: Place) -> list[Ended]:
        """The processes of a unit or a supervisor file that a script writes inside a container."""
        try:
            file = embedded_file(command.span.file, command)
        except ReadError:
            return []  # said once, where every script is searched for such files
        found: list[Ended] = []
        for start in file.starts if file is not None else ():
            if start.command is not None and start.role == "run":
                inner = start_place(start, place.hop(start.command.span, start.command.text), self.facts)
                inner = replace(inner, shell_parent=None)  # the process manager is its parent
                found += [replace(each, background=True) for each in self.command(start.command, inner)]
        return found

    def _declare(self, kind: str, words: Sequence[str], command: ShellCommand, state: _State) -> None:
        exports = kind == "export" or any(re.fullmatch(r"-[a-zA-Z]*x[a-zA-Z]*", word) for word in words)
        for word in words:
            if word.startswith("-"):
                continue
            listed = _LISTED.search(word) if exports else None
            name, has_value, value = word.partition("=")
            if listed is not None:
                state.place = state.place.with_env(self._variables_of(listed[1], state.place))
            elif has_value:
                origin = (Origin(command.span, command.text[:200]),)
                given = {name: Unknown(f"depends on {value}", origin) if is_open(value) else Known(value, origin)}
                state.place = state.place.with_env(given) if exports else state.place.assigned(given)
            elif exports:
                state.place = state.place.exported([name])

    def _variables_of(self, path: str, place: Place) -> Mapping[str, Value[str]]:
        """The variables of the environment file that ``path`` names, {} where the project has none there."""
        found = locate(path, place, self.facts)
        file = self.facts.env_files.get(found or "")
        return known_variables(file.variables, place.variables) if file is not None else {}

    def _defaults(self, command: ShellCommand, expander: _Expander) -> Mapping[str, Value[str]]:
        """What ``: ${NAME:=default}`` assigns."""
        origin = (Origin(command.span, command.text[:200]),)
        found: dict[str, Value[str]] = {}
        for part in (part for word in command.words for part in word.parts):
            if isinstance(part, Var) and part.op in (":=", "=") and part.operand is not None:
                text = expander.text(Word((part,), part.name))
                found[part.name] = Unknown(f"depends on {text}", origin) if is_open(text) else Known(text, origin)
        return found

    def _function(
        self, function: ShellFunction, args: Sequence[str], state: _State, command: ShellCommand
    ) -> list[Ended]:
        key = (f"{function.span.file}:{function.span.line}", tuple(args))
        if key in self._active:
            return []
        self._active.add(key)
        try:
            before = state.place
            elsewhere = function.span.file != command.span.file  # the call is then where the command is written
            called = before.hop(command.span, command.text) if elsewhere else before
            state.place = replace(called, args=tuple(args))
            ended_before = state.ended
            found = self._walk(function.body, state)
            state.place = replace(state.place, args=before.args, hops=before.hops)
            if state.ended and not any(not each.background for each in found):
                state.ended = ended_before
            return found
        finally:
            self._active.discard(key)

    def every_function(self, script: ShellScript, place: Place) -> list[Ended]:
        """Each function of ``script`` followed on its own: for scripts whose caller chooses one by name."""
        own = {each.name: each for each in script.body if isinstance(each, ShellFunction)}
        functions = {**self._sourced_functions(script, place, set()), **own}
        found: list[Ended] = []
        for function in own.values():
            self.begin(_MAX_FUNCTION_STEPS)
            state = _State(
                replace(place, certain=False, args_open=True, hints=(*place.hints, *words_of(function.name))),
                dict(functions),
            )
            found += self._walk(function.body, state)
        return found

    def _sourced_functions(self, script: ShellScript, place: Place, seen: set[str]) -> dict[str, ShellFunction]:
        """The functions that the files which ``script`` sources define."""
        found: dict[str, ShellFunction] = {}
        seen.add(script.path)
        here = replace(place, cwd=posixpath.dirname(script.path) or ".", cwd_known=False)
        for command in every_command(tuple(each for each in script.body if not isinstance(each, ShellFunction))):
            if len(command.words) < 2 or command.words[0].text not in (".", "source"):
                continue
            path = locate(_Expander(_State(here)).text(command.words[1]), here, self.facts)
            other = self.facts.scripts.get(path or "")
            if other is None or other.path in seen:
                continue
            found |= self._sourced_functions(other, place, seen)
            found |= {each.name: each for each in other.body if isinstance(each, ShellFunction)}
        return found


class _Expander:
    """Expands words of a running shell; what is not known stays as ``${NAME}``."""

    def __init__(self, state: _State, *, drafts: bool = False) -> None:
        self._state = state
        self._drafts: Mapping[str, str] = state.place.drafts if drafts else {}

    def text(self, word: Word) -> str:
        return "".join(self._part(part) for part in word.parts)

    def texts(self, word: Word) -> list[str]:
        """The words that ``word`` becomes: ``"$@"`` is all arguments, an unquoted variable is split at blanks."""
        place = self._state.place
        if (
            len(word.parts) == 1
            and isinstance(word.parts[0], Var)
            and (word.parts[0].name == "@" or (word.parts[0].name == "*" and not word.parts[0].quoted))
            and not word.parts[0].op
        ):
            return [*place.args, *(["${@}"] if place.args_open and not place.args else [])]
        text = self.text(word)
        quoted = any(getattr(part, "quoted", False) for part in word.parts) or any(
            isinstance(part, Lit) for part in word.parts
        )
        if len(word.parts) == 1 and isinstance(word.parts[0], Var) and not quoted:
            if text == f"${{{word.parts[0].name}}}":
                return [text] if len(word.parts[0].name) > 1 or word.parts[0].name.isdigit() else []
            return split(text)
        return [text]

    def _part(self, part: object) -> str:
        if isinstance(part, Lit):
            return part.text
        if isinstance(part, Var):
            return self._variable(part)
        text = getattr(part, "text", "")
        if text.strip() == "id -u" and (known := user_id(self._state.place)) is not None:
            return known
        return f"$({text})"

    def _variable(self, part: Var) -> str:
        place = self._state.place
        value: str | None
        if part.name == "0" and place.script:
            value = "./" + posixpath.relpath(place.script, place.cwd)
        elif part.name.isdigit():
            position = int(part.name)
            value = (
                place.args[position - 1]
                if 0 < position <= len(place.args)
                else None
                if place.args_open or position == 0
                else ""
            )
        elif part.name in ("@", "*"):
            value = " ".join(place.args) if place.args or not place.args_open else None
        elif part.name == "#":
            value = str(len(place.args)) if not place.args_open else None
        else:
            known = place.env.get(part.name) or place.shell.get(part.name)
            value = known.value if isinstance(known, Known) else self._drafts.get(part.name)
            if known is None and part.op in (":-", "-", ":=", "=") and part.operand is not None:
                return self.text(part.operand)
            if known is None and part.op in (":+", "+"):
                return ""
        if part.op in (":-", ":=") and value == "" and part.operand is not None:
            return self.text(part.operand)
        if part.op in (":+", "+") and value is not None and part.operand is not None:
            return self.text(part.operand) if value or part.op == "+" else ""
        if part.op == "other" or value is None:
            return f"${{{part.name}}}"
        return value


def _gives_up(statement: ShellStmt) -> bool:
    """Whether ``statement`` ends the script as failed."""
    words = [word.text for word in statement.words] if isinstance(statement, ShellCommand) else []
    return len(words) == 2 and words[0] in ("exit", "return") and words[1] != "0"


def _joined(before: Environment, ways: Sequence[Environment]) -> Environment:
    """The variables after several ways that may each have been taken."""
    joined = dict(before)
    for name in {name for way in ways for name in way}:
        first, *others = [way.get(name) for way in ways]
        if first is not None and all(value == first for value in others):
            joined[name] = first
        else:
            joined[name] = Unknown("depends on a branch that cannot be decided")
    return joined


def _joined_drafts(ways: Sequence[Place]) -> dict[str, str]:
    """The drafts after several ways: those that are the same, and those to which some ways only add words, which may be any
    from there on."""
    joined: dict[str, str] = {}
    for name in dict.fromkeys(name for way in ways for name in (*way.drafts, *way.shell, *way.env)):
        texts = [_drafted(way, name) for way in ways]
        shortest = min((text for text in texts if text is not None), key=len, default=None)
        if shortest is None or None in texts:
            continue
        if all(text == shortest for text in texts):
            if all(name in way.drafts for way in ways):
                joined[name] = shortest
        elif shortest and all(text == shortest or (text or "").startswith(f"{shortest} ") for text in texts):
            joined[name] = f"{shortest} ${{{name}}}"
    return joined


def _is_readable(draft: str) -> bool:
    """Whether ``draft`` says more than its words do: what a command prints where the program stands hides it."""
    return len(draft) < _MAX_DRAFT and "$(" not in draft.partition(" ")[0]


def _drafted(place: Place, name: str) -> str | None:
    known = place.env.get(name) or place.shell.get(name)
    return known.value if isinstance(known, Known) else place.drafts.get(name)


def _without(place: Place, names: Sequence[str]) -> Place:
    """``place`` after ``unset``."""
    env = {name: value for name, value in place.env.items() if name not in names}
    return replace(place, env=env, shell={name: value for name, value in place.shell.items() if name not in names})


def _after(words: Sequence[str], name: str) -> tuple[str, ...]:
    """The words after ``name``: the options that belong to that task."""
    return tuple(words[list(words).index(name) + 1 :]) if name in words else tuple(words)


def start_place(start: Start, place: Place, facts: Facts) -> Place:
    """``place`` as a deploy file's process starts it: folder, environment and user."""
    for reference in start.env_files:
        path = locate(reference.path, place, facts)
        if path is not None and path in facts.env_files:
            place = place.with_env(known_variables(facts.env_files[path].variables, place.variables))
    place = place.with_env(known_variables(start.env, place.variables))
    if start.cwd:
        place = enter(place, start.cwd, facts)
    return replace(place, user=start.user or place.user)


def _starts_by_itself(start: Start) -> bool:
    """Whether a process manager starts the process when it begins, and no template decides that, or the command."""
    return CONDITIONAL not in start.options and dict(start.options).get("autostart", "true").lower() in (
        "true",
        "1",
        "yes",
        "on",
    )


#: Runners whose files stand anywhere in the project: an installation or an image puts them where they are read.
_PROCESS_MANAGERS = ("supervisor", "circus")


def _program_of_an_environment(path: str) -> str:
    """The name of the program at ``path``, where pip puts those of an environment (in an image, on a host); "" elsewhere."""
    folder, name = posixpath.split(path)
    return name if posixpath.basename(folder) == "bin" else ""


def _missing_script(name: str) -> Ending:
    return Ending(
        hops=(), server=None, call=None, run_site=None, target=name, argv=None, shell=None, certain=True, missing=True
    )


def _condition_words(condition: Sequence[ShellStmt]) -> list[str]:
    texts = [
        each.text
        if isinstance(each, ShellTest | ShellCommand)
        else " ".join(_condition_words(each.items))
        if isinstance(each, ShellList)
        else ""
        for each in condition
    ]
    return words_of(" ".join(texts))


def _asks_for_root(condition: Sequence[ShellStmt]) -> bool:
    return any(isinstance(each, ShellTest) and "id -u" in each.text for each in condition)


def _negated(condition: Sequence[ShellStmt]) -> bool:
    return any(
        isinstance(each, ShellTest) and (each.negated or "!=" in each.text or "-z " in each.text or "-ne " in each.text)
        for each in condition
    )


_OPPOSITE = {Purpose.PRODUCTION: "development", Purpose.DEVELOPMENT: "production", Purpose.TEST: "production"}


def _side(condition: Sequence[ShellStmt], taken: bool, inherited: Sequence[str]) -> tuple[str, ...]:
    """The hint of one side of an undecided condition: its own words where it holds, their opposite where it does not."""
    named = purpose_of_words(_condition_words(condition))
    if named is None:
        return tuple(inherited)
    if taken is not _negated(condition):
        return (named[0].value,)
    return (_OPPOSITE[named[0]],)


def _opposite(condition: Sequence[ShellStmt]) -> list[str]:
    named = purpose_of_words(_condition_words(condition))
    if named is None:
        return []
    return [named[0].value] if _negated(condition) else [_OPPOSITE[named[0]]]
