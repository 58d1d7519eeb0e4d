"""The running shell: what assignments, ``cd``, ``set`` and definitions have changed so far."""

from __future__ import annotations

from dataclasses import field

from flask_prodcheck.facts.types import ShellFunction
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.records import dataclass, replace


@dataclass(slots=True)
class ShellState:
    """Where a running shell stands, the functions it has, and whether it has ended. ``otherwise``: the places where it
    stands instead where the branch just passed went another way and has set other positional parameters. ``in_function``:
    it runs the body of a function, which ``return`` ends; ``exits``: on some way it has ended as a whole since then."""

    place: Place
    functions: dict[str, ShellFunction] = field(default_factory=dict)
    ended: bool = False
    otherwise: tuple[Place, ...] = ()
    in_function: bool = False
    exits: bool = False

    def copy(self) -> ShellState:
        """A shell of its own that begins as this one stands."""
        return ShellState(self.place, dict(self.functions), in_function=self.in_function)

    def aside(self, hints: tuple[str, ...] = ()) -> ShellState:
        """A shell of its own on a side that may not be taken, with the ``hints`` of what it is for."""
        place = replace(self.place, certain=False, hints=(*self.place.hints, *hints))
        return ShellState(place, dict(self.functions), in_function=self.in_function)
