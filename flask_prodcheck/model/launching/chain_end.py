"""What a followed chain ends with: a server's own command, or a call in Python that serves."""

from __future__ import annotations

from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.steps import ServerStart
from flask_prodcheck.model.python.execution.ways import Ending
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Ended:
    """A chain that reached something that serves: a server's own command (``start``) or a call in Python (``ending``).
    ``awaited``: the shell that starts it waits until ``timeout`` ends it."""

    place: Place
    start: ServerStart | None = None
    ending: Ending | None = None
    background: bool = False
    awaited: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether it is a program that the project does not hold."""
        return self.ending is not None and self.ending.missing


def missing_script(name: str, place: Place) -> Ended:
    """The end of a chain at a program that the project does not hold."""
    ending = Ending(
        hops=(), server=None, call=None, run_site=None, target=name, argv=None, shell=None, certain=True, missing=True
    )
    return Ended(place, ending=ending)
