"""A shell that runs its statements: only the branch that the arguments and the environment decide is taken; what they
leave open is followed on both sides and marked uncertain."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from flask_prodcheck.base import Known, Origin, Span, Unknown, Value
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.facts.types import (
    Command,
    ShellCase,
    ShellCommand,
    ShellFunction,
    ShellGroup,
    ShellIf,
    ShellList,
    ShellLoop,
    ShellStmt,
    ShellTest,
)
from flask_prodcheck.model.launching.budget import Budget
from flask_prodcheck.model.launching.chain_end import Ended
from flask_prodcheck.model.launching.embedded import embedded_file
from flask_prodcheck.model.launching.place import SSH, Place
from flask_prodcheck.model.launching.shell.builtins import place_after
from flask_prodcheck.model.launching.shell.conditions import outcome_of
from flask_prodcheck.model.launching.shell.expansion import Expander
from flask_prodcheck.model.launching.shell.joining import join
from flask_prodcheck.model.launching.shell.sides import asks_for_root, gives_up, opposite, side
from flask_prodcheck.model.launching.shell.signals import hands_signals_on
from flask_prodcheck.model.launching.shell.simple_commands import assigning, expanded, hands_on
from flask_prodcheck.model.launching.shell.state import ShellState
from flask_prodcheck.model.launching.shell.tests import matches
from flask_prodcheck.model.launching.started_process import start_place
from flask_prodcheck.model.launching.words import is_open
from flask_prodcheck.records import replace

_MAX_TURNS = 32
#: Programs that run the lines which they are given.
_READING_SHELLS = frozenset({"sh", "bash", "dash", SSH, "sudo", "su"})

#: A side of a branch: what runs there, and the hints of what it is for.
Side = tuple[Sequence[ShellStmt], tuple[str, ...]]


class Chain(Protocol):
    """What follows the commands that a shell runs."""

    def command(self, command: Command, place: Place) -> list[Ended]:
        """Follow ``command``; the place already holds its hop."""

    def words(self, argv: Sequence[str], span: Span, place: Place, state: ShellState | None = None) -> list[Ended]:
        """Follow one command given as expanded words."""

    def shell_text(
        self, text: str, span: Span, place: Place, *, functions: Mapping[str, ShellFunction] | None = None
    ) -> list[Ended]:
        """Follow text that another shell runs."""


class Interpreter:
    """Runs the statements of shells and returns every chain that ends while they run."""

    def __init__(self, facts: Facts, budget: Budget, chain: Chain) -> None:
        self._facts = facts
        self._budget = budget
        self._chain = chain
        self._handing_on: dict[str, bool] = {}  # scripts: whether they hand the stop signal on

    def walk(self, statements: Iterable[ShellStmt], state: ShellState) -> list[Ended]:
        """Run ``statements`` until the shell ends; ``state`` is then as they leave it."""
        found: list[Ended] = []
        following = list(statements)
        for index, statement in enumerate(following, start=1):
            if state.ended:
                break
            found += self._statement(statement, state)
            if state.otherwise:
                return found + self._futures(following[index:], state)
        return found

    def _futures(self, rest: Sequence[ShellStmt], state: ShellState) -> list[Ended]:
        """Run ``rest``, and again with the positional parameters that a side of the branch before it has set
        (``set -- program "$@"``)."""
        others, state.otherwise = state.otherwise, ()
        found = self.walk(rest, state)
        for place in others:
            found += self.walk(rest, ShellState(place, dict(state.functions), in_function=state.in_function))
        return found

    def _statement(self, statement: ShellStmt, state: ShellState) -> list[Ended]:
        if not self._budget.step(statement.span):
            state.ended = True
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
            return (
                self._while(statement, state) if statement.kind in ("while", "until") else self._for(statement, state)
            )
        if isinstance(statement, ShellGroup):
            inner = state.copy() if statement.subshell or statement.background else state
            found = self.walk(statement.body, inner)
            return [replace(each, background=each.background or statement.background) for each in found]
        if isinstance(statement, ShellList):
            return self._list(statement, state)
        return []

    def _outcome(self, condition: Sequence[ShellStmt], state: ShellState) -> bool | None:
        return outcome_of(condition, state.place, self._facts)

    # --- branches and loops ------------------------------------------------------------------------------------------

    def _if(self, statement: ShellIf, state: ShellState) -> list[Ended]:
        found: list[Ended] = []
        open_sides: list[Side] = []
        negative: list[str] = []
        for condition, body in statement.branches:
            if not any(isinstance(each, ShellTest) for each in condition):
                found += self.walk(condition, state.copy())
            outcome = self._outcome(condition, state)
            if outcome is True:
                if not open_sides:
                    before = state.place
                    taken = self.walk(body, state)
                    if state.ended and not taken and asks_for_root(condition):
                        # The script refuses to run as root: whoever starts it gives the container a user.
                        state.ended, state.place = False, before
                        continue
                    return found + taken
                open_sides.append((body, side(condition, True, negative)))
                break
            if outcome is None:
                open_sides.append((body, side(condition, True, negative)))
                negative += opposite(condition)
        else:
            if not open_sides:
                return found + self.walk(statement.orelse, state)
            open_sides.append((statement.orelse, tuple(negative)))
        return found + self._sides(open_sides, state)

    def _sides(self, sides: Sequence[Side], state: ShellState) -> list[Ended]:
        """Follow every side of an undecided branch on a copy of the state, then join what they changed. Of a script that is
        called to start a service the one side that does is what it is there for, and the others tell why not."""
        before = state.place
        found: list[Ended] = []
        copies = []
        for body, hints in sides:
            copy = state.aside(hints)
            copy.place = replace(copy.place, certain=before.starts and before.certain)
            found += self.walk(body, copy)
            copies.append(copy)
        join(state, copies)
        if before.starts:
            state.place = replace(state.place, certain=before.certain)
        return found

    def _case(self, statement: ShellCase, state: ShellState) -> list[Ended]:
        expander = Expander(state.place)
        subject = expander.text(statement.subject)
        sides: list[Side] = []
        for patterns, body in statement.arms:
            texts = [expander.text(pattern) for pattern in patterns]
            outcomes = [matches(subject, text) for text in texts]
            if True in outcomes:
                if not sides:
                    return self.walk(body, state)
                sides.append((body, tuple(texts)))
                break
            if None in outcomes:
                sides.append((body, tuple(texts)))
        if sides and not (is_open(subject) and subject == ""):
            return self._sides([*sides, ((), ())], state)
        return []

    def _for(self, statement: ShellLoop, state: ShellState) -> list[Ended]:
        values = self._loop_values(statement, state)
        inner = state.copy()
        if values is None:
            if statement.variable:
                inner.place = inner.place.with_env({statement.variable: Unknown("a loop variable")})
            return self.walk(statement.body, inner)
        found: list[Ended] = []
        name = statement.variable or ""
        for value in values:
            inner.place = inner.place.with_env({name: Known(value, (Origin(statement.span, "a loop variable"),))})
            found += self.walk(statement.body, inner)
            if inner.ended:
                break
        state.ended = inner.ended
        state.place = inner.place.with_env({name: Unknown("a loop variable")}) if values else state.place
        return found

    def _loop_values(self, statement: ShellLoop, state: ShellState) -> list[str] | None:
        """The values of a ``for`` loop that runs to its end over words which are known; else None. Of a menu (``select``)
        somebody chooses one."""
        leaves = {posixpath.basename(each.words[0].text) for each in every_command(statement.body) if each.words}
        if statement.variable is None or statement.kind == "select" or leaves & {"break", "continue"}:
            return None
        if not statement.words:
            values = list(state.place.args)
            return None if state.place.args_open else values
        expander = Expander(state.place)
        values = [text for word in statement.words for text in expander.texts(word)]
        unknown = any("$(" in value or "*" in value or value == "${@}" for value in values)
        return None if unknown or len(values) > _MAX_TURNS else values

    def _while(self, statement: ShellLoop, state: ShellState) -> list[Ended]:
        """The turns of a loop while its condition is decided; one turn on a copy where it is not."""
        found: list[Ended] = []
        ends = statement.kind == "until"
        for turn in range(_MAX_TURNS):
            outcome = self._outcome(statement.condition, state)
            if turn == 0:
                found += self.walk(statement.condition, state.copy())
            if outcome is ends:
                return found
            if outcome is None:
                return found + self.walk(statement.body, state.copy())
            before = state.place
            reached = self.walk(statement.body, state)
            found += reached
            if state.ended or reached or state.place == before:
                break
        return found

    # --- lists and pipes -----------------------------------------------------------------------------------------------

    def _list(self, statement: ShellList, state: ShellState) -> list[Ended]:
        found: list[Ended] = []
        if statement.op == "|":
            for item in statement.items:
                found += self._statement(item, state.copy())
            found += self._piped_heredoc(statement, state)
        else:
            for index, item in enumerate(statement.items):
                if state.ended:
                    break
                if isinstance(item, ShellTest) or (
                    isinstance(item, ShellCommand) and self._outcome((item,), state) is not None
                ):
                    outcome = self._outcome((item,), state)
                    rest = statement.items[index + 1 :]
                    if outcome is None:
                        hints = side((item,), statement.op == "&&", [])
                        tail: ShellStmt = (
                            ShellList(statement.span, statement.op, tuple(rest))
                            if len(rest) > 1
                            else rest[0]
                            if rest
                            else item
                        )
                        return found + (self._sides([((tail,), hints), ((), ())], state) if rest else [])
                    if outcome is (statement.op == "||"):
                        return found
                    continue
                if statement.op == "&&" and index > 0 and gives_up(item):
                    return found  # ``! migrate && exit 1``: what must succeed did
                found += self._statement(item, state.aside() if statement.op == "||" and index > 0 else state)
        if statement.background:
            state.ended = False
            return [
                replace(each, background=True, awaited=False, place=self._left_running(each.place, state.place))
                for each in found
            ]
        return found

    def _piped_heredoc(self, statement: ShellList, state: ShellState) -> list[Ended]:
        """``cat <<EOF | sh`` (or ``| sudo -i``, ``| ssh host``): the text runs in a shell."""
        found: list[Ended] = []
        for index, item in enumerate(statement.items[:-1]):
            later = {
                posixpath.basename(word.text)
                for each in every_command(statement.items[index + 1 :])
                for word in each.words[:1]
            }
            if isinstance(item, ShellCommand) and item.heredoc is not None and later & {*_READING_SHELLS, "zsh"}:
                found += self._heredoc(item, item.heredoc, state, remote=SSH in later)
        return found

    def _heredoc(self, command: ShellCommand, text: str, state: ShellState, *, remote: bool) -> list[Ended]:
        where = Span(command.span.file, command.heredoc_line or command.span.line + 1)
        place = state.place.on_another_machine() if remote else state.place
        return self._chain.shell_text(text, where, place)

    # --- commands ------------------------------------------------------------------------------------------------------

    def _simple(self, command: ShellCommand, state: ShellState) -> list[Ended]:
        run = expanded(command, state.place)
        if not run.argv:
            state.place = assigning(command, run.assigned, state.place)
            return []
        name = run.argv[0]
        if name in ("exit", "return"):
            state.exits = state.exits or name == "exit"
            state.ended = state.ended or name == "exit" or state.in_function or bool(self._budget.depth)
            return []
        if (changed := place_after(run.argv, command, state.place, self._facts)) is not None:
            state.place = changed
            return []
        if name in state.functions:
            return self._function(state.functions[name], run.argv[1:], state, command)
        if command.heredoc is not None and posixpath.basename(name) in {*_READING_SHELLS, "sshpass"}:
            remote = SSH in [posixpath.basename(word) for word in run.argv]
            found = self._heredoc(command, command.heredoc, state, remote=remote)
            if found:
                return found
        return self._program(command, run.argv, run.assigned, state)

    def _program(
        self, command: ShellCommand, argv: Sequence[str], assigned: Mapping[str, Value[str]], state: ShellState
    ) -> list[Ended]:
        if state.place.outside:
            return []
        place = state.place.with_env(assigned)
        if not hands_on(command, place, self._facts):
            place = place.hop(command.span, command.text)
        if command.heredoc is not None and place.image is not None:
            found = self._written_file(command, place)
            if found:
                return found
        found = self._chain.words(argv, command.span, place, state)
        if command.background:
            return [replace(each, background=True, place=self._left_running(each.place, place)) for each in found]
        if posixpath.basename(argv[0]) == "timeout":
            found = [replace(each, awaited=True) for each in found]
        if (argv[0] == "exec" and len(argv) > 1) or any(
            # A program that is missing here may be made by what runs before, and end.
            not each.background and not each.awaited and each.place.certain and not each.is_missing
            for each in found
        ):
            state.ended = state.exits = True
        return found

    def _left_running(self, ended: Place, place: Place) -> Place:
        """``ended``, that a command at ``place`` left running: its shell stays, also behind an ``exec``, which then replaces
        a shell of its own, unless it hands signals on."""
        own = ended.hops == place.hops and ended.shell_parent is None
        if not own and ended.shell_parent != place.shell_parent:
            return ended  # another shell, or what runs the processes
        if place.script not in self._handing_on:
            self._handing_on[place.script] = hands_signals_on(self._facts.scripts.get(place.script))
        return replace(ended, shell_parent=None if self._handing_on[place.script] else place.shell_parent)

    def _written_file(self, command: ShellCommand, place: Place) -> list[Ended]:
        """The processes of a unit or a supervisor file that a script writes inside a container."""
        try:
            file = embedded_file(command.span.file, command)
        except ReadError:
            return []  # said once, where every script is searched for such files
        found: list[Ended] = []
        for start in file.starts if file is not None else ():
            if start.command is not None and start.role == "run":
                inner = start_place(start, place.hop(start.command.span, start.command.text), self._facts)
                inner = replace(inner, shell_parent=None)  # the process manager is its parent
                found += [replace(each, background=True) for each in self._chain.command(start.command, inner)]
        return found

    def _function(
        self, function: ShellFunction, args: Sequence[str], state: ShellState, command: ShellCommand
    ) -> list[Ended]:
        with self._budget.once(f"{function.span.file}:{function.span.line}", tuple(args)) as first:
            if not first:
                return []
            before = state.place
            elsewhere = function.span.file != command.span.file  # the call is then where the command is written
            called = before.hop(command.span, command.text) if elsewhere else before
            state.place = replace(called, args=tuple(args))
            ended_before, inside, exits = state.ended, state.in_function, state.exits
            state.in_function, state.exits = True, False
            found = self.walk(function.body, state)
            # A side that has left the function comes back here all the same.
            certain = before.certain if not state.exits else state.place.certain
            state.in_function, state.exits = inside, exits or state.exits
            state.place = replace(state.place, args=before.args, hops=before.hops, certain=certain)
            if state.ended and not any(not each.background for each in found):
                state.ended = ended_before
            return found
