"""Following a launch chain: from a command, through scripts, tasks and Python programs, to what finally serves.

A :class:`Follower` takes one command at one :class:`Place` and returns every :class:`Ended` chain. Only the branch that
the arguments and the environment decide is taken; what they leave open is followed on both sides and marked uncertain.
Cycles and sheer size end in a note, never in a hang.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from flask_prodcheck.base import Known, Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.types import Command, ShellFunction, ShellScript
from flask_prodcheck.model.launching.budget import Budget
from flask_prodcheck.model.launching.chain_end import Ended, missing_script
from flask_prodcheck.model.launching.commands.read import read_command
from flask_prodcheck.model.launching.commands.web_servers import APACHE, UNIT
from flask_prodcheck.model.launching.commands.windows_shells import WINDOWS_SHELLS
from flask_prodcheck.model.launching.following import windows_scripts
from flask_prodcheck.model.launching.following.apache import served_by_apache
from flask_prodcheck.model.launching.following.console_scripts import (
    FLASK_GROUPS,
    console_script,
    is_console_script,
    managed_script,
)
from flask_prodcheck.model.launching.following.container_runs import in_container
from flask_prodcheck.model.launching.following.environment import given_variables
from flask_prodcheck.model.launching.following.flask_commands import flask_command
from flask_prodcheck.model.launching.following.handed_words import hands_on_all, where_written
from flask_prodcheck.model.launching.following.nginx_unit import served_by_unit
from flask_prodcheck.model.launching.following.python_programs import (
    INSTALLED_PROGRAMS,
    is_of_the_project,
    module_file,
    script_file,
)
from flask_prodcheck.model.launching.following.scripts import (
    installed_program,
    of_base_image,
    own_wrapper,
    script_path,
    written_inline,
)
from flask_prodcheck.model.launching.following.service_scripts import (
    called_afterwards,
    is_called_to_start,
    only_one,
)
from flask_prodcheck.model.launching.following.source_deploys import deployed_source
from flask_prodcheck.model.launching.following.tasks import (
    file_of_function,
    options_behind,
    place_of_task,
    starts_of,
)
from flask_prodcheck.model.launching.heads.decided import decided
from flask_prodcheck.model.launching.hints import words_of
from flask_prodcheck.model.launching.installations import Installations
from flask_prodcheck.model.launching.place import SSH, Place, enter, on_path
from flask_prodcheck.model.launching.service_scripts import S6_INIT, scripts_of_s6, scripts_of_services, uses_s6
from flask_prodcheck.model.launching.shell.interpreter import Interpreter
from flask_prodcheck.model.launching.shell.replacement import last_command
from flask_prodcheck.model.launching.shell.sourced import functions_of, own_functions
from flask_prodcheck.model.launching.shell.state import ShellState
from flask_prodcheck.model.launching.steps import (
    ConsoleRun,
    ContainerRun,
    Nothing,
    PythonRun,
    Reading,
    ScriptRun,
    ServerStart,
    ShellRun,
    SourceDeploy,
    TaskRun,
)
from flask_prodcheck.model.launching.words import is_open
from flask_prodcheck.model.python.execution.walk import run_module
from flask_prodcheck.model.python.execution.ways import Ending
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import replace

#: The programs that serve what their configuration says.
_CONFIGURED = {APACHE: served_by_apache, UNIT: served_by_unit}
_MAX_FUNCTION_STEPS = 600  # for one function of a script whose caller is not known


class Follower:
    """Follows commands of one project. Holds the budget and the notes of what could not be followed."""

    def __init__(self, facts: Facts, modules: Modules, installations: Installations) -> None:
        self.facts = facts
        self.modules = modules
        self.installations = installations
        self.visited: set[str] = set()
        self.sourced: set[str] = set()
        self.budget = Budget()
        self._shell = Interpreter(facts, self.budget, self)

    # --- commands --------------------------------------------------------------------------------------------------

    def command(self, command: Command, place: Place) -> list[Ended]:
        """Follow ``command``; the place already holds its hop."""
        argv = command.argv if command.argv is not None else windows_scripts.windows_argv(command.shell or "")
        if argv is not None:
            return self.words(argv, command.span, place)
        return self.shell_text(command.shell or "", command.span, place)

    def shell_text(
        self, text: str, span: Span, place: Place, *, functions: Mapping[str, ShellFunction] | None = None
    ) -> list[Ended]:
        """Follow text that a shell runs."""
        try:
            statements = parse_command_line(text, span)
        except ReadError as failure:
            self.budget.note(span, f"the command could not be read as shell: {failure}")
            return []
        state = ShellState(replace(place.in_new_shell(), shell_parent=span), dict(functions or {}))
        return self._shell.walk(statements, state)

    def words(self, argv: Sequence[str], span: Span, place: Place, state: ShellState | None = None) -> list[Ended]:
        """Follow one command given as expanded words."""
        if not self.budget.enter(span):
            return []
        try:
            reading = read_command(argv)
            found = self._reading(reading, span, place, state)
            own = own_wrapper(argv, reading.wrappers, place, self.facts) if not found else None
            return self._script(own, span, place, None) if own is not None else found
        finally:
            self.budget.leave()

    def _reading(self, reading: Reading, span: Span, place: Place, state: ShellState | None) -> list[Ended]:
        place = place.with_env(given_variables(reading.environment, reading.env_files, place, self.facts))
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
        if isinstance(step, Nothing) and step.own is not None and is_console_script(step.name, self.facts):
            step = step.own
        if isinstance(step, Nothing):
            own = flask_command(step, place, self.modules)
            return self.python_file(own.path, own.args, own.place, function=own.function) if own is not None else []
        if isinstance(step, ServerStart):
            return [Ended(place, start=step)]
        if isinstance(step, PythonRun):
            return self._python(step, span, place)
        if isinstance(step, ScriptRun):
            return self._script(step, span, place, state)
        if isinstance(step, ShellRun):
            return self._shell_run(step, span, place, state)
        if isinstance(step, TaskRun):
            return self._task(step, span, place)
        if isinstance(step, ContainerRun):
            started = in_container(step, place, self.facts)
            return self.words(started.argv, started.span, started.place) if started is not None else []
        if isinstance(step, SourceDeploy):
            return deployed_source(step, place, self.facts, self.budget)
        return self._console(step, span, place)

    def _shell_run(self, run: ShellRun, span: Span, place: Place, state: ShellState | None) -> list[Ended]:
        if run.shell in WINDOWS_SHELLS:
            commands = windows_scripts.commands_of_text(run, span, place, self.facts)
            found = [each for argv, at in commands for each in self.words(argv, span, at)]
            return [each for each in found if not each.is_missing]  # Windows looks for other names as well
        inner = replace(
            where_written(run.text, place, self.facts), args=run.args[1:] if run.args else (), args_open=False
        )
        if run.shell == SSH:
            inner = inner.on_another_machine()
        where = inner.hops[-1].span if len(inner.hops) > len(place.hops) else span
        found = self.shell_text(run.text, where, inner, functions=state.functions if state else None)
        last = last_command(run.text) if run.shell == "bash" else ""
        if not last or (last != run.text and not self.shell_text(last, where, inner)):
            return found
        return [
            replace(each, place=replace(each.place, shell_parent=place.shell_parent))
            if each.place.shell_parent in (None, where)  # not the shell of a script that it runs
            else each
            for each in found
        ]

    # --- Python ----------------------------------------------------------------------------------------------------

    def _python(self, run: PythonRun, span: Span, place: Place) -> list[Ended]:
        if run.code is not None:
            return []
        if run.script is not None:
            path = script_file(run.script, place, self.facts)
            if path is None and run.script.rsplit("/", 1)[-1] in INSTALLED_PROGRAMS:
                return self.words([run.script, *run.args], span, place)
            if path is None:
                stands = run.script.endswith(".py") and not is_open(run.script)
                return [missing_script(run.script, place)] if stands else []
            return self.python_file(path, run.args, place)
        module = (run.module or "").replace("/", ".")
        path = module_file(module, place, self.facts, self.modules)
        if path is None:
            own = is_of_the_project(module, self.facts)
            return [missing_script(f"-m {module}", place)] if own else []
        return self.python_file(path, run.args, place)

    def python_file(self, path: str, args: Sequence[str], place: Place, *, function: str | None = None) -> list[Ended]:
        """Follow the Python program at ``path`` as ``__main__`` (or its ``function``, for a console script)."""
        with self.budget.once(f"{path}:{function or ''}", (*args, *_settings(place))) as first:
            if not first:
                self.budget.note_cycle(Span(path, 1))
                return []
            self.visited.add(path)
            outcome = run_module(
                self.modules,
                path,
                as_main=function is None,
                argv=tuple(args),
                env=_given(place),
                function=function,
                installed=self.installations.seen_at(place),
            )
            for note in outcome.notes:
                self.budget.note(Span(path, 1), note)
            ended: list[Ended] = []
            for ending in outcome.endings:
                ended += self._python_ending(ending, path, place)
            return ended

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

    def _console(self, run: ConsoleRun, span: Span, place: Place) -> list[Ended]:
        script = console_script(run.name, place, self.facts, self.modules)
        if script is not None:
            entry = script.entry
            reference = f"{entry.module}:{entry.function}"
            inner = place.hop(entry.span, f"{entry.name} = {reference}")
            if script.path is not None:
                return self.python_file(script.path, run.args, inner, function=entry.function)
            if reference in FLASK_GROUPS:
                return self.command(Command(entry.span, inner.hops[-1].text, argv=("flask", *run.args)), inner)
            return []
        managed = managed_script(run.name, place, self.facts)
        if managed is not None and managed.command is not None:
            if any(hop.span == managed.command.span for hop in place.hops):
                self.budget.note_cycle(managed.span)
                return []
            return self.command(managed.command, place.hop(managed.command.span, managed.command.text))
        path = on_path(run.name, place, self.facts)
        if path is not None:
            return self._script_file(path, run.args, place, None)
        if written_inline(f"/usr/local/bin/{run.name}", place) is not None:
            return self._script(ScriptRun(f"/usr/local/bin/{run.name}", run.args), span, place, None)
        return []

    # --- scripts -----------------------------------------------------------------------------------------------------

    def _script(self, run: ScriptRun, span: Span, place: Place, state: ShellState | None) -> list[Ended]:
        inline = written_inline(run.path, place)
        if inline is not None:
            text, where = inline
            return self.shell_text(
                text,
                Span(where.file, where.line + 1),
                replace(place.hop(where, f"COPY {run.path}"), args=run.args, args_open=False),
            )
        path = script_path(run.path, place, self.facts)
        name = installed_program(run.path, path, self.facts)
        if name:
            return self._console(ConsoleRun(name, run.args), span, place)
        if path is None:
            return self._absent_script(run, span, place)
        return self._script_file(path, run.args, place, state if run.sourced else None)

    def _script_file(self, path: str, args: Sequence[str], place: Place, state: ShellState | None) -> list[Ended]:
        if path in self.facts.scripts:
            return self.shell_file(self.facts.scripts[path], args, place, state)
        if windows_scripts.is_windows_script(path, self.facts):
            return self._windows_script(path, place)
        return self.python_file(path, args, place) if path.endswith(".py") or path in self.facts.modules else []

    def _windows_script(self, path: str, place: Place) -> list[Ended]:
        with self.budget.once(path, _settings(place)) as first:
            if not first:
                self.budget.note_cycle(Span(path, 1))
                return []
            self.visited.add(path)
            commands = windows_scripts.commands_of_script(path, place, self.facts)
            return [each for argv, at in commands for each in self.words(argv, at.hops[-1].span, at)]

    def _absent_script(self, run: ScriptRun, span: Span, place: Place) -> list[Ended]:
        """A script that the project does not hold: the start script of a known base image, else one that is missing."""
        started = of_base_image(run.path, place, self.facts)
        if started is not None:
            return self.words(list(started), span, replace(place, cwd_known=True))
        if run.path == S6_INIT and place.image is not None:
            scripts = scripts_of_s6(place.mapping, self.facts)
            beside = self.words(list(run.args), span, place) if run.args and (scripts or uses_s6(place.image)) else []
            return [*self._services(scripts, place), *beside]
        if run.path.startswith("/") or run.sourced or is_open(run.path) or len(place.hops) > 1:
            return []
        return [missing_script(run.path, place)]

    def shell_file(
        self, script: ShellScript, args: Sequence[str], place: Place, state: ShellState | None = None
    ) -> list[Ended]:
        """Follow a shell script with its arguments; with ``state`` it is sourced into the running shell."""
        with self.budget.once(script.path, (*args, f"as {place.user}", *_settings(place))) as first:
            if not first:
                self.budget.note_cycle(Span(script.path, 1))
                return []
            self.visited.add(script.path)
            if state is not None:
                self.sourced.add(script.path)
                return self._shell.walk(script.body, state)
            inner = replace(
                place.in_new_shell(),
                args=tuple(args),
                args_open=place.args_open and (not place.script or hands_on_all(args, place)),
                shell_parent=Span(script.path, 1),
                script=script.path,
                starts=is_called_to_start(script, args),
            )
            found = self._shell.walk((*script.body, *called_afterwards(script, args)), ShellState(inner))
            return only_one(script, found) if inner.starts else found

    def every_function(self, script: ShellScript, place: Place) -> list[Ended]:
        """Each function of ``script`` followed on its own: for scripts whose caller chooses one by name."""
        functions = functions_of(script, place, self.facts)
        found: list[Ended] = []
        for function in own_functions(script).values():
            self.budget.begin(_MAX_FUNCTION_STEPS)
            hints = (*place.hints, *words_of(function.name))
            place_inside = replace(place, certain=False, args_open=True, hints=hints)
            state = ShellState(place_inside, dict(functions), in_function=True)
            found += self._shell.walk(function.body, state)
        return found

    # --- tasks and services --------------------------------------------------------------------------------------------

    def _task(self, run: TaskRun, span: Span, place: Place) -> list[Ended]:
        if run.directory:
            place = enter(place, run.directory, self.facts)
        if run.runner == "invoke":
            return self._invoke(run, place)
        if run.runner == "runit":
            return self._services(scripts_of_services(run.file or "", place.mapping, self.facts), place)
        if run.runner in _CONFIGURED:
            served = _CONFIGURED[run.runner](run, place, self.facts)
            self.visited.update(hop.span.file for each in served for hop in each.place.hops)
            return served
        ended: list[Ended] = []
        starts = starts_of(run, place, self.facts)
        if not starts and run.runner in ("pdm", "hatch") and run.names:
            return self.words([*run.names, *run.args], span, place)  # no script of the project: the command itself
        for start in decided(starts):
            if start.command is None or start.role != "run":
                continue
            self.visited.add(start.span.file)
            with self.budget.once(f"{start.span.file}:{start.span.line}", run.args) as first:
                if not first:
                    self.budget.note_cycle(start.span)
                    continue
                inner = place.hop(start.command.span, start.command.text)
                ended += self.command(start.command, place_of_task(run, start, inner, self.facts))
        return ended

    def _services(self, scripts: Sequence[str], place: Place) -> list[Ended]:
        """The ``run`` scripts of services."""
        ended: list[Ended] = []
        for path in scripts:
            inner = replace(place, cwd=posixpath.dirname(path) or ".", folder="", shell_parent=None)
            if path in self.facts.scripts:
                ended += self.shell_file(self.facts.scripts[path], (), inner)
            elif path in self.facts.modules:
                ended += self.python_file(path, (), inner)
        return ended

    def _invoke(self, run: TaskRun, place: Place) -> list[Ended]:
        """An invoke or fabric task: the function of that name in a tasks module."""
        ended: list[Ended] = []
        for name in run.names:
            task = name.replace("-", "_")
            for base in ("tasks", "fabfile"):
                path = file_of_function(task, base, place, self.modules)
                if path is not None:
                    function = task.rpartition(".")[2]
                    ended += self.python_file(path, options_behind(run.args, name), place, function=function)
                if ended:
                    break
        return ended


def _given(place: Place) -> dict[str, str]:
    """The variables that a program gets, those that something outside the project sets as what cannot be decided."""
    return {name: value.value if isinstance(value, Known) else f"${{{name}}}" for name, value in place.env.items()}


def _settings(place: Place) -> tuple[str, ...]:
    """The variables with which a program starts: with others it may do something else than start itself again."""
    return tuple(sorted(f"{name}={value}" for name, value in place.variables.items()))
