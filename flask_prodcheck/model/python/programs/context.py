"""Where an expression is worked out, and the way from there to those that it hangs on."""

from __future__ import annotations

from collections.abc import Callable

from flask_prodcheck.facts.syntax import Expr
from flask_prodcheck.model.python.programs.state import Frame, World
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """The program and the body that an expression is worked out in, and how deep it stands in others. ``value`` works one
    out."""

    world: World
    frame: Frame
    depth: int
    value: Callable[[World, Frame, Expr, int], object]

    def inside(self, expr: Expr) -> object:
        """The value of a part of the expression."""
        return self.value(self.world, self.frame, expr, self.depth + 1)

    def behind(self, expr: Expr, frame: Frame) -> object:
        """The value of what a name in the expression stands for, which is written in the body ``frame``."""
        return self.value(self.world, frame, expr, self.depth + 2)

    def qualified(self, expr: Expr) -> str | None:
        """The dotted name of a part of the expression."""
        return self.world.modules.qualified(self.frame.path, expr, self.frame.scope.body)
