"""Follows a Python program as it runs, to the calls that serve requests or start another program.

Statements are walked in order, project functions entered, branches decided by the command line, the environment and
constants; a branch that cannot be decided is followed both ways with ``certain=False``. Nothing is executed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.syntax import Attribute, Call, Expr, FunctionDef, Name
from flask_prodcheck.model.project import Program
from flask_prodcheck.model.python.execution import (
    assignments,
    calls,
    click_groups,
    command_lines,
    functions,
    handing,
    serving,
    signatures,
    starting,
    statements,
)
from flask_prodcheck.model.python.execution.shared import interesting_names, shared_of
from flask_prodcheck.model.python.execution.ways import STOP, Ending, Outcome, Way
from flask_prodcheck.model.python.instances.find import instances_of
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.programs.state import Frame, World
from flask_prodcheck.model.python.signature_options import task_options


class Walk:
    """The state of one walk through a program."""

    # What it does, one concept a module; a function there is a method here.
    body = statements.body
    acts = statements.acts
    forks_here = statements.forks_here
    statement = statements.statement
    surrounded = statements.surrounded
    with_variables = statements.with_variables
    rounds = statements.rounds
    forget = statements.forget
    assign = assignments.assign
    unpack = assignments.unpack
    augment = assignments.augment
    exports = assignments.exports
    add_to = assignments.add_to
    mutate = assignments.mutate
    run_if = statements.run_if
    run_try = statements.run_try
    imports_fine = statements.imports_fine
    run_match = statements.run_match
    run_import = statements.run_import
    load = statements.load
    expressions = calls.expressions
    follow_calls = calls.follow_calls
    one_call = calls.one_call
    method_of = calls.method_of
    looked_up = calls.looked_up
    made_through = calls.made_through
    through_class = calls.through_class
    is_super = calls.is_super
    group_class = calls.group_class
    external_call = calls.external_call
    dispatched = signatures.dispatched
    hand_on = handing.hand_on
    hand_to_method = handing.hand_to_method
    called_through = handing.called_through
    method_call = calls.method_call
    loose_call = calls.loose_call
    is_task_context = calls.is_task_context
    serve = serving.serve
    given_app = serving.given_app
    app_of = serving.app_of
    app_run = serving.app_run
    socketio_run = serving.socketio_run
    exec_call = starting.exec_call
    subprocess_call = starting.subprocess_call
    start_command = starting.start_command
    add_ending = starting.add_ending
    enter = functions.enter
    returned = functions.returned
    tried = functions.tried
    may_enter = functions.may_enter
    argument_values = functions.argument_values
    command_of = click_groups.command_of
    found_command = click_groups.found_command
    click_invoke = click_groups.click_invoke
    is_click_context = click_groups.is_click_context
    script_info = command_lines.script_info
    flask_run = command_lines.flask_run
    group_instance = click_groups.group_instance
    flask_cli = command_lines.flask_cli
    flask_script = command_lines.flask_script
    parsed_argument = command_lines.parsed_argument
    is_parsed = command_lines.is_parsed
    declared_in = command_lines.declared_in
    chosen_functions = command_lines.chosen_functions
    chosen_default = command_lines.chosen_default

    def __init__(
        self,
        modules: Modules,
        path: str,
        argv: tuple[str, ...],
        env: Mapping[str, str],
        installed: frozenset[str] | None,
    ) -> None:
        self.modules = modules
        self.instances = instances_of(modules)
        self.path = path
        self.program = Program(path)
        self.installed = installed
        self.world = World(modules, argv, env, self.own_name, self.parsed_argument, self.returned)
        self.endings: list[Ending] = []
        self.notes: list[str] = []
        self.interesting = interesting_names(modules)
        self.known = shared_of(modules)
        self.setting = (frozenset(env.items()), installed)
        self.met: set[object] = set()
        self.steps = 0
        self.forks = 0
        self.depth = 0
        self.trials = 1
        self.deepest = 0
        self.asked: dict[object, bool] = {}
        self.private = False

    def has_met(self, item: object) -> bool:
        """Whether the walk has loaded this file, or entered this function so, before. Counts as met from now on where the
        caller adds it."""
        known = item in self.met
        self.asked.setdefault(item, known)
        return known

    def deeper(self) -> None:
        self.depth += 1
        self.deepest = max(self.deepest, self.depth)

    def own_name(self) -> str:
        """What stands before the arguments in ``sys.argv``: it is this program's alone."""
        self.private = True
        return self.path

    def loaded_files(self) -> list[str]:
        """All files that the walk has loaded so far."""
        self.private = True
        return sorted(each for each in self.met if isinstance(each, str))

    def start(self, as_main: bool, function: str | None) -> None:
        module = self.modules.module(self.path)
        if module is None:
            return
        way = Way(argv=self.world.argv)
        self.program = Program(self.path, main=as_main, function=function or "")
        self.met.add(self.path)
        name = "__main__" if as_main else self.modules.dotted(self.path) or self.path
        frame = Frame(self.path, name)
        for package in self.modules.packages_above(self.path) if function is not None else ():
            self.load(package, way)
        flow = self.body(module.body, frame, way)
        if function is None or flow == STOP:
            return
        owner: Expr = Name(Span(self.path, 1), function.partition(".")[0])
        for part in function.split(".")[1:]:
            owner = Attribute(owner.span, owner, part)
        found = self.modules.resolve(self.path, owner)
        span = found.span or Span(self.path, 1)
        call = Call(span, owner, (), ())
        if found.kind == "function" and isinstance(found.node, FunctionDef):
            self.enter(found, call, frame, way, hop=False, options=task_options(found.node, way.argv))
        else:
            self.one_call(call, frame, way)


def run_module(
    modules: Modules,
    path: str,
    *,
    as_main: bool,
    argv: Sequence[str],
    env: Mapping[str, str],
    function: str | None = None,
    installed: frozenset[str] | None = None,
) -> Outcome:
    """Where running the file ``path`` leads: as the main program, or imported and then ``function`` called (a console
    script, an invoke task). ``argv`` are the words after the program's name; ``env`` the variables that are known;
    ``installed`` the distributions that are (None: unknown)."""
    known = shared_of(modules)
    key = (path, as_main, tuple(argv), frozenset(env.items()), function, installed)
    if key not in known.outcomes:
        program = Walk(modules, path, tuple(argv), env, installed)
        program.start(as_main, function)
        unique = {(each.hops, each.server, each.argv, each.shell, each.certain): each for each in program.endings}
        known.outcomes[key] = Outcome(tuple(unique.values()), tuple(dict.fromkeys(program.notes)))
    return known.outcomes[key]
