"""How a walk through a program goes on, and where it ends."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.syntax import Call
from flask_prodcheck.model.project import App, Entered, Hop, Program, Server
from flask_prodcheck.records import dataclass, replace

NEXT, RETURN, STOP = range(3)


STEPS = 6000
TOO_LARGE = "the program is too large to follow to its end"


DEPTH = 40


FORKS = 32


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a program ends up: serving, or starting another program.

    ``hops``: each call on the way, the deciding one last. ``server`` is None when nothing is served here: then ``argv``
    or ``shell`` is the command to follow (undecided parts as ``${name}``), or ``missing`` says that the program does not
    exist. ``entered``: the command function (of click, of invoke) that was run on the way, the innermost. ``socketio``: served by Flask-SocketIO's ``run`` (``server`` is None only while ``installed`` is unknown).
    ``run_site`` is the place of the call that the report lists as a run site. ``certain`` is False behind a branch that
    cannot be decided, or one decided by a variable that no file sets.
    ``foreign``: the other file in which another framework makes what is served.
    ``settings``: what a server's object is made with (name, value, place); None where that is not written.
    """

    hops: tuple[Hop, ...]
    server: Server | None
    call: Call | None
    run_site: Span | None
    target: str
    argv: tuple[str, ...] | None = None
    shell: str | None = None
    certain: bool = True
    missing: bool = False
    socketio: bool = False
    app: App | None = None
    foreign: str = ""
    entered: Entered | None = None
    program: Program | None = None
    settings: tuple[tuple[str, str, Span], ...] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The endings of a program in the order they are met, and what kept the walk from being complete."""

    endings: tuple[Ending, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """How the walk came here: the calls on the way, whether it is certain, and the arguments left for a command.
    ``loader``: the call, and its file, that says which factory the commands of Flask's own group use."""

    hops: tuple[Hop, ...] = ()
    certain: bool = True
    argv: tuple[str, ...] = ()
    env: tuple[str, ...] = ()  # "env" and its arguments, for what is started from here
    entered: Entered | None = None
    loader: tuple[str, Call] | None = None

    def through(self, span: Span, text: str) -> Way:
        return replace(self, hops=(*self.hops, Hop(span, text)))

    def doubted(self, doubt: bool = True) -> Way:
        return replace(self, certain=False) if doubt and self.certain else self
