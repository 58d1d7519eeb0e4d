"""A place in the project's deploy files that starts a process, with its surroundings."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.types import Command
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Head:
    """One place that starts a process. ``command`` is what to follow (None: ``default`` names what a platform starts by
    itself); ``names`` are the words that may say what it is for; ``published`` the ports that a container publishes,
    ``public`` whether on every interface of the host."""

    kind: str
    span: Span
    text: str
    place: Place
    command: Command | None
    names: tuple[str, ...] = ()
    comment: str = ""
    header: str = ""  # what the file says of itself before anything else
    platform: str = ""
    service: str = ""
    published: tuple[str, ...] | None = None
    public: bool | None = None
    container: bool = False
    default: str = ""
    options: tuple[tuple[str, str], ...] = ()
    overrides: Command | None = None  # the image's own command that this one replaces
    stand_in: str = ""  # a service beside it that only replaces another: a mock, a mail server that sends nothing
    development: str = ""  # what in the environment that the file gives says that it is for development
    released: str = ""  # the name under which a workflow releases the image
    as_it_is: bool = False  # something runs the image without a command of its own


#: The option of a head whose exec form holds a whole command line as the name of its program.
UNSPLIT = "unsplit"


def is_for_work(path: str) -> bool:
    """Whether a file makes the container in which people work on the project (a development container)."""
    return ".devcontainer" in path.split("/")[:-1]


def is_test_place(path: str) -> bool:
    """Whether a deploy file stands in a test suite: it starts what the tests need, not the project."""
    return any(part in ("tests", "test", "testdata", "fixtures") for part in path.split("/")[:-1])
