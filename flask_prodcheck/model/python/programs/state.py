"""The state of a program that is followed: what it is started with, and the bodies of its modules and functions as they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from flask_prodcheck.facts.syntax import Call, Expr, Name, Stmt
from flask_prodcheck.model.python.instances.scope import Scope
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.programs.bounds import Effort
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.records import dataclass


@dataclass(slots=True)
class Frame:
    """One activation of a module or function body: its file, scope and local values; ``name`` is ``__name__`` there.
    ``assumed`` turns true once a value depended on a variable that no file sets; ``assumptions`` are the names that hold
    such values. ``again``: of a module that was imported before, by another program. ``returns``: a branch that cannot be
    decided has left the function; ``parsed``: the parameters that hold what argparse has read, and the file that declares
    the arguments; ``results``: what it gives back; ``attributes``: those of ``self``, of an object that nothing else has
    seen yet (None: any may have changed them); ``perhaps_empty``: the lists that only a branch, or a loop, which may not
    run has put something into; ``imports``: the imports that were run in it, the last ones last; ``chosen``: in the function
    of a group of commands, the one that runs after it (None: none)."""

    path: str
    name: str
    scope: Scope = field(default_factory=Scope)
    values: dict[str, object] = field(default_factory=dict)
    assumed: bool = False
    assumptions: set[str] = field(default_factory=set)
    again: bool = False
    returns: bool = False
    parsed: dict[str, str] = field(default_factory=dict)
    results: list[object] = field(default_factory=list)
    attributes: dict[str, object] | None = None
    perhaps_empty: set[str] = field(default_factory=set)
    imports: list[Stmt] = field(default_factory=list)
    chosen: object = OPEN


@dataclass(frozen=True, slots=True)
class World:
    """What the program is started with. ``argv`` without the program's own name; ``exported``: the variables that it has
    set since, for what it starts."""

    modules: Modules
    argv: tuple[str, ...]
    env: Mapping[str, str]
    program: Callable[[], str]
    arguments: Callable[[Frame, str], object]
    returned: Callable[[Frame, Call], object]
    exported: Mapping[str, str] = field(default_factory=dict)
    effort: Effort = field(default_factory=Effort)


def is_perhaps_empty(frame: Frame, expr: Expr) -> bool:
    """Whether ``expr`` names a list of which it is not known whether anything is in it."""
    return isinstance(expr, Name) and expr.id in frame.perhaps_empty
